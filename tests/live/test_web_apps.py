"""Web apps that go wrong or are called by other events than requests, and those that bring their own adapter."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live import venvs
from tests.live.devserver import devserve, run, write
from tests.live.web_projects import FASTAPI, FLASK

pytestmark = pytest.mark.live


def project(folder: Path, name: str = "flask", *requirements: str) -> Path:
    """A project with its framework in its own environment."""
    venvs.use(folder / "project", venvs.python(name, *(requirements or ("flask==3.1.*",))))
    return folder


BROKEN = """
from flask import Flask
app = Flask(__name__)

@app.get("/")
def index():
    return "mended"
"""


@pytest.mark.parametrize(
    ("broken", "kind", "told"),
    [
        ("import missing_module\n", "Runtime.ImportModuleError", "No module named 'missing_module'"),
        ("def (:\n", "Runtime.UserCodeSyntaxError", "Syntax error in module 'app'"),
        ("raise ValueError('not configured')\n", "ValueError", "not configured"),
    ],
)
def test_an_app_that_does_not_import_is_told_and_mended_by_a_save(
    tmp_path: Path, broken: str, kind: str, told: str
) -> None:
    with devserve(project(tmp_path), {"app.py": BROKEN + broken}) as server:
        name = server.ready["functions"][0]["name"]
        assert server.get("/").status == 500
        failed = server.invoke(name, {}).payload
        assert failed["errorType"] == kind
        assert told in failed["errorMessage"]
        log = "".join(server.log(name))
        assert "app.py" in log
        assert "devserve_" not in log
        server.save("app.py", BROKEN)
        server.fact("reload")
        assert server.get("/").text == "mended"


def test_saving_a_template_of_the_app_reloads_it(tmp_path: Path) -> None:
    text = "from flask import Flask, render_template\napp = Flask(__name__)\n"
    text += "app.get('/')(lambda: render_template('a.html'))\n"
    with devserve(project(tmp_path), {"app.py": text, "templates/a.html": "<p>one</p>"}) as server:
        assert server.get("/").text == "<p>one</p>"
        server.save("templates/a.html", "<p>two</p>")
        server.fact("reload")
        assert server.get("/").text == "<p>two</p>"


def test_events_that_are_no_requests(tmp_path: Path) -> None:
    jobs = """
def both(event, context):
    return [event["n"], context.function_name]
def one(event):
    return event["n"]
def none():
    return "none"
async def later(event):
    return event["n"] + 1
def fails(event):
    return {}["a"]
"""
    with devserve(project(tmp_path), {"app.py": FLASK, "jobs.py": jobs}) as server:
        name = server.ready["functions"][0]["name"]

        def call(**event: object) -> object:
            return server.invoke(name, {"n": 1, **event}).payload

        assert call(command="jobs.both") == [1, name]
        assert call(command="jobs.one") == 1
        assert call(command="jobs.none") == "none"
        assert call(command="jobs.later") == 2
        failed = call(command="jobs.fails")
        assert isinstance(failed, dict)
        assert (failed["errorType"], len(failed["stackTrace"])) == ("KeyError", 1)
        assert call(raw_command="import jobs; print('raw', jobs.none(), event['n'])") is None
        assert "raw none 1\n" in server.log(name)
        for event in ({"manage": "check"}, {"command": "jobs"}, {"command": "jobs.nothing"}, {"Records": []}):
            invoked = server.invoke(name, event)
            assert invoked.error == "Unhandled"
        assert "none of them: an object with Records" in invoked.payload["errorMessage"]


def test_two_apps_are_refused_by_name(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": FLASK, "main.py": "from fastapi import FastAPI\napp = FastAPI()\n"})
    ended = run(tmp_path, ".", "--port", "0", "--lambda-port", "0")
    assert ended.code == 2
    assert "two apps: app:app in app.py and main:app in main.py" in ended.stderr
    assert "devserve app:app" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_projects_own_adapter_is_what_runs(tmp_path: Path) -> None:
    text = (
        FASTAPI
        + """
from mangum import Mangum

def handler(event, context):
    answer = Mangum(app, lifespan="off")(event, context)
    answer["headers"]["x-own"] = "yes"
    return answer
"""
    )
    folder = project(tmp_path, "fastapi-mangum", "fastapi", "python-multipart", "mangum==0.19.0")
    with devserve(folder, {"main.py": text}, "--as", "rest") as server:
        reply = server.get("/echo/x")
        assert (reply.json()["path"], reply.header("x-own")) == ("/echo/x", "yes")
        assert server.ready["apis"][0]["type"] == "REST"
