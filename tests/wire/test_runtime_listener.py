"""The Runtime API's listener: whole requests in, one write out, connections kept alive. Real sockets on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from localstack_lite.ports import RuntimeExchange
from localstack_lite.wire.runtime_listener import MAX_BODY, Listen


class Parked:
    """Takes exchanges and leaves them unanswered."""

    def __init__(self) -> None:
        self.exchanges: list[RuntimeExchange] = []
        self.arrived = asyncio.Event()

    def __call__(self, exchange: RuntimeExchange) -> None:
        self.exchanges.append(exchange)
        self.arrived.set()


async def _with_listener(
    receive: Callable[[RuntimeExchange], None],
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> None:
    listening = Listen(asyncio.get_running_loop())(receive)
    host, _, port = listening.address.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        await talk(reader, writer)
    finally:
        writer.close()
        listening.close()
        await asyncio.sleep(0)


def test_two_requests_of_one_connection_are_answered_in_turn() -> None:
    seen: list[tuple[str, str, bytes, str]] = []

    def receive(exchange: RuntimeExchange) -> None:
        seen.append((exchange.method, exchange.path, exchange.body, exchange.headers.get("x-a", "")))
        assert exchange.reply(202, [("X-B", "c")], b"ok")

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            writer.write(b"POST /p HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nContent-Length: 3\r\n\r\nabc")
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\nX-B: c\r\n")
            assert await reader.readexactly(2) == b"ok"

    asyncio.run(_with_listener(receive, talk))
    assert seen == [("POST", "/p", b"abc", "1")] * 2


def test_an_answer_may_come_later() -> None:
    parked = Parked()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"GET /next HTTP/1.1\r\nHost: h\r\n\r\n")
        await parked.arrived.wait()
        assert parked.exchanges[0].reply(200, [], b"later")
        assert (await reader.readuntil(b"later")).endswith(b"later")

    asyncio.run(_with_listener(parked, talk))


def test_a_peer_that_left_is_reported() -> None:
    parked = Parked()
    answers: list[bool] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"GET /next HTTP/1.1\r\nHost: h\r\n\r\n")
        await parked.arrived.wait()
        writer.close()
        await writer.wait_closed()
        for _ in range(1000):
            answers.append(parked.exchanges[0].reply(200, [], b""))
            if not answers[-1]:
                break
            await asyncio.sleep(0.001)

    asyncio.run(_with_listener(parked, talk))
    assert answers[-1] is False


def test_a_peer_that_breaks_http_is_cut_off() -> None:
    def receive(exchange: RuntimeExchange) -> None:
        raise AssertionError("not a request")

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x00\x01\x02 nonsense\r\n\r\n")
        assert await reader.read() == b""

    asyncio.run(_with_listener(receive, talk))


def test_chunked_bodies_are_put_together() -> None:
    bodies: list[bytes] = []

    def receive(exchange: RuntimeExchange) -> None:
        bodies.append(exchange.body)
        exchange.reply(202, [], b"")

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(
            b"POST /r HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        )
        await reader.readuntil(b"\r\n\r\n")

    asyncio.run(_with_listener(receive, talk))
    assert bodies == [b"abcde"]


def test_a_body_without_end_is_cut_off() -> None:
    def receive(exchange: RuntimeExchange) -> None:
        raise AssertionError("never whole")

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"POST /r HTTP/1.1\r\nHost: h\r\nContent-Length: {MAX_BODY + 2}\r\n\r\n".encode())
        block = b"x" * (1 << 20)
        try:
            for _ in range(MAX_BODY // len(block) + 1):
                writer.write(block)
                await writer.drain()
            assert await reader.read() == b""
        except ConnectionError:
            pass

    asyncio.run(_with_listener(receive, talk))


def test_a_runtime_that_holds_its_body_back_is_asked_for_it() -> None:
    def receive(exchange: RuntimeExchange) -> None:
        exchange.reply(202, [], exchange.body)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"POST /r HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"abc")
        assert (await reader.readuntil(b"abc")).startswith(b"HTTP/1.1 202")

    asyncio.run(_with_listener(receive, talk))


def test_header_names_are_in_lower_case() -> None:
    seen: list[dict[str, str]] = []

    def receive(exchange: RuntimeExchange) -> None:
        seen.append(dict(exchange.headers))
        exchange.reply(202, [], b"")

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"GET /r HTTP/1.1\r\nHOST: Loc\xe4l\r\nX-Some: Value\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")

    asyncio.run(_with_listener(receive, talk))
    assert seen == [{"host": "Loc\xe4l", "x-some": "Value"}]
