"""Schedules while devserve runs: on their time, by hand, and after a save."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.live.devserver import Devserve, devserve
from tests.live.wire import send

pytestmark = pytest.mark.live

HANDLER = """\
def handler(event, context):
    print("got", event["source"], event["time"], event["resources"][0])
"""
TEMPLATE = """\
Resources:
  Hello:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: hello, Runtime: python3.13, Handler: app.handler, Code: .}
  Nightly:
    Type: AWS::Events::Rule
    Properties:
      Name: nightly
      State: DISABLED
      ScheduleExpression: cron(0 4 * * ? *)
      Targets: [{Id: a, Arn: !GetAtt Hello.Arn}]
"""


def once(at: datetime) -> str:
    return f"""\
  Once:
    Type: AWS::Scheduler::Schedule
    Properties:
      Name: once
      ScheduleExpression: at({at:%Y-%m-%dT%H:%M:%S})
      FlexibleTimeWindow: {{Mode: 'OFF'}}
      Target: {{Arn: !GetAtt Hello.Arn, RoleArn: role}}
"""


def got(server: Devserve, fact: dict[str, object]) -> str:
    """The line that the function printed for it."""
    request_id = fact["requestId"]
    server.fact("report", lambda one: one["report"]["requestId"] == request_id)
    log = server.fact("log", lambda one: one["requestId"] == request_id and one["message"].startswith("got"))
    return str(log["message"])


def test_a_schedule_that_a_save_brought_runs_on_its_time(tmp_path: Path) -> None:
    with devserve(tmp_path, {"template.yaml": TEMPLATE, "app.py": HANDLER}) as server:
        at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=5)
        server.save("template.yaml", TEMPLATE + once(at))
        fact = server.fact("schedule", seconds=20)
        assert (fact["name"], fact["byHand"], fact["nextAt"]) == ("once", False, None)
        assert 0 <= fact["at"] - at.timestamp() < 2
        arn = "arn:aws:scheduler:us-east-1:123456789012:schedule/default/once"
        assert got(server, fact) == f"got aws.scheduler {at:%Y-%m-%dT%H:%M:%SZ} {arn}\n"


def test_a_schedule_is_listed_and_run_by_hand_also_when_it_is_disabled(tmp_path: Path) -> None:
    with devserve(tmp_path, {"template.yaml": TEMPLATE, "app.py": HANDLER}) as server:
        listed = send(server.lambdas, "GET", "/_devserve/api/schedules").json()["schedules"]
        assert [(one["name"], one["function"], one["next"]) for one in listed] == [("nightly", "hello", None)]
        answer = send(server.lambdas, "POST", "/_devserve/api/schedules/nightly/run")
        assert answer.status == 202
        fact = server.fact("schedule")
        assert (fact["byHand"], fact["requestId"]) == (True, answer.json()["requestId"])
        assert "rule/nightly" in got(server, fact)
        unknown = send(server.lambdas, "POST", "/_devserve/api/schedules/daily/run")
        assert (unknown.status, "nightly" in unknown.text) == (404, True)
