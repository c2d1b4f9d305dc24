"""What is a WebSocket API's alone. Values. Source: AWS docs, "WebSocket APIs" and its quotas."""

from __future__ import annotations

from dataclasses import dataclass

CONNECT, DISCONNECT, DEFAULT = "$connect", "$disconnect", "$default"
#: Seconds until an idle connection, and any connection, is closed.
IDLE = 600.0
DURATION = 7200.0
#: Bytes of one frame and of one message, in both directions; more from a client ends its connection with code 1009.
FRAME_LIMIT = 32 * 1024
MESSAGE_LIMIT = 128 * 1024


@dataclass(frozen=True, slots=True)
class WebSocket:
    """`selection` chooses the route of a message, as `$request.body.action`. `idle` and `duration` in seconds."""

    selection: str = "$request.body.action"
    idle: float = IDLE
    duration: float = DURATION
