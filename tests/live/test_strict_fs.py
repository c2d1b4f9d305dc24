"""`--strict-fs`: a file system that is Lambda's, for Python, Node and what brings its own runtime."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from localstack_lite.ports import SandboxSpec
from localstack_lite.sandbox import confining, launcher
from localstack_lite.sandbox.confinement import Manner, confined
from localstack_lite.sandbox.spec import Launch
from tests.live.deadline import eventually
from tests.live.devserver import devserve, write
from tests.live.runtimes import running

pytestmark = pytest.mark.live

_OTHERS = sorted(Path.home().glob(".pyenv/versions/3.*/bin/python"))
INTERPRETERS = [sys.executable, *(str(path) for path in _OTHERS if int(path.parts[-3].split(".")[1]) >= 9)]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="mount namespaces are Linux's")
MOUNTS = pytest.mark.skipif(
    sys.platform != "linux" or confining.allowed() is not Manner.MOUNTS, reason="no mount namespaces here"
)
TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Python:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.11, Handler: app.handler, CodeUri: src, Timeout: 20}
  Node:
    Type: AWS::Serverless::Function
    Properties: {Runtime: nodejs20.x, Handler: index.handler, CodeUri: src, Timeout: 20}
  Own:
    Type: AWS::Serverless::Function
    Properties: {Runtime: provided.al2023, Handler: x, CodeUri: own, Timeout: 20}
"""
TRIES = """\
import os, sqlite3, tempfile, threading
def tried(action):
    try:
        action()
        return ""
    except Exception as error:
        return f"{type(error).__name__}: {error}"
def database(name, statement):
    connection = sqlite3.connect(name)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()
def handler(event, context):
    if event.get("note"):
        with open("/tmp/note.txt", "w") as file:
            file.write(event["note"])
    if event.get("barrier"):
        import time
        time.sleep(1)
    return {
        "file": tried(lambda: open("new.txt", "w").close()),
        "folder": tried(lambda: os.mkdir("new")),
        "there": tried(lambda: os.makedirs(".", exist_ok=True)),
        "rename": tried(lambda: os.rename("app.py", "other.py")),
        "remove": tried(lambda: os.remove("app.py")),
        "chmod": tried(lambda: os.chmod("app.py", 0o600)),
        "outside": tried(lambda: open(ELSEWHERE, "w").close()),
        "tmp": tried(lambda: open("/tmp/x", "a").close()),
        "tempfile": tried(lambda: tempfile.TemporaryFile().close()),
        "null": tried(lambda: open(os.devnull, "w").close()),
        "read": tried(lambda: database("shop.db", "select * from orders")),
        "write": tried(lambda: database("shop.db", "insert into orders values (1)")),
        "create": tried(lambda: database("other.db", "create table a (b)")),
        "temporary": tried(lambda: database("/tmp/other.db", "create table if not exists a (b)")),
        "notes": open("/tmp/note.txt").read() if os.path.exists("/tmp/note.txt") else "",
        "version": VERSION,
        "own": tempfile.gettempdir(),
    }
ELSEWHERE = "/var/tmp/devserve-strict-fs.txt"
VERSION = 1
"""
NODE = """\
const fs = require("fs");
const tried = (action) => { try { action(); return ""; } catch (error) { return error.code; } };
exports.handler = async () => ({
  file: tried(() => fs.writeFileSync("new.txt", "x")),
  folder: tried(() => fs.mkdirSync(__dirname + "/new")),
  tmp: tried(() => fs.writeFileSync("/tmp/x", "x")),
});
"""
OWN = """\
#!/bin/sh
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while true; do
  id=$(curl -sSi "$api/next" | tr -d '\\r' | sed -n 's/^[Ll]ambda-[Rr]untime-[Aa]ws-[Rr]equest-[Ii]d: //p')
  file=$( (echo x > new.txt) 2>&1 | grep -c "Read-only file system")
  echo x > /tmp/x && tmp=$(ls /tmp/x)
  curl -sS -XPOST "$api/$id/response" -d "{\\"file\\": $file, \\"tmp\\": \\"$tmp\\"}" > /dev/null
done
"""
READ_ONLY = "OSError: [Errno 30] Read-only file system"


def project(folder: Path) -> dict[str, str | bytes]:
    subprocess.run([sys.executable, "-c", _MAKE, str(folder / "shop.db")], check=True)
    database = (folder / "shop.db").read_bytes()
    (folder / "shop.db").unlink()
    return {"template.yaml": TEMPLATE, "src/app.py": TRIES, "src/index.js": NODE, "src/shop.db": database, "own/x": ""}


_MAKE = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('create table orders (id)'); c.commit()"


def as_on_lambda(answer: Mapping[str, str]) -> None:
    for name in ("file", "folder", "rename", "remove", "chmod", "outside"):
        assert answer[name].startswith(READ_ONLY), name
    for name in ("there", "tmp", "tempfile", "null", "read", "temporary"):
        assert answer[name] == "", name
    assert answer["write"] == "OperationalError: attempt to write a readonly database"
    assert answer["create"] == "OperationalError: unable to open database file"


@MOUNTS
def test_python_finds_lambdas_file_system_and_reload_still_works(tmp_path: Path) -> None:
    files = project(tmp_path)
    with devserve(tmp_path, files, "--strict-fs") as server:
        first = server.invoke("Python", {"note": "one"}).payload
        as_on_lambda(first)
        assert first["notes"] == "one"
        assert first["own"] == "/tmp"
        changed = TRIES.replace("VERSION = 1", "VERSION = 2")
        (tmp_path / "project/src/app.py").write_text(changed)

        def reloaded() -> Any:
            answer = server.invoke("Python", {}).payload
            return answer if answer["version"] == 2 else None

        later = eventually(reloaded)
        assert later["notes"] == ""  # another environment, and a /tmp of its own
        assert sorted(path.name for path in (tmp_path / "project/src").iterdir()) == ["app.py", "index.js", "shop.db"]
    assert not os.path.exists("/tmp/note.txt")


@MOUNTS
def test_node_and_other_runtimes_find_it_too(tmp_path: Path) -> None:
    if shutil.which("node") is None or shutil.which("curl") is None:
        pytest.skip("needs node and curl")
    files = project(tmp_path)
    write(tmp_path / "project", {**files, "own/bootstrap": OWN})
    (tmp_path / "project/own/bootstrap").chmod(0o755)
    with devserve(tmp_path, {}, "--strict-fs") as server:
        assert server.invoke("Node", {}).payload == {"file": "EROFS", "folder": "EROFS", "tmp": ""}
        assert server.invoke("Own", {}).payload == {"file": 1, "tmp": "/tmp/x"}


@MOUNTS
def test_an_interpreter_behind_several_links_is_found(tmp_path: Path) -> None:
    between = tmp_path / "between"
    between.mkdir()
    (between / "venv").symlink_to(sys.prefix, target_is_directory=True)
    folder = write(tmp_path / "project", {"template.yaml": TEMPLATE.partition("  Node:")[0], "src/app.py": TRIES})
    (folder / ".venv").symlink_to("../between/venv", target_is_directory=True)
    with devserve(tmp_path, {}, "--strict-fs") as server:
        assert server.invoke("Python", {}).payload["file"].startswith(READ_ONLY)


def test_links_are_followed_one_by_one(tmp_path: Path) -> None:
    place = tmp_path.resolve()
    for name, target in (("a", "in/../b"), ("b", str(place / "c")), ("in/e", "../d"), ("loop", "loop")):
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).symlink_to(target)
    (place / "c").mkdir()
    (place / "d").mkdir()
    (place / "c/python").symlink_to("../d/python3")
    found = list(confining.ways(f"{place}/a/python"))
    assert found == [f"{place}/{path}" for path in ("a/python", "in/../b/python", "c/python", "d/python3")]
    assert list(confining.ways(f"{place}/in/e")) == [f"{place}/in/e", f"{place}/d"]
    assert len(list(confining.ways(f"{place}/loop"))) < 50


def confined_python(how: Manner, folder: Path, source: str) -> subprocess.CompletedProcess[str]:
    """Runs `source` as a function's process would be, in `folder/code`."""
    code, scratch = folder / "code", folder / "scratch"
    code.mkdir()
    scratch.mkdir()
    spec = SandboxSpec("t", "provided", "x", code, {}, "127.0.0.1:9", 128, scratch)
    plan = Launch((sys.executable, "-c", source), {"PATH": os.environ["PATH"], "TMPDIR": str(scratch)}, code)
    made = confined(plan, spec, how, sys.executable, launcher.__file__, [str(code), sys.prefix])
    assert isinstance(made, Launch)
    return subprocess.run(
        made.command, cwd=made.folder, env=dict(made.environ), capture_output=True, text=True, check=False, timeout=20
    )


@LINUX
def test_landlock_refuses_writes_outside_the_scratch_folder(tmp_path: Path) -> None:
    source = (
        "import os, subprocess\n"
        "def t(f):\n    try:\n        f()\n        return 0\n    except OSError as e:\n        return e.errno\n"
        "s = os.environ['TMPDIR']\n"
        "print(t(lambda: open('x', 'w')), t(lambda: os.mkdir('d')), t(lambda: open(s + '/x', 'w')),"
        " t(lambda: os.rename(s + '/x', s + '/y')), t(lambda: open('/dev/null', 'w')),"
        " subprocess.run(['sh', '-c', 'echo x > z'], stderr=subprocess.DEVNULL).returncode != 0)"
    )
    done = confined_python(Manner.LANDLOCK, tmp_path, source)
    if "cannot be made read-only" in done.stderr:
        pytest.skip("no Landlock here")
    assert done.stdout.split() == ["13", "13", "0", "0", "0", "True"], done.stderr


@MOUNTS
def test_nothing_of_it_reaches_the_machines_own_mounts(tmp_path: Path) -> None:
    before = mounted()
    done = confined_python(Manner.MOUNTS, tmp_path, "print(open('/proc/self/mounts').read())")
    assert done.returncode == 0, done.stderr
    assert " / ext4 ro" in done.stdout or " ro," in done.stdout
    assert mounted() == before


def mounted() -> list[str]:
    """What is mounted on this machine, but for what comes and goes with containers."""
    lines = Path("/proc/self/mounts").read_text().splitlines()
    return [
        line
        for line in lines
        if not line.split()[1].startswith(("/run/docker", "/var/lib/docker", "/run/containerd", "/var/lib/containerd"))
    ]


@MOUNTS
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_needs_no_rights_for_it(tmp_path: Path) -> None:
    python = shutil.which("python3", path="/usr/bin:/bin")
    setpriv = shutil.which("setpriv")
    if python is None or setpriv is None:
        pytest.skip("needs setpriv and a Python that everybody may start")
    script = tmp_path / "launcher.py"
    script.write_text(Path(launcher.__file__).read_text())
    for folder in (tmp_path, *tmp_path.parents):
        if folder.is_relative_to("/tmp") and folder != Path("/tmp"):
            folder.chmod(0o755)
    other = [setpriv, "--reuid=65534", "--regid=65534", "--clear-groups"]
    done = subprocess.run(
        [*other, python, "-I", "-S", str(script), "probe"], capture_output=True, text=True, check=True
    )
    assert done.stdout in ("mounts", "landlock")


@pytest.mark.parametrize("python", INTERPRETERS)
def test_where_the_kernel_cannot_python_code_is_refused_all_the_same(tmp_path: Path, python: str) -> None:
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    files = project(tmp_path)
    code = write(tmp_path / "code", {"shop.db": files["src/shop.db"]})
    environ = {"DEVSERVE_STRICT_FS": f"{scratch}", "TMPDIR": str(scratch), "HOME": str(tmp_path)}
    with running(code, TRIES.replace("/tmp/", f"{scratch}/"), environ=environ, python=python) as runtime:
        answer = runtime.ask({}).json()
    as_on_lambda(answer)
    assert sorted(path.name for path in code.iterdir()) == ["app.py", "shop.db"]


WRITES = """\
import os, sqlite3, tempfile
def handler(event, context):
    with open("/tmp/devserve-advice-test", "w"):
        pass
    os.remove("/tmp/devserve-advice-test")
    with open(os.devnull, "w"), tempfile.TemporaryFile():
        pass
    with open("log.txt", "a"):
        pass
    os.makedirs("up/load", exist_ok=True)
    os.rename("log.txt", "old.txt")
    os.remove("old.txt")
    sqlite3.connect("shop.db").close()
    sqlite3.connect("file:shop.db?mode=ro", uri=True).close()
    sqlite3.connect(":memory:").close()
    for name in ("__pycache__", ".devserve", "up/.aws"):
        os.makedirs(name + "/deep", exist_ok=True)
"""


def test_without_it_writes_are_told_once_for_each_path(tmp_path: Path) -> None:
    with running(tmp_path, WRITES, environ={"DEVSERVE_REPORT_FILES": "1"}) as runtime:
        for _ in range(3):
            runtime.ask({})
        runtime.api.wait_for_polls(4)
        told = [entry for posted in runtime.api.posted if posted.kind == "advice" for entry in posted.json()]
    folder = str(tmp_path)
    assert told == [
        ["wrote", f"{folder}/log.txt"],
        ["made", f"{folder}/up"],
        ["made", f"{folder}/up/load"],
        ["wrote", f"{folder}/old.txt"],
        ["database", f"{folder}/shop.db"],
    ]


def test_advice_is_told_once_as_a_fact(tmp_path: Path) -> None:
    template = TEMPLATE.partition("  Node:")[0]
    files = {"template.yaml": template, "src/app.py": "def handler(e, c):\n    open('state.json', 'w').close()\n"}
    with devserve(tmp_path, files) as server:
        server.invoke("Python", {})
        fact = server.fact("advice")
        assert fact["subject"] == "state.json"
        assert fact["what"].startswith("wrote state.json: on Lambda the code folder is read-only")
        server.invoke("Python", {})
        assert len(server.facts("advice")) == 1
