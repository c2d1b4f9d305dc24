"""Events of WebSocket APIs, key by key, and what a function may answer."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from localstack_lite.gateway.caller import Caller
from localstack_lite.gateway.result import Malformed
from localstack_lite.gateway.sockets.moment import Moment, SocketEvent
from localstack_lite.gateway.sockets.websocket import WebSocketDialect
from localstack_lite.gateway.trace import fresh
from localstack_lite.gateway.visit import Visit
from localstack_lite.wire.messages import Request
from tests.gateway.sockets.shared import LINK, chat, upgrade
from tests.gateway.tale import STAMP, project

API = chat()


def visit(moment: Moment, request: Request | None = None, caller: Caller | None = None) -> Visit:
    trace = fresh(STAMP.trace_root, STAMP.trace_parent, STAMP.trace_lineage)
    return Visit(request or Request("WS", moment.route), STAMP, "", {}, trace, caller=caller, moment=moment)


def event(moment: Moment, request: Request | None = None, **more: Any) -> dict[str, Any]:
    api = replace(API, stage_variables=more.pop("variables", {}))
    written = WebSocketDialect(project(api), api, api.routes[0]).event(visit(moment, request, **more))
    loaded: dict[str, Any] = json.loads(written)
    return loaded


CONTEXT = {
    "extendedRequestId": STAMP.extended_id,
    "requestTime": "02/Aug/2024:23:34:43 +0000",
    "messageDirection": "IN",
    "stage": "dev",
    "connectedAt": 1722641673250,
    "requestTimeEpoch": 1722641683250,
    "identity": {"userAgent": "browser", "sourceIp": "192.0.2.7"},
    "requestId": STAMP.extended_id,
    "domainName": "chat.execute-api.us-east-1.amazonaws.com",
    "connectionId": LINK.id,
    "apiId": "chat",
}


def test_the_event_of_connect_is_as_captured() -> None:
    found = event(Moment(SocketEvent.CONNECT, "$connect", LINK), upgrade("/dev?a=1&a=2&b=%20", ("Origin", "http://x")))
    assert list(found) == [
        "headers",
        "multiValueHeaders",
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "requestContext",
        "isBase64Encoded",
    ]
    assert list(found["headers"]) == [
        "Host",
        "Origin",
        "Sec-WebSocket-Key",
        "Sec-WebSocket-Version",
        "User-Agent",
        "X-Amzn-Trace-Id",
        "X-Forwarded-For",
        "X-Forwarded-Port",
        "X-Forwarded-Proto",
    ]
    assert found["multiValueHeaders"]["Origin"] == ["http://x"]
    assert found["queryStringParameters"] == {"a": "2", "b": " "}
    assert found["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": [" "]}
    assert found["requestContext"] == {"routeKey": "$connect", "eventType": "CONNECT", **CONTEXT}
    assert list(found["requestContext"]) == [
        "routeKey",
        "eventType",
        "extendedRequestId",
        "requestTime",
        "messageDirection",
        "stage",
        "connectedAt",
        "requestTimeEpoch",
        "identity",
        "requestId",
        "domainName",
        "connectionId",
        "apiId",
    ]
    assert found["isBase64Encoded"] is False


def test_what_a_request_does_not_have_its_event_has_not() -> None:
    quiet = replace(LINK, user_agent=None)
    found = event(Moment(SocketEvent.CONNECT, "$connect", quiet), upgrade())
    assert "queryStringParameters" not in found
    assert "stageVariables" not in found
    assert found["requestContext"]["identity"] == {"sourceIp": "192.0.2.7"}


def test_the_event_of_a_message_is_as_captured() -> None:
    moment = Moment(SocketEvent.MESSAGE, "join", LINK, message_id="SOqIDdzSoAMCEeg=")
    found = event(moment, Request("WS", "join", body='{"action":"jöin"}'.encode()))
    assert list(found) == ["requestContext", "body", "isBase64Encoded"]
    assert found["body"] == '{"action":"jöin"}'
    context = {"routeKey": "join", "messageId": "SOqIDdzSoAMCEeg=", "eventType": "MESSAGE", **CONTEXT}
    assert found["requestContext"] == context
    assert list(found["requestContext"])[:4] == ["routeKey", "messageId", "eventType", "extendedRequestId"]


def test_the_event_of_disconnect_is_as_captured() -> None:
    moment = Moment(SocketEvent.DISCONNECT, "$disconnect", LINK, code=1001, reason="Going away")
    found = event(moment)
    assert found["headers"] == {"Host": "localhost:3000", "x-api-key": "", "X-Forwarded-For": "", "x-restapi": ""}
    assert found["multiValueHeaders"]["x-restapi"] == [""]
    assert "body" not in found
    assert list(found["requestContext"])[:7] == [
        "routeKey",
        "disconnectStatusCode",
        "eventType",
        "extendedRequestId",
        "requestTime",
        "messageDirection",
        "disconnectReason",
    ]
    assert found["requestContext"]["disconnectStatusCode"] == 1001
    assert found["requestContext"]["disconnectReason"] == "Going away"


@pytest.mark.parametrize("kind", list(SocketEvent))
def test_the_authorizers_context_and_stage_variables_are_in_every_event(kind: SocketEvent) -> None:
    caller = Caller({"principalId": "me", "team": "red"})
    request = upgrade() if kind is SocketEvent.CONNECT else None
    found = event(Moment(kind, "$connect", LINK), request, caller=caller, variables={"v": "1"})
    assert found["requestContext"]["authorizer"] == {"principalId": "me", "team": "red"}
    assert found["stageVariables"] == {"v": "1"}


def reply(result: object) -> tuple[int, bytes, tuple[tuple[str, str], ...]]:
    dialect = WebSocketDialect(project(API), API, API.routes[0])
    found = dialect.reply(visit(Moment(SocketEvent.MESSAGE, "x", LINK)), json.dumps(result).encode())
    return found.status, found.body, found.headers


@pytest.mark.parametrize(
    ("result", "status", "body"),
    [
        ({"statusCode": 200}, 200, b""),
        ({"statusCode": "201", "body": "hä"}, 201, "hä".encode()),
        ({"body": "text"}, 200, b"text"),
        ({"statusCode": 200, "body": "AP8=", "isBase64Encoded": True}, 200, b"\x00\xff"),
        ({"statusCode": 401}, 401, b""),
    ],
)
def test_status_and_body_are_the_functions(result: object, status: int, body: bytes) -> None:
    assert reply(result)[:2] == (status, body)


@pytest.mark.parametrize(
    "result",
    [None, "ok", 7, [], {"statusCode": "x"}, {"statusCode": 200, "body": {}}, {"wrong": 1}, {"body": "x" * 131_073}],
)
def test_other_results_are_malformed(result: object) -> None:
    with pytest.raises(Malformed):
        reply(result)


def test_of_the_headers_only_the_sub_protocol_stays() -> None:
    headers = {"sec-websocket-protocol": "b", "X-Other": "1", "x-amzn-ErrorType": "Evil"}
    assert reply({"statusCode": 200, "headers": headers})[2] == (("sec-websocket-protocol", "b"),)
