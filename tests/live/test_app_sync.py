"""Apps that are no handlers, pushed: what was uploaded answers as here, with nothing but itself to import from."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.live.cloud import REGION, Cloud
from tests.live.devserver import Files, write
from tests.live.fault_proxy import FaultProxy
from tests.live.staged import STACK, Ended, Project
from tests.live.test_sync_projects import template_sent
from tests.live.web_projects import FLASK

pytestmark = pytest.mark.live

OWN = f"python3.{sys.version_info[1]}"
STAGE = f'[stages.dev]\nstack_name = "{STACK}"\nregion = "{REGION}"\n'
ASGI = """
import os
async def app(scope, receive, send):
    here = [name for name in os.environ if name.startswith("DEVSERVE_")]
    body = f"{scope['path']} {scope['query_string'].decode()} {here} {os.environ['COLOR']}".encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": body})
"""
RUN = """
import json, os, sys
sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
os.chdir(os.environ["LAMBDA_TASK_ROOT"])
module, _, name = os.environ["_HANDLER"].rpartition(".")
handler = getattr(__import__(module), name)
print(json.dumps(handler(json.loads(sys.argv[1]), None)))
"""


def pushed(tmp_path: Path, proxy: FaultProxy, cloud: Cloud, files: Files) -> tuple[Project, Ended]:
    folder = write(tmp_path / "shop", {"devserve.toml": STAGE, **files})
    project = Project(folder, tmp_path / "home", proxy, cloud)
    project.home.mkdir()
    return project, project.sync(AWS_ENDPOINT_URL=proxy.address)


def request(path: str, query: str = "", method: str = "GET", body: bytes = b"") -> dict[str, Any]:
    """An HTTP API's event."""
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"host": "abc.execute-api.eu-west-1.amazonaws.com", "x-forwarded-proto": "https"},
        "requestContext": {
            "http": {"method": method, "path": path, "sourceIp": "192.0.2.1", "protocol": "HTTP/1.1"},
            "stage": "$default",
            "domainName": "abc.execute-api.eu-west-1.amazonaws.com",
        },
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }


def answered(project: Project, event: dict[str, Any]) -> dict[str, Any]:
    """By the uploaded zip, with the settings that the function has in the cloud, and without any installed package."""
    resources = template_sent(project)["Resources"]
    (function,) = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::Lambda::Function"]
    task, at = project.home / "task", function["Code"]
    if not task.exists():
        content = project.cloud.client("s3").get_object(Bucket=at["S3Bucket"], Key=at["S3Key"])["Body"].read()
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            archive.extractall(task)
    given = function["Environment"]["Variables"]
    told = {name: value.replace("/var/task", str(task)) for name, value in given.items()}
    environ = {**told, "LAMBDA_TASK_ROOT": str(task), "_HANDLER": function["Handler"]}
    line = [sys.executable, "-I", "-S", "-c", RUN, json.dumps(event)]
    done = subprocess.run(line, env=environ, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_a_flask_app_answers_from_what_was_pushed(tmp_path: Path, proxy: FaultProxy, cloud: Cloud) -> None:
    files = {"app.py": FLASK, "requirements.txt": "flask\n"}
    project, first = pushed(tmp_path, proxy, cloud, files)
    assert first.end["ok"]
    seen = answered(project, request("/echo/a", "x=1&x=2"))
    assert seen["statusCode"] == 200
    told = json.loads(seen["body"])
    assert (told["path"], told["query"], told["ip"]) == ("/echo/a", [["x", "1"], ["x", "2"]], "192.0.2.1")
    image = bytes(range(256))
    back = answered(project, request("/back", "", "POST", image))
    assert (back["isBase64Encoded"], base64.b64decode(back["body"])) == (True, image)
    assert project.sync(AWS_ENDPOINT_URL=proxy.address).plan == []
    project.edit("app.py", '"cookies"', '"biscuits"')
    again = project.sync(AWS_ENDPOINT_URL=proxy.address)
    assert [kind for kind, _ in again.plan] == ["upload_code"]


def test_an_asgi_app_needs_nothing_of_its_own(tmp_path: Path, proxy: FaultProxy, cloud: Cloud) -> None:
    settings = f'{STAGE}[functions.shop]\nruntime = "{OWN}"\nenvironment = {{ COLOR = "red" }}\n'
    project, _ = pushed(tmp_path, proxy, cloud, {"main.py": ASGI, "devserve.toml": settings})
    seen = answered(project, request("/a/b", "x=1"))
    assert (seen["statusCode"], seen["body"]) == (200, "/a/b x=1 [] red")
