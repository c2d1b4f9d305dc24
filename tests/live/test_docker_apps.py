"""A Django project in containers, and one of Zappa: its requirements are installed, the adapter comes from outside."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tests.images.recipes import PYTHON
from tests.live import docker_engine, zappa_served
from tests.live.deadline import eventually
from tests.live.devserver import DOCKER, devserve
from tests.live.django_projects import DJANGO, made
from tests.live.web_projects import BINARY, multipart
from tests.live.zappa_projects import FLASK, FUNCTIONS

TASKS = """
from zappa.asynchronous import task

@task
def work(word):
    print("WORKED", word)

def start():
    return work("ab").sent
"""
pytestmark = docker_engine.MARKS


def test_a_django_project_with_requirements_runs_in_a_container(tmp_path: Path) -> None:
    docker_engine.require_images()
    files = {
        "requirements.txt": DJANGO + "\n",
        "devserve.toml": f'[images]\n"python3.11" = "{PYTHON}"\n[functions.project]\nruntime = "python3.11"\n',
    }
    with devserve(made(tmp_path), files, "--as", "rest", sandbox=DOCKER, start_seconds=120) as server:
        assert server.get("/page/").text == "<p>2</p>", server.stderr
        headers, body = multipart("a.png", BINARY)
        reply = server.request("POST", "/upload/", headers, body)
        assert reply.json()["digest"] == hashlib.sha256(BINARY).hexdigest()


def test_a_zappa_project_with_requirements_runs_in_a_container(tmp_path: Path) -> None:
    docker_engine.require_images()
    files = {
        **FLASK,
        **FUNCTIONS,
        "tasks.py": TASKS,
        "requirements.txt": "flask\nzappa==0.63.0\n",
        "devserve.toml": f'[images]\n"python3.11" = "{PYTHON}"\n',
        "zappa_settings.json": zappa_served.settings(
            dev={
                "app_function": "shop.app",
                "runtime": "python3.11",
                "environment_variables": {"COLOR": "red"},
                "remote_env": "s3://none/env.json",
            }
        ),
        ".devserve/remote_env.json": '{"SIZE": "9"}',
    }
    with devserve(tmp_path, files, sandbox=DOCKER, start_seconds=180) as server:
        seen = server.get("/dev/echo/a%20b?x=1&x=2").json()
        assert (seen["SCRIPT_NAME"], seen["PATH_INFO"], seen["QUERY_STRING"]) == ("/dev", "/echo/a b", "x=1&x=2")
        assert [server.get(f"/dev/environ/{name}").json() for name in ("COLOR", "SIZE")] == ["red", "9"]
        assert server.get("/dev/environ/DEVSERVE_ZAPPA").json() is None
        log = zappa_served.log(server)
        assert "Zappa Event" in log
        assert "remote_env: 1 variable from .devserve/remote_env.json" in log
        assert server.invoke(zappa_served.NAME, {"command": "work.none"}).payload == "none"
        failed = server.invoke(zappa_served.NAME, {"command": "work.breaks"})
        assert failed.payload["errorType"] == "LookupError"
        started = server.invoke(zappa_served.NAME, {"command": "tasks.start"})
        assert started.payload is True, started.log
        eventually(lambda: "WORKED ab" in zappa_served.log(server), what="the task, through the Lambda port")
        server.save("shop.py", FLASK["shop.py"].replace('"two"', '"three"'))
        eventually(lambda: server.get("/dev/cookies").text == "three")
