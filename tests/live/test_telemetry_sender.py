"""Telemetry over real sockets: what a subscriber receives, and what becomes of one that does not take it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager

from localstack_lite.lambdas.extensions.telemetry_sender import TelemetrySender, on_this_machine
from localstack_lite.lambdas.extensions.telemetry_subscription import Destination

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
BATCH = (b'{"n":1}', b'{"n":2}')


def on_a_loop(story: Callable[[], Coroutine[None, None, None]]) -> Callable[[], None]:
    def test() -> None:
        asyncio.run(story())

    test.__name__ = story.__name__
    return test


async def sent(sender: TelemetrySender, batch: tuple[bytes, ...] = BATCH) -> bool:
    answered: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
    sender.send(batch, answered.set_result)
    return await asyncio.wait_for(answered, 5)


@asynccontextmanager
async def listening(serve: Serve) -> AsyncIterator[int]:
    """The port. Ends when every connection has."""
    served: list[asyncio.Task[None]] = []

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def whole() -> None:
            try:
                await serve(reader, writer)
            finally:
                writer.close()
                await writer.wait_closed()

        served.append(asyncio.get_running_loop().create_task(whole()))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        if served:
            await asyncio.wait(served, timeout=5)


def answers(status: bytes, got: list[bytes]) -> Serve:
    """A server that takes one request and leaves the connection open, as some do."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        got.extend((head, await reader.readexactly(length)))
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        await reader.read()

    return serve


@on_a_loop
async def test_a_batch_is_posted_as_an_array() -> None:
    got: list[bytes] = []
    async with listening(answers(b"200 OK", got)) as port:
        sender = TelemetrySender(Destination(port, path="/logs?x=1"))
        assert await sent(sender)
        head, body = got
        assert head.startswith(b"POST /logs?x=1 HTTP/1.1\r\n")
        assert f"Host: sandbox.localdomain:{port}\r\n".encode() in head
        assert b"Content-Type: application/json\r\n" in head
        assert json.loads(body) == [{"n": 1}, {"n": 2}]
        sender.close()


@on_a_loop
async def test_the_older_api_s_method_is_used() -> None:
    got: list[bytes] = []
    async with listening(answers(b"202 Accepted", got)) as port:
        assert await sent(TelemetrySender(Destination(port, method="PUT")))
        assert got[0].startswith(b"PUT / ")


@on_a_loop
async def test_any_other_status_is_no_acknowledgement() -> None:
    for status in (b"500 Oh", b"404 Not Found", b""):
        async with listening(answers(status, [])) as port:
            assert not await sent(TelemetrySender(Destination(port)))


@on_a_loop
async def test_a_server_that_hangs_up_has_not_taken_it() -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with listening(serve) as port:
        assert not await sent(TelemetrySender(Destination(port)))


@on_a_loop
async def test_nobody_listening_is_no_error() -> None:
    async with listening(answers(b"200 OK", [])) as port:
        assert not await sent(TelemetrySender(Destination(port), lambda _: None))
    assert not await sent(TelemetrySender(Destination(port)))
    assert not await sent(TelemetrySender(Destination(port, http=False)))


@on_a_loop
async def test_a_port_of_the_sandbox_may_be_elsewhere_on_this_machine() -> None:
    got: list[bytes] = []
    async with listening(answers(b"200 OK", got)) as port:
        assert await sent(TelemetrySender(Destination(8080), lambda _: on_this_machine(port)))
        assert b"Host: sandbox.localdomain:8080\r\n" in got[0]


@on_a_loop
async def test_over_tcp_each_event_is_a_line_of_one_connection() -> None:
    lines: list[bytes] = []
    arrived = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines.append(b"connected")
        while line := await reader.readline():
            lines.append(line)
            if len(lines) == 5:
                arrived.set()
        writer.close()

    async with listening(serve) as port:
        sender = TelemetrySender(Destination(port, http=False))
        assert await sent(sender)
        assert await sent(sender)
        await asyncio.wait_for(arrived.wait(), 5)
        assert lines == [b"connected", *[event + b"\n" for event in BATCH * 2]]
        sender.close()


@on_a_loop
async def test_who_does_not_answer_is_abandoned_and_never_told_of() -> None:
    asked = asyncio.Event()
    over = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        asked.set()
        await reader.read()
        over.set()
        writer.close()

    async with listening(serve) as port:
        sender = TelemetrySender(Destination(port))
        told: list[bool] = []
        sender.send(BATCH, told.append)
        await asyncio.wait_for(asked.wait(), 5)
        sender.abandon()
        await asyncio.wait_for(over.wait(), 5)
        assert told == []
