"""Points of the checklist that are about how a project is found, started and spoken of; most need no more than one
version of Zappa, the newest."""

from __future__ import annotations

import json
import subprocess
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.live import venvs, zappa_events, zappa_runtime, zappa_served
from tests.live.deadline import eventually
from tests.live.devserver import command, devserve, environment, run, write
from tests.live.zappa_projects import ASGI, FLASK, FUNCTIONS
from tests.live.zappa_runtime import NEW, OLD, SHIM
from tests.live.zappa_served import NAME, log

pytestmark = pytest.mark.live

APP = {"app_function": "shop.app", "project_name": "shop", "keep_warm": False, "log_level": "INFO"}
FORMATS = {
    "zappa_settings.json": "{\n  # a comment\n  dev: {\n    app_function: shop.app\n    project_name: shop\n  }\n}\n",
    "zappa_settings.toml": '[dev]\napp_function = "shop.app"\nproject_name = "shop"\n',
    "zappa_settings.yml": "dev:\n  app_function: shop.app\n  project_name: shop\n",
    "zappa_settings.yaml": "dev:\n  app_function: shop.app\n  project_name: shop\n",
}
VARIABLES = {"ZAPPA_APP_FUNCTION": "shop.app", "ZAPPA_PROJECT_NAME": "shop"}


def invoked(folder: Path, *arguments: str, **environ: str) -> Any:
    done = run(folder, "invoke", "--sandbox", "process", *arguments, environ=environ)
    assert done.code == 0, done.stderr
    return json.loads(done.stdout)


def project(folder: Path, version: str = NEW, files: Any = FLASK) -> Path:
    venvs.use(folder, zappa_runtime.interpreter(version))
    return write(folder, files)


COMMAND = ("--payload", '{"command": "work.none"}')


@pytest.mark.parametrize("name", FORMATS)
def test_point_01_the_four_formats_are_read(name: str, tmp_path: Path) -> None:
    folder = project(tmp_path, files=FLASK | FUNCTIONS | {name: FORMATS[name]})
    assert invoked(folder, *COMMAND) == "none"


def test_point_01_variables_are_settings_without_a_file(tmp_path: Path) -> None:
    folder = project(tmp_path, files=FLASK | FUNCTIONS)
    assert invoked(folder, *COMMAND, **VARIABLES) == "none"


def test_point_01_stages_extend_others_and_must_be_named_when_there_are_several(tmp_path: Path) -> None:
    stages = {"base": APP, "one": {"extends": "base"}, "two": {"extends": "one", "project_name": "other"}}
    folder = project(tmp_path, files=FLASK | FUNCTIONS | {"zappa_settings.json": json.dumps(stages)})
    done = run(folder, "invoke", "--sandbox", "process", *COMMAND)
    assert done.code == 2
    assert "--stage" in done.stderr
    served = run(folder, "--stage", "nowhere")
    assert served.code == 2
    assert "stage nowhere: there is no such stage" in served.stderr
    with devserve(tmp_path / "serve", None, "--stage", "two", target=str(folder)) as server:
        assert server.ready["functions"][0]["name"] == "other-two"
        assert server.get("/two/").json()["SCRIPT_NAME"] == "/two"


@pytest.mark.parametrize(
    ("version", "said"), [(OLD, "zappa 0.62.1"), (NEW, "zappa 0.63.0"), (SHIM, "zappa shim, modelled on 0.63.0")]
)
def test_point_03_what_serves_is_named(version: str, said: str, tmp_path: Path) -> None:
    folder = project(tmp_path / "app", version, FLASK | {"zappa_settings.json": json.dumps({"dev": APP})})
    banner = tmp_path / "banner.txt"
    with banner.open("wb") as out:
        line = command("--port", "0", "--lambda-port", "0", "--sandbox", "process")
        process = subprocess.Popen(
            line,
            cwd=folder,
            env=environment(uuid.uuid4().hex, tmp_path),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
        try:
            eventually(lambda: "ANY" in banner.read_text(), seconds=30.0, what="the banner")
        finally:
            process.terminate()
            process.wait(15.0)
    assert f"shop:app through {said}" in banner.read_text()


@pytest.mark.parametrize("kind", ["rest", "http", "http1", "url", "alb"])
def test_point_05_five_kinds_of_gateways(kind: str, tmp_path: Path) -> None:
    stages = {"dev": {"app_function": "shop.app", "log_level": "INFO"}}
    with zappa_served.served(tmp_path, NEW, FLASK, stages, "--as", kind) as server:
        front = "/dev" if kind in ("rest", "http", "http1") else ""
        reply = server.get(f"{front}/echo/x?a=1&a=2")
        assert reply.status == 200, reply.text
        seen = reply.json()
        assert (seen["SCRIPT_NAME"], seen["PATH_INFO"]) == (front, "/echo/x")
        # A load balancer without multi-value headers sends the last value alone.
        assert seen["QUERY_STRING"] == ("a=2" if kind == "alb" else "a=1&a=2")
        picture = bytes(range(256))
        sent = server.request("POST", f"{front}/bytes/image/png", [("Content-Type", "image/png")], picture)
        assert sent.body == picture


def test_point_05_an_asgi_app_is_served(tmp_path: Path) -> None:
    stages = {"dev": {"app_function": "site_asgi.app", "app_type": "asgi", "log_level": "INFO"}}
    with zappa_served.served(tmp_path, NEW, ASGI, stages) as server:
        seen = server.request("POST", "/dev/echo?q=1", [("Content-Type", "text/plain")], b"body").json()
        assert (seen["path"], seen["root_path"], seen["scheme"], seen["body"]) == ("/echo", "/dev", "https", "body")


def test_point_06_a_domain_has_no_stage_in_front(tmp_path: Path) -> None:
    stages = {"dev": {"app_function": "shop.app", "domain": "shop.example.com", "log_level": "INFO"}}
    with zappa_served.served(tmp_path, NEW, FLASK, stages) as server:
        seen = server.get("/echo/x").json()
        assert (seen["SCRIPT_NAME"], seen["headers"]["Host"]) == ("", "shop.example.com")


def test_point_06_a_base_path_stands_in_front(tmp_path: Path) -> None:
    stage = {"app_function": "shop.app", "domain": "shop.example.com", "base_path": "api", "log_level": "INFO"}
    with zappa_served.served(tmp_path, NEW, FLASK, {"dev": stage}) as server:
        seen = server.get("/api/echo/x").json()
        assert (seen["SCRIPT_NAME"], seen["PATH_INFO"]) == ("/api", "/echo/x")


def test_point_07_preflights_are_answered_by_the_gateway(tmp_path: Path) -> None:
    with zappa_served.served(tmp_path, NEW, FLASK, {"dev": {"app_function": "shop.app", "cors": True}}) as server:
        reply = server.request("OPTIONS", "/dev/echo/x", [("Origin", "https://a.example")])
        assert reply.status == 200
        assert reply.header("Access-Control-Allow-Origin") == "*"
        assert "Zappa Event" not in log(server)


@pytest.mark.parametrize(
    ("guard", "statuses"),
    [
        ({"authorizer": {"function": "work.authorize"}}, (401, 403)),  # it is asked, and its policy allows nothing
        ({"iam_authorization": True}, (403, 403)),
        ({"api_key_required": True}, (403, 403)),
    ],
)
def test_point_08_what_zappa_protects_is_not_served_open_unless_asked(
    guard: dict[str, Any], statuses: tuple[int, int], tmp_path: Path
) -> None:
    stages = {"dev": {"app_function": "shop.app", **guard}}
    with zappa_served.served(tmp_path / "closed", NEW, FLASK | FUNCTIONS, stages) as server:
        with_token = server.request("GET", "/dev/", [("Authorization", "Bearer ann")])
        assert (server.get("/dev/").status, with_token.status) == statuses
    with zappa_served.served(tmp_path / "open", NEW, FLASK | FUNCTIONS, stages, "--disable-authorizer") as server:
        assert server.get("/dev/").status == 200


def test_point_09_a_rest_api_waits_for_the_function_s_own_timeout(tmp_path: Path) -> None:
    files = {"shop.py": "import time\ndef app(environ, start):\n    time.sleep(5)\n"}
    stages = {"dev": {"app_function": "shop.app", "timeout_seconds": 1}}
    with zappa_served.served(tmp_path, NEW, files, stages) as server:
        assert server.get("/dev/").status in (502, 504)
        assert "Status: timeout" in log(server)


def test_point_16_functions_by_name_and_raw_code(tmp_path: Path) -> None:
    settings = {"zappa_settings.json": json.dumps({"dev": APP})}
    folder = project(tmp_path, files=FLASK | FUNCTIONS | settings)
    assert invoked(folder, "work.none") == "none"
    raw = run(folder, "invoke", "--sandbox", "process", "--raw", "print('raw', 1 + 1)")
    assert raw.code == 0
    assert "raw 2" in raw.stdout + raw.stderr
    failed = run(folder, "invoke", "--sandbox", "process", "work.breaks")
    assert failed.code == 1


def test_point_18_the_code_is_read_only_and_tmp_is_writable_when_asked(tmp_path: Path) -> None:
    files = FLASK | {
        "write.py": "def here():\n    open('made', 'w')\n"
        "def temporary():\n    open('/tmp/devserve-zappa', 'w')\n    return 1\n"
    }
    with zappa_served.served(tmp_path, NEW, files, {"dev": {"app_function": "shop.app"}}, "--strict-fs") as server:
        refused = server.invoke(NAME, {"command": "write.here"})
        assert refused.payload["errorType"] == "OSError"
        assert "Read-only file system" in refused.payload["errorMessage"]
        assert server.invoke(NAME, {"command": "write.temporary"}).payload == 1
    assert not (tmp_path / "project" / "made").exists()


def test_point_19_requests_at_once_have_an_environment_each(tmp_path: Path) -> None:
    files = {
        "shop.py": "import os, time\n"
        "def app(environ, start):\n    time.sleep(0.4)\n"
        "    start('200 OK', [('Content-Type', 'text/plain')])\n    return [str(os.getpid()).encode()]\n"
    }
    with zappa_served.served(tmp_path, NEW, files, {"dev": {"app_function": "shop.app"}}) as server:
        with ThreadPoolExecutor(3) as pool:
            replies = list(pool.map(lambda _: server.get("/dev/"), range(3)))
        assert {reply.status for reply in replies} == {200}
        assert len({reply.body for reply in replies}) == 3


def test_point_20_what_has_no_effect_here_is_said_at_the_start(tmp_path: Path) -> None:
    more = {
        "efs_config": [{"Arn": "x", "LocalMountPath": "/mnt/efs"}],
        "dead_letter_arn": "arn:x",
        "slim_handler": True,
    }
    stage = {"app_function": "shop.app", **more}
    with zappa_served.served(tmp_path, NEW, FLASK, {"dev": stage}) as server:
        said = "\n".join(fact["problem"]["what"] for fact in server.facts("problem"))
        assert "has no effect here: efs_config" in said
        assert "dead_letter_arn" not in said, "it has"
        assert "slim_handler: the same code runs here" in said
        assert server.invoke(NAME, zappa_events.rest("/echo/x")).payload["statusCode"] == 200
