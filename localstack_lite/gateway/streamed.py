"""What a function streamed, as a reply: of all of it, or of its beginning while the rest still comes. Pure.

REST APIs demand a prelude; a function URL answers 200 with the bytes where there is none (AWS docs).
"""

from __future__ import annotations

from dataclasses import replace

from localstack_lite.gateway.prelude import Opening, split
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
from localstack_lite.model.response_stream import ResponseStream
from localstack_lite.wire.messages import Response

#: What a stream is when nobody says (recorded at function URLs, and what Node's runtime sends).
_BYTES = "application/octet-stream"
#: What a runtime calls a stream that begins with a prelude: `application/vnd.awslambda.http-integration-response`.
_HTTP = "vnd.awslambda"
_KEYS = frozenset({"statusCode", "headers", "multiValueHeaders", "cookies"})
#: Bytes of a streamed body (AWS quotas).
_LARGEST = 200 * 1024 * 1024


def has_prelude(kind: ApiKind, content_type: str) -> bool:
    """Whether a stream that the runtime calls `content_type` has to begin with one."""
    return kind is ApiKind.REST or _HTTP in content_type


def reply(kind: ApiKind, visit: Visit, payload: bytes, content_type: str) -> Response:
    """Of a stream that is there as a whole. `content_type` is what the runtime called it. Raises `Malformed` for what
    AWS would not accept."""
    return _response(kind, visit, split(payload), payload, content_type)


def begun(kind: ApiKind, visit: Visit, opening: Opening, content_type: str, stream: ResponseStream) -> Response:
    """Of a stream that has just begun; its body is `stream`. Raises `Malformed`."""
    return replace(_response(kind, visit, opening, opening.body, content_type, rest=True), stream=stream, body=b"")


def _response(
    kind: ApiKind, visit: Visit, opening: Opening, payload: bytes, content_type: str, *, rest: bool = False
) -> Response:
    own = (*own_headers(kind, visit.stamp), ("X-Amzn-Trace-Id", visit.trace.full))
    prelude = None if opening.prelude is None else _prelude(opening.prelude)
    if prelude is not None:
        lines = [*multi_headers(prelude.get("multiValueHeaders")), *single_headers(prelude.get("headers"))]
        lines += cookie_headers(prelude.get("cookies"))
        status = status_code(prelude.get("statusCode", 200))
        return respond(status, lines, opening.body, _BYTES, own, _LARGEST)
    if rest and opening.prelude is not None:
        raise Malformed("the stream's prelude is not a JSON object of statusCode, headers, multiValueHeaders, cookies")
    if kind is ApiKind.REST:
        raise Malformed("a stream without a prelude (JSON, then 8 NULs); an API that streams demands one")
    stated = content_type if content_type and _HTTP not in content_type else _BYTES
    return respond(200, [("Content-Type", stated)], payload, _BYTES, own, _LARGEST)


def _prelude(text: bytes) -> dict[str, object] | None:
    """None for what only looks like one: bytes with NULs in them."""
    try:
        found = parsed(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) and found.keys() <= _KEYS else None
