"""A function that runs in the stage, when the stage cannot be reached or does not have it: a clear 503, told once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.live import faults
from tests.live.cloud import Cloud, environ
from tests.live.deadline import eventually
from tests.live.devserver import Devserve, devserve
from tests.live.fault_proxy import FaultProxy
from tests.live.stage_answers import invoked
from tests.live.staged import Project, staged

pytestmark = pytest.mark.live

NEW = """
  Fresh:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: report
      Handler: report.handler
      FunctionName: shop-fresh
      FunctionUrlConfig: {AuthType: NONE}

Outputs:
"""


@pytest.fixture
def known(tmp_path: Path, proxy: FaultProxy, cloud: Cloud) -> Project:
    """Pushed; its `Report` is to run in the stage."""
    project = staged(tmp_path, proxy, cloud)
    project.sync()
    settings = project.folder / "devserve.toml"
    settings.write_text(settings.read_text() + '\n[functions.Report]\nrun = "stage"\n')
    project.proxy.forget()
    return project


def problems(server: Devserve, word: str) -> list[dict[str, Any]]:
    found = [fact["problem"] for fact in server.facts("problem")]
    return [problem for problem in found if word in problem["what"]]


def refused_alike(server: Devserve, word: str, **where: str) -> dict[str, Any]:
    """Three requests, answered alike; the one problem that was told about them."""
    for _ in range(3):
        reply = server.get(where.get("path", "/report"), host=where.get("host", ""))
        assert reply.status == 503, reply.text
        assert word in reply.json()["Message"]
    eventually(lambda: len(server.facts("request")) == 3, what="three requests")
    (problem,) = problems(server, word)
    assert problem["hint"]
    assert "Traceback" not in server.stderr
    return problem


def test_a_function_that_was_deleted_by_hand(tmp_path: Path, known: Project, cloud: Cloud) -> None:
    cloud.client("lambda").delete_function(FunctionName=known.functions["Report"])
    with devserve(tmp_path, None, "--stage", "dev", environ=environ()) as server:
        refused_alike(server, "does not exist")
        assert server.get("/orders").status == 200


def test_a_function_that_was_never_pushed(tmp_path: Path, known: Project) -> None:
    known.edit("template.yaml", "\nOutputs:\n", NEW)
    with devserve(tmp_path, None, "--stage", "dev", "--cloud", "Fresh", environ=environ()) as server:
        problem = refused_alike(server, "no such function", path="/", host="shop-fresh.lambda-url.localhost")
        assert problem["hint"] == "push it first: devserve sync dev"
        assert known.proxy.count("Invoke") == 0


def test_credentials_that_expire_meanwhile_are_told_once_and_again_when_they_expire_again(
    tmp_path: Path, known: Project
) -> None:
    fine = faults.Replied(lambda call: invoked({"statusCode": 200, "body": json.dumps({"there": True})}, "working"))
    known.proxy.always("Invoke", fine)
    with devserve(tmp_path, None, "--stage", "dev", environ=environ()) as server:
        assert server.get("/report").json() == {"there": True}
        known.proxy.always("Invoke", faults.expired())
        for _ in range(3):
            reply = server.get("/report")
            assert (reply.status, "expired" in reply.text) == (503, True)
        eventually(lambda: len(server.facts("request")) == 4, what="four requests")
        assert len(problems(server, "expired")) == 1
        known.proxy.always("Invoke", fine)
        assert server.get("/report").status == 200
        known.proxy.always("Invoke", faults.expired())
        assert server.get("/report").status == 503
        eventually(lambda: len(problems(server, "expired")) == 2, what="the second problem")
        refused = server.facts("refused")
        assert {(fact["function"], fact["status"]) for fact in refused} == {("Report", 503)}


def test_what_ran_there_is_told_as_if_it_had_run_here(tmp_path: Path, known: Project) -> None:
    answer = invoked({"statusCode": 200, "body": "x"}, "working in the cloud")
    known.proxy.always("Invoke", faults.Replied(lambda call: answer))
    with devserve(tmp_path, None, "--stage", "dev", environ=environ()) as server:
        assert server.get("/report").status == 200
        (request,) = eventually(lambda: server.facts("request"), what="the request")
        assert request["environment"].endswith("@dev")
        assert request["report"]["billedMs"] == 13
        (log,) = [fact for fact in server.facts("log") if fact["function"] == "Report"]
        assert (log["message"], log["stream"]) == ("working in the cloud\n", "cloud")
        assert log["environment"] == request["environment"]
        assert log["requestId"] == request["requestId"]
        messages = server.log("Report")
        assert [message.split()[0] for message in messages] == ["START", "working", "END", "REPORT"]
        assert "Memory Size: 128 MB\tMax Memory Used: 41 MB" in messages[-1]


def test_stopping_does_not_wait_for_what_still_runs_there(tmp_path: Path, known: Project) -> None:
    import threading

    held = known.proxy.hold("Invoke")
    with devserve(tmp_path, None, "--stage", "dev", environ=environ()) as server:
        statuses: list[int] = []
        asking = threading.Thread(target=lambda: statuses.append(server.get("/report").status), daemon=True)
        asking.start()
        assert held.reached.wait(20)
        server.stop()
        asking.join(10)
        assert statuses
        assert statuses[0] >= 500
    held.open()
