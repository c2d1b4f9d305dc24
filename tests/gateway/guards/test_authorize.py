"""Which doors guard a route."""

from __future__ import annotations

import pytest

from localstack_lite.gateway.guards.authorize import LONGEST_ARN, guarding
from localstack_lite.gateway.memory import ApiMemory
from localstack_lite.gateway.settings import Settings
from localstack_lite.gateway.sites import Sites
from localstack_lite.model.api import Api
from localstack_lite.model.authorizer import (
    Authorizer,
    BrokenAuthorizer,
    CognitoAuthorizer,
    IamAuthorizer,
    JwtAuthorizer,
    JwtIssuer,
    TestIdentity,
)
from tests.gateway.guarded import ALLOW, ARN, TOKENS, document, guarded, message, served, statement, story, told
from tests.gateway.tale import header, http, request, rest

ISSUER = JwtIssuer("https://issuer.invalid")
OPEN = rest({"GET /{proxy+}": "Fn"})
POLICY = document(statement("Allow", "execute-api:/*", Principal="*"))
CLOSED: list[Authorizer] = [
    TOKENS,
    JwtAuthorizer("Jwt", (ISSUER,), source="method.request.header.Authorization"),
    CognitoAuthorizer("Pool", (ISSUER,)),
    IamAuthorizer(),
    BrokenAuthorizer("Broken", "its function is not in this project"),
]


@pytest.mark.parametrize("by", CLOSED, ids=lambda by: type(by).__name__)
@pytest.mark.parametrize("policy", [None, POLICY], ids=["alone", "with a policy that allows"])
def test_no_authorizer_lets_a_request_through_that_brings_nothing(by: Authorizer, policy: object) -> None:
    calls, answer = told(guarded(rest({"GET /x": "Fn"}, policy=policy), by), request("GET", "/x"))
    assert calls == []
    assert answer.response.status in (401, 403, 500)


def test_a_broken_authorizer_is_500_and_says_why() -> None:
    broken = BrokenAuthorizer("Tokens", "its function is not in this project")
    _, answer = told(guarded(rest({"GET /x": "Fn"}), broken), request("GET", "/x"))
    assert (answer.response.status, answer.response.body) == (500, b'{"message":null}')
    assert header(answer.response, "x-amzn-ErrorType") == "AuthorizerConfigurationException"
    assert answer.note == "Tokens: its function is not in this project"
    _, answer = told(guarded(http({"GET /x": "Fn"}), broken), request("GET", "/x"))
    assert (answer.response.status, answer.response.body) == (500, b'{"message":"Internal Server Error"}')


@pytest.mark.parametrize("by", CLOSED, ids=lambda by: type(by).__name__)
def test_switched_off_everybody_may_call(by: Authorizer) -> None:
    sites = Sites(served(guarded(http({"GET /x": "Fn"}), by)), settings=Settings(open=True))
    calls, answer = story(sites, request("GET", "/x"))
    assert (len(calls), answer.response.status) == (1, 200)


def test_an_open_route_has_no_doors() -> None:
    assert guarding(served(OPEN), OPEN, OPEN.routes[0], Settings(), ApiMemory()) == ()
    known = served(OPEN, identities=(TestIdentity("alice"),))
    assert len(guarding(known, OPEN, OPEN.routes[0], Settings(), ApiMemory())) == 1


@pytest.mark.parametrize(("extra", "status"), [(0, 200), (1, 414)])
def test_an_arn_that_is_too_long_for_an_authorizer(extra: int, status: int) -> None:
    path = "/" + "a" * (LONGEST_ARN - len(f"{ARN}:rest/stage/GET/") + extra)
    calls, answer = told(guarded(OPEN, TOKENS), request("GET", path, [("Authorization", "a")]), ALLOW)
    assert answer.response.status == status
    if status == 414:
        assert (calls, message(answer)) == ([], "Request URI too long")


@pytest.mark.parametrize("api", [OPEN, guarded(http({"GET /{proxy+}": "Fn"}), BrokenAuthorizer("B", "x"))])
def test_long_paths_are_for_authorizers_of_rest_apis_alone_to_refuse(api: Api) -> None:
    assert told(api, request("GET", "/" + "a" * LONGEST_ARN))[1].response.status in (200, 500)
