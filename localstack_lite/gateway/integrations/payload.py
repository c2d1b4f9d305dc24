"""Bodies between a REST API and its integration: what is binary, what is text, and what `contentHandling` makes of it.

AWS docs, "Content type conversions in API Gateway". A body is binary when its content type is one of the API's binary
media types. Recorded: bytes of any other body that are no UTF-8 are destroyed on the way. Pure.
"""

from __future__ import annotations

from localstack_lite.gateway.media import BinaryMediaTypes
from localstack_lite.gateway.result import Malformed, unpacked
from localstack_lite.gateway.wiretext import base64_body, text_body
from localstack_lite.model.integration import ContentHandling

_JSON = "application/json"


class Inconvertible(Exception):
    """The body cannot be made into what the integration wants; the first argument says why. AWS answers 500."""


def sent(types: BinaryMediaTypes, body: bytes, content_type: str, handling: ContentHandling) -> tuple[bytes, bool]:
    """The body for the integration, and whether it is binary still. Raises `Inconvertible`."""
    if not body:
        return b"", False
    binary = types.match(content_type or _JSON)
    match handling:
        case ContentHandling.TO_TEXT if binary:
            return base64_body(body).encode(), False
        case ContentHandling.TO_BINARY if not binary:
            return _decoded(body), True
    return (body, True) if binary else (_text(body), False)


def returned(types: BinaryMediaTypes, body: bytes, content_type: str, accept: str, handling: ContentHandling) -> bytes:
    """The integration's body for the client that accepts this. Raises `Inconvertible`."""
    if not body:
        return b""
    binary = types.match(content_type or _JSON)
    wanted = bool(types) and types.accepted(accept)
    match handling:
        case ContentHandling.TO_TEXT:
            return base64_body(body).encode() if binary else _text(body)
        case ContentHandling.TO_BINARY:
            return body if binary else _decoded(body)
    if binary:
        return body if wanted else base64_body(body).encode()
    return _decoded(body) if wanted else _text(body)


def _text(body: bytes) -> bytes:
    return body if body.isascii() else text_body(body).encode()


def _decoded(body: bytes) -> bytes:
    try:
        return unpacked(text_body(body))
    except Malformed:
        raise Inconvertible("the body is not base64, which CONVERT_TO_BINARY or a binary Accept needs") from None
