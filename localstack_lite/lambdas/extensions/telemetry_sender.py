"""Telemetry on its way out: batches as HTTP requests, or as lines over TCP. Sockets only; what is sent, when and how
often is `telemetry_subscriber`'s.

Over HTTP each batch is one request with a JSON array, on a connection of its own, and is taken when the answer's status
is a 2xx. Over TCP each event is a line, on one connection, and is taken when the system has all of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from localstack_lite.lambdas.extensions.telemetry_subscription import Destination

#: Seconds for a server to end the connection after its answer.
GOODBYE = 0.2

Inside = Callable[[int], tuple[str, int] | None]
"""Where on this machine a port of the sandbox is reached; None when it cannot be."""


def on_this_machine(port: int) -> tuple[str, int]:
    return "127.0.0.1", port


class TelemetrySender:
    """Is a `telemetry_subscriber.Sender`. To be used on a running event loop."""

    def __init__(self, destination: Destination, inside: Inside = on_this_machine) -> None:
        self._destination = destination
        self._inside = inside
        self._task: asyncio.Task[None] | None = None
        self._lines: asyncio.StreamWriter | None = None

    def send(self, batch: Sequence[bytes], answered: Callable[[bool], None]) -> None:
        self._task = asyncio.get_running_loop().create_task(self._send(batch, answered), name="telemetry")

    async def _send(self, batch: Sequence[bytes], answered: Callable[[bool], None]) -> None:
        where = self._inside(self._destination.port)
        taken = False
        if where is not None:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                if self._destination.http:
                    taken = await self._post(*where, b"[" + b",".join(batch) + b"]")
                else:
                    taken = await self._write(*where, b"".join(event + b"\n" for event in batch))
        self._task = None
        answered(taken)

    async def _post(self, host: str, port: int, body: bytes) -> bool:
        to = self._destination
        reader, writer = await asyncio.open_connection(host, port)
        try:
            head = (
                f"{to.method} {to.path} HTTP/1.1\r\nHost: {to.host}:{to.port}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            )
            writer.write(head.encode("ascii", "replace") + body)
            await writer.drain()
            words = (await reader.readuntil(b"\n")).split()
            # Read on until the end, for a moment: a server whose answer nobody reads complains.
            with suppress(TimeoutError):
                async with asyncio.timeout(GOODBYE):
                    while await reader.read(65536):
                        pass
            return len(words) > 1 and words[1].startswith(b"2")
        finally:
            writer.close()

    async def _write(self, host: str, port: int, lines: bytes) -> bool:
        if self._lines is None or self._lines.is_closing():
            _, self._lines = await asyncio.open_connection(host, port)
        try:
            self._lines.write(lines)
            await self._lines.drain()
        except OSError:
            self._hang_up()
            raise
        return True

    def abandon(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._hang_up()

    def close(self) -> None:
        self.abandon()

    def _hang_up(self) -> None:
        """Without waiting for what was not taken."""
        if self._lines is not None:
            self._lines.transport.abort()
            self._lines = None
