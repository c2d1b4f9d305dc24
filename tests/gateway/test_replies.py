"""The gateway's own answers, byte for byte."""

from __future__ import annotations

import json

import pytest

from localstack_lite.gateway.replies import Trouble, forbidden, own_headers, refuse, status_of
from localstack_lite.model.api import ApiKind
from tests.gateway.tale import STAMP, header

REST, HTTP, URL = ApiKind.REST, ApiKind.HTTP, ApiKind.FUNCTION_URL
REST_ERROR = '{"message": "Internal server error"}'
HTTP_ERROR = '{"message":"Internal Server Error"}'
UNAVAILABLE = '{"message":"Service Unavailable"}'
TOKEN = "MissingAuthenticationTokenException"
SERVER = "InternalServerErrorException"


@pytest.mark.parametrize(
    ("kind", "trouble", "status", "body", "error_type"),
    [
        (REST, Trouble.NO_ROUTE, 403, '{"message":"Missing Authentication Token"}', TOKEN),
        (REST, Trouble.NO_STAGE, 403, '{"message":"Forbidden"}', "ForbiddenException"),
        (REST, Trouble.MALFORMED, 502, REST_ERROR, SERVER),
        (REST, Trouble.FUNCTION_FAILED, 502, REST_ERROR, SERVER),
        (REST, Trouble.BAD_BASE64, 500, REST_ERROR, SERVER),
        (REST, Trouble.THROTTLED, 500, REST_ERROR, SERVER),
        (REST, Trouble.MISCONFIGURED, 500, REST_ERROR, SERVER),
        (REST, Trouble.TIMED_OUT, 504, '{"message": "Endpoint request timed out"}', SERVER),
        (REST, Trouble.BODY_TOO_LARGE, 413, '{"message": "Request Too Long"}', "RequestTooLargeException"),
        (HTTP, Trouble.NO_ROUTE, 404, '{"message":"Not Found"}', None),
        (HTTP, Trouble.NO_STAGE, 404, '{"message":"Not Found"}', None),
        (HTTP, Trouble.MALFORMED, 500, HTTP_ERROR, None),
        (HTTP, Trouble.FUNCTION_FAILED, 500, HTTP_ERROR, None),
        (HTTP, Trouble.TIMED_OUT, 503, UNAVAILABLE, None),
        (HTTP, Trouble.THROTTLED, 503, UNAVAILABLE, None),
        (HTTP, Trouble.BODY_TOO_LARGE, 413, '{"message":"Request Entity Too Large"}', None),
        (URL, Trouble.FUNCTION_FAILED, 502, "Internal Server Error", None),
        (URL, Trouble.MALFORMED, 502, "Internal Server Error", None),
        (URL, Trouble.THROTTLED, 429, '{"Message":"Rate Exceeded."}', "TooManyRequestsException"),
    ],
)
def test_body_status_and_error_type(
    kind: ApiKind, trouble: Trouble, status: int, body: str, error_type: str | None
) -> None:
    reply = refuse(kind, trouble, STAMP)
    assert (reply.status, reply.body.decode(), header(reply, "x-amzn-ErrorType")) == (status, body, error_type)
    assert status_of(kind, trouble) == status
    assert header(reply, "Content-Type") == "application/json"


def test_recorded_lengths() -> None:
    assert len(refuse(REST, Trouble.MALFORMED, STAMP).body) == 36
    assert len(refuse(HTTP, Trouble.MALFORMED, STAMP).body) == 35
    assert len(refuse(HTTP, Trouble.TIMED_OUT, STAMP).body) == 33


@pytest.mark.parametrize("kind", list(ApiKind))
@pytest.mark.parametrize("trouble", list(Trouble))
def test_every_trouble_has_an_answer_in_every_kind(kind: ApiKind, trouble: Trouble) -> None:
    reply = refuse(kind, trouble, STAMP)
    assert 400 <= reply.status <= 599
    if reply.body.startswith(b"{"):
        assert json.loads(reply.body)


@pytest.mark.parametrize(
    ("trouble", "status", "size"),
    [
        (Trouble.FUNCTION_FAILED, 502, 122),
        (Trouble.MALFORMED, 502, 122),
        (Trouble.THROTTLED, 502, 122),
        (Trouble.BODY_TOO_LARGE, 413, 148),
        (Trouble.TIMED_OUT, 504, 132),
    ],
)
def test_a_load_balancer_answers_with_a_page(trouble: Trouble, status: int, size: int) -> None:
    reply = refuse(ApiKind.ALB, trouble, STAMP)
    assert (reply.status, len(reply.body), status_of(ApiKind.ALB, trouble)) == (status, size, status)
    assert reply.headers == (("Content-Type", "text/html"), ("Server", "awselb/2.0"))
    assert reply.body.startswith(f"<html>\r\n<head><title>{status} ".encode())


def test_ids_of_each_kind() -> None:
    assert own_headers(REST, STAMP) == (("x-amzn-RequestId", STAMP.request_id), ("x-amz-apigw-id", STAMP.extended_id))
    assert own_headers(HTTP, STAMP) == (("apigw-requestid", STAMP.extended_id),)
    assert own_headers(URL, STAMP) == (("x-amzn-RequestId", STAMP.lambda_request_id),)


def test_error_replies_have_no_trace_header() -> None:
    assert all(header(refuse(kind, Trouble.MALFORMED, STAMP), "X-Amzn-Trace-Id") is None for kind in ApiKind)


def test_unknown_host_is_forbidden() -> None:
    assert (forbidden(STAMP).status, forbidden(STAMP).body) == (403, b'{"message":"Forbidden"}')
