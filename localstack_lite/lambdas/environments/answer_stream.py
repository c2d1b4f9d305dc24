"""An answer while the function writes it: what the runtime posts goes in, the caller reads it out. I/O.

Between the two at most a few hundred KB wait; then nothing more is read from the runtime until the caller has caught
up, as on AWS. Nobody is kept waiting by a caller who left: from then on what comes is dropped.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from localstack_lite.lambdas.environments import truncation
from localstack_lite.lambdas.environments.bandwidth import Bandwidth, Passage
from localstack_lite.lambdas.environments.failures import MAX_RESPONSE
from localstack_lite.model.invocation import Answered, Invocation
from localstack_lite.ports import RuntimeExchange

#: Bytes that wait for the caller before the runtime has to, and how few must be left until it goes on.
HIGH: Final = 256 * 1024
LOW: Final = 64 * 1024

_AS_ON_AWS: Final = Bandwidth()
_CRASHED: Final = "Runtime.ExitError"


class AnswerStream:
    """A `ResponseStream`."""

    def __init__(
        self,
        invocation: Invocation,
        exchange: RuntimeExchange,
        ended: Callable[[str, bytes, int], None],
        bandwidth: Bandwidth = _AS_ON_AWS,
    ) -> None:
        """Follows `exchange` at once. `ended` is told once that no more will come: the error type and the error object
        (both empty when all is well) and how many bytes there were. `finish` must follow."""
        self._streamed = invocation.streamed
        self._most = truncation.MAX_STREAM if invocation.streamed else MAX_RESPONSE
        self._exchange = exchange
        self._told = ended
        self._passage = Passage(bandwidth)
        self._pieces: deque[bytes] = deque()
        self._unread = 0
        self._size = 0
        self._paused = False
        self._over = False  # no more is taken of the runtime
        self._closed = False
        self._answered: Answered | None = None
        self._reader: asyncio.Future[None] | None = None
        exchange.follow(_Intake(self))

    # -- the slot's side

    def finish(self, answered: Answered) -> None:
        """The invocation is over, however it ended. A runtime that crashed before the end of its answer has cut it off,
        whichever of the two was noticed first."""
        if not self._over and answered.error == _CRASHED:
            kind, error = truncation.CUT
            answered = replace(answered, error=kind, payload=error)
        self._answered = answered
        self._over = True
        self._resume()
        self._wake()

    def whole(self) -> bytes:
        """All that came and nobody read: the payload of an invocation that is not `streamed`."""
        return b"".join(self._pieces)

    # -- the caller's side

    @property
    def ended(self) -> Answered | None:
        return None if self._pieces else self._answered

    def close(self) -> None:
        self._closed = True
        self._pieces.clear()
        self._unread = 0
        self._resume()
        self._wake()

    def __aiter__(self) -> AnswerStream:
        return self

    async def __anext__(self) -> bytes:
        while not self._pieces:
            if self._closed or self._answered is not None:
                raise StopAsyncIteration
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        piece = self._pieces.popleft()
        self._unread -= len(piece)
        if self._paused and self._unread <= LOW:
            self._resume()
        seconds = self._passage.wait(len(piece), asyncio.get_running_loop().time())
        if seconds > 0:
            await asyncio.sleep(seconds)
        return piece

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    # -- the runtime's side

    def took(self, data: bytes) -> None:
        if self._over or not data:
            return
        self._size += len(data)
        if self._size > self._most:
            self.is_over(*truncation.too_large(self._most))
        elif not self._closed:
            self._pieces.append(data)
            self._unread += len(data)
            if self._streamed and self._unread > HIGH and not self._paused:
                self._paused = True
                self._exchange.pause()
            self._wake()

    def is_over(self, error_type: str, error: bytes) -> None:
        if not self._over:
            self._over = True
            self._resume()
            self._told(error_type, error, self._size)

    def _resume(self) -> None:
        if self._paused:
            self._paused = False
            self._exchange.resume()


class _Intake:
    """A `BodyFollower`: what the runtime sends."""

    __slots__ = ("_stream",)

    def __init__(self, stream: AnswerStream) -> None:
        self._stream = stream

    def piece(self, data: bytes) -> None:
        self._stream.took(data)

    def ended(self, trailers: Mapping[str, str]) -> None:
        self._stream.is_over(*truncation.said(trailers))

    def cut(self) -> None:
        self._stream.is_over(*truncation.CUT)
