"""A socket between devserve and the engine, which a test may cut: the engine that stops in the middle of something.

Whatever the engine itself does goes on; only the connections are gone, as when its process was stopped.
"""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ENGINE = "/var/run/docker.sock"


class EngineSocket:
    """Passes everything on to the engine until it is `cut`; `mend` lets new connections through again."""

    def __init__(self, path: Path, loop: asyncio.AbstractEventLoop) -> None:
        self.path = path
        self._loop = loop
        self._door: socket.socket | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._through = True
        self._answers = asyncio.Event()
        self._answers.set()

    @property
    def environ(self) -> dict[str, str]:
        return {"DOCKER_HOST": f"unix://{self.path}"}

    def cut(self) -> None:
        asyncio.run_coroutine_threadsafe(self._cut(), self._loop).result(10)

    def mend(self) -> None:
        asyncio.run_coroutine_threadsafe(self._mend(), self._loop).result(10)

    def stall(self) -> None:
        """An engine that hangs: connections stand, and nothing comes from it any more, nor to it, until `answer`."""
        self._loop.call_soon_threadsafe(self._answers.clear)

    def answer(self) -> None:
        self._loop.call_soon_threadsafe(self._answers.set)

    async def _mend(self) -> None:
        self._through = True
        # No `asyncio.Server`: one that is closed forgets connections that it has accepted and not yet handed out, and
        # those stay open, as an engine that hangs.
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(self.path))
        self._door.listen(100)
        self._door.setblocking(False)
        self._loop.add_reader(self._door, self._accept, self._door)

    def _accept(self, door: socket.socket) -> None:
        with suppress(BlockingIOError):
            connection, _ = door.accept()
            connection.setblocking(False)
            task = self._loop.create_task(self._serve(connection))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _cut(self) -> None:
        self._through = False
        if self._door is not None:
            self._loop.remove_reader(self._door)
            self._door.close()
            self._door = None
        with suppress(FileNotFoundError):
            self.path.unlink()
        for writer in self._open:
            writer.transport.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, connection: socket.socket) -> None:
        reader, writer = await asyncio.open_unix_connection(sock=connection)
        inner_reader, inner_writer = await asyncio.open_unix_connection(ENGINE)
        self._open |= {writer, inner_writer}
        if not self._through:  # cut while this connection was being made
            writer.transport.abort()
            inner_writer.transport.abort()
        try:
            await asyncio.gather(self._pass(reader, inner_writer), self._pass(inner_reader, writer))
        finally:
            for each in (writer, inner_writer):
                self._open.discard(each)
                each.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One direction; the end is passed on as an end of this direction only, as an attached stdin needs it."""
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                await self._answers.wait()
                writer.write(data)
                await writer.drain()
            writer.write_eof()


@contextmanager
def engine_socket() -> Iterator[EngineSocket]:
    folder = Path(tempfile.mkdtemp(prefix="devserve-"))  # a socket's path has room for 107 characters
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    between = EngineSocket(folder / "engine.sock", loop)
    try:
        between.mend()
        yield between
    finally:
        between.cut()
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
        os.rmdir(folder)
