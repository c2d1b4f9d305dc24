"""The body of a streamed answer on its way to the client: how long it takes is watched, its end is told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from localstack_lite.gateway.patience import Patience
from localstack_lite.model.invocation import Answered
from localstack_lite.model.response_stream import ResponseStream
from localstack_lite.ports import Clock, Timer

LEFT = "the client left before the end; the function runs on"


class Outflow:
    """A `ResponseStream`: `first`, then what `pieces` (the rest of `body`) brings."""

    def __init__(
        self,
        first: bytes,
        pieces: AsyncIterator[bytes],
        body: ResponseStream,
        clock: Clock,
        patience: Patience | None,
    ) -> None:
        self._first = first
        self._pieces = pieces
        self._body = body
        self._clock = clock
        self._patience = patience
        self._begun = self._last = clock.now()
        self._timer: Timer | None = None
        self._note = ""
        self._over = False
        self.told: Callable[[Answered | None, str], None] | None = None
        """Called once at the end: what came of the invocation (None: it still runs), and what is to be said about the
        stream."""
        if patience is not None:
            self._timer = clock.call_later(patience.wait(self._begun, self._last) - self._begun, self._look)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._first:
            first, self._first = self._first, b""
            yield first
        async for piece in self._pieces:
            self._last = self._clock.now()
            yield piece
        self._end(self._note)

    @property
    def ended(self) -> Answered | None:
        return None if self._note else self._body.ended

    def close(self) -> None:
        self._body.close()
        self._end(self._note or LEFT)

    def _look(self) -> None:
        if self._over or self._patience is None:
            return
        now = self._clock.now()
        self._note = self._patience.note(self._begun, self._last, now)
        if self._note:
            self._body.close()
        else:
            self._timer = self._clock.call_later(self._patience.wait(self._begun, self._last) - now, self._look)

    def _end(self, note: str) -> None:
        if self._over:
            return
        self._over = True
        if self._timer is not None:
            self._timer.cancel()
        if self.told is not None:
            self.told(self.ended, note)
