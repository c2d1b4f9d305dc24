"""The listener for people hands requests on exactly as they were sent. Real sockets on loopback."""

from __future__ import annotations

import asyncio
import socket

import pytest

from localstack_lite.errors import UserError
from localstack_lite.wire import people
from localstack_lite.wire.messages import Request, Response


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/a?b=c", "/a", "b=c"),
        ("//stage//x%2F?", "//stage//x%2F", ""),
        ("/a?b=c?d", "/a", "b=c?d"),
        ("http://host:80/x?y", "/x", "y"),
        ("http://host", "/", ""),
        ("*", "*", ""),
    ],
)
def test_a_target_is_split_and_nothing_else(target: str, path: str, query: str) -> None:
    assert people.split_target(target) == (path, query)


async def _talk(raw: bytes, handler: people.Handler) -> bytes:
    listening = people.bind("127.0.0.1", 0, 3000, "test")
    running = await people.serve(handler, listening)
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        writer.write(raw)
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer
    finally:
        await running.close()


def test_path_header_case_and_body_arrive_as_sent() -> None:
    seen: list[Request] = []

    async def handler(request: Request) -> Response:
        seen.append(request)
        return Response(201, (("X-Reply", "yes"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")), b"body")

    raw = b"POST //a%2Fb//?q=%20+ HTTP/1.1\r\nHost: x\r\ntEsT-H: V\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc"
    answer = asyncio.run(_talk(raw, handler))
    (request,) = seen
    assert (request.method, request.path, request.query, request.body) == ("POST", "//a%2Fb//", "q=%20+", b"abc")
    assert ("tEsT-H", "V") in request.headers.lines
    assert request.client == "127.0.0.1"
    assert answer.startswith(b"HTTP/1.1 201")
    assert answer.count(b"set-cookie: ") == 2
    assert b"content-length: 4" in answer
    assert answer.endswith(b"\r\n\r\nbody")


def test_a_reply_without_content_has_no_length() -> None:
    async def handler(request: Request) -> Response:
        return Response(204)

    answer = asyncio.run(_talk(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", handler))
    assert b"content-length" not in answer


def test_a_body_above_the_limit_is_refused_before_it_reaches_the_handler() -> None:
    async def handler(request: Request) -> Response:
        raise AssertionError("must not be called")

    size = people.MAX_BODY + 1
    head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n".encode()
    answer = asyncio.run(_talk(head + b"x" * size, handler))
    assert answer.startswith(b"HTTP/1.1 413")


def test_a_fault_of_ours_is_a_500_and_the_server_goes_on() -> None:
    async def handler(request: Request) -> Response:
        raise RuntimeError("boom")

    faults: list[BaseException] = []

    async def run() -> bytes:
        listening = people.bind("127.0.0.1", 0, 3000, "test")
        running = await people.serve(handler, listening, faults.append)
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            answer = await reader.read()
            writer.close()
            await writer.wait_closed()
            return answer
        finally:
            await running.close()

    answer = asyncio.run(run())
    assert answer.startswith(b"HTTP/1.1 500")
    assert b"boom" not in answer
    assert [str(fault) for fault in faults] == ["boom"]


def test_a_taken_port_that_was_asked_for_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(UserError) as caught:
            people.bind("127.0.0.1", port, 3000, "the gateway")
    assert str(port) in caught.value.where
    assert "taken" in caught.value.what
    assert caught.value.hint


def test_a_taken_default_port_moves_to_the_next_free_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        default = other.getsockname()[1]
        with people.bind("127.0.0.1", None, default, "the gateway") as found:
            assert found.getsockname()[1] != default


def test_an_address_of_another_machine_is_refused_with_a_hint() -> None:
    with pytest.raises(UserError) as caught:
        people.bind("no.such.host.invalid", 0, 3000, "the gateway")
    assert caught.value.hint
