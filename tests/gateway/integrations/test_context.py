"""`$context` says what the event of the same request says."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from localstack_lite.gateway.caller import Caller
from localstack_lite.gateway.integrations.context import Context, looked_up
from localstack_lite.gateway.sockets.moment import Link, Moment, SocketEvent
from localstack_lite.model.api import Api, ApiKind, Face, LambdaProxy, Route
from localstack_lite.model.authorizer import Guard, JwtAuthorizer, LambdaAuthorizer
from tests.gateway.tale import STAMP, event, project, request, rest, visit

SENT = request(target="/acme/x", headers=[("User-Agent", "curl/8")])
DOMAIN = {"face": Face.DOMAIN, "domain": "shop.example", "base_path": "v1"}


@pytest.mark.parametrize("face", [{}, DOMAIN])
def test_the_context_is_that_of_the_event(face: dict[str, Any]) -> None:
    api = rest({"GET /{who}/x": "Fn"}, **face)
    target = "/v1/acme/x" if face else "/acme/x"
    told = event(project(api), request(target=target, headers=[("User-Agent", "curl/8")]))["requestContext"]
    made = Context(project(api), api, api.routes[0]).variables(visit(SENT))
    for name, value in told.items():
        if name == "identity":
            assert {key: item or None for key, item in made["identity"].items() if key in value} == value
        else:
            assert made[name] == value, name


def test_templates_can_write_overrides_without_touching_the_next_request() -> None:
    api = rest({"GET /x": "Fn"})
    context = Context(project(api), api, api.routes[0])
    first = context.variables(visit(SENT))
    first["responseOverride"]["header"]["a"] = 1
    first["requestOverride"]["path"]["b"] = 1
    second = context.variables(visit(SENT))
    assert second["responseOverride"] == {"header": {}, "status": 0}
    assert second["requestOverride"] == {"header": {}, "querystring": {}, "path": {}}


def test_what_nobody_knows_of_the_caller_is_empty() -> None:
    api = rest({"GET /x": "Fn"})
    made = Context(project(api), api, api.routes[0]).variables(visit(SENT))
    assert made["authorizer"] == {}
    assert made["identity"]["caller"] == ""


def authorized(authorizer: object, caller: Caller) -> dict[str, Any]:
    route = Route("GET", "/x", LambdaProxy("Fn"), guard=Guard(authorizer))  # type: ignore[arg-type]
    api = Api("Rest", "rest", ApiKind.REST, (route,), "stage")
    made: dict[str, Any] = Context(project(api), api, route).variables(replace(visit(SENT), caller=caller))
    return made


def test_what_an_authorizer_says_is_there() -> None:
    caller = Caller({"principalId": "ann", "claims": {"sub": "s"}}, {"apiKey": "k", "user": None})
    made = authorized(LambdaAuthorizer("a", "Auth"), caller)
    assert made["authorizer"] == {"principalId": "ann", "claims": {"sub": "s"}}
    assert (made["identity"]["apiKey"], made["identity"]["user"]) == ("k", "")


def test_claims_of_a_jwt_authorizer_are_json() -> None:
    claims = {"sub": "ann", "n": 42, "name": "é", "roles": ["a"]}
    made = authorized(JwtAuthorizer("j", ()), Caller({"claims": claims}))
    assert made["authorizer"]["claims"] == {name: json.dumps(value) for name, value in claims.items()}
    assert made["authorizer"]["claims"]["name"] == '"\\u00e9"'


def test_a_websocket_has_its_connection_instead_of_a_path() -> None:
    route = Route("WS", "join", LambdaProxy("Fn"))
    api = Api("Chat", "chat", ApiKind.WEBSOCKET, (route,), "prod")
    link = Link("abc=", 1722641600.5, "192.0.2.9", None, "localhost")
    moment = Moment(SocketEvent.DISCONNECT, "join", link, "m=", 1001, "away")
    made = Context(project(api), api, route).variables(replace(visit(SENT), moment=moment))
    assert "path" not in made
    assert made["connectionId"] == "abc="
    assert made["connectedAt"] == 1722641600500
    assert (made["routeKey"], made["eventType"], made["messageId"]) == ("join", "DISCONNECT", "m=")
    assert made["requestId"] == STAMP.extended_id
    assert (made["disconnectStatusCode"], made["identity"]["sourceIp"]) == (1001, "192.0.2.9")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("a", "1"),
        ("b.c", "x"),
        ("b.d.e", "dotted"),
        ("b", "{c=x, d.e=dotted}"),
        ("b.none", None),
        ("a.none", None),
        ("none", None),
        ("empty", None),
    ],
)
def test_a_variable_is_found_by_its_name_with_dots(name: str, value: str | None) -> None:
    assert looked_up({"a": 1, "b": {"c": "x", "d.e": "dotted"}, "empty": ""}, name) == value


def test_one_variable_can_be_asked_for() -> None:
    api = rest({"GET /x": "Fn"})
    context = Context(project(api), api, api.routes[0])
    assert context.value(visit(SENT), "identity.userAgent") == "curl/8"
    assert context.value(visit(SENT), "identity.nobody") is None
