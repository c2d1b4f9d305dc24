"""InvokeWithResponseStream: what came of the invocation, as a stream of events. Pure.

An event PayloadChunk for every piece that the function writes, at last one InvokeComplete, with the error when there
was one and the end of the log when it was asked for (AWS API reference; names as in botocore's service model). A
function that answers all at once comes in the same form. The error's code is `Unhandled` for what the function itself
did, as X-Amz-Function-Error is, and the error's own type where the stream was cut off (seen in production).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Final

import orjson

from localstack_lite.lambdas.api import event_stream
from localstack_lite.lambdas.environments.truncation import CUT
from localstack_lite.lambdas.invoke import log_result, refused_response
from localstack_lite.model.invocation import Answered, Invocation, Outcome, Refused, Streaming
from localstack_lite.model.response_stream import ResponseStream
from localstack_lite.wire.messages import Response

#: Bytes of a PayloadChunk at most. The format allows 16 MB (AWS docs); clients read a message as a whole.
LARGEST_CHUNK: Final = 128 * 1024

_BYTES: Final = "application/octet-stream"


def answer(outcome: Outcome, invocation: Invocation) -> Response:
    """The response of the API. It is a 200 for whatever the function did."""
    match outcome:
        case Refused():
            return refused_response(outcome)
        case Answered():
            events = b"".join(_chunks(b"" if outcome.error else outcome.payload)) + _complete(outcome, invocation)
            return Response(200, _headers(outcome.request_id, outcome.executed_version), events)
        case Streaming():
            stream = EventStream(outcome.body, invocation)
            return Response(200, _headers(outcome.request_id, outcome.executed_version), stream=stream)


class EventStream:
    """A `ResponseStream` of events. For its reader it is always whole, for what failed is told in it."""

    __slots__ = ("_body", "_invocation")

    def __init__(self, body: ResponseStream, invocation: Invocation) -> None:
        self._body = body
        self._invocation = invocation

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._body:
            for chunk in _chunks(piece):
                yield chunk
        if (ended := self._body.ended) is not None:
            yield _complete(ended, self._invocation)

    @property
    def ended(self) -> Answered | None:
        ended = self._body.ended
        return None if ended is None else replace(ended, error="")

    def close(self) -> None:
        self._body.close()


def _headers(request_id: str, version: str) -> tuple[tuple[str, str], ...]:
    return (
        ("Content-Type", event_stream.CONTENT_TYPE),
        ("x-amzn-RequestId", request_id),
        ("X-Amz-Executed-Version", version),
    )


def _chunks(data: bytes) -> Iterator[bytes]:
    for at in range(0, len(data), LARGEST_CHUNK):
        yield event_stream.event("PayloadChunk", _BYTES, data[at : at + LARGEST_CHUNK])


def _complete(ended: Answered, invocation: Invocation) -> bytes:
    said: dict[str, str] = {}
    if ended.error:
        said["ErrorCode"] = ended.error if ended.error == CUT[0] else "Unhandled"
        said["ErrorDetails"] = ended.payload.decode("utf-8", "replace")
    if invocation.tail:
        said["LogResult"] = log_result(ended.log)
    return event_stream.event("InvokeComplete", "application/json", orjson.dumps(said))
