"""Where a request carries its token, and whether an issuer signed it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

import pytest

from localstack_lite.gateway.guards.key_ring import KeyRing
from localstack_lite.gateway.guards.token_check import Believed, KeysLost, believed, token_source
from localstack_lite.gateway.guards.token_rules import RSA, Demands, Rejected, Unverified, unverified
from localstack_lite.gateway.visit import Visit
from localstack_lite.model.api import Api
from localstack_lite.model.authorizer import JwtIssuer
from tests.gateway.tale import STAMP, http, project, request, rest, visit
from tests.gateway.tokens import ISSUER, Documents, claims, issuer, keys, token

HTTP = http({"GET /x": "Fn"})
REST = rest({"GET /x": "Fn"})


@pytest.mark.parametrize(
    ("api", "expression", "found"),
    [
        (HTTP, "$request.header.Authorization", "a"),
        (HTTP, "$request.querystring.token", "c d"),
        (HTTP, "$request.header.Missing", ""),
        (REST, "method.request.header.authorization", "a"),
        (REST, "Authorization", ""),
        (REST, "", ""),
    ],
)
def test_a_token_is_where_the_identity_source_says(api: Api, expression: str, found: str) -> None:
    sent = request(target="/x?token=c%20d", headers=(("authorization", "a"),))
    assert token_source(project(api), api, api.routes[0], expression)(visit(sent)) == found


def told(
    text: str, documents: Documents, ring: KeyRing | None = None, at: Visit | None = None, **more: str
) -> Believed | Rejected | KeysLost:
    opened = unverified(text, RSA)
    assert isinstance(opened, Unverified)
    one = JwtIssuer(ISSUER, ("shop",), **more)
    at = at or visit(request())
    telling = believed(at, opened, one, Demands(ISSUER, ("shop",)), ring or KeyRing(), PurePosixPath("/p"))
    try:
        step = next(telling)
        while True:
            step = telling.send(documents(step))
    except StopIteration as end:
        result: Believed | Rejected | KeysLost = end.value
        return result


def test_a_token_that_the_issuer_signed_is_believed() -> None:
    found = told(token(scope="a b"), issuer())
    assert isinstance(found, Believed)
    assert found.claims["sub"] == "u-1"
    assert found.scopes == ("a", "b")


def test_a_kid_that_the_issuer_does_not_publish_is_said_so() -> None:
    found = told(keys().token(claims(), header={"kid": "none-of-them"}), issuer())
    assert isinstance(found, Rejected)
    assert "kid" in found.note


def test_a_signature_is_looked_at_before_what_the_token_says() -> None:
    found = told(keys("stranger").token(claims(aud="other"), header={"kid": "key-1"}), issuer())
    assert isinstance(found, Rejected)
    assert found.said == "the token's signature is invalid"


def test_keys_out_of_reach_name_the_issuer_the_reason_and_what_helps() -> None:
    found = told(token(), Documents({}))
    assert isinstance(found, KeysLost)
    assert found.said == "OIDC discovery endpoint communication error"
    assert ISSUER in found.note
    assert "404" in found.note
    assert "[issuers] in devserve.toml" in found.note


def test_keys_of_a_file_do_for_an_issuer_far_away() -> None:
    documents = Documents({"file:///p/keys.json": keys().body})
    assert isinstance(told(token(), documents, jwks="keys.json"), Believed)


def test_a_key_that_is_new_is_told_with_what_aws_does() -> None:
    ring, before = KeyRing(), visit(request())
    after = replace(before, stamp=replace(STAMP, now=STAMP.now + 61))
    told(token(), issuer(of=keys("old")), ring, before)
    found = told(token(), issuer(), ring, after)
    assert isinstance(found, Believed)
    assert "two hours" in found.note
    again = told(token(), issuer(), ring, after)
    assert isinstance(again, Believed)
    assert again.note == ""
