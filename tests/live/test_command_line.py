"""The commands as they are typed: what goes to stdout and stderr, and the exit codes that scripts rely on.

One of each kind is a `fresh` process; most of the others are forked off by `tests/live/starter.py`."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from tests.live import processes
from tests.live.deadline import eventually
from tests.live.devserver import STOP_SECONDS, command, devserve, environment, run, write
from tests.live.templates import function, sam

pytestmark = pytest.mark.live

APP = """
import os, time

def handler(event, context):
    print("working on", event)
    if event.get("fail"):
        raise ValueError("asked to fail")
    return {"got": event, "dummy": os.environ.get("AWS_ACCESS_KEY_ID", "")}
"""
ROUTED = """
def handler(event, context):
    return {"statusCode": 200, "body": event.get("path") or event.get("rawPath")}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "project", {"app.py": APP})


def test_the_payload_is_all_there_is_on_stdout(folder: Path) -> None:
    ran = run(folder, "invoke", "--payload", '{"a": "ü"}', "--sandbox", "process", fresh=True)
    assert ran.code == 0, ran.stderr
    assert json.loads(ran.stdout)["got"] == {"a": "ü"}
    for part in ("START RequestId: ", "working on", "END RequestId: ", "REPORT RequestId: "):
        assert part in ran.stderr


def test_a_function_that_failed_is_exit_code_1_with_its_payload(folder: Path) -> None:
    ran = run(folder, "invoke", "--payload", '{"fail": 1}', "--sandbox", "process")
    assert ran.code == 1
    assert json.loads(ran.stdout)["errorType"] == "ValueError"


def test_what_is_wrong_with_the_function_is_told_before_it_runs(tmp_path: Path) -> None:
    settings = "[functions.one]\nhandler = 'app.handler'\nlayers = ['nowhere']\n"
    settings += "[functions.other]\nhandler = 'app.handler'\nlayers = ['elsewhere']\n"
    folder = write(tmp_path / "project", {"app.py": APP, "devserve.toml": settings})
    ran = run(folder, "invoke", "one", "--sandbox", "process")
    assert ran.code == 0, ran.stderr
    told = [line for line in ran.stderr.splitlines() if "runs without this layer" in line]
    assert told == ["devserve: devserve.toml:1: one: layers: there is no layer at nowhere; it runs without this layer"]


def test_json_is_one_object_with_everything(folder: Path) -> None:
    ran = run(folder, "invoke", "--payload", "{}", "--json", "--sandbox", "process")
    assert ran.code == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert {"statusCode", "payload", "functionError", "executedVersion", "requestId", "logs", "report"} <= told.keys()
    assert (told["statusCode"], told["functionError"], told["executedVersion"]) == (200, None, "$LATEST")
    assert set(told["report"]) == {
        "durationMs",
        "billedDurationMs",
        "initDurationMs",
        "memorySizeMB",
        "maxMemoryUsedMB",
        "coldStart",
    }
    assert told["report"]["coldStart"] is True


def test_an_event_comes_from_a_file_from_stdin_or_is_a_sample(folder: Path) -> None:
    write(folder, {"event.json": '{"from": "file"}'})
    from_file = run(folder, "invoke", "--event", "event.json", "--sandbox", "process")
    assert json.loads(from_file.stdout)["got"] == {"from": "file"}
    piped = run(folder, "invoke", "-e", "-", "--sandbox", "process", stdin='{"from": "stdin"}', fresh=True)
    assert json.loads(piped.stdout)["got"] == {"from": "stdin"}
    sample = run(folder, "invoke", "--event", "sample_events/apigw.json", "--sandbox", "process")
    assert sample.code == 0, sample.stderr
    assert json.loads(sample.stdout)["got"]["httpMethod"]


def test_a_user_without_credentials_gets_dummies_and_never_sees_them_told(folder: Path) -> None:
    ran = run(folder, "invoke", "--sandbox", "process")
    dummy = json.loads(ran.stdout)["dummy"]
    assert dummy
    assert dummy not in ran.stderr


@pytest.mark.parametrize("name", ["apigw", "http_api", "sqs", "s3", "eventbridge"])
def test_samples_are_listed_and_generated(tmp_path: Path, name: str) -> None:
    listed = run(tmp_path, "events", "list")
    assert listed.code == 0
    assert name in listed.stdout
    made = run(tmp_path, "events", "generate", name)
    assert made.code == 0
    assert isinstance(json.loads(made.stdout), dict)


def test_a_sample_can_be_changed_where_it_is_made(tmp_path: Path) -> None:
    made = run(tmp_path, "events", "generate", "sqs", "--set", "Records.0.body=hi")
    assert json.loads(made.stdout)["Records"][0]["body"] == "hi"


def test_routes_and_validate_of_a_sound_project(tmp_path: Path) -> None:
    template = sam({"Fn": function("app.handler", "GET /a/{id}")})
    folder = write(tmp_path / "project", {"app.py": ROUTED, "template.json": template})
    routes = run(folder, "routes", fresh=True)
    assert routes.code == 0
    assert "/a/{id}" in routes.stdout
    assert "Fn" in routes.stdout
    assert json.loads(run(folder, "routes", "--json").stdout)
    assert run(folder, "validate", fresh=True).code == 0


def test_help_and_version_need_no_project(tmp_path: Path) -> None:
    for arguments in (("--help",), ("invoke", "--help"), ("--version",)):
        ran = run(tmp_path, *arguments, fresh=True)
        assert (ran.code, ran.stderr) == (0, "")
        assert ran.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_0_or_130_and_the_banner_was_told(folder: Path, number: signal.Signals) -> None:
    mark = uuid.uuid4().hex
    out = folder.parent / "out.txt"
    with out.open("wb") as stream:
        process = subprocess.Popen(
            command(".", "--port", "0", "--lambda-port", "0", "--sandbox", "process", "--warm-containers", "EAGER"),
            cwd=folder,
            env=environment(mark, folder.parent),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
        )
    try:
        eventually(lambda: "➜" in out.read_text(encoding="utf-8"), seconds=20, what="the banner")
        process.send_signal(number)
        assert process.wait(STOP_SECONDS) in (0, 130)
        assert "Traceback" not in out.read_text(encoding="utf-8")
        if sys.platform == "linux":
            eventually(lambda: not processes.marked([mark]), what="all processes gone")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(STOP_SECONDS)


def test_a_default_port_that_is_taken_moves_on_and_says_so(folder: Path) -> None:
    held = []
    for port in (3000, 3001):
        try:
            held.append(socket.create_server(("127.0.0.1", port)))
        except OSError:  # somebody else holds it, which serves as well
            continue
    out = folder.parent / "out.txt"
    with out.open("wb") as stream:
        process = subprocess.Popen(
            command(".", "--sandbox", "process"),
            cwd=folder,
            env=environment(uuid.uuid4().hex, folder.parent),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
        )
    try:
        eventually(lambda: "➜" in out.read_text(encoding="utf-8"), seconds=20, what="the banner")
        text = out.read_text(encoding="utf-8")
        assert "http://127.0.0.1:3000" not in text
        assert "3000" in text, f"nothing says that the default port was taken:\n{text}"
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_SECONDS) in (0, 130)
    finally:
        for one in held:
            one.close()
        if process.poll() is None:
            process.kill()
            process.wait(STOP_SECONDS)


def test_eager_environments_are_warm_before_the_first_request(tmp_path: Path) -> None:
    template = sam({"Fn": function("app.handler", FunctionName="fn")})
    with devserve(tmp_path, {"app.py": APP, "template.json": template}, "--warm-containers", "EAGER") as server:
        server.fact("initReport")
        assert server.invoke("fn", {}, tail=True).error is None
        assert len(server.facts("initStart")) == 1


def test_variables_from_the_command_line_reach_the_function(tmp_path: Path) -> None:
    show = "import os\ndef handler(event, context):\n    return {name: os.environ.get(name) for name in 'ABC'}\n"
    template = json.dumps(
        {
            "Transform": "AWS::Serverless-2016-10-31",
            "Parameters": {"Value": {"Type": "String", "Default": "default"}},
            "Resources": {"Fn": function("show.handler", Environment={"Variables": {"A": {"Ref": "Value"}}})},
        }
    )
    files = {
        "show.py": show,
        "template.json": template,
        "vars.json": '{"Fn": {"B": "from vars"}}',
        ".env": "C=dotenv\n",
    }
    options = ["--parameter-overrides", "Value=given", "--env-vars", "vars.json", "--env-file", ".env"]
    with devserve(tmp_path, files, *options) as server:
        assert server.invoke("Fn", {}).payload == {"A": "given", "B": "from vars", "C": "dotenv"}
    ran = run(tmp_path / "project", "invoke", "Fn", *options[:4], "--sandbox", "process")
    assert json.loads(ran.stdout) == {"A": "given", "B": "from vars", "C": None}


def test_the_users_environment_does_not_leak_into_functions(tmp_path: Path) -> None:
    show = "import os\ndef handler(event, context):\n    return dict(os.environ)\n"
    mark = {"A_SECRET_OF_THE_SHELL": "leaked", "AWS_ACCESS_KEY_ID": "the-users-own", "AWS_SECRET_ACCESS_KEY": "x"}
    template = sam({"Fn": function("show.handler", FunctionName="fn")})
    with devserve(tmp_path, {"show.py": show, "template.json": template}, environ=mark) as server:
        seen = server.invoke("fn", {}).payload
        assert "A_SECRET_OF_THE_SHELL" not in seen
        assert seen["AWS_ACCESS_KEY_ID"] == "the-users-own"
        assert seen["AWS_LAMBDA_FUNCTION_NAME"] == "fn"
        assert seen["AWS_SAM_LOCAL"] == "true"
        assert os.path.isdir(seen["LAMBDA_TASK_ROOT"])
    assert "the-users-own" not in server.stderr + server.out.read_text(encoding="utf-8")
