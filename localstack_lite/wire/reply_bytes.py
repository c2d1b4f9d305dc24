"""The bytes of a reply, as HTTP/1.1 has them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

from localstack_lite.wire.messages import Response

#: Statuses whose replies have neither a body nor a length.
BARE = frozenset((204, 304))
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
STATUS_LINE = {status: f"HTTP/1.1 {status} {_PHRASES.get(status, '')}\r\n".encode() for status in range(100, 600)}


def reply_bytes(
    response: Response, common: Iterable[tuple[bytes, bytes]], is_head: bool, keep_alive: bool, chunked: bool
) -> bytes:
    """Status line, headers (`common` ones first) and the body, but of a stream the head alone. `chunked`: how a stream
    is sent; else until the connection closes. Raises `ValueError` for header lines that cannot be sent and `KeyError`
    for a status that is none: those are bugs of ours."""
    status, body = response.status, response.body
    lines = "".join([f"{name}: {value}\r\n" for name, value in response.headers])
    if lines.count("\n") != len(response.headers) or lines.count("\r") != len(response.headers) or "\0" in lines:
        raise ValueError(f"a header of the reply has a line break: {response.headers!r}")
    if status in BARE:
        body = b""
    elif response.stream is None:
        lines += f"content-length: {len(body)}\r\n"
    elif chunked:
        lines += "transfer-encoding: chunked\r\n"
    parts = [STATUS_LINE[status]]
    for name, value in common:
        parts += (name, b": ", value, b"\r\n")
    parts.append(lines.encode("latin-1"))
    parts.append(b"\r\n" if keep_alive else b"connection: close\r\n\r\n")
    if not is_head:
        parts.append(body)
    return b"".join(parts)
