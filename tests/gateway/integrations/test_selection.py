"""Selection expressions of HTTP APIs."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.integrations.http_context import HttpContext
from localstack_lite.gateway.integrations.selection import JSON_LIMIT, Seen, Selections
from localstack_lite.wire.messages import Response
from tests.gateway.tale import STAMP, http, project, request, visit

API = http({"POST /pets/{id}": "Fn"}, stage="dev")
BODY = {"name": "Rex", "age": 3, "tags": ["a", {"b": "c"}], "owner": {"x y": None, "id": "o1"}, "ok": True}
HEADERS = (("X-One", "1"), ("x-one", "2"), ("Accept", "a/b"))


def select(
    expression: str,
    body: bytes = json.dumps(BODY).encode(),
    response: Response | None = None,
    query: str = "?q=1&q=b+c",
) -> str | None:
    selections = Selections(HttpContext(project(API), API, API.routes[0]), {"env": "test"})
    sent = request("POST", f"/pets/a%2Fb{query}", HEADERS, body)
    return selections.reader(expression)(Seen(visit(sent, params={"id": "a%2Fb"}), response))


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("$request.header.X-ONE", "1,2"),
        ("$request.header.none", None),
        ("$request.querystring.q", "1,b c"),
        ("$request.querystring.Q", None),
        ("$request.path", "/pets/a%2Fb"),
        ("$request.path.id", "a/b"),
        ("$request.path.other", None),
        ("$request.body", json.dumps(BODY)),
        ("$request.body.name", "Rex"),
        ("$request.body.age", "3"),
        ("$request.body.ok", "true"),
        ("$request.body.tags[0]", "a"),
        ("$request.body['owner'].id", "o1"),
        ("$request.body.owner", '{"x y":null,"id":"o1"}'),
        ("$request.body.owner['x y']", None),
        ("$request.body.none", None),
        ("$request.body..id", None),
        ("$request.body.tags[?(@.b)]", None),
        ("$request.bodyguard", None),
        ("$request", None),
        ("$context.requestId", STAMP.extended_id),
        ("$context.stage", "dev"),
        ("$context.none", None),
        ("$stageVariables.env", "test"),
        ("$stageVariables.none", None),
        ("$response.header.x", None),
        ("$nonsense.x", None),
        ("$", None),
        ("static", "static"),
        ("'quoted'", "quoted"),
        ("", ""),
        ("${request.path.id}-${stageVariables.env}!", "a/b-test!"),
        ("x${request.body.none}y", "xy"),
        ("${context.stage}", "dev"),
        ("costs $5", "costs $5"),
    ],
)
def test_an_expression_has_the_value_that_the_docs_say(expression: str, value: str | None) -> None:
    assert select(expression) == value


def test_of_an_answer_headers_and_body_can_be_seen() -> None:
    answer = Response(200, (("X-A", "1"), ("x-a", "2")), b'{"error": {"code": 7}}')
    assert select("$response.header.x-A", response=answer) == "1,2"
    assert select("$response.body.error.code", response=answer) == "7"
    assert select("$context.integration.status", response=answer) == "200"
    assert select("$context.integration.requestId", response=answer) is None
    assert select("$context.awsEndpointRequestId", response=Response(200, (("x-amzn-RequestId", "r"),))) == "r"
    assert select("$context.integrationStatus") is None
    assert select("$response.body", response=answer) == '{"error": {"code": 7}}'


@pytest.mark.parametrize("body", [b"", b"no json", b"\xff", b"[1]", b'"text"', b'{"a": ' + b"1" * 30 + b"}"])
def test_a_body_without_the_value_has_none(body: bytes) -> None:
    assert select("$request.body.name", body) is None


def test_a_json_path_sees_bodies_of_100_kb_and_the_whole_body_is_any() -> None:
    def body(size: int) -> bytes:
        return json.dumps({"a": "x", "b": "y" * (size - 19)}).encode()

    assert len(body(JSON_LIMIT)) == JSON_LIMIT
    assert select("$request.body.a", body(JSON_LIMIT)) == "x"
    assert select("$request.body.a", body(JSON_LIMIT + 1)) is None
    assert select("$request.body", body(JSON_LIMIT + 1)) == body(JSON_LIMIT + 1).decode()


@given(st.text(max_size=40), st.binary(max_size=40))
def test_no_expression_and_no_body_raises(expression: str, body: bytes) -> None:
    for text in (expression, f"$request.body{expression}", f"${{{expression}}}"):
        found = select(text, body)
        assert found is None or isinstance(found, str)
