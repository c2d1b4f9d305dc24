from pathlib import Path

import pytest

from localstack_lite.config.environment import Variables
from localstack_lite.config.integrations import Targets
from localstack_lite.config.parameters import Place
from localstack_lite.config.rest_apis import read_rest_apis
from localstack_lite.config.sam import transform
from localstack_lite.config.template import read_template
from localstack_lite.model.api import ApiKind, ApiStage, DomainName, LambdaProxy, Unsupported
from localstack_lite.model.authorizer import CognitoAuthorizer, Guard, IamAuthorizer, JwtIssuer, LambdaAuthorizer
from localstack_lite.model.function import Code, Function
from localstack_lite.model.gateway_response import GatewayResponse, ResponseType
from localstack_lite.model.integration import IntegrationKind, IntegrationResponse, TemplatedIntegration
from localstack_lite.model.usage import Period, Quota, RateLimit, UsagePlan
from localstack_lite.model.validation import Validation
from tests.config.samples import source_of, stack_of

STAGED = """\
Resources:
  F: {Type: AWS::Lambda::Function}
  Api: {Type: AWS::ApiGateway::RestApi}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: GET
      Integration:
        Type: AWS_PROXY
        Uri: "arn:aws:apigateway:x:lambda:path/2015-03-31/functions/a:function:${stageVariables.who}/invocations"
  Deployment:
    Type: AWS::ApiGateway::Deployment
    Properties: {RestApiId: !Ref Api, StageName: v1, StageDescription: {Variables: {who: F}}}
"""
TREE = """\
Resources:
  F: {Type: AWS::Lambda::Function}
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: shop, BinaryMediaTypes: [image~1png, '*/*']}}
  Orders:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: orders}
  Order:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref Api, ParentId: !Ref Orders, PathPart: '{id}'}
  Root:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: OPTIONS
      Integration:
        Type: MOCK
        IntegrationResponses:
          - StatusCode: 204
            ResponseParameters: {method.response.header.X-A: "'b'"}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Order
      HttpMethod: GET
      OperationName: getOrder
      AuthorizationType: %s
      ApiKeyRequired: %s
      Integration:
        Type: AWS_PROXY
        IntegrationHttpMethod: POST
        TimeoutInMillis: 5000
        Uri: !Sub arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations
  Deployment: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api, StageName: first}}
"""
STAGE = (
    "  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, StageName: dev, Variables: {A: b}}}\n"
)


def read_one(text):
    stack = stack_of(text)
    functions = {"F": Function("F", "F", "python3.13", "a.b", Code(Path("/")))}
    return tuple(read_rest_apis(stack, Targets(stack, functions, {}))), stack.found


def test_a_tree_of_resources_and_methods():
    (api,), found = read_one(TREE % ("NONE", "false") + STAGE)
    assert (api.name, api.kind, api.stage, api.stage_variables) == ("shop", ApiKind.REST, "dev", {"A": "b"})
    assert api.binary_media_types == ("image/png", "*/*")
    options, get = api.routes
    assert (options.key, options.integration) == (
        "OPTIONS /",
        TemplatedIntegration(
            IntegrationKind.MOCK, responses=(IntegrationResponse("204", "", {"method.response.header.X-A": "'b'"}),)
        ),
    )
    assert (get.key, get.integration) == ("GET /orders/{id}", LambdaProxy("F", "1.0", 5.0))
    assert get.operation_name == "getOrder"
    assert found == []


def test_without_a_stage_the_deployment_names_it():
    (api,), _ = read_one(TREE % ("NONE", "false"))
    assert api.stage == "first"


def test_without_a_stage_the_deployment_has_its_variables():
    (api,), found = read_one(STAGED)
    assert (api.stage, api.stage_variables) == ("v1", {"who": "F"})
    assert api.routes[0].integration == LambdaProxy("F", "1.0", 29.0)
    assert found == []


@pytest.mark.parametrize(
    ("kind", "key", "guard", "api_key"),
    [
        ("AWS_IAM", "false", Guard(IamAuthorizer()), False),
        ("NONE", "true", None, True),
        ("NONE", "!Ref Nobody", None, True),
        ("NONE", "false", None, False),
    ],
)
def test_a_protected_method_keeps_what_it_calls_behind_its_guard(kind, key, guard, api_key):
    (api,), _ = read_one(TREE % (kind, key))
    route = api.routes[1]
    assert (route.guard, route.api_key) == (guard, api_key)
    assert route.authorizer == (guard.authorizer.name if guard else "")
    assert route.integration == LambdaProxy("F", "1.0", 5.0)


def test_settings_of_an_api_come_from_its_properties_or_its_body():
    body = """\
        Resources:
          Api:
            Type: AWS::ApiGateway::RestApi
            Properties:
              %s
              Body:
                x-amazon-apigateway-api-key-source: AUTHORIZER
                x-amazon-apigateway-minimum-compression-size: 10
                x-amazon-apigateway-binary-media-types: [image/png]
                x-amazon-apigateway-gateway-responses: {THROTTLED: {statusCode: 430}}
                x-amazon-apigateway-policy: {Statement: []}
                paths: {}
        """
    (api,), found = read_one(body % "Name: x")
    assert (api.key_source, api.minimum_compression, api.binary_media_types) == ("AUTHORIZER", 10, ("image/png",))
    assert api.gateway_responses == (GatewayResponse(ResponseType.THROTTLED, "430"),)
    assert api.policy == {"Statement": []}
    own = "{ApiKeySourceType: HEADER, MinimumCompressionSize: 5, BinaryMediaTypes: [a~1b]}"
    (api,), more = read_one((body % "").replace("Properties:", f"Properties:\n              <<: {own}", 1))
    assert (api.key_source, api.minimum_compression, api.binary_media_types) == ("HEADER", 5, ("a/b", "image/png"))
    assert found == more == []


def test_a_setting_that_cannot_be_read_costs_itself():
    (api,), (problem,) = read_one("""\
        Resources:
          Api: {Type: AWS::ApiGateway::RestApi, Properties: {MinimumCompressionSize: !Ref Nobody, Name: x}}
        """)
    assert (api.name, api.minimum_compression, api.key_source) == ("x", None, "HEADER")
    assert problem.warning


def test_every_stage_has_its_plans_and_limits():
    more = """\
  Live:
    Type: AWS::ApiGateway::Stage
    Properties:
      RestApiId: !Ref Api
      StageName: live
      MethodSettings: [{ResourcePath: '/orders~1{id}', HttpMethod: GET, ThrottlingBurstLimit: 2}]
  Plan: {Type: AWS::ApiGateway::UsagePlan, Properties: {ApiStages: [{ApiId: !Ref Api, Stage: live}]}}
"""
    (api,), found = read_one(TREE % ("NONE", "false") + STAGE + more)
    assert (api.stage, api.limits, api.usage_plans) == ("dev", {}, ())
    plan = UsagePlan("Plan", "Plan")
    assert api.stages == (ApiStage("live", {}, {"GET /orders/{id}": RateLimit(None, 2)}, (plan,)),)
    assert found == []


def test_a_method_that_calls_nothing_keeps_its_guard():
    text = TREE % ("AWS_IAM", "false")
    for old, new in (("Type: AWS_PROXY", "Type: !Ref Nobody"), ("Type: AWS_PROXY", "Type: HTTP")):
        (api,), _ = read_one(text.replace(old, new))
        assert isinstance(api.routes[1].integration, Unsupported)
        assert api.routes[1].guard == Guard(IamAuthorizer())


def test_resources_in_a_circle_are_a_problem_of_their_methods():
    text = (TREE % ("NONE", "false")).replace("ParentId: !GetAtt Api.RootResourceId", "ParentId: !Ref Order")
    (api,), (problem,) = read_one(text)
    assert [route.key for route in api.routes] == ["OPTIONS /"]
    assert "circle" in problem.what


def test_a_definition_in_s3_leaves_out_the_api():
    found_apis, (problem,) = read_one("""\
        Resources:
          Api: {Type: AWS::ApiGateway::RestApi, Properties: {BodyS3Location: {Bucket: b, Key: k}}}
        """)
    assert found_apis == ()
    assert "in S3" in problem.what


def test_a_method_may_stream():
    text = (TREE % ("NONE", "false")).replace(
        "TimeoutInMillis: 5000", "TimeoutInMillis: 60000\n        ResponseTransferMode: STREAM"
    )
    text = text.replace(
        "2015-03-31/functions/${F.Arn}/invocations", "2021-11-15/functions/${F.Arn}/response-streaming-invocations"
    )
    (api,), found = read_one(text)
    assert api.routes[1].integration == LambdaProxy("F", "1.0", 60.0, streamed=True)
    assert found == []


def test_an_integration_says_where_the_tenant_comes_from():
    text = """\
Resources:
  F: {Type: AWS::Lambda::Function}
  Api: {Type: AWS::ApiGateway::RestApi}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: GET
      Integration:
        Type: AWS_PROXY
        Uri: !GetAtt F.Arn
        RequestParameters:
          integration.request.header.Other: "'x'"
          integration.request.header.X-Amz-Tenant-Id: method.request.header.X-Tenant
"""
    stack = stack_of(text)
    targets = Targets(stack, {"F": Function("F", "F", "python3.13", "a.b", Code(Path("/")))}, {})
    (api,) = read_rest_apis(stack, targets)
    assert api.routes[0].integration.tenant == "method.request.header.X-Tenant"


SAM = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Pool: {Type: AWS::Cognito::UserPool}
  MyApi:
    Type: AWS::Serverless::Api
    Properties:
      StageName: dev
      OpenApiVersion: %s
      Cors: "'*'"
      BinaryMediaTypes: [image~1png]
      MinimumCompressionSize: 100
      MethodSettings: [{ResourcePath: /*, HttpMethod: '*', ThrottlingRateLimit: 5, ThrottlingBurstLimit: 2}]
      GatewayResponses: {UNAUTHORIZED: {StatusCode: 401, ResponseParameters: {Headers: {X-A: "'b'"}}}}
      Models: {item: {type: object, required: [a]}}
      Domain: {DomainName: api.example.com, CertificateArn: 'arn:aws:acm:x:1:certificate/x', BasePath: [shop, two]}
      Auth:
        DefaultAuthorizer: Tok
        AddDefaultAuthorizerToCorsPreflight: false
        UsagePlan: {CreateUsagePlan: PER_API, Quota: {Limit: 5, Period: DAY}, Throttle: {RateLimit: 3, BurstLimit: 2}}
        ResourcePolicy:
          CustomStatements:
            - {Effect: Allow, Principal: '*', Action: execute-api:Invoke, Resource: [execute-api:/dev/GET/a]}
        Authorizers:
          Tok:
            FunctionArn: !GetAtt F.Arn
            Identity: {Header: X-Tok, ValidationExpression: "a.*", ReauthorizeEvery: 20}
          Req:
            FunctionArn: !GetAtt F.Arn
            FunctionPayloadType: REQUEST
            Identity: {Headers: [A], QueryStrings: [b], StageVariables: [C], Context: [d]}
          Cog: {UserPoolArn: !GetAtt Pool.Arn, AuthorizationScopes: [s1]}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      CodeUri: .
      Events:
        A: {Type: Api, Properties: {Path: /a, Method: get, RestApiId: !Ref MyApi}}
        B:
          Type: Api
          Properties:
            Path: /b
            Method: post
            RestApiId: !Ref MyApi
            RequestModel: {Model: item, Required: true, ValidateBody: true, ValidateParameters: true}
            RequestParameters: [method.request.querystring.q, {method.request.header.H: {Required: true}}]
            Auth: {Authorizer: Cog, AuthorizationScopes: [s2], ApiKeyRequired: true}
        C: {Type: Api, Properties: {Path: /c, Method: get, RestApiId: !Ref MyApi, Auth: {Authorizer: NONE}}}
        D: {Type: Api, Properties: {Path: /d, Method: get, RestApiId: !Ref MyApi, Auth: {Authorizer: AWS_IAM}}}
        E:
          Type: Api
          Properties:
            {Path: /e, Method: get, RestApiId: !Ref MyApi, Auth: {Authorizer: Req, OverrideApiAuth: true}}
        G: {Type: Api, Properties: {Path: /g, Method: get, RestApiId: !Ref MyApi, Auth: {Authorizer: Cog}}}
"""


@pytest.mark.parametrize("version", ["'2.0'", "3.0.1"])
def test_all_that_sam_says_of_an_api(version):
    source = source_of("template.yaml", {"template.yaml": SAM % version})
    read = read_template(source, Place(), {}, transform, Variables())
    (api,) = read.apis
    routes = {route.key: route for route in api.routes if route.method != "OPTIONS"}
    sources = ("method.request.header.A", "method.request.querystring.b", "stageVariables.C", "context.d")
    token = LambdaAuthorizer("Tok", "F", True, ("method.request.header.X-Tok",), 20.0, "a.*")
    pool = JwtIssuer("https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool")
    arn = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Pool"
    users = CognitoAuthorizer("Cog", (pool,), (arn,))
    assert {key: route.guard for key, route in routes.items()} == {
        "GET /a": Guard(token),
        "POST /b": Guard(users, ("s2",)),
        "GET /c": None,
        "GET /d": Guard(IamAuthorizer()),
        "GET /e": Guard(LambdaAuthorizer("Req", "F", sources=sources)),
        "GET /g": Guard(users, ("s1",)),
    }
    assert [key for key, route in routes.items() if route.api_key] == ["POST /b"]
    checked = {key: route.validation for key, route in routes.items() if route.validation}
    schema = {"$ref": "#/definitions/item", "definitions": {"item": {"type": "object", "required": ["a"]}}}
    assert checked == {"POST /b": Validation(("method.request.header.H",), {"application/json": schema})}
    assert all(
        (route.guard, route.integration.kind) == (None, IntegrationKind.MOCK)
        for route in api.routes
        if route.method == "OPTIONS"
    )
    (plan,) = api.usage_plans
    assert (plan.limit, plan.quota) == (RateLimit(3.0, 2), Quota(5, Period.DAY))
    assert [(key.made_up, key.enabled) for key in plan.keys] == [(True, True)]
    assert (api.stage, api.limits, api.stages) == ("dev", {"*": RateLimit(5.0, 2)}, ())
    assert api.domains == (DomainName("api.example.com", "shop", "dev"), DomainName("api.example.com", "two", "dev"))
    assert (api.binary_media_types, api.minimum_compression) == (("image/png",), 100)
    responses = (GatewayResponse(ResponseType.UNAUTHORIZED, "401", {"gatewayresponse.header.X-A": "'b'"}),)
    assert api.gateway_responses == responses
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": ["execute-api:/dev/GET/a"],
    }
    assert api.policy == {"Version": "2012-10-17", "Statement": [statement]}
    assert read.problems == ()
