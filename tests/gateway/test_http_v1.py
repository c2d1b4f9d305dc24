"""HTTP API events and replies of payload 1.0, from recorded cases."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.model.api import LambdaProxy
from localstack_lite.model.invocation import Answered
from tests.gateway.tale import REPORT, STAMP, event, header, http, lines, project, request, response, tell

OLD = LambdaProxy("Fn", payload="1.0")
SERVED = project(http({"POST /users/{userId}/orders": OLD, "$default": OLD}))


def test_whole_event() -> None:
    headers = [("User-Agent", "TestAgent"), ("Cookie", "session=abc123; theme=dark"), ("X-Custom-Header", "value1")]
    got = event(SERVED, request("POST", "/users/123/orders?status=pending&tag=important&tag=urgent", headers))
    names = ("version", "resource", "path", "httpMethod", "pathParameters", "stageVariables", "body", "isBase64Encoded")
    assert [got[name] for name in names] == [
        "1.0",
        "/users/{userId}/orders",
        "/users/123/orders",
        "POST",
        {"userId": "123"},
        None,
        None,
        False,
    ]
    assert got["headers"]["Cookie"] == "session=abc123; theme=dark"
    assert got["headers"]["X-Custom-Header"] == "value1"
    assert (got["headers"]["Content-Length"], got["multiValueHeaders"]["Content-Length"]) == ("0", ["0"])
    assert got["queryStringParameters"] == {"status": "pending", "tag": "urgent"}
    assert got["multiValueQueryStringParameters"] == {"status": ["pending"], "tag": ["important", "urgent"]}
    context = got["requestContext"]
    assert context["resourceId"] == "POST /users/{userId}/orders"
    assert context["resourcePath"] == "/users/{userId}/orders"
    assert context["requestId"] == context["extendedRequestId"] == STAMP.extended_id
    assert (context["path"], context["stage"]) == ("/users/123/orders", "$default")
    assert (context["identity"]["userAgent"], context["identity"]["sourceIp"]) == ("TestAgent", "192.0.2.7")


def test_path_stays_encoded_where_the_context_and_parameters_are_decoded() -> None:
    got = event(SERVED, request("POST", "/users/****%20Doe/orders"))
    assert got["path"] == "/users/****%20Doe/orders"
    assert got["requestContext"]["path"] == "/users/**** Doe/orders"
    assert got["pathParameters"] == {"userId": "**** Doe"}
    assert got["requestContext"]["identity"]["userAgent"] == ""


def test_named_stage_is_part_of_both_paths() -> None:
    got = event(project(http({"GET /x": OLD}, stage="dev")), request(target="/x"))
    assert (got["path"], got["requestContext"]["path"]) == ("/dev/x", "/dev/x")


def test_body_is_base64_unless_text() -> None:
    assert event(SERVED, request("POST", body=b"\x01\x02\x03\x04\x05"))["body"] == "AQIDBAU="
    sent = request("POST", headers=[("Content-Type", "text/plain"), ("content-length", "2")], body=b"hi")
    got = event(SERVED, sent)
    assert (got["body"], got["headers"]["content-length"]) == ("hi", "2")
    assert "Content-Length" not in got["headers"]


@pytest.mark.parametrize(
    ("value", "status", "body"),
    [
        ({"statusCode": 200}, 200, ""),
        ({"statusCode": 200, "wrongValue": "value"}, 200, ""),
        ({"statusCode": "201"}, 201, ""),
        ({"statusCode": 200, "body": "dGVzdC1kYXRh", "isBase64Encoded": True}, 200, "test-data"),
        ({"statusCode": 200, "body": "Hello, World!"}, 200, "Hello, World!"),
    ],
)
def test_recorded_replies(value: object, status: int, body: str) -> None:
    reply = response(SERVED, request(), value)
    assert (reply.status, reply.body.decode()) == (status, body)
    assert header(reply, "Content-Type") == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"headers": {"test-header": "value"}},
        {"statusCode": 0},
        {"statusCode": "test"},
        "justAString",
        None,
        {"statusCode": 200, "multiValueHeaders": {"test-multi-invalid": "value1"}},
    ],
)
def test_malformed_results_are_500(value: object) -> None:
    _, told = tell(SERVED, request(), Answered("id", json.dumps(value).encode(), REPORT))
    assert (told.response.status, told.response.body) == (500, b'{"message":"Internal Server Error"}')


def test_single_value_comes_before_the_multi_values() -> None:
    value = {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json", "Combined-Header": "single-value"},
        "multiValueHeaders": {"Combined-Header": ["multi-value1", "multi-value2"]},
    }
    reply = response(SERVED, request(), value)
    assert lines(reply, "Combined-Header") == ["single-value", "multi-value1", "multi-value2"]


@given(st.binary(max_size=60))
def test_any_payload_gives_a_reply(payload: bytes) -> None:
    _, told = tell(SERVED, request(), Answered("id", payload, REPORT))
    assert told.response.status == 500
