"""Managed instances from end to end: several invocations in one environment, Python in processes, Node in threads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.live import processes
from tests.live.deadline import eventually
from tests.live.devserver import Devserve, devserve
from tests.live.node_runtimes import NODE

pytestmark = [pytest.mark.live, processes.needs_proc]

PYTHON = """
import os, pathlib, time
def handler(event, context):
    if "exit" in event:
        os._exit(event["exit"])
    seconds = event.get("sleep", 0)
    meeting = pathlib.Path(event["meeting"]) if "meeting" in event else None
    if meeting:
        (meeting / context.aws_request_id).touch()
        while len(list(meeting.iterdir())) < event["guests"]:
            time.sleep(0.01)
    time.sleep(seconds)
    kind = os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"]
    return {"stream": context.log_stream_name, "worker": os.getpid(), "kind": kind}
"""
NODE_APP = """
const fs = require("fs");
const { threadId } = require("worker_threads");
exports.handler = async (event, context) => {
  if (event.meeting) {
    fs.writeFileSync(`${event.meeting}/${context.awsRequestId}`, "");
    while (fs.readdirSync(event.meeting).length < event.guests) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  console.log("met");
  return { stream: context.logStreamName, worker: threadId };
};
"""


def managed(handler: str, name: str, runtime: str, timeout: int) -> dict[str, Any]:
    provider = "arn:aws:lambda:us-east-1:123456789012:capacity-provider:own"
    instances = {"CapacityProviderArn": provider, "PerExecutionEnvironmentMaxConcurrency": 3}
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": name,
            "Handler": handler,
            "Runtime": runtime,
            "Timeout": timeout,
            "MemorySize": 2048,
            "Role": "arn:aws:iam::123456789012:role/own",
            "Code": ".",
            "CapacityProviderConfig": {"LambdaManagedInstancesCapacityProviderConfig": instances},
        },
    }


LANGUAGES = ["python", pytest.param("node", marks=pytest.mark.skipif(not NODE, reason="needs node"))]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devserve]:
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": {
            "Python": managed("app.handler", "python", "python3.13", 20),
            "Dying": managed("app.handler", "dying", "python3.13", 20),
            "Short": managed("app.handler", "short", "python3.13", 1),
            "Node": managed("index.handler", "node", "nodejs22.x", 20),
        },
    }
    files = {"template.json": json.dumps(template), "app.py": PYTHON, "index.js": NODE_APP}
    with devserve(tmp_path_factory.mktemp("managed"), files) as running:
        yield running


def at_once(server: Devserve, name: str, events: list[dict[str, Any]]) -> list[Any]:
    with ThreadPoolExecutor(len(events)) as pool:
        return list(pool.map(lambda event: server.invoke(name, event), events))


@pytest.mark.parametrize("name", LANGUAGES)
def test_invocations_that_wait_for_each_other_meet_in_one_environment(
    server: Devserve, tmp_path: Path, name: str
) -> None:
    event = {"meeting": str(tmp_path), "guests": 3}
    answers = at_once(server, name, [event] * 3)
    assert [answer.error for answer in answers] == [None] * 3, [answer.reply.text for answer in answers]
    assert len({answer.payload["stream"] for answer in answers}) == 1


def test_a_fourth_one_finds_another_environment(server: Devserve, tmp_path: Path) -> None:
    event = {"meeting": str(tmp_path), "guests": 4}
    answers = at_once(server, "python", [event] * 4)
    assert [answer.error for answer in answers] == [None] * 4, [answer.reply.text for answer in answers]
    assert len({answer.payload["stream"] for answer in answers}) == 2
    assert {answer.payload["kind"] for answer in answers} == {"lambda-managed-instances"}


def test_a_timeout_is_its_invocations_alone(server: Devserve) -> None:
    before = server.invoke("short", {}).payload["stream"]
    slow, quick = at_once(server, "short", [{"sleep": 1.5}, {"sleep": 0.1}])
    assert (slow.error, slow.payload["errorType"]) == ("Unhandled", "Sandbox.Timedout")
    assert quick.payload["stream"] == before
    assert server.invoke("short", {}).payload["stream"] == before


def test_a_worker_that_dies_is_answered_and_its_environment_goes_on(server: Devserve) -> None:
    before = server.invoke("dying", {}).payload["stream"]
    answer = server.invoke("dying", {"exit": 3})
    assert answer.payload == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {answer.request_id} Error: Runtime exited with error: exit status 3",
    }
    assert server.invoke("dying", {}).payload["stream"] == before


@pytest.mark.skipif(not NODE, reason="needs node")
def test_log_lines_are_json_and_say_whose_they_are(server: Devserve) -> None:
    answer = server.invoke("node", {})
    assert answer.error is None

    def met() -> list[str]:
        return [line for line in server.log("node") if answer.request_id in line and '"met"' in line]

    (line,) = eventually(met, what="the line")
    assert json.loads(line)["level"] == "INFO"
