from pathlib import Path

import pytest

from localstack_lite.config.integrations import Targets, address_of, lambda_proxy, not_run, seconds
from localstack_lite.config.stack import Resource
from localstack_lite.model.api import LambdaProxy, Unsupported
from localstack_lite.model.function import Code, Function
from localstack_lite.model.integration import ParameterChanges
from tests.config.samples import stack_of

STACK = stack_of("""\
    Resources:
      Api: {Type: AWS::ApiGatewayV2::Api}
      F: {Type: AWS::Lambda::Function, Properties: {FunctionName: same}}
      G: {Type: AWS::Lambda::Function, Properties: {FunctionName: same}}
      Lost: {Type: AWS::Lambda::Function}
      Live: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref G, Name: live}}
    """)
FUNCTIONS = {name: Function(name, "same", "python3.13", "a.b", Code(Path("/"))) for name in ("F", "G")}
TARGETS = Targets(STACK, FUNCTIONS, {"Lost": "its code is in S3"})
URI = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/%s/invocations"


def call(uri, **variables):
    return lambda_proxy(TARGETS, Resource(STACK, "Api"), uri, payload="2.0", timeout=30.0, variables=variables)


@pytest.mark.parametrize(
    ("uri", "function"),
    [
        ({"Fn::GetAtt": ["G", "Arn"]}, "G"),
        ({"Fn::Sub": URI % "${G.Arn}"}, "G"),
        ({"Fn::Join": ["", ["arn:x/functions/", {"Fn::GetAtt": ["G", "Arn"]}, "/invocations"]]}, "G"),
        ({"Fn::Sub": URI % "${Live}"}, "G"),
        ({"Ref": "Live"}, "G"),
        (URI % "arn:aws:lambda:us-east-1:123456789012:function:F", "F"),
        (URI % "arn:aws:lambda:us-east-1:123456789012:function:F:live", "F"),
        (URI % "arn:aws:lambda:us-east-1:123456789012:function:${stageVariables.fn}", "G"),
        ("F", "F"),
    ],
)
def test_every_way_to_name_a_function_leads_to_it(uri, function):
    integration = call(uri, fn="G")
    assert integration == LambdaProxy(function, "2.0", 30.0, qualifier=integration.qualifier)


@pytest.mark.parametrize(
    ("uri", "qualifier"),
    [
        ({"Fn::Sub": URI % "${Live}"}, "live"),
        ({"Ref": "Live"}, "live"),
        ({"Fn::Sub": URI % "${G.Arn}:blue"}, "blue"),
        (URI % "arn:aws:lambda:us-east-1:123456789012:function:F:3", "3"),
        (URI % "arn:aws:lambda:us-east-1:123456789012:function:F:${stageVariables.fn}", "G"),
        (URI % "arn:aws:lambda:us-east-1:123456789012:function:F:$LATEST", ""),
        (URI % "arn:aws:lambda:us-east-1:123456789012:function:F", ""),
        ({"Fn::GetAtt": ["G", "Arn"]}, ""),
    ],
)
def test_an_alias_or_a_version_is_called_where_it_is_named(uri, qualifier):
    assert call(uri, fn="G").qualifier == qualifier


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ({"Ref": "Lost"}, "function Lost is not in the project: its code is in S3"),
        (URI % "arn:aws:lambda:us-east-1:123456789012:function:elsewhere", "function elsewhere is not in the project"),
        ("https://example.com/", "no Lambda function"),
        ({"Ref": "Nobody"}, "no parameter or resource Nobody"),
        (None, "calls nothing"),
    ],
)
def test_what_cannot_be_called_says_why(uri, why):
    integration = call(uri)
    assert isinstance(integration, Unsupported)
    assert why in integration.why


@pytest.mark.parametrize(("value", "result"), [(None, 29.0), (5000, 5.0), ("5000", 5.0), ("x", 29.0)])
def test_seconds(value, result):
    assert seconds(value, 29.0) == result


def test_an_address_knows_the_stage_variables_that_there_are():
    uri = {"Fn::Sub": "https://${!stageVariables.host}/${AWS::Region}/${!stageVariables.other}"}
    found = address_of(Resource(STACK, "Api"), uri, {"host": "example.com"})
    assert found == "https://example.com/us-east-1/${stageVariables.other}"


def test_a_proxy_of_an_http_api_may_change_parameters():
    changes = ParameterChanges({"append:header.x": "1"})
    found = lambda_proxy(TARGETS, Resource(STACK, "Api"), "F", payload="2.0", timeout=30.0, changes=changes)
    assert found == LambdaProxy("F", "2.0", 30.0, changes=changes)


def test_what_nothing_can_run_is_told_where_it_is_declared():
    stack = stack_of("Resources:\n  Api: {Type: X}\n  Get: {Type: Y}\n")
    found = not_run(Resource(stack, "Api"), Resource(stack, "Get"), "GET /x", "it calls nothing")
    assert found == Unsupported("GET /x (Get): it calls nothing")
    (problem,) = stack.found
    assert (problem.where, problem.what) == ("template.yaml:3", "Api: GET /x (Get): it calls nothing")
