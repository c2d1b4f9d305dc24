"""One WebSocket of a client, from its 101 on: wsproto's frames between a transport and a `SocketListener`.

What AWS's limits say about frames and messages is seen to here, because it has to be while they come: a frame or a
message that is too large ends the connection before it is all there (1009), a binary one at once (1003; API Gateway
takes text only). A parser that has found a broken frame reads nothing more; what still comes is dropped until the
client is gone. Extensions are not negotiated. Pings are answered here.

A client that is slow is not sent more than a buffer, and is not read while it does not take its answers.
"""

from __future__ import annotations

import asyncio
from typing import Any

from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Message, Ping, TextMessage
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import LocalProtocolError, generate_accept_token

from localstack_lite.model.socket import SocketListener
from localstack_lite.model.websocket import FRAME_LIMIT, MESSAGE_LIMIT

#: Bytes on their way to a client from which on it counts as slow.
HIGH_WATER = 256 * 1024
#: Characters of a piece of text that certainly fit into a frame.
_SAFE = FRAME_LIMIT // 4

TOO_BIG = (1009, "Message too long")
BINARY = (1003, "Binary frames are not supported")


def accept_token(key: str) -> bytes:
    """`Sec-WebSocket-Accept` for a client's key."""
    return generate_accept_token(key.strip().encode("latin-1"))


class SocketProtocol(asyncio.Protocol):
    """Is a `SocketLine`. `connections` is the server's set of those it closes at its end."""

    __slots__ = (
        "_connections",
        "_deaf",
        "_frame",
        "_held",
        "_listener",
        "_parts",
        "_paused",
        "_size",
        "_transport",
        "_wire",
        "full",
    )

    def __init__(self, listener: SocketListener, transport: asyncio.Transport, connections: set[Any]) -> None:
        self._listener = listener
        self._transport = transport
        self._connections = connections
        self._wire = Connection(ConnectionType.SERVER)
        self._parts: list[str] = []  # of the message that is coming
        self._size = 0
        self._frame = 0  # bytes of the frame that is coming
        self._deaf = False
        self._held = False  # by the listener
        self._paused = False
        self.full = False
        connections.add(self)

    # -- asyncio

    def data_received(self, data: bytes) -> None:
        if self._deaf or self._wire.state in (ConnectionState.CLOSED, ConnectionState.REMOTE_CLOSING):
            return
        self._wire.receive_data(data)
        for event in self._wire.events():
            match event:
                case TextMessage():
                    self._took(event)
                case BytesMessage():
                    self._refuse(*BINARY)
                case Ping():
                    self._send(event.response())
                    self._listener.touched()
                case CloseConnection(code=code, reason=reason):
                    self._closed(int(code), reason or "")
                    break
                case _:
                    self._listener.touched()

    def pause_writing(self) -> None:
        self.full = True
        self._flow()

    def resume_writing(self) -> None:
        self.full = False
        self._flow()

    def eof_received(self) -> None:
        """The transport closes itself then."""

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._connections.discard(self)
        self._deaf = True
        self._parts = []
        self._listener.vanished()

    # -- uvicorn

    def shutdown(self) -> None:
        """The server ends. By then whoever listens has said goodbye; what is left is cut."""
        self._transport.close()

    # -- the line

    def send(self, data: str | bytes) -> None:
        pieces = list(_pieces(data))
        self._write(
            b"".join([self._bytes(Message(piece, True, at == len(pieces))) for at, piece in enumerate(pieces, 1)])
        )

    def close(self, code: int, reason: str) -> None:
        # wsproto knows "no code" by identity, and takes no reason with it.
        event = CloseConnection(CloseReason.NO_STATUS_RCVD) if code == 1005 else CloseConnection(code, reason or None)
        self._send(event)
        if self._wire.state is ConnectionState.CLOSED:
            self._transport.close()

    def drop(self) -> None:
        self._transport.abort()

    def pause(self) -> None:
        self._held = True
        self._flow()

    def resume(self) -> None:
        self._held = False
        self._flow()

    # -- inside

    def _took(self, event: TextMessage) -> None:
        """A piece of a message: of a frame as it comes, or of a message in several frames."""
        if self._wire.state is not ConnectionState.OPEN:
            return  # the end has begun: only the client's close frame counts
        size = len(event.data) if event.data.isascii() else len(event.data.encode("utf-8"))
        self._frame += size
        self._size += size
        if self._frame > FRAME_LIMIT or self._size > MESSAGE_LIMIT:
            self._refuse(*TOO_BIG)
            return
        if event.frame_finished:
            self._frame = 0
        if event.message_finished and not self._parts:
            self._size = 0
            self._listener.text(event.data)
            return
        self._parts.append(event.data)
        if event.message_finished:
            text = "".join(self._parts)
            self._parts = []
            self._size = 0
            self._listener.text(text)

    def _refuse(self, code: int, reason: str) -> None:
        self._parts = []
        if self._wire.state is ConnectionState.OPEN:
            self._listener.broke(code, reason)

    def _closed(self, code: int, reason: str) -> None:
        state = self._wire.state
        if state is ConnectionState.REMOTE_CLOSING:
            self._listener.left(code, reason)
        elif state is ConnectionState.CLOSED:  # it answers our close frame
            self._listener.left(code, reason)
            self._transport.close()
        else:  # wsproto's word for a frame that breaks the protocol
            self._deaf = True
            self._parts = []
            self._listener.broke(code, reason)

    def _send(self, event: Any) -> None:
        self._write(self._bytes(event))

    def _bytes(self, event: Any) -> bytes:
        try:
            return self._wire.send(event)
        except LocalProtocolError:
            return b""  # it has ended already

    def _write(self, data: bytes) -> None:
        if data and not self._transport.is_closing():
            self._transport.write(data)

    def _flow(self) -> None:
        wanted = self._held or self.full
        if wanted == self._paused or self._transport.is_closing():
            return
        self._paused = wanted
        if wanted:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()


def _pieces(data: str | bytes) -> list[str] | list[bytes]:
    """What goes out in a frame each."""
    if isinstance(data, str):
        step = FRAME_LIMIT if data.isascii() else _SAFE
        return [data[at : at + step] for at in range(0, len(data), step)] or [""]
    return [data[at : at + FRAME_LIMIT] for at in range(0, len(data), FRAME_LIMIT)] or [b""]
