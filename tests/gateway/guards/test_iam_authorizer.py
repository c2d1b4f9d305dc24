"""Signed requests only: who events then show, and AWS's words for everybody else."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.faces import mask_of
from localstack_lite.gateway.guards.iam_authorizer import iam_caller, iam_door, shortened
from localstack_lite.gateway.memory import ApiMemory
from localstack_lite.gateway.settings import Settings
from localstack_lite.gateway.visit import Door, Visit
from localstack_lite.model.api import Api, ApiKind, Face, LambdaProxy
from localstack_lite.model.authorizer import IamAuthorizer
from localstack_lite.wire.messages import Headers, Request
from tests.gateway.signing import KEY_ID, SECRET, changed, signed, signed_at
from tests.gateway.tale import STAMP, header, http, project, request, rest, url, visit
from tests.gateway.tokens import Documents, passed, worded

REST = rest({"GET /x": "Fn"})
HTTP = http({"GET /x": "Fn"})
URL = url()
KNOWN = Settings(secret={KEY_ID: SECRET}.get)
STRANGE = Settings()
STRICT = Settings(strict_auth=True)


def door(api: Api = REST, settings: Settings = KNOWN) -> Door:
    return iam_door(project(api), api, api.routes[0], IamAuthorizer(), (), settings, ApiMemory())


def at(sent: Request, after: float = 0.0) -> Visit:
    try:
        now = signed_at(sent)
    except ValueError:
        now = STAMP.now
    return replace(visit(sent), stamp=replace(STAMP, now=now + after), differences=[])


def asked(sent: Request, api: Api = REST, settings: Settings = KNOWN, after: float = 0.0) -> Visit | Denial:
    return passed(door(api, settings), at(sent, after), Documents({}))


def caller(sent: Request, api: Api = REST, settings: Settings = KNOWN) -> Any:
    found = asked(sent, api, settings)
    assert isinstance(found, Visit), found
    return found.caller


def answered(
    sent: Request, api: Api = REST, settings: Settings = KNOWN, after: float = 0.0
) -> tuple[int, Any, str | None]:
    found = asked(sent, api, settings, after)
    assert isinstance(found, Denial), found
    reply = worded(api, found, at(sent))
    return reply.status, json.loads(reply.body), header(reply, "x-amzn-ErrorType")


def test_a_verified_signature_fills_the_identity_of_a_rest_api() -> None:
    found = caller(signed())
    assert found.note == ""
    assert found.authorizer is None
    assert found.identity["accessKey"] == KEY_ID
    assert found.identity["accountId"] == "123456789012"
    assert found.identity["userArn"].startswith("arn:aws:iam::123456789012:user/devserve-")
    assert found.identity["caller"] == found.identity["user"]
    assert found.identity["user"].startswith("AIDA")


def test_payload_2_and_function_urls_have_a_map_of_their_own() -> None:
    for api, service in ((HTTP, "execute-api"), (URL, "lambda")):
        iam = caller(signed(service=service), api).authorizer["iam"]
        assert set(iam) == {
            "accessKey",
            "accountId",
            "callerId",
            "cognitoIdentity",
            "principalOrgId",
            "userArn",
            "userId",
        }
        assert iam["callerId"] == iam["userId"]
        assert iam["cognitoIdentity"] is None


def test_payload_1_has_the_identity_of_a_rest_api() -> None:
    found = caller(signed(), http({"GET /x": LambdaProxy("Fn", "1.0")}))
    assert found.authorizer is None
    assert found.identity["accessKey"] == KEY_ID


def test_temporary_keys_are_a_roles_session() -> None:
    identity = caller(signed(key_id="ASIAIOSFODNN7EXAMPLE", token="t"), settings=STRANGE).identity
    assert ":assumed-role/devserve/" in identity["userArn"]
    assert identity["user"].startswith("AROA")
    assert ":" in identity["user"]


def test_the_same_keys_are_the_same_user_and_others_another() -> None:
    assert caller(signed()).identity == caller(signed("/y")).identity
    other = caller(signed(key_id="AKIAOTHER00000000000"), settings=STRANGE)
    assert other.identity["userArn"] != caller(signed()).identity["userArn"]


def test_what_cannot_be_known_here_is_a_difference_to_aws() -> None:
    found, here = asked(signed(region="eu-west-1")), asked(signed())
    assert isinstance(found, Visit)
    assert isinstance(here, Visit)
    assert [one.kind for one in found.differences] == ["signed-for-other-region", "iam-user"]
    assert [one.kind for one in here.differences] == ["iam-user"]


def test_unknown_keys_are_let_through_with_a_note_that_shows_little_of_them() -> None:
    note = caller(signed(), settings=STRANGE).note
    assert note == "signature of AKIA…PLE not verified: its secret is not known here"


def test_unknown_keys_are_refused_where_that_was_asked_for() -> None:
    status, body, error = answered(signed(), settings=STRICT)
    assert (status, error) == (403, "UnrecognizedClientException")
    assert body == {"message": "The security token included in the request is invalid."}


@pytest.mark.parametrize("settings", [STRANGE, STRICT])
def test_an_asymmetric_signature_cannot_be_verified(settings: Settings) -> None:
    sent = signed()
    value = (sent.headers.get("Authorization") or "").replace("HMAC", "ECDSA-P256").replace("/us-east-1/", "/")
    found = asked(changed(sent, Authorization=value), settings=settings)
    assert isinstance(found, Denial if settings.strict_auth else Visit)
    if isinstance(found, Visit) and found.caller is not None:
        assert "SigV4a" in found.caller.note


def test_a_signed_address_will_do() -> None:
    assert caller(signed(expires=60)).note == ""


def test_an_unsigned_request_is_answered_as_its_kind_of_api_does() -> None:
    plain = request(target="/x")
    assert answered(plain) == (403, {"message": "Missing Authentication Token"}, "MissingAuthenticationTokenException")
    assert answered(plain, HTTP)[:2] == (403, {"message": "Forbidden"})
    status, body, error = answered(plain, URL)
    assert (status, error) == (403, "AccessDeniedException")
    assert body["Message"].startswith("Forbidden. For troubleshooting Function URL authorization issues, see: https://")


def test_a_signature_that_does_not_fit_is_answered_as_aws_does() -> None:
    wrong = signed(secret="another secret")
    status, body, error = answered(wrong)
    assert (status, error) == (403, "InvalidSignatureException")
    assert body["message"].startswith("The request signature we calculated does not match")
    assert answered(wrong, HTTP)[:2] == (403, {"message": "Forbidden"})
    status, body, error = answered(signed(service="lambda", secret="another secret"), URL)
    assert (status, error) == (403, "InvalidSignatureException")
    assert body["message"].startswith("The request signature we calculated does not match")


def test_a_signature_for_another_service_is_none_for_this_one() -> None:
    assert "correct service: 'execute-api'" in answered(signed(service="lambda"), settings=STRANGE)[1]["message"]
    assert "correct service: 'lambda'" in answered(signed(), URL, STRANGE)[1]["message"]


def test_an_old_signature_is_refused_even_when_its_keys_are_unknown() -> None:
    assert answered(signed(), settings=STRANGE, after=301)[1]["message"].startswith("Signature expired")


def test_a_header_that_is_no_signature_is_an_incomplete_one() -> None:
    sent = request(target="/x", headers=(("Authorization", "Bearer some.token.here"),))
    status, body, error = answered(sent)
    assert (status, error) == (403, "IncompleteSignatureException")
    assert "some.token.here" not in body["message"]


def test_the_user_is_told_why_a_signature_does_not_fit() -> None:
    body = signed(method="POST", body=b"x", headers=(("X-Amz-Content-SHA256", "UNSIGNED-PAYLOAD"),))
    for sent, word in ((body, "leaves the body out"), (signed(secret="another"), "another secret")):
        found = asked(sent)
        assert isinstance(found, Denial)
        assert word in found.note
        assert SECRET not in found.note
        assert KEY_ID not in found.note


def test_a_face_does_not_change_what_the_client_signed() -> None:
    api = replace(HTTP, face=Face.AWS)
    mask = mask_of(project(api), api)
    assert mask is not None
    sent = signed(host="127.0.0.1:3000")
    masked = replace(visit(mask.inward(sent)), mask=mask, stamp=replace(STAMP, now=signed_at(sent)))
    found = passed(door(api), masked, Documents({}))
    assert isinstance(found, Visit), found


def test_a_web_socket_is_asked_for_as_a_rest_api_is() -> None:
    api = Api("Ws", "ws", ApiKind.WEBSOCKET, REST.routes)
    found = caller(signed(expires=60), api)
    assert found.identity["accessKey"] == KEY_ID


@pytest.mark.parametrize(
    ("arn", "user", "account"),
    [
        ("arn:aws:iam::111122223333:user/ann", "AIDA", "111122223333"),
        ("arn:aws:sts::111122223333:assumed-role/admin/ann", "AROA", "111122223333"),
        ("nobody", "AIDA", ""),
    ],
)
def test_somebody_for_a_test_has_the_arn_that_the_user_wrote(arn: str, user: str, account: str) -> None:
    for api in (REST, HTTP, URL):
        found = iam_caller(api, api.routes[0], arn)
        shown: Any = found.identity or (found.authorizer or {})["iam"]
        assert shown["userArn"] == arn
        assert shown["accountId"] == account
        assert (shown.get("user") or shown.get("userId")).startswith(user)


@pytest.mark.parametrize(
    ("key", "shown"), [(KEY_ID, "AKIA…PLE"), ("test", "te…"), ("", "…"), ("a\x1b[31m" * 4, "a??3…31m")]
)
def test_keys_are_shown_shortened_and_harmless(key: str, shown: str) -> None:
    assert shortened(key) == shown


LATIN = st.text(st.characters(max_codepoint=255), max_size=80)


@given(LATIN, LATIN, LATIN, st.sampled_from([REST, HTTP, URL]), st.sampled_from([KNOWN, STRICT]))
def test_a_storm_of_requests_opens_no_door(value: str, query: str, date: str, api: Api, settings: Settings) -> None:
    start = (
        f"AWS4-HMAC-SHA256 Credential={KEY_ID}/{date}/us-east-1/execute-api/aws4_request,SignedHeaders=host,Signature="
    )
    for sent in (
        Request("GET", "/x", query, Headers((("Authorization", value),))),
        Request("GET", "/x", query, Headers((("Authorization", start + value), ("X-Amz-Date", date)))),
        Request("GET", "/x", f"X-Amz-Signature={value}&X-Amz-Algorithm=AWS4-HMAC-SHA256&{query}", Headers(())),
    ):
        found = passed(door(api, settings), visit(sent), Documents({}))
        assert isinstance(found, Denial)
        assert worded(api, found, visit(sent)).status == 403
