"""A streamed body on its way to the client: its limits, and what is told at its end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from localstack_lite.gateway.outflow import LEFT, Outflow
from localstack_lite.gateway.patience import REST, Patience
from localstack_lite.model.invocation import Answered
from tests.fakes import ManualClock
from tests.streams import WrittenStream, over


class Flow:
    def __init__(self, *pieces: bytes, ended: Answered | None = None, patience: Patience | None = REST) -> None:
        self.clock = ManualClock()
        self.body = WrittenStream(pieces, ended)
        self.out = Outflow(b"first", aiter(self.body), self.body, self.clock, patience)
        self.told: list[tuple[Answered | None, str]] = []
        self.out.told = lambda answered, note: self.told.append((answered, note))

    async def read(self) -> list[bytes]:
        return [piece async for piece in self.out]


def run(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(_awaited(story), 10))


async def _awaited(story: Callable[[], Awaitable[None]]) -> None:
    await story()


def test_all_of_it_goes_out_and_the_end_is_told_once() -> None:
    async def story() -> None:
        flow = Flow(b"a", b"b", ended=(ended := over()))
        assert await flow.read() == [b"first", b"a", b"b"]
        flow.out.close()
        assert (flow.told, flow.out.ended, flow.clock.pending) == ([(ended, "")], ended, 0)

    run(story)


def test_a_client_that_leaves_is_told_and_the_stream_closed() -> None:
    async def story() -> None:
        flow = Flow(b"a")
        pieces = aiter(flow.out)
        await anext(pieces)
        flow.out.close()
        assert (flow.told, flow.body.closed, flow.clock.pending) == ([(None, LEFT)], True, 0)

    run(story)


def test_when_nothing_comes_for_too_long_it_is_cut_off() -> None:
    async def story() -> None:
        flow = Flow()
        reading = asyncio.ensure_future(flow.read())
        await asyncio.sleep(0)
        flow.clock.advance(200)
        flow.body.write(b"a")
        await asyncio.sleep(0.01)
        flow.clock.advance(200)
        await asyncio.sleep(0)
        assert not reading.done(), "something came meanwhile"
        flow.clock.advance(100)
        assert await reading == [b"first", b"a"]
        ((answered, note),) = flow.told
        assert (answered, flow.out.ended) == (None, None)
        assert "nothing came for 300 s" in note

    run(story)


def test_a_stream_that_never_ends_is_cut_off() -> None:
    async def story() -> None:
        flow = Flow()
        reading = asyncio.ensure_future(flow.read())
        for _ in range(20):
            flow.clock.advance(50)
            flow.body.write(b"a")
            await asyncio.sleep(0.001)
        assert len(await reading) in (18, 19)
        assert "after 900 s" in flow.told[0][1]

    run(story)


def test_without_patience_nobody_looks_at_the_clock() -> None:
    assert Flow(patience=None).clock.pending == 0
