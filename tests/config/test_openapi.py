import copy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.config.integrations import Targets
from localstack_lite.config.openapi import Body
from localstack_lite.config.stack import Resource
from localstack_lite.model.api import ApiKind, LambdaProxy, Route, Unsupported
from localstack_lite.model.authorizer import BrokenAuthorizer, Guard, LambdaAuthorizer
from localstack_lite.model.function import Code, Function
from localstack_lite.model.integration import IntegrationKind, IntegrationResponse, MethodResponse, TemplatedIntegration
from localstack_lite.model.validation import Validation
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


TOKEN = {
    "type": "apiKey",
    "in": "header",
    "name": "X-Tok",
    "x-amazon-apigateway-authorizer": {"type": "token", "authorizerUri": {"Fn::GetAtt": ["F", "Arn"]}},
}


def test_a_protected_operation_keeps_what_it_calls_behind_its_guard():
    operation = {KEY: CALL, "security": [{"api_key": []}, {"Tok": ["a"]}]}
    (route,) = routes({"/x": {"get": operation}}, ApiKind.REST, securityDefinitions={"Tok": TOKEN})
    assert route.authorizer == "Tok"
    assert route.api_key
    assert route.guard == Guard(LambdaAuthorizer("Tok", "F", True, ("method.request.header.X-Tok",)), ("a",))
    assert route.integration == LambdaProxy("F", "1.0", 29.0)


def test_a_protected_operation_that_calls_nothing_keeps_its_guard():
    for operation in ({"security": [{"Tok": []}]}, None):
        (route,) = routes({"/x": {"get": operation}}, security=[{"Tok": []}])
        assert isinstance(route.integration, Unsupported)
        assert isinstance(route.guard.authorizer, BrokenAuthorizer)


def test_mock_and_service_integrations_of_rest_apis_are_templated():
    mock = {
        "type": "mock",
        "requestTemplates": {"application/json": '{"statusCode": 200}'},
        "responses": {"default": {"statusCode": "204", "responseParameters": {"method.response.header.X": "'1'"}}},
    }
    operation = {
        KEY: mock,
        "produces": ["text/plain"],
        "responses": {"204": {"headers": {"X": {}}, "schema": {"$ref": "#/definitions/E"}}},
    }
    (route,) = routes({"/x": {"options": operation}}, ApiKind.REST)
    assert route.integration == TemplatedIntegration(
        IntegrationKind.MOCK,
        templates={"application/json": '{"statusCode": 200}'},
        responses=(IntegrationResponse("204", "", {"method.response.header.X": "'1'"}),),
        method_responses=(MethodResponse("204", ("X",), {"text/plain": "E"}),),
    )


def test_an_operation_says_what_its_validator_demands():
    operation = {
        KEY: CALL,
        "x-amazon-apigateway-request-validator": "all",
        "parameters": [{"in": "query", "name": "q", "required": True}],
    }
    validators = {"all": {"validateRequestParameters": True}}
    body = {"x-amazon-apigateway-request-validators": validators}
    (route,) = routes({"/x": {"get": operation}}, ApiKind.REST, **body)
    assert route.validation == Validation(("method.request.querystring.q",))
    (route,) = routes({"/x": {"get": operation}}, ApiKind.HTTP, **body)
    assert route.validation is None


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ({"get": {KEY: {"type": "http", "uri": "https://x"}}}, "type HTTP"),
        ({"get": {KEY: {"type": "AWS", "uri": CALL["uri"]}}}, "type AWS"),
        ({"get": {KEY: {"uri": CALL["uri"]}}}, "type unknown"),
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


WHOLE = {
    "parameters": [{"in": "query", "name": "q", "required": True}],
    "get": {
        "operationId": "a",
        "security": [{"Tok": ["s"]}],
        "x-amazon-apigateway-request-validator": "all",
        "parameters": [{"in": "body", "schema": {"$ref": "#/definitions/M"}}],
        "produces": ["a/b"],
        "responses": {"200": {"headers": {"A": {}}, "schema": {"$ref": "#/definitions/M"}}},
        KEY: {
            "type": "http",
            "uri": "https://x",
            "requestParameters": {"a": "b"},
            "requestTemplates": {"a": "b"},
            "tlsConfig": {"insecureSkipVerification": True},
            "timeoutInMillis": 5,
            "responses": {"default": {"statusCode": "200", "responseParameters": {"a": "b"}}},
        },
    },
}
JUNK = (None, "", "x", 0, -1.5, True, [], {}, [None], {"a": None}, {"Ref": "Nobody"}, {"$ref": "#"}, float("nan"))


def places(value, path=()):
    yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in pairs:
        yield from places(item, (*path, key))


@given(st.sampled_from(list(places(WHOLE))[1:]), st.sampled_from(JUNK), st.sampled_from([ApiKind.REST, ApiKind.HTTP]))
def test_whatever_a_body_says_it_costs_that_part_and_opens_nothing(place, junk, kind):
    item = copy.deepcopy(WHOLE)
    around = item
    for key in place[:-1]:
        around = around[key]
    around[place[-1]] = junk
    validators = {"all": {"validateRequestParameters": True, "validateRequestBody": True}}
    found = routes(
        {"/x": item},
        kind,
        security=[{"Tok": []}],
        definitions={"M": {}},
        securityDefinitions={"Tok": TOKEN},
        **{"x-amazon-apigateway-request-validators": validators},
    )
    asks_for_nothing = place[:2] == ("get", "security") and item["get"]["security"] in ([], [{}])
    assert all(route.guard or asks_for_nothing or isinstance(route.integration, Unsupported) for route in found)


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
