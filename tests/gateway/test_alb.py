"""Events and replies of a load balancer's target group, from AWS's documented cases."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import localstack_lite
from localstack_lite.gateway.alb import REPLY_LIMIT, query_lists, target_group_arn
from localstack_lite.model.api import Integration, LambdaProxy, Route, Unsupported
from localstack_lite.model.invocation import Answered
from tests import builders
from tests.gateway.tale import REPORT, STAMP, alb, event, header, lines, project, request, response, tell

SERVED = project(alb())
MULTI = project(alb(multi_value=True))
SAMPLE = Path(localstack_lite.__file__).resolve().parents[1] / "sample_events" / "alb.json"
TARGETS = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup"


def test_whole_event() -> None:
    headers = [("Accept", "*/*"), ("User-Agent", "agent"), ("Connection", "keep-alive"), ("Content-Type", "text/plain")]
    sent = request("POST", "/lambda%20x?query=1234ABCD", headers, b"request_body", host="lb.elb.localhost:3000")
    got = event(SERVED, sent)
    assert got.pop("requestContext")["elb"]["targetGroupArn"].startswith(f"{TARGETS}/Fn/")
    assert got == {
        "httpMethod": "POST",
        "path": "/lambda%20x",
        "queryStringParameters": {"query": "1234ABCD"},
        "headers": {
            "accept": "*/*",
            "connection": "keep-alive",
            "content-type": "text/plain",
            "host": "lb.elb.localhost:3000",
            "user-agent": "agent",
            "x-amzn-trace-id": f"Root={STAMP.trace_root}",
            "x-forwarded-for": "192.0.2.7",
            "x-forwarded-port": "3000",
            "x-forwarded-proto": "http",
        },
        "body": "request_body",
        "isBase64Encoded": False,
    }


def shape(value: object) -> object:
    """The keys of an event, without what differs from request to request."""
    return {key: shape(inner) for key, inner in value.items()} if isinstance(value, dict) else type(value)


def test_event_has_the_shape_of_the_sample() -> None:
    sample: dict[str, Any] = json.loads(SAMPLE.read_text())
    sent = request(target="/hello?name=Ada", headers=[("Accept", "*/*"), ("User-Agent", "curl/8.7.1")])
    assert shape(event(SERVED, sent)) == shape(sample)


def test_without_query_and_body_there_are_an_empty_object_and_an_empty_text() -> None:
    got = event(SERVED, request())
    assert (got["queryStringParameters"], got["body"], got["isBase64Encoded"]) == ({}, "", False)
    assert "multiValueHeaders" not in got


def test_of_several_values_the_last_one_counts() -> None:
    sent = request(target="/?&myKey=val1&myKey=val2", headers=[("Cookie", "name1=value1"), ("cookie", "name2=value2")])
    got = event(SERVED, sent)
    assert got["queryStringParameters"] == {"myKey": "val2"}
    assert got["headers"]["cookie"] == "name2=value2"


def test_multi_value_events_have_lists_of_all_values_and_no_single_ones() -> None:
    sent = request(target="/?&myKey=val1&myKey=val2", headers=[("Cookie", "name1=value1"), ("cookie", "name2=value2")])
    got = event(MULTI, sent)
    assert got["multiValueQueryStringParameters"] == {"myKey": ["val1", "val2"]}
    assert got["multiValueHeaders"]["cookie"] == ["name1=value1", "name2=value2"]
    assert got["multiValueHeaders"]["x-forwarded-for"] == ["192.0.2.7"]
    assert not {"headers", "queryStringParameters"} & got.keys()


def test_query_is_not_decoded() -> None:
    got = event(SERVED, request(target="/?foo%5Ba%5D=foo%5B&b=1+2&c=%3D=&d&=e"))
    assert got["queryStringParameters"] == {"foo%5Ba%5D": "foo%5B", "b": "1+2", "c": "%3D=", "d": "", "": "e"}


@given(st.text(st.sampled_from("ab=&%2F+"), max_size=20))
def test_query_loses_nothing_but_empty_pairs_and_order_between_names(query: str) -> None:
    found = sorted((name, value) for name, values in query_lists(query).items() for value in values)
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    assert found == sorted((name, value) for name, _, value in pairs)


def test_clients_chain_of_proxies_is_continued_and_its_length_stays() -> None:
    sent = request("POST", "/", [("X-Forwarded-For", "203.0.113.1"), ("Content-Length", "1")], b"x")
    got = event(SERVED, sent)["headers"]
    assert (got["x-forwarded-for"], got["content-length"]) == ("203.0.113.1, 192.0.2.7", "1")


@pytest.mark.parametrize(
    ("headers", "binary"),
    [
        ([("Content-Type", "text/html; charset=utf-8")], False),
        ([("Content-Type", "application/json")], False),
        ([("Content-Type", "application/javascript")], False),
        ([("Content-Type", "application/xml")], False),
        ([("Content-Type", "application/x-www-form-urlencoded")], True),
        ([("Content-Type", "image/png")], True),
        ([("Content-Type", "application/json"), ("Content-Encoding", "gzip")], True),
        ([], True),
    ],
)
def test_a_body_is_base64_when_it_is_encoded_or_no_text(headers: list[tuple[str, str]], binary: bool) -> None:
    got = event(SERVED, request("POST", "/", headers, b"a=b"))
    assert got["isBase64Encoded"] is binary
    assert got["body"] == (base64.b64encode(b"a=b").decode() if binary else "a=b")


DOCUMENTED = {
    "isBase64Encoded": False,
    "statusCode": 200,
    "statusDescription": "200 OK",
    "headers": {"Set-cookie": "cookies", "Content-Type": "application/json"},
    "body": "Hello from Lambda (optional)",
}


def test_documented_reply() -> None:
    reply = response(SERVED, request(), DOCUMENTED)
    assert (reply.status, reply.body) == (200, b"Hello from Lambda (optional)")
    assert reply.headers == (
        ("Set-cookie", "cookies"),
        ("Content-Type", "application/json"),
        ("Server", "awselb/2.0"),
    )


def test_documented_multi_value_reply() -> None:
    cookies = ["cookie-name=cookie-value;Domain=myweb.com;Secure;HttpOnly", "cookie-name=cookie-value;Expires=May 8"]
    value = {"statusCode": 200, "multiValueHeaders": {"Set-cookie": cookies, "Content-Type": ["application/json"]}}
    assert lines(response(MULTI, request(), value), "set-cookie") == cookies


def test_headers_of_the_other_kind_are_not_looked_at() -> None:
    both = {"statusCode": 200, "headers": {"X-One": "1"}, "multiValueHeaders": {"X-Many": ["2"]}}
    single, multi = response(SERVED, request(), both), response(MULTI, request(), both)
    assert (header(single, "x-one"), header(single, "x-many")) == ("1", None)
    assert (header(multi, "x-one"), header(multi, "x-many")) == (None, "2")


def test_spellings_of_one_name_are_lines_of_their_own() -> None:
    value = {"statusCode": 200, "headers": {"Set-Cookie": "a=1", "sEt-cookie": "b=2"}}
    assert lines(response(SERVED, request(), value), "set-cookie") == ["a=1", "b=2"]


def test_hop_by_hop_headers_are_not_honoured_and_the_functions_server_is() -> None:
    headers = {"Connection": "close", "Transfer-Encoding": "chunked", "Content-Length": "9", "Server": "mine"}
    reply = response(SERVED, request(), {"statusCode": 200, "headers": headers})
    assert [name for name, _ in reply.headers] == ["Server", "Content-Type"]
    assert lines(reply, "server") == ["mine"]


def test_binary_body_is_decoded_whatever_the_client_accepts() -> None:
    value = {"statusCode": 200, "isBase64Encoded": True, "body": base64.b64encode(b"\x00\xff").decode()}
    assert response(SERVED, request(), value).body == b"\x00\xff"


@pytest.mark.parametrize(
    ("payload", "named"),
    [
        (b"no JSON", "not valid JSON"),
        (b'"text"', "no statusCode"),
        (b'{"body":"x"}', "no statusCode"),
        (b'{"statusCode":"ok"}', "statusCode"),
        (b'{"statusCode":200,"headers":[]}', "headers"),
        (b'{"statusCode":200,"body":{}}', "body"),
        (b'{"statusCode":200,"body":"?","isBase64Encoded":true}', "base64"),
        (b'{"statusCode":200,"body":"' + b"x" * REPLY_LIMIT + b'"}', "a load balancer takes 1048576"),
    ],
)
def test_what_a_load_balancer_cannot_read_is_502_and_named(payload: bytes, named: str) -> None:
    _, told = tell(SERVED, request(), Answered("id", payload, REPORT))
    assert (told.response.status, b"502 Bad Gateway" in told.response.body) == (502, True)
    assert named in told.note


def test_a_reply_of_exactly_1_mb_is_taken() -> None:
    frame = b'{"statusCode":200,"body":"%s"}'
    payload = frame % (b"x" * (REPLY_LIMIT - len(frame) + 2))
    assert len(payload) == REPLY_LIMIT
    _, told = tell(SERVED, request(), Answered("id", payload, REPORT))
    assert told.response.status == 200


@pytest.mark.parametrize(
    ("integration", "name"),
    [
        (LambdaProxy("Hello_world"), "hello-world"),
        (LambdaProxy("Gone"), "Gone"),
        (Unsupported("why"), "x"),
        (LambdaProxy("Long"), "a" * 32),
    ],
)
def test_target_group_is_named_after_the_function_as_aws_allows_names(integration: Integration, name: str) -> None:
    served = builders.project(builders.function("hello_world"), builders.function("a" * 64, logical_id="Long"))
    arn = target_group_arn(served, Route("ANY", "/x", integration))
    group, _, number = arn.removeprefix(f"{TARGETS}/").partition("/")
    assert group == name
    assert len(number) == 16
    assert int(number, 16) > 0
