"""What an event of a WebSocket API is about, beside its request. Values."""

from __future__ import annotations

from enum import StrEnum

from localstack_lite.model.record import record


class SocketEvent(StrEnum):
    """`requestContext.eventType`."""

    CONNECT = "CONNECT"
    MESSAGE = "MESSAGE"
    DISCONNECT = "DISCONNECT"


@record
class Link:
    """A connection. `connected_at` is epoch seconds; `client` the peer's address, `host` the Host that it asked for."""

    id: str
    connected_at: float
    client: str
    user_agent: str | None
    host: str


@record
class Moment:
    """One thing that happens to a connection. `route` is the route key; `code` and `reason` tell how it ended."""

    event: SocketEvent
    route: str
    link: Link
    message_id: str = ""
    code: int = 0
    reason: str = ""
