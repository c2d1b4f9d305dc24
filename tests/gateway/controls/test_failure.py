from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.caller import Caller
from localstack_lite.gateway.controls.failure import Failure, filled, value
from localstack_lite.model.gateway_response import ResponseType
from tests.gateway.tale import STAMP, project, request, rest, visit

API = rest({"GET /a/{id}": "Fn"}, stage="dev", stage_variables={"lang": "de"})
SENT = request("GET", "/a/b%20c?q=1&q=x%20y", [("X-Id", "7"), ("User-Agent", "curl")])
CALLER = Caller({"principalId": "me", "claims": {"sub": "s", "n": 3}, "a.b": "dotted"}, {"apiKeyId": "k1"})
VISIT = replace(visit(SENT, "/a/b%20c", {"id": "b%20c"}), caller=CALLER)
FAILURE = Failure(
    ResponseType.BAD_REQUEST_BODY, 'a "text"', project(API), API, SENT, STAMP, VISIT, '[lacks "x"]', "/a/{id}"
)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ('{"message":$context.error.messageString}', '{"message":"a \\"text\\""}'),
        ("$context.error.message", 'a "text"'),
        ("${context.error.responseType}!", "BAD_REQUEST_BODY!"),
        ('"$context.error.validationErrorString".', r'"[lacks \"x\"]".'),
        ("$context.httpMethod $context.path $context.stage", "GET /dev/a/b%20c dev"),
        ("$context.resourcePath", "/a/{id}"),
        ("$context.requestId", STAMP.request_id),
        ("$context.extendedRequestId", STAMP.extended_id),
        ("$context.requestTimeEpoch", "1722641683250"),
        ("$context.apiId", API.id),
        ("$context.domainPrefix", "rest"),
        ("$context.identity.sourceIp", "192.0.2.7"),
        ("$context.identity.userAgent", "curl"),
        ("$context.identity.apiKeyId", "k1"),
        ("$context.authorizer.principalId", "me"),
        ("$context.authorizer.claims.sub-$context.authorizer.claims.n", "s-3"),
        ("${context.authorizer.claims.sub}-$context.authorizer.claims.n", "s-3"),
        ("$context.authorizer.a.b", "dotted"),
        ("$context.authorizer.claims.none", ""),
        ("${stageVariables.lang}", "de"),
        ("$stageVariables.none", ""),
        ("$method.request.header.x-id", "7"),
        ("$method.request.querystring.q", "x y"),
        ("$method.request.path.id", "b c"),
        ("$context.nothing", ""),
        ("$", "$"),
        (
            "$util.escapeJavaScript('x') #set($a = 1) $input.body",
            "$util.escapeJavaScript('x') #set($a = 1) $input.body",
        ),
        ("$context", "$context"),
        ("${context.stage", "${context.stage"),
    ],
)
def test_only_simple_variables_are_put_in(template: str, text: str) -> None:
    assert filled(template, FAILURE) == text


def test_no_message_is_null() -> None:
    failure = replace(FAILURE, message=None)
    assert filled("$context.error.messageString|$context.error.message", failure) == "null|"


def test_without_a_route_nothing_is_known_of_one() -> None:
    failure = replace(FAILURE, visit=None, resource="")
    template = "$context.path|$context.resourcePath|$context.authorizer.principalId|$method.request.path.id"
    assert filled(template, failure) == "/a/b%20c|||"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("'*'", "*"),
        ("''", ""),
        ("method.request.header.X-Id", "7"),
        ("method.request.header.None", None),
        ("context.requestId", STAMP.request_id),
        ("context.error.validationErrorString", '[lacks "x"]'),
        ("stageVariables.lang", "de"),
        ("*", None),
        ("method", None),
        ("method.request", None),
        ("", None),
    ],
)
def test_a_value_is_static_or_of_the_request(source: str, text: str | None) -> None:
    assert value(source, FAILURE) == text


@given(st.text(alphabet="${}context.errmag stageVribl-'", max_size=40))
def test_no_template_raises(template: str) -> None:
    assert isinstance(filled(template, FAILURE), str)
    value(template, FAILURE)
