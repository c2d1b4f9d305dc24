"""Compressed bodies of a REST API, both ways. Pure.

AWS docs, "Enable payload compression": a request body whose `Content-Encoding` is gzip or deflate is unpacked before
anything looks at it, whatever the API's settings; another coding, and bytes that are none of it, are 415. The header
stays in the event (seen on AWS), though the body is plain there. A reply is packed when the API has a minimum size, the
body has that, it has no `Content-Encoding` yet, and the client names gzip or deflate as what it likes best; `*` names
nothing.
"""

from __future__ import annotations

import zlib
from dataclasses import replace

from localstack_lite.gateway import differences
from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.limits import BODY_LIMIT
from localstack_lite.gateway.visit import Visit
from localstack_lite.model.difference import Difference
from localstack_lite.model.gateway_response import ResponseType
from localstack_lite.wire.messages import Request, Response

#: How zlib is told what is around the data: gzip, zlib (which HTTP calls deflate), nothing (which some send as it).
_GZIP, _ZLIB, _RAW = 31, 15, -15
_CODINGS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": _ZLIB}
_PLAIN = "identity"
_HEADER = "Content-Encoding"


class _TooLarge(Exception):
    """More comes out than API Gateway takes."""


def unpacked(visit: Visit) -> Visit | Denial:
    """The visit with a plain body; the same one when its body is."""
    sent = visit.request.headers.get_all("content-encoding")
    codings = [name for line in sent for part in line.split(",") if (name := part.strip().lower()) != _PLAIN and name]
    body = visit.request.body
    if not codings or not body:
        return visit
    if len(codings) > 1 or codings[0] not in _CODINGS:
        note = "the body has a Content-Encoding that API Gateway does not know; it takes gzip and deflate"
        return Denial(ResponseType.UNSUPPORTED_MEDIA_TYPE, note)
    coding = codings[0]
    try:
        plain = _unpacked(body, _CODINGS[coding])
    except _TooLarge:
        note = f"the unpacked request body has more than {BODY_LIMIT} bytes, which is all that API Gateway takes"
        return Denial(ResponseType.REQUEST_TOO_LARGE, note)
    except zlib.error:
        return Denial(ResponseType.UNSUPPORTED_MEDIA_TYPE, f"the body is not {coding}, as its Content-Encoding says")
    what = f"API Gateway unpacks a {coding} body, and leaves Content-Encoding in the event's headers"
    visit.differences.append(Difference(differences.UNPACKED, what))
    return replace(visit, request=replace(visit.request, body=plain))


def packed(minimum: int, request: Request, response: Response) -> Response:
    """The response as a client gets it from an API with that minimum size, in bytes."""
    body = response.body
    if not body or len(body) < minimum or response.stream is not None or request.method == "HEAD":
        return response
    coding = _liked_best(",".join(request.headers.get_all("accept-encoding")))
    if not coding or any(name.lower() == "content-encoding" for name, _ in response.headers):
        return response
    packer = zlib.compressobj(wbits=_CODINGS[coding])
    small = packer.compress(body) + packer.flush()
    return replace(response, headers=(*response.headers, (_HEADER, coding)), body=small)


def _unpacked(body: bytes, wbits: int) -> bytes:
    """Raises `zlib.error` and `_TooLarge`."""
    try:
        return _members(body, wbits)
    except zlib.error:
        if wbits != _ZLIB:
            raise
        return _members(body, _RAW)


def _members(body: bytes, wbits: int) -> bytes:
    """gzip may be several files, one after the other."""
    pieces: list[bytes] = []
    room = BODY_LIMIT
    while body:
        unpacker = zlib.decompressobj(wbits)
        piece = unpacker.decompress(body, room + 1)
        room -= len(piece)
        if room < 0:
            raise _TooLarge
        if not unpacker.eof:
            raise zlib.error("it breaks off")
        pieces.append(piece)
        body = unpacker.unused_data
    return b"".join(pieces)


def _liked_best(accept: str) -> str:
    """gzip or deflate, when a client ranks nothing else higher; empty: neither."""
    best, coding, other = 0.0, "", 0.0
    for part in accept.split(","):
        name, _, more = part.partition(";")
        weight = _weight(more)
        name = name.strip().lower()
        if name in ("gzip", "deflate"):
            if weight > best:
                best, coding = weight, name
        elif name != "*":
            other = max(other, weight)
    return coding if best >= other else ""


def _weight(parameters: str) -> float:
    """`q` of it; 1 when there is none, 0 when it cannot be read."""
    for parameter in parameters.split(";"):
        name, equals, number = parameter.partition("=")
        if equals and name.strip().lower() == "q":
            number = number.strip()
            digits = number.replace(".", "", 1)
            return min(float(number), 1.0) if digits.isascii() and digits.isdecimal() else 0.0
    return 1.0
