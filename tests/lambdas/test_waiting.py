"""First come, first served, per pool; silence is told once."""

from __future__ import annotations

import asyncio

from localstack_lite.lambdas.limits import ADMITTED
from localstack_lite.lambdas.waiting import SILENCE_SECONDS, Pending, Waiting
from tests.builders import function, invocation
from tests.lambdas.stories import story


def pending(request_id: str, tenant: str = "", since: float = 0.0) -> Pending:
    one = function()
    key = (one.logical_id, "$LATEST", tenant)
    future = asyncio.get_running_loop().create_future()
    return Pending(future, invocation(request_id), one, key, ADMITTED, since)


def names(queue: list[Pending]) -> list[str]:
    return [one.invocation.request_id for one in queue]


@story
async def test_one_that_must_wait_holds_up_its_own_pool_only() -> None:
    waiting = Waiting()
    for number, (name, tenant) in enumerate([("a1", "a"), ("b1", "b"), ("a2", "a"), ("b2", "b")]):
        waiting.enqueue(pending(name, tenant, since=float(number)))
    asked: list[str] = []

    def place(one: Pending) -> bool:
        asked.append(one.invocation.request_id)
        return one.key[2] == "b"

    first = waiting.serve(place)
    assert first is not None
    assert first.invocation.request_id == "a1"
    assert asked == ["a1", "b1", "b2"], "who stands behind is not asked before"
    assert (waiting.behind(("Hello", "$LATEST", "a")), waiting.behind(("Hello", "$LATEST", "b"))) == (True, False)
    assert waiting.serve(lambda _: True) is None


@story
async def test_who_comes_while_others_are_served_stands_behind_them() -> None:
    waiting, served = Waiting(), list[str]()
    waiting.enqueue(pending("a1"))

    def place(one: Pending) -> bool:
        if not served:
            waiting.enqueue(pending("late"))
        served.append(one.invocation.request_id)
        return True

    waiting.serve(place)
    assert served == ["a1", "late"]
    assert not waiting.behind(("Hello", "$LATEST", ""))


@story
async def test_whose_first_has_waited_longest_is_asked_first() -> None:
    waiting, asked = Waiting(), list[str]()
    waiting.enqueue(pending("new", "a", since=2.0))
    waiting.enqueue(pending("old", "b", since=1.0))

    def place(one: Pending) -> bool:
        asked.append(one.invocation.request_id)
        return False

    waiting.serve(place)
    assert asked == ["old", "new"]


@story
async def test_who_has_given_up_or_was_told_is_not_told_again() -> None:
    waiting = Waiting()
    for one in (pending("old"), pending("gone"), pending("new", since=1.0)):
        waiting.pending[one.invocation.request_id] = one
    waiting.pending["gone"].future.cancel()
    assert names(list(waiting.silent(SILENCE_SECONDS))) == ["old"]
    assert names(list(waiting.silent(SILENCE_SECONDS + 1))) == ["new"]
    assert names(list(waiting.silent(100))) == []


@story
async def test_giving_up_forgets_those_in_the_queue() -> None:
    waiting, queued, running = Waiting(), pending("q"), pending("r")
    for one in (queued, running):
        waiting.pending[one.invocation.request_id] = one
    waiting.enqueue(queued)
    assert names(waiting.give_up()) == ["q"]
    assert (list(waiting.pending), waiting.queues) == (["r"], {})
