"""Starlette, FastAPI and Quart apps, as they are, behind each kind of event: through Mangum inside an environment."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.live import venvs
from tests.live.devserver import devserve
from tests.live.web_projects import (
    BINARY,
    FASTAPI,
    KINDS,
    QUART,
    STAGED,
    STARLETTE,
    answers_as_it_is,
    multipart,
    sees_what_was_sent,
)

pytestmark = pytest.mark.live


def project(folder: Path, name: str, *requirements: str, version: str = venvs.OWN) -> Path:
    """A project with its framework in its own environment."""
    venvs.use(folder / "project", venvs.python(name, *requirements, version=version))
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_starlette_behind(tmp_path: Path, kind: str) -> None:
    with devserve(project(tmp_path, "starlette", "starlette"), {"app.py": STARLETTE}, "--as", kind) as server:
        sees_what_was_sent(server, kind)
        answers_as_it_is(server)
        assert server.get("/echo/x").json()["started"][0] is True


@pytest.mark.parametrize("kind", STAGED)
def test_fastapi_under_a_stage(tmp_path: Path, kind: str) -> None:
    folder = project(tmp_path, "fastapi", "fastapi", "python-multipart")
    with devserve(folder, {"main.py": FASTAPI}, "--as", kind, "--stage-prefix") as server:
        sees_what_was_sent(server, kind, "/dev")
        answers_as_it_is(server, "/dev")
        docs = server.get("/dev/docs").text
        assert "/dev/openapi.json" in docs
        assert server.get("/dev/openapi.json").json()["info"]["title"] == "Shop"


def test_fastapi_takes_files(tmp_path: Path) -> None:
    with devserve(project(tmp_path, "fastapi", "fastapi", "python-multipart"), {"main.py": FASTAPI}) as server:
        assert server.ready["functions"][0]["name"] == "project"
        headers, body = multipart("ü.png", BINARY)
        reply = server.request("POST", "/upload", headers, body)
        digest = hashlib.sha256(BINARY).hexdigest()
        assert reply.json() == {"name": "ü.png", "size": len(BINARY), "digest": digest}
        assert server.request("POST", "/upload").status == 422
        log = "".join(server.log("project"))
        assert server.get("/boom").status == 500
        assert "devserve_" not in log


@pytest.mark.parametrize("kind", ["rest", "http"])
def test_quart_under_a_stage(tmp_path: Path, kind: str) -> None:
    with devserve(project(tmp_path, "quart", "quart"), {"asgi.py": QUART}, "--as", kind, "--stage-prefix") as server:
        seen = server.get("/dev/echo/a?x=1").json()
        assert (seen["root"], seen["query"]) == ("/dev", [["x", "1"]])
        assert server.get("/dev/link").text == "/dev/echo/x"
        assert server.request("POST", "/dev/back", [], BINARY).body == BINARY


PLAIN = """
import sys
async def app(scope, receive, send):
    body = f"{scope['path']} {sys.version_info[1]}".encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": body})
"""


@pytest.mark.parametrize("version", ["3.10", "3.13"])
def test_a_plain_function_is_an_app_on_other_pythons(tmp_path: Path, version: str) -> None:
    with devserve(project(tmp_path, "empty", version=version), {"asgi.py": PLAIN}) as server:
        assert server.get("/a").text == f"/a {version[2:]}"


def test_a_python_that_is_too_old_for_our_mangum_is_told_what_to_do(tmp_path: Path) -> None:
    with devserve(project(tmp_path, "empty", version="3.9"), {"asgi.py": PLAIN}) as server:
        failed = server.invoke("project", {}).payload
        assert failed["errorType"] == "Runtime.ImportModuleError"
        assert "install mangum into the project's environment" in failed["errorMessage"]
    with devserve(project(tmp_path / "own", "mangum39", "mangum==0.17.0", version="3.9"), {"asgi.py": PLAIN}) as server:
        assert server.get("/a").text == "/a 9"
