"""`$context` of HTTP APIs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from localstack_lite.gateway.caller import Caller
from localstack_lite.gateway.integrations.http_context import HttpContext
from localstack_lite.model.api import Face
from tests.gateway.tale import STAMP, http, project, request, visit


def value(name: str, authorizer: Mapping[str, object] | None = None, **more: Any) -> str | None:
    api = http({"GET /pets/{id}": "Fn"}, **more)
    served = project(api)
    seen = visit(request("GET", "/pets/a%20b", [("User-Agent", "curl/8")]))
    if authorizer is not None:
        seen = replace(seen, caller=Caller(authorizer))
    return HttpContext(served, api, api.routes[0]).value(seen, name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("accountId", "123456789012"),
        ("apiId", "http"),
        ("domainName", "http.execute-api.us-east-1.amazonaws.com"),
        ("domainPrefix", "http"),
        ("routeKey", "GET /pets/{id}"),
        ("stage", "$default"),
        ("httpMethod", "GET"),
        ("identity.sourceIp", "192.0.2.7"),
        ("identity.userAgent", "curl/8"),
        ("path", "/pets/a b"),
        ("protocol", "HTTP/1.1"),
        ("requestId", STAMP.extended_id),
        ("extendedRequestId", STAMP.extended_id),
        ("requestTime", "02/Aug/2024:23:34:43 +0000"),
        ("requestTimeEpoch", "1722641683250"),
        ("customDomain.basePathMatched", None),
        ("authorizer.x", None),
        ("identity.userArn", None),
        ("nonsense", None),
        ("", None),
    ],
)
def test_a_variable_is_what_the_event_says_of_the_same_request(name: str, expected: str | None) -> None:
    assert value(name) == expected


def test_a_named_stage_is_in_the_path() -> None:
    assert value("path", stage="dev") == "/dev/pets/a b"
    assert value("stage", stage="dev") == "dev"


def test_a_custom_domain_has_its_base_path() -> None:
    more = {"face": Face.DOMAIN, "domain": "api.example.com", "base_path": "v1/orders"}
    assert value("customDomain.basePathMatched", **more) == "v1/orders"
    assert value("domainName", **more) == "api.example.com"


CLAIMS = {"sub": "me", "admin": True, "level": 3, "groups": ["a"], "none": None}
JWT = {"jwt": {"claims": CLAIMS, "scopes": None}}
LAMBDA = {"lambda": {"key": "value", "num": 1, "yes": True}}
SIGNED = {
    "iam": {
        "accountId": "1",
        "callerId": "AIDA",
        "userArn": "arn:aws:iam::1:user/u",
        "userId": "AIDA",
        "cognitoIdentity": {"identityId": "eu:1"},
    }
}


@pytest.mark.parametrize(
    ("authorizer", "name", "expected"),
    [
        (JWT, "authorizer.claims.sub", "me"),
        (JWT, "authorizer.claims.admin", "true"),
        (JWT, "authorizer.claims.level", "3"),
        (JWT, "authorizer.claims.groups", '["a"]'),
        (JWT, "authorizer.claims.none", None),
        (JWT, "authorizer.claims.other", None),
        (JWT, "authorizer.claims", None),
        ({"claims": CLAIMS, "scopes": None}, "authorizer.claims.sub", "me"),
        ({"claims": "text"}, "authorizer.claims.sub", None),
        (LAMBDA, "authorizer.key", "value"),
        (LAMBDA, "authorizer.num", "1"),
        (LAMBDA, "authorizer.yes", "true"),
        ({"principalId": "me", "key": "old"}, "authorizer.principalId", "me"),
        (SIGNED, "identity.accountId", "1"),
        (SIGNED, "identity.caller", "AIDA"),
        (SIGNED, "identity.userArn", "arn:aws:iam::1:user/u"),
        (SIGNED, "identity.cognitoIdentityId", "eu:1"),
        (SIGNED, "identity.principalOrgId", None),
        ({"iam": {"cognitoIdentity": None}}, "identity.cognitoIdentityId", None),
        (LAMBDA, "identity.caller", None),
        (SIGNED, "identity.sourceIp", "192.0.2.7"),
    ],
)
def test_authorizers_give_claims_context_and_identity(
    authorizer: Mapping[str, object], name: str, expected: str | None
) -> None:
    assert value(name, authorizer) == expected
