"""Function URL events and replies, from recorded and documented cases."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.model.api import Api, ApiKind, Closed, Route
from localstack_lite.model.invocation import Answered
from tests.gateway.tale import REPORT, STAMP, event, header, lines, project, request, response, tell, url

SERVED = project(url())


def test_whole_event() -> None:
    target = "/my/path?parameter1=value1&parameter1=value2&parameter2=value"
    headers = [("Header1", "value1"), ("Cookie", "cookie1; cookie2"), ("User-Agent", "agent")]
    assert event(SERVED, request("POST", target, headers, b"Hello from client!", host="fn.lambda-url.localhost")) == {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/my/path",
        "rawQueryString": "parameter1=value1&parameter1=value2&parameter2=value",
        "cookies": ["cookie1", "cookie2"],
        "headers": {
            "header1": "value1",
            "cookie": "cookie1; cookie2",
            "user-agent": "agent",
            "host": "fn.lambda-url.localhost",
            "x-amzn-trace-id": f"Root={STAMP.trace_root}",
            "x-forwarded-for": "192.0.2.7",
            "x-forwarded-port": "80",
            "x-forwarded-proto": "http",
        },
        "queryStringParameters": {"parameter1": "value1,value2", "parameter2": "value"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "fnurl",
            "domainName": "fnurl.lambda-url.us-east-1.on.aws",
            "domainPrefix": "fnurl",
            "http": {
                "method": "POST",
                "path": "/my/path",
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.7",
                "userAgent": "agent",
            },
            "requestId": STAMP.lambda_request_id,
            "routeKey": "$default",
            "stage": "$default",
            "time": "02/Aug/2024:23:34:43 +0000",
            "timeEpoch": 1722641683250,
        },
        "body": "Hello from client!",
        "isBase64Encoded": False,
    }


def test_path_stays_encoded() -> None:
    assert event(SERVED, request(target="/pa%2Fth//1%20"))["rawPath"] == "/pa%2Fth//1%20"


@pytest.mark.parametrize(
    ("content_type", "body", "binary"),
    [
        ("multipart/form-data; boundary=4efd", b"text only", True),
        ("application/x-www-form-urlencoded", b"a=b", True),
        ("application/json", b"{}", False),
        ("", b"plain", False),
        ("", b"\xff\xfe", True),
    ],
)
def test_forms_are_base64_and_a_body_without_type_is_text(content_type: str, body: bytes, binary: bool) -> None:
    got = event(SERVED, request("POST", "/", [("Content-Type", content_type)] if content_type else [], body))
    assert got["isBase64Encoded"] is binary
    assert got["body"] == (base64.b64encode(body).decode() if binary else body.decode())


@pytest.mark.parametrize(
    ("value", "status", "body"),
    [
        ("hello", 200, "hello"),
        (3, 200, "3"),
        (3.1, 200, "3.1"),
        (True, 200, "true"),
        ({"hello": "world"}, 200, '{"hello": "world"}'),
        (["hello", 3, True], 200, '["hello", 3, true]'),
        ({"statusCode": 200, "body": "body123"}, 200, "body123"),
        ({"statusCode": "418", "body": "i'm a teapot", "isBase64Encoded": False}, 418, "i'm a teapot"),
        ({"errorMessage": "only a word"}, 200, '{"errorMessage": "only a word"}'),
    ],
)
def test_recorded_replies_are_json_by_default(value: object, status: int, body: str) -> None:
    reply = response(SERVED, request(), value)
    assert (reply.status, reply.body.decode(), header(reply, "Content-Type")) == (status, body, "application/json")


def test_reply_has_the_invocations_id_its_headers_and_cookies() -> None:
    cookies = ["Cookie_1=Value1; Expires=21 Oct 2021 07:48 GMT", "Cookie_2=Value2; Max-Age=78000"]
    value = {"statusCode": 201, "headers": {"My-Custom-Header": "Custom Value"}, "body": "{}", "cookies": cookies}
    reply = response(SERVED, request(), value)
    assert header(reply, "x-amzn-RequestId") == STAMP.lambda_request_id
    assert header(reply, "my-custom-header") == "Custom Value"
    assert lines(reply, "set-cookie") == cookies
    assert (header(reply, "x-amzn-trace-id") or "").startswith("Root=")


def test_function_error_and_malformed_results_are_502() -> None:
    for outcome in (Answered("id", b"{}", REPORT, error="Exception"), Answered("id", b'{"statusCode":0}', REPORT)):
        _, told = tell(SERVED, request(), outcome)
        assert (told.response.status, told.response.body) == (502, b"Internal Server Error")


def test_one_that_nobody_may_call_is_403_as_recorded() -> None:
    api = Api("U", "u", ApiKind.FUNCTION_URL, (Route("ANY", "$default", Closed("its alias is gone")),))
    call, told = tell(project(api), request())
    assert call is None
    assert (told.response.status, told.note) == (403, "its alias is gone")
    assert json.loads(told.response.body)["Message"].startswith("Forbidden. For troubleshooting Function URL")
    assert ("x-amzn-ErrorType", "AccessDeniedException") in told.response.headers


@given(st.recursive(st.none() | st.integers() | st.text(), lambda v: st.dictionaries(st.text(), v, max_size=3)))
def test_any_result_gives_a_reply(value: object) -> None:
    _, told = tell(SERVED, request(), Answered("id", json.dumps(value).encode(), REPORT))
    assert told.response.status in (200, 502)
