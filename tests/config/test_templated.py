from pathlib import Path

import pytest

from localstack_lite.config.integrations import Targets
from localstack_lite.config.part import Part
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource
from localstack_lite.config.templated import (
    method_responses_of,
    operation_responses,
    responses_of,
    templated,
    unreachable,
)
from localstack_lite.model.api import Unsupported
from localstack_lite.model.function import Code, Function
from localstack_lite.model.integration import (
    AwsService,
    ContentHandling,
    IntegrationKind,
    IntegrationResponse,
    MethodResponse,
    Passthrough,
    TemplatedIntegration,
)
from tests.config.samples import stack_of

TEXT = """\
Resources:
  Api: {Type: AWS::ApiGateway::RestApi}
  F: {Type: AWS::Lambda::Function}
  Queue: {Type: AWS::SQS::Queue}
"""
GATEWAY = "arn:aws:apigateway:eu-west-2:"


def part(content):
    return Part(Resource(stack_of(TEXT), "Api"), content, ("Integration",))


def read(content, **variables):
    declared = part(content)
    stack = declared.owner.stack
    targets = Targets(stack, {"F": Function("F", "F", "python3.13", "a.b", Code(Path("/")))}, {})
    return templated(declared, targets, variables, responses_of(declared)), stack.found


@pytest.mark.parametrize(
    "content",
    [
        {
            "Type": "MOCK",
            "RequestTemplates": {"application/json": '{"statusCode": 200}'},
            "PassthroughBehavior": "WHEN_NO_TEMPLATES",
            "IntegrationResponses": [
                {"StatusCode": 200, "ResponseTemplates": {"application/json": "{}"}},
                {
                    "StatusCode": "400",
                    "SelectionPattern": "4\\d{2}",
                    "ResponseParameters": {"method.response.header.X": "'1'"},
                    "ContentHandling": "CONVERT_TO_BINARY",
                },
            ],
        },
        {
            "type": "mock",
            "requestTemplates": {"application/json": '{"statusCode": 200}'},
            "passthroughBehavior": "when_no_templates",
            "responses": {
                "default": {"statusCode": "200", "responseTemplates": {"application/json": "{}"}},
                "4\\d{2}": {
                    "statusCode": "400",
                    "responseParameters": {"method.response.header.X": "'1'"},
                    "contentHandling": "CONVERT_TO_BINARY",
                },
            },
        },
    ],
)
def test_both_forms_of_a_mock_say_the_same(content):
    found, problems = read(content)
    assert found == TemplatedIntegration(
        IntegrationKind.MOCK,
        templates={"application/json": '{"statusCode": 200}'},
        passthrough=Passthrough.WHEN_NO_TEMPLATES,
        responses=(
            IntegrationResponse("200", "", {}, {"application/json": "{}"}),
            IntegrationResponse("400", "4\\d{2}", {"method.response.header.X": "'1'"}, {}, ContentHandling.TO_BINARY),
        ),
    )
    assert problems == []


@pytest.mark.parametrize(
    ("kind", "method"),
    [("HTTP", "IntegrationHttpMethod"), ("HTTP_PROXY", "httpMethod"), ("http_proxy", "IntegrationMethod")],
)
def test_an_http_integration_keeps_its_address_as_it_is(kind, method):
    found, problems = read(
        {
            "Type": kind,
            "Uri": "https://${stageVariables.host}/{proxy}",
            method: "any",
            "RequestParameters": {"integration.request.path.proxy": "method.request.path.proxy"},
            "TimeoutInMillis": 1500,
            "TlsConfig": {"InsecureSkipVerification": True},
            "ContentHandling": "CONVERT_TO_TEXT",
        },
        host="known.example",
    )
    assert found == TemplatedIntegration(
        IntegrationKind(kind.upper()),
        "https://${stageVariables.host}/{proxy}",
        "ANY",
        parameters={"integration.request.path.proxy": "method.request.path.proxy"},
        content_handling=ContentHandling.TO_TEXT,
        timeout=1.5,
        insecure=True,
    )
    assert problems == []


@pytest.mark.parametrize(
    ("uri", "function", "qualifier"),
    [
        ({"Fn::Sub": GATEWAY + "lambda:path/2015-03-31/functions/${F.Arn}/invocations"}, "F", ""),
        (GATEWAY + "lambda:path//2015-03-31/functions/arn:aws:lambda:x:1:function:F:blue/invocations", "F", "blue"),
        (
            GATEWAY + "lambda:path/2015-03-31/functions/arn:aws:lambda:x:1:function:${stageVariables.f}/invocations",
            "F",
            "",
        ),
    ],
)
def test_an_aws_integration_may_call_a_function(uri, function, qualifier):
    found, _ = read({"Type": "AWS", "Uri": uri, "IntegrationHttpMethod": "POST"}, f="F")
    assert found == TemplatedIntegration(IntegrationKind.AWS, "", "POST", function, qualifier)


@pytest.mark.parametrize(
    ("uri", "service"),
    [
        (GATEWAY + "sqs:path/123456789012/Queue", AwsService("sqs", "eu-west-2", "123456789012/Queue")),
        (
            {"Fn::Sub": GATEWAY + "sqs:path/${AWS::AccountId}/${Queue.QueueName}"},
            AwsService("sqs", "eu-west-2", "123456789012/Queue"),
        ),
        (GATEWAY + "states:action/StartExecution", AwsService("states", "eu-west-2", action="StartExecution")),
        (GATEWAY + "s3:path/{bucket}/{key}", AwsService("s3", "eu-west-2", "{bucket}/{key}")),
        (GATEWAY + "host.s3:path/{key}", AwsService("s3", "eu-west-2", "{key}", subdomain="host")),
        ("arn:aws:apigateway::s3:path//", AwsService("s3", "us-east-1", "/")),
    ],
)
def test_an_aws_integration_may_call_a_service(uri, service):
    found, problems = read({"Type": "AWS", "Uri": uri, "IntegrationHttpMethod": "POST"})
    assert found == TemplatedIntegration(IntegrationKind.AWS, "", "POST", service=service)
    assert problems == []


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (
            {
                "Type": "AWS",
                "Uri": GATEWAY + "lambda:path/2015-03-31/functions/arn:aws:lambda:x:1:function:Z/invocations",
            },
            "function Z",
        ),
        ({"Type": "AWS", "Uri": "arn:aws:sqs:us-east-1:1:q"}, "no Lambda function"),
        ({"Type": "AWS"}, "calls nothing"),
        ({"Type": "AWS", "Uri": GATEWAY + "groundstation:path/x"}, "the AWS service groundstation is not called"),
        ({"Type": "AWS", "Uri": GATEWAY + "s3:action/ListBuckets"}, "s3 has no actions"),
        ({"Type": "HTTP"}, "calls nothing"),
        ({"Type": "HTTP_PROXY", "Uri": "arn:aws:elasticloadbalancing:x"}, "no address"),
    ],
)
def test_what_nothing_can_run_says_why(content, why):
    found, _ = read(content)
    assert isinstance(found, Unsupported)
    assert why in found.why


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"Type": "FTP"},
        {"Type": "MOCK", "PassthroughBehavior": "SOMETIMES"},
        {"Type": "MOCK", "ContentHandling": "X"},
        {"Type": "MOCK", "RequestTemplates": {"Ref": "Nobody"}},
        {"Type": "HTTP", "Uri": {"Ref": "Nobody"}},
    ],
)
def test_what_cannot_be_read_is_refused(content):
    with pytest.raises(Refusal):
        read(content)


def test_an_address_behind_a_vpc_link_is_called_directly_and_that_is_told():
    declared = part({"ConnectionType": "VPC_LINK"})
    assert unreachable(declared, "http://nlb.internal/x") == ""
    (problem,) = declared.owner.stack.found
    assert "VPC link" in problem.what
    assert "through a VPC link" in unreachable(declared, "arn:aws:servicediscovery:x")


def test_method_responses_of_both_forms():
    resource = part(
        {
            "MethodResponses": [
                {
                    "StatusCode": 200,
                    "ResponseParameters": {"method.response.header.X-A": True},
                    "ResponseModels": {"application/json": "Empty"},
                },
                {"StatusCode": "404"},
            ]
        }
    )
    found = method_responses_of(resource)
    assert found == (MethodResponse("200", ("X-A",), {"application/json": "Empty"}), MethodResponse("404"))
    operation = {
        "responses": {
            "200": {"headers": {"X-A": {"type": "string"}}, "schema": {"$ref": "#/definitions/Empty"}},
            "404": {"description": "gone"},
        }
    }
    assert tuple(operation_responses(part(operation), ("application/json",))) == found
    content = {"content": {"text/plain": {"schema": {"type": "string"}}}}
    assert tuple(operation_responses(part({"responses": {"200": content}}), ("x/y",))) == (
        MethodResponse("200", (), {"text/plain": ""}),
    )
