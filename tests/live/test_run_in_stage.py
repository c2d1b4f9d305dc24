"""A function with `run = "stage"`: its requests go to Lambda in the cloud, through the local gateway; the others stay.

moto runs no functions, so the fault proxy in front of it plays Invoke; the rest of the stage is really there.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.live import faults
from tests.live.aws_calls import Call
from tests.live.cloud import Cloud, environ
from tests.live.deadline import eventually
from tests.live.devserver import devserve
from tests.live.fault_proxy import FaultProxy
from tests.live.stage_answers import http_stream, invoked
from tests.live.staged import Project, staged

pytestmark = pytest.mark.live

IN_STAGE = '\n[functions.Report]\nrun = "stage"\n'
STREAMED = """
  Streamed:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: report
      Handler: report.handler
      FunctionName: shop-streamed
      FunctionUrlConfig: {AuthType: NONE, InvokeMode: RESPONSE_STREAM}

Outputs:
"""


@pytest.fixture
def known(tmp_path: Path, proxy: FaultProxy, cloud: Cloud) -> Project:
    """Pushed; its `Report` is to run in the stage."""
    project = staged(tmp_path, proxy, cloud)
    project.sync()
    settings = project.folder / "devserve.toml"
    settings.write_text(settings.read_text() + IN_STAGE)
    project.proxy.forget()
    return project


def in_the_cloud(call: Call) -> faults.Answer:
    event = json.loads(call.body)
    body = json.dumps({"report": "from the cloud", "path": event["path"]})
    return invoked({"statusCode": 200, "body": body}, "working in the cloud")


def test_a_request_goes_to_the_stage_and_its_log_comes_back(tmp_path: Path, known: Project) -> None:
    known.proxy.always("Invoke", faults.Replied(in_the_cloud))
    with devserve(tmp_path, None, "--stage", "dev", environ=environ()) as server:
        reply = server.get("/report?a=1")
        assert (reply.status, reply.json()) == (200, {"report": "from the cloud", "path": "/report"})
        (call,) = known.proxy.of("Invoke")
        assert known.functions["Report"] in call.path
        event: Any = json.loads(call.body)
        assert (event["httpMethod"], event["queryStringParameters"]) == ("GET", {"a": "1"})
        eventually(lambda: any("working in the cloud" in line for line in server.log("Report")), what="its log")
        assert known.proxy.writes() == []


def test_the_other_functions_stay_here(tmp_path: Path, known: Project) -> None:
    known.proxy.always("Invoke", faults.Replied(in_the_cloud))
    with devserve(tmp_path, None, "--stage", "dev", environ=environ()) as server:
        reply = server.get("/orders")
        assert reply.status == 200, reply.text
        assert reply.json()["table"] == "orders-dev"
        assert known.proxy.count("Invoke") == 0


def test_a_function_can_be_sent_there_for_one_run(tmp_path: Path, known: Project) -> None:
    settings = known.folder / "devserve.toml"
    settings.write_text(settings.read_text().replace(IN_STAGE, ""))
    known.proxy.always("Invoke", faults.Replied(in_the_cloud))
    with devserve(tmp_path, None, "--stage", "dev", "--cloud", "Report", environ=environ()) as server:
        assert server.get("/report").json()["report"] == "from the cloud"


def test_it_answers_at_the_lambda_port_too(tmp_path: Path, known: Project) -> None:
    known.proxy.always("Invoke", faults.Replied(lambda call: invoked({"got": json.loads(call.body)}, "here")))
    with devserve(tmp_path, None, "--stage", "dev", environ=environ()) as server:
        answer = server.invoke("Report", {"a": 1}, tail=True)
        assert answer.payload == {"got": {"a": 1}}
        assert "here" in answer.log


def test_a_function_that_fails_there_is_a_502_here(tmp_path: Path, known: Project) -> None:
    failed = invoked({"errorMessage": "no", "errorType": "ValueError"}, "trying", error="Unhandled")
    known.proxy.always("Invoke", faults.Replied(lambda call: failed))
    with devserve(tmp_path, None, "--stage", "dev", environ=environ()) as server:
        assert server.get("/report").status == 502
        eventually(lambda: any("trying" in line for line in server.log("Report")), what="its log")


def test_a_throttle_of_the_stage_is_what_the_gateway_makes_of_it(tmp_path: Path, known: Project) -> None:
    known.proxy.always("Invoke", faults.throttled())
    with devserve(tmp_path, None, "--stage", "dev", environ=environ()) as server:
        reply = server.get("/report")
        assert reply.status >= 429, reply.text
        assert server.get("/orders").status == 200


def test_a_cloud_that_cannot_be_reached_is_one_failed_request(tmp_path: Path, known: Project) -> None:
    known.proxy.always("Invoke", faults.Dropped())
    with devserve(tmp_path, None, "--stage", "dev", environ=environ()) as server:
        assert server.get("/report").status >= 500
        assert server.get("/orders").status == 200
        assert "Traceback" not in server.stderr
        known.proxy.calm()
        known.proxy.always("Invoke", faults.Replied(in_the_cloud))
        assert server.get("/report").status == 200


def test_an_answer_is_streamed_from_the_stage(tmp_path: Path, known: Project) -> None:
    known.edit("template.yaml", "\nOutputs:\n", STREAMED)
    known.sync()
    settings = known.folder / "devserve.toml"
    settings.write_text(settings.read_text() + '\n[functions.Streamed]\nrun = "stage"\n')
    answer = http_stream([b"first ", b"second ", b"third"], "streaming in the cloud", status=201)
    known.proxy.always("InvokeWithResponseStream", faults.Replied(lambda call: answer))
    with devserve(tmp_path, None, "--stage", "dev", environ=environ()) as server:
        reply = server.get("/", host="shop-streamed.lambda-url.localhost")
        assert (reply.status, reply.text) == (201, "first second third")
        assert reply.header("content-type") == "text/plain"
        eventually(lambda: any("streaming in the cloud" in line for line in server.log("Streamed")), what="its log")


def test_a_function_that_was_pushed_meanwhile_is_found(tmp_path: Path, known: Project) -> None:
    known.proxy.always("Invoke", faults.Replied(lambda call: invoked({"statusCode": 200, "body": "there"}, "here")))
    with devserve(tmp_path, None, "--stage", "dev", environ=environ()) as server:
        assert server.get("/report").text == "there"
        known.edit("template.yaml", "\nOutputs:\n", STREAMED)
        known.sync()
        settings = known.folder / "devserve.toml"
        settings.write_text(settings.read_text() + '\n[functions.Streamed]\nrun = "stage"\n')

        def answered() -> bool:
            reply = server.invoke("Streamed", {})
            return reply.status == 200 and bool(reply.payload["body"] == "there")

        eventually(answered, what="an answer of the new function")


def test_a_function_that_is_not_there_cannot_be_sent(tmp_path: Path, known: Project) -> None:
    told = known.run("--port", "0", "--lambda-port", "0", "--cloud", "Nothing", "--stage", "dev")
    assert "Nothing" in told.complaint(2)
