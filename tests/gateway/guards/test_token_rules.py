"""What a token must say, and what is never taken for one."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.guards.token_rules import (
    PUBLIC_KEY,
    RSA,
    Demands,
    Lack,
    Rejected,
    Unverified,
    bare,
    rejected,
    scopes_of,
    unverified,
)
from tests.gateway.tokens import ISSUER, NOW, claims

DEMANDS = Demands(ISSUER, ("shop", "shop-admin"))


def written(header: object, payload: object, signature: str = "c2ln") -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, payload))
    return ".".join((*parts, signature))


DEEP: dict[str, Any] = {}
for _ in range(400):
    DEEP = {"a": DEEP}


@pytest.mark.parametrize(
    ("value", "token"),
    [
        ("a.b.c", "a.b.c"),
        ("Bearer a.b.c", "a.b.c"),
        ("bearer  a.b.c ", "a.b.c"),
        ("Basic x", "Basic x"),
        ("Bearer", "Bearer"),
    ],
)
def test_a_token_stands_alone_or_behind_bearer(value: str, token: str) -> None:
    assert bare(value) == token


def test_a_token_is_taken_apart_before_anything_of_it_is_believed() -> None:
    found = unverified(written({"alg": "RS256", "kid": "k"}, {"iss": "x"}), RSA)
    assert isinstance(found, Unverified)
    assert (found.algorithm, found.key_id, found.claims) == ("RS256", "k", {"iss": "x"})


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("", "token contains an invalid number of segments"),
        ("not-a-token", "token contains an invalid number of segments"),
        ("a.b", "token contains an invalid number of segments"),
        ("a.b.c.d.e", "token contains an invalid number of segments"),
        (written({"alg": "RS256", "kid": "k"}, {}, ""), "token contains an invalid number of segments"),
        ("a.b.c", "token is malformed"),
        (written([1], {}), "token is malformed"),
        (written({"alg": "RS256", "kid": "k"}, "nested.jwt.here"), "token is malformed"),
        (written({"alg": "RS256", "kid": "k"}, {}, "not base64!"), "token is malformed"),
        ("ü.ü.ü", "token is malformed"),
        ("[" * 400 + ".e30.c2ln", "token is malformed"),
        (written({"alg": "RS256", "kid": "k"}, DEEP), "token is malformed"),
        (written({"alg": DEEP, "kid": "k"}, {}), "token is malformed"),
        ("x" * 20_000, "token is too long"),
        (written({"kid": "k"}, {}), "signing method is invalid"),
        (written({"alg": "none", "kid": "k"}, {}), "signing method none is invalid"),
        (written({"alg": "None", "kid": "k"}, {}), "signing method None is invalid"),
        (written({"alg": "HS256", "kid": "k"}, {}), "signing method HS256 is invalid"),
        (written({"alg": "ES256", "kid": "k"}, {}), "signing method ES256 is invalid"),
        (written({"alg": ["RS256"], "kid": "k"}, {}), "signing method is invalid"),
        (written({"alg": 'x" realm="y', "kid": "k"}, {}), "signing method is invalid"),
        (written({"alg": "RS256"}, {}), "the token does not have a key ID"),
        (written({"alg": "RS256", "kid": 7}, {}), "the token does not have a key ID"),
        (written({"alg": "RS256", "kid": "k", "crit": ["b64"], "b64": False}, {}), "token is malformed"),
    ],
)
def test_what_is_no_token_of_an_http_api_is_told_so(token: str, said: str) -> None:
    found = unverified(token, RSA)
    assert isinstance(found, Rejected)
    assert found.said == said
    assert found.note


def test_a_shared_secret_is_no_algorithm_even_where_the_authorizer_allows_it() -> None:
    for algorithm in ("HS256", "none"):
        assert isinstance(unverified(written({"alg": algorithm, "kid": "k"}, {}), (algorithm, "RS256")), Rejected)


def test_a_rest_api_takes_the_algorithms_that_it_names() -> None:
    assert isinstance(unverified(written({"alg": "ES256", "kid": "k"}, {}), ("ES256",)), Unverified)
    assert isinstance(unverified(written({"alg": "RS256", "kid": "k"}, {}), ("ES256",)), Rejected)


def test_claims_that_say_all_that_is_wanted_do() -> None:
    assert rejected(claims(), DEMANDS, NOW) is None


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"iss": "https://other.example"}, "the token does not have a valid issuer"),
        ({"iss": f"{ISSUER}/"}, "the token does not have a valid issuer"),
        ({"iss": None}, "the token does not have a valid issuer"),
        ({"iss": [ISSUER]}, "the token does not have a valid issuer"),
        ({"exp": int(NOW) - 1}, "the token has expired"),
        ({"exp": NOW}, "the token has expired"),
        ({"exp": None}, "the token does not have an expiration time"),
        ({"exp": "9999999999"}, "the token does not have an expiration time"),
        ({"exp": True}, "the token does not have an expiration time"),
        ({"nbf": int(NOW) + 60}, "the token is not valid yet"),
        ({"nbf": "0"}, "the token is not valid yet"),
        ({"iat": int(NOW) + 60}, "the token was used before it was issued"),
        ({"aud": "other"}, "the token does not have a valid audience"),
        ({"aud": ["other", "third"]}, "the token does not have a valid audience"),
        ({"aud": []}, "the token does not have a valid audience"),
        ({"aud": {"shop": 1}}, "the token does not have a valid audience"),
        ({"aud": "other", "client_id": "shop"}, "the token does not have a valid audience"),
        ({"aud": None, "client_id": "other"}, "the token does not have a valid audience"),
        ({"aud": None}, "the token does not have a valid audience"),
    ],
)
def test_claims_that_say_something_else_do_not(more: dict[str, Any], said: str) -> None:
    found = rejected(claims(**more), DEMANDS, NOW)
    assert found is not None
    assert found.said == said


@pytest.mark.parametrize("more", [{"aud": ["x", "shop"]}, {"aud": None, "client_id": "shop-admin"}, {"nbf": int(NOW)}])
def test_any_audience_of_several_will_do_and_a_client_id_without_one(more: dict[str, Any]) -> None:
    assert rejected(claims(**more), DEMANDS, NOW) is None


def test_an_issuer_that_differs_by_its_last_slash_is_told_so_to_the_user() -> None:
    found = rejected(claims(), Demands(f"{ISSUER}/"), NOW)
    assert found is not None
    assert "slash" in found.note


def test_a_laptop_may_be_a_few_seconds_behind_its_issuer_but_no_token_outlives_its_time() -> None:
    assert rejected(claims(iat=NOW + 3, nbf=NOW + 3), DEMANDS, NOW) is None
    late = rejected(claims(exp=NOW - 0.5), DEMANDS, NOW)
    assert late is not None
    assert late.lack is Lack.TIME


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"scope": "a b"}, ("a", "b")),
        ({"scp": ["a", "b", 3]}, ("a", "b")),
        ({"scope": "a", "scp": "b a"}, ("a", "b")),
        ({"scope": 7}, ()),
        ({}, ()),
    ],
)
def test_scopes_are_a_text_or_a_list_under_either_name(more: dict[str, Any], found: tuple[str, ...]) -> None:
    assert scopes_of(claims(**more)) == found


def test_any_one_of_the_routes_scopes_will_do() -> None:
    wanted = Demands(ISSUER, scopes=("orders/read", "orders/write"))
    assert rejected(claims(scope="openid orders/write"), wanted, NOW) is None
    lacking = rejected(claims(scope="openid"), wanted, NOW)
    assert lacking is not None
    assert lacking.lack is Lack.SCOPE
    assert lacking.said == "expected scopes: [orders/read orders/write]"


@pytest.mark.parametrize(("use", "said"), [("id", None), ("access", "the token does not have a valid use")])
def test_cognito_tokens_say_what_they_are_for(use: str, said: str | None) -> None:
    found = rejected(claims(token_use="id"), Demands(ISSUER, use=use), NOW)
    assert (None if found is None else found.said) == said


@pytest.mark.parametrize(
    ("more", "does"),
    [
        ({"tenant": "a", "level": 3, "groups": ["x", "ops"]}, True),
        ({"tenant": "b", "level": 3, "groups": ["ops"]}, True),
        ({"tenant": "c", "level": 3, "groups": ["ops"]}, False),
        ({"tenant": "a", "level": 4, "groups": ["ops"]}, False),
        ({"tenant": "a", "level": 3, "groups": ["x"]}, False),
        ({"tenant": "a", "level": 3, "groups": []}, False),
        ({"tenant": "a", "groups": ["ops"]}, False),
    ],
)
def test_further_claims_must_be_there_with_one_of_their_values(more: dict[str, Any], does: bool) -> None:
    wanted = Demands(ISSUER, claims=(("tenant", ("a", "b")), ("level", ("3",)), ("groups", ("ops",)), ("sub", ())))
    assert (rejected(claims(**more), wanted, NOW) is None) is does


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda x: st.lists(x, max_size=3), max_leaves=5
)


@given(st.dictionaries(st.sampled_from(["iss", "aud", "client_id", "exp", "nbf", "iat", "scope", "scp", "sub"]), JSON))
def test_no_claims_are_too_strange_to_be_judged(strange: dict[str, Any]) -> None:
    found = rejected(strange, Demands(ISSUER, ("shop",), ("a",), (("sub", ("u",)),), "id"), NOW)
    assert found is not None, "nothing random has this issuer, audience, scope and use"


@given(st.text() | st.builds(written, JSON, JSON) | st.text(alphabet="eyJhbGciOi.-_=", max_size=60))
def test_no_text_is_too_strange_to_be_taken_apart(text: str) -> None:
    found = unverified(bare(text), PUBLIC_KEY)
    if isinstance(found, Rejected):
        assert text not in found.note or len(text) < 12
        assert found.said.isascii()
