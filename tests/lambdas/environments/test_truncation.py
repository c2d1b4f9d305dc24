"""Why a streamed answer ended as it did."""

from __future__ import annotations

import base64
import json

import pytest

from localstack_lite.lambdas.environments import truncation
from localstack_lite.lambdas.environments.failures import MAX_RESPONSE

TYPE, BODY = "lambda-runtime-function-error-type", "lambda-runtime-function-error-body"


def test_without_trailers_all_is_well() -> None:
    assert truncation.said({}) == truncation.said({"x-other": "1"}) == truncation.WELL


def test_the_error_is_what_the_trailers_say() -> None:
    error = b'{"errorMessage":"no","errorType":"Error"}'
    told = truncation.said({TYPE: "Function.Bad", BODY: base64.b64encode(error).decode()})
    assert told == ("Function.Bad", error)


@pytest.mark.parametrize(
    "body", ["", "not base64!", base64.b64encode(b"[1]").decode(), base64.b64encode(b"\xff").decode()]
)
def test_an_error_that_cannot_be_read_is_one_all_the_same(body: str) -> None:
    kind, error = truncation.said({TYPE: "nonsense", BODY: body})
    assert (kind, json.loads(error)["errorType"]) == ("Function.Unknown", "Function.Unknown")


def test_an_answer_that_is_too_large_names_its_limit() -> None:
    recorded = "Response payload size exceeded maximum allowed payload size (6291556 bytes)."
    assert json.loads(truncation.too_large(MAX_RESPONSE)[1])["errorMessage"] == recorded
    kind, error = truncation.too_large(truncation.MAX_STREAM)
    assert kind == "Function.ResponseSizeTooLarge"
    assert "(209715200 bytes)" in json.loads(error)["errorMessage"]
