"""`HTTP_PROXY` of HTTP APIs."""

from __future__ import annotations

from typing import Any

import pytest

from localstack_lite.model.api import Cors
from localstack_lite.model.integration import HttpProxy, ParameterChanges
from localstack_lite.model.outgoing import Outgoing, Returned, Unreached
from localstack_lite.wire.messages import Response
from tests.gateway.errand import errand
from tests.gateway.tale import STAMP, header, http, lines, request


def sent(
    proxy: HttpProxy, target: str = "/a/b", route: str = "ANY /{proxy+}", method: str = "GET", **more: Any
) -> Outgoing:
    headers, body = more.pop("headers", ()), more.pop("body", b"")
    asked, _ = errand(http({route: proxy}, **more), request(method, target, headers, body))
    assert isinstance(asked, Outgoing)
    return asked


@pytest.mark.parametrize(
    ("uri", "target", "url"),
    [
        ("http://up:8080/x/{proxy}", "/a/b", "http://up:8080/x/a/b"),
        ("http://up/{proxy+}", "/a%20b/%2F?q=1&q=%20", "http://up/a%20b/%2F?q=1&q=%20"),
        ("http://up/fixed?own=1", "/a?b=2", "http://up/fixed?own=1&b=2"),
        ("http://up", "/a", "http://up"),
        ("http://${stageVariables.host}:81/{none}x", "/a", "http://there:81/x"),
        ("https://up/{proxy}#part", "/\u00c3\u00a9", "https://up/%C3%A9"),
    ],
)
def test_the_address_has_path_parameters_stage_variables_and_the_query(uri: str, target: str, url: str) -> None:
    assert sent(HttpProxy(uri), target, stage_variables={"host": "there"}).url == url


def test_the_method_is_the_requests_own_or_the_integrations() -> None:
    assert sent(HttpProxy("http://up"), method="PATCH").method == "PATCH"
    assert sent(HttpProxy("http://up", "post"), method="GET").method == "POST"


def test_body_timeout_and_headers_go_on_and_say_where_they_come_from() -> None:
    headers = [("X-Own", "1"), ("x-own", "2"), ("Connection", "close"), ("TE", "x"), ("Content-Type", "a/b")]
    asked = sent(HttpProxy("http://up", timeout=3.0), method="POST", headers=headers, body=b"body")
    assert (asked.body, asked.timeout) == (b"body", 3.0)
    assert asked.headers == (
        ("X-Own", "1"),
        ("x-own", "2"),
        ("Content-Type", "a/b"),
        ("X-Amzn-Trace-Id", f"Root={STAMP.trace_root}"),
        ("Forwarded", 'for=192.0.2.7;host="localhost:3000";proto=http'),
        ("Via", "HTTP/1.1 AmazonAPIGateway"),
    )


def test_who_forwarded_before_stays_in_the_chain() -> None:
    asked = dict(sent(HttpProxy("http://up"), headers=[("forwarded", "for=1"), ("Via", "1.1 p")]).headers)
    assert asked["Forwarded"].startswith("for=1, for=192.0.2.7;")
    assert asked["Via"] == "1.1 p, HTTP/1.1 AmazonAPIGateway"


def test_parameters_are_mapped_and_the_path_may_be_another() -> None:
    changes = ParameterChanges(
        {"overwrite:path": "/v2${request.path}", "append:header.x-id": "$context.requestId", "remove:querystring.a": ""}
    )
    asked = sent(HttpProxy("http://up:1/old/{proxy}?own=1", changes=changes), "/x/y?a=1&b=2", stage="dev")
    assert asked.url == "http://up:1/v2/x/y?own=1&b=2"
    assert ("x-id", STAMP.extended_id) in asked.headers
    host = sent(HttpProxy("http://up", changes=ParameterChanges({"overwrite:header.Host": "other"})))
    assert [value for name, value in host.headers if name == "Host"] == ["other"]


def reply(came: Returned | Unreached, **more: Any) -> tuple[Response, str]:
    _, answer = errand(http({"ANY /{proxy+}": HttpProxy("http://up", **more)}), request(target="/x"), came)
    return answer.response, answer.note


def test_the_answer_comes_back_as_it_is_with_the_gateways_id() -> None:
    given = (("Content-Type", "a/b"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Server", "up"))
    own = (("Transfer-Encoding", "chunked"), ("Content-Length", "9"), ("Date", "x"), ("apigw-requestid", "theirs"))
    response, note = reply(Returned(418, (*given, *own), b"\x00\xff"))
    assert response == Response(418, (*given, ("apigw-requestid", STAMP.extended_id)), b"\x00\xff")
    assert note == ""


def test_the_answer_is_mapped_by_its_status() -> None:
    changes = ParameterChanges(
        responses={"500": {"overwrite:statuscode": "503", "append:header.x": "$response.body.e"}}
    )
    response, _ = reply(Returned(500, (), b'{"e": "why"}'), changes=changes)
    assert (response.status, header(response, "x")) == (503, "why")


def test_a_status_without_body_has_none() -> None:
    assert reply(Returned(204, (), b"body"))[0].body == b""


@pytest.mark.parametrize(
    ("came", "status", "text", "note"),
    [
        (Unreached("no connection"), 503, "Service Unavailable", "out of reach: no connection"),
        (Unreached("slow", timed_out=True), 504, "Gateway Timeout", "takes too long: slow"),
        (Returned(999), 500, "Internal Server Error", "status 999"),
    ],
)
def test_what_goes_wrong_is_said_in_aws_words(came: Returned | Unreached, status: int, text: str, note: str) -> None:
    response, said = reply(came)
    assert (response.status, response.body.decode()) == (status, f'{{"message":"{text}"}}')
    assert header(response, "apigw-requestid") == STAMP.extended_id
    assert note in said


@pytest.mark.parametrize("uri", ["", "ftp://up", "arn:aws:servicediscovery:x", "${stageVariables.none}"])
def test_an_address_that_is_none_is_not_asked(uri: str) -> None:
    asked, answer = errand(http({"GET /": HttpProxy(uri)}), request())
    assert asked is None
    assert answer.response.status == 500
    assert "no http(s) URL" in answer.note


def test_cors_of_the_api_wins_over_the_servers() -> None:
    api = http({"GET /": HttpProxy("http://up")}, cors=Cors(allow_origins=("https://a",)))
    theirs = Returned(200, (("Access-Control-Allow-Origin", "*"),))
    _, answer = errand(api, request(headers=[("Origin", "https://a")]), theirs)
    assert lines(answer.response, "access-control-allow-origin") == ["https://a"]
