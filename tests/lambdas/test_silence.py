"""A caller who has heard nothing is told what is waited for; told from the outside of the service."""

from __future__ import annotations

from localstack_lite.model.facts import InvocationWaits
from localstack_lite.sandbox.scripted import Hang
from tests.builders import function
from tests.lambdas.stories import Lambda, never, story


async def heard(aws: Lambda) -> list[tuple[str, str, str]]:
    for _ in range(3):
        await aws.advance(1)
    return [(fact.request_id, fact.environment, fact.what) for fact in aws.told(InvocationWaits)]


@story
async def test_an_environment_that_initialises() -> None:
    aws = Lambda(init=lambda _: [Hang()])
    aws.start("r1")
    assert await heard(aws) == [("r1", "hello#1", "still initialising")]
    await aws.service.stop()


@story
async def test_a_function_that_runs_and_one_that_finds_no_room() -> None:
    aws = Lambda(function("hello", timeout=30), script=never, capacity=1)
    aws.start("r1")
    aws.start("r2")
    assert await heard(aws) == [
        ("r1", "hello#1", "still running, timeout 30 s"),
        ("r2", "", "waiting for room: 1 environments run (--max-environments)"),
    ]
    await aws.service.stop()


@story
async def test_one_of_many_in_a_managed_instance() -> None:
    aws = Lambda(function("hello", timeout=30, managed=True, max_concurrency=2), init=lambda _: [Hang()])
    aws.start("r1")
    assert [what for _, _, what in await heard(aws)] == ["still initialising"]
    await aws.service.stop()
