"""A function decides who may call a route: the whole story of such requests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.sites import Sites
from localstack_lite.gateway.sockets.moment import Link, Moment, SocketEvent
from localstack_lite.gateway.steps import Call, Came, TimedOut
from localstack_lite.gateway.visit import Visit
from localstack_lite.model.api import Api, ApiKind, LambdaProxy, Route
from localstack_lite.model.authorizer import LambdaAuthorizer
from localstack_lite.model.gateway_response import ResponseType
from localstack_lite.model.invocation import Refused
from tests.gateway.guarded import (
    ALLOW,
    ARN,
    TOKENS,
    failed,
    guarded,
    message,
    payload,
    says,
    served,
    statement,
    story,
    told,
)
from tests.gateway.tale import STAMP, header, http, request, rest, returned, visit

REQUESTS = LambdaAuthorizer("Asks", "Auth", sources=("method.request.header.Auth", "method.request.querystring.q"))
SIMPLE = LambdaAuthorizer("Simple", "Auth", payload="2.0", simple=True, ttl=0.0)
KEYED = replace(SIMPLE, sources=("$request.header.authorization",), ttl=300.0)
REST = guarded(rest({"GET /x": "Fn", "GET /y": "Fn", "POST /x": "Fn"}), TOKENS)
HTTP = guarded(http({"GET /x": "Fn", "GET /y": "Fn"}), SIMPLE)
SENT = request("GET", "/x", [("Authorization", "Bearer secret")])
EXPLICIT = "User is not authorized to access this resource with an explicit deny"
IMPLICIT = "User is not authorized to access this resource"


def test_the_function_is_asked_first_and_the_route_sees_what_it_said() -> None:
    calls, answer = told(REST, SENT, says(statement("Allow"), context={"foo": "bar", "n": 1, "ok": True}))
    asked, called = calls
    assert payload(asked) == {
        "type": "TOKEN",
        "authorizationToken": "Bearer secret",
        "methodArn": f"{ARN}:rest/stage/GET/x",
    }
    assert payload(called)["requestContext"]["authorizer"] == {
        "principalId": "alice",
        "integrationLatency": 2,
        "foo": "bar",
        "n": "1",
        "ok": "true",
    }
    assert payload(called)["headers"]["Authorization"] == "Bearer secret"
    assert answer.response.status == 200


def test_how_the_function_is_invoked() -> None:
    asked, called = (call.invocation for call in told(REST, SENT, ALLOW)[0])
    assert (asked.function, called.function) == ("Auth", "Fn")
    assert asked.arn == "arn:aws:lambda:us-east-1:123456789012:function:auth-function"
    assert asked.request_id != called.request_id == STAMP.lambda_request_id
    assert [len(part) for part in asked.request_id.split("-")] == [8, 4, 4, 4, 12]
    alias = guarded(rest({"GET /x": "Fn"}), replace(TOKENS, qualifier="live"))
    asked = told(alias, SENT, ALLOW)[0][0].invocation
    assert (asked.qualifier, asked.arn.rpartition(":")[2]) == ("live", "live")


@pytest.mark.parametrize(("api", "seconds"), [(REST, 29.0), (HTTP, 10.0)])
def test_how_long_the_gateway_waits(api: Api, seconds: float) -> None:
    assert told(api, SENT, TimedOut())[0][0].timeout == seconds


OUTCOMES: list[tuple[Came, int, object, int, object]] = [
    (says(statement("Deny")), 403, EXPLICIT, 403, "Forbidden"),
    (says(statement("Allow"), statement("Deny", f"{ARN}:*")), 403, EXPLICIT, 403, "Forbidden"),
    (says(), 403, IMPLICIT, 403, "Forbidden"),
    (says(statement("Allow", f"{ARN}:rest/stage/POST/*")), 403, IMPLICIT, 403, "Forbidden"),
    (failed("Unauthorized"), 401, "Unauthorized", 401, "Unauthorized"),
    (failed("unauthorized"), 500, None, 500, "Internal Server Error"),
    (failed("Error: Unauthorized"), 500, None, 500, "Internal Server Error"),
    (failed("2026-11-22 Task timed out after 3.00 seconds"), 500, None, 500, "Internal Server Error"),
    (returned(None), 500, None, 500, "Internal Server Error"),
    (returned("Unauthorized"), 500, None, 500, "Internal Server Error"),
    (says(statement("allow")), 500, None, 500, "Internal Server Error"),
    (says(statement("Allow"), context={"a": {}}), 500, None, 500, "Internal Server Error"),
    (says(statement("Allow", "a" * 513)), 500, None, 500, "Internal Server Error"),
    (TimedOut(), 500, None, 500, "Internal Server Error"),
    (Refused("id", 429, "TooManyRequestsException", b"{}"), 500, None, 500, "Internal Server Error"),
    (Refused("id", 404, "ResourceNotFoundException", b"{}"), 500, None, 500, "Internal Server Error"),
]


@pytest.mark.parametrize(("came", "status", "text", "http_status", "http_text"), OUTCOMES)
def test_every_refusal(came: Came, status: int, text: object, http_status: int, http_text: object) -> None:
    calls, answer = told(REST, SENT, came)
    assert (answer.response.status, message(answer), len(calls)) == (status, text, 1)
    old = LambdaAuthorizer("Old", "Auth", payload="1.0", sources=("$request.header.authorization",))
    calls, answer = told(guarded(http({"GET /x": "Fn"}), old), SENT, came)
    assert (answer.response.status, message(answer), len(calls)) == (http_status, http_text, 1)
    assert answer.note
    assert "secret" not in answer.note


def test_the_error_type_of_a_refusal() -> None:
    types = {
        401: "UnauthorizedException",
        403: "AccessDeniedException",
        500: "AuthorizerConfigurationException",
    }
    for came in (failed("Unauthorized"), says(), returned(1)):
        response = told(REST, SENT, came)[1].response
        assert header(response, "x-amzn-ErrorType") == types[response.status]
        assert header(response, "Content-Type") == "application/json"


@pytest.mark.parametrize(
    ("authorizer", "sent"),
    [
        (TOKENS, request("GET", "/x")),
        (TOKENS, request("GET", "/x", [("Authorization", "")])),
        (REQUESTS, request("GET", "/x", [("Auth", "a")])),
        (REQUESTS, request("GET", "/x?q=", [("Auth", "a")])),
        (REQUESTS, request("GET", "/x?q=1")),
    ],
)
def test_without_an_identity_source_nobody_is_asked(authorizer: LambdaAuthorizer, sent: Any) -> None:
    calls, answer = told(guarded(rest({"GET /x": "Fn"}), authorizer), sent)
    assert (answer.response.status, message(answer), calls) == (401, "Unauthorized", [])
    assert "auth-function was not asked" in answer.note
    keyed = guarded(http({"GET /x": "Fn"}), KEYED)
    calls, answer = told(keyed, request("GET", "/x"))
    assert (answer.response.status, message(answer), calls) == (401, "Unauthorized", [])


@pytest.mark.parametrize(
    ("expression", "status"),
    [("^Bearer .*", 200), ("Bearer [a-z]+", 200), ("Bearer", 401), ("^x-[a-z]+", 401), ("(", 500)],
)
def test_a_token_has_to_match_the_validation_expression_before_anybody_is_asked(expression: str, status: int) -> None:
    api = guarded(rest({"GET /x": "Fn"}), replace(TOKENS, validation=expression))
    calls, answer = told(api, SENT, ALLOW)
    assert answer.response.status == status
    assert len(calls) == (2 if status == 200 else 0)


def test_a_validation_expression_is_for_tokens_only() -> None:
    asks = replace(REQUESTS, sources=REQUESTS.sources[:1], validation="nothing like it")
    calls, _ = told(guarded(rest({"GET /x": "Fn"}), asks), request("GET", "/x", [("Auth", "a")]), ALLOW)
    assert len(calls) == 2


def test_an_authorizer_without_its_function_opens_nothing() -> None:
    api = guarded(rest({"GET /x": "Fn"}), replace(TOKENS, function="Gone"))
    calls, answer = told(api, SENT)
    assert (answer.response.status, message(answer), calls) == (500, None, [])
    assert "Gone" in answer.note


@pytest.mark.parametrize("sources", [(), ("nonsense",), ("method.request.header.A", "method.request.header.B")])
def test_a_token_authorizer_needs_one_source_that_can_be_read(sources: tuple[str, ...]) -> None:
    calls, answer = told(guarded(rest({"GET /x": "Fn"}), replace(TOKENS, sources=sources)), SENT)
    assert (answer.response.status, calls) == (500, [])


def test_simple_responses() -> None:
    calls, answer = told(HTTP, SENT, returned({"isAuthorized": True, "context": {"n": 1, "list": ["a"]}}))
    assert answer.response.status == 200
    assert payload(calls[1])["requestContext"]["authorizer"] == {"lambda": {"n": 1, "list": ["a"]}}
    calls, answer = told(HTTP, request("GET", "/x"), returned({"isAuthorized": False}))
    assert (answer.response.status, message(answer), len(calls)) == (403, "Forbidden", 1)


def test_a_function_with_format_1_sees_the_context_flat() -> None:
    api = guarded(http({"GET /x": LambdaProxy("Fn", payload="1.0")}), SIMPLE)
    calls, _ = told(api, SENT, returned({"isAuthorized": True, "context": {"n": 1}}))
    assert payload(calls[1])["requestContext"]["authorizer"] == {"n": 1}


def test_a_key_that_the_authorizer_names_goes_on() -> None:
    calls, answer = told(REST, SENT, says(statement("Allow"), usageIdentifierKey="a-key"))
    assert answer.response.status == 200
    assert "usageIdentifierKey" not in payload(calls[1])["requestContext"]["authorizer"]


def asked(
    sites: Sites, target: str, token: str, came: Came, method: str = "GET", now: float = STAMP.now
) -> tuple[bool, int]:
    """Whether the authorizer was asked, and the status."""
    calls, answer = story(sites, request(method, target, [("Authorization", token)]), came, now=now)
    return bool(calls) and calls[0].invocation.function == "Auth", answer.response.status


def test_what_was_said_is_kept_for_its_time_by_token() -> None:
    sites = Sites(served(REST))
    assert asked(sites, "/x", "a", ALLOW) == (True, 200)
    assert asked(sites, "/x", "a", returned({"statusCode": 200})) == (False, 200)
    assert asked(sites, "/y", "a", returned({"statusCode": 200})) == (False, 200)
    assert asked(sites, "/x", "b", says(statement("Deny"))) == (True, 403)
    assert asked(sites, "/x", "b", ALLOW) == (False, 403)
    assert asked(sites, "/x", "a", ALLOW, now=STAMP.now + 300) == (True, 200)


def test_a_kept_policy_for_one_path_refuses_the_others() -> None:
    sites = Sites(served(REST))
    only = says(statement("Allow", f"{ARN}:rest/stage/GET/x"))
    assert asked(sites, "/x", "a", only) == (True, 200)
    assert asked(sites, "/y", "a", ALLOW) == (False, 403)
    assert asked(sites, "/x", "a", ALLOW, "POST") == (False, 403)
    _, answer = story(sites, request("GET", "/y", [("Authorization", "a")]))
    assert message(answer) == IMPLICIT
    assert "kept from an earlier request" in answer.note
    assert "300 s" in answer.note


def test_what_is_kept_costs_no_latency() -> None:
    sites = Sites(served(REST))
    story(sites, SENT, ALLOW)
    (called,), _ = story(sites, SENT)
    assert payload(called)["requestContext"]["authorizer"]["integrationLatency"] == 0


@pytest.mark.parametrize("came", [failed("Unauthorized"), failed("x"), returned(1), TimedOut()])
def test_what_went_wrong_is_not_kept(came: Came) -> None:
    sites = Sites(served(REST))
    assert asked(sites, "/x", "a", came)[0]
    assert asked(sites, "/x", "a", ALLOW) == (True, 200)


def test_without_a_time_to_live_the_function_is_always_asked() -> None:
    sites = Sites(served(guarded(rest({"GET /x": "Fn"}), replace(TOKENS, ttl=0.0))))
    assert asked(sites, "/x", "a", ALLOW)[0]
    assert asked(sites, "/x", "a", ALLOW)[0]


def test_all_sources_are_the_key() -> None:
    sites = Sites(served(guarded(rest({"GET /x": "Fn"}), REQUESTS)))

    def request_with(auth: str, query: str) -> bool:
        calls, _ = story(sites, request("GET", f"/x?q={query}", [("Auth", auth)]), ALLOW)
        return len(calls) == 2

    assert request_with("a", "1")
    story(sites, request("GET", "/x?q=1", [("Auth", "a"), ("Other", "x")]))
    calls, _ = story(sites, request("GET", "/x?q=1&r=2", [("Auth", "a")]))
    assert len(calls) == 1
    assert request_with("a", "2")
    assert request_with("b", "1")


def test_a_simple_yes_counts_for_all_routes_unless_the_route_is_in_the_key() -> None:
    yes, no = returned({"isAuthorized": True}), returned({"isAuthorized": False})
    sites = Sites(served(guarded(http({"GET /x": "Fn", "GET /y": "Fn"}), KEYED)))
    assert asked(sites, "/x", "a", yes) == (True, 200)
    assert asked(sites, "/y", "a", returned({"statusCode": 200})) == (False, 200)
    by_route = replace(KEYED, sources=(*KEYED.sources, "$context.routeKey"))
    sites = Sites(served(guarded(http({"GET /x": "Fn", "GET /y": "Fn"}), by_route)))
    assert asked(sites, "/x", "a", yes) == (True, 200)
    assert asked(sites, "/y", "a", no) == (True, 403)


def test_without_sources_an_http_api_keeps_nothing() -> None:
    sites = Sites(served(guarded(http({"GET /x": "Fn"}), replace(SIMPLE, ttl=300.0))))
    for _ in range(2):
        assert asked(sites, "/x", "a", returned({"isAuthorized": True})) == (True, 200)


def test_a_reloaded_function_is_asked_again() -> None:
    sites = Sites(served(REST))
    asked(sites, "/x", "a", ALLOW)
    sites.forget(["Fn"])
    assert asked(sites, "/x", "a", returned({"statusCode": 200})) == (False, 200)
    sites.forget(["Auth"])
    assert asked(sites, "/x", "a", says(statement("Deny"))) == (True, 403)


def test_two_authorizers_and_two_apis_keep_apart() -> None:
    other = guarded(rest({"GET /z": "Fn"}, name="Other"), replace(TOKENS))
    second = replace(REST, routes=(*REST.routes, *guarded(rest({"GET /v": "Fn"}), replace(TOKENS, name="More")).routes))
    sites = Sites(served(second, other))
    assert asked(sites, "/x", "a", ALLOW)[0]
    assert asked(sites, "/z", "a", ALLOW)[0]
    assert asked(sites, "/v", "a", ALLOW)[0]


SOCKETS = LambdaAuthorizer("Asks", "Auth", sources=("route.request.header.Auth",))


def connected(sites: Sites, came: Came, *headers: tuple[str, str]) -> tuple[list[Call], Visit | Denial]:
    """What the door of `$connect` says, and the calls it made."""
    api = sites.socket("Ws", "live")
    assert api is not None
    assert api.sockets is not None
    assert api.sockets.connect is not None
    (door,) = api.sockets.connect.doors
    link = Link("L0SM9cOFvHcCIhw=", STAMP.now, "192.0.2.7", "ws", "localhost:3000")
    moment = Moment(SocketEvent.CONNECT, "$connect", link)
    passing = door(replace(visit(request(headers=headers)), moment=moment))
    calls = []
    try:
        step = next(passing)
        assert isinstance(step, Call)
        calls.append(step)
        passing.send(came)
    except StopIteration as end:
        passed: Visit | Denial = end.value
        return calls, passed
    raise AssertionError("it asks for more")


def test_a_websocket_api_asks_at_every_connection() -> None:
    api = Api("Ws", "ws", ApiKind.WEBSOCKET, (Route("WS", "$connect", LambdaProxy("Fn")),), "live")
    sites = Sites(served(guarded(api, SOCKETS)))
    for _ in range(2):
        calls, passed = connected(sites, says(statement("Allow", f"{ARN}:ws/live/$connect")), ("Auth", "a"))
        assert payload(calls[0])["methodArn"] == f"{ARN}:ws/live/$connect"
        assert isinstance(passed, Visit)
        assert passed.caller is not None
        assert passed.caller.authorizer == {"principalId": "alice", "integrationLatency": 2}
    calls, passed = connected(sites, ALLOW)
    assert isinstance(passed, Denial)
    assert (passed.type, calls) == (ResponseType.UNAUTHORIZED, [])
    _, passed = connected(sites, says(statement("Allow"), context={"a": "x" * 8192}), ("Auth", "a"))
    assert isinstance(passed, Denial)
    assert passed.type is ResponseType.AUTHORIZER_CONFIGURATION_ERROR


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "Allow", "Deny", "*", "execute-api:Invoke"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["principalId", "policyDocument", "context", "isAuthorized", "Statement", "Effect"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=10,
)


@settings(deadline=None)
@given(ANYTHING, st.sampled_from([REST, HTTP, guarded(http({"GET /x": "Fn"}), KEYED)]))
def test_whatever_it_returns_the_route_opens_only_by_a_yes(value: object, api: Api) -> None:
    calls, answer = told(api, SENT, returned(value))
    opened = len(calls) == 2
    assert opened is (answer.response.status == 200)
    if opened:
        assert isinstance(value, dict)
        assert value.get("isAuthorized") is True or value.get("policyDocument")
