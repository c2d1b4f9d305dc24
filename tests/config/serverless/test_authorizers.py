"""Recorded with `package` of osls 3.77. What methods say of them is in the tests of `serverless.rest`."""

import pytest

from tests.config.services import made_from

HEADER = "method.request.header.Authorization"


def made(authorizer):
    head = "service: shop\nprovider: {name: aws}\nfunctions:\n  auth: {handler: m.auth}\n"
    event = f"{{path: x, method: get, authorizer: {authorizer}}}"
    found = made_from(f"{head}  a:\n    handler: m.a\n    events: [{{http: {event}}}]\n")
    resources = found.document.values["Resources"]
    authorizers = [one for one in resources.values() if one["Type"] == "AWS::ApiGateway::Authorizer"]
    return resources["ApiGatewayMethodXGet"]["Properties"], authorizers, found.problems


@pytest.mark.parametrize(
    ("authorizer", "expected"),
    [
        ("auth", {"Type": "TOKEN", "IdentitySource": HEADER}),
        ("{name: auth, type: request, resultTtlInSeconds: 0}", {"Type": "REQUEST", "AuthorizerResultTtlInSeconds": 0}),
        ("{name: auth, type: request, resultTtlInSeconds: 5}", {"Type": "REQUEST", "IdentitySource": HEADER}),
        (
            "{name: auth, identityValidationExpression: '^a', identitySource: method.request.header.T}",
            {"IdentityValidationExpression": "^a", "IdentitySource": "method.request.header.T"},
        ),
        (
            "{arn: 'arn:aws:cognito-idp:us-east-1:1:userpool/us-east-1_abc', scopes: [s/x]}",
            {"Type": "COGNITO_USER_POOLS", "ProviderARNs": ["arn:aws:cognito-idp:us-east-1:1:userpool/us-east-1_abc"]},
        ),
    ],
)
def test_an_authorizer_is_a_resource(authorizer, expected):
    _, (resource,), problems = made(authorizer)
    assert expected.items() <= resource["Properties"].items()
    assert problems == ()


def test_one_that_is_asked_each_time_needs_no_source():
    _, (resource,), _ = made("{name: auth, type: request, resultTtlInSeconds: 0}")
    assert "IdentitySource" not in resource["Properties"]


def test_one_of_the_templates_own_is_named():
    method, authorizers, _ = made("{type: COGNITO_USER_POOLS, authorizerId: {Ref: Mine}, scopes: [a]}")
    assert (method["AuthorizationType"], method["AuthorizerId"]) == ("COGNITO_USER_POOLS", {"Ref": "Mine"})
    assert (method["AuthorizationScopes"], authorizers) == (["a"], [])
    assert made("{type: TOKEN, authorizerId: abc}")[0]["AuthorizationType"] == "CUSTOM"


def test_a_signature_needs_no_resource():
    method, authorizers, _ = made("aws_iam")
    assert (method["AuthorizationType"], authorizers) == ("AWS_IAM", [])


def test_a_function_that_is_not_there_is_told_and_the_method_stays_protected():
    method, _, (problem,) = made("nobody")
    assert method["AuthorizationType"] == "CUSTOM"
    assert "there is no function nobody" in problem.what
