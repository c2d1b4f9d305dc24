"""Resource policies of REST APIs, alone and beside authorizers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from localstack_lite.gateway.guards.authorize import guarding
from localstack_lite.gateway.guards.resource_policy import masked, resource_policy_of
from localstack_lite.gateway.memory import ApiMemory
from localstack_lite.gateway.settings import Settings
from localstack_lite.model.api import Api
from localstack_lite.model.authorizer import BrokenAuthorizer, IamAuthorizer
from localstack_lite.model.project import Project
from tests.gateway.guarded import TOKENS, document, guarded, message, says, served, statement, told
from tests.gateway.tale import header, http, project, request, rest

SENT = request("GET", "/x", [("Authorization", "a")])
RESOURCE = "arn:aws:execute-api:us-east-1:********9012:rest/stage/GET/x"
ANONYMOUS = f"User: anonymous is not authorized to perform: execute-api:Invoke on resource: {RESOURCE}"
EXPLICIT = f"{ANONYMOUS} with an explicit deny"
CLIENT = {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
ELSEWHERE = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}


def policy(effect: str, condition: dict[str, object] | None = None) -> dict[str, object]:
    return statement(effect, "execute-api:/*", Principal="*", Condition=condition or {})


ALLOWS = document(policy("Allow"))
DENIES = document(policy("Allow"), policy("Deny", CLIENT))
SILENT = document(policy("Allow", ELSEWHERE))


def api(given: object) -> Api:
    return rest({"GET /x": "Fn"}, policy=given)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (None, None),
        (ALLOWS, None),
        (document(policy("Allow", CLIENT)), None),
        (document(policy("Allow"), policy("Deny", ELSEWHERE)), None),
        (SILENT, ANONYMOUS),
        (document(), ANONYMOUS),
        (DENIES, EXPLICIT),
        (document(policy("Deny", CLIENT)), EXPLICIT),
        (document(policy("Allow", {"StringEquals": {"aws:SourceVpce": "vpce-1"}})), ANONYMOUS),
        (document(policy("Allow"), policy("Deny", {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}})), EXPLICIT),
        ({"Statement": "nonsense"}, EXPLICIT),
        (document(statement("Allow", "execute-api:/*")), EXPLICIT),
        ({}, EXPLICIT),
    ],
)
def test_alone_it_has_to_allow(given: object, text: str | None) -> None:
    calls, answer = told(api(given), SENT)
    if text is None:
        assert (answer.response.status, len(calls)) == (200, 1)
        return
    assert (answer.response.status, message(answer), calls) == (403, text, [])
    assert header(answer.response, "x-amzn-ErrorType") == "AccessDeniedException"
    assert answer.note.startswith("the resource policy")


@pytest.mark.parametrize(
    ("said", "given", "status", "asked"),
    [
        ("Allow", ALLOWS, 200, True),
        ("Allow", SILENT, 200, True),
        ("Allow", DENIES, 403, False),
        ("", ALLOWS, 200, True),
        ("", SILENT, 403, True),
        ("", DENIES, 403, False),
        ("Deny", ALLOWS, 403, True),
        ("Deny", SILENT, 403, True),
        ("Deny", DENIES, 403, False),
        ("", None, 403, True),
    ],
)
def test_beside_a_lambda_authorizer(said: str, given: object, status: int, asked: bool) -> None:
    """AWS's table of both, and that an explicit deny comes before the function is asked."""
    came = says(*([statement(said)] if said else []))
    calls, answer = told(guarded(api(given), TOKENS), SENT, came)
    assert answer.response.status == status
    assert bool(calls) is asked
    if not asked:
        assert message(answer) == EXPLICIT


def test_beside_an_authorizer_that_cannot_be_asked_it_denies_and_never_opens() -> None:
    broken = BrokenAuthorizer("Tokens", "it is elsewhere")
    assert message(told(guarded(api(DENIES), broken), SENT)[1]) == EXPLICIT
    assert told(guarded(api(ALLOWS), broken), SENT)[1].response.status == 500


def test_who_signed_is_named_and_let_through_unless_denied() -> None:
    """Driven at the rule: who signs is somebody else's business."""
    from localstack_lite.gateway.caller import Caller
    from localstack_lite.gateway.denial import Denial
    from tests.gateway.tale import visit

    alice = "arn:aws:iam::123456789012:user/alice"
    came = replace(visit(SENT), caller=Caller(identity={"userArn": alice}))
    for given, opened in ((ALLOWS, True), (SILENT, True), (DENIES, False)):
        one = api(given)
        found = resource_policy_of(project(one), one, one.routes[0])
        assert found is not None
        passed = found.needs_no_deny(came)
        assert isinstance(passed, Denial) is not opened
        if isinstance(passed, Denial):
            assert str(passed.message).startswith(f"User: {alice} is not authorized to perform")
    only = document(policy("Deny") | {"Principal": {"AWS": alice}})
    one = api(only)
    found = resource_policy_of(project(one), one, one.routes[0])
    assert found is not None
    assert isinstance(found.needs_no_deny(came), Denial)
    assert not isinstance(found.needs_no_deny(visit(SENT)), Denial)


def test_after_a_signature_and_before_a_function() -> None:
    one: Project = served(api(ALLOWS))
    counts = {}
    for name, by in (("iam", IamAuthorizer()), ("lambda", TOKENS)):
        behind = guarded(api(ALLOWS), by)
        counts[name] = len(guarding(one, behind, behind.routes[0], Settings(), ApiMemory()))
    assert counts == {"iam": 3, "lambda": 3}


def test_an_http_api_has_none() -> None:
    one = http({"GET /x": "Fn"}, policy=document(policy("Deny")))
    assert resource_policy_of(project(one), one, one.routes[0]) is None


def test_of_an_account_only_the_end_is_shown() -> None:
    assert masked("arn:aws:execute-api:us-east-1:123456789012:rest/stage/GET/a:b") == (
        "arn:aws:execute-api:us-east-1:********9012:rest/stage/GET/a:b"
    )
