"""What InvokeWithResponseStream answers, read back by botocore's decoder."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import pytest

from localstack_lite.lambdas.api.invoke_stream import LARGEST_CHUNK, answer
from localstack_lite.lambdas.environments.truncation import CUT
from localstack_lite.model.invocation import Answered, Invocation, Outcome, Refused, Streaming
from localstack_lite.wire.messages import Response
from tests.streams import REPORT, WrittenStream, over

CALL = Invocation("Fn", b"{}", "r", streamed=True)
TAIL = Invocation("Fn", b"{}", "r", streamed=True, tail=True)


def events(outcome: Outcome, call: Invocation = CALL) -> list[tuple[str, Any]]:
    """Names of events and their payloads; JSON is read."""
    from botocore.eventstream import EventStreamBuffer

    response = answer(outcome, call)
    assert (response.status, dict(response.headers)["Content-Type"]) == (200, "application/vnd.amazon.eventstream")
    buffer = EventStreamBuffer()
    buffer.add_data(response.body)
    for piece in asyncio.run(read(response)):
        buffer.add_data(piece)
    found = []
    for message in buffer:
        kind = message.headers[":event-type"]
        is_json = message.headers[":content-type"] == "application/json"
        found.append((kind, json.loads(message.payload) if is_json else message.payload))
    return found


async def read(response: Response) -> list[bytes]:
    return [] if response.stream is None else [piece async for piece in response.stream]


def streaming(*pieces: bytes, ended: Answered) -> Streaming:
    return Streaming("r", WrittenStream(pieces, ended), executed_version="3")


def test_every_piece_is_a_chunk_and_the_end_is_told() -> None:
    assert events(streaming(b"a", b"bc", ended=over())) == [
        ("PayloadChunk", b"a"),
        ("PayloadChunk", b"bc"),
        ("InvokeComplete", {}),
    ]


def test_a_function_that_answers_at_once_is_one_chunk() -> None:
    assert events(Answered("r", b'"x"', REPORT)) == [("PayloadChunk", b'"x"'), ("InvokeComplete", {})]


def test_large_pieces_are_cut() -> None:
    payload = bytes(2 * LARGEST_CHUNK + 1)
    for outcome in (Answered("r", payload, REPORT), streaming(payload, ended=over())):
        *chunks, _ = events(outcome)
        assert [len(data) for _, data in chunks] == [LARGEST_CHUNK, LARGEST_CHUNK, 1]


ERROR = b'{"errorMessage":"no","errorType":"ValueError"}'


@pytest.mark.parametrize(
    ("outcome", "chunks"),
    [
        (Answered("r", ERROR, REPORT, error="ValueError"), []),
        (streaming(b"a", ended=over("ValueError", ERROR)), [b"a"]),
    ],
    ids=["before it wrote", "in the middle"],
)
def test_an_error_is_told_at_the_end(outcome: Outcome, chunks: list[bytes]) -> None:
    *before, (kind, told) = events(outcome)
    assert [data for _, data in before] == chunks
    assert (kind, told["ErrorCode"], told["ErrorDetails"]) == ("InvokeComplete", "Unhandled", ERROR.decode())


def test_a_stream_that_was_cut_off_has_its_own_code() -> None:
    *_, (_, told) = events(streaming(b"a", ended=over(*CUT)))
    assert told["ErrorCode"] == "Runtime.TruncatedResponse"


def test_the_log_comes_at_the_end_when_it_was_asked_for() -> None:
    *_, (_, told) = events(streaming(ended=over(log="START\nEND\n")), TAIL)
    assert base64.b64decode(told["LogResult"]) == b"START\nEND\n"


def test_version_and_request_id_are_headers() -> None:
    headers = dict(answer(streaming(ended=over()), CALL).headers)
    assert (headers["X-Amz-Executed-Version"], headers["x-amzn-RequestId"]) == ("3", "r")


def test_for_its_reader_the_answer_is_whole_though_the_function_failed() -> None:
    stream = answer(streaming(ended=over("ValueError", ERROR)), CALL).stream
    assert stream is not None
    assert stream.ended is not None
    assert stream.ended.error == ""


def test_a_reader_who_leaves_closes_the_functions_stream() -> None:
    body = WrittenStream([b"a"])
    stream = answer(Streaming("r", body), CALL).stream
    assert stream is not None
    stream.close()
    assert (body.closed, stream.ended) == (True, None)


def test_a_refusal_is_as_of_any_invoke() -> None:
    refused = Refused("r", 429, "TooManyRequestsException", b"{}", "why", (("X-A", "1"),))
    response = answer(refused, CALL)
    headers = dict(response.headers)
    assert (response.status, response.body) == (429, b"{}")
    assert (headers["x-amzn-ErrorType"], headers["X-A"]) == ("TooManyRequestsException", "1")
