"""Parameter mapping of HTTP APIs, as a Lambda function's event and its reply show it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.integrations.http_context import HttpContext
from localstack_lite.gateway.integrations.parameter_changes import ParameterMapping
from localstack_lite.model.api import LambdaProxy
from localstack_lite.model.integration import ParameterChanges
from localstack_lite.wire.messages import Response
from tests.gateway.tale import header, http, lines, project, request, returned, tell, visit


def event(changes: dict[str, str], target: str = "/pets/7?a=1&b=2&a=3", payload: str = "2.0", **more: Any) -> Any:
    mapped = ParameterChanges(request=changes)
    api = http({"GET /pets/{id}": LambdaProxy("Fn", payload, changes=mapped)}, stage_variables={"v": "x y"}, **more)
    call, _ = tell(project(api), request(target=target, headers=[("X-A", "one"), ("x-a", "two"), ("Cookie", "c=1")]))
    assert call is not None
    return json.loads(call.invocation.payload)


@pytest.mark.parametrize(
    ("key", "value", "name", "expected"),
    [
        ("append:header.x-new", "static", "x-new", "static"),
        ("append:header.X-A", "three", "x-a", "one,two,three"),
        ("overwrite:header.X-A", "$request.path.id", "x-a", "7"),
        ("overwrite:header.x-new", "${request.querystring.a}/${stageVariables.v}", "x-new", "1,3/x y"),
        ("remove:header.x-A", "''", "x-a", None),
        ("append:header.x-new", "$request.header.none", "x-new", None),
        ("overwrite:header.X-A", "$request.header.none", "x-a", "one,two"),
        ("overwrite:header.x-new", "${request.header.none}line\nbreak", "x-new", None),
        ("overwrite:header.Authorization", "x", "authorization", None),
        ("append:header.x-amzn-own", "x", "x-amzn-own", None),
        ("overwrite:header.Host", "other", "host", "other"),
        ("nonsense", "x", "x-a", "one,two"),
    ],
)
def test_headers_are_changed(key: str, value: str, name: str, expected: str | None) -> None:
    assert event({key: value})["headers"].get(name) == expected


@pytest.mark.parametrize(
    ("key", "value", "query"),
    [
        ("append:querystring.c", "x y", "a=1&b=2&a=3&c=x%20y"),
        ("append:querystring.a", "4", "a=1&b=2&a=3&a=4"),
        ("overwrite:querystring.a", "4", "a=4&b=2"),
        ("overwrite:querystring.c", "$context.stage", "a=1&b=2&a=3&c=%24default"),
        ("remove:querystring.a", "''", "b=2"),
        ("remove:querystring.A", "''", "a=1&b=2&a=3"),
    ],
)
def test_query_parameters_are_changed_and_the_others_stay_as_sent(key: str, value: str, query: str) -> None:
    assert event({key: value})["rawQueryString"] == query


def test_values_are_of_the_request_as_it_was_sent() -> None:
    """Renaming a header, as the docs do it."""
    headers = event({"append:header.x-b": "$request.header.x-a", "remove:header.x-a": "''"})["headers"]
    assert headers["x-b"] == "one,two"
    assert "x-a" not in headers


def test_the_path_is_the_events_raw_path_without_the_stage() -> None:
    changed = event({"overwrite:path": "$request.path"}, stage="dev")
    assert (changed["rawPath"], changed["requestContext"]["http"]["path"]) == ("/pets/7", "/dev/pets/7")
    assert event({"overwrite:path": "/x/${request.path.id}"})["rawPath"] == "/x/7"
    assert event({"overwrite:path": "no slash"}, payload="1.0")["path"] == "/no%20slash"
    assert event({}, stage="dev")["rawPath"] == "/dev/pets/7"


def reply(changes: dict[str, dict[str, str]], value: object) -> Response:
    api = http({"GET /": LambdaProxy("Fn", changes=ParameterChanges(responses=changes))})
    _, answer = tell(project(api), request(), returned(value))
    return answer.response


def test_a_reply_is_changed_by_its_status() -> None:
    changes = {
        "500": {"append:header.why": "$context.requestId", "overwrite:statuscode": "403"},
        "404": {"append:header.error": "$response.body.code", "remove:header.x-own": "''"},
        "200": {"overwrite:header.x-own": "${response.header.x-own}!", "append:header.access-control-x": "no"},
    }
    failed = reply(changes, {"statusCode": 500, "body": "no"})
    assert (failed.status, header(failed, "why")) == (403, "JKJaXmPLvHcESHA=")
    lost = reply(changes, {"statusCode": 404, "body": '{"code": "E7"}', "headers": {"x-own": "1"}})
    assert (lost.status, header(lost, "error"), header(lost, "x-own")) == (404, "E7", None)
    fine = reply(changes, {"statusCode": 200, "headers": {"X-Own": "1"}})
    assert (lines(fine, "x-own"), header(fine, "access-control-x")) == (["1!"], None)
    assert reply(changes, {"statusCode": 201}).status == 201


@pytest.mark.parametrize("status", ["999", "100", "x", "", "$response.header.none"])
def test_a_status_that_is_none_changes_nothing(status: str) -> None:
    assert reply({"200": {"overwrite:statuscode": status}}, {"statusCode": 200}).status == 200


@given(
    st.dictionaries(st.sampled_from(["append:header.x", "overwrite:querystring.q", "overwrite:path"]), st.text()),
    st.text("abq=&%+\x00é", max_size=30),
)
def test_whatever_is_mapped_can_be_sent(changes: dict[str, str], query: str) -> None:
    api = http({"GET /": "Fn"})
    context = HttpContext(project(api), api, api.routes[0])
    mapping = ParameterMapping(ParameterChanges(request=changes), context, {})
    changed = mapping.request(visit(request(target=f"/?{query}")))
    for name, value in changed.request.headers.lines:
        assert not {*f"{name}{value}".encode("latin-1")} & {0, 10, 13}
    assert changed.path_override is None or changed.path_override.isascii()
