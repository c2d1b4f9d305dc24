"""Extensions that misbehave beside a real function: what it costs its own function, and that it costs nothing else."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live.deadline import eventually
from tests.live.devserver import Devserve, devserve, write

pytestmark = pytest.mark.live

AGENT = (
    f"#!{sys.executable} -I\n"
    + r"""
import http.client, http.server, json, os, signal, sys, threading, time

NAME, MODE, API = os.path.basename(__file__), os.environ["MODE"], "/2020-01-01/extension/"


def ask(method, path, body=None, **headers):
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    lines = {"Lambda-Extension-" + name: value for name, value in headers.items()}
    connection.request(method, path, body, lines)
    reply = connection.getresponse()
    return reply.status, reply.headers, json.loads(reply.read() or b"null")


def say(*what):
    with open(os.environ["REPORT"], "a") as report:
        report.write(json.dumps(what) + "\n")


class Telemetry(http.server.BaseHTTPRequestHandler):
    seen = 0

    def do_POST(self):
        events = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()
        Telemetry.seen += sum(event["type"] == "function" for event in events)
        dropped = [event["record"]["droppedRecords"] for event in events if event["type"] == "platform.logsDropped"]
        reports = sum(event["type"] == "platform.report" for event in events)
        if dropped or reports:
            say("told", Telemetry.seen, sum(dropped), reports)

    def log_message(self, *_):
        pass


if MODE == "garbage":
    os.write(1, bytes(range(256)) * 400 + b"\n")
    os.write(2, b"\xff\xfe" + b"\n" * 2000)
    for body in (b"", b"{", b"[]", b'{"events":"x"}', b'{"events":["NOPE"]}', b"\xff"):
        say("refused", *ask("POST", API + "register", body, Name=NAME)[::2])
    say("refused", *ask("POST", API + "register", b'{"events":[]}')[::2])
status, headers, body = ask("POST", API + "register", b'{"events":["INVOKE","SHUTDOWN"]}', Name=NAME)
if status != 200:
    say("not registered", status, body)
    sys.exit(1)
me = headers["Lambda-Extension-Identifier"]
if MODE == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
if MODE == "flooded":
    server = http.server.HTTPServer(("127.0.0.1", 0), Telemetry)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    asked = {
        "schemaVersion": "2022-12-13",
        "types": ["platform", "function"],
        "buffering": {"maxItems": 1000, "maxBytes": 262144, "timeoutMs": 25},
        "destination": {"protocol": "HTTP", "URI": f"http://sandbox.localdomain:{server.server_port}"},
    }
    ask("PUT", "/2022-07-01/telemetry", json.dumps(asked), Identifier=me)
while True:
    _, _, event = ask("GET", API + "event/next", Identifier=me)
    say("event", event["eventType"])
    if MODE == "deaf" and event["eventType"] == "SHUTDOWN":
        time.sleep(60)
    if event["eventType"] == "SHUTDOWN":
        break
    if MODE == "leaves":
        sys.exit(4)
"""
)

APP = """
import time

def handler(event, context):
    for number in range(event.get("lines", 0)):
        print("line", number)
    time.sleep(event.get("seconds", 0))
    return "done"
"""

CROWD = [f"agent{number:02}" for number in range(11)]
NOT_STARTED = {
    "plain": ("#!/bin/sh\nsleep 60\n", 0o644, "may not be run: chmod +x"),
    "lost": ("#!/no/such/interpreter\n", 0o755, "wants the interpreter '/no/such/interpreter'"),
    "prose": ("no program\n", 0o755, "neither a program nor a script"),
}
MODES = ("garbage", "deaf", "leaves", "flooded")


def template(folder: Path) -> str:
    resources: dict[str, Any] = {}

    def add(mode: str, layer: str) -> None:
        name = layer.title()
        resources[f"Layer{name}"] = {
            "Type": "AWS::Serverless::LayerVersion",
            "Properties": {"ContentUri": f"../{layer}"},
        }
        resources[mode.title()] = {
            "Type": "AWS::Serverless::Function",
            "Properties": {
                "FunctionName": mode,
                "Handler": "app.handler",
                "Runtime": "python3.12",
                "CodeUri": ".",
                "Timeout": 20,
                "MemorySize": 1024,
                "Layers": [{"Ref": f"Layer{name}"}],
                "Environment": {"Variables": {"MODE": mode, "REPORT": str(folder / f"report-{mode}")}},
            },
        }

    for mode in MODES:
        add(mode, "one")
    for name in ("crowd", *NOT_STARTED):
        add(name, name)
    return json.dumps({"Transform": "AWS::Serverless-2016-10-31", "Resources": resources})


def extension(folder: Path, layer: str, name: str, text: str = AGENT, mode: int = 0o755) -> None:
    write(folder / layer, {f"extensions/{name}": text})
    (folder / layer / "extensions" / name).chmod(mode)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devserve]:
    folder = tmp_path_factory.mktemp("extension-faults")
    extension(folder, "one", "agent")
    for name in CROWD:
        extension(folder, "crowd", name)
    for layer, (text, mode, _) in NOT_STARTED.items():
        extension(folder, layer, "broken", text, mode)
    with devserve(folder, {"template.yaml": template(folder), "app.py": APP}) as running:
        yield running
        # The one that takes no notice of any signal is frozen or at work when all of it ends.
        assert running.invoke("deaf", {}).payload == "done"
        began = time.monotonic()
        running.stop()
        assert time.monotonic() - began < 4


def reported(server: Devserve, mode: str, kind: str) -> list[list[Any]]:
    file = server.folder.parent / f"report-{mode}"
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    whole = text[: text.rfind("\n") + 1].splitlines()
    return [said[1:] for said in map(json.loads, whole) if said[0] == kind]


def test_rubbish_is_refused_and_no_reason_to_stop(server: Devserve) -> None:
    assert server.invoke("garbage", {}).payload == "done"
    said = [(status, body["errorType"]) for status, body in reported(server, "garbage", "refused")]
    malformed = (403, "InvalidRequestFormat")
    assert said[:7] == [
        *(malformed,) * 4,
        (403, "Extension.InvalidEventType"),
        malformed,
        (403, "Extension.InvalidExtensionName"),
    ]
    assert server.invoke("garbage", {}).payload == "done"


@pytest.mark.parametrize("name", NOT_STARTED)
def test_what_cannot_be_started_fails_the_function_and_says_why(server: Devserve, name: str) -> None:
    for _ in range(2):
        invoked = server.invoke(name, {})
        assert (invoked.error, invoked.payload["errorType"]) == ("Unhandled", "Extension.LaunchError")
    assert any(NOT_STARTED[name][2] in line for line in server.log(name.title()))


def test_the_eleventh_is_one_too_many(server: Devserve) -> None:
    invoked = server.invoke("crowd", {})
    assert (invoked.error, invoked.payload["errorType"]) == ("Unhandled", "Extension.Crash")
    refused = reported(server, "crowd", "not registered")
    assert {(status, body["errorType"]) for status, body in refused} == {(403, "Extension.TooManyExtensions")}


def test_one_that_leaves_during_an_invocation_takes_the_environment_with_it(server: Devserve) -> None:
    invoked = server.invoke("leaves", {"seconds": 2})
    assert (invoked.error, invoked.payload["errorType"]) == ("Unhandled", "Extension.Crash")
    assert "exit status 4" in invoked.payload["errorMessage"]
    quick = server.invoke("leaves", {})
    assert quick.payload == "done" or quick.payload["errorType"] == "Extension.Crash"
    report = server.fact("report", lambda fact: fact["report"]["requestId"] == invoked.request_id)
    assert report["report"]["errorType"] == "Extension.Crash"


def test_a_flood_of_lines_pushes_out_neither_the_report_nor_the_word_of_what_was_dropped(server: Devserve) -> None:
    lines = 20_000
    assert server.invoke("flooded", {"lines": lines}).payload == "done"
    server.invoke("flooded", {"seconds": 1.5})  # thawed, it gets what was left

    def told() -> bool:
        seen = reported(server, "flooded", "told")
        return sum(reports for *_, reports in seen) >= 1 and sum(count for _, count, _ in seen) > 0

    eventually(told, what="the subscriber is told")
    dropped = sum(fact["droppedRecords"] for fact in server.facts("logsDropped"))
    assert 0 < dropped < lines
