"""What the framework's own templates make of the same requests was recorded with osls 3.77."""

import json

import pytest

from localstack_lite.config.serverless.vtl import FORM, JSON, request_templates
from tests.gateway.templates.shared import run

CONTEXT = {
    "httpMethod": "POST",
    "stage": "dev",
    "resourcePath": "/x/{y}",
    "identity": {"sourceIp": "1.2.3.4", "userAgent": 'it\'s "me"'},
    "authorizer": {"principalId": "me", "n": "5", "claims": {"sub": "s", "email": "e", "custom:x": "q"}},
}


def made(kind, body, claims=(), context=None):
    written = run(
        request_templates(claims)[kind],
        body,
        path={"y": "1"},
        query={"q": "a'b", "r": "2"},
        headers={"H": 'v"w'},
        context=dict(CONTEXT if context is None else context),
        stage={"sv": "1"},
    )
    return json.loads(written)


def test_a_request_becomes_what_the_framework_makes_of_it():
    assert made(JSON, '{"a": [1, "x\'y"]}') == {
        "body": {"a": [1, "x'y"]},
        "method": "POST",
        "principalId": "me",
        "stage": "dev",
        "cognitoPoolClaims": {"sub": "s"},
        "enhancedAuthContext": {"principalId": "me", "n": "5", "claims": "{sub=s, email=e, custom:x=q}"},
        "headers": {"H": 'v"w'},
        "query": {"q": "a'b", "r": "2"},
        "path": {"y": "1"},
        "identity": {"sourceIp": "1.2.3.4", "userAgent": 'it\'s "me"'},
        "stageVariables": {"sv": "1"},
        "requestPath": "/x/{y}",
    }


@pytest.mark.parametrize(
    ("kind", "body", "read"),
    [
        (JSON, "", {}),
        (FORM, "a=b&c=d%20e%27f%22&g", {"a": "b", "c": "d e'f\"", "g": ""}),
        (FORM, "a=1&a=2", {"a": "2"}),
    ],
)
def test_bodies_of_both_kinds(kind, body, read):
    assert made(kind, body)["body"] == read


def test_claims_that_are_wanted_are_there_by_their_own_names():
    assert made(JSON, "{}", ("email", "custom:x"))["cognitoPoolClaims"] == {"email": "e", "x": "q", "sub": "s"}


def test_nobody_who_was_authorized_is_an_empty_map():
    found = made(JSON, "{}", context={"httpMethod": "GET", "identity": {}})
    assert (found["enhancedAuthContext"], found["principalId"]) == ({}, "")
