"""Packages that come as source only, built in a real container: what comes of it, and that nothing stays behind."""

from __future__ import annotations

import io
import os
import signal
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from localstack_lite.sandbox.build_container import LABEL, BuildContainers
from tests.live import containers, docker_engine
from tests.live.build_image import PACKAGE, build_image, native_source
from tests.live.cloud import Cloud
from tests.live.deadline import eventually
from tests.live.devserver import write
from tests.live.fault_proxy import FaultProxy
from tests.live.staged import STACK, Ended, Project

pytestmark = [*docker_engine.MARKS]

RUNTIME = docker_engine.PYTHON_RUNTIME
NO_ENGINE = "unix:///nowhere/docker.sock"


@pytest.fixture(scope="module")
def image() -> Iterator[str]:
    with build_image() as name:
        yield name


@pytest.fixture
def builds(image: str) -> Iterator[BuildContainers]:
    """At its end no container of it may be left."""
    with docker_engine.connected() as engine:
        made = BuildContainers(engine, {f"build-{RUNTIME}": image})
        yield made
        assert left(made) == []


def left(builds: BuildContainers) -> list[dict[str, Any]]:
    return docker_engine.containers(f"devserve.run={builds.name}")


def run(
    builds: BuildContainers, folder: Path, *command: str, seconds: float = 60.0, place: str = "/work"
) -> tuple[int, str]:
    return builds.run(RUNTIME, machine(), command, {folder: place}, {}, seconds)


def machine() -> str:
    return "arm64" if os.uname().machine == "aarch64" else "x86_64"


# What a command does there.


def test_a_wheel_is_built_and_belongs_to_who_asked(builds: BuildContainers, tmp_path: Path) -> None:
    native_source(tmp_path)
    words = ["wheel", "--no-index", "--no-deps", "--disable-pip-version-check", "-w", "out", f"{PACKAGE}-1.0.tar.gz"]
    code, output = run(builds, tmp_path, "python3", "-m", "pip", *words)
    assert code == 0, output
    (wheel,) = (tmp_path / "out").iterdir()
    assert (wheel.stat().st_uid, wheel.stat().st_gid) == (os.getuid(), os.getgid())
    with zipfile.ZipFile(wheel) as archive:
        assert archive.read(f"_{PACKAGE}.so").startswith(b"\x7fELF")


def test_exit_code_and_output_are_the_commands(builds: BuildContainers, tmp_path: Path) -> None:
    code, output = run(builds, tmp_path, "sh", "-c", "pwd; echo sorry >&2; exit 7")
    # The engine keeps no order between a program's two outputs.
    assert (code, sorted(output.splitlines())) == (7, ["/work", "sorry"])


def test_a_program_that_the_image_lacks_cannot_be_started(builds: BuildContainers, tmp_path: Path) -> None:
    code, why = run(builds, tmp_path, "no-such-program")
    assert code == 127
    assert "no-such-program" in why


def test_what_takes_too_long_is_ended_with_what_it_said(builds: BuildContainers, tmp_path: Path) -> None:
    code, output = run(builds, tmp_path, "sh", "-c", "echo begun; sleep 50", seconds=1.0)
    assert code == 124
    assert output == "begun\n\ntook longer than 1 s"


def test_several_build_at_once(builds: BuildContainers, tmp_path: Path) -> None:
    codes: list[int] = []

    def one(number: int) -> None:
        codes.append(run(builds, tmp_path, "sh", "-c", f"sleep 0.2; echo {number} >{number}")[0])

    threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert codes == [0, 0, 0, 0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "1", "2", "3"]


def test_closing_ends_what_runs_and_starts_nothing_more(builds: BuildContainers, tmp_path: Path) -> None:
    ended: list[tuple[int, str]] = []
    thread = threading.Thread(target=lambda: ended.append(run(builds, tmp_path, "sh", "-c", "echo >begun; sleep 50")))
    thread.start()
    eventually(lambda: (tmp_path / "begun").exists(), what="the command runs")
    before = time.monotonic()
    builds.close()
    thread.join(20)
    assert time.monotonic() - before < 10
    assert ended == [(127, "devserve is stopping")]
    assert run(builds, tmp_path, "true") == (127, "devserve is stopping")


# As part of a push.

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: orders, Handler: app.handler, Runtime: RUNTIME}
"""


def project(folder: Path, proxy: FaultProxy, cloud: Cloud, image: str, *, slow: float = 0.0) -> Project:
    """A function that needs the package."""
    links = folder / "links"
    native_source(links, slow=slow)
    settings = [
        f'[images]\n"build-{RUNTIME}" = "{image}"',
        f'[stages.dev]\nstack_name = "{STACK}"\nregion = "eu-west-2"\nendpoint_url = "{proxy.address}"',
    ]
    files = {
        "template.yaml": TEMPLATE.replace("RUNTIME", RUNTIME),
        "devserve.toml": "\n".join(settings) + "\n",
        "orders/app.py": f"import {PACKAGE}\ndef handler(event, context):\n    return {PACKAGE}.ANSWER\n",
        "orders/requirements.txt": f"--no-index\n--find-links {links}\n{PACKAGE}==1.0\n",
    }
    home = folder / "home"
    home.mkdir()
    return Project(write(folder / "project", files), home, proxy, cloud)


def begun(process: int) -> list[dict[str, Any]]:
    """The containers in which that devserve builds."""
    return [one for one in containers.of_process(process) if one["Config"]["Labels"].get(LABEL)]


def sync(made: Project, **environ: str) -> Ended:
    return made.run("sync", "dev", "--yes", "--json", environ=made.environ(**environ))


def test_without_an_engine_a_push_says_what_has_no_wheel(
    tmp_path: Path, proxy: FaultProxy, cloud: Cloud, image: str
) -> None:
    made = project(tmp_path, proxy, cloud, image)
    ended = sync(made, DOCKER_HOST=NO_ENGINE)
    complaint = ended.complaint(2)
    assert "Orders" in complaint
    assert PACKAGE in ended.said
    assert "no Docker engine answers" in ended.said
    assert "shop.h: No such file or directory" in ended.said
    assert proxy.writes() == []


def test_a_push_has_what_a_container_built(tmp_path: Path, proxy: FaultProxy, cloud: Cloud, image: str) -> None:
    made = project(tmp_path, proxy, cloud, image)
    made.sync()
    (bucket,) = made.buckets
    (key,) = [key for key in made.objects(bucket) if key.endswith(".zip")]
    body = made.cloud.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert {"app.py", f"{PACKAGE}.py", f"_{PACKAGE}.so"} <= set(archive.namelist())
        assert archive.read(f"_{PACKAGE}.so").startswith(b"\x7fELF")
    again = sync(made, DOCKER_HOST=NO_ENGINE)
    assert again.code == 0, "what was built is kept"
    assert again.plan == []


def test_a_push_that_is_interrupted_leaves_no_container(
    tmp_path: Path, proxy: FaultProxy, cloud: Cloud, image: str
) -> None:
    made = project(tmp_path, proxy, cloud, image, slow=60.0)
    with made.started("sync", "dev", "--yes", "--json") as running:
        pid = running.process.pid
        eventually(lambda: begun(pid), seconds=30, what="it builds")
        running.process.send_signal(signal.SIGINT)
        ended = running.wait(15)
        assert ended.code == 130, ended.stderr
        assert "Traceback" not in ended.said
        assert containers.of_process(pid) == [], "it is gone before devserve is"


def test_a_push_that_is_killed_leaves_no_container(tmp_path: Path, proxy: FaultProxy, cloud: Cloud, image: str) -> None:
    made = project(tmp_path, proxy, cloud, image, slow=60.0)
    with made.started("sync", "dev", "--yes", "--json") as running:
        pid = running.process.pid
        eventually(lambda: begun(pid), seconds=30, what="it builds")
        running.kill()
        eventually(lambda: not containers.of_process(pid), seconds=10, what="its container is removed")


def test_the_next_build_removes_what_even_the_reaper_left(builds: BuildContainers, tmp_path: Path) -> None:
    """A container whose devserve is dead, and whose reaper was killed with it."""
    host, _, _, token = str(builds.name).split("/")
    dead = f"{host}/{2**22 + 1}/1/{token}"
    with containers.client() as engine:
        labels = {"devserve.run": dead, LABEL: "1"}
        engine.containers.run(
            docker_engine.IMAGES[RUNTIME], ["sleep", "60"], entrypoint=[], detach=True, labels=labels, init=True
        )
    assert docker_engine.containers(f"devserve.run={dead}")
    assert run(builds, tmp_path, "true")[0] == 0
    assert docker_engine.containers(f"devserve.run={dead}") == []
