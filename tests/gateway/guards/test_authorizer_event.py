"""What authorizers are asked, by kind and format."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from localstack_lite.gateway.guards.authorizer_event import asking, method_arn
from localstack_lite.gateway.sockets.moment import Link, Moment, SocketEvent
from localstack_lite.gateway.visit import Visit
from localstack_lite.model.api import Api, ApiKind, LambdaProxy, Route
from localstack_lite.model.authorizer import LambdaAuthorizer
from tests.gateway.guarded import ARN, TOKENS
from tests.gateway.tale import STAMP, http, project, request, rest, visit

SENT = request("POST", "/request?QueryString1=queryValue1", [("HeaderAuth1", "headerValue1")], b"a body")
REST = rest({"POST /request": "Fn"}, stage="test", stage_variables={"StageVar1": "stageValue1"})
HTTP = http({"POST /request": "Fn"}, stage_variables={"StageVar1": "stageValue1"})
SOCKET = Api("Ws", "ws", ApiKind.WEBSOCKET, (Route("WS", "$connect", LambdaProxy("Fn")),), "live")


def asked(api: Api, authorizer: LambdaAuthorizer, came: Visit | None = None, *sources: str) -> dict[str, Any]:
    ask = asking(project(api), api, api.routes[0], authorizer)
    found: dict[str, Any] = json.loads(ask(came or visit(SENT), sources))
    return found


def test_a_token_authorizer_gets_the_token_and_the_arn() -> None:
    assert asked(REST, TOKENS, visit(SENT), "allow") == {
        "type": "TOKEN",
        "authorizationToken": "allow",
        "methodArn": f"{ARN}:rest/test/POST/request",
    }


def test_a_request_authorizer_of_a_rest_api_gets_the_functions_event_without_its_body() -> None:
    event = asked(REST, LambdaAuthorizer("A", "Auth"), None, "headerValue1")
    assert (event["type"], event["methodArn"]) == ("REQUEST", f"{ARN}:rest/test/POST/request")
    assert (event["resource"], event["path"], event["httpMethod"]) == ("/request", "/request", "POST")
    assert event["headers"]["HeaderAuth1"] == "headerValue1"
    assert event["multiValueHeaders"]["HeaderAuth1"] == ["headerValue1"]
    assert event["queryStringParameters"] == {"QueryString1": "queryValue1"}
    assert event["pathParameters"] == {}
    assert event["stageVariables"] == {"StageVar1": "stageValue1"}
    context = event["requestContext"]
    assert (context["path"], context["stage"], context["resourcePath"]) == ("/test/request", "test", "/request")
    assert context["identity"]["sourceIp"] == "192.0.2.7"
    assert context["requestId"] == STAMP.request_id
    assert not {"body", "isBase64Encoded", "version", "identitySource"} & set(event)


def test_maps_that_are_empty_are_no_null() -> None:
    event = asked(rest({"GET /": "Fn"}), LambdaAuthorizer("A", "Auth"), visit(request()))
    for name in ("queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "stageVariables"):
        assert event[name] == {}


def test_format_1_of_an_http_api() -> None:
    event = asked(HTTP, LambdaAuthorizer("A", "Auth", payload="1.0"), None, "user1", "123")
    assert (event["version"], event["type"]) == ("1.0", "REQUEST")
    assert event["methodArn"] == f"{ARN}:http/$default/POST/request"
    assert event["identitySource"] == event["authorizationToken"] == "user1,123"
    assert (event["resource"], event["httpMethod"], event["pathParameters"]) == ("/request", "POST", {})
    assert "body" not in event


def test_format_2_of_an_http_api() -> None:
    event = asked(HTTP, LambdaAuthorizer("A", "Auth", payload="2.0", simple=True), None, "user1", "123")
    assert (event["version"], event["type"]) == ("2.0", "REQUEST")
    assert event["routeArn"] == f"{ARN}:http/$default/POST/request"
    assert event["identitySource"] == ["user1", "123"]
    assert (event["routeKey"], event["rawPath"]) == ("POST /request", "/request")
    assert event["headers"]["headerauth1"] == "headerValue1"
    assert event["stageVariables"] == {"StageVar1": "stageValue1"}
    assert event["requestContext"]["http"]["method"] == "POST"
    assert not {"body", "isBase64Encoded", "methodArn", "pathParameters"} & set(event)


@pytest.mark.parametrize("payload", ["1.0", "2.0"])
def test_without_sources_an_http_api_says_null(payload: str) -> None:
    assert asked(HTTP, LambdaAuthorizer("A", "Auth", payload=payload))["identitySource"] is None


def test_a_websocket_api_asks_about_its_connection() -> None:
    link = Link("L0SM9cOFvHcCIhw=", STAMP.now, "192.0.2.7", "ws", "localhost:3000")
    came = replace(visit(request()), moment=Moment(SocketEvent.CONNECT, "$connect", link))
    event = asked(SOCKET, LambdaAuthorizer("A", "Auth"), came)
    assert (event["type"], event["methodArn"]) == ("REQUEST", f"{ARN}:ws/live/$connect")
    assert event["requestContext"]["connectionId"] == "L0SM9cOFvHcCIhw="
    assert event["requestContext"]["eventType"] == "CONNECT"


@pytest.mark.parametrize(
    ("api", "target", "arn"),
    [
        (REST, "/", f"{ARN}:rest/test/GET/"),
        (REST, "", f"{ARN}:rest/test/GET/"),
        (REST, "//a//b/", f"{ARN}:rest/test/GET/a//b/"),
        (REST, "/a%20b", f"{ARN}:rest/test/GET/a%20b"),
        (HTTP, "/a%20b", f"{ARN}:http/$default/GET/a b"),
    ],
)
def test_the_arn_names_the_path_after_the_stage(api: Api, target: str, arn: str) -> None:
    assert method_arn(project(api), api, api.routes[0], visit(request("GET", target))) == arn
