"""One connection of a person or an SDK: uvicorn's protocol with a `Handler` in place of an ASGI application.

uvicorn keeps connections, their idle time, flow control and the graceful end. What is different here: a request is
taken whole and exactly as sent (ASGI would hand on names in lower case and a decoded path), and its answer goes out in
one write. Requests of one connection are answered in their order; one that comes before the last is answered waits.

A body that is still being written leaves as it comes: in chunks, or to an HTTP/1.0 client until the connection closes.
A client that is slow slows it down, one that leaves ends it. A body that breaks off ends without its last chunk, so
that the client knows.

A request that asks for a WebSocket goes to `OpenSocket` where there is one. When that accepts it the connection is a
`socket_protocol`'s from then on, with what the client has sent meanwhile; else it is answered as any other.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from localstack_lite.model.response_stream import ResponseStream
from localstack_lite.model.socket import Accepted, OpenSocket
from localstack_lite.ports import Handler
from localstack_lite.wire.messages import Headers, Request, Response

#: What is read of a body at most; gateways refuse earlier, by their own rules.
MAX_BODY = 32 * 1024 * 1024
#: What is read of a client that sends frames before it has its 101.
MAX_EARLY = 64 * 1024

_JSON = (("Content-Type", "application/json"),)
TOO_LONG = Response(413, _JSON, b'{"message":"Request Too Long"}')
FAULT = Response(500, _JSON, b'{"message":"Internal Server Error"}')
#: Statuses whose replies have neither a body nor a length.
_BARE = frozenset((204, 304))


class Turn:
    """A request and whether the connection lives on after its answer. Without a request it is one whose body was
    longer than anybody reads."""

    __slots__ = ("is_head", "keep_alive", "request", "task", "upgrade")

    def __init__(self, request: Request | None, is_head: bool, keep_alive: bool, upgrade: bool = False) -> None:
        self.request = request
        self.is_head = is_head
        self.keep_alive = keep_alive
        self.upgrade = upgrade
        self.task: asyncio.Task[None] | None = None


class PeopleProtocol(HttpToolsProtocol):
    def __init__(
        self,
        handler: Handler,
        fault: Callable[[BaseException], None] | None,
        sockets: OpenSocket | None = None,
        **uvicorns: Any,
    ) -> None:
        """An exception of the handler is a bug of ours: the client gets a plain 500, `fault` is told."""
        super().__init__(**uvicorns)
        self._handler = handler
        self._sockets = sockets
        self._upgrading: bytearray | None = None  # what came behind a request for a WebSocket
        self._fault = fault
        self._peer = "127.0.0.1"
        self._turn: Turn | None = None
        self._pouring: ResponseStream | None = None
        self._waiting: deque[Turn] = deque()
        self._lines: list[tuple[str, str]] = []
        self._body: list[bytes] = []
        self._size = 0
        self._expects = False  # the client holds its body back until it is asked for it

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self.client is not None:
            self._peer = self.client[0]

    def connection_lost(self, exc: Exception | None) -> None:
        self._waiting.clear()
        super().connection_lost(exc)
        if self._pouring is not None:
            self._pouring.close()

    def shutdown(self) -> None:
        """The server ends: the answer that is in work is the last one."""
        if self._turn is None:
            self.transport.close()
        else:
            self._turn.keep_alive = False

    # -- in

    def data_received(self, data: bytes) -> None:
        if self._kept(data):
            return
        if self._sockets is None:
            super().data_received(data)
            return
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._kept(data[upgrade.args[0] :])
        except httptools.HttpParserError:
            self.send_400_response("Invalid HTTP request received.")

    def _kept(self, data: bytes) -> bool:
        """Whether a WebSocket is asked for; then what comes is for that."""
        if self._upgrading is None:
            return False
        self._upgrading += data
        if len(self._upgrading) > MAX_EARLY:
            self.flow.pause_reading()
        return True

    def on_message_begin(self) -> None:
        self.url = b""
        self._lines = []
        self._body = []
        self._size = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(name) == 6 and name.lower() == b"expect" and value.lower() == b"100-continue":
            self._expects = True
        self._lines.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        if self._expects and self._turn is None:
            self._ask_for_body()

    def on_body(self, body: bytes) -> None:
        self._expects = False
        before = self._size
        self._size += len(body)
        if self._size <= MAX_BODY:
            self._body.append(body)
        elif before <= MAX_BODY:
            self._body = []
            self._take(Turn(None, False, self.parser.should_keep_alive()))

    def on_message_complete(self) -> None:
        self._expects = False
        if self._size > MAX_BODY:
            return  # it has its answer
        parser = self.parser
        version = parser.get_http_version()
        method = parser.get_method().decode("ascii")
        path, query = split_target(self.url.decode("latin-1"))
        request = Request(
            method,
            path,
            query,
            Headers(tuple(self._lines)),
            b"".join(self._body),
            self._peer,
            "HTTP/1.1" if version == "1.1" else f"HTTP/{version}",
            self.scheme or "http",
        )
        upgrade = parser.should_upgrade() and self._sockets is not None and _wants_socket(request)
        if upgrade:
            self._upgrading = bytearray()
        self._take(Turn(request, method == "HEAD", version != "1.0" and parser.should_keep_alive(), upgrade))

    def _take(self, turn: Turn) -> None:
        if self._turn is None:
            self._begin(turn)
        else:
            self._waiting.append(turn)
            self.flow.pause_reading()

    def _ask_for_body(self) -> None:
        self._expects = False
        self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _should_upgrade(self) -> bool:
        """Not by uvicorn."""
        return False

    # -- out

    def _begin(self, turn: Turn) -> None:
        self._turn = turn
        turn.task = task = self.loop.create_task(self._answer(turn))
        self.tasks.add(task)  # what uvicorn waits for when it ends

    async def _answer(self, turn: Turn) -> None:
        stream: ResponseStream | None = None
        try:
            if turn.upgrade:
                answer = await self._asked_for_socket(turn)
                if isinstance(answer, Accepted):
                    self._become_socket(turn, answer)
                    return
                response = answer
            else:
                response = TOO_LONG if turn.request is None else await self._handler(turn.request)
            stream = response.stream
            message = self._message(turn, response)
        except Exception as error:
            if self._fault is not None:
                self._fault(error)
            if stream is not None:
                stream.close()
                stream = None
            message = self._message(turn, FAULT)
        finally:
            self.tasks.discard(turn.task)
        if self.flow.write_paused:
            await self.flow.drain()
        if stream is not None:
            await self._pour(turn, message, stream, bodiless=turn.is_head or response.status in _BARE)
        elif not self.transport.is_closing():
            self.transport.write(message)
        self._turn = None
        self.server_state.total_requests += 1
        transport = self.transport
        if transport.is_closing():
            return
        if not turn.keep_alive:
            transport.close()
            return
        self._go_on()

    async def _asked_for_socket(self, turn: Turn) -> Response | Accepted:
        """One that is refused is the last on its connection: the client may have sent frames behind it."""
        assert self._sockets is not None
        assert turn.request is not None
        turn.keep_alive = False
        return await self._sockets(turn.request)

    def _become_socket(self, turn: Turn, accepted: Accepted) -> None:
        """The 101, and another protocol on this connection."""
        from localstack_lite.wire.socket_protocol import HIGH_WATER, SocketProtocol, accept_token

        transport, listener, early = self.transport, accepted.listener, self._upgrading
        self._turn = None
        if transport.is_closing() or turn.request is None:
            listener.vanished()
            return
        lines = [
            STATUS_LINE[101],
            b"Upgrade: websocket\r\nConnection: Upgrade\r\n",
            b"Sec-WebSocket-Accept: ",
            accept_token(turn.request.headers.get("sec-websocket-key") or ""),
            b"\r\n",
        ]
        if accepted.protocol:
            lines.append(f"Sec-WebSocket-Protocol: {accepted.protocol}\r\n".encode("latin-1", "replace"))
        self._unset_keepalive_if_required()
        self.connections.discard(self)
        self._waiting.clear()
        protocol = SocketProtocol(listener, transport, self.connections)
        transport.write(b"".join([*lines, b"\r\n"]))
        transport.set_write_buffer_limits(high=HIGH_WATER)
        transport.set_protocol(protocol)
        self.flow.resume_reading()
        listener.opened(protocol)
        if early:
            protocol.data_received(bytes(early))

    async def _pour(self, turn: Turn, head: bytes, stream: ResponseStream, *, bodiless: bool) -> None:
        """Write the answer as it comes. The connection is closed unless all of it went out."""
        transport, chunked = self.transport, _is_chunked(turn)
        self._pouring = stream
        if turn.task is not None:
            self.tasks.add(turn.task)
        whole = False
        try:
            if transport.is_closing():
                return
            transport.write(head)
            if bodiless:
                whole = True
                return
            async for piece in stream:
                if transport.is_closing():
                    break
                transport.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
                if self.flow.write_paused:
                    await self.flow.drain()
            whole = (ended := stream.ended) is not None and not ended.error
            if whole and chunked and not transport.is_closing():
                transport.write(b"0\r\n\r\n")
        except Exception as error:
            if self._fault is not None:
                self._fault(error)
        finally:
            self._pouring = None
            self.tasks.discard(turn.task)
            stream.close()
            if not whole:
                transport.close()

    def _go_on(self) -> None:
        """The answer is out: read again, take the next request or wait for one as long as uvicorn allows."""
        self.flow.resume_reading()
        if self._waiting:
            self._begin(self._waiting.popleft())
            return
        if self._expects:
            self._ask_for_body()
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def _message(self, turn: Turn, response: Response) -> bytes:
        """The bytes of a reply. Raises `ValueError` for header lines that cannot be sent: those are a bug of ours."""
        status, body = response.status, response.body
        lines = "".join([f"{name}: {value}\r\n" for name, value in response.headers])
        if lines.count("\n") != len(response.headers) or lines.count("\r") != len(response.headers) or "\0" in lines:
            raise ValueError(f"a header of the reply has a line break: {response.headers!r}")
        if status in _BARE:
            body = b""
        elif response.stream is not None:
            if _is_chunked(turn):
                lines += "transfer-encoding: chunked\r\n"
            else:
                turn.keep_alive = False
        else:
            lines += f"content-length: {len(body)}\r\n"
        parts = [STATUS_LINE[status]]
        for name, value in self.server_state.default_headers:
            parts += (name, b": ", value, b"\r\n")
        parts.append(lines.encode("latin-1"))
        parts.append(b"\r\n" if turn.keep_alive else b"connection: close\r\n\r\n")
        if not turn.is_head:
            parts.append(body)
        return b"".join(parts)


def _wants_socket(request: Request) -> bool:
    return "websocket" in (request.headers.get("upgrade") or "").lower()


def _is_chunked(turn: Turn) -> bool:
    return turn.request is not None and turn.request.protocol != "HTTP/1.0"


def split_target(target: str) -> tuple[str, str]:
    """Path and query of a request target, as sent. The absolute form (`GET http://host/x`) loses scheme and host."""
    if not target.startswith("/") and "://" in target:
        parts = urlsplit(target)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    path, _, query = target.partition("?")
    return path, query
