"""A Django project in containers: its requirements are installed, the adapter comes from outside."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tests.images.recipes import PYTHON
from tests.live import docker_engine
from tests.live.devserver import DOCKER, devserve
from tests.live.django_projects import DJANGO, made
from tests.live.web_projects import BINARY, multipart

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
