"""An open WebSocket as both of its sides know it: the line to the client, and who is told what comes over it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from localstack_lite.model.record import record
from localstack_lite.wire.messages import Request, Response


class SocketLine(Protocol):
    """The way to the client. All calls return at once and are harmless after the end."""

    @property
    def full(self) -> bool:
        """Whether the client takes what it is sent too slowly; more than is on its way should not be sent."""
        ...

    def send(self, data: str | bytes) -> None:
        """One message, in frames as large as AWS sends them."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Begin the end, or answer the client's: a close frame. 1005: one without a code."""
        ...

    def drop(self) -> None:
        """Cut the connection, whatever is still on its way."""
        ...

    def pause(self) -> None:
        """Read nothing more of the client until `resume`."""
        ...

    def resume(self) -> None: ...


class SocketListener(Protocol):
    """Who is told. Called on the event loop's thread; `opened` comes first, `vanished` last and always."""

    def opened(self, line: SocketLine) -> None:
        """The client has its 101."""
        ...

    def text(self, text: str) -> None:
        """A whole message."""
        ...

    def touched(self) -> None:
        """A sign of life: a ping, a pong."""
        ...

    def broke(self, code: int, reason: str) -> None:
        """The client sent what it may not. `code` is that of the close frame that it should get."""
        ...

    def left(self, code: int, reason: str) -> None:
        """A close frame of the client: its own, or its answer to ours. 1005: it had no code."""
        ...

    def vanished(self) -> None:
        """The connection is gone. The only call when it was gone before it was opened."""
        ...


@record
class Accepted:
    """The answer to an upgrade request that is a WebSocket from now on. `protocol` is its sub-protocol."""

    listener: SocketListener
    protocol: str = ""


OpenSocket = Callable[[Request], Awaitable[Response | Accepted]]
"""Answers requests that ask for a WebSocket."""
