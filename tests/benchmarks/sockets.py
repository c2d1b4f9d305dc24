"""Thousands of open WebSockets: what each costs devserve, and how long one message to all of them takes.

The clients are bare sockets in this process, which read frames and nothing else; the backend posts to `@connections`
over a few connections that are kept, as an SDK does. The API has no `$connect` route in the first row, so that it shows
what an open connection costs; in the second one a function lets every client in.
"""

from __future__ import annotations

import asyncio
import json
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psutil

from tests.benchmarks import server
from tests.benchmarks.table import Row
from tests.live import chat
from tests.live.devserver import write

COUNT = 2_000
SENDERS = 8
HEAD = (
    "GET /dev HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
WHOAMI = b'{"action": "whoami"}'
NEWS = b"n" * 100


class Client(asyncio.Protocol):
    """One WebSocket. What comes is kept until somebody takes it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._came = b""
        self._wanted: tuple[int, asyncio.Future[bytes]] | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write((HEAD % self._port).encode())

    def data_received(self, data: bytes) -> None:
        self._came += data
        if self._wanted is not None and len(self._came) >= self._wanted[0]:
            (_, waiter), self._wanted = self._wanted, None
            waiter.set_result(self._came)

    async def has(self, size: int) -> bytes:
        if len(self._came) < size:
            waiter: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
            self._wanted = (size, waiter)
            await waiter
        came, self._came = self._came, b""
        return came

    async def connection_id(self) -> str:
        """As the function says it."""
        assert self.transport is not None
        self.transport.write(bytes([0x81, 0x80 | len(WHOAMI)]) + b"\0\0\0\0" + WHOAMI)
        came = await self.has(4)
        size = 4 + int.from_bytes(came[2:4], "big")
        while len(came) < size:
            came += await self.has(1)
        found: str = json.loads(came[4:])["requestContext"]["connectionId"]
        return found


async def entered(port: int, count: int) -> list[Client]:
    loop, clients = asyncio.get_running_loop(), []
    for _ in range(0, count, 50):
        made = [await loop.create_connection(lambda: Client(port), "127.0.0.1", port) for _ in range(50)]
        for _, client in made:
            assert b" 101 " in await client.has(12), "not let in"
            clients.append(client)
    return clients


async def broadcast(port: int, ids: list[str], clients: list[Client]) -> float:
    """Seconds until the last client has the message."""

    async def sender(mine: list[str]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for each in mine:
            line = f"POST /dev/@connections/{quote(each)} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            writer.write(f"{line}Content-Length: {len(NEWS)}\r\n\r\n".encode() + NEWS)
            head = await reader.readuntil(b"\r\n\r\n")
            assert b" 200 " in head, head
        writer.close()

    since = time.perf_counter()
    await asyncio.gather(*(sender(ids[at::SENDERS]) for at in range(SENDERS)))
    await asyncio.gather(*(client.has(len(NEWS) + 2) for client in clients))
    return time.perf_counter() - since


def measured(folder: Path, what: str, *, connect: bool) -> Iterator[Row]:
    files = chat.files(authorizer=False)
    if not connect:
        template = json.loads(files["template.json"])
        for name in ("Routeconnect", "Routedisconnect"):
            del template["Resources"][name]
        files["template.json"] = json.dumps(template)
    with server.facts(write(folder / what, files)) as (stream, pid):
        port = int(json.loads(next(stream))["gateway"].rpartition(":")[2])
        process = psutil.Process(pid)

        async def story() -> tuple[float, float, float]:
            (first,) = (await entered(port, 50))[:1]
            await first.connection_id()  # what is loaded at first use is loaded
            before = process.memory_info().rss
            since = time.perf_counter()
            clients = await entered(port, COUNT)
            took = time.perf_counter() - since
            await asyncio.sleep(1)
            grown = process.memory_info().rss - before
            ids = [await client.connection_id() for client in clients]
            return grown / COUNT / 1024, took, await broadcast(port, ids, clients)

        memory, opening, sending = asyncio.run(story())
    note = f"{COUNT} opened in {opening:.1f} s"
    yield Row(f"an open WebSocket{what}", "KB", memory, target=20, note=note)
    yield Row(f"a message to {COUNT} of them{what}", "s", sending, target=2, note=f"{SENDERS} senders to @connections")


def sockets(folder: Path) -> Iterator[Row]:
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(limit, 65_536), limit))
    yield from measured(folder, "", connect=False)
    yield from measured(folder, ", let in by a function", connect=True)
