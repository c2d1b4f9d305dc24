"""The Runtime API's listener: whole requests in, one write out, connections kept alive. Real sockets on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

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


class Taker:
    """Follows every streamed request; `events` is what came."""

    def __init__(self, *, answers: bool = True) -> None:
        self.exchanges: list[RuntimeExchange] = []
        self.events: list[bytes | str] = []
        self.changed = asyncio.Event()
        self.answers = answers

    def __call__(self, exchange: RuntimeExchange) -> None:
        self.exchanges.append(exchange)
        if exchange.streaming:
            exchange.follow(self)
        else:
            exchange.reply(200, [], b"plain")
        self.changed.set()

    def piece(self, data: bytes) -> None:
        self.events.append(data)
        self.changed.set()

    def ended(self, trailers: Mapping[str, str]) -> None:
        self.events.append(f"ended {dict(trailers)}")
        if self.answers:
            self.exchanges[-1].reply(202, [], b"taken")
        self.changed.set()

    def cut(self) -> None:
        self.events.append("cut")
        self.changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self.changed.clear()
            await asyncio.wait_for(self.changed.wait(), 10)


STREAMED = (
    b"POST /2018-06-01/runtime/invocation/r/response HTTP/1.1\r\nHost: h\r\n"
    b"lambda-runtime-function-response-mode: Streaming\r\nTransfer-Encoding: chunked\r\n\r\n"
)


def test_a_streamed_result_is_handed_over_at_its_headers_and_its_pieces_as_they_come() -> None:
    taker = Taker()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAMED)
        await taker.until(lambda: len(taker.exchanges) == 1)
        assert taker.exchanges[0].headers["lambda-runtime-function-response-mode"] == "Streaming"
        writer.write(b"3\r\nabc\r\n")
        await taker.until(lambda: taker.events == [b"abc"])
        writer.write(b"1\r\nd\r\n0\r\nLambda-Runtime-Function-Error-Type: Function.Bad\r\n\r\n")
        assert (await reader.readuntil(b"taken")).startswith(b"HTTP/1.1 202")
        writer.write(b"GET /next HTTP/1.1\r\nHost: h\r\n\r\n")
        assert (await reader.readuntil(b"plain")).startswith(b"HTTP/1.1 200")

    asyncio.run(_with_listener(taker, talk))
    assert taker.events == [b"abc", b"d", "ended {'lambda-runtime-function-error-type': 'Function.Bad'}"]
    assert [exchange.streaming for exchange in taker.exchanges] == [True, False]


def test_a_streaming_runtime_that_holds_its_body_back_is_asked_for_it() -> None:
    taker = Taker()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAMED.replace(b"Host: h", b"Host: h\r\nExpect: 100-continue"))
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"

    asyncio.run(_with_listener(taker, talk))


def test_a_runtime_that_goes_away_in_the_middle_cuts_its_result() -> None:
    taker = Taker()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAMED + b"3\r\nabc\r\n")
        await taker.until(lambda: taker.events == [b"abc"])
        writer.transport.abort()
        await taker.until(lambda: len(taker.events) == 2)

    asyncio.run(_with_listener(taker, talk))
    assert taker.events == [b"abc", "cut"]


def test_a_slow_taker_holds_the_runtime_up() -> None:
    taker = Taker()
    megabyte = 1 << 20

    def size() -> int:
        return sum(len(event) for event in taker.events if isinstance(event, bytes))

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAMED)
        await taker.until(lambda: len(taker.exchanges) == 1)
        taker.exchanges[0].pause()
        writer.write(b"%x\r\n" % (64 * megabyte) + bytes(64 * megabyte) + b"\r\n0\r\n\r\n")
        drained = asyncio.ensure_future(writer.drain())
        await asyncio.wait([drained], timeout=0.2)
        assert (drained.done(), size() < megabyte) == (False, True)
        taker.exchanges[0].resume()
        await reader.readuntil(b"taken")

    asyncio.run(_with_listener(taker, talk))
    assert size() == 64 * megabyte


def test_a_refused_stream_is_answered_at_once_and_the_connection_goes_on() -> None:
    def receive(exchange: RuntimeExchange) -> None:
        exchange.reply(400 if exchange.streaming else 200, [], b"no")

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAMED)
        assert (await reader.readuntil(b"no")).startswith(b"HTTP/1.1 400")
        writer.write(b"3\r\nabc\r\n0\r\n\r\nGET /next HTTP/1.1\r\nHost: h\r\n\r\n")
        assert (await reader.readuntil(b"no")).startswith(b"HTTP/1.1 200")

    asyncio.run(_with_listener(receive, talk))


def test_only_a_result_can_be_streamed_and_only_as_streaming() -> None:
    taker = Taker()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for raw in (STREAMED.replace(b"/response", b"/error"), STREAMED.replace(b"Streaming", b"buffered")):
            writer.write(raw + b"3\r\nabc\r\n0\r\n\r\n")
            await reader.readuntil(b"plain")

    asyncio.run(_with_listener(taker, talk))
    assert [(exchange.streaming, exchange.body) for exchange in taker.exchanges] == [(False, b"abc")] * 2
