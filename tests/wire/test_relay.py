"""A port that leads to another one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from localstack_lite.wire.relay import Relay


async def _shout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write((await reader.read()).upper())
    writer.write_eof()
    await writer.drain()
    writer.close()


async def _with_relay(story: Callable[[Relay], Awaitable[None]]) -> None:
    server = await asyncio.start_server(_shout, "127.0.0.1", 0)
    relay = Relay("127.0.0.1", server.sockets[0].getsockname()[1])
    await relay.start()
    try:
        await asyncio.wait_for(story(relay), 10)
    finally:
        await relay.close()
        server.close()


def test_bytes_and_the_end_of_a_stream_go_both_ways() -> None:
    async def story(relay: Relay) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
        text = b"orders " * 100_000
        writer.write(text)
        writer.write_eof()
        assert await reader.read() == text.upper()
        writer.close()

    asyncio.run(_with_relay(story))


def test_nobody_there_is_a_connection_that_ends() -> None:
    async def story(relay: Relay) -> None:
        nowhere = Relay("127.0.0.1", 1)
        await nowhere.start()
        reader, writer = await asyncio.open_connection("127.0.0.1", nowhere.port)
        assert await reader.read() == b""
        writer.close()
        await nowhere.close()

    asyncio.run(_with_relay(story))


def test_closing_ends_what_is_open() -> None:
    async def story(relay: Relay) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
        writer.write(b"half")
        await asyncio.sleep(0)
        await relay.close()
        assert await reader.read() == b""
        writer.close()

    asyncio.run(_with_relay(story))
