"""Recorded with `chalice package` 1.34."""

import pytest

from localstack_lite.config.chalice.authorizers import Protection, named, protection, schemes
from localstack_lite.config.chalice.source import Made, Module, Named, Unknown

POOL = Made("CognitoUserPoolAuthorizer", {"name": "Pool", "provider_arns": ["arn:p"], "scopes": ["z"]})
OTHER = Made("CustomAuthorizer", {"name": "Cust", "authorizer_uri": "arn:uri", "ttl_seconds": 10, "header": "X-T"})
ASKED = {"app.auth": ("auth", "Auth", {"ttl_seconds": 30, "header": "X-Auth"}), "app.two": ("Other", "Other", {})}
URI = {
    "Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
    "${Auth.Arn}/invocations"
}


def of(**given):
    return protection(given, "app", Module())


@pytest.mark.parametrize(
    ("given", "security"),
    [
        ({}, []),
        ({"authorizer": POOL}, [{"Pool": ["z"]}]),
        (
            {"authorizer": Made("with_scopes", {"of": POOL, "scopes": ["x", "y"]}), "api_key_required": True},
            [{"api_key": []}, {"Pool": ["x", "y"]}],
        ),
        ({"authorizer": OTHER}, [{"Cust": []}]),
        ({"authorizer": Made("IAMAuthorizer", {})}, [{"sigv4": []}]),
        ({"authorizer": Named("auth")}, [{"auth": []}]),
        ({"authorizer": Named("two")}, [{"Other": []}]),
        ({"authorizer": Unknown("make()")}, [{"an authorizer": []}]),
        ({"authorizer": Made("with_scopes", {"of": Unknown("x"), "scopes": None})}, [{"an authorizer": []}]),
        ({"api_key_required": False}, []),
    ],
)
def test_what_an_operation_demands(given, security):
    assert named(of(**given), ASKED) == security


def test_a_function_of_the_app_is_a_token_authorizer():
    assert schemes([of(authorizer=Named("auth"))], ASKED) == {
        "auth": {
            "in": "header",
            "type": "apiKey",
            "name": "X-Auth",
            "x-amazon-apigateway-authtype": "custom",
            "x-amazon-apigateway-authorizer": {
                "type": "token",
                "authorizerUri": URI,
                "authorizerResultTtlInSeconds": 30,
            },
        }
    }


def test_user_pools_signatures_keys_and_other_functions():
    found = schemes(
        [of(authorizer=POOL), of(authorizer=OTHER), of(authorizer=Made("IAMAuthorizer", {}), api_key_required=True)], {}
    )
    assert found["Pool"]["x-amazon-apigateway-authorizer"] == {"type": "cognito_user_pools", "providerARNs": ["arn:p"]}
    assert (found["Pool"]["name"], found["Cust"]["name"]) == ("Authorization", "X-T")
    assert found["Cust"]["x-amazon-apigateway-authorizer"] == {
        "type": "token",
        "authorizerUri": "arn:uri",
        "authorizerResultTtlInSeconds": 10,
    }
    assert found["sigv4"]["x-amazon-apigateway-authtype"] == "awsSigv4"
    assert found["api_key"] == {"type": "apiKey", "name": "x-api-key", "in": "header"}


def test_what_is_not_understood_is_declared_nowhere_and_so_stays_closed():
    unknown = of(authorizer=Named("nobody"))
    assert schemes([unknown, of(authorizer=Unknown("f()"))], ASKED) == {}
    assert unknown == Protection("nobody", (), False, None, "app.nobody")
