"""What a function streamed, as the whole reply that it came to. Pure.

AWS docs: a stream of HTTP begins with a prelude, a JSON object of `statusCode`, `headers`, `multiValueHeaders` and
`cookies`; eight NULs; then the body, bytes as they are. REST APIs demand the prelude (in the first 16 KB); a function
URL answers 200 with the bytes where there is none.
"""

from __future__ import annotations

from localstack_lite.gateway.replies import own_headers
from localstack_lite.gateway.result import (
    Malformed,
    cookie_headers,
    multi_headers,
    parsed,
    respond,
    single_headers,
    status_code,
)
from localstack_lite.gateway.visit import Visit
from localstack_lite.model.api import ApiKind
from localstack_lite.wire.messages import Response

#: Between the prelude and the body.
DELIMITER = b"\0" * 8
#: Bytes within which the delimiter has to come (AWS docs, for REST APIs).
_PRELUDE = 16 * 1024
#: What a stream is when nobody says (recorded at function URLs, and what Node's runtime sends).
_BYTES = "application/octet-stream"
_KEYS = frozenset({"statusCode", "headers", "multiValueHeaders", "cookies"})
#: Bytes of a streamed body (AWS quotas).
_LARGEST = 200 * 1024 * 1024


def reply(kind: ApiKind, visit: Visit, payload: bytes, content_type: str) -> Response:
    """`content_type` is what the runtime called the stream. Raises `Malformed` for what AWS would not accept."""
    own = (*own_headers(kind, visit.stamp), ("X-Amzn-Trace-Id", visit.trace.full))
    found = payload.find(DELIMITER, 0, _PRELUDE + len(DELIMITER))
    prelude = _prelude(payload[:found]) if found >= 0 else None
    if prelude is not None:
        lines = [*multi_headers(prelude.get("multiValueHeaders")), *single_headers(prelude.get("headers"))]
        lines += cookie_headers(prelude.get("cookies"))
        status = status_code(prelude.get("statusCode", 200))
        return respond(status, lines, payload[found + len(DELIMITER) :], _BYTES, own, _LARGEST)
    if kind is ApiKind.REST:
        raise Malformed("a stream without a prelude (JSON, then 8 NULs); an API that streams demands one")
    stated = content_type if content_type and "vnd.awslambda" not in content_type else _BYTES
    return respond(200, [("Content-Type", stated)], payload, _BYTES, own, _LARGEST)


def _prelude(text: bytes) -> dict[str, object] | None:
    """None for what only looks like one: bytes with NULs in them."""
    try:
        found = parsed(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) and found.keys() <= _KEYS else None
