"""An app, or a Django project, becomes one function behind the front door that was asked for."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from localstack_lite import shipped
from localstack_lite.config.read import read
from localstack_lite.errors import UserError
from localstack_lite.model.adapter import Adapter, AppKind
from localstack_lite.model.api import ApiKind, Face
from localstack_lite.model.function import Function
from localstack_lite.model.options import ReadOptions
from localstack_lite.model.project import Project
from tests.config.samples import HANDLER, project_in, write

FLASK = "from flask import Flask\napp = Flask(__name__)\n"
FASTAPI = "from fastapi import FastAPI\napp = FastAPI()\n"
MANAGE = "import os\nimport django\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'mysite.settings')\n"
DJANGO = {
    "manage.py": MANAGE,
    "mysite/settings.py": "WSGI_APPLICATION = 'mysite.wsgi.application'",
    "mysite/wsgi.py": "",
    "mysite/asgi.py": "",
}
OWN = f"python{sys.version_info.major}.{sys.version_info.minor}"


def adapted(project: Project) -> tuple[Function, Adapter, dict[str, object]]:
    (function,) = project.functions
    assert function.adapter is not None
    return function, function.adapter, json.loads(function.adapter.variables["DEVSERVE_APP"])


def test_a_wsgi_app_becomes_one_function_behind_an_http_api(tmp_path: Path) -> None:
    project = project_in(tmp_path / "shop", {"app.py": FLASK})
    function, adapter, told = adapted(project)
    assert (function.name, function.handler, function.runtime, function.where) == (
        "shop",
        "devserve_app.handler",
        OWN,
        "app.py",
    )
    assert (function.memory, function.timeout, function.code.folder) == (512, 30, tmp_path / "shop")
    assert (adapter.kind, adapter.app, adapter.name) == (AppKind.WSGI, "app:app", "apig-wsgi")
    assert [package.name for package in adapter.packages] == ["apig_wsgi"]
    assert adapter.folders == (shipped.runtimes() / "python" / "adapters",)
    assert told == {"app": "app:app", "kind": "wsgi", "paths": []}
    (api,) = project.apis
    assert (api.kind, api.switchable, api.face, api.stage) == (ApiKind.HTTP, True, Face.LOCAL, "$default")
    assert project.framework == "Flask"


def test_an_asgi_app_comes_with_mangum_and_what_it_needs(tmp_path: Path) -> None:
    _, adapter, told = adapted(project_in(tmp_path, {"main.py": FASTAPI}))
    assert (adapter.kind, adapter.app, adapter.name, told["kind"]) == (AppKind.ASGI, "main:app", "Mangum", "asgi")
    assert [package.stem for package in adapter.packages] == ["mangum", "typing_extensions"]
    assert all(package.exists() for package in adapter.packages)


def test_an_app_whose_kind_the_text_does_not_tell_gets_both(tmp_path: Path) -> None:
    _, adapter, told = adapted(project_in(tmp_path, {"wsgi.py": "from shop import app"}))
    assert (told["kind"], adapter.name) == ("", "apig-wsgi or Mangum")
    assert [package.stem for package in adapter.packages] == ["apig_wsgi", "mangum", "typing_extensions"]


def test_the_command_line_chooses_the_front_door(tmp_path: Path) -> None:
    (api,) = project_in(tmp_path, {"app.py": FLASK}, event_kind="rest", stage_prefix=True, stage="").apis
    assert (api.kind, api.face, api.stage) == (ApiKind.REST, Face.AWS, "dev")
    (api,) = project_in(tmp_path, {"app.py": FLASK}, event_kind="url").apis
    assert api.kind is ApiKind.FUNCTION_URL


def test_variables_given_beside_the_project_reach_the_app(tmp_path: Path) -> None:
    files = {"app.py": FLASK, "vars.json": '{"Parameters": {"A": "1"}}', "dev.env": "B=2"}
    function, *_ = adapted(project_in(tmp_path, files, env_vars=Path("vars.json"), env_file=Path("dev.env")))
    assert function.environment == {"A": "1", "B": "2"}


def test_settings_of_devserve_may_change_the_function(tmp_path: Path) -> None:
    text = "[functions.shop]\nmemory = 1024\nruntime = 'python3.12'\nenvironment = {A = 'b'}\n"
    project = project_in(tmp_path / "shop", {"app.py": FLASK, "devserve.toml": text})
    function, *_ = adapted(project)
    assert (function.memory, function.runtime, function.environment) == (1024, "python3.12", {"A": "b"})
    assert project.problems == ()


def test_settings_of_devserve_may_name_a_handler_instead(tmp_path: Path) -> None:
    files = {"app.py": FLASK, "jobs.py": HANDLER, "devserve.toml": "[functions.shop]\nhandler = 'jobs.handler'\n"}
    (function,) = project_in(tmp_path / "shop", files).functions
    assert (function.handler, function.adapter) == ("jobs.handler", None)


def test_a_named_app_of_a_django_project_has_its_settings(tmp_path: Path) -> None:
    files = {**DJANGO, "mysite/asgi.py": "application = make()"}
    _, adapter, told = adapted(project_in(tmp_path, files, "mysite.asgi:application"))
    assert (adapter.app, adapter.django_settings) == ("mysite.asgi:application", "mysite.settings")
    assert told["settings"] == "mysite.settings"


def test_a_module_that_is_no_text_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, {"shop/app.py": FLASK})
    (tmp_path / "shop" / "main.py").write_bytes(b"# \xff")
    assert adapted(read(ReadOptions(tmp_path), {}))[1].app == "shop.app:app"


@pytest.mark.parametrize(
    ("files", "target", "app", "paths"),
    [
        ({"web.py": "x = make()"}, "web:x", "web:x", []),
        ({"shop/__init__.py": "def create_app(name): ..."}, "shop:create_app('a')", "shop:create_app('a')", []),
        ({"src/shop/web.py": FLASK}, "shop.web:app", "shop.web:app", ["src"]),
        ({"a.py": FLASK, "b.py": FASTAPI}, "b.py", "b:app", []),
        ({"app/main.py": FASTAPI}, ".", "app.main:app", ["app"]),
        ({"web.py": "from x import *"}, "web:anything", "web:anything", []),
    ],
)
def test_an_app_may_be_named(tmp_path: Path, files: dict[str, str], target: str, app: str, paths: list[str]) -> None:
    _, _, told = adapted(project_in(tmp_path, files, target))
    assert (told["app"], told["paths"]) == (app, paths)


@pytest.mark.parametrize(
    ("files", "target", "where", "what", "hint"),
    [
        ({"app.py": FLASK}, "ap:app", "ap:app", "there is no ap.py", "did you mean app.py?"),
        ({"app.py": FLASK}, "app:aap", "app:aap", "app.py has no aap", "did you mean app?"),
        ({"app.py": "x = 1"}, "app.py", "app.py", "neither a handler nor a WSGI or ASGI app", "named app"),
        ({"app.py": FLASK, "main.py": FASTAPI}, ".", "app.py", "two apps: app:app in app.py and main:app", "app:app"),
        (
            {**{f"a/{name}": text for name, text in DJANGO.items()}, "b/manage.py": MANAGE},
            ".",
            "",
            "two Django projects: a/manage.py and b/manage.py",
            "devserve a",
        ),
        (
            {"manage.py": MANAGE, "mysite/setting.py": ""},
            ".",
            "manage.py",
            "there is no mysite/settings.py",
            "did you mean setting?",
        ),
        ({"manage.py": "import django"}, ".", "manage.py", "names no settings module", "DJANGO_SETTINGS_MODULE"),
    ],
)
def test_what_cannot_be_served_says_where_and_what_to_do(
    tmp_path: Path, files: dict[str, str], target: str, where: str, what: str, hint: str
) -> None:
    with pytest.raises(UserError) as caught:
        project_in(tmp_path, files, target)
    assert caught.value.where.endswith(where)
    assert what in caught.value.what
    assert hint in caught.value.hint


def test_a_django_project_is_its_app_and_its_settings(tmp_path: Path) -> None:
    project = project_in(tmp_path, DJANGO)
    _, adapter, told = adapted(project)
    assert told == {"app": "mysite.wsgi:application", "kind": "wsgi", "settings": "mysite.settings"}
    assert (adapter.django_settings, project.framework) == ("mysite.settings", "Django")
    assert tmp_path / "manage.py" in project.inputs


@pytest.mark.parametrize(
    ("files", "environ", "settings"),
    [
        ({}, {}, "mysite.settings"),
        ({}, {"DJANGO_SETTINGS_MODULE": "mysite.prod"}, "mysite.prod"),
        ({".env": "DJANGO_SETTINGS_MODULE=mysite.dev\n"}, {}, "mysite.dev"),
        ({"manage.py": "import django"}, {}, "mysite.settings"),
    ],
)
def test_who_says_which_settings_a_django_project_has(
    tmp_path: Path, files: dict[str, str], environ: dict[str, str], settings: str
) -> None:
    write(tmp_path, {**DJANGO, "mysite/prod.py": "", "mysite/dev.py": "", **files})
    assert adapted(read(ReadOptions(tmp_path), environ))[1].django_settings == settings


def test_settings_that_are_not_below_the_project_may_be_installed(tmp_path: Path) -> None:
    _, adapter, told = adapted(project_in(tmp_path, {"manage.py": MANAGE}))
    assert (adapter.django_settings, told["app"]) == ("mysite.settings", "django.core.wsgi:get_wsgi_application()")


def test_a_django_project_one_level_down_is_found_and_runs_in_its_folder(tmp_path: Path) -> None:
    files = {f"backend/{name}": text for name, text in DJANGO.items()}
    function, adapter, _ = adapted(project_in(tmp_path, {"README.md": "", **files}))
    assert (function.code.folder, adapter.app) == (tmp_path / "backend", "mysite.wsgi:application")
    assert function.where == "backend/manage.py"


def test_an_app_in_the_folder_comes_before_a_django_project_below(tmp_path: Path) -> None:
    files = {f"backend/{name}": text for name, text in DJANGO.items()}
    assert adapted(project_in(tmp_path, {"app.py": FLASK, **files}))[1].app == "app:app"


def test_a_manage_py_of_another_tool_is_no_django_project(tmp_path: Path) -> None:
    files = {"manage.py": "from flask_script import Manager\n", "app.py": FLASK}
    assert adapted(project_in(tmp_path, files))[1].app == "app:app"


@pytest.mark.parametrize(
    ("files", "handler"),
    [
        ({"app.py": FLASK, "handler.py": HANDLER}, "handler.handler"),
        ({"main.py": FASTAPI + "serve = Mangum(app)"}, "main.serve"),
        ({"app.py": FLASK, "wsgi.py": "from app import app\nh = make_lambda_handler(app)"}, "wsgi.h"),
        ({**DJANGO, "mysite/asgi.py": "handler = Mangum(get_asgi_application())"}, "mysite.asgi.handler"),
        ({**DJANGO, "lambda.py": "handler = Mangum(application)"}, "lambda.handler"),
    ],
)
def test_the_projects_own_adapter_wins(tmp_path: Path, files: dict[str, str], handler: str) -> None:
    (function,) = project_in(tmp_path, files).functions
    assert (function.handler, function.adapter) == (handler, None)


def test_the_projects_environment_says_runtime_and_version(tmp_path: Path) -> None:
    python = tmp_path / ".venv" / "bin" / "python"
    write(tmp_path, {".venv/pyvenv.cfg": "version = 3.10.2\n", ".venv/bin/python": "#!/bin/sh\n"})
    python.chmod(0o755)
    (tmp_path / ".venv/lib/python3.10/site-packages/flask-3.1.2.dist-info").mkdir(parents=True)
    project = project_in(tmp_path, {"app.py": FLASK})
    assert (project.functions[0].runtime, project.framework) == ("python3.10", "Flask 3.1")


def test_a_python_that_lambda_has_not_is_not_named(tmp_path: Path) -> None:
    write(tmp_path, {".venv/pyvenv.cfg": "version = 3.99.0\n", ".venv/bin/python": "#!/bin/sh\n"})
    (tmp_path / ".venv" / "bin" / "python").chmod(0o755)
    assert project_in(tmp_path, {"app.py": FLASK}).functions[0].runtime == OWN


@pytest.mark.parametrize(
    ("files", "target", "what", "hint"),
    [
        ({"hello.py": FLASK}, ".", "nothing to serve here", "hello.py has one: devserve hello:app"),
        ({"app.py": "def create_app(config): ..."}, ".", "create_app(config) makes an app", "app:create_app('...')"),
        ({"app.py": FLASK}, "../x:app", "../x is no module", "as Python imports it"),
        ({"app.py": "x = 1"}, ".", "nothing to serve here", "name it: devserve module:app"),
    ],
)
def test_what_cannot_be_served_is_told_with_what_to_type(
    tmp_path: Path, files: dict[str, str], target: str, what: str, hint: str
) -> None:
    write(tmp_path, files)
    with pytest.raises(UserError) as raised:
        read(ReadOptions(tmp_path, target=target), {})
    assert what in raised.value.what
    assert hint in raised.value.hint


def test_a_module_that_cannot_be_read_is_what_is_wrong_when_there_is_no_other(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_bytes(b"# caf\xe9\n")
    with pytest.raises(UserError, match="UTF-8"):
        read(ReadOptions(tmp_path), {})
    write(tmp_path, {"main.py": FASTAPI})
    assert read(ReadOptions(tmp_path), {}).framework == "FastAPI"
