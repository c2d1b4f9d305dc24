"""Images while they are got."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from localstack_lite.model.function import Code, Function
from localstack_lite.ports import SandboxSpec
from localstack_lite.sandbox.image_fetch import ImageFetch
from localstack_lite.sandbox.images import Missing, ReadyImage

HELLO = Function("Hello", "hello", "python3.13", "app.handler", Code(Path("/app")))
SPEC = SandboxSpec("t", "python3.13", "app.handler", Path("/app"), {}, "a:1", 128, Path("/s"), "Hello")
READY = ReadyImage("sha256:1", "python", ("/e",), (), "", "")
MISSING = Missing("not there", "pull it")


class Shelf:
    """In the place of `Images`: answers in this order, each when it is let."""

    def __init__(self, *answers: ReadyImage | Missing) -> None:
        self.answers = list(answers)
        self.asked = 0
        self.let = threading.Event()
        self._known: ReadyImage | Missing | None = None

    def ensure(self, function: Function, told: object) -> ReadyImage | Missing:
        self.asked += 1
        assert self.let.wait(5)
        self._known = self.answers.pop(0)
        return self._known

    def known(self, function: str) -> ReadyImage | Missing | None:
        return self._known


def nobody(task: str, state: str, share: float | None, done: bool) -> None: ...


def test_a_start_waits_for_what_is_being_got() -> None:
    async def story() -> None:
        shelf = Shelf(READY)
        fetch = ImageFetch(shelf)  # type: ignore[arg-type]
        fetch.begin(HELLO, nobody)
        start = asyncio.create_task(fetch.for_start(SPEC))
        await asyncio.sleep(0)
        assert not start.done()
        shelf.let.set()
        assert await start == READY
        assert await fetch.for_start(SPEC) == READY
        assert shelf.asked == 1

    asyncio.run(story())


def test_what_was_missing_is_asked_for_again() -> None:
    async def story() -> None:
        shelf = Shelf(MISSING, READY)
        shelf.let.set()
        fetch = ImageFetch(shelf)  # type: ignore[arg-type]
        assert await fetch.begin(HELLO, nobody) == MISSING
        assert await fetch.for_start(SPEC) == READY

    asyncio.run(story())


def test_a_function_nobody_has_told_of_has_no_image() -> None:
    async def story() -> None:
        found = await ImageFetch(Shelf()).for_start(SPEC)  # type: ignore[arg-type]
        assert isinstance(found, Missing)
        assert "Hello" in found.what

    asyncio.run(story())


@pytest.mark.parametrize("times", [1, 2])
def test_a_start_that_is_cancelled_does_not_stop_the_others(times: int) -> None:
    async def story() -> None:
        shelf = Shelf(READY)
        fetch = ImageFetch(shelf)  # type: ignore[arg-type]
        fetch.begin(HELLO, nobody)
        starts = [asyncio.create_task(fetch.for_start(SPEC)) for _ in range(times + 1)]
        await asyncio.sleep(0)
        for start in starts[:times]:
            start.cancel()
        shelf.let.set()
        assert await starts[-1] == READY

    asyncio.run(story())
