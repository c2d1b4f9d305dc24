"""Cognito authorizers: which token a method wants, and AWS's words when it gets another one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.guards.cognito_authorizer import cognito_caller, cognito_door
from localstack_lite.gateway.memory import ApiMemory
from localstack_lite.gateway.settings import Settings
from localstack_lite.gateway.visit import Door, Visit
from localstack_lite.model.authorizer import CognitoAuthorizer, JwtIssuer
from tests.gateway.tale import project, request, rest, visit
from tests.gateway.tokens import Documents, claims, issuer, keys, passed, worded

POOL = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI"
AUTHORIZER = CognitoAuthorizer("cognito", (JwtIssuer(POOL),))
API = rest({"GET /x": "Fn"})


def door(authorizer: CognitoAuthorizer = AUTHORIZER, scopes: tuple[str, ...] = ()) -> Door:
    return cognito_door(project(API), API, API.routes[0], authorizer, scopes, Settings(), ApiMemory())


def pool_token(**more: Any) -> str:
    return keys().token(claims(**{"iss": POOL, "token_use": "id", **more}))


def asked(value: str | None, of: Door | None = None, documents: Documents | None = None) -> Visit | Denial:
    at = visit(request(target="/x", headers=() if value is None else (("Authorization", value),)))
    return passed(of or door(), at, documents or issuer(POOL))


def answered(found: Visit | Denial) -> tuple[int, bytes]:
    assert isinstance(found, Denial)
    reply = worded(API, found, visit(request()))
    return reply.status, reply.body


@pytest.mark.parametrize("prefix", ["", "Bearer "])
def test_an_identity_token_opens_a_method_without_scopes(prefix: str) -> None:
    found = asked(prefix + pool_token(**{"cognito:groups": ["a", "b"], "email_verified": True, "exp": 2000000000}))
    assert isinstance(found, Visit)
    assert found.caller is not None
    assert found.caller.authorizer is not None
    shown = found.caller.authorizer["claims"]
    assert isinstance(shown, dict)
    assert shown["cognito:groups"] == "a,b"
    assert shown["email_verified"] == "true"
    assert shown["exp"] == "Wed May 18 03:33:20 UTC 2033"
    assert found.caller.identity == {}


def test_an_access_token_opens_a_method_with_one_of_its_scopes() -> None:
    of = door(scopes=("orders/read", "orders/write"))
    access = {"token_use": "access", "aud": None, "client_id": "c"}
    assert isinstance(asked(pool_token(**access, scope="openid orders/read"), of), Visit)
    assert answered(asked(pool_token(**access, scope="openid"), of))[0] == 401
    assert answered(asked(pool_token(scope="orders/read"), of))[0] == 401, "an identity token has no scopes"


def test_an_access_token_does_not_open_a_method_without_scopes() -> None:
    found = asked(pool_token(token_use="access"))
    assert answered(found) == (401, b'{"message":"Unauthorized"}')
    assert isinstance(found, Denial)
    assert "id token" in found.note


def test_any_app_client_of_the_pool_will_do() -> None:
    assert isinstance(asked(pool_token(aud="whoever")), Visit)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "not-a-token",
        pool_token(iss="https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Another00"),
        keys("stranger").token(claims(iss=POOL, token_use="id"), header={"kid": "key-1"}),
        keys().token(claims(iss=POOL, token_use="id"), header={"kid": "other"}),
    ],
)
def test_everybody_else_is_unauthorized(value: str | None) -> None:
    assert answered(asked(value)) == (401, b'{"message":"Unauthorized"}')


def test_an_expired_token_is_told_so() -> None:
    assert answered(asked(pool_token(exp=1))) == (401, b'{"message":"The incoming token has expired"}')


def test_a_validation_expression_is_tried_before_anything_else() -> None:
    documents = issuer(POOL)
    of = door(replace(AUTHORIZER, validation=r"Bearer [-\w.]+"))
    assert answered(asked(pool_token(), of, documents))[0] == 401
    assert documents.asked == []
    assert isinstance(asked(f"Bearer {pool_token()}", of, documents), Visit)


def test_a_validation_expression_that_is_none_lets_nobody_through() -> None:
    found = asked(pool_token(), door(replace(AUTHORIZER, validation="(")))
    assert answered(found)[0] == 500


def test_a_pool_out_of_reach_is_a_misconfigured_authorizer_and_the_user_reads_why() -> None:
    found = asked(pool_token(), documents=Documents({}))
    assert answered(found)[0] == 500
    assert isinstance(found, Denial)
    assert POOL in found.note


def test_an_authorizer_may_have_several_pools_or_none() -> None:
    other = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"
    both = door(replace(AUTHORIZER, pools=(JwtIssuer(other), JwtIssuer(POOL))))
    assert isinstance(asked(pool_token(), both), Visit)
    assert answered(asked(pool_token(), door(replace(AUTHORIZER, pools=()))))[0] == 401


def test_somebody_for_a_test_looks_as_a_token_would() -> None:
    assert cognito_caller(API, API.routes[0], {"sub": 7}, ()).authorizer == {"claims": {"sub": "7"}}


@given(st.text(max_size=200) | st.text(alphabet="eyJ.-_0aA=", max_size=200), st.booleans())
def test_a_storm_of_headers_opens_no_door(value: str, with_scopes: bool) -> None:
    assert isinstance(asked(value, door(scopes=("a",) if with_scopes else ())), Denial)
