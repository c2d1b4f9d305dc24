from pathlib import Path

import pytest

from localstack_lite.config.integrations import Targets
from localstack_lite.config.security import Demand, Security
from localstack_lite.config.stack import Resource
from localstack_lite.model.api import ApiKind
from localstack_lite.model.authorizer import BrokenAuthorizer, Guard, IamAuthorizer, JwtAuthorizer, LambdaAuthorizer
from localstack_lite.model.function import Code, Function
from tests.config.samples import stack_of

TEXT = """\
Conditions:
  Yes: !Equals [1, 1]
Resources:
  Api: {Type: AWS::ApiGateway::RestApi}
  F: {Type: AWS::Lambda::Function}
"""
HEADER = {"type": "apiKey", "in": "header"}
CALLED = {"Fn::GetAtt": ["F", "Arn"]}
TOKEN = {"x-amazon-apigateway-authorizer": {"type": "token", "authorizerUri": CALLED}}
SCHEMES = {
    "Tok": {**HEADER, "name": "X-Tok", **TOKEN},
    "Chosen": {"Fn::If": ["Yes", {**HEADER, "name": "X-Tok", **TOKEN}, {"Ref": "Nobody"}]},
    "Iam": {**HEADER, "name": "Authorization", "x-amazon-apigateway-authtype": "awsSigv4"},
    "api_key": {**HEADER, "name": "x-api-key"},
    "Key": {**HEADER, "name": "X-API-Key"},
    "Other": {**HEADER, "name": "X-Other"},
    "Oauth": {"type": "oauth2", "flow": "implicit"},
    "Typed": {**HEADER, "name": "A", "x-amazon-apigateway-authtype": "custom"},
    "Odd": {"Ref": "Nobody"},
    "Empty": None,
    "Lost": {**HEADER, "x-amazon-apigateway-authorizer": {"type": "token", "authorizerUri": {"Ref": "Nobody"}}},
    "KeyWithAuthorizer": {**HEADER, "name": "x-api-key", **TOKEN},
}
TOK = LambdaAuthorizer("Tok", "F", True, ("method.request.header.X-Tok",))


def demand(operation, kind=ApiKind.REST, **body):
    stack = stack_of(TEXT)
    targets = Targets(stack, {"F": Function("F", "F", "python3.13", "a.b", Code(Path("/")))}, {})
    content = {"securityDefinitions": SCHEMES, **body}
    return Security(Resource(stack, "Api"), kind, targets, content).of(operation), stack.found


@pytest.mark.parametrize(
    ("operation", "body", "expected"),
    [
        ({"security": [{"Tok": []}]}, {}, Demand(Guard(TOK))),
        ({"security": [{"Tok": ["a", "b"]}]}, {}, Demand(Guard(TOK, ("a", "b")))),
        ({}, {"security": [{"Tok": []}]}, Demand(Guard(TOK))),
        ({"security": [{"Tok": []}, {"Tok": []}]}, {}, Demand(Guard(TOK))),
        ({"security": [{"api_key": []}, {"Tok": ["a"]}]}, {}, Demand(Guard(TOK, ("a",)), True)),
        ({"security": [{"Tok": [], "Key": []}]}, {}, Demand(Guard(TOK), True)),
        ({"security": [{"api_key": []}]}, {}, Demand(None, True)),
        ({"security": [{"api_key": []}]}, {"securityDefinitions": {}}, Demand(None, True)),
        ({"security": [{"Iam": []}]}, {}, Demand(Guard(IamAuthorizer()))),
        ({"x-amazon-apigateway-auth": {"type": "AWS_IAM"}}, {}, Demand(Guard(IamAuthorizer()))),
        (
            {"x-amazon-apigateway-auth": {"type": "AWS_IAM"}, "security": [{"Key": []}]},
            {},
            Demand(Guard(IamAuthorizer()), True),
        ),
        ({"security": {"Fn::If": ["Yes", [{"Tok": []}], []]}}, {}, Demand(Guard(TOK))),
    ],
)
def test_an_operation_asks_for_what_its_security_says(operation, body, expected):
    found, problems = demand(operation, **body)
    assert found == expected
    assert problems == []


@pytest.mark.parametrize(
    "operation", [{}, {"security": []}, {"security": [{"NONE": []}]}, {"security": [{}]}, {"security": None}]
)
def test_only_who_asks_for_nothing_is_open(operation):
    assert demand(operation) == (Demand(), [])


def test_an_operation_may_opt_out_of_the_bodys_security():
    for opened in ([], [{"NONE": []}]):
        assert demand({"security": opened}, security=[{"Tok": []}])[0] == Demand()


@pytest.mark.parametrize(
    "operation",
    [
        *({"security": [{name: []}]} for name in ("Nowhere", "Other", "Oauth", "Typed", "Odd", "Empty", "Lost")),
        {"security": [{"Oauth": []}, {"Tok": []}]},
        {"security": {"Tok": []}},
        {"security": ["Tok"]},
        {"security": "Tok"},
        {"security": {"Ref": "Nobody"}},
        {"x-amazon-apigateway-auth": {"type": "CUSTOM"}},
        {"x-amazon-apigateway-auth": {"Ref": "Nobody"}},
    ],
)
def test_nothing_that_cannot_be_read_stands_open(operation):
    found, problems = demand(operation)
    assert isinstance(found.guard.authorizer, BrokenAuthorizer)
    assert len(problems) == 1


@pytest.mark.parametrize("nothing", [None, {"Ref": "AWS::NoValue"}])
def test_a_blank_does_not_opt_out(nothing):
    assert demand({"security": nothing}, security=[{"Tok": []}])[0] == Demand(Guard(TOK))


JUNK = (None, "", "x", 0, True, [], {}, [None], {"a": 1}, {"Ref": "Nobody"}, {"Ref": "AWS::NoValue"}, float("inf"))


@pytest.mark.parametrize("junk", JUNK)
@pytest.mark.parametrize("place", ["type", "in", "name", "x-amazon-apigateway-authtype"])
def test_no_change_of_a_scheme_opens_what_it_protects(place, junk):
    scheme = {**SCHEMES["Tok"], place: junk}
    assert demand({"security": [{"Tok": []}]}, securityDefinitions={"Tok": scheme})[0].guard is not None


@pytest.mark.parametrize("junk", JUNK)
@pytest.mark.parametrize("place", [(), ("x-amazon-apigateway-authorizer",), ("x-amazon-apigateway-authorizer", "type")])
def test_no_change_of_an_authorizer_opens_what_it_protects(place, junk):
    authorizer = {"type": "request", "authorizerUri": CALLED}
    whole = {"Tok": {**HEADER, "name": "X", "x-amazon-apigateway-authorizer": authorizer}}
    match place:
        case ():
            whole = {"Tok": junk}
        case (key,):
            whole["Tok"][key] = junk
        case (_, key):
            authorizer[key] = junk
    assert isinstance(
        demand({"security": [{"Tok": []}]}, securityDefinitions=whole)[0].guard.authorizer, BrokenAuthorizer
    )


def test_a_scheme_with_an_authorizer_is_no_key():
    found, _ = demand({"security": [{"KeyWithAuthorizer": []}]})
    assert isinstance(found.guard.authorizer, LambdaAuthorizer)
    assert not found.api_key


def test_a_scheme_that_is_named_like_the_way_out_protects():
    found, _ = demand({"security": [{"NONE": []}]}, securityDefinitions={"NONE": SCHEMES["Tok"]})
    assert isinstance(found.guard.authorizer, LambdaAuthorizer)


def test_schemes_of_openapi_3():
    jwt = {"type": "jwt", "jwtConfiguration": {"issuer": "https://i", "audience": ["x"]}}
    components = {"securitySchemes": {"J": {"type": "oauth2", "x-amazon-apigateway-authorizer": jwt}}}
    found, problems = demand({"security": [{"J": ["s"]}]}, ApiKind.HTTP, components=components)
    assert isinstance(found.guard.authorizer, JwtAuthorizer)
    assert found.guard.scopes == ("s",)
    assert problems == []
