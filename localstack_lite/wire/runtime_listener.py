"""The Runtime API's side of the wire: a small HTTP/1.1 server on httptools, one listening port per environment.

This is the hot path of every invocation (two exchanges each), and its peers are runtimes, not browsers: requests are
taken whole, answered in one write, kept alive. A runtime may send its result and the next `/next` in one go; then the
two answers go out together, too, which saves a system call and a wake-up on both sides. A peer that breaks HTTP is cut
off. Only a result that the runtime says it streams is handed over at the end of its headers, and its body piece by
piece as it comes, with the trailers behind it.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, cast

import httptools

from localstack_lite.ports import RuntimeExchange
from localstack_lite.wire.runtime_exchange import Exchange, StreamedExchange

#: What may still be read of a body before the connection is cut: a result is at most 6 MiB and a bit.
MAX_BODY = 64 * 1024 * 1024

#: What says that a result is streamed, and as which part of its path a result is told.
_MODE = b"lambda-runtime-function-response-mode"
_MODE_LENGTH = len(_MODE)
_RESULT = b"/response"

_REASONS = {
    200: "OK",
    202: "Accepted",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Request Entity Too Large",
    500: "Internal Server Error",
    501: "Not Implemented",
}


class Connection(asyncio.Protocol):
    def __init__(self, receive: Callable[[RuntimeExchange], None], open_connections: set[Connection]) -> None:
        self._receive = receive
        self._open = open_connections
        self._transport: asyncio.Transport | None = None
        self._parser: Any = httptools.HttpRequestParser(self)
        self._url = b""
        self._lines: list[tuple[bytes, bytes]] = []
        self._body: list[bytes] = []
        self._size = 0
        self._out: list[bytes] = []
        self._unanswered = 0
        self._parsing = False
        self._streams = False  # the headers of this request say that it streams
        self._streamed: StreamedExchange | None = None  # whose body comes now

    # -- asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but inheritance
        self._open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._open.discard(self)
        self._transport = None
        streamed, self._streamed = self._streamed, None
        if streamed is not None:
            streamed.broken()

    def data_received(self, data: bytes) -> None:
        self._parsing = True
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.close()
        self._parsing = False
        if self._out and not self._unanswered:
            self._flush()

    # -- httptools

    def on_message_begin(self) -> None:
        self._url = b""
        self._lines = []
        self._body = []
        self._size = 0

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._lines.append((name, value))
        if len(name) == 6 and name.lower() == b"expect" and value.lower() == b"100-continue":
            self._out.append(b"HTTP/1.1 100 Continue\r\n\r\n")
        elif len(name) == _MODE_LENGTH and name.lower() == _MODE:
            self._streams = value.lower() == b"streaming"

    def on_headers_complete(self) -> None:
        if self._streams:
            self._streams = False
            if self._url.endswith(_RESULT):
                self._begin_stream()

    def on_body(self, body: bytes) -> None:
        if self._streamed is not None:
            self._streamed.took(body)
            return
        self._size += len(body)
        if self._size > MAX_BODY:
            self.close()
            return
        self._body.append(body)

    def on_message_complete(self) -> None:
        if self._streamed is not None:
            streamed, self._streamed = self._streamed, None
            streamed.finished(self._lines)
            return
        if self._transport is None or self._transport.is_closing():
            return
        self._unanswered += 1
        method = self._parser.get_method().decode("ascii")
        self._receive(Exchange(self, method, self._url.decode("latin-1"), self._lines, b"".join(self._body)))

    def _begin_stream(self) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if self._out:
            self._flush()  # it may wait for its 100 Continue
        self._unanswered += 1
        method = self._parser.get_method().decode("ascii")
        lines, self._lines = self._lines, []  # what comes behind the body are trailers
        self._streamed = StreamedExchange(self, method, self._url.decode("latin-1"), lines)
        self._receive(self._streamed)

    def pause(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def resume(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    # -- out

    def send(self, status: int, headers: Sequence[tuple[str, str]], body: bytes) -> bool:
        transport = self._transport
        if transport is None or transport.is_closing():
            return False
        head = _usual_head(status, headers, len(body)) if type(headers) is tuple else _head(status, headers, len(body))
        self._unanswered -= 1
        self._out += (head, body)
        if not self._parsing:
            self._flush()
        return True

    def _flush(self) -> None:
        out, self._out = self._out, []
        if self._transport is not None:
            self._transport.write(b"".join(out))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()


def _head(status: int, headers: Sequence[tuple[str, str]], length: int) -> bytes:
    lines = "".join([f"{name}: {value}\r\n" for name, value in headers])
    head = f"HTTP/1.1 {status} {_REASONS.get(status, 'OK')}\r\nContent-Length: {length}\r\n{lines}\r\n"
    return head.encode("utf-8", "replace")  # a client context may hold any character


#: Headers that come as a tuple are some constant of whoever answers: such a reply is the same every time.
_usual_head = lru_cache(maxsize=32)(_head)


class Listening:
    """An open Runtime API port. The socket accepts from the moment it is made; the loop serves it a moment later."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, host: str, name: str, receive: Callable[[RuntimeExchange], None]
    ) -> None:
        self._connections: set[Connection] = set()
        self._socket = socket.create_server((host, 0), backlog=16)
        self._socket.setblocking(False)
        port = self._socket.getsockname()[1]
        self.address = f"{name}:{port}"
        self._server: asyncio.Server | None = None
        self._closed = False
        self._serving = loop.create_task(self._serve(loop, receive), name=f"runtime-api-{port}")

    async def _serve(self, loop: asyncio.AbstractEventLoop, receive: Callable[[RuntimeExchange], None]) -> None:
        server = await loop.create_server(lambda: Connection(receive, self._connections), sock=self._socket)
        if self._closed:
            server.close()
        self._server = server

    def close(self) -> None:
        self._closed = True
        if self._server is not None:
            self._server.close()
        elif self._serving.cancel():
            self._socket.close()
        for connection in tuple(self._connections):
            connection.abort()


class Listen:
    """Opens Runtime API ports on `host` (loopback unless containers have to reach them), which runtimes know as
    `name`."""

    def __init__(self, loop: asyncio.AbstractEventLoop, host: str = "127.0.0.1", name: str = "") -> None:
        self._loop = loop
        self._host = host
        self._name = name or host

    def __call__(self, receive: Callable[[RuntimeExchange], None]) -> Listening:
        return Listening(self._loop, self._host, self._name, receive)
