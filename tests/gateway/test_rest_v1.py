"""REST events and replies, from recorded cases: AWS's form of the address, so that paths are as they were sent."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.rest_v1 import short_id
from localstack_lite.model.invocation import Answered
from tests.gateway.tale import REPORT, STAMP, event, header, lines, project, request, response, rest, tell

AWS = "rest.execute-api.localhost:3000"
API = rest({"ANY /{proxy+}": "Fn", "ANY /hardcoded": "Fn"})
SERVED = project(API)
HEADERS = (("User-Agent", "python-requests/testing"), ("tEsT-HEADeR", "aValUE"), ("authorization", "random-value"))


def recorded(target: str, method: str = "GET", headers: Any = HEADERS, body: bytes = b"") -> dict[str, Any]:
    return event(SERVED, request(method, target, headers, body, host=AWS))


def test_whole_event() -> None:
    assert recorded("/stage/proxy-value") == {
        "resource": "/{proxy+}",
        "path": "/proxy-value",
        "httpMethod": "GET",
        "headers": {
            "Host": AWS,
            "User-Agent": "python-requests/testing",
            "tEsT-HEADeR": "aValUE",
            "Authorization": "random-value",
            "X-Amzn-Trace-Id": f"Root={STAMP.trace_root}",
            "X-Forwarded-For": "192.0.2.7",
            "X-Forwarded-Port": "3000",
            "X-Forwarded-Proto": "http",
        },
        "multiValueHeaders": {
            "Host": [AWS],
            "User-Agent": ["python-requests/testing"],
            "tEsT-HEADeR": ["aValUE"],
            "Authorization": ["random-value"],
            "X-Amzn-Trace-Id": [f"Root={STAMP.trace_root}"],
            "X-Forwarded-For": ["192.0.2.7"],
            "X-Forwarded-Port": ["3000"],
            "X-Forwarded-Proto": ["http"],
        },
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"proxy": "proxy-value"},
        "stageVariables": None,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "rest",
            "deploymentId": short_id("rest/stage"),
            "domainName": "rest.execute-api.us-east-1.amazonaws.com",
            "domainPrefix": "rest",
            "extendedRequestId": STAMP.extended_id,
            "httpMethod": "GET",
            "identity": {
                "accessKey": None,
                "accountId": None,
                "caller": None,
                "cognitoAuthenticationProvider": None,
                "cognitoAuthenticationType": None,
                "cognitoIdentityId": None,
                "cognitoIdentityPoolId": None,
                "principalOrgId": None,
                "sourceIp": "192.0.2.7",
                "user": None,
                "userAgent": "python-requests/testing",
                "userArn": None,
            },
            "path": "/stage/proxy-value",
            "protocol": "HTTP/1.1",
            "requestId": STAMP.request_id,
            "requestTime": "02/Aug/2024:23:34:43 +0000",
            "requestTimeEpoch": 1722641683250,
            "resourceId": short_id("rest/{proxy+}"),
            "resourcePath": "/{proxy+}",
            "stage": "stage",
        },
        "body": None,
        "isBase64Encoded": False,
    }


@pytest.mark.parametrize(
    ("target", "path", "proxy", "context_path"),
    [
        ("/stage/proxy-value/", "/proxy-value/", "proxy-value", "/stage/proxy-value/"),
        ("/stage/proxy-value//double", "/proxy-value//double", "proxy-value//double", "/stage/proxy-value//double"),
        ("//stage/proxy-value", "/proxy-value", "proxy-value", "/stage/proxy-value"),
        ("/stage//proxy-value", "/proxy-value", "proxy-value", "/stage//proxy-value"),
        ("/stage/a%2Bb@c/d+e", "/a%2Bb@c/d+e", "a%2Bb@c/d+e", "/stage/a%2Bb@c/d+e"),
    ],
)
def test_paths_stay_as_sent(target: str, path: str, proxy: str, context_path: str) -> None:
    got = recorded(target)
    assert (got["path"], got["pathParameters"], got["requestContext"]["path"]) == (path, {"proxy": proxy}, context_path)


def test_hardcoded_resource_after_two_slashes() -> None:
    got = recorded("/stage//hardcoded")
    assert (got["resource"], got["path"], got["pathParameters"]) == ("/hardcoded", "/hardcoded", None)
    assert (got["requestContext"]["path"], got["requestContext"]["resourcePath"]) == ("/stage//hardcoded", "/hardcoded")


def test_bare_address_has_no_stage_in_the_path_but_in_the_context() -> None:
    got = event(SERVED, request(target="/hardcoded"))
    assert (got["path"], got["requestContext"]["path"]) == ("/hardcoded", "/stage/hardcoded")
    assert got["requestContext"]["stage"] == "stage"


def test_query_and_body_of_a_post() -> None:
    target = "/stage/p?category=electronics&category=books&price=10&price=20"
    headers = [
        ("Content-Type", "application/json;charset=utf-8"),
        ("aUThorization", "Bearer x"),
        ("Content-Length", "3"),
    ]
    got = recorded(target, "POST", headers, b'{"message":"hello world"}')
    assert got["queryStringParameters"] == {"category": "books", "price": "20"}
    assert got["multiValueQueryStringParameters"] == {"category": ["electronics", "books"], "price": ["10", "20"]}
    assert got["headers"]["Authorization"] == "Bearer x"
    assert "Content-Length" not in got["headers"]
    assert json.loads(got["body"]) == {"message": "hello world"}


def test_binary_body_is_destroyed_unless_its_type_is_configured() -> None:
    sent = request("POST", "/x", [("Content-Type", "image/png")], b"\x89PNG\xff")
    got = event(SERVED, sent)
    assert (got["body"], got["isBase64Encoded"]) == ("�PNG�", False)
    binary = event(project(rest({"ANY /{proxy+}": "Fn"}, binary_media_types=("image/png",))), sent)
    assert (binary["body"], binary["isBase64Encoded"]) == ("iVBOR/8=", True)


def test_star_media_type_makes_every_body_binary_but_no_empty_one() -> None:
    served = project(rest({"ANY /{proxy+}": "Fn"}, binary_media_types=("*~1*",)))
    assert event(served, request("POST", "/x", body=b"hi"))["isBase64Encoded"] is True
    assert event(served, request("POST", "/x"))["body"] is None


def test_stage_variables_and_operation_name_appear_when_there_are_some() -> None:
    got = event(project(rest({"GET /x": "Fn"}, stage_variables={"k": "v"})), request(target="/x"))
    assert got["stageVariables"] == {"k": "v"}
    assert "operationName" not in got["requestContext"]


def answer(value: object, accept: str = "", types: tuple[str, ...] = ()) -> Any:
    served = project(rest({"ANY /{proxy+}": "Fn"}, binary_media_types=types))
    return response(served, request("POST", "/test", [("Accept", accept)] if accept else []), value)


@pytest.mark.parametrize(
    ("value", "status", "body"),
    [
        ({}, 200, ""),
        ({"statusCode": 200}, 200, ""),
        ({"headers": {"test-header": "value"}}, 200, ""),
        ({"statusCode": 200, "headers": None}, 200, ""),
        ({"statusCode": "201"}, 201, ""),
        ({"statusCode": 200, "body": "Hello, World!"}, 200, "Hello, World!"),
        ({"statusCode": 200, "body": "dGVzdC1kYXRh", "isBase64Encoded": True}, 200, "dGVzdC1kYXRh"),
        ({"statusCode": 204, "body": ""}, 204, ""),
    ],
)
def test_recorded_replies(value: object, status: int, body: str) -> None:
    reply = answer(value)
    assert (reply.status, reply.body.decode(), header(reply, "Content-Type")) == (status, body, "application/json")


@pytest.mark.parametrize(
    ("value", "note"),
    [
        ({"statusCode": 0, "body": "x"}, "statusCode is 0"),
        ({"statusCode": "test"}, 'statusCode is "test", not a number'),
        ({"statusCode": 200, "wrongValue": "value"}, "unknown key 'wrongValue'"),
        ({"statusCode": 200, "multiValueHeaders": {"test": "value1"}}, 'multiValueHeaders["test"] is "value1"'),
        ("justAString", "the result is not an object"),
        ([1], "the result is not an object"),
        (None, "the result is not an object"),
        ({"statusCode": 200, "body": {"a": 1}}, 'body is {"a":1}, not a string'),
    ],
)
def test_malformed_results_are_502_and_the_note_names_the_key(value: object, note: str) -> None:
    sent = request("POST", "/test")
    _, told = tell(SERVED, sent, Answered("id", json.dumps(value).encode(), REPORT))
    assert (told.response.status, told.response.body) == (502, b'{"message": "Internal server error"}')
    assert header(told.response, "x-amzn-ErrorType") == "InternalServerErrorException"
    assert note in told.note
    assert "AWS answers 502" in told.note


def test_result_that_is_not_json_is_malformed() -> None:
    _, told = tell(SERVED, request("POST", "/test"), Answered("id", b"NaN", REPORT))
    assert told.response.status == 502


def test_multi_values_come_first_and_give_the_spelling() -> None:
    reply = answer(
        {
            "statusCode": 200,
            "headers": {"Content-Type": "text/x", "test-multi": "value-solo", "X-Custom": "one"},
            "multiValueHeaders": {"tesT-Multi": ["value-multi", "value-multi2"]},
        }
    )
    assert lines(reply, "test-multi") == ["value-multi", "value-multi2", "value-solo"]
    assert {name for name, _ in reply.headers if name.lower() == "test-multi"} == {"tesT-Multi"}
    assert lines(reply, "Content-Type") == ["text/x"]


def test_a_pair_that_is_in_both_kinds_of_headers_appears_once() -> None:
    # What frameworks' adapters send: all headers in both forms.
    reply = answer(
        {
            "statusCode": 200,
            "headers": {"Location": "/x", "set-cookie": "b=2", "X-One": "3"},
            "multiValueHeaders": {"Location": ["/x"], "Set-Cookie": ["a=1", "b=2"], "X-One": ["1", "2"]},
        }
    )
    assert lines(reply, "Location") == ["/x"]
    assert lines(reply, "Set-Cookie") == ["a=1", "b=2"]
    assert lines(reply, "X-One") == ["1", "2", "3"]


def test_several_cookies_stay_several_lines() -> None:
    reply = answer({"statusCode": 204, "multiValueHeaders": {"Set-Cookie": ["key=value", "foo=bar"]}, "body": ""})
    assert lines(reply, "set-cookie") == ["key=value", "foo=bar"]


PNG = b"\x89PNG\r\n"


@pytest.mark.parametrize(
    ("accept", "decoded"),
    [("image/png", True), ("image/jpg", False), ("image/*", False), ("*/test", False), ("*/*", False), ("", False)],
)
def test_binary_reply_is_decoded_for_an_accepted_type_only(accept: str, decoded: bool) -> None:
    text = base64.b64encode(PNG)
    reply = answer({"statusCode": 200, "body": text.decode(), "isBase64Encoded": True}, accept, ("image/png", "*/test"))
    assert reply.body == (PNG if decoded else text)


def test_bad_base64_is_500() -> None:
    assert answer({"statusCode": 200, "body": "%", "isBase64Encoded": True}, "x/y", ("*/*",)).status == 500


def test_connection_headers_are_remapped_or_dropped() -> None:
    names = (
        "Connection",
        "Content-Length",
        "Date",
        "Server",
        "WWW-Authenticate",
        "x-amzn-RequestId",
        "Transfer-Encoding",
    )
    reply = answer({"headers": dict.fromkeys(names, "mine")})
    remapped = {name for name, value in reply.headers if value == "mine"}
    assert remapped == {f"x-amzn-Remapped-{name}" for name in names if name != "Transfer-Encoding"}


def test_reply_has_both_ids_and_the_full_trace() -> None:
    reply = answer({})
    assert header(reply, "x-amzn-RequestId") == STAMP.request_id
    assert header(reply, "x-amz-apigw-id") == STAMP.extended_id
    assert (
        header(reply, "X-Amzn-Trace-Id")
        == f"Root={STAMP.trace_root};Parent=fedcba9876543210;Sampled=0;Lineage=1:6e5eb7d9:0"
    )


def test_short_ids_are_six_characters_and_stable() -> None:
    assert short_id("a") == short_id("a") != short_id("b")
    assert short_id("/x").isalnum()
    assert len(short_id("/x")) == 6


@given(st.binary(max_size=60))
def test_any_payload_gives_a_reply(payload: bytes) -> None:
    _, told = tell(SERVED, request("POST", "/x"), Answered("id", payload, REPORT))
    assert told.response.status in (200, 502)
