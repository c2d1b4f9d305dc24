"""Extensions as people write them: real programs beside real runtimes, from a layer's `extensions` folder."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live import agents
from tests.live.deadline import eventually
from tests.live.devserver import Devserve, devserve

pytestmark = pytest.mark.live

APP = """
def handler(event, context):
    print("said by the function")
    return context.aws_request_id

def levels(event, context):
    for level in ("info", "error"):
        print('{"level": "%s", "message": "said"}' % level)
    print("plain")
"""

MODES = ("deaf", "nobody", "stuck", "twice", "crashes", "gives-up")


def report(folder: Path, mode: str) -> Path:
    return folder / f"report-{mode}.jsonl"


def template(folder: Path) -> str:
    def layer(name: str) -> dict[str, Any]:
        return {"Type": "AWS::Serverless::LayerVersion", "Properties": {"ContentUri": f"../{name}"}}

    def function(name: str, handler: str, layers: list[str], mode: str) -> dict[str, Any]:
        properties = {
            "FunctionName": name,
            "Handler": handler,
            "Runtime": "python3.12",
            "CodeUri": ".",
            "Timeout": 1 if mode == "stuck" else 10,
            "Layers": [{"Ref": each} for each in layers],
            "Environment": {"Variables": {"REPORT": str(report(folder, mode)), "MODE": mode}},
        }
        return {"Type": "AWS::Serverless::Function", "Properties": properties}

    quiet = function("levels", "app.levels", [], "")
    quiet["Properties"]["LoggingConfig"] = {
        "LogFormat": "JSON",
        "ApplicationLogLevel": "WARN",
        "SystemLogLevel": "INFO",
    }
    resources = {
        "Both": layer("both"),
        "One": layer("one"),
        "Watched": function("watched", "app.handler", ["Both"], "watched"),
        "Levels": quiet,
        "Inside": function("inside", "inside.handler", [], "inside"),
    } | {mode.replace("-", ""): function(mode, "app.handler", ["One"], mode) for mode in MODES}
    return json.dumps({"Transform": "AWS::Serverless-2016-10-31", "Resources": resources})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devserve]:
    folder = tmp_path_factory.mktemp("extensions")
    agents.install(folder / "both", "http", "tcp")
    agents.install(folder / "one", "agent")
    files = {"template.yaml": template(folder), "app.py": APP, "inside.py": agents.INSIDE}
    with devserve(folder, files) as running:
        yield running


def said(server: Devserve, mode: str, who: str, kind: str, number: int = 1) -> list[dict[str, Any]]:
    """What the extension has reported, once there is so much of it."""

    def found() -> list[dict[str, Any]]:
        lines = agents.reported(report(server.folder.parent, mode), who, kind)
        return lines if len(lines) >= number else []

    return eventually(found, seconds=10, what=f"{who} of {mode}: {number} × {kind!r}\n{server.stderr}")


def telemetry(server: Devserve, who: str, request_id: str) -> list[str]:
    """Types of all events, once the report of that invocation is among them."""

    def found() -> list[str]:
        lines = agents.reported(report(server.folder.parent, "watched"), who, "telemetry")
        events = [event for line in lines for event in line["events"]]
        over = [e for e in events if e["type"] == "platform.report" and e["record"]["requestId"] == request_id]
        return [event["type"] for event in events] if over else []

    return eventually(found, seconds=10, what=f"telemetry of {who}")


def test_extensions_see_every_invocation_and_all_of_its_telemetry(server: Devserve) -> None:
    first = server.invoke("watched")
    assert (first.error, first.payload) == (None, first.request_id)
    telemetry(server, "http", first.request_id)  # until its extensions are done, a call is another environment's
    second = server.invoke("watched")
    for who in ("http", "tcp"):
        assert said(server, "watched", who, "registered")[0]["body"] == {
            "functionName": "watched",
            "functionVersion": "$LATEST",
            "handler": "app.handler",
        }
        events = [line["event"] for line in said(server, "watched", who, "event", 2)]
        assert [event["requestId"] for event in events] == [first.request_id, second.request_id]
        assert events[0]["invokedFunctionArn"].endswith(":function:watched")
        types = telemetry(server, who, second.request_id)
        other = "platform.telemetrySubscription"
        assert [each for each in types if each != other] == [
            *("platform.initStart", "platform.initRuntimeDone", "platform.initReport"),
            *("platform.extension",) * 2,
            *("platform.start", "function", "platform.runtimeDone", "platform.report") * 2,
        ]
    log = server.log("Watched")
    for who in ("http", "tcp"):
        assert f"EXTENSION\tName: {who}\tState: Ready\tEvents: [INVOKE, SHUTDOWN]\n" in log
        assert f"TELEMETRY\tName: {who}\tState: Subscribed\tTypes: [Platform, Function]\n" in log
    assert f"seen {first.request_id}\n" in log


def test_an_internal_extension_sees_the_invocation_while_it_runs(server: Devserve) -> None:
    invoked = server.invoke("inside")
    assert (invoked.error, invoked.payload) == (None, [invoked.request_id])


def test_a_subscriber_that_never_answers_stops_nothing(server: Devserve) -> None:
    server.invoke("deaf")
    began = time.monotonic()
    for _ in range(5):
        assert server.invoke("deaf").error is None
    assert time.monotonic() - began < 8  # waiting for it would take 2 s each time
    assert said(server, "deaf", "agent", "subscribed")[0]["body"] == "OK"


def test_telemetry_that_nobody_took_is_told(server: Devserve) -> None:
    server.invoke("nobody")
    dropped = server.fact("logsDropped", lambda fact: fact["function"] == "nobody")
    assert dropped["name"] == "agent"
    assert dropped["droppedRecords"] > 0


def test_an_extension_that_never_asks_for_the_next_event_costs_the_timeout_and_the_environment(
    server: Devserve,
) -> None:
    invoked = server.invoke("stuck")
    assert invoked.payload == invoked.request_id
    ended = server.fact("report", lambda fact: fact["function"] == "stuck")
    assert ended["report"]["durationMs"] == pytest.approx(1000, abs=50)
    assert ended["report"]["status"] == "timeout"
    again = server.invoke("stuck")
    assert again.payload == again.request_id
    assert len(said(server, "stuck", "agent", "registered", 2)) == 2


def test_nobody_registers_twice(server: Devserve) -> None:
    assert server.invoke("twice").error is None
    (again,) = said(server, "twice", "agent", "again")
    assert (again["status"], again["body"]["errorType"]) == (403, "Extension.InvalidExtensionState")


@pytest.mark.parametrize(
    ("mode", "kind", "own"),
    [
        ("crashes", "Extension.Crash", "Extension.Crash"),
        ("gives-up", "Extension.InitError", "Extension.NoConfiguration"),
    ],
)
def test_an_extension_that_fails_in_init_fails_the_invocation(server: Devserve, mode: str, kind: str, own: str) -> None:
    invoked = server.invoke(mode)
    assert invoked.error == "Unhandled"
    assert invoked.payload["errorType"] == kind
    lines = [line for line in server.log(mode.replace("-", "")) if line.startswith("EXTENSION\tName: agent\tState: ")]
    assert any(f"State: {kind[10:]}\t" in line and line.endswith(f"\tError Type: {own}\n") for line in lines)


def test_a_json_log_has_objects_and_only_what_its_levels_let_through(server: Devserve) -> None:
    invoked = server.invoke("levels", tail=True)
    types = ["platform.start", "", "platform.report"]
    tail = [json.loads(line) for line in invoked.log.splitlines()]
    assert [line.get("type", "") for line in tail] == types
    assert (tail[1]["level"], tail[0]["record"]["requestId"]) == ("error", invoked.request_id)
    log = [json.loads(line) for line in server.log("Levels")]
    assert [line.get("type", "") for line in log] == ["platform.initStart", *types]


def test_extensions_are_told_when_devserve_stops(tmp_path: Path) -> None:
    agents.install(tmp_path / "both", "http")
    agents.install(tmp_path / "one", "agent")
    with devserve(tmp_path, {"template.yaml": template(tmp_path), "app.py": APP}) as server:
        assert server.invoke("watched").error is None
        server.stop()
        events = [line["event"] for line in said(server, "watched", "http", "event", 2)]
    assert (events[-1]["eventType"], events[-1]["shutdownReason"]) == ("SHUTDOWN", "spindown")
