"""WebSockets over real sockets on loopback: a client that is not ours, and bytes that no client would send."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Awaitable, Callable

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from localstack_lite.model.socket import Accepted, SocketLine
from localstack_lite.model.websocket import FRAME_LIMIT, MESSAGE_LIMIT
from localstack_lite.wire import people
from localstack_lite.wire.messages import Request, Response
from localstack_lite.wire.socket_protocol import accept_token

HEAD = (
    b"GET /dev HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
MASK = b"\0\0\0\0"  # changes nothing


class Ear:
    """Is a `SocketListener`: keeps what it is told, says `echo` back, and ends what the client breaks."""

    def __init__(self) -> None:
        self.line: SocketLine | None = None
        self.heard: list[object] = []
        self.gone = asyncio.Event()

    def opened(self, line: SocketLine) -> None:
        self.line = line

    def text(self, text: str) -> None:
        self.heard.append(text)
        if text.startswith("echo") and self.line is not None:
            self.line.send(text)

    def touched(self) -> None:
        self.heard.append("touched")

    def broke(self, code: int, reason: str) -> None:
        self.heard.append(("broke", code))
        assert self.line is not None
        self.line.close(code, reason)

    def left(self, code: int, reason: str) -> None:
        self.heard.append(("left", code, reason))
        assert self.line is not None
        self.line.close(code, reason)

    def vanished(self) -> None:
        self.heard.append("vanished")
        self.gone.set()


Talk = Callable[[int, Ear], Awaitable[None]]


def serving(talk: Talk, protocol: str = "", refusal: Response | None = None) -> Ear:
    async def story() -> Ear:
        ear = Ear()

        async def sockets(_: Request) -> Response | Accepted:
            return refusal or Accepted(ear, protocol)

        async def handler(request: Request) -> Response:
            return Response(200, (), request.path.encode())

        listening = people.bind("127.0.0.1", 0, 3000, "test")
        running = await people.serve(handler, listening, sockets=sockets)
        try:
            await talk(running.port, ear)
        finally:
            await running.close()
        return ear

    async def bounded() -> Ear:
        return await asyncio.wait_for(story(), 20)

    return asyncio.run(bounded())


def client(talk: Callable[[ClientConnection, Ear], Awaitable[None]]) -> Ear:
    async def through(port: int, ear: Ear) -> None:
        async with connect(f"ws://127.0.0.1:{port}/dev", ping_interval=None) as opened:
            await talk(opened, ear)
        await ear.gone.wait()

    return serving(through)


def raw(data: bytes) -> tuple[bytes, Ear]:
    """All that comes back behind the 101 until the server closes."""
    got: list[bytes] = []

    async def through(port: int, ear: Ear) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD + data)
        await reader.readuntil(b"\r\n\r\n")
        got.append(await reader.read(4096))
        writer.close()
        await ear.gone.wait()

    ear = serving(through)
    return got[0], ear


def close_code(frames: bytes) -> int:
    assert frames[0] == 0x88
    code: int = struct.unpack("!H", frames[2:4])[0]
    return code


def frame(first: int, payload: bytes, length: int | None = None) -> bytes:
    size = len(payload) if length is None else length
    head = bytes([first, 0x80 | size]) if size < 126 else bytes([first, 0xFE]) + struct.pack("!H", size)
    return head + MASK + payload


def test_accept_token_is_the_one_of_the_rfc() -> None:
    assert accept_token("dGhlIHNhbXBsZSBub25jZQ==") == b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def test_messages_go_both_ways_and_a_goodbye_is_answered() -> None:
    async def talk(opened: ClientConnection, ear: Ear) -> None:
        await opened.send("echo hé")
        assert await opened.recv() == "echo hé"
        await opened.close(4001, "enough")
        assert opened.close_code == 4001

    assert client(talk).heard == ["echo hé", ("left", 4001, "enough"), "vanished"]


def test_a_ping_is_answered_and_a_sign_of_life() -> None:
    async def talk(opened: ClientConnection, ear: Ear) -> None:
        await (await opened.ping())

    assert "touched" in client(talk).heard


def test_no_extension_is_negotiated_and_the_protocol_is_the_accepted_one() -> None:
    async def through(port: int, ear: Ear) -> None:
        async with connect(f"ws://127.0.0.1:{port}/dev", subprotocols=["a", "b"]) as opened:  # type: ignore[list-item]
            assert opened.subprotocol == "b"
            assert opened.response is not None
            assert "Sec-WebSocket-Extensions" not in opened.response.headers

    serving(through, protocol="b")


def test_a_refused_upgrade_is_an_answer_and_ends_the_connection() -> None:
    async def through(port: int, ear: Ear) -> None:
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://127.0.0.1:{port}/dev")
        assert refused.value.response.status_code == 403
        assert refused.value.response.body == b"no"

    assert serving(through, refusal=Response(403, (), b"no")).heard == []


def test_large_messages_leave_in_frames_of_32_kb() -> None:
    async def through(port: int, ear: Ear) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD)
        await reader.readuntil(b"\r\n\r\n")
        assert ear.line is not None
        ear.line.send("a" * (FRAME_LIMIT + 1))
        first = await reader.readexactly(4 + FRAME_LIMIT)
        assert first[:2] == bytes([0x01, 126])  # text, not the last one
        assert await reader.readexactly(3) == bytes([0x80, 1]) + b"a"
        ear.line.send("€" * FRAME_LIMIT)
        head = await reader.readexactly(4)
        assert struct.unpack("!H", head[2:])[0] <= FRAME_LIMIT
        writer.close()

    serving(through)


def test_a_message_in_several_frames_is_one() -> None:
    async def talk(opened: ClientConnection, ear: Ear) -> None:
        await opened.send(["echo ", "x" * FRAME_LIMIT, "y"])
        assert await opened.recv() == "echo " + "x" * FRAME_LIMIT + "y"

    client(talk)


def test_the_largest_frame_and_the_largest_message_are_taken() -> None:
    async def talk(opened: ClientConnection, ear: Ear) -> None:
        await opened.send(["é" * (FRAME_LIMIT // 2)] * (MESSAGE_LIMIT // FRAME_LIMIT))
        await (await opened.ping())

    heard = client(talk).heard
    assert heard[0] == "é" * (MESSAGE_LIMIT // 2)


@pytest.mark.parametrize("pieces", [["x" * (FRAME_LIMIT + 1)], ["x" * FRAME_LIMIT] * 4 + ["y"]])
def test_larger_ones_end_the_connection_with_1009(pieces: list[str]) -> None:
    async def talk(opened: ClientConnection, ear: Ear) -> None:
        with contextlib.suppress(ConnectionClosed):  # the end may be there before all of it is sent
            await opened.send(pieces)
        with pytest.raises(ConnectionClosed):
            await opened.recv()
        assert opened.close_code == 1009

    heard = client(talk).heard
    assert ("broke", 1009) in heard
    assert not any(isinstance(one, str) and "x" in one for one in heard)


def test_a_binary_frame_ends_the_connection_with_1003() -> None:
    async def talk(opened: ClientConnection, ear: Ear) -> None:
        await opened.send(b"\x00\xff")
        with pytest.raises(ConnectionClosed):
            await opened.recv()
        assert opened.close_code == 1003

    client(talk)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\x81\x01a", 1002),  # unmasked
        (frame(0xC1, b"a"), 1002),  # a reserved bit
        (frame(0x83, b"a"), 1002),  # no such kind
        (frame(0x80, b"a"), 1002),  # goes on with nothing
        (frame(0x01, b"a") + frame(0x81, b"b"), 1002),  # a message inside of a message
        (frame(0x09, b"a"), 1002),  # half a ping
        (frame(0x88, b"\x03"), 1002),  # half a code
        (frame(0x88, struct.pack("!H", 1005)), 1002),  # a code that is never sent
        (frame(0x88, struct.pack("!H", 999)), 1002),
        (frame(0x81, b"\xff\xfe"), 1007),
        (frame(0x88, struct.pack("!H", 1000) + b"\xff"), 1007),
    ],
)
def test_what_breaks_the_protocol_ends_it_with_its_code(data: bytes, code: int) -> None:
    async def through(port: int, ear: Ear) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD + data)
        await reader.readuntil(b"\r\n\r\n")
        assert close_code(await reader.read(4096)) == code
        writer.write(b"\xff" * 1000)  # nobody reads that any more
        writer.close()
        await ear.gone.wait()

    heard = serving(through).heard
    assert heard == [("broke", code), "vanished"]


def test_a_close_frame_without_a_code_is_answered_without_one() -> None:
    got, ear = raw(frame(0x88, b""))
    assert got == b"\x88\x00"
    assert ear.heard == [("left", 1005, ""), "vanished"]


def test_frames_that_came_before_the_101_are_heard() -> None:
    got, _ = raw(frame(0x81, b"echo") + frame(0x88, b""))
    assert got == b"\x81\x04echo\x88\x00"


def test_a_client_that_just_goes_is_gone() -> None:
    async def through(port: int, ear: Ear) -> None:
        with socket.create_connection(("127.0.0.1", port)) as rude:
            rude.sendall(HEAD)
            while ear.line is None:  # noqa: ASYNC110  (the listener tells nobody)
                await asyncio.sleep(0)
        await ear.gone.wait()

    assert serving(through).heard == ["vanished"]


def test_a_slow_client_is_not_read_until_it_takes_its_answers() -> None:
    async def through(port: int, ear: Ear) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        writer.write(HEAD)
        await reader.readuntil(b"\r\n\r\n")
        line = ear.line
        assert line is not None
        while not line.full:
            line.send("x" * MESSAGE_LIMIT)
        writer.write(frame(0x81, b"late"))
        for _ in range(50):
            await asyncio.sleep(0)
        assert ear.heard == []
        while "late" not in ear.heard:
            assert await reader.read(1 << 20)
        assert not line.full
        writer.close()

    serving(through)


def test_a_held_client_is_not_read_until_it_is_let_go() -> None:
    async def talk(opened: ClientConnection, ear: Ear) -> None:
        assert ear.line is not None
        ear.line.pause()
        await opened.send("held")
        for _ in range(50):
            await asyncio.sleep(0)
        assert ear.heard == []
        ear.line.resume()
        await (await opened.ping())
        assert ear.heard[0] == "held"

    client(talk)


def test_a_cut_connection_ends_without_a_goodbye() -> None:
    async def talk(opened: ClientConnection, ear: Ear) -> None:
        assert ear.line is not None
        ear.line.drop()
        with pytest.raises(ConnectionClosed):
            await opened.recv()
        assert opened.close_code == 1006

    client(talk)
