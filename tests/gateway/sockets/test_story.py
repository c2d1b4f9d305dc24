"""What comes of a connection's events, and what its client gets."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from localstack_lite.gateway.caller import Caller
from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.door import gate
from localstack_lite.gateway.sites import ServedApi
from localstack_lite.gateway.sockets import story as socket_story
from localstack_lite.gateway.sockets.routes import SocketRoutes
from localstack_lite.gateway.steps import Call, Came, TimedOut
from localstack_lite.gateway.visit import Visit
from localstack_lite.model.api import Unsupported
from localstack_lite.model.gateway_response import ResponseType
from localstack_lite.model.integration import IntegrationKind, IntegrationResponse, TemplatedIntegration
from localstack_lite.model.invocation import Refused
from localstack_lite.model.websocket import WebSocket
from tests.gateway.sockets.shared import LINK, chat, served, told, upgrade
from tests.gateway.tale import STAMP, returned

FAILED = replace(returned({"errorType": "ValueError"}), error="Unhandled")
THROTTLED = Refused("id", 429, "TooManyRequestsException", b"{}")
OK = returned({"statusCode": 200})


def connect(api: ServedApi, came: Came = OK) -> tuple[list[Call], socket_story.Connected]:
    return told(socket_story.connect(api, LINK, upgrade(), STAMP), lambda _: came)


def message(api: ServedApi, text: str, came: Came = OK) -> tuple[list[Call], int, str, str | bytes | None]:
    calls, (answer, data) = told(socket_story.message(api, LINK, None, text, "m=", STAMP), lambda _: came)
    return calls, answer.response.status, answer.note, data


def guarded(verdict: Denial | None) -> ServedApi:
    """An API whose `$connect` has a door."""
    api = served(chat())

    def rule(visit: Visit) -> Visit | Denial:
        return verdict or replace(visit, caller=Caller({"principalId": "me"}))

    assert api.sockets is not None
    assert api.sockets.connect is not None
    route = replace(api.sockets.connect, doors=(gate(rule),))
    api.sockets = SocketRoutes({"$connect": route}, WebSocket())
    return api


def test_a_client_is_let_in_by_any_status_of_200() -> None:
    for status in (200, 204, 299):
        calls, found = connect(served(chat()), returned({"statusCode": status}))
        assert found.refusal is None
        assert found.answer.response.status == 101
        assert calls[0].invocation.function == "In"
        assert calls[0].timeout == 29.0


def test_without_a_connect_route_everybody_is_let_in() -> None:
    calls, found = connect(served(chat({"x": "Fn"})))
    assert (calls, found.refusal, found.answer.route) == ([], None, "$connect")


@pytest.mark.parametrize(
    ("came", "status"),
    [
        (returned({"statusCode": 401}), 401),
        (returned({"statusCode": 302}), 302),
        (returned({"statusCode": 500}), 500),
        (FAILED, 502),
        (returned(None), 502),
        (TimedOut(), 504),
        (THROTTLED, 500),
    ],
)
def test_anything_else_refuses_the_upgrade_with_that_status(came: Came, status: int) -> None:
    _, found = connect(served(chat()), came)
    assert found.refusal is not None
    assert found.refusal.status == found.answer.response.status == status
    assert json.loads(found.refusal.body)["message"]


def test_a_door_refuses_and_nobody_is_called() -> None:
    calls, found = connect(guarded(Denial(ResponseType.UNAUTHORIZED, "no token")))
    assert found.refusal is not None
    assert (calls, found.refusal.status, found.answer.note) == ([], 401, "no token")


def test_who_the_authorizer_says_stays_with_the_connection() -> None:
    calls, found = connect(guarded(None))
    assert found.caller == Caller({"principalId": "me"})
    assert json.loads(calls[0].invocation.payload)["requestContext"]["authorizer"] == {"principalId": "me"}


def test_the_sub_protocol_is_the_one_that_the_function_echoes() -> None:
    _, found = connect(served(chat()), returned({"statusCode": 200, "headers": {"Sec-WebSocket-Protocol": "b"}}))
    assert found.protocol == "b"
    assert connect(served(chat()))[1].protocol == ""


def test_a_reply_goes_back_only_where_there_is_a_route_response() -> None:
    reply = returned({"statusCode": 200, "body": "hello"})
    api = served(chat())
    assert message(api, '{"action":"echo"}', reply)[1:] == (200, "", "hello")
    assert message(api, '{"action":"quiet"}', reply)[1:] == (200, "", None)


def test_an_empty_body_is_no_message_and_one_that_is_no_text_goes_as_bytes() -> None:
    api = served(chat())
    assert message(api, '{"action":"echo"}', OK)[3] is None
    binary = returned({"statusCode": 200, "body": "/w==", "isBase64Encoded": True})
    assert message(api, '{"action":"echo"}', binary)[3] == b"\xff"


@pytest.mark.parametrize(
    ("came", "status", "text"),
    [
        (FAILED, 502, "Internal server error"),
        (returned("ok"), 502, "Internal server error"),
        (THROTTLED, 500, "Internal server error"),
        (TimedOut(), 504, "Endpoint request timed out"),
    ],
)
@pytest.mark.parametrize("action", ["echo", "quiet"])
def test_what_goes_wrong_is_said_in_a_frame(came: Came, status: int, text: str, action: str) -> None:
    _, told_status, note, data = message(served(chat()), json.dumps({"action": action}), came)
    assert told_status == status
    assert note
    assert data == f'{{"message": "{text}", "connectionId":"{LINK.id}", "requestId":"{STAMP.extended_id}"}}'


def test_a_message_without_a_route_is_forbidden_and_said() -> None:
    calls, status, note, data = message(served(chat()), '{"action":"nope"}')
    assert (calls, status) == ([], 403)
    assert "no route 'nope'" in note
    assert json.loads(str(data)) == {
        "message": "Forbidden",
        "connectionId": LINK.id,
        "requestId": STAMP.extended_id,
    }
    assert "cannot be told" in message(served(chat()), "text")[2]


def test_a_door_of_a_message_says_its_word_in_a_frame() -> None:
    api = served(chat({"echo": "Echo"}))
    assert api.sockets is not None
    route = api.sockets.of('{"action":"echo"}')[1]
    assert route is not None
    closed = replace(route, doors=(gate(lambda _: Denial(ResponseType.THROTTLED, "too many")),))
    api.sockets = SocketRoutes({"echo": closed}, WebSocket())
    calls, status, note, data = message(api, '{"action":"echo"}')
    assert (calls, status, note) == ([], 429, "too many")
    assert json.loads(str(data))["message"] == "Too Many Requests"


def test_an_integration_with_templates_lets_in_and_replies() -> None:
    said = IntegrationResponse("200", templates={"$default": '{"id":"$context.connectionId","to":"$context.routeKey"}'})
    mock = TemplatedIntegration(
        IntegrationKind.MOCK, templates={"200": '{"statusCode":200}'}, template_selection="200", responses=(said,)
    )
    api = served(chat({"$connect": mock, "who": mock}, responds=("who",)))
    assert connect(api)[1].refusal is None
    calls, status, _, data = message(api, '{"action":"who"}')
    assert (calls, status, data) == ([], 200, f'{{"id":"{LINK.id}","to":"who"}}')


def test_an_integration_that_cannot_be_run_says_so_in_a_frame() -> None:
    api = served(chat({"x": Unsupported("a VPC link")}))
    _, status, note, data = message(api, '{"action":"x"}')
    assert (status, note) == (500, "a VPC link")
    assert json.loads(str(data))["message"] == "Internal server error"


def test_disconnect_is_called_with_code_and_reason_and_told_with_the_code() -> None:
    story = socket_story.disconnect(served(chat()), LINK, Caller({"principalId": "me"}), 1001, "Going away", STAMP)
    calls, answer = told(story, lambda _: OK)
    context = json.loads(calls[0].invocation.payload)["requestContext"]
    assert (context["disconnectStatusCode"], context["disconnectReason"]) == (1001, "Going away")
    assert context["authorizer"] == {"principalId": "me"}
    assert (answer.response.status, answer.route, answer.note) == (1001, "$disconnect", "")


def test_a_disconnect_that_fails_is_noted_and_one_without_route_is_told_too() -> None:
    story = socket_story.disconnect(served(chat()), LINK, None, 1000, "", STAMP)
    assert "failed with 502: ValueError" in told(story, lambda _: FAILED)[1].note
    quiet = socket_story.disconnect(served(chat({"x": "Fn"})), LINK, None, 1000, "", STAMP)
    calls, answer = told(quiet, lambda _: OK)
    assert (calls, answer.response.status) == ([], 1000)
