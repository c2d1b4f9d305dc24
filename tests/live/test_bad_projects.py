"""What is wrong with whole projects: Django, Flask, Zappa. What cannot run is refused with one line and a hint; what
is wrong inside the app leaves the server up, says so once, and is mended by a save. Nothing is ever written beside the
project's own files, nothing hangs."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.live import venvs
from tests.live.deadline import eventually
from tests.live.devserver import Devserve, Files, devserve, run, write
from tests.live.pseudo_terminal import at_terminal
from tests.live.test_bad_input import SERVE, told
from tests.live.wire import send

pytestmark = pytest.mark.live

FLASK = "from flask import Flask\napp = Flask(__name__)\n@app.get('/')\ndef home(): return 'ok'\n"
FACTORY = "from flask import Flask\ndef create_app(config):\n    return Flask(config)\n"
MANAGE = (
    "import os, sys\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site1.settings')\n"
    "from django.core.management import execute_from_command_line\n"
    "if __name__ == '__main__': execute_from_command_line(sys.argv)\n"
)
SETTINGS = "SECRET_KEY = 'x'\nROOT_URLCONF = 'site1.urls'\nALLOWED_HOSTS = ['*']\nDEBUG = True\n"
DJANGO = {
    "manage.py": MANAGE,
    "site1/__init__.py": "",
    "site1/settings.py": SETTINGS,
    "site1/urls.py": (
        "from django.http import HttpResponse\nfrom django.urls import path\n"
        "urlpatterns = [path('', lambda request: HttpResponse('ok'))]\n"
    ),
}


def zappa(**settings: object) -> str:
    common = {"app_function": "app.app", "project_name": "shop", "aws_region": "us-east-1", "s3_bucket": "b"}
    return json.dumps({"dev": common | settings}, indent=1)


@pytest.fixture(scope="module")
def flask() -> Path:
    return venvs.python("flask", "flask")


@pytest.fixture(scope="module")
def django() -> Path:
    return venvs.python("django", "django")


def tree(folder: Path) -> dict[str, tuple[int, int]]:
    """Every entry of a project but `.devserve` and its environment: size and time of its last change."""
    found = {}
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in (".devserve", ".venv")]
        for name in (*folders, *files):
            path = Path(place) / name
            seen = path.lstat()
            found[str(path.relative_to(folder))] = (seen.st_size, seen.st_mtime_ns) if name in files else (0, 0)
    return found


@dataclass(frozen=True)
class Refused:
    """`words` must be among what is told."""

    id: str
    files: Files
    words: Sequence[str]
    arguments: Sequence[str] = field(default=(".",))


REFUSED = [
    Refused("two apps in two files", {"app.py": FLASK, "main.py": FLASK}, ["app:app", "main:app", "devserve app:app"]),
    Refused("two apps in one file", {"app.py": FLASK + "application = Flask('b')\n"}, ["app and application"]),
    Refused("an app that is not in the module", {"app.py": FLASK}, ["app.py has no nope", "app:app"], ["app:nope"]),
    Refused("no such module", {"app.py": FLASK}, ["there is no foo.py"], ["foo:bar"]),
    Refused("a path for a module", {"app.py": FLASK}, ["../.. is no module"], ["../..:app"]),
    Refused("a factory that needs arguments", {"app.py": FACTORY}, ["create_app(config)", "app:create_app('...')"]),
    Refused(
        "no such kind of event", {"app.py": FLASK}, ["nonsense", "rest, http, http1, url, alb"], ["--as", "nonsense"]
    ),
    Refused("source that is no UTF-8", {"app.py": b"# caf\xe9\n" + FLASK.encode()}, ["app.py", "UTF-8"]),
    Refused("a manage.py without settings", {"manage.py": "import django\n"}, ["DJANGO_SETTINGS_MODULE"]),
    Refused(
        "settings that are not there",
        {"manage.py": MANAGE, "site1/__init__.py": ""},
        ["site1.settings", "site1/settings.py"],
    ),
    Refused(
        "an unknown stage", {"app.py": FLASK, "zappa_settings.json": zappa()}, ["prod", "dev"], ["--stage", "prod"]
    ),
    Refused(
        "stages that extend each other",
        {"zappa_settings.json": '{"dev": {"extends": "prod"}, "prod": {"extends": "dev"}}'},
        ["zappa_settings.json:1", "dev → prod → dev"],
    ),
    Refused(
        "a stage that extends none", {"zappa_settings.json": '{"dev": {"extends": "bse"}, "base": {}}'}, ["bse", "base"]
    ),
    Refused("a stage that extends a number", {"zappa_settings.json": '{"dev": {"extends": 3}}'}, ["extends 3"]),
    Refused(
        "Zappa's settings that are no hjson, with the line",
        {"zappa_settings.json": '{"dev": {\n "app_function": "app.app",,\n ]\n'},
        ["zappa_settings.json:2"],
    ),
    Refused("settings that are a list", {"zappa_settings.json": "[1]"}, ["zappa_settings.json"]),
    Refused("settings with nothing in them", {"zappa_settings.json": ""}, ["zappa_settings.json", "no stages"]),
    Refused(
        "an app without a module", {"app.py": FLASK, "zappa_settings.json": zappa(app_function="app")}, ["module.app"]
    ),
]


@pytest.mark.parametrize("bad", REFUSED, ids=[bad.id for bad in REFUSED])
def test_what_cannot_run_is_refused_with_one_line_and_nothing_is_written(tmp_path: Path, bad: Refused) -> None:
    folder = write(tmp_path / "project", bad.files)
    before = tree(folder)
    usual = [word for option, value in SERVE if option not in bad.arguments for word in (option, value)]
    told(run(folder, *bad.arguments, *usual), *bad.words)
    assert tree(folder) == before


@contextmanager
def served(
    tmp_path: Path, files: Files, python: Path | None, *arguments: str, target: str = "."
) -> Iterator[tuple[Devserve, dict[str, tuple[int, int]]]]:
    """With the tree of the project as it was before."""
    project = write(tmp_path / "project", files)
    if python is not None:
        venvs.use(project, python)
    before = tree(project)
    with devserve(tmp_path, None, *arguments, target=target) as server:
        yield server, before
    assert {name for name in tree(project) if name not in before} == set()


BROKEN: dict[str, tuple[Mapping[str, str], str, str, str]] = {
    "settings that do not import": (DJANGO, "site1/settings.py", "import nothing_there\n", "nothing_there"),
    "settings that call sys.exit": (
        DJANGO,
        "site1/settings.py",
        "import sys; sys.exit('no env')\n",
        "Runtime.ExitError",
    ),
    "settings with a syntax error": (DJANGO, "site1/settings.py", "x = (\n", "settings.py"),
}


@pytest.mark.parametrize("id", BROKEN)
def test_broken_settings_leave_the_server_up_and_are_mended_by_a_save(tmp_path: Path, id: str, django: Path) -> None:
    files, file, text, word = BROKEN[id]
    with served(tmp_path, {**files, file: SETTINGS + text}, django) as (server, _):
        assert server.get("/").status == 500
        assert word in json.dumps(server.fact("report", lambda fact: bool(fact["error"]))["error"])
        server.save(file, SETTINGS)
        eventually(lambda: server.get("/").text == "ok", seconds=20, what="mended")


#: What breaks while the app is imported or made, by what is told of it.
APPS: dict[str, tuple[Files, str, str]] = {
    "an app that cannot be called": ({"app.py": "app = 5\n"}, "app:app", "app:app cannot be called"),
    "a factory that returns nothing": ({"app.py": "def create_app(): pass\n"}, "app:create_app()", "is None"),
    "a factory named without its argument": ({"app.py": FACTORY}, "app:create_app", "app:create_app('...')"),
    "a factory without its argument": ({"app.py": FACTORY}, "app:create_app()", "config"),
    "a circular import": ({"app.py": "import b\n" + FLASK, "b.py": "from app import app\n"}, ".", "circular import"),
    "an import that ends the process": ({"app.py": "import os\nos._exit(3)\n" + FLASK}, ".", "exit status 3"),
    "an import that asks": ({"app.py": "input('name?')\n" + FLASK}, ".", "EOFError"),
    "a module of the standard library hidden": ({"app.py": FLASK, "flask.py": "x = 1\n"}, ".", "flask.py"),
}


@pytest.mark.parametrize("id", APPS)
def test_an_app_that_breaks_as_it_is_imported_answers_500_and_says_why(tmp_path: Path, id: str, flask: Path) -> None:
    files, target, word = APPS[id]
    with served(tmp_path, files, flask, target=target) as (server, _):
        assert server.get("/").status == 500
        assert word in json.dumps(server.fact("report", lambda fact: bool(fact["error"]))["error"])


def test_a_factory_that_is_named_without_brackets_is_called(tmp_path: Path, flask: Path) -> None:
    made = "from flask import Flask\ndef create_app(debug=False):\n    app = Flask('a')\n"
    made += "    app.get('/')(lambda: 'made')\n    return app\n"
    with served(tmp_path, {"shop.py": made}, flask, target="shop:create_app") as (server, _):
        assert server.get("/").text == "made"


def test_a_missing_dependency_is_told_with_the_interpreter_and_how_to_install_it(tmp_path: Path, flask: Path) -> None:
    project = write(tmp_path / "project", {"app.py": "import yaml_not_there\n" + FLASK})
    venvs.use(project, flask)
    before = tree(project)
    with at_terminal(project, ".", "--port", "0", "--lambda-port", "0", "--sandbox", "process") as person:
        person.reads("press h for help")
        gateway = re.search(r"gateway +(http://\S+)", person.seen)
        assert gateway is not None
        assert send(gateway[1], "GET", "/").status == 500
        person.reads("hint: yaml_not_there is not installed for .venv/bin/python (.venv): ")
        person.reads(".venv/bin/python -m pip install yaml_not_there")
        person.types("q")
        assert person.sees_it_end() == 0
    assert tree(project) == before


def test_an_app_that_writes_megabytes_while_it_is_imported_still_answers(tmp_path: Path, flask: Path) -> None:
    text = "import sys\nfor n in range(20000): print('x' * 100)\nsys.stderr.write('z' * 3_000_000)\n"
    with served(tmp_path, {"app.py": text + FLASK}, flask) as (server, _):
        assert server.get("/").text == "ok"


@pytest.fixture(scope="module", autouse=True)
def importing(tmp_path_factory: pytest.TempPathFactory, flask: Path) -> Iterator[Future[tuple[str, list[Any]]]]:
    """What an app answers that takes 10.5 s to import, and its initialisations: asked while the other tests run."""

    def asked() -> tuple[str, list[Any]]:
        files = {"app.py": "import time\ntime.sleep(10.5)\n" + FLASK}
        with served(tmp_path_factory.mktemp("importing"), files, flask) as (server, _):
            return server.get("/").text, server.facts("initReport")

    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(asked)


def test_an_import_of_more_than_ten_seconds_begins_again_within_the_invocation_as_on_lambda(
    importing: Future[tuple[str, list[Any]]],
) -> None:
    answer, initialised = importing.result()
    assert answer == "ok"
    assert (initialised[0]["phase"], initialised[0]["status"]) == ("init", "timeout")


def broken_link(home: Path) -> None:
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "python").symlink_to("/nowhere/python3.9")
    (home / "pyvenv.cfg").write_text("version = 3.9.1\n", encoding="utf-8")


def of_python_2(home: Path) -> None:
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "python").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    (home / "bin" / "python").chmod(0o755)
    (home / "lib" / "python2.7" / "site-packages").mkdir(parents=True)


def not_executable(home: Path) -> None:
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "python").write_text("", encoding="utf-8")


@pytest.mark.parametrize("make", [broken_link, of_python_2, not_executable], ids=lambda make: make.__name__)
def test_an_environment_that_cannot_run_is_told_and_the_app_runs_without_it(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "project" / ".venv")
    plain = "def app(environ, start_response):\n    start_response('200 OK', [])\n    return [b'ok']\n"
    with served(tmp_path, {"app.py": plain}, None) as (server, _):
        assert server.get("/").text == "ok"
        assert ".venv" in json.dumps(server.facts("problem"))


def test_source_in_an_encoding_that_it_declares_is_served(tmp_path: Path, flask: Path) -> None:
    text = b"# -*- coding: latin-1 -*-\n# caf\xe9\n" + FLASK.encode()
    with served(tmp_path, {"app.py": text}, flask) as (server, _):
        assert server.get("/").text == "ok"


def test_a_load_balancer_has_no_stage_to_put_in_front(tmp_path: Path, flask: Path) -> None:
    with served(tmp_path, {"app.py": FLASK}, flask, "--as", "alb", "--stage-prefix") as (server, _):
        assert server.get("/").text == "ok"
        assert "--stage-prefix" in json.dumps(server.facts("problem"))


def test_zappa_settings_of_wrong_types_are_told_with_their_place_and_the_rest_runs(tmp_path: Path) -> None:
    wrong = zappa(memory_size="lots", timeout_seconds=[], events={"a": 1}, cors=7, layers="x", aws_region=5)
    ran = run(write(tmp_path / "project", {"app.py": FLASK, "zappa_settings.json": wrong}), "validate")
    assert ran.code == 2
    for key in ("memory_size is text", "timeout_seconds is a list", "events is a table", "cors is 7", "layers is text"):
        assert key in ran.stdout + ran.stderr
    assert "zappa_settings.json:" in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stdout + ran.stderr


def test_schedules_that_aws_would_refuse_are_told_and_the_others_run(tmp_path: Path) -> None:
    events = [
        {"function": "app.home", "expression": "cron(0 9 * * * *)"},
        {"function": "app.home", "expression": "rate(1 minutes)"},
        {"function": "app.home", "expression": "rate(5 minutes)", "name": "good"},
    ]
    folder = write(tmp_path / "project", {"app.py": FLASK, "zappa_settings.json": zappa(events=events)})
    checked = run(folder, "validate")
    assert checked.code == 2
    assert "cron(0 9 * * ? *)" in checked.stdout + checked.stderr
    assert "rate(1 minute)" in checked.stdout + checked.stderr
    assert "rate(5 minutes)" in run(folder, "schedules").stdout


SERVERLESS = """service: shop
provider:
  name: aws
  runtime: python3.11
functions:
  hello:
    handler: app.handler
    events: [{httpApi: GET /hello}]
    environment:
      GONE: ${env:NOT_SET_ANYWHERE}
      ROUND: ${self:custom.a}
custom:
  a: ${self:custom.b}
  b: ${self:custom.a}
"""


def test_a_variable_that_cannot_be_resolved_is_told_and_the_function_runs_without_it(tmp_path: Path) -> None:
    app = "def handler(event, context):\n    return {'statusCode': 200, 'body': 'ok'}\n"
    with served(tmp_path, {"app.py": app, "serverless.yml": SERVERLESS}, None) as (server, _):
        assert server.get("/hello").text == "ok"
        problems = json.dumps(server.facts("problem"))
        for word in ("${env:NOT_SET_ANYWHERE}", "export NOT_SET_ANYWHERE=", "custom.a"):
            assert word in problems


@pytest.mark.parametrize(
    ("arguments", "settings", "code", "word"),
    [
        (["nosuch"], SETTINGS, 1, "Unknown command"),
        (["check"], SETTINGS + "import nothing_there\n", 2, "nothing_there installed in"),
    ],
    ids=["no such command", "settings that do not import"],
)
def test_a_management_command_that_fails_says_so_in_its_last_line(
    tmp_path: Path, django: Path, arguments: list[str], settings: str, code: int, word: str
) -> None:
    project = write(tmp_path / "project", {**DJANGO, "site1/settings.py": settings})
    venvs.use(project, django)
    before = tree(project)
    ran = run(project, "manage", "--sandbox", "process", *arguments)
    assert (ran.code, "Traceback" in ran.stderr) == (code, False), ran.stderr
    assert word in ran.stderr
    assert "devserve: " in ran.stderr
    assert tree(project) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    folder = write(tmp_path / "project", {"app.py": FLASK})
    folder.chmod(0)
    try:
        told(run(tmp_path, "project", "--port", "0", "--lambda-port", "0"), "project")
    finally:
        folder.chmod(0o755)
