"""A `ResponseStream` that a test writes by hand."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable

from localstack_lite.model.invocation import Answered, Report

REPORT = Report("r", 1.0, 1, 128, 30)


def over(error: str = "", payload: bytes = b"", log: str = "") -> Answered:
    """What came of an invocation whose answer was streamed."""
    return Answered("r", payload, REPORT, error=error, log=log)


class WrittenStream:
    """`write` and `finish` are the function's side. `read` counts the pieces that the reader took."""

    def __init__(self, pieces: Iterable[bytes] = (), ended: Answered | None = None) -> None:
        self._pieces = deque(pieces)
        self._ended = ended
        self._news = asyncio.Event()
        self._gone = asyncio.Event()
        self.read = 0

    def write(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._news.set()

    def finish(self, ended: Answered | None = None) -> None:
        self._ended = ended or over()
        self._news.set()

    @property
    def closed(self) -> bool:
        return self._gone.is_set()

    async def until_closed(self) -> None:
        await self._gone.wait()

    @property
    def ended(self) -> Answered | None:
        return None if self._pieces else self._ended

    def close(self) -> None:
        self._gone.set()
        self._pieces.clear()
        self._news.set()

    def __aiter__(self) -> WrittenStream:
        return self

    async def __anext__(self) -> bytes:
        while not self._pieces:
            if self.closed or self._ended is not None:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        self.read += 1
        return self._pieces.popleft()
