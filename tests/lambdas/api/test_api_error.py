"""Errors of the Lambda API: their bytes, and that the official client understands them."""

from __future__ import annotations

from typing import Any

import pytest

from localstack_lite.lambdas.api.api_error import (
    ApiError,
    constraint,
    invalid_content,
    invalid_parameter,
    not_found,
    validation,
)


def parse(error: ApiError) -> dict[str, Any]:
    """What botocore makes of it."""
    from botocore.awsrequest import HeadersDict
    from botocore.parsers import create_parser
    from botocore.session import Session

    shape: Any = Session().get_service_model("lambda").operation_model("Invoke").output_shape
    response = error.response("id-1")
    parsed: dict[str, Any] = create_parser("rest-json").parse(
        {
            "status_code": response.status,
            "headers": HeadersDict(response.headers),
            "body": response.body,
            "context": {},
        },
        shape,
    )
    return parsed


@pytest.mark.parametrize(
    ("error", "body"),
    [
        (not_found("no x"), b'{"Type":"User","Message":"no x"}'),
        (invalid_parameter("bad x"), b'{"Type":"User","message":"bad x"}'),
        (invalid_content("bad x"), b'{"Type":"User","message":"bad x"}'),
        (ApiError(413, "RequestEntityTooLargeException", "big"), b'{"Message":"big"}'),
        (ApiError(500, "ServiceException", "oh", "Service"), b'{"Type":"Service","Message":"oh"}'),
        (validation(["one"]), b'{"message":"1 validation error detected: one"}'),
    ],
    ids=lambda value: value.code if isinstance(value, ApiError) else "",
)
def test_the_text_stands_where_the_service_puts_it(error: ApiError, body: bytes) -> None:
    assert error.body() == body


@pytest.mark.parametrize(
    "error", [not_found("it's é"), invalid_parameter("x"), validation(["x"]), ApiError(413, "TooLarge", "y")], ids=repr
)
def test_the_official_client_reads_code_text_and_request_id(error: ApiError) -> None:
    parsed = parse(error)
    assert parsed["Error"]["Code"] == error.code
    assert parsed["Error"]["Message"] == error.message
    assert parsed["ResponseMetadata"]["HTTPStatusCode"] == error.status
    assert parsed["ResponseMetadata"]["RequestId"] == "id-1"


def test_constraints_are_counted_and_joined() -> None:
    assert constraint("v", "member", "be short") == (
        "Value 'v' at 'member' failed to satisfy constraint: Member must be short"
    )
    assert validation(["a", "b"]).message == "2 validation errors detected: a; b"
