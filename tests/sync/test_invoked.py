"""Answers of both Invoke calls as one value."""

from __future__ import annotations

import base64
import json

from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.sync import invoked

META = {"ResponseMetadata": {"RequestId": "aws-1", "HTTPHeaders": {"content-type": "application/json; charset=utf-8"}}}
LOG = base64.b64encode(b"START\n").decode()


def test_a_whole_answer() -> None:
    found = invoked.whole({**META, "ExecutedVersion": "7", "LogResult": LOG}, b"1")
    assert found == invoked.Invoked(b"1", "aws-1", "application/json", "7", "START\n")


def test_an_error_has_its_type_and_its_object() -> None:
    payload = b'{"errorType":"ValueError"}'
    found = invoked.whole({**META, "FunctionError": "Unhandled"}, payload)
    assert (found.error, found.failure) == ("ValueError", payload)


def test_an_error_without_an_object_is_unhandled() -> None:
    assert invoked.whole({"FunctionError": "Unhandled"}, b"boom").error == "Unhandled"


def test_a_payload_that_looks_like_an_error_is_none_unless_lambda_says_so() -> None:
    assert invoked.whole(META, b'{"errorType":"ValueError"}').error == ""


def test_a_log_that_is_no_base64_is_no_log() -> None:
    assert invoked.whole({"LogResult": "=%"}, b"").log == ""


def test_the_framing_of_a_stream_is_not_what_is_streamed() -> None:
    answer = {"ResponseStreamContentType": "application/vnd.amazon.eventstream"}
    assert invoked.streamed(answer, b'{"a":1}', {}).content_type == "application/json"
    assert invoked.streamed(answer, b"Hello", {}).content_type == "application/octet-stream"
    assert invoked.streamed({"ResponseStreamContentType": "text/html"}, b"Hello", {}).content_type == "text/html"


def test_a_stream_that_ends_with_an_error_has_failed_whatever_came_before() -> None:
    found = invoked.streamed({}, b"half", {"ErrorCode": "Unhandled", "ErrorDetails": "connection lost"})
    assert (found.payload, found.error) == (b"half", "Unhandled")
    assert json.loads(found.failure) == {"errorType": "Unhandled", "errorMessage": "connection lost"}


def test_an_error_object_in_the_details_counts_before_one_in_the_stream() -> None:
    end = {"ErrorCode": "Unhandled", "ErrorDetails": '{"errorType":"A"}'}
    assert invoked.streamed({}, b'{"errorType":"B"}', end).error == "A"


def test_the_body_of_a_throttle_is_lambdas_to_the_byte() -> None:
    error = {"Error": {"Code": "T", "Message": "Rate Exceeded."}, "Reason": "R", "Type": "User", "message": "x"}
    assert invoked.refusal_body(error) == b'{"Reason":"R","Type":"User","message":"Rate Exceeded."}'


def test_other_errors_say_message_with_a_capital() -> None:
    error = {"Error": {"Code": "ServiceException", "Message": "sorry"}, "Type": "Service"}
    assert invoked.refusal_body(error) == b'{"Type":"Service","Message":"sorry"}'


@given(st.binary(max_size=100), st.dictionaries(st.sampled_from(["ErrorCode", "ErrorDetails", "LogResult"]), st.text()))
def test_whatever_a_stream_ends_with_is_read(payload: bytes, end: dict[str, str]) -> None:
    found = invoked.streamed({}, payload, end)
    assert bool(found.error) == bool(end.get("ErrorCode"))
