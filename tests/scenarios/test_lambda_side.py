"""The whole app: events through the queue, the switch that throttles everything, versions behind routes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.model.alias import Alias, Provisioned
from localstack_lite.model.api import ApiKind, LambdaProxy
from localstack_lite.model.facts import EventMoved, EventStep, ScheduleFired
from localstack_lite.model.function import Image
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


@pytest.mark.parametrize("image", [None, Image("shop:1")], ids=["a zip", "an image"])
def test_a_route_of_an_alias_runs_the_version_that_a_deployment_would_publish(
    tmp_path: Path, image: Image | None
) -> None:
    async def story() -> None:
        live = function("hello", aliases=(Alias("live"),), image=image)
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


def test_a_function_with_tenants_runs_for_no_caller_that_names_none(tmp_path: Path) -> None:
    async def story() -> None:
        apart = function("hello", tenancy=True)
        web = api("GET /hello -> hello")
        mapped = LambdaProxy("Hello", tenant="method.request.header.x-tenant")
        rest = api("GET /rest -> hello", kind=ApiKind.REST, name="rest", stage="dev")
        rest = replace(rest, routes=tuple(replace(one, integration=mapped) for one in rest.routes))
        hourly = Schedule("hourly", "Hello", "rate(1 hour)")
        stage = Stage(replace(project(apart, web, rest, schedules=(hourly,)), root=tmp_path), greet)
        stage.app._lambda.start()
        assert (await stage.request()).status == 500
        assert (await stage.request("/rest")).status == 500
        stage.app.clockwork.fire("hourly")
        await stage.settle()
        given_up = stage.told(EventMoved)[-1]
        assert (given_up.step, given_up.why) == (EventStep.GIVEN_UP, "RetriesExhausted: no tenant is named")
        assert (await stage.app.lambda_port(invoke())).status == 400
        assert (await stage.app.lambda_port(invoke("RequestResponse"))).status == 400
        assert stage.sandbox.started == []
        assert (await stage.request("/rest", **{"X-Tenant": "blue"})).status == 200
        await stage.app.stop()

    play(story)


def test_an_event_that_waits_is_forgotten_over_the_console(tmp_path: Path) -> None:
    async def story() -> None:
        stage = Stage(replace(project(function("hello")), root=tmp_path), fail)
        stage.app._lambda.start()
        accepted = await stage.app.lambda_port(invoke())
        await stage.settle()
        asked = f"requestId={dict(accepted.headers)['x-amzn-RequestId']}"
        host = Headers((("Host", "localhost:3001"),))
        forgotten = await stage.app.lambda_port(Request("DELETE", "/_devserve/api/events", asked, host))
        assert json.loads(forgotten.body) == {"forgotten": 1}
        assert json.loads((await stage.app.lambda_port(get("/_devserve/api/events"))).body) == {"events": []}
        assert stage.told(EventMoved)[-1].step is EventStep.DROPPED
        await stage.app.stop()

    play(story)


def test_declared_provisioned_concurrency_is_in_force_since_the_start(tmp_path: Path) -> None:
    async def story() -> None:
        live = function("hello", aliases=(Alias("live"),), provisioned=(Provisioned("live", 1),))
        stage = Stage(replace(project(live), root=tmp_path), greet)
        asked = Request(
            "GET",
            "/2019-09-30/functions/hello/provisioned-concurrency",
            "Qualifier=live",
            Headers((("Host", "localhost:3001"),)),
        )
        answer = json.loads((await stage.app.lambda_port(asked)).body)
        assert answer["LastModified"].startswith("2023-11-14T22:13:20")
        await stage.app.stop()

    play(story)
