from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.config.authorizers import broken, pool_issuer, read_authorizer, sources_of, version
from localstack_lite.config.integrations import Targets
from localstack_lite.config.part import Part
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource
from localstack_lite.model.api import ApiKind
from localstack_lite.model.authorizer import (
    BrokenAuthorizer,
    CognitoAuthorizer,
    JwtAuthorizer,
    JwtIssuer,
    LambdaAuthorizer,
)
from localstack_lite.model.function import Code, Function
from tests.config.samples import stack_of

TEXT = """\
Resources:
  Api: {Type: AWS::ApiGateway::RestApi}
  Auth: {Type: AWS::Lambda::Function}
  Lost: {Type: AWS::Lambda::Function}
  Live: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Auth, Name: live}}
  Pool: {Type: AWS::Cognito::UserPool}
  Client: {Type: AWS::Cognito::UserPoolClient}
"""
URI = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/%s/invocations"
CALLED = {"Fn::Sub": URI % "${Auth.Arn}"}
AUTHORIZATION = ("method.request.header.Authorization",)
POOL = JwtIssuer("https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool")
POOL_ARN = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Pool"


def read(content, kind=ApiKind.REST, header="", **variables):
    stack = stack_of(TEXT)
    functions = {"Auth": Function("Auth", "auth", "python3.13", "a.b", Code(Path("/")))}
    targets = Targets(stack, functions, {"Lost": "its code is in S3"})
    found = read_authorizer(Part(Resource(stack, "Api"), content), kind, targets, "A", variables, header)
    return found, stack.found


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"Type": "TOKEN"}, LambdaAuthorizer("A", "Auth", True, AUTHORIZATION)),
        ({"type": "token"}, LambdaAuthorizer("A", "Auth", True, AUTHORIZATION)),
        (
            {
                "Type": "TOKEN",
                "IdentitySource": "method.request.header.X",
                "AuthorizerResultTtlInSeconds": "0",
                "IdentityValidationExpression": "a.*",
            },
            LambdaAuthorizer("A", "Auth", True, ("method.request.header.X",), 0.0, "a.*"),
        ),
        (
            {"Type": "REQUEST", "IdentitySource": "method.request.header.A, context.b,stageVariables.C"},
            LambdaAuthorizer(
                "A", "Auth", sources=("method.request.header.A", "context.b", "stageVariables.C"), ttl=300.0
            ),
        ),
        ({"Type": "REQUEST", "AuthorizerResultTtlInSeconds": 0}, LambdaAuthorizer("A", "Auth", ttl=0.0)),
        # A validation expression is a TOKEN authorizer's only.
        ({"Type": "REQUEST", "IdentityValidationExpression": "x"}, LambdaAuthorizer("A", "Auth")),
        (
            {"Type": "REQUEST", "AuthorizerUri": {"Fn::Sub": URI % "${Live}"}},
            LambdaAuthorizer("A", "Auth", qualifier="live"),
        ),
        (
            {"Type": "REQUEST", "AuthorizerUri": URI % "arn:aws:lambda:x:1:function:${stageVariables.who}:3"},
            LambdaAuthorizer("A", "Auth", qualifier="3"),
        ),
    ],
)
def test_lambda_authorizers_of_rest_apis(content, expected):
    found, problems = read({"AuthorizerUri": CALLED, **content}, who="auth")
    assert found == expected
    assert problems == []


def test_a_schemes_header_is_where_the_token_is():
    token, _ = read({"type": "token", "authorizerUri": CALLED}, header="X-Tok")
    assert token.sources == ("method.request.header.X-Tok",)
    pool, _ = read({"type": "cognito_user_pools", "providerARNs": [POOL_ARN]}, header="X-Tok")
    assert pool.source == "method.request.header.X-Tok"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        # CreateAuthorizer keeps nothing unless it is told to.
        ({"AuthorizerType": "REQUEST"}, LambdaAuthorizer("A", "Auth", ttl=0.0)),
        (
            {
                "AuthorizerType": "REQUEST",
                "AuthorizerPayloadFormatVersion": "2.0",
                "EnableSimpleResponses": True,
                "IdentitySource": ["$request.header.A", "$context.routeKey"],
                "AuthorizerResultTtlInSeconds": 60,
            },
            LambdaAuthorizer(
                "A",
                "Auth",
                sources=("$request.header.A", "$context.routeKey"),
                ttl=60.0,
                payload="2.0",
                simple=True,
            ),
        ),
        (
            {"type": "request", "authorizerPayloadFormatVersion": 2.0, "identitySource": "$request.header.A"},
            LambdaAuthorizer("A", "Auth", sources=("$request.header.A",), ttl=0.0, payload="2.0"),
        ),
    ],
)
def test_lambda_authorizers_of_http_apis(content, expected):
    found, problems = read({"AuthorizerUri": CALLED, **content}, ApiKind.HTTP)
    assert found == expected
    assert problems == []


def test_jwt_authorizers_of_http_apis():
    issuer = {"Fn::Sub": "https://cognito-idp.${AWS::Region}.amazonaws.com/${Pool}"}
    content = {"AuthorizerType": "JWT", "JwtConfiguration": {"Issuer": issuer, "Audience": [{"Ref": "Client"}]}}
    found, problems = read(content, ApiKind.HTTP)
    assert found == JwtAuthorizer("A", (replace(POOL, audiences=("Client",)),))
    scheme = {"type": "jwt", "jwtConfiguration": {"issuer": "https://i", "audience": ["a", "b"]}}
    found, _ = read({**scheme, "identitySource": "$request.querystring.token"}, ApiKind.HTTP)
    assert found == JwtAuthorizer("A", (JwtIssuer("https://i", ("a", "b")),), "$request.querystring.token")
    assert problems == []


def test_jwt_authorizers_of_rest_apis():
    claims = [
        {"ClaimName": "tier", "Required": True, "ExpectedValues": ["gold", "silver"]},
        {"ClaimName": "org", "Required": True},
        {"ClaimName": "maybe", "Required": False},
    ]
    issuers = [
        {"Issuer": "https://a", "Audiences": ["x"], "AdditionalClaims": claims},
        {"Issuer": "https://b", "Audiences": ["y"], "AdditionalClaims": claims},
    ]
    configured = {"Issuers": issuers, "DefaultAlgorithms": ["RS256", "ES256"]}
    found, problems = read({"Type": "JWT", "JwtConfiguration": configured})
    assert found == JwtAuthorizer(
        "A",
        (JwtIssuer("https://a", ("x",)), JwtIssuer("https://b", ("y",))),
        "method.request.header.Authorization",
        ("RS256", "ES256"),
        {"tier": ("gold", "silver"), "org": ()},
    )
    assert problems == []


def test_user_pools_stand_for_the_issuers_of_their_tokens():
    found, problems = read({"Type": "COGNITO_USER_POOLS", "ProviderARNs": [{"Fn::GetAtt": ["Pool", "Arn"]}]})
    assert found == CognitoAuthorizer("A", (POOL,), (POOL_ARN,))
    assert problems == []


@pytest.mark.parametrize(
    ("arn", "issuer"),
    [
        (
            "arn:aws:cognito-idp:eu-west-2:1:userpool/eu-west-2_AbC",
            "https://cognito-idp.eu-west-2.amazonaws.com/eu-west-2_AbC",
        ),
        (
            "arn:aws-cn:cognito-idp:cn-north-1:1:userpool/cn-north-1_A",
            "https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_A",
        ),
        ("arn:aws:cognito-idp:eu-west-2:1:identitypool/x", None),
        ("", None),
    ],
)
def test_the_issuer_of_a_pool(arn, issuer):
    found = pool_issuer(arn)
    assert (found.issuer if found else None) == issuer


@pytest.mark.parametrize(
    ("kind", "content", "why"),
    [
        (ApiKind.REST, {}, "of the type nobody knows"),
        (ApiKind.REST, {"Type": "CUSTOM"}, "of the type custom"),
        (ApiKind.REST, {"Type": {"Ref": "Nobody"}}, "Nobody"),
        (ApiKind.REST, {"Type": "TOKEN"}, "no AuthorizerUri"),
        (ApiKind.REST, {"Type": "TOKEN", "AuthorizerUri": {"Ref": "Nobody"}}, "Nobody"),
        (ApiKind.REST, {"Type": "TOKEN", "AuthorizerUri": {"Fn::Sub": URI % "${Lost.Arn}"}}, "its code is in S3"),
        (
            ApiKind.REST,
            {"Type": "TOKEN", "AuthorizerUri": URI % "arn:aws:lambda:x:1:function:else"},
            "not in the project",
        ),
        (ApiKind.REST, {"Type": "REQUEST", "AuthorizerUri": URI % "${stageVariables.unset}"}, "no Lambda function"),
        (ApiKind.REST, {"Type": "TOKEN", "AuthorizerUri": CALLED, "AuthorizerResultTtlInSeconds": "x"}, "no number"),
        (ApiKind.REST, {"Type": "TOKEN", "AuthorizerUri": CALLED, "AuthorizerResultTtlInSeconds": 3601}, "0 to 3600"),
        (ApiKind.REST, {"Type": "TOKEN", "AuthorizerUri": CALLED, "IdentitySource": {"Ref": "Nobody"}}, "Nobody"),
        (ApiKind.REST, {"Type": "COGNITO_USER_POOLS"}, "no user pool"),
        (ApiKind.REST, {"Type": "COGNITO_USER_POOLS", "ProviderARNs": [POOL_ARN, "x"]}, "no ARN of a user pool"),
        (ApiKind.REST, {"Type": "JWT"}, "no issuer"),
        (
            ApiKind.REST,
            {"Type": "JWT", "JwtConfiguration": {"Issuers": [{"Issuer": "https://i"}]}},
            "without audiences",
        ),
        (
            ApiKind.REST,
            {
                "Type": "JWT",
                "JwtConfiguration": {
                    "Issuers": [
                        {"Issuer": "a", "Audiences": ["x"]},
                        {
                            "Issuer": "b",
                            "Audiences": ["x"],
                            "AdditionalClaims": [{"ClaimName": "c", "Required": True}],
                        },
                    ]
                },
            },
            "other claims of one issuer",
        ),
        (ApiKind.HTTP, {"AuthorizerType": "JWT", "JwtConfiguration": {"Audience": ["x"]}}, "no issuer"),
        (ApiKind.HTTP, {"AuthorizerType": "JWT", "JwtConfiguration": {"Issuer": "https://i"}}, "no audience"),
        (
            ApiKind.HTTP,
            {"AuthorizerType": "JWT", "JwtConfiguration": {"Issuer": {"Ref": "Nobody"}, "Audience": ["x"]}},
            "Nobody",
        ),
        (ApiKind.HTTP, {"AuthorizerType": "COGNITO_USER_POOLS", "ProviderARNs": [POOL_ARN]}, "HTTP APIs do not have"),
    ],
)
def test_what_cannot_be_read_is_broken_and_told(kind, content, why):
    found, (problem,) = read(content, kind)
    assert isinstance(found, BrokenAuthorizer)
    assert found.name == "A"
    assert why in found.why
    assert why in problem.what
    assert problem.where.startswith("template.yaml")
    assert problem.warning


def test_a_broken_authorizer_is_told_once_and_where_sam_has_it():
    stack = stack_of("""\
        Resources:
          Api:
            Type: AWS::ApiGateway::RestApi
            Properties:
              Auth:
                Authorizers:
                  Mine: {}
        """)
    declared = Part(Resource(stack, "Api"), {}, ("Body", "securityDefinitions", "Mine"))
    assert broken(declared, "Mine", Refusal("is odd")) == broken(declared, "Mine", Refusal("is odd"))
    assert [problem.where for problem in stack.found] == ["template.yaml:7"]


def test_sources_are_a_list_or_one_text():
    owner = Resource(stack_of(TEXT), "Api")
    assert sources_of(Part(owner, {"identitySource": "a, b,,c "})) == ("a", "b", "c")
    assert sources_of(Part(owner, {"IdentitySource": ["a", "b"]})) == ("a", "b")
    assert sources_of(Part(owner, {})) == ()


@pytest.mark.parametrize(("text", "found"), [("1", "1.0"), ("2", "2.0"), ("2.0", "2.0"), ("", "1.0")])
def test_a_payload_version_may_be_a_number(text, found):
    assert version(text) == found
