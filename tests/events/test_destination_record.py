"""Records and dead letters, byte for byte as recorded."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from localstack_lite.events.destination_record import (
    Ended,
    Response,
    dead_letter,
    event_entry,
    message_attributes,
    object_key,
    parcels,
    record,
    stamp,
)
from localstack_lite.events.retry import Condition

#: 2026-11-22T11:04:38.123Z
AT = 1_795_345_478.1234
QUEUE, TOPIC = "arn:aws:sqs:us-east-1:123456789012:done", "arn:aws:sns:us-east-1:123456789012:dead"
BUS = "arn:aws:events:us-east-1:123456789012:event-bus/shop"
ARN = "arn:aws:lambda:us-east-1:123456789012:function:hello:$LATEST"
SUCCESS = Ended(
    "id-1", "hello", ARN, b'{"a": 1}', Condition.SUCCESS, 1, AT, Response(200, b'{"b": 2.50}', "$LATEST"), "Root=1"
)
ERROR = b'{"errorMessage":"Test exception (this is intentional)","errorType":"Exception","requestId":"id-1"}'
FAILURE = replace(
    SUCCESS, condition=Condition.RETRIES_EXHAUSTED, tries=3, response=Response(200, ERROR, "$LATEST", failed=True)
)


def test_the_record_of_a_success() -> None:
    assert json.loads(record(SUCCESS)) == {
        "version": "1.0",
        "timestamp": "2026-11-22T11:04:38.123Z",
        "requestContext": {
            "requestId": "id-1",
            "functionArn": ARN,
            "condition": "Success",
            "approximateInvokeCount": 1,
        },
        "requestPayload": {"a": 1},
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST"},
        "responsePayload": {"b": 2.5},
    }


def test_the_record_of_a_failure_says_that_the_function_failed_and_how() -> None:
    told = json.loads(record(FAILURE))
    assert told["requestContext"]["condition"] == "RetriesExhausted"
    assert told["requestContext"]["approximateInvokeCount"] == 3
    assert told["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"}
    assert told["responsePayload"]["errorType"] == "Exception"


def test_payloads_go_in_as_they_are() -> None:
    exact = replace(SUCCESS, payload=b' {"big":123456789012345678901234567890,"f":1.50} ')
    assert b'"requestPayload":{"big":123456789012345678901234567890,"f":1.50},' in record(exact)
    odd = replace(SUCCESS, response=Response(200, b"\xffno json", "1"))
    assert json.loads(record(odd))["responsePayload"] == "\ufffdno json"


def test_an_event_that_never_ran_has_no_response() -> None:
    zero = replace(SUCCESS, condition=Condition.ZERO_RESERVED_CONCURRENCY, tries=0, response=None)
    told = json.loads(record(zero))
    assert told["requestContext"]["approximateInvokeCount"] == 0
    assert told.keys() == {"version", "timestamp", "requestContext", "requestPayload"}


def test_a_refusal_is_no_response_of_the_function() -> None:
    throttled = replace(FAILURE, response=Response(429, b'{"message":"Rate Exceeded."}'))
    assert "responseContext" not in json.loads(record(throttled))
    assert dead_letter(throttled)["ErrorCode"] == ("Number", "429")
    assert dead_letter(throttled)["ErrorMessage"] == ("String", "Rate Exceeded.")


def test_a_dead_letter_is_the_event_with_three_attributes() -> None:
    (letter,) = parcels(FAILURE, "", "", TOPIC, "token")
    assert letter.body == b'{"a": 1}'
    assert message_attributes(letter) == {
        "RequestID": {"DataType": "String", "StringValue": "id-1"},
        "ErrorCode": {"DataType": "Number", "StringValue": "200"},
        "ErrorMessage": {"DataType": "String", "StringValue": "Test exception (this is intentional)"},
    }


def test_the_message_of_a_dead_letter_ends_after_a_kilobyte_never_inside_a_character() -> None:
    long = json.dumps({"errorMessage": "x" + "ä" * 2000}, ensure_ascii=False).encode()
    (_, message) = dead_letter(replace(FAILURE, response=Response(200, long, "1", failed=True)))["ErrorMessage"]
    assert message == "x" + "ä" * 511
    assert len(message.encode()) == 1023


@pytest.mark.parametrize("payload", [b"null", b'"text"', b"[1]", b"{}", b"\xff"])
def test_a_dead_letter_says_something_whatever_the_function_answered(payload: bytes) -> None:
    odd = replace(FAILURE, response=Response(200, payload, "1", failed=True))
    assert dead_letter(odd)["ErrorMessage"] == ("String", "RetriesExhausted")


def test_who_gets_what() -> None:
    def kinds(ended: Ended) -> list[tuple[str, str]]:
        return [(one.kind, one.target) for one in parcels(ended, QUEUE, BUS, TOPIC, "t")]

    assert kinds(SUCCESS) == [("success", QUEUE)]
    assert kinds(FAILURE) == [("failure", BUS), ("dead letter", TOPIC)]
    assert parcels(SUCCESS, "", BUS, TOPIC, "t") == ()
    assert parcels(FAILURE, QUEUE, "", "", "t") == ()


@pytest.mark.parametrize(("ended", "result"), [(SUCCESS, "Success"), (FAILURE, "Failure")])
def test_the_entry_for_a_bus(ended: Ended, result: str) -> None:
    parcel = parcels(ended, BUS, BUS, "", "t")[0]
    entry = event_entry(parcel, "shop")
    assert json.loads(entry.pop("Detail")) == json.loads(record(ended))
    assert entry == {
        "Time": datetime.fromtimestamp(AT, UTC),
        "Source": "lambda",
        "Resources": [ARN, BUS],
        "DetailType": f"Lambda Function Invocation Result - {result}",
        "EventBusName": "shop",
    }


def test_the_name_of_an_object_in_s3() -> None:
    parcel = parcels(FAILURE, "", "arn:aws:s3:::lost", "", "0000-token")[0]
    assert object_key(parcel) == "aws/lambda/async/hello/2026/11/22/2026-11-22T11.04.38-0000-token"


def test_stamps_have_milliseconds_also_when_there_are_none() -> None:
    assert stamp(0) == "1970-01-01T00:00:00.000Z"
