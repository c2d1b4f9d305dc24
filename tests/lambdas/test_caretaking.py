"""Environments that are idle: frozen after a moment, ended after a while; told from the outside of the service."""

from __future__ import annotations

from localstack_lite.lambdas.caretaking import REST_SECONDS
from localstack_lite.model.invocation import Answered
from tests.builders import function
from tests.lambdas.stories import Lambda, never, story


def suspended(aws: Lambda) -> list[bool]:
    return [one.suspended for one in aws.service.environments()]


@story
async def test_one_that_rests_is_frozen_and_thawed_for_the_next_call() -> None:
    aws = Lambda()
    await aws.answer("r1")
    assert suspended(aws) == [False]
    await aws.advance(REST_SECONDS)
    assert suspended(aws) == [True]
    assert (await aws.answer("r2")).cold is False
    assert suspended(aws) == [False]
    await aws.service.stop()


@story
async def test_one_that_is_at_work_is_not_frozen() -> None:
    aws = Lambda(function("hello", timeout=3), function("busy", timeout=30), script=never)
    busy, hello = aws.start("r1", "Busy"), aws.start("r2")
    await aws.advance(3)
    assert isinstance(await hello, Answered)
    for _ in range(5):
        await aws.advance(REST_SECONDS)
    assert not busy.done()
    assert dict(zip(aws.environments(), suspended(aws), strict=True))["busy#1 INVOKE"] is False
    await aws.service.stop()


@story
async def test_one_that_was_warmed_ahead_is_frozen_too() -> None:
    aws = Lambda()
    aws.service.warm(aws.project.functions)
    await aws.advance(1)
    await aws.advance(REST_SECONDS)
    assert suspended(aws) == [True]
    await aws.service.stop()


@story
async def test_when_everything_is_frozen_nobody_looks_any_more_but_once_a_second() -> None:
    aws = Lambda()
    await aws.answer("r1")
    await aws.advance(REST_SECONDS)
    assert aws.clock.pending == 1
    await aws.service.stop()
    assert aws.clock.pending == 0


@story
async def test_the_idle_time_passes_as_fast_as_the_scale_says() -> None:
    aws = Lambda(idle_seconds=600, time_scale=60)
    await aws.answer("r1")
    await aws.advance(9)
    assert len(aws.environments()) == 1
    await aws.advance(2)
    assert aws.environments() == []
    await aws.service.stop()


@story
async def test_an_environment_that_is_used_all_the_time_ends_when_it_is_old() -> None:
    aws = Lambda(function("hello", timeout=3), lifetime=100)
    for number in range(5):
        assert (await aws.answer(f"r{number}")).environment == "hello#1"
        await aws.advance(24)
    await aws.advance(1)
    assert (await aws.answer("late")).environment == "hello#2"
    await aws.service.stop()


@story
async def test_recycling_ends_idle_environments_of_all_or_of_one_function_and_the_next_call_is_cold() -> None:
    aws = Lambda(function("hello", timeout=3), function("other", timeout=3))
    for name in ("Hello", "Other"):
        await aws.answer(name, name)
    await aws.settle()
    assert aws.service.recycle("other") == 1
    await aws.settle()
    assert [name.split()[0] for name in aws.environments()] == ["hello#1"]
    assert aws.service.recycle() == 1
    assert (await aws.answer("r3")).cold
    aws.sandbox.script = never
    busy = aws.start("r4")
    await aws.settle()
    assert aws.service.recycle("Hello") == 0
    await aws.advance(3)
    assert isinstance(await busy, Answered)
    await aws.service.stop()
