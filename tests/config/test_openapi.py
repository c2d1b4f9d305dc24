from pathlib import Path

import pytest

from localstack_lite.config.integrations import Targets
from localstack_lite.config.openapi import Body
from localstack_lite.config.stack import Resource
from localstack_lite.model.api import ApiKind, LambdaProxy, Route, Unsupported
from localstack_lite.model.function import Code, Function
from tests.config.samples import stack_of

STACK = stack_of("""\
    Conditions:
      Yes: !Equals [1, 1]
    Resources:
      Api: {Type: AWS::ApiGatewayV2::Api}
      F: {Type: AWS::Lambda::Function}
    """)
TARGETS = Targets(STACK, {"F": Function("F", "F", "python3.13", "a.b", Code(Path("/")))}, {})
CALL = {"type": "aws_proxy", "uri": {"Fn::GetAtt": ["F", "Arn"]}, "payloadFormatVersion": "2.0", "httpMethod": "POST"}
KEY = "x-amazon-apigateway-integration"


def routes(paths, kind=ApiKind.HTTP, **body):
    return Body(Resource(STACK, "Api"), kind, TARGETS, {"paths": paths, **body}).routes()


@pytest.mark.parametrize(
    ("paths", "key"),
    [
        ({"/x": {"get": {KEY: CALL}}}, "GET /x"),
        ({"/x/{proxy+}": {"x-amazon-apigateway-any-method": {KEY: CALL}}}, "ANY /x/{proxy+}"),
        ({"$default": {"x-amazon-apigateway-any-method": {KEY: CALL, "isDefaultRoute": True}}}, "$default"),
        ({"/x": {"Fn::If": ["Yes", {"get": {KEY: CALL}}, {"Ref": "AWS::NoValue"}]}}, "GET /x"),
        ({"/x": {"get": {"Fn::If": ["Yes", {KEY: CALL}, {"Ref": "Nobody"}]}}}, "GET /x"),
        ({"/x": {"parameters": [], "get": {KEY: CALL}}}, "GET /x"),
    ],
)
def test_paths_become_routes(paths, key):
    (route,) = routes(paths)
    assert route.key == key
    assert route.integration == LambdaProxy("F", "2.0", 30.0)


def test_http_integrations_say_payload_and_timeout():
    (route,) = routes({"/x": {"get": {KEY: {**CALL, "payloadFormatVersion": "1.0", "timeoutInMillis": 2500}}}})
    assert route.integration == LambdaProxy("F", "1.0", 2.5)


def test_rest_integrations_keep_their_method_and_name():
    paths = {"/x": {"get": {"operationId": "getX", KEY: {**CALL, "httpMethod": "get"}}}}
    assert routes(paths, ApiKind.REST) == (Route("GET", "/x", LambdaProxy("F", "1.0", 29.0, "GET"), "getX"),)


@pytest.mark.parametrize(
    ("operation", "body", "authorizer"),
    [
        ({"security": [{"Tok": []}]}, {}, "Tok"),
        ({}, {"security": [{"Tok": []}]}, "Tok"),
        ({"security": []}, {"security": [{"Tok": []}]}, ""),
        ({"security": [{"NONE": []}]}, {"security": [{"Tok": []}]}, ""),
        ({"security": [{"api_key": []}]}, {}, "api_key"),
        ({"x-amazon-apigateway-auth": {"type": "AWS_IAM"}}, {}, "AWS_IAM"),
    ],
)
def test_a_protected_route_never_stands_open(operation, body, authorizer):
    (route,) = routes({"/x": {"get": {KEY: CALL, **operation}}}, **body)
    assert route.authorizer == authorizer
    called = LambdaProxy("F", "2.0", 30.0, "POST")
    if not authorizer:
        assert route.integration == called
    else:
        assert isinstance(route.integration, Unsupported)
        assert route.integration.behind == called


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ({"get": {KEY: {"type": "http_proxy", "uri": "https://x"}}}, "type HTTP_PROXY"),
        ({"get": {KEY: {"type": "AWS", "uri": CALL["uri"]}}}, "type AWS"),
        ({"get": {}}, "no integration"),
        ({"get": None}, "no integration"),
        ({"get": {KEY: {**CALL, "uri": {"Ref": "Nobody"}}}}, "Nobody"),
        ({"get": {KEY: {**CALL, "payloadFormatVersion": {"Ref": "Nobody"}}}}, "Nobody"),
    ],
)
def test_what_cannot_run_is_a_route_that_says_why(item, why):
    (route,) = routes({"/x": item})
    assert isinstance(route.integration, Unsupported)
    assert why in route.integration.why


def test_one_bad_path_does_not_spoil_the_others():
    bad, good = routes({"/bad": {"Fn::If": ["Nope", {}, {}]}, "/good": {"get": {KEY: CALL}}})
    assert (bad.key, good.integration) == ("ANY /bad", LambdaProxy("F", "2.0", 30.0))
    assert isinstance(bad.integration, Unsupported)


def test_links_inside_the_body_are_followed():
    components = {"integrations": {"f": CALL}}
    (route,) = routes({"/x": {"get": {KEY: {"$ref": "#/components/integrations/f"}}}}, components=components)
    assert route.integration == LambdaProxy("F", "2.0", 30.0)


@pytest.mark.parametrize("paths", [None, [], "x", {"/x": None}, {"/x": []}, {"/x": {"description": "y"}}])
def test_odd_paths_are_no_routes(paths):
    assert routes(paths) == ()


@pytest.mark.parametrize(
    ("kind", "mode", "streamed"),
    [(ApiKind.REST, "STREAM", True), (ApiKind.REST, "BUFFERED", False), (ApiKind.HTTP, "STREAM", False)],
)
def test_only_rest_integrations_stream(kind, mode, streamed):
    (route,) = routes({"/x": {"get": {KEY: {**CALL, "responseTransferMode": mode}}}}, kind)
    assert route.integration.streamed is streamed


def test_a_rest_integration_says_where_the_tenant_comes_from():
    parameters = {
        "integration.request.header.x-amz-tenant-id": {"Fn::Sub": "method.request.header.X-Tenant"},
        "integration.request.header.Other": "'x'",
    }
    paths = {"/x": {"get": {KEY: {**CALL, "requestParameters": parameters}}}}
    (route,) = routes(paths, ApiKind.REST)
    assert route.integration.tenant == "method.request.header.X-Tenant"
    (route,) = routes(paths, ApiKind.HTTP)
    assert route.integration.tenant == ""
