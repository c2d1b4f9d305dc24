"""Whether a request asks for a WebSocket, and in the right form (RFC 6455, section 4.2). Pure.

AWS gives no list of what it answers to a malformed upgrade; 400 is what the RFC asks for, and 426 with the version that
is spoken. The limit of 4,096 characters for the address is AWS's quota. Extensions are never negotiated: API Gateway
offers no compression (`Sec-WebSocket-Extensions` of a client is shown to `$connect` and not answered).
"""

from __future__ import annotations

import base64
import binascii

from localstack_lite.gateway.replies import JSON
from localstack_lite.wire.messages import Headers, Request, Response

#: Characters of path and query.
URL_LIMIT = 4096
VERSION = "13"

_BAD = Response(400, (JSON,), b'{"message":"Bad Request"}')
_OTHER_VERSION = Response(426, (JSON, ("Sec-WebSocket-Version", VERSION)), b'{"message":"Upgrade Required"}')
_TOO_LONG = Response(414, (JSON,), b'{"message":"Request-URI Too Long"}')


def is_upgrade(headers: Headers) -> bool:
    """Whether the client wants a WebSocket at all."""
    return "websocket" in _tokens(headers, "upgrade") and "upgrade" in _tokens(headers, "connection")


def fault(request: Request) -> tuple[Response, str] | None:
    """What is wrong with an upgrade request: the answer, and the note that says why."""
    headers = request.headers
    if request.method != "GET" or request.protocol == "HTTP/1.0":
        return _BAD, f"a WebSocket is asked for with GET and HTTP/1.1, not {request.method} and {request.protocol}"
    if (version := headers.get("sec-websocket-version")) != VERSION:
        return _OTHER_VERSION, f"Sec-WebSocket-Version is {version!r}; only {VERSION} is spoken"
    if not _is_key(headers.get("sec-websocket-key") or ""):
        return _BAD, "Sec-WebSocket-Key is not 16 bytes in base64"
    if (length := len(request.path) + len(request.query) + 1) > URL_LIMIT:
        return _TOO_LONG, f"the address has {length} characters, a WebSocket API takes {URL_LIMIT}"
    return None


def wanted(headers: Headers) -> tuple[str, ...]:
    """The sub-protocols that the client asks for, as it wrote them."""
    lines = ",".join(headers.get_all("sec-websocket-protocol"))
    return tuple(name for part in lines.split(",") if (name := part.strip()))


def protocol_note(asked: tuple[str, ...], chosen: str) -> str:
    """What the user should know about the sub-protocol; empty when all is well."""
    if chosen and chosen not in asked:
        return f"$connect answered the sub-protocol {chosen!r}, which the client did not ask for: browsers disconnect"
    if asked and not chosen:
        name = asked[0]
        return (
            f"the client asked for the sub-protocol {name!r} and $connect's reply has no Sec-WebSocket-Protocol header:"
            " browsers disconnect"
        )
    return ""


def _tokens(headers: Headers, name: str) -> set[str]:
    return {part.strip().lower() for line in headers.get_all(name) for part in line.split(",")}


def _is_key(key: str) -> bool:
    try:
        return len(base64.b64decode(key.strip().encode("ascii"), validate=True)) == 16
    except (binascii.Error, UnicodeEncodeError):
        return False
