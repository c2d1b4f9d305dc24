from pathlib import Path

import pytest

from localstack_lite.config.guards import guard_of_resource
from localstack_lite.config.integrations import Targets
from localstack_lite.config.stack import Resource
from localstack_lite.model.api import ApiKind
from localstack_lite.model.authorizer import (
    BrokenAuthorizer,
    CognitoAuthorizer,
    Guard,
    IamAuthorizer,
    JwtAuthorizer,
    LambdaAuthorizer,
)
from localstack_lite.model.function import Code, Function
from tests.config.samples import stack_of


def guard(properties, kind=ApiKind.REST):
    stack = stack_of(f"""\
        Conditions:
          Yes: !Equals [1, 1]
        Resources:
          F: {{Type: AWS::Lambda::Function}}
          Tok: {{Type: AWS::ApiGateway::Authorizer, Properties: {{Type: TOKEN, AuthorizerUri: !GetAtt F.Arn}}}}
          Cog:
            Type: AWS::ApiGateway::Authorizer
            Properties: {{Type: COGNITO_USER_POOLS, ProviderARNs: ['arn:aws:cognito-idp:x-y-1:1:userpool/x-y-1_A']}}
          Jwt:
            Type: AWS::ApiGatewayV2::Authorizer
            Properties: {{AuthorizerType: JWT, JwtConfiguration: {{Issuer: 'https://i', Audience: [a]}}}}
          Named:
            Type: AWS::ApiGateway::Authorizer
            Properties: {{Name: people, Type: TOKEN, AuthorizerUri: !GetAtt F.Arn}}
          Bad: {{Type: AWS::ApiGateway::Authorizer, Properties: {{Type: TOKEN, AuthorizerUri: nobody}}}}
          Method: {{Type: AWS::ApiGateway::Method, Properties: {properties}}}
        """)
    targets = Targets(stack, {"F": Function("F", "F", "python3.13", "a.b", Code(Path("/")))}, {})
    return guard_of_resource(Resource(stack, "Method"), kind, targets, {}), stack.found


TOK = LambdaAuthorizer("Tok", "F", True, ("method.request.header.Authorization",))


@pytest.mark.parametrize(
    ("properties", "authorizer", "scopes"),
    [
        ("{AuthorizationType: AWS_IAM}", IamAuthorizer, ()),
        ("{AuthorizationType: CUSTOM, AuthorizerId: !Ref Tok}", LambdaAuthorizer, ()),
        ("{AuthorizationType: custom, AuthorizerId: !GetAtt Tok.AuthorizerId}", LambdaAuthorizer, ()),
        ("{AuthorizerId: !Ref Tok}", LambdaAuthorizer, ()),
        (
            "{AuthorizationType: !If [Yes, CUSTOM, NONE], AuthorizerId: !If [Yes, !Ref Tok, !Ref Cog]}",
            LambdaAuthorizer,
            (),
        ),
        (
            "{AuthorizationType: COGNITO_USER_POOLS, AuthorizerId: !Ref Cog, AuthorizationScopes: [a, b]}",
            CognitoAuthorizer,
            ("a", "b"),
        ),
    ],
)
def test_a_method_is_guarded_by_its_authorizer(properties, authorizer, scopes):
    found, problems = guard(properties)
    assert isinstance(found.authorizer, authorizer)
    assert found.scopes == scopes
    assert problems == []


def test_a_route_is_guarded_by_its_authorizer():
    found, problems = guard("{AuthorizationType: JWT, AuthorizerId: !Ref Jwt, AuthorizationScopes: [s]}", ApiKind.HTTP)
    assert found == Guard(JwtAuthorizer("Jwt", found.authorizer.issuers), ("s",))
    assert problems == []


def test_the_name_of_an_authorizer_is_its_logical_id():
    assert guard("{AuthorizationType: CUSTOM, AuthorizerId: !Ref Tok}")[0] == Guard(TOK)


@pytest.mark.parametrize(
    "properties",
    ["{}", "{AuthorizationType: NONE}", "{AuthorizationType: none}", "{AuthorizationType: !Ref AWS::NoValue}"],
)
def test_only_who_asks_for_nothing_is_open(properties):
    assert guard(properties) == (None, [])


@pytest.mark.parametrize(
    "properties",
    [
        "{AuthorizationType: CUSTOM}",
        "{AuthorizationType: COGNITO_USER_POOLS}",
        "{AuthorizationType: JWT, AuthorizerId: ''}",
        "{AuthorizationType: CUSTOM, AuthorizerId: !Ref F}",
        "{AuthorizationType: CUSTOM, AuthorizerId: elsewhere}",
        "{AuthorizationType: CUSTOM, AuthorizerId: !Ref Nobody}",
        "{AuthorizationType: CUSTOM, AuthorizerId: !Ref Bad}",
        "{AuthorizationType: CUSTOM, AuthorizerId: !Ref Tok, AuthorizationScopes: !Ref Nobody}",
        "{AuthorizationType: !Ref Nobody}",
        "{AuthorizationType: [NONE]}",
        "{AuthorizationType: OPEN}",
        "{AuthorizerId: elsewhere}",
    ],
)
def test_nothing_that_cannot_be_read_stands_open(properties):
    found, problems = guard(properties)
    assert isinstance(found.authorizer, BrokenAuthorizer)
    assert len(problems) == 1
    assert problems[0].warning


def test_an_authorizer_goes_by_its_name_on_aws():
    found, problems = guard("{AuthorizationType: CUSTOM, AuthorizerId: !Ref Named}")
    assert found.authorizer.name == "people"
    assert problems == []
