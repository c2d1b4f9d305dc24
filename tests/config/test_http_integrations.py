from pathlib import Path

import pytest

from localstack_lite.config.http_integrations import http_integration, quick
from localstack_lite.config.integrations import Targets
from localstack_lite.config.part import Part
from localstack_lite.config.stack import Resource
from localstack_lite.model.api import LambdaProxy, Unsupported
from localstack_lite.model.function import Code, Function
from localstack_lite.model.integration import HttpProxy, ParameterChanges, ServiceAction
from tests.config.samples import stack_of

CHANGES = ParameterChanges(
    {"append:header.x": "$request.querystring.a"}, {"200": {"overwrite:statuscode": "201", "remove:header.y": "''"}}
)
REQUEST = {"append:header.x": "$request.querystring.a"}
REPLIES = {"overwrite:statuscode": "201", "remove:header.y": "''"}
LISTED = [{"Destination": key, "Source": value} for key, value in REPLIES.items()]


def read(content, read=http_integration, **variables):
    stack = stack_of("Resources: {Api: {Type: AWS::ApiGatewayV2::Api}, F: {Type: AWS::Lambda::Function}}")
    targets = Targets(stack, {"F": Function("F", "F", "python3.13", "a.b", Code(Path("/")))}, {})
    return read(Part(Resource(stack, "Api"), content), targets, variables)


CALLED = {"Fn::GetAtt": ["F", "Arn"]}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"IntegrationType": "AWS_PROXY", "IntegrationUri": CALLED}, LambdaProxy("F", "1.0")),
        (
            {
                "IntegrationType": "AWS_PROXY",
                "IntegrationUri": CALLED,
                "PayloadFormatVersion": 2.0,
                "TimeoutInMillis": 500,
                "RequestParameters": REQUEST,
                "ResponseParameters": {"200": {"ResponseParameters": LISTED}},
            },
            LambdaProxy("F", "2.0", 0.5, changes=CHANGES),
        ),
        (
            {
                "type": "aws_proxy",
                "uri": CALLED,
                "payloadFormatVersion": "2.0",
                "requestParameters": REQUEST,
                "responseParameters": {"200": REPLIES},
            },
            LambdaProxy("F", "2.0", changes=CHANGES),
        ),
        (
            {
                "IntegrationType": "HTTP_PROXY",
                "IntegrationUri": "https://${stageVariables.host}/{proxy}",
                "IntegrationMethod": "get",
                "RequestParameters": REQUEST,
                "ResponseParameters": {"200": {"ResponseParameters": LISTED}},
            },
            HttpProxy("https://${stageVariables.host}/{proxy}", "GET", CHANGES),
        ),
        ({"type": "http_proxy", "uri": "http://x", "timeoutInMillis": 100}, HttpProxy("http://x", timeout=0.1)),
        (
            {
                "IntegrationType": "AWS_PROXY",
                "IntegrationSubtype": "SQS-SendMessage",
                "RequestParameters": {"QueueUrl": "https://q", "MessageBody": "$request.body", "Region": "eu-west-2"},
            },
            ServiceAction("SQS-SendMessage", {"QueueUrl": "https://q", "MessageBody": "$request.body"}, "eu-west-2"),
        ),
        (
            {
                "type": "aws_proxy",
                "integrationSubtype": "EventBridge-PutEvents",
                "requestParameters": {
                    "Detail": "$request.body",
                    "DetailType": "t",
                    "Source": "s",
                    "Region": "$context.r",
                },
                "responseParameters": {"200": REPLIES},
            },
            ServiceAction(
                "EventBridge-PutEvents",
                {"Detail": "$request.body", "DetailType": "t", "Source": "s", "Region": "$context.r"},
                changes=ParameterChanges({}, {"200": REPLIES}),
            ),
        ),
    ],
)
def test_what_a_route_calls(content, expected):
    assert read(content, host="known.example") == expected


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ({}, "type unknown"),
        ({"type": "mock"}, "type MOCK"),
        ({"type": "http_proxy", "connectionType": "VPC_LINK", "uri": "arn:aws:elasticloadbalancing:x"}, "VPC link"),
        ({"type": "aws_proxy", "uri": "nobody"}, "function nobody"),
        ({"type": "aws_proxy"}, "calls nothing"),
        ({"type": "aws_proxy", "integrationSubtype": "S3-PutObject"}, "S3-PutObject is no service integration"),
        ({"type": "aws_proxy", "integrationSubtype": "SQS-PurgeQueue"}, "needs QueueUrl"),
    ],
)
def test_what_nothing_can_run_says_why(content, why):
    found = read(content)
    assert isinstance(found, Unsupported)
    assert why in found.why


def test_a_change_that_aws_would_refuse_is_told():
    stack = stack_of("Resources: {Api: {Type: AWS::ApiGatewayV2::Api}}")
    content = {"type": "http_proxy", "uri": "http://x", "requestParameters": {"overwrite:header.authorization": "x"}}
    http_integration(Part(Resource(stack, "Api"), content), Targets(stack, {}, {}), {})
    (problem,) = stack.found
    assert "authorization" in problem.what


def test_an_api_made_in_one_step_calls_a_function_or_an_address():
    assert read({"Target": CALLED}, quick) == LambdaProxy("F")
    assert read({"Target": "https://example.com/x"}, quick) == HttpProxy("https://example.com/x")
    for target in ("nobody", {"Ref": "Nobody"}):
        assert isinstance(read({"Target": target}, quick), Unsupported)
