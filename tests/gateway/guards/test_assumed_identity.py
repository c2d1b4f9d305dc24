"""`X-Devserve-Identity`: somebody for one request, as the route's authorizer would have found."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from localstack_lite.model.api import Api, LambdaProxy
from localstack_lite.model.authorizer import (
    Authorizer,
    BrokenAuthorizer,
    CognitoAuthorizer,
    IamAuthorizer,
    JwtAuthorizer,
    JwtIssuer,
    LambdaAuthorizer,
    TestIdentity,
)
from localstack_lite.model.usage import ApiKey, UsagePlan
from tests.gateway.guarded import ALLOW, TOKENS, document, guarded, message, payload, statement, told
from tests.gateway.tale import http, request, rest, url

NAME = "X-Devserve-Identity"
ALICE = TestIdentity(
    "alice",
    principal="u-1",
    context={"role": "admin", "level": 3},
    claims={"email": "alice@example.com", "groups": ["a", "b"]},
    scopes=("pets.read",),
    arn="arn:aws:iam::123456789012:user/alice",
    usage_key="key-1",
)
PEOPLE = (ALICE, TestIdentity("bob"))
ISSUER = JwtIssuer("https://issuer.invalid")
JWT = JwtAuthorizer("Jwt", (ISSUER,))
POOL = CognitoAuthorizer("Pool", (ISSUER,))
SIMPLE = LambdaAuthorizer("Simple", "Auth", payload="2.0", simple=True)
REST, HTTP = rest({"GET /x": "Fn"}), http({"GET /x": "Fn"})


def context(api: Api, name: str = "alice", *scopes: str, target: str = "/x") -> dict[str, object]:
    """The request context that the function sees; nobody but it was called."""
    calls, answer = told(api, request("GET", target, [(NAME, name)]), identities=PEOPLE)
    assert len(calls) == 1, answer
    assert calls[0].invocation.function == "Fn"
    assert answer.note == f"as {name} ({NAME}); on AWS {api.routes[0].authorizer} would be asked"
    assert NAME.lower() not in json.dumps(payload(calls[0])).lower()
    found: dict[str, object] = payload(calls[0])["requestContext"]
    return found


def test_as_a_lambda_authorizer_would_have_said() -> None:
    assert context(guarded(REST, TOKENS))["authorizer"] == {
        "principalId": "u-1",
        "integrationLatency": 0,
        "role": "admin",
        "level": "3",
    }
    assert context(guarded(HTTP, SIMPLE))["authorizer"] == {"lambda": {"role": "admin", "level": 3}}
    old = guarded(http({"GET /x": LambdaProxy("Fn", payload="1.0")}), LambdaAuthorizer("Old", "Auth"))
    assert context(old)["authorizer"] == {"principalId": "u-1", "role": "admin", "level": "3"}
    assert context(guarded(HTTP, SIMPLE), "bob")["authorizer"] == {"lambda": None}


def test_as_a_token_would_have_said() -> None:
    jwt = {"sub": "u-1", "scope": "pets.read", "email": "alice@example.com", "groups": "[a b]"}
    assert context(guarded(HTTP, JWT))["authorizer"] == {"jwt": {"claims": jwt, "scopes": None}}
    scoped = context(guarded(HTTP, JWT, "pets.read", "pets.write"))
    assert scoped["authorizer"] == {"jwt": {"claims": jwt, "scopes": ["pets.read"]}}
    typed = {**jwt, "groups": ["a", "b"]}
    assert context(guarded(REST, JWT))["authorizer"] == {"claims": typed}
    assert context(guarded(REST, POOL))["authorizer"] == {"claims": {**jwt, "groups": "a,b"}}


def test_as_a_signature_would_have_said() -> None:
    identity = context(guarded(REST, IamAuthorizer()))["identity"]
    assert isinstance(identity, dict)
    assert (identity["userArn"], identity["accountId"]) == (ALICE.arn, "123456789012")
    for api, target in ((HTTP, "/x"), (url(), "/")):
        authorizer = context(guarded(api, IamAuthorizer()), target=target)["authorizer"]
        assert isinstance(authorizer, dict)
        assert authorizer["iam"]["userArn"] == ALICE.arn


@pytest.mark.parametrize("by", [JWT, POOL])
def test_scopes_are_checked(by: Authorizer) -> None:
    for name in ("alice", "bob"):
        calls, answer = told(guarded(REST, by, "pets.write"), request("GET", "/x", [(NAME, name)]), identities=PEOPLE)
        assert (answer.response.status, calls) == (403, [])
        assert "pets.write" in answer.note


@pytest.mark.parametrize("name", ["carol", "", "Alice", "alice, bob"])
def test_an_unknown_name_is_refused_and_the_known_ones_are_named(name: str) -> None:
    calls, answer = told(guarded(HTTP, SIMPLE), request("GET", "/x", [(NAME, name)]), identities=PEOPLE)
    assert (answer.response.status, message(answer), calls) == (403, "Forbidden", [])
    assert answer.note.endswith("there is: alice, bob")


def test_without_the_header_the_authorizer_is_asked() -> None:
    sent = request("GET", "/x", [("Authorization", "a")])
    calls, _ = told(guarded(REST, TOKENS), sent, ALLOW, identities=PEOPLE)
    assert [call.invocation.function for call in calls] == ["Auth", "Fn"]


def test_in_a_project_without_identities_it_is_a_header_as_any_other() -> None:
    sent = request("GET", "/x", [(NAME, "alice"), ("Authorization", "a")])
    calls, _ = told(guarded(REST, TOKENS), sent, ALLOW)
    assert [call.invocation.function for call in calls] == ["Auth", "Fn"]
    assert payload(calls[1])["headers"][NAME] == "alice"


def test_an_open_route_ignores_it_and_does_not_hand_it_on() -> None:
    (called,), answer = told(REST, request("GET", "/x", [(NAME, "nobody"), ("A", "b")]), identities=PEOPLE)
    assert answer.note == ""
    assert payload(called)["headers"]["A"] == "b"
    assert NAME not in payload(called)["headers"]
    assert "authorizer" not in payload(called)["requestContext"]


def test_what_an_authorizer_could_not_have_said_is_its_failure() -> None:
    odd = (TestIdentity("odd", context={"a": {"b": 1}}),)
    sent = request("GET", "/x", [(NAME, "odd")])
    calls, answer = told(guarded(REST, TOKENS), sent, identities=odd)
    assert (answer.response.status, calls) == (500, [])
    broken = BrokenAuthorizer("Broken", "its function is elsewhere")
    calls, answer = told(guarded(REST, broken), sent, identities=odd)
    assert (answer.response.status, calls) == (500, [])
    assert "its function is elsewhere" in answer.note


def test_it_comes_with_its_api_key_where_authorizers_name_those() -> None:
    plan = UsagePlan("p", "plan", (ApiKey("k", "key", "key-1"),))
    keyed = guarded(rest({"GET /x": "Fn"}, usage_plans=(plan,), key_source="AUTHORIZER"), TOKENS)
    keyed = replace(keyed, routes=tuple(replace(route, api_key=True) for route in keyed.routes))
    for name, status in (("alice", 200), ("bob", 403)):
        _, answer = told(keyed, request("GET", "/x", [(NAME, name)]), identities=PEOPLE)
        assert answer.response.status == status


def test_a_resource_policy_counts_all_the_same() -> None:
    deny = document(statement("Deny", "execute-api:/*", Principal="*"))
    for by in (TOKENS, JWT, POOL, IamAuthorizer()):
        api = guarded(rest({"GET /x": "Fn"}, policy=deny), by)
        calls, answer = told(api, request("GET", "/x", [(NAME, "alice")]), identities=PEOPLE)
        assert (answer.response.status, calls) == (403, [])
