"""The whole app: events through the queue, the switch that throttles everything, versions behind routes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from localstack_lite.model.alias import Alias
from localstack_lite.model.api import LambdaProxy
from localstack_lite.model.facts import EventMoved, EventStep, ScheduleFired
from localstack_lite.model.trigger import Schedule
from localstack_lite.sandbox.scripted import Fail, Respond, Scripted, Step
from localstack_lite.wire.messages import Headers, Request
from tests.builders import api, function, project
from tests.scenarios.stage import Stage, play


def greet(_: Scripted) -> list[Step]:
    return [Respond(b'{"statusCode": 200, "body": "hi"}')]


def fail(_: Scripted) -> list[Step]:
    return [Fail(b'{"errorMessage": "no", "errorType": "ValueError"}')]


def invoke(kind: str = "Event") -> Request:
    lines = (("Host", "localhost:3001"), ("X-Amz-Invocation-Type", kind))
    return Request("POST", "/2015-03-31/functions/hello/invocations", "", Headers(lines), b"{}")


def get(path: str) -> Request:
    return Request("GET", path, "", Headers((("Host", "localhost:3001"),)))


def post(path: str) -> Request:
    return Request("POST", path, "", Headers((("Host", "localhost:3001"),)))


def test_an_event_is_kept_then_runs_and_is_tried_twice_more(tmp_path: Path) -> None:
    async def story() -> None:
        stage = Stage(replace(project(function("hello")), root=tmp_path), fail)
        stage.app._lambda.start()
        accepted = await stage.app.lambda_port(invoke())
        assert (accepted.status, accepted.body) == (202, b"")
        assert (tmp_path / ".devserve" / "events.sqlite").exists()
        await stage.settle()
        (event,) = json.loads((await stage.app.lambda_port(get("/_devserve/api/events"))).body)["events"]
        assert (event["requestId"], event["tries"]) == (dict(accepted.headers)["x-amzn-RequestId"], 1)
        for minutes in (1, 2):
            await stage.advance(minutes * 60)
        steps = [fact.step for fact in stage.told(EventMoved)]
        assert steps == [EventStep.QUEUED, EventStep.RETRYING, EventStep.RETRYING, EventStep.GIVEN_UP]
        assert json.loads((await stage.app.lambda_port(get("/_devserve/api/events"))).body) == {"events": []}
        await stage.app.stop()

    play(story)


def test_a_schedule_is_an_event_like_any_other(tmp_path: Path) -> None:
    async def story() -> None:
        hourly = Schedule("hourly", "Hello", "rate(1 hour)")
        stage = Stage(replace(project(function("hello"), schedules=(hourly,)), root=tmp_path), greet)
        stage.app._lambda.start()
        (request_id,) = stage.app.clockwork.fire("hourly")
        await stage.settle()
        assert [fact.name for fact in stage.told(ScheduleFired)] == ["hourly"]
        moved = [(fact.request_id, fact.step) for fact in stage.told(EventMoved)]
        assert moved == [(request_id, EventStep.QUEUED), (request_id, EventStep.DONE)]
        await stage.app.stop()

    play(story)


def test_one_switch_throttles_everything_and_gives_back_what_was_reserved(tmp_path: Path) -> None:
    async def story() -> None:
        limited = function("hello", reserved_concurrency=5)
        stage = Stage(replace(project(limited, api("GET /hello -> hello")), root=tmp_path), greet)
        assert stage.app.throttle() is True
        assert (await stage.request()).status == 503
        assert stage.app.throttle() is False
        assert (await stage.request()).status == 200
        asked = get("/2019-09-30/functions/hello/concurrency")
        assert json.loads((await stage.app.lambda_port(asked)).body) == {"ReservedConcurrentExecutions": 5}
        await stage.app.stop()

    play(story)


def test_a_route_of_an_alias_runs_the_version_that_a_deployment_would_publish(tmp_path: Path) -> None:
    async def story() -> None:
        live = function("hello", aliases=(Alias("live"),))
        shop = replace(project(live, api("GET /hello -> hello")), root=tmp_path)
        routes = tuple(replace(one, integration=LambdaProxy("Hello", qualifier="live")) for one in shop.apis[0].routes)
        stage = Stage(replace(shop, apis=(replace(shop.apis[0], routes=routes),)), greet)
        assert (await stage.request()).status == 200
        assert stage.sandbox.started[0].environ["AWS_LAMBDA_FUNCTION_VERSION"] == "1"
        stage.app._lambda.saved(frozenset({"Hello"}))
        await stage.settle()
        assert (await stage.request()).status == 200
        assert stage.sandbox.started[-1].environ["AWS_LAMBDA_FUNCTION_VERSION"] == "2"
        await stage.app.stop()

    play(story)


def test_environments_are_ended_over_the_console_and_the_next_call_is_cold(tmp_path: Path) -> None:
    async def story() -> None:
        stage = Stage(replace(project(function("hello"), api("GET /hello -> hello")), root=tmp_path), greet)
        await stage.request()
        await stage.settle()
        ended = await stage.app.lambda_port(post("/_devserve/api/recycle"))
        assert json.loads(ended.body) == {"ended": 1}
        await stage.settle()
        await stage.request()
        assert len(stage.sandbox.started) == 2
        await stage.app.stop()

    play(story)
