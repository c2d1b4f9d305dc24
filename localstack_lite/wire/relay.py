"""A port that leads to another one: what listens on loopback, for containers that cannot reach loopback."""

from __future__ import annotations

import asyncio
import contextlib
import socket

_PIECE = 64 * 1024


class Relay:
    """Listens on `host` from the moment it is made; every connection is carried to 127.0.0.1:`target`."""

    def __init__(self, host: str, target: int) -> None:
        self._target = target
        self._socket = socket.create_server((host, 0), backlog=64)
        self._socket.setblocking(False)
        self.port: int = self._socket.getsockname()[1]
        self._server: asyncio.Server | None = None
        self._closed = False
        self._carrying: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._came, sock=self._socket)

    async def close(self) -> None:
        self._closed = True
        if self._server is not None:
            self._server.close()
        else:
            self._socket.close()
        for task in tuple(self._carrying):
            task.cancel()
        await asyncio.gather(*self._carrying, return_exceptions=True)

    def _came(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._closed:
            writer.transport.abort()  # accepted just before the end
            return
        task = asyncio.get_running_loop().create_task(self._carry(reader, writer))
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer), contextlib.suppress(OSError):  # refused there, so ended here
            inner, outward = await asyncio.open_connection("127.0.0.1", self._target)
            with contextlib.closing(outward):
                await asyncio.gather(_pump(reader, outward), _pump(inner, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(_PIECE):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
