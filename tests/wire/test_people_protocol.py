"""A connection of a person: requests as sent, answers in order, each in one write. Real sockets on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from localstack_lite.ports import Handler
from localstack_lite.wire import people
from localstack_lite.wire.messages import Request, Response
from localstack_lite.wire.request_reader import MAX_BODY
from tests.streams import WrittenStream, over

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def serving(handler: Handler, talk: Talk, fault: Callable[[BaseException], None] | None = None) -> None:
    async def story() -> None:
        running = await people.serve(handler, people.bind("127.0.0.1", 0, 3000, "test"), fault)
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        try:
            await talk(reader, writer)
        finally:
            writer.close()
            await running.close()

    asyncio.run(asyncio.wait_for(story(), 20))


def exchanged(handler: Handler, raw: bytes, fault: Callable[[BaseException], None] | None = None) -> bytes:
    """All that comes back until the server closes."""
    got: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        got.append(await reader.read())

    serving(handler, talk, fault)
    return got[0]


async def message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Head and body of the next answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
    return head, await reader.readexactly(length)


async def path(request: Request) -> Response:
    return Response(200, (), request.path.encode())


def test_request_and_answer_keep_path_header_case_and_body() -> None:
    seen: list[Request] = []

    async def handler(request: Request) -> Response:
        seen.append(request)
        return Response(201, (("X-Reply", "yes"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")), b"body")

    raw = b"POST //a%2Fb//?q=%20+ HTTP/1.1\r\nHost: x\r\ntEsT-H: V\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc"
    answer = exchanged(handler, raw)
    (request,) = seen
    assert (request.method, request.path, request.query, request.body) == ("POST", "//a%2Fb//", "q=%20+", b"abc")
    assert ("tEsT-H", "V") in request.headers.lines
    assert (request.client, request.protocol) == ("127.0.0.1", "HTTP/1.1")
    assert answer.startswith(b"HTTP/1.1 201")
    assert b"X-Reply: yes\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n" in answer
    assert answer.count(b"date: ") == 1
    assert b"content-length: 4" in answer
    assert answer.endswith(b"connection: close\r\n\r\nbody")


def test_a_reply_without_content_has_no_length() -> None:
    async def handler(request: Request) -> Response:
        return Response(204)

    answer = exchanged(handler, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert b"content-length" not in answer


def test_a_head_request_gets_the_length_and_no_body() -> None:
    answer = exchanged(path, b"HEAD /four HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert b"content-length: 5\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")


def test_a_body_in_chunks_is_put_together() -> None:
    async def echo(request: Request) -> Response:
        return Response(200, (), request.body)

    chunks = b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    head = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert exchanged(echo, head + chunks).endswith(b"\r\n\r\nabcde")


def test_a_connection_is_kept_for_the_next_request() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for target in (b"/first", b"/second"):
            writer.write(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n\r\n")
            head, body = await message(reader)
            assert body == target
            assert b"connection: close" not in head

    serving(path, talk)


@pytest.mark.parametrize("head", [b"HTTP/1.0\r\nHost: x", b"HTTP/1.1\r\nHost: x\r\nConnection: close"])
def test_a_client_that_wants_no_more_is_told_and_closed(head: bytes) -> None:
    answer = exchanged(path, b"GET /x " + head + b"\r\n\r\n")
    assert b"connection: close\r\n" in answer
    assert answer.endswith(b"/x")


def test_requests_sent_in_one_go_run_one_after_the_other_and_are_answered_in_their_order() -> None:
    running: list[str] = []

    async def slow_first(request: Request) -> Response:
        running.append(request.path)
        for _ in range(20 if request.path == "/1" else 0):
            await asyncio.sleep(0)
        assert running[-1] == request.path, "another one began before this one was answered"
        return Response(200, (), request.path.encode())

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"".join(b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % number for number in (1, 2, 3)))
        assert [(await message(reader))[1] for _ in range(3)] == [b"/1", b"/2", b"/3"]

    serving(slow_first, talk)


def test_a_client_that_holds_its_body_back_is_asked_for_it() -> None:
    async def echo(request: Request) -> Response:
        return Response(200, (), request.body)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n")
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"ok")
        assert (await message(reader))[1] == b"ok"

    serving(echo, talk)


def test_it_is_asked_only_when_the_answer_before_is_out() -> None:
    first = b"GET /first HTTP/1.1\r\nHost: x\r\n\r\n"
    second = b"POST /second HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(first + second)
        assert (await message(reader))[1] == b"/first"
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"ok")
        assert (await message(reader))[1] == b"/second"

    serving(path, talk)


def test_a_client_that_leaves_is_not_written_to_and_nothing_is_wrong() -> None:
    begun, gate = asyncio.Event(), asyncio.Event()

    async def waits(request: Request) -> Response:
        begun.set()
        await gate.wait()
        return Response(200, (), b"nobody reads this")

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"GET /1 HTTP/1.1\r\nHost: x\r\n\r\n")
        await begun.wait()
        writer.transport.abort()
        await asyncio.sleep(0.01)
        gate.set()
        await asyncio.sleep(0.01)

    faults: list[BaseException] = []
    serving(waits, talk, faults.append)
    assert faults == []


def test_a_body_above_the_limit_is_refused_before_it_reaches_the_handler() -> None:
    async def handler(request: Request) -> Response:
        raise AssertionError("must not be called")

    size = MAX_BODY + 1
    head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n".encode()
    assert exchanged(handler, head + b"x" * size).startswith(b"HTTP/1.1 413")


def test_an_answer_of_many_megabytes_arrives_whole() -> None:
    body = bytes(range(256)) * (32 * 1024)

    async def handler(request: Request) -> Response:
        return Response(200, (), body)

    assert exchanged(handler, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").endswith(body)


def test_an_upgrade_is_answered_as_any_other_request() -> None:
    raw = b"GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n"
    assert exchanged(path, raw).endswith(b"/ws")


def test_what_is_not_http_is_a_400() -> None:
    assert exchanged(path, b"\x16\x03\x01 hello\r\n\r\n").startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: stolen=1", "a\nb", "a\0b", "日本"])
def test_a_fault_of_ours_is_a_500_and_no_header_can_be_smuggled(value: str) -> None:
    async def handler(request: Request) -> Response:
        return Response(200, (("X-A", value),), b"body")

    faults: list[BaseException] = []
    answer = exchanged(handler, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", faults.append)
    assert answer.startswith(b"HTTP/1.1 500")
    assert b"stolen" not in answer
    assert len(faults) == 1


def test_after_a_fault_of_ours_the_connection_goes_on() -> None:
    async def handler(request: Request) -> Response:
        if request.path == "/boom":
            raise RuntimeError("boom")
        return await path(request)

    faults: list[BaseException] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"GET /boom HTTP/1.1\r\nHost: x\r\n\r\n")
        head, body = await message(reader)
        assert head.startswith(b"HTTP/1.1 500")
        assert b"boom" not in body
        writer.write(b"GET /fine HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await message(reader))[1] == b"/fine"

    serving(handler, talk, faults.append)
    assert [str(fault) for fault in faults] == ["boom"]


def test_what_is_in_work_when_the_server_ends_is_still_answered() -> None:
    async def story() -> bytes:
        gate, begun = asyncio.Event(), asyncio.Event()

        async def waits(request: Request) -> Response:
            begun.set()
            await gate.wait()
            return await path(request)

        running = await people.serve(waits, people.bind("127.0.0.1", 0, 3000, "test"))
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        writer.write(b"GET /last HTTP/1.1\r\nHost: x\r\n\r\n")
        await begun.wait()
        closing = asyncio.ensure_future(running.close())
        asyncio.get_running_loop().call_later(0.2, gate.set)
        answer = await reader.read()
        writer.close()
        await closing
        return answer

    answer = asyncio.run(asyncio.wait_for(story(), 20))
    assert b"connection: close\r\n" in answer
    assert answer.endswith(b"/last")


def answering(stream: WrittenStream, status: int = 200) -> Handler:
    async def handler(request: Request) -> Response:
        return Response(status, (("X-A", "1"),), stream=stream)

    return handler


GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def test_the_first_byte_leaves_when_it_is_written_and_the_connection_goes_on() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(GET + GET)
        head = await reader.readuntil(b"\r\n\r\n")
        stream = streams[0]
        assert b"X-A: 1\r\ntransfer-encoding: chunked\r\n" in head
        assert b"content-length" not in head
        stream.write(b"hello")
        assert await reader.readuntil(b"hello\r\n") == b"5\r\nhello\r\n"
        stream.write(b"x" * 17)
        stream.finish()
        assert await reader.readuntil(b"0\r\n\r\n") == b"11\r\n" + b"x" * 17 + b"\r\n0\r\n\r\n"
        assert b"0\r\n\r\n" in await reader.readuntil(b"\r\n0\r\n\r\n"), "the next request waited for its turn"

    streams: list[WrittenStream] = []

    async def handler(request: Request) -> Response:
        streams.append(WrittenStream() if not streams else WrittenStream([b"two"], over()))
        return Response(200, (("X-A", "1"),), stream=streams[-1])

    serving(handler, talk)
    assert [stream.closed for stream in streams] == [True, True]


def test_an_older_client_gets_the_bytes_until_the_connection_closes() -> None:
    stream = WrittenStream([b"ab", b"cd"], over())
    head, _, body = exchanged(answering(stream), b"GET / HTTP/1.0\r\nHost: x\r\n\r\n").partition(b"\r\n\r\n")
    assert b"transfer-encoding" not in head
    assert (b"connection: close" in head, body) == (True, b"abcd")


def test_an_answer_that_breaks_off_has_no_last_chunk() -> None:
    stream = WrittenStream([b"ab"], over("Runtime.TruncatedResponse"))
    assert exchanged(answering(stream), GET).endswith(b"\r\n\r\n2\r\nab\r\n")


def test_a_stream_that_was_ended_by_the_server_has_no_last_chunk() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(GET)
        await reader.readuntil(b"ab\r\n")
        stream.close()
        assert await reader.read() == b""

    stream = WrittenStream([b"ab"])
    serving(answering(stream), talk)


@pytest.mark.parametrize(("method", "status"), [(b"HEAD", 200), (b"GET", 204)])
def test_an_answer_without_a_body_does_not_wait_for_one(method: bytes, status: int) -> None:
    stream = WrittenStream([b"ab"])
    raw = method + b" / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert exchanged(answering(stream, status), raw).endswith(b"connection: close\r\n\r\n")
    assert (stream.closed, stream.read) == (True, 0)


def test_a_client_that_leaves_in_the_middle_closes_the_stream() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(GET)
        await reader.readuntil(b"ab\r\n")
        writer.transport.abort()
        await stream.until_closed()

    stream = WrittenStream([b"ab"])
    faults: list[BaseException] = []
    serving(answering(stream), talk, faults.append)
    assert faults == []


def test_a_client_that_does_not_read_holds_the_stream_up() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        await reader.readuntil(b"\r\n\r\n")
        before = -1
        while before != stream.read:
            before = stream.read
            await asyncio.sleep(0.05)
        assert 0 < before < 200
        assert len(await reader.read()) > 200 * len(piece)

    piece = bytes(128 * 1024)
    stream = WrittenStream([piece] * 200, over())
    serving(answering(stream), talk)


def test_a_fault_of_ours_in_the_middle_is_told_and_ends_the_connection() -> None:
    class Broken(WrittenStream):
        async def __anext__(self) -> bytes:
            if self.read:
                raise RuntimeError("boom")
            return await super().__anext__()

    faults: list[BaseException] = []
    assert exchanged(answering(Broken([b"ab", b"cd"])), GET, faults.append).endswith(b"2\r\nab\r\n")
    assert [str(fault) for fault in faults] == ["boom"]
