"""Identity sources: where they are read from, in the words of each kind of API."""

from __future__ import annotations

import pytest

from localstack_lite.gateway.guards.identity_source import source_of
from localstack_lite.model.api import Api, ApiKind, LambdaProxy, Route
from tests.gateway.tale import STAMP, http, project, request, rest, visit

SENT = request(
    "GET",
    "/pets/7?a=1&a=2&b=x%20y&Empty=",
    [("authorization", "first"), ("Authorization", "second"), ("X-One", "1"), ("Blank", "")],
)
REST = rest({"GET /pets/{id}": "Fn"}, stage_variables={"colour": "red"})
HTTP = http({"GET /pets/{id}": "Fn"}, stage_variables={"colour": "red"})
SOCKET = Api("Ws", "ws", ApiKind.WEBSOCKET, (Route("WS", "$connect", LambdaProxy("Fn")),), "live")


def read(api: Api, expression: str) -> str | None:
    found = source_of(project(api), api, api.routes[0], expression)
    return None if found is None else found(visit(SENT))


@pytest.mark.parametrize(
    ("api", "expression", "value"),
    [
        (REST, "method.request.header.Authorization", "second"),
        (REST, "method.request.header.x-one", "1"),
        (REST, "method.request.multivalueheader.Authorization", "first,second"),
        (REST, "method.request.querystring.a", "2"),
        (REST, "method.request.querystring.b", "x y"),
        (REST, "method.request.multivaluequerystring.a", "1,2"),
        (REST, "stageVariables.colour", "red"),
        (HTTP, "$request.header.authorization", "first,second"),
        (HTTP, "$request.querystring.a", "1,2"),
        (HTTP, "$stageVariables.colour", "red"),
        (HTTP, "$context.routeKey", "GET /pets/{id}"),
        (HTTP, "$context.httpMethod", "GET"),
        (HTTP, "$context.identity.sourceIp", "192.0.2.7"),
        (SOCKET, "route.request.header.X-One", "1"),
        (SOCKET, "route.request.querystring.b", "x y"),
    ],
)
def test_what_a_source_reads(api: Api, expression: str, value: str) -> None:
    assert read(api, expression) == value


def test_context_of_a_rest_api() -> None:
    assert read(REST, "context.identity.sourceIp") == "192.0.2.7"
    assert read(REST, "context.httpMethod") == "GET"
    assert read(REST, "context.requestId") == STAMP.request_id
    assert read(REST, "context.nothing") == ""


@pytest.mark.parametrize(
    ("api", "expression"),
    [
        (REST, "method.request.header.Missing"),
        (REST, "method.request.header.Blank"),
        (REST, "method.request.querystring.A"),
        (REST, "method.request.querystring.Empty"),
        (REST, "stageVariables.size"),
        (HTTP, "$request.header.missing"),
        (HTTP, "$context.nothing"),
        (HTTP, "$context.authorizer.principalId"),
    ],
)
def test_what_is_missing_or_empty_is_empty(api: Api, expression: str) -> None:
    assert read(api, expression) == ""


@pytest.mark.parametrize(
    "expression",
    ["", "Authorization", "method.request.path.id", "method.request.header.", "request.header.X", "$request.body.x"],
)
def test_what_is_no_source(expression: str) -> None:
    assert read(REST, expression) is None
