"""The first walk: from a request to its answer, cold, warm, throttled, timed out, crashed."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

from localstack_lite.model.api import ApiKind
from localstack_lite.model.environment_facts import InitEnded
from localstack_lite.model.facts import (
    Fact,
    InvocationEnded,
    InvocationRefused,
    InvocationWaits,
    LogWritten,
    ProblemFound,
    RequestAnswered,
)
from localstack_lite.model.invocation import Refused, Status
from localstack_lite.sandbox.scripted import Exit, Fail, Hang, Respond, Scripted, Step, Write
from tests.builders import api, function, invocation, project
from tests.scenarios.stage import Stage, play

HELLO = function("hello", timeout=3)
WEB = project(HELLO, api("GET /hello -> hello"))


def greet(_: Scripted) -> list[Step]:
    return [Write("hi\n"), Respond(b'{"statusCode": 200, "body": "hello"}')]


def hang(_: Scripted) -> list[Step]:
    return [Hang()]


def test_a_first_request_is_cold_and_the_next_is_warm_in_the_same_environment() -> None:
    async def story() -> None:
        stage = Stage(WEB, greet)
        first = await stage.request()
        second = await stage.request()
        assert (first.status, first.body, second.status) == (200, b"hello", 200)
        cold, warm = stage.told(RequestAnswered)
        assert (cold.cold, warm.cold) == (True, False)
        assert cold.environment == warm.environment == "hello#1"
        assert len(stage.sandbox.started) == 1
        await stage.app.stop()

    play(story)


def test_the_event_reaches_the_function_in_the_apis_payload_format() -> None:
    seen: list[dict[str, object]] = []

    def look(given: Scripted) -> list[Step]:
        seen.append(given.event)
        return greet(given)

    async def story() -> None:
        stage = Stage(WEB, look)
        await stage.request()
        assert seen[0]["version"] == "2.0"
        assert seen[0]["routeKey"] == "GET /hello"
        await stage.app.stop()

    play(story)


def test_log_lines_belong_to_their_invocation() -> None:
    async def story() -> None:
        stage = Stage(WEB, greet)
        await stage.request()
        (line,) = stage.told(LogWritten)
        (ended,) = stage.told(InvocationEnded)
        assert line.message == "hi\n"
        assert line.request_id == ended.report.request_id
        await stage.app.stop()

    play(story)


def test_two_requests_at_once_get_an_environment_each() -> None:
    held: list[Scripted] = []

    def hold_first(given: Scripted) -> list[Step]:
        held.append(given)
        return [Hang()] if len(held) == 1 else greet(given)

    async def story() -> None:
        stage = Stage(WEB, hold_first)
        first = stage.start(stage.request())
        await stage.settle()
        assert (await stage.request()).status == 200
        assert len(stage.sandbox.running) == 2
        await stage.advance(3)
        assert (await first).status == 500
        await stage.app.stop()

    play(story)


def test_over_the_reserved_concurrency_the_request_is_refused_and_told() -> None:
    async def story() -> None:
        limited = function("hello", timeout=3, reserved_concurrency=1)
        stage = Stage(project(limited, api("GET /hello -> hello")), hang)
        first = stage.start(stage.request())
        await stage.settle()
        assert (await stage.request()).status == 503
        (refused,) = stage.told(InvocationRefused)
        assert refused.limit == 1
        assert len(stage.sandbox.started) == 1
        await stage.advance(3)
        await first
        await stage.app.stop()

    play(story)


def test_one_client_that_asks_again_and_again_never_meets_the_limit_of_one() -> None:
    async def story() -> None:
        limited = function("hello", reserved_concurrency=1)
        stage = Stage(project(limited, api("GET /hello -> hello")), greet)
        for _ in range(20):
            assert (await stage.request()).status == 200
            stage.clock.advance(0.1)  # ten a second is what one concurrent execution may have
        assert len(stage.sandbox.started) == 1
        await stage.app.stop()

    play(story)


def test_a_timeout_kills_the_environment_and_the_next_request_initialises_it_again() -> None:
    scripts = iter([hang, greet])

    async def story() -> None:
        stage = Stage(WEB, lambda given: next(scripts)(given))
        first = stage.start(stage.request())
        await stage.settle()
        await stage.advance(2.9)
        assert not first.done()
        await stage.advance(0.2)
        answer = await first
        assert (answer.status, answer.body) == (500, b'{"message":"Internal Server Error"}')
        (ended,) = stage.told(InvocationEnded)
        assert ended.report.status is Status.TIMEOUT
        assert ended.report.duration_ms == 3000
        assert (await stage.request()).status == 200
        again = stage.told(InvocationEnded)[1]
        assert again.report.init_ms is None, "a suppressed init is not billed apart"
        assert again.environment == ended.environment
        await stage.app.stop()

    play(story)


def test_a_gateway_that_gives_up_lets_the_function_run_on() -> None:
    async def story() -> None:
        slow = function("hello", timeout=60)
        stage = Stage(project(slow, api("GET /hello -> hello", kind=ApiKind.REST, stage="Prod")), hang)
        request = stage.start(stage.request())
        await stage.settle()
        await stage.advance(29)
        answer = await request
        assert (answer.status, answer.body) == (504, b'{"message": "Endpoint request timed out"}')
        assert stage.told(InvocationEnded) == []
        await stage.advance(31)
        (ended,) = stage.told(InvocationEnded)
        assert ended.report.status is Status.TIMEOUT
        await stage.app.stop()

    play(story)


def test_a_crash_is_answered_and_the_next_request_works() -> None:
    scripts = iter([[Write("bye\n"), Exit(3)], [Respond(b'{"statusCode": 200}')]])

    async def story() -> None:
        stage = Stage(WEB, lambda given: next(scripts))
        assert (await stage.request()).status == 500
        (ended,) = stage.told(InvocationEnded)
        assert json.loads(ended.error)["errorType"] == "Runtime.ExitError"
        assert "exit status 3" in json.loads(ended.error)["errorMessage"]
        assert (await stage.request()).status == 200
        await stage.app.stop()

    play(story)


def test_a_segmentation_fault_is_answered_at_the_timeout_as_recorded() -> None:
    async def story() -> None:
        stage = Stage(WEB, lambda given: [Exit(None, 11)])
        request = stage.start(stage.request())
        await stage.settle()
        assert not request.done()
        assert stage.told(InvocationWaits)
        await stage.advance(3)
        await request
        (ended,) = stage.told(InvocationEnded)
        assert json.loads(ended.error)["errorType"] == "Sandbox.Timedout"
        await stage.app.stop()

    play(story)


def test_an_init_that_fails_is_tried_once_more_inside_the_invocation() -> None:
    error = b'{"errorMessage":"no","errorType":"Exception","requestId":"","stackTrace":[]}'

    async def story() -> None:
        stage = Stage(WEB, greet, lambda given: [Fail(error, "Runtime.Oops")])
        assert (await stage.request()).status == 500
        assert [(fact.phase, fact.status) for fact in stage.told(InitEnded)] == [
            ("init", "error"),
            ("invoke", "error"),
        ]
        assert len(stage.sandbox.started) == 2
        (ended,) = stage.told(InvocationEnded)
        assert ended.error == error.decode()
        await stage.app.stop()

    play(story)


def test_a_slow_init_has_ten_seconds_and_then_the_functions_timeout() -> None:
    async def story() -> None:
        stage = Stage(WEB, greet, hang)
        request = stage.start(stage.request())
        await stage.settle()
        await stage.advance(10)
        assert [(fact.phase, fact.status) for fact in stage.told(InitEnded)] == [("init", "timeout")]
        await stage.advance(3)
        assert (await request).status == 500
        assert [fact.phase for fact in stage.told(InitEnded)] == ["init", "invoke"]
        (ended,) = stage.told(InvocationEnded)
        assert json.loads(ended.error)["errorType"] == "Sandbox.Timedout"
        await stage.app.stop()

    play(story)


def test_over_the_machines_capacity_a_request_waits_for_its_turn() -> None:
    async def story() -> None:
        other = function("other", timeout=3)
        stage = Stage(project(HELLO, other, api("GET /hello -> hello", "GET /other -> other")), greet, capacity=1)
        assert (await stage.request("/hello")).status == 200
        assert (await stage.request("/other")).status == 200
        assert (await stage.request("/hello")).status == 200
        assert len(stage.sandbox.running) == 1
        assert len(stage.sandbox.started) == 3, "an idle environment makes room for another function"
        await stage.app.stop()

    play(story)


def test_what_waits_long_is_told_once() -> None:
    async def story() -> None:
        stage = Stage(WEB, hang)
        request = stage.start(stage.request())
        await stage.settle()
        for _ in range(2):
            await stage.advance(1.1)
        assert len(stage.told(InvocationWaits)) == 1
        await stage.advance(1)
        await request
        await stage.app.stop()

    play(story)


def test_idle_environments_end_after_their_time() -> None:
    async def story() -> None:
        stage = Stage(WEB, greet)
        await stage.request()
        await stage.advance(599)
        assert len(stage.sandbox.running) == 1
        await stage.advance(2)
        assert stage.sandbox.running == []
        assert stage.sandbox.discarded == stage.sandbox.started
        await stage.app.stop()

    play(story)


def test_stopping_answers_whoever_waits_and_leaves_nothing() -> None:
    async def story() -> None:
        stage = Stage(WEB, hang)
        request = stage.start(stage.request())
        await stage.settle()
        stopping = asyncio.get_running_loop().create_task(stage.app.stop())
        assert (await request).status in (500, 503)
        await stopping
        assert stage.sandbox.running == []
        outcome = await stage.app.service.invoke(invocation("late"))
        assert isinstance(outcome, Refused)

    play(story)


def test_a_view_that_fails_is_told_once_and_harms_nobody(tmp_path: Path) -> None:
    def broken(fact: Fact) -> None:
        raise RuntimeError("this view is broken")

    async def story() -> None:
        stage = Stage(replace(WEB, root=tmp_path), greet, views=[broken])
        assert (await stage.request()).status == 200
        assert (await stage.request()).status == 200
        (told,) = stage.told(ProblemFound)
        assert "this view is broken" in told.problem.what
        assert "this view is broken" in (tmp_path / ".devserve" / "crash.log").read_text()
        assert len(stage.told(RequestAnswered)) == 2
        await stage.app.stop()

    play(story)
