"""The addresses that editors attach to: TCP doors that stay while the runtimes behind them come and go.

What passes is not understood, only carried; a debugger's protocol is its own business (DAP, Chrome's, JDWP). Two things
are looked at. A client counts as attached from its first bytes on, unless they ask Node's inspector what there is to
debug (`GET /json`), which editors do every second. And a debugger that closes without having said a word was not there
yet (Docker's proxy accepts before the process listens): it is asked again.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable

from localstack_lite.errors import UserError
from localstack_lite.ports import DebugDoor
from localstack_lite.wire import people

HOST = "127.0.0.1"
#: Seconds that a client waits for something to debug before the user is told.
PATIENCE = 2.0
#: Seconds between two tries to reach a debugger that does not listen yet.
AGAIN = 0.05
#: What is read at once; also what a client may have sent before its debugger answers and still be connected again.
CHUNK = 1 << 16

Attached = Callable[[bool], None]


class DebugRelay:
    """Is a `ports.DebugDoors`. The first door's port is taken at once: `UserError` when somebody has it."""

    def __init__(self, port: int) -> None:
        self._port = port
        try:
            self._first = people.bind(HOST, port, port, "the debugger")
        except UserError as error:
            raise UserError(f"--debug-port {port}", error.what, "stop that or choose another port") from error

    def open(self, number: int, kept_waiting: Callable[[str], None]) -> DebugDoor:
        """Door 0 once. One whose port is taken gets the next free one."""
        behind = min(self._port + number, 65535)
        listening = self._first if number == 0 else people.bind(HOST, None, behind, "the debugger")
        return Door(listening, kept_waiting)

    def close(self) -> None:
        """For one whose doors were never opened; an open door is closed by who opened it."""
        self._first.close()


class Runtime:
    """Where the door leads now, until it is shut."""

    __slots__ = ("_attached", "_clients", "address")

    def __init__(self, address: tuple[str, int], attached: Attached) -> None:
        self.address = address
        self._attached = attached
        self._clients: set[object] = set()

    def came(self, client: object) -> None:
        if client not in self._clients:
            self._clients.add(client)
            if len(self._clients) == 1:
                self._attached(True)

    def left(self, client: object) -> None:
        if client in self._clients:
            self._clients.remove(client)
            if not self._clients:
                self._attached(False)

    def shut(self) -> None:
        """Nobody is told any more."""
        self._clients.clear()


class Door:
    """Is a `ports.DebugDoor`. Accepts from the start."""

    def __init__(self, listening: socket.socket, kept_waiting: Callable[[str], None]) -> None:
        self.address = f"{HOST}:{listening.getsockname()[1]}"
        self._kept_waiting = kept_waiting
        self._told = False
        self._runtime: Runtime | None = None
        self._ready = asyncio.Event()
        self._clients: dict[asyncio.Task[None], Runtime | None] = {}
        self._listening = listening
        self._server: asyncio.Server | None = None
        self._starting = asyncio.get_running_loop().create_task(self._start())

    async def _start(self) -> None:
        self._server = await asyncio.start_server(self._accept, sock=self._listening, limit=CHUNK)

    def lead_to(self, host: str, port: int, attached: Attached) -> None:
        self._runtime = Runtime((host, port), attached)
        self._told = False
        self._ready.set()

    def shut(self) -> None:
        runtime, self._runtime = self._runtime, None
        self._ready.clear()
        if runtime is not None:
            runtime.shut()
            for client, behind in self._clients.items():
                if behind is runtime:
                    client.cancel()

    def close(self) -> None:
        self.shut()
        self._starting.cancel()
        for client in self._clients:
            client.cancel()
        if self._server is not None:
            self._server.close()
        else:
            self._listening.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients[task] = None
        client = _Client(reader, writer)
        try:
            await self._wait()
            while (runtime := self._runtime) is not None and not reader.at_eof():
                self._clients[task] = runtime
                if await client.connected(runtime):
                    break
                await asyncio.sleep(AGAIN)
        except asyncio.CancelledError:
            pass  # the runtime is gone, or devserve ends: nobody waits for this task but its streams
        finally:
            behind = self._clients.pop(task)
            if behind is not None:
                behind.left(client)
            writer.close()

    async def _wait(self) -> None:
        """For a runtime to be there. The user is told once when that takes long: an editor asks again and again."""
        try:
            await asyncio.wait_for(self._ready.wait(), PATIENCE)
        except TimeoutError:
            if not self._told:
                self._told = True
                self._kept_waiting(self.address)
            await self._ready.wait()


class _Client:
    """One connection of an editor, and what it has said before it got an answer."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._said = b""
        self._answered = False

    async def connected(self, runtime: Runtime) -> bool:
        """Carry until one side closes. False: there is no debugger yet, ask again."""
        try:
            inward, outward = await asyncio.open_connection(*runtime.address, limit=CHUNK)
        except OSError:
            return False
        outward.write(self._said)
        asking = asyncio.ensure_future(self._requests(runtime, outward))
        answering = asyncio.ensure_future(self._answers(inward))
        try:
            await asyncio.wait((asking, answering), return_when=asyncio.FIRST_COMPLETED)
            return self._answered or asking.done() or len(self._said) > CHUNK
        finally:
            outward.close()
            asking.cancel()
            answering.cancel()
            await asyncio.wait((asking, answering))  # the next try reads from the same stream

    async def _requests(self, runtime: Runtime, outward: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await self._reader.read(CHUNK):
                if self._said or not is_question(data):
                    runtime.came(self)
                if not self._answered:
                    self._said += data
                outward.write(data)
                await outward.drain()

    async def _answers(self, inward: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError):
            while data := await inward.read(CHUNK):
                self._answered = True
                self._writer.write(data)
                await self._writer.drain()


def is_question(data: bytes) -> bool:
    """Whether a client only asks what there is to debug."""
    return data.startswith((b"GET /json", b"HEAD /json", b"PUT /json"))
