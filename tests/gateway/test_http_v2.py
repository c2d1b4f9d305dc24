"""HTTP API events and replies of payload 2.0, from recorded cases."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.http_v2 import raw_path
from localstack_lite.model.invocation import Answered
from tests.gateway.tale import REPORT, STAMP, event, header, http, lines, project, request, response, tell

SERVED = project(http({"POST /users/{userId}/orders": "Fn", "$default": "Fn"}))


def test_whole_event() -> None:
    headers = [
        ("user-agent", "TestAgent"),
        ("accept", "text/html, application/json"),
        ("cookie", "session=abc123; theme=dark"),
        ("x-custom-Header", "value1"),
        ("content-type", "text/plain; charset=utf-8"),
    ]
    target = "/users/123/orders?status=pending&tag=important&tag=urgent"
    assert event(SERVED, request("POST", target, headers)) == {
        "version": "2.0",
        "routeKey": "POST /users/{userId}/orders",
        "rawPath": "/users/123/orders",
        "rawQueryString": "status=pending&tag=important&tag=urgent",
        "cookies": ["session=abc123", "theme=dark"],
        "headers": {
            "accept": "text/html, application/json",
            "content-length": "0",
            "content-type": "text/plain; charset=utf-8",
            "host": "localhost:3000",
            "user-agent": "TestAgent",
            "x-amzn-trace-id": f"Root={STAMP.trace_root}",
            "x-custom-header": "value1",
            "x-forwarded-for": "192.0.2.7",
            "x-forwarded-port": "3000",
            "x-forwarded-proto": "http",
        },
        "queryStringParameters": {"status": "pending", "tag": "important,urgent"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "http",
            "domainName": "http.execute-api.us-east-1.amazonaws.com",
            "domainPrefix": "http",
            "http": {
                "method": "POST",
                "path": "/users/123/orders",
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.7",
                "userAgent": "TestAgent",
            },
            "requestId": STAMP.extended_id,
            "routeKey": "POST /users/{userId}/orders",
            "stage": "$default",
            "time": "02/Aug/2024:23:34:43 +0000",
            "timeEpoch": 1722641683250,
        },
        "pathParameters": {"userId": "123"},
        "isBase64Encoded": False,
    }


def test_empty_parts_are_left_out() -> None:
    got = event(SERVED, request())
    assert not {"cookies", "queryStringParameters", "pathParameters", "body", "stageVariables"} & got.keys()
    assert (got["routeKey"], got["rawQueryString"], got["requestContext"]["http"]["userAgent"]) == ("$default", "", "")


def test_query_is_raw_and_decoded() -> None:
    got = event(SERVED, request("POST", "/search?q=Hello%20World&tag=C%23%20Programming&tag=.NET%20Core"))
    assert got["rawQueryString"] == "q=Hello%20World&tag=C%23%20Programming&tag=.NET%20Core"
    assert got["queryStringParameters"] == {"q": "Hello World", "tag": "C# Programming,.NET Core"}


def test_path_and_its_parameters_are_decoded() -> None:
    got = event(SERVED, request("POST", "/users/%E2%98%95%20Coffee/orders"))
    assert got["rawPath"] == got["requestContext"]["http"]["path"] == "/users/☕ Coffee/orders"
    assert got["pathParameters"] == {"userId": "☕ Coffee"}


def test_decoded_question_mark_cuts_the_path() -> None:
    assert raw_path("", "/a%3Fb/c") == "/a"


def test_named_stage_is_part_of_the_path_in_both_forms() -> None:
    served = project(http({"GET /x": "Fn"}, stage="dev", stage_variables={"k": "v"}))
    for target, host in (("/x", "localhost"), ("/dev/x", "http.execute-api.localhost")):
        got = event(served, request(target=target, host=host))
        assert (got["rawPath"], got["requestContext"]["stage"], got["stageVariables"]) == ("/dev/x", "dev", {"k": "v"})


@pytest.mark.parametrize(
    ("content_type", "body", "binary"),
    [
        ("application/json", "{}", False),
        ("text/plain", "{}", False),
        ("application/octet-stream", "e30=", True),
        ("application/x-www-form-urlencoded", "e30=", True),
        ("", "e30=", True),
    ],
)
def test_body_is_text_for_few_types(content_type: str, body: str, binary: bool) -> None:
    got = event(SERVED, request("POST", "/", [("Content-Type", content_type)] if content_type else [], b"{}"))
    assert (got["body"], got["isBase64Encoded"], got["headers"]["content-length"]) == (body, binary, "2")


@pytest.mark.parametrize(
    ("value", "status", "body", "content_type"),
    [
        ({"statusCode": 200}, 200, "", "text/plain; charset=utf-8"),
        ({"statusCode": "201"}, 201, "", "text/plain; charset=utf-8"),
        ({"statusCode": 200, "wrongValue": "value"}, 200, "", "text/plain; charset=utf-8"),
        ({"statusCode": 200, "body": "dGVzdC1kYXRh", "isBase64Encoded": True}, 200, "test-data", None),
        ({"statusCode": 200, "body": "dGVzdC1kYXRh"}, 200, "dGVzdC1kYXRh", None),
        ({"statusCode": 201, "body": "x", "headers": {"Content-Type": "application/xml"}}, 201, "x", "application/xml"),
        ({}, 200, "{}", "application/json"),
        ({"headers": {"test-header": "value"}}, 200, '{"headers": {"test-header": "value"}}', "application/json"),
        ("justAString", 200, "justAString", "application/json"),
        ('Special "quoted" text', 200, 'Special "quoted" text', "application/json"),
        (None, 200, "null", "application/json"),
        ([1, 2], 200, "[1, 2]", "application/json"),
        (True, 200, "true", "application/json"),
    ],
)
def test_recorded_replies(value: object, status: int, body: str, content_type: str | None) -> None:
    reply = response(SERVED, request("POST"), value)
    assert (reply.status, reply.body.decode()) == (status, body)
    assert content_type in (None, header(reply, "Content-Type"))
    assert header(reply, "apigw-requestid") == STAMP.extended_id


def test_payload_that_is_not_json_is_the_body() -> None:
    _, told = tell(SERVED, request(), Answered("id", b'{"name": "John Doe", "age":', REPORT))
    assert (told.response.status, told.response.body) == (200, b'{"name": "John Doe", "age":')


@pytest.mark.parametrize(
    "value",
    [
        {"statusCode": 0, "body": "x"},
        {"statusCode": "test"},
        {"statusCode": 200.5},
        {"statusCode": None},
        {"statusCode": 200, "cookies": {"a": "1"}},
        {"statusCode": 200, "body": {"a": 1}},
        {"statusCode": 200, "headers": {"X": "a\nb"}},
        {"errorMessage": "test fake error message"},
    ],
)
def test_malformed_results_are_500(value: object) -> None:
    _, told = tell(SERVED, request(), Answered("id", json.dumps(value).encode(), REPORT))
    assert (told.response.status, told.response.body) == (500, b'{"message":"Internal Server Error"}')
    assert header(told.response, "Content-Type") == "application/json"
    assert told.note.startswith("malformed result: ")


def test_cookies_become_lines() -> None:
    reply = response(SERVED, request(), {"statusCode": 200, "cookies": ["a=1; Path=/", "b=2"]})
    assert lines(reply, "Set-Cookie") == ["a=1; Path=/", "b=2"]


def test_headers_keep_the_functions_spelling() -> None:
    reply = response(SERVED, request(), {"statusCode": 200, "headers": {"myHEADER": "test", "header-bool": True}})
    assert ("myHEADER", "test") in reply.headers
    assert ("header-bool", "true") in reply.headers


@given(
    st.binary(max_size=60) | st.dictionaries(st.sampled_from(["statusCode", "headers", "body", "cookies"]), st.text())
)
def test_any_payload_gives_a_reply_that_can_be_sent(result: Any) -> None:
    payload = result if isinstance(result, bytes) else json.dumps(result).encode()
    _, told = tell(SERVED, request(), Answered("id", payload, REPORT))
    assert 200 <= told.response.status <= 599
    for name, value in told.response.headers:
        (name + value).encode("latin-1")
