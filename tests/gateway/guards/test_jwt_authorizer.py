"""JWT authorizers: who is let through, what events show of them, and AWS's words for the others."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey

from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.exchange import exchange
from localstack_lite.gateway.guards.jwt_authorizer import claims_caller, jwt_door
from localstack_lite.gateway.memory import ApiMemory
from localstack_lite.gateway.settings import Settings
from localstack_lite.gateway.sites import Sites
from localstack_lite.gateway.steps import Call
from localstack_lite.gateway.visit import Door, Visit
from localstack_lite.model.api import Api, LambdaProxy
from localstack_lite.model.authorizer import Guard, JwtAuthorizer, JwtIssuer
from localstack_lite.model.gateway_response import ResponseType
from localstack_lite.model.outgoing import Unreached
from localstack_lite.wire.messages import Response
from tests.gateway.tale import STAMP, header, http, project, request, rest, visit
from tests.gateway.tokens import ISSUER, NOW, Documents, claims, issuer, keys, passed, token, worded
from tests.oidc import sign

AUTHORIZER = JwtAuthorizer("jwt", (JwtIssuer(ISSUER, ("shop",)),))
HTTP = http({"GET /x": "Fn"})
REST = rest({"GET /x": "Fn"})


def door(
    api: Api = HTTP,
    authorizer: JwtAuthorizer = AUTHORIZER,
    scopes: tuple[str, ...] = (),
    memory: ApiMemory | None = None,
) -> Door:
    return jwt_door(project(api), api, api.routes[0], authorizer, scopes, Settings(), memory or ApiMemory())


def asking(value: str | None, name: str = "Authorization") -> Visit:
    return visit(request(target="/x", headers=() if value is None else ((name, value),)))


def answered(
    value: str | None, of: Door | None = None, api: Api = HTTP, documents: Documents | None = None
) -> Response:
    """What the client gets that is not let through."""
    at = asking(value)
    found = passed(of or door(api), at, documents or issuer())
    assert isinstance(found, Denial)
    return worded(api, found, at)


def let_through(value: str, of: Door | None = None) -> Any:
    found = passed(of or door(), asking(value), issuer())
    assert isinstance(found, Visit), found
    assert found.caller is not None
    return found.caller.authorizer


@pytest.mark.parametrize("prefix", ["", "Bearer ", "bearer "])
def test_a_good_token_is_let_through_with_its_claims_as_texts(prefix: str) -> None:
    found = let_through(
        prefix + token(**{"cognito:groups": ["admin", "poweruser"]}, email_verified=True, nickname=None)
    )
    assert found == {
        "jwt": {
            "claims": {
                "iss": ISSUER,
                "aud": "shop",
                "sub": "u-1",
                "iat": str(int(NOW) - 60),
                "exp": str(int(NOW) + 600),
                "cognito:groups": "[admin poweruser]",
                "email_verified": "true",
            },
            "scopes": None,
        }
    }


def test_scopes_are_shown_where_the_route_demands_some_and_then_all_of_the_token() -> None:
    text = token(scope="openid read write")
    assert let_through(text)["jwt"]["scopes"] is None
    assert let_through(text, door(scopes=("read",)))["jwt"]["scopes"] == ["openid", "read", "write"]


def test_payload_1_has_claims_and_scopes_without_a_word_before_them() -> None:
    api = http({"GET /x": LambdaProxy("Fn", "1.0")})
    found = let_through(token(scope="read"), door(api, scopes=("read",)))
    assert found["claims"]["sub"] == "u-1"
    assert found["scopes"] == ["read"]
    assert "jwt" not in found


def test_claims_of_a_rest_api_keep_their_types() -> None:
    found = let_through(token(n=42, s="42", roles=["user"], address={"city": "Zürich"}, no=None), door(REST))
    assert found["claims"]["n"] == 42
    assert found["claims"]["s"] == "42"
    assert found["claims"]["roles"] == ["user"]
    assert found["claims"]["address"] == {"city": "Zürich"}
    assert set(found) == {"claims"}


def test_no_token_is_answered_with_a_challenge_that_says_no_more() -> None:
    for value in (None, "", "  "):
        reply = answered(value)
        assert reply.status == 401
        assert reply.body == b'{"message":"Unauthorized"}'
        assert header(reply, "www-authenticate") == "Bearer"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("not-a-token", "token contains an invalid number of segments"),
        ("Bearer", "token contains an invalid number of segments"),
        (token(aud="other"), "the token does not have a valid audience"),
        (token(exp=1), "the token has expired"),
        (token(iss=f"{ISSUER}/"), "the token does not have a valid issuer"),
        (keys("stranger").token(claims(), header={"kid": "key-1"}), "the token's signature is invalid"),
        (keys().token(claims(), header={"kid": None}), "the token does not have a key ID"),
    ],
)
def test_a_token_that_does_not_do_is_told_why_in_the_challenge(value: str, said: str) -> None:
    reply = answered(value)
    assert reply.status == 401
    assert reply.body == b'{"message":"Unauthorized"}'
    assert header(reply, "www-authenticate") == f'Bearer scope="" error="invalid_token" error_description="{said}"'


def test_a_lack_of_scope_is_forbidden_and_names_the_scopes() -> None:
    reply = answered(token(scope="openid"), door(scopes=("HelloAPI/hello.read", "HelloAPI/hello.write")))
    wanted = "HelloAPI/hello.read HelloAPI/hello.write"
    challenge = f'Bearer scope="{wanted}" error="insufficient_scope" error_description="expected scopes: [{wanted}]"'
    assert (reply.status, reply.body) == (403, b'{"message":"Forbidden"}')
    assert header(reply, "www-authenticate") == challenge


def test_scopes_beyond_ascii_do_not_break_the_reply() -> None:
    challenge = header(answered(token(), door(scopes=("größe",))), "www-authenticate")
    assert challenge is not None
    assert challenge.isascii()


def test_an_issuer_out_of_reach_closes_an_http_api_with_401() -> None:
    reply = answered(token(), documents=Documents({}))
    assert reply.status == 401
    assert "OIDC discovery endpoint communication error" in (header(reply, "www-authenticate") or "")


def test_the_user_is_told_which_issuer_is_out_of_reach_and_what_helps() -> None:
    at = asking(token())
    away = Documents({f"{ISSUER}/.well-known/openid-configuration": Unreached("no such host")})
    found = passed(door(), at, away)
    assert isinstance(found, Denial)
    for word in (ISSUER, "no such host", "[issuers] in devserve.toml"):
        assert word in found.note
    assert token() not in found.note


def test_a_rest_api_says_unauthorized_access_denied_or_that_the_authorizer_is_misconfigured() -> None:
    assert answered(None, api=REST).status == 401
    reply = answered(token(aud="other"), api=REST)
    assert (reply.status, header(reply, "x-amzn-ErrorType")) == (401, "UnauthorizedException")
    assert answered(token(), door(REST, scopes=("a",)), REST).status == 403
    reply = answered(token(), api=REST, documents=Documents({}))
    assert (reply.status, header(reply, "x-amzn-ErrorType")) == (500, "AuthorizerConfigurationException")


def test_a_rest_authorizer_has_several_issuers_with_audiences_of_their_own() -> None:
    second = "https://second.example"
    two = replace(AUTHORIZER, issuers=(*AUTHORIZER.issuers, JwtIssuer(second, ("other",))))
    documents = issuer()
    documents.answers.update(issuer(second, keys("second")).answers)
    of = door(REST, two)
    good = keys("second").token(claims(iss=second, aud="other"))
    crossed = keys("second").token(claims(iss=second, aud="shop"))
    foreign = keys("second").token(claims(iss=ISSUER), header={"kid": "second-1"})
    assert isinstance(passed(of, asking(token()), documents), Visit)
    assert isinstance(passed(of, asking(good), documents), Visit)
    assert isinstance(passed(of, asking(crossed), documents), Denial)
    assert isinstance(passed(of, asking(foreign), documents), Denial), "signed by another issuer of the authorizer"


def test_a_rest_authorizer_has_its_own_algorithms_and_an_http_api_takes_rsa_only() -> None:
    key = ECKey.generate_key("P-256", {"kid": "ec"})
    text = sign({"alg": "ES256", "kid": "ec"}, claims(), key)
    documents = Documents({"file:///k": json.dumps({"keys": [key.as_dict(private=False)]}).encode()})
    there = replace(AUTHORIZER, issuers=(JwtIssuer(ISSUER, ("shop",), "file:///k"),), algorithms=("ES256",))
    assert isinstance(passed(door(REST, there), asking(text), documents), Visit)
    assert isinstance(passed(door(REST, replace(there, algorithms=())), asking(text), documents), Visit)
    assert isinstance(passed(door(REST, replace(there, algorithms=("RS256",))), asking(text), documents), Denial)
    assert isinstance(passed(door(HTTP, there), asking(text), documents), Denial)


def test_a_rest_authorizer_may_want_further_claims() -> None:
    strict = door(REST, replace(AUTHORIZER, claims={"tenant": ("a",)}))
    assert isinstance(passed(strict, asking(token(tenant="a")), issuer()), Visit)
    assert isinstance(passed(strict, asking(token(tenant="b")), issuer()), Denial)


def test_an_authorizer_without_issuers_lets_nobody_through() -> None:
    found = passed(door(HTTP, replace(AUTHORIZER, issuers=())), asking(token()), issuer())
    assert isinstance(found, Denial)
    assert found.type is ResponseType.AUTHORIZER_CONFIGURATION_ERROR


def test_a_token_may_come_in_another_header_or_in_the_query() -> None:
    elsewhere = door(authorizer=replace(AUTHORIZER, source="$request.querystring.token"))
    at = visit(request(target=f"/x?token={token()}"))
    assert isinstance(passed(elsewhere, at, issuer()), Visit)
    assert isinstance(passed(elsewhere, asking(token()), issuer()), Denial)


def test_routes_of_an_api_share_the_keys() -> None:
    memory, documents = ApiMemory(), issuer()
    for of in (door(memory=memory), door(scopes=("a",), memory=memory)):
        passed(of, asking(token(scope="a")), documents)
    assert len(documents.asked) == 2


def test_somebody_for_a_test_looks_as_a_token_would() -> None:
    assert claims_caller(HTTP, HTTP.routes[0], {"sub": 7}, ()).authorizer == {
        "jwt": {"claims": {"sub": "7"}, "scopes": None}
    }
    assert claims_caller(REST, REST.routes[0], {"sub": 7}, ("a",)).authorizer == {"claims": {"sub": 7}}


@pytest.mark.parametrize(
    ("api", "path"),
    [
        (HTTP, ("authorizer", "jwt", "claims", "sub")),
        (http({"GET /x": LambdaProxy("Fn", "1.0")}), ("authorizer", "claims", "sub")),
        (REST, ("authorizer", "claims", "sub")),
    ],
)
def test_the_function_sees_the_claims_in_its_request_context(api: Api, path: tuple[str, ...]) -> None:
    guarded = replace(api, routes=(replace(api.routes[0], guard=Guard(AUTHORIZER)),))
    sent = asking(token()).request
    story, documents = exchange(Sites(project(guarded)).at("localhost"), sent, STAMP), issuer()
    step = next(story)
    while not isinstance(step, Call):
        step = story.send(documents(step))
    found = json.loads(step.invocation.payload)["requestContext"]
    for name in path:
        found = found[name]
    assert found == "u-1"


PIECES = st.sampled_from(
    [*token().split("."), "e30", "", "eyJhbGciOiJub25lIn0", "Bearer ", "ey", "=", "ü", "\x00", " "]
)


@given(
    st.text() | st.lists(PIECES, max_size=6).map(".".join) | st.lists(PIECES, max_size=6).map("".join),
    st.sampled_from(["Authorization", "authorization", "X-Other"]),
    st.sampled_from([HTTP, REST]),
)
def test_a_storm_of_headers_opens_no_door(value: str, name: str, api: Api) -> None:
    found = passed(door(api), asking(value, name), issuer())
    if isinstance(found, Visit):
        assert value.replace(" ", "").removeprefix("Bearer") == token(), "only the token itself"
    else:
        reply = worded(api, found, asking(value, name))
        assert reply.status in (401, 403)
        assert all(text.isascii() and "\n" not in text for _, text in reply.headers)
