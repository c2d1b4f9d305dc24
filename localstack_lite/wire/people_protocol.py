"""One connection of a person or an SDK: uvicorn's protocol with a `Handler` in place of an ASGI application.

uvicorn keeps connections, flow control and the graceful end. What is different here: a request is taken whole and
exactly as sent (`request_reader`; ASGI would hand on names in lower case and a decoded path), and its answer goes out
in one write. Requests of one connection are answered in their order; one that comes before the last is answered waits.

What cannot be read, is too large or does not get on is refused after the answers before it, and the connection ends:
what still comes is dropped for a while, so that the client gets to read why. A client that has nothing more to say
(it shut its side) still gets the answers that are in work.

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

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from localstack_lite.model.record import record
from localstack_lite.model.response_stream import ResponseStream
from localstack_lite.model.socket import Accepted, OpenSocket
from localstack_lite.model.unread_request import UnreadRequest
from localstack_lite.ports import Handler
from localstack_lite.wire.messages import Request, Response
from localstack_lite.wire.reply_bytes import BARE, STATUS_LINE, reply_bytes
from localstack_lite.wire.request_reader import Refusal, RequestReader

#: What is read of a client that sends frames before it has its 101.
MAX_EARLY = 64 * 1024

_JSON = (("Content-Type", "application/json"),)
FAULT = Response(500, _JSON, b'{"message":"Internal Server Error"}')


@record
class Patience:
    """Seconds that a client has: `silence` for the head of a request, and until a byte of its body comes; `whole` for
    all of a request; `idle` until one begins; `linger` to read why it was refused."""

    silence: float = 60.0
    whole: float = 900.0
    idle: float = 75.0
    linger: float = 5.0


PATIENCE = Patience()


class Turn:
    """A request and whether the connection lives on after its answer. Without a request it is one that was refused,
    with `reply`."""

    __slots__ = ("is_head", "keep_alive", "reply", "request", "task", "upgrade")

    def __init__(
        self, request: Request | None, keep_alive: bool, upgrade: bool = False, reply: Response = FAULT
    ) -> None:
        self.request = request
        self.is_head = request is not None and request.method == "HEAD"
        self.keep_alive = keep_alive
        self.upgrade = upgrade
        self.reply = reply
        self.task: asyncio.Task[None] | None = None


class PeopleProtocol(HttpToolsProtocol):
    def __init__(
        self,
        handler: Handler,
        fault: Callable[[BaseException], None] | None,
        sockets: OpenSocket | None = None,
        patience: Patience = PATIENCE,
        refused: Callable[[UnreadRequest], None] | None = None,
        **uvicorns: Any,
    ) -> None:
        """An exception of the handler is a bug of ours: the client gets a plain 500, `fault` is told. `refused` is told
        of requests that never reach the handler."""
        super().__init__(**uvicorns)
        self._handler = handler
        self._sockets = sockets
        self._upgrading: bytearray | None = None  # what came behind a request for a WebSocket
        self._fault = fault
        self._patience = patience
        self._refused = refused
        self._reader: RequestReader = None  # type: ignore[assignment]  # there is a peer only with a connection
        self._turn: Turn | None = None
        self._pouring: ResponseStream | None = None
        self._waiting: deque[Turn] = deque()
        self._late: asyncio.TimerHandle | None = None  # only while a request comes in pieces
        self._since = self._heard = 0.0
        self._deaf = False  # what comes is not looked at any more
        self._ended = False  # the client has shut its side
        self._lingering: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        peer = self.client[0] if self.client is not None else "127.0.0.1"
        sockets = self._sockets is not None
        self._reader = RequestReader(self._taken, peer, self.scheme or "http", sockets=sockets, fault=self._fault)
        self._idle()

    def connection_lost(self, exc: Exception | None) -> None:
        self._deaf = True
        self._waiting.clear()
        self._unset_keepalive_if_required()
        self._in_time()
        if self._lingering is not None:
            self._lingering.cancel()
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
        if self._deaf or self._kept(data):
            return
        if self.timeout_keep_alive_task is not None:
            self._unset_keepalive_if_required()
        reader = self._reader
        try:
            early = reader.feed(data)
        except Refusal as refusal:
            self._refuse(refusal)
            return
        if early is not None:
            self._kept(early)
        elif reader.coming:
            if reader.in_body:
                self._heard = self.loop.time()
            if self._late is None:
                self._wait_for_rest()
            if reader.holds and self._turn is None:
                self._ask_for_body()
        elif self._turn is None and self.timeout_keep_alive_task is None:
            self._idle()  # there were only line ends

    def eof_received(self) -> bool:  # type: ignore[override]  # uvicorn says None
        """Whether the connection stays until all is answered. While an answer is being written out, a client that only
        shut its side cannot be told from one that left; leaving is what clients do then. TLS has no such half."""
        if self._turn is None or self._pouring is not None or self._upgrading is not None or self.scheme == "https":
            return False
        self._ended = True
        self._in_time()
        return True

    def _kept(self, data: bytes) -> bool:
        """Whether a WebSocket is asked for; then what comes is for that."""
        if self._upgrading is None:
            return False
        self._upgrading += data
        if len(self._upgrading) > MAX_EARLY:
            self.flow.pause_reading()
        return True

    def _taken(self, request: Request, keep_alive: bool, upgrade: bool) -> None:
        if self._late is not None:
            self._in_time()
        if upgrade:
            self._upgrading = bytearray()
        self._take(Turn(request, keep_alive, upgrade))

    def _take(self, turn: Turn) -> None:
        if self._turn is None:
            self._begin(turn)
        else:
            self._waiting.append(turn)
            self.flow.pause_reading()

    def _ask_for_body(self) -> None:
        self._reader.holds = False
        self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _should_upgrade(self) -> bool:
        """Not by uvicorn."""
        return False

    # -- what is not read

    def _refuse(self, refusal: Refusal) -> None:
        """The last answer on this connection, behind those in work."""
        self._deaf = True
        self._in_time()
        self._reader.forget()
        if self._refused is not None:
            self._refused(refusal.request)
        self._take(Turn(None, keep_alive=False, reply=refusal.wrong.reply))

    def _wait_for_rest(self) -> None:
        self._since = self._heard = self.loop.time()
        self._late = self.loop.call_later(min(self._patience.silence, self._patience.whole), self._overdue)

    def _overdue(self) -> None:
        """A request began some time ago and is not all there. While another one is in work, it may not even be read."""
        now, patience = self.loop.time(), self._patience
        if self._turn is not None:
            self._since = self._heard = now
        due = min(self._heard + patience.silence, self._since + patience.whole)
        if due > now:
            self._late = self.loop.call_later(due - now, self._overdue)
        else:
            self._refuse(self._reader.overdue(now - self._since))

    def _in_time(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _idle(self) -> None:
        """Nothing is in work, and nothing has begun."""
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(self._patience.idle, self.timeout_keep_alive_handler)

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
                response = turn.reply if turn.request is None else await self._handler(turn.request)
            stream = response.stream
            if self._ended and not self._waiting:
                turn.keep_alive = False
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
            await self._pour(turn, message, stream, bodiless=turn.is_head or response.status in BARE)
        elif not self.transport.is_closing():
            self.transport.write(message)
        self._turn = None
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        if turn.keep_alive:
            self._go_on()
        else:
            self._part()

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
        """The answer is out: take the next request, or read again and wait for one."""
        if self._waiting:
            self._begin(self._waiting.popleft())
            return
        self.flow.resume_reading()
        if self._reader.holds:
            self._ask_for_body()
        if not self._reader.coming:
            self.timeout_keep_alive_task = self.loop.call_later(self._patience.idle, self.timeout_keep_alive_handler)

    def _part(self) -> None:
        """No more answers. A client that may still be sending would lose the last one if the connection was cut."""
        transport = self.transport
        unread = self._deaf or self._waiting or self.flow.read_paused
        if self._ended or not unread or not transport.can_write_eof():
            transport.close()
            return
        self._deaf = True
        self._waiting.clear()
        self.flow.resume_reading()
        transport.write_eof()
        self._lingering = self.loop.call_later(self._patience.linger, transport.abort)

    def _message(self, turn: Turn, response: Response) -> bytes:
        chunked = False
        if response.stream is not None:
            chunked = _is_chunked(turn)
            if not chunked and response.status not in BARE:
                turn.keep_alive = False
        return reply_bytes(response, self.server_state.default_headers, turn.is_head, turn.keep_alive, chunked)


def _is_chunked(turn: Turn) -> bool:
    return turn.request is not None and turn.request.protocol != "HTTP/1.0"
