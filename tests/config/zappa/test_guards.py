import pytest

from localstack_lite.config.zappa.guards import guard_of, policy_of, usage_plans, wants_key
from localstack_lite.model.api import ApiKind
from localstack_lite.model.authorizer import BrokenAuthorizer, CognitoAuthorizer, JwtIssuer, LambdaAuthorizer
from tests.config.zappa_samples import given_of

POOL = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_abc"


def asked(**authorizer):
    stage = given_of(authorizer=authorizer)
    return guard_of(stage, ApiKind.REST, "shop-dev").authorizer, stage.problems


def test_a_token_is_looked_at_by_the_app():
    found, problems = asked(function="a.b", token_header="X-T", result_ttl=5, validation_expression="^B", name="Me")
    assert found == LambdaAuthorizer("Me", "shop-dev", True, ("method.request.header.X-T",), 5.0, "^B")
    assert problems == []


def test_an_arn_of_the_app_itself_is_the_app():
    found, _ = asked(arn="arn:aws:lambda:us-east-1:123456789012:function:shop-dev:live")
    assert (found.function, found.ttl) == ("shop-dev", 300.0)


def test_a_user_pool_is_an_issuer():
    found, _ = asked(type="COGNITO_USER_POOLS", provider_arns=[POOL], name="Users")
    issuer = JwtIssuer("https://cognito-idp.us-east-1.amazonaws.com/us-east-1_abc")
    assert found == CognitoAuthorizer("Users", (issuer,), (POOL,))


@pytest.mark.parametrize(
    "authorizer",
    [
        {"name": "nothing"},
        {"arn": "arn:aws:lambda:us-east-1:1:function:other"},
        {"function": "a.b", "result_ttl": 4000},
        {"function": "a.b", "result_ttl": "soon"},
        {"function": "a.b", "type": "REQUEST"},
        {"type": "COGNITO_USER_POOLS"},
        {"type": "COGNITO_USER_POOLS", "provider_arns": ["x"]},
    ],
)
def test_what_cannot_be_asked_closes_the_routes_and_is_told(authorizer):
    found, problems = asked(**authorizer)
    assert isinstance(found, BrokenAuthorizer)
    assert [("its routes are closed" in one.what, one.where) for one in problems] == [
        (True, "zappa_settings.json:authorizer")
    ]


def test_doors_without_authorizers_have_none():
    stage = given_of(authorizer={"function": "a.b"}, api_key_required=True)
    assert guard_of(stage, ApiKind.HTTP, "f") is None
    assert guard_of(stage, ApiKind.ALB, "f") is None
    assert guard_of(stage, ApiKind.FUNCTION_URL, "f") is None
    assert [wants_key(stage, kind) for kind in (ApiKind.REST, ApiKind.HTTP)] == [True, False]


def test_a_key_that_is_in_aws_is_made_up_and_told():
    stage = given_of(api_key_required=True, api_key="abc123")
    (plan,) = usage_plans(stage)
    assert (plan.keys[0].id, plan.keys[0].made_up) == ("abc123", True)
    assert "is in AWS" in stage.problems[0].what
    assert plan.keys[0].value not in stage.problems[0].what
    assert usage_plans(given_of())[0].keys[0].value != plan.keys[0].value


@pytest.mark.parametrize("written", ["{", "[]", "3"])
def test_a_policy_that_cannot_be_read_lets_nobody_in(written):
    stage = given_of(apigateway_policy=written)
    (statement,) = policy_of(stage)["Statement"]
    assert statement["Effect"] == "Deny"
    assert "nobody gets in" in stage.problems[0].what


def test_no_policy_is_none():
    assert policy_of(given_of()) is None
