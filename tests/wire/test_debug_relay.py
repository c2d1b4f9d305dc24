"""The doors that editors come through, with real sockets on loopback."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest

from localstack_lite.errors import UserError
from localstack_lite.ports import DebugDoor
from localstack_lite.wire import debug_relay
from localstack_lite.wire.debug_relay import DebugRelay, is_question

ANSWER = 5.0
"""Seconds within which everything here has to happen."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


class Debugger:
    """What a runtime's debugger is here: it says hello, and everything again that it is told."""

    def __init__(self, *, hello: bytes = b"") -> None:
        self.port = free_port()
        self.clients = 0
        self._hello = hello
        self._server: asyncio.Server | None = None
        self._writers: list[asyncio.StreamWriter] = []

    async def listen(self) -> None:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", self.port)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.clients += 1
        self._writers.append(writer)
        writer.write(self._hello)
        while data := await reader.read(1 << 16):
            writer.write(b"<" + data + b">")
        writer.close()

    async def close(self) -> None:
        for writer in self._writers:
            writer.close()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()


class Stage:
    """A door with what it tells, and clients that come through it."""

    def __init__(self) -> None:
        self.port = free_port()
        self.relay = DebugRelay(self.port)
        self.told: list[bool] = []
        self.waiting: list[str] = []
        self.debuggers: list[Debugger] = []
        self.door: DebugDoor = self.relay.open(0, self.waiting.append)

    async def debugger(self, *, hello: bytes = b"", listen: bool = True) -> Debugger:
        debugger = Debugger(hello=hello)
        self.debuggers.append(debugger)
        if listen:
            await debugger.listen()
        return debugger

    def lead_to(self, debugger: Debugger) -> None:
        self.door.lead_to("127.0.0.1", debugger.port, self.told.append)

    async def client(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def close(self) -> None:
        self.door.close()
        for debugger in self.debuggers:
            await debugger.close()


def story(tell: Callable[[Stage], Awaitable[None]]) -> Callable[[], None]:
    async def main() -> None:
        stage = Stage()
        try:
            await asyncio.wait_for(tell(stage), ANSWER)
        finally:
            await stage.close()
            await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()}, return_exceptions=True)  # type: ignore[arg-type]

    def test() -> None:
        asyncio.run(main())

    test.__name__ = tell.__name__
    return test


async def until(look: Callable[[], bool]) -> None:
    while not look():  # noqa: ASYNC110 - what is looked at tells nobody
        await asyncio.sleep(0.005)


@story
async def test_what_is_said_is_carried_both_ways(stage: Stage) -> None:
    stage.lead_to(await stage.debugger(hello=b"hello"))
    reader, writer = await stage.client()
    assert await reader.readexactly(5) == b"hello"
    writer.write(b"attach")
    assert await reader.readexactly(8) == b"<attach>"
    assert stage.told == [True]
    writer.close()
    await until(lambda: stage.told == [True, False])


@story
async def test_a_client_that_is_early_is_connected_when_there_is_something_to_debug(stage: Stage) -> None:
    reader, writer = await stage.client()
    writer.write(b"attach")
    await asyncio.sleep(0.02)
    assert stage.told == []
    stage.lead_to(await stage.debugger())
    assert await reader.readexactly(8) == b"<attach>"
    assert stage.told == [True]
    writer.close()


@story
async def test_a_debugger_that_does_not_listen_yet_is_asked_again(stage: Stage) -> None:
    debugger = await stage.debugger(listen=False)
    stage.lead_to(debugger)
    reader, writer = await stage.client()
    writer.write(b"attach")
    await asyncio.sleep(0.02)
    await debugger.listen()
    assert await reader.readexactly(8) == b"<attach>"
    writer.close()


@story
async def test_one_that_closes_without_a_word_was_not_there_yet_and_hears_everything_again(stage: Stage) -> None:
    calls = 0

    async def docker_proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        calls += 1
        data = await reader.readexactly(6)
        if calls > 2:
            writer.write(data.upper())
        writer.close()

    server = await asyncio.start_server(docker_proxy, "127.0.0.1", 0)
    stage.door.lead_to("127.0.0.1", server.sockets[0].getsockname()[1], stage.told.append)
    reader, writer = await stage.client()
    writer.write(b"attach")
    assert await reader.readexactly(6) == b"ATTACH"
    assert (calls, stage.told[0]) == (3, True)
    writer.close()
    server.close()


@story
async def test_the_end_of_the_runtime_cuts_its_clients_off_without_a_word(stage: Stage) -> None:
    stage.lead_to(await stage.debugger())
    reader, writer = await stage.client()
    writer.write(b"x")
    assert await reader.readexactly(3) == b"<x>"
    stage.door.shut()
    assert await reader.read() == b""
    assert stage.told == [True]
    writer.close()


@story
async def test_the_next_runtime_is_behind_the_same_door(stage: Stage) -> None:
    first, second = await stage.debugger(hello=b"1"), await stage.debugger(hello=b"2")
    stage.lead_to(first)
    one, to_one = await stage.client()
    assert await one.readexactly(1) == b"1"
    stage.door.shut()
    two, to_two = await stage.client()  # early for the next one
    stage.lead_to(second)
    assert await two.readexactly(1) == b"2"
    assert (first.clients, second.clients) == (1, 1)
    to_one.close()
    to_two.close()


@story
async def test_the_last_of_several_clients_counts(stage: Stage) -> None:
    stage.lead_to(await stage.debugger())
    pairs = [await stage.client() for _ in range(2)]
    for reader, writer in pairs:
        writer.write(b"x")
        await reader.readexactly(3)
    assert stage.told == [True]
    pairs[0][1].close()
    await asyncio.sleep(0.02)
    assert stage.told == [True]
    pairs[1][1].close()
    await until(lambda: stage.told == [True, False])


@story
async def test_asking_what_there_is_to_debug_is_not_debugging(stage: Stage) -> None:
    stage.lead_to(await stage.debugger())
    reader, writer = await stage.client()
    writer.write(b"GET /json/list HTTP/1.1\r\n\r\n")
    assert (await reader.readexactly(6)).startswith(b"<GET")
    writer.close()
    await asyncio.sleep(0.02)
    assert stage.told == []


@pytest.mark.parametrize(
    ("data", "question"),
    [
        (b"GET /json HTTP/1.1", True),
        (b"GET /json/version HTTP/1.1", True),
        (b"GET /3f1c-uuid HTTP/1.1\r\nUpgrade: websocket", False),
        (b"Content-Length: 12", False),
        (b"JDWP-Handshake", False),
    ],
)
def test_questions_are_told_from_debugging(data: bytes, question: bool) -> None:
    assert is_question(data) is question


@story
async def test_much_data_gets_through_whole(stage: Stage) -> None:
    stage.lead_to(await stage.debugger())
    reader, writer = await stage.client()
    sent = bytes(range(256)) * 8192

    async def say() -> None:
        writer.write(sent)
        await writer.drain()

    saying = asyncio.ensure_future(say())
    got = b""
    while len(got.translate(None, b"<>")) < len(sent.translate(None, b"<>")):
        got += await reader.read(1 << 16)
    await saying
    assert got.translate(None, b"<>") == sent.translate(None, b"<>")
    writer.close()


def test_a_client_that_waits_for_long_is_told_about_once_however_many_come() -> None:
    async def main() -> None:
        stage = Stage()
        clients = [await stage.client() for _ in range(3)]
        await asyncio.wait_for(until(lambda: bool(stage.waiting)), debug_relay.PATIENCE + ANSWER)
        await asyncio.sleep(0.1)
        for _, writer in clients:
            writer.close()
        await stage.close()
        await asyncio.sleep(0)
        assert stage.waiting == [f"127.0.0.1:{stage.port}"]

    asyncio.run(main())


@story
async def test_a_door_whose_port_is_taken_is_the_next_one_that_is_free(stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        door = stage.relay.open(port - stage.port, stage.waiting.append)
        assert int(door.address.rpartition(":")[2]) > port
        door.close()


def test_a_port_that_is_taken_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match="the port for the debugger is taken") as raised:
            DebugRelay(port)
        assert (raised.value.where, raised.value.hint) == (
            f"--debug-port {port}",
            "stop that or choose another port",
        )
