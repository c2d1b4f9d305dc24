from pathlib import Path

import pytest

from localstack_lite.config.function_urls import read_function_urls
from localstack_lite.config.integrations import Targets
from localstack_lite.model.api import ApiKind, Cors, LambdaProxy
from localstack_lite.model.authorizer import Guard, IamAuthorizer
from localstack_lite.model.function import Code, Function
from tests.config.samples import stack_of


def read_one(properties):
    stack = stack_of(f"""\
        Resources:
          F: {{Type: AWS::Lambda::Function}}
          FUrl: {{Type: AWS::Lambda::Url, Properties: {properties}}}
        """)
    functions = {"F": Function("F", "hello", "python3.13", "a.b", Code(Path("/")))}
    (api,) = read_function_urls(stack, Targets(stack, functions, {}))
    return api, stack.found


def test_a_url_is_an_api_of_one_route_named_after_its_function():
    api, found = read_one("{TargetFunctionArn: !Ref F, AuthType: NONE, Cors: {AllowOrigins: ['*'], MaxAge: 10}}")
    assert (api.kind, api.name, api.cors) == (ApiKind.FUNCTION_URL, "hello", Cors(("*",), max_age=10))
    (route,) = api.routes
    assert (route.key, route.integration) == ("$default", LambdaProxy("F", "2.0", 900.0))
    assert found == []


def test_every_key_of_cors_is_read():
    keys = (
        "AllowOrigins: ['https://a', 'https://b'], AllowMethods: [GET, PUT], AllowHeaders: [x-a], "
        "ExposeHeaders: [x-b], AllowCredentials: true, MaxAge: 600"
    )
    api, found = read_one(f"{{TargetFunctionArn: !GetAtt F.Arn, AuthType: NONE, Cors: {{{keys}}}}}")
    assert api.cors == Cors(("https://a", "https://b"), ("GET", "PUT"), ("x-a",), ("x-b",), True, 600)
    assert found == []


@pytest.mark.parametrize(
    "properties", ["{TargetFunctionArn: !Ref F, AuthType: AWS_IAM}", "{TargetFunctionArn: !Ref F }"]
)
def test_a_url_with_iam_never_stands_open(properties):
    api, found = read_one(properties)
    (route,) = api.routes
    assert (route.guard, route.authorizer) == (Guard(IamAuthorizer()), "AWS_IAM")
    assert route.integration == LambdaProxy("F", "2.0", 900.0)
    assert found == []


def test_a_url_that_everybody_may_call_has_no_guard():
    api, _ = read_one("{TargetFunctionArn: !Ref F, AuthType: NONE}")
    assert (api.routes[0].guard, api.routes[0].authorizer) == (None, "")


def test_a_url_may_stream():
    api, found = read_one("{TargetFunctionArn: !Ref F, AuthType: NONE, InvokeMode: RESPONSE_STREAM}")
    assert api.routes[0].integration == LambdaProxy("F", "2.0", 900.0, streamed=True)
    assert found == []


def test_a_url_of_an_alias_calls_it():
    api, _ = read_one("{TargetFunctionArn: !Ref F, AuthType: NONE, Qualifier: live}")
    assert api.routes[0].integration == LambdaProxy("F", "2.0", 900.0, qualifier="live")
