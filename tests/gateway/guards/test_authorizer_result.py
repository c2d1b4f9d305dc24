"""What authorizers return: what is read, what is a failure, and what the route's function sees of it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.guards.authorizer_result import (
    Granted,
    Unusable,
    authorizer_context,
    flat_text,
    read_result,
)
from localstack_lite.gateway.guards.policy import Asked, Verdict
from localstack_lite.model.api import ApiKind, HttpProxy, LambdaProxy
from localstack_lite.model.authorizer import LambdaAuthorizer
from tests.gateway.guarded import document, statement
from tests.gateway.tale import http, rest

REST = LambdaAuthorizer("A", "Auth")
OLD = LambdaAuthorizer("A", "Auth", payload="1.0")
MODERN = LambdaAuthorizer("A", "Auth", payload="2.0")
SIMPLE = LambdaAuthorizer("A", "Auth", payload="2.0", simple=True)
POLICY = document(statement("Allow"))
GOOD = {"principalId": "alice", "policyDocument": POLICY}


def read(value: object, kind: ApiKind = ApiKind.REST, authorizer: LambdaAuthorizer = REST) -> Granted:
    return read_result(kind, authorizer, json.dumps(value).encode())


def test_a_policy_with_everything() -> None:
    context = {"text": "a", "number": 1, "float": 1.5, "yes": True, "no": False, "empty": ""}
    granted = read({**GOOD, "context": context, "usageIdentifierKey": "key-1", "other": 1})
    assert granted.principal == "alice"
    assert granted.policy is not None
    assert granted.usage_key == "key-1"
    assert granted.context == {
        "text": "a",
        "number": "1",
        "float": "1.5",
        "yes": "true",
        "no": "false",
        "empty": "",
    }


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        "Unauthorized",
        {},
        {"policyDocument": POLICY},
        {"principalId": None, "policyDocument": POLICY},
        {"principalId": ["alice"], "policyDocument": POLICY},
        {"principalId": True, "policyDocument": POLICY},
        {"principalId": "alice"},
        {"principalId": "alice", "policyDocument": "Allow"},
        {"principalId": "alice", "policyDocument": json.dumps(POLICY)},
        {**GOOD, "context": []},
        {**GOOD, "context": {"a": {"b": 1}}},
        {**GOOD, "context": {"a": ["b"]}},
        {**GOOD, "context": {"a": None}},
        {**GOOD, "context": {"claims": "x"}},
        {**GOOD, "policyDocument": document(statement("Allow", "a" * 513))},
        {"isAuthorized": True},
    ],
)
@pytest.mark.parametrize(("kind", "authorizer"), [(ApiKind.REST, REST), (ApiKind.HTTP, OLD), (ApiKind.WEBSOCKET, REST)])
def test_what_is_a_failure(wrong: object, kind: ApiKind, authorizer: LambdaAuthorizer) -> None:
    with pytest.raises(Unusable):
        read(wrong, kind, authorizer)


def test_a_resource_of_512_bytes_will_do() -> None:
    assert read({**GOOD, "policyDocument": document(statement("Allow", "a" * 512))}).policy is not None


def test_no_json_is_a_failure() -> None:
    for payload in (b"", b"{", b"\xff"):
        with pytest.raises(Unusable):
            read_result(ApiKind.REST, REST, payload)


def test_a_websocket_api_takes_8_kb() -> None:
    large = {**GOOD, "context": {"a": "x" * 8192}}
    assert read(large).context["a"] == "x" * 8192
    with pytest.raises(Unusable, match="8192"):
        read(large, ApiKind.WEBSOCKET)


def test_format_2_keeps_types_and_needs_no_principal() -> None:
    context = {"number": 1, "list": ["a"], "map": {"b": None}}
    granted = read({"policyDocument": POLICY, "context": context}, ApiKind.HTTP, MODERN)
    assert granted.context == context
    assert granted.principal == ""


@pytest.mark.parametrize("allowed", [True, False])
def test_a_simple_response(allowed: bool) -> None:
    granted = read({"isAuthorized": allowed, "context": {"a": [1]}}, ApiKind.HTTP, SIMPLE)
    assert granted == Granted("", None, allowed, {"a": [1]})


@pytest.mark.parametrize("wrong", [{}, GOOD, {"isAuthorized": "true"}, {"isAuthorized": 1}, {"isAuthorized": None}])
def test_what_is_no_simple_response(wrong: object) -> None:
    with pytest.raises(Unusable):
        read(wrong, ApiKind.HTTP, SIMPLE)


def test_simple_responses_are_for_format_2_of_http_apis() -> None:
    with pytest.raises(Unusable):
        read({"isAuthorized": True}, ApiKind.HTTP, MODERN)
    with pytest.raises(Unusable):
        read({"isAuthorized": True}, ApiKind.REST, SIMPLE)


@pytest.mark.parametrize(("value", "text"), [("a", "a"), (1, "1"), (-2.5, "-2.5"), (True, "true"), (False, "false")])
def test_how_a_value_becomes_text(value: object, text: str) -> None:
    assert flat_text(value) == text


def test_where_each_kind_shows_the_context() -> None:
    context = {"a": "b"}
    rest_api, modern = rest({"GET /": "Fn"}), http({"GET /": "Fn"})
    old, proxied = http({"GET /": LambdaProxy("Fn", payload="1.0")}), http({"GET /": HttpProxy("http://localhost")})
    assert authorizer_context(rest_api, rest_api.routes[0], "alice", context, 7) == {
        "a": "b",
        "principalId": "alice",
        "integrationLatency": 7,
    }
    assert authorizer_context(modern, modern.routes[0], "alice", context, 7) == {"lambda": {"a": "b"}}
    assert authorizer_context(modern, modern.routes[0], "alice", {}, 7) == {"lambda": None}
    assert authorizer_context(proxied, proxied.routes[0], "alice", context, 7) == {"lambda": {"a": "b"}}
    assert authorizer_context(old, old.routes[0], "alice", context, 7) == {"a": "b", "principalId": "alice"}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "Allow", "Deny", "*", "alice"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                [
                    "principalId",
                    "policyDocument",
                    "context",
                    "isAuthorized",
                    "Statement",
                    "Effect",
                    "Action",
                    "Resource",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=10,
)


@given(VALUES, st.sampled_from([REST, OLD, MODERN, SIMPLE]), st.sampled_from(list(ApiKind)))
def test_whatever_comes_opens_only_by_an_allow(value: object, authorizer: LambdaAuthorizer, kind: ApiKind) -> None:
    try:
        granted = read(value, kind, authorizer)
    except Unusable:
        return
    assert isinstance(value, dict)
    if granted.policy is None:
        assert granted.allowed is value["isAuthorized"] is True or not granted.allowed
    elif granted.policy.judge(Asked("arn", {})).verdict is Verdict.ALLOW:
        assert '"Effect": "Allow"' in json.dumps(value)


@given(st.binary(max_size=40))
def test_bytes_of_any_kind_are_read_or_a_failure(payload: bytes) -> None:
    with pytest.raises(Unusable):
        read_result(ApiKind.REST, REST, payload)
