"""`@connections`: what a backend asks of an open connection (ApiGatewayManagementApi), and what it is answered. Pure.

    POST | GET | DELETE  /STAGE/@connections/ID     at every address of the gateway, without the stage, too

Statuses and members are botocore's model of that API; texts of errors are AWS's as SDK users show them, where there
are such. An id that cannot be one is a bad request, any other that is not open is gone; so is a connection whose
`$connect` still runs. Signatures are not looked at here: whoever reaches the gateway may send.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import unquote

import orjson

from localstack_lite.gateway.replies import ERROR_TYPE, JSON, REQUEST_ID
from localstack_lite.gateway.sockets.moment import Link
from localstack_lite.gateway.visit import Stamp
from localstack_lite.model.websocket import MESSAGE_LIMIT
from localstack_lite.wire.messages import Request, Response

_PATH = re.compile(r"(?:/+([^/]*))?/+(?:@|%40)connections/+([^/]+)/*", re.IGNORECASE)
#: As they are given out, with room for other lengths.
_ID = re.compile(r"(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{3}=|[A-Za-z0-9_-]{2}==)?")


def asked(path: str) -> tuple[str, str] | None:
    """Stage (empty: none is named) and connection id of such a path; None for any other."""
    found = _PATH.fullmatch(path)
    return (unquote(found[1] or ""), unquote(found[2])) if found else None


def signed(request: Request) -> bool:
    """Whether there is a signature at all; AWS refuses what has none."""
    return (request.headers.get("authorization") or "").startswith("AWS4-") or "X-Amz-Signature=" in request.query


def refusal(method: str, connection: str, size: int, stamp: Stamp) -> Response | None:
    """What is wrong whoever is connected. `size` is that of the body in bytes."""
    if method not in ("POST", "GET", "DELETE"):
        return _error(403, "MissingAuthenticationTokenException", "Missing Authentication Token", "", stamp)
    if not _ID.fullmatch(connection):
        return _error(400, "BadRequestException", f"Invalid connectionId: {connection}", connection, stamp)
    if method == "POST" and size > MESSAGE_LIMIT:
        return _error(413, "PayloadTooLargeException", "Message too long", connection, stamp)
    return None


def unsigned(stamp: Stamp) -> Response:
    return _error(403, "MissingAuthenticationTokenException", "Missing Authentication Token", "", stamp)


def gone(connection: str, stamp: Stamp) -> Response:
    return _error(410, "GoneException", "Gone", connection, stamp)


def full(connection: str, stamp: Stamp) -> Response:
    """The client reads too slowly for what it is sent."""
    return _error(429, "LimitExceededException", "Limit Exceeded", connection, stamp)


def sent(stamp: Stamp) -> Response:
    return Response(200, (JSON, (REQUEST_ID, stamp.request_id)))


def deleted(stamp: Stamp) -> Response:
    return Response(204, ((REQUEST_ID, stamp.request_id),))


def described(link: Link, active: float, stamp: Stamp) -> Response:
    """`active` is epoch seconds."""
    body = {
        "connectedAt": _iso(link.connected_at),
        "identity": {"sourceIp": link.client, "userAgent": link.user_agent or ""},
        "lastActiveAt": _iso(active),
    }
    return Response(200, (JSON, (REQUEST_ID, stamp.request_id)), orjson.dumps(body))


def _error(status: int, name: str, text: str, connection: str, stamp: Stamp) -> Response:
    said = {"message": text, "connectionId": connection, "requestId": stamp.extended_id}
    if not connection:
        said = {"message": text}
    return Response(status, (JSON, (REQUEST_ID, stamp.request_id), (ERROR_TYPE, name)), orjson.dumps(said))


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
