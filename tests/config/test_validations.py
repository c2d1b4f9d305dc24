import pytest

from localstack_lite.config.stack import Resource
from localstack_lite.config.validations import BodyValidations, models_of, of_method
from localstack_lite.model.validation import Validation
from tests.config.samples import stack_of

TEXT = """\
Resources:
  Api: {Type: AWS::ApiGateway::RestApi}
  Item: {Type: AWS::ApiGateway::Model, Properties: {RestApiId: !Ref Api, Schema: {type: object}}}
  Named: {Type: AWS::ApiGateway::Model, Properties: {RestApiId: !Ref Api, Name: called, Schema: '{"type": "array"}'}}
  Both:
    Type: AWS::ApiGateway::RequestValidator
    Properties: {RestApiId: !Ref Api, ValidateRequestBody: true, ValidateRequestParameters: true}
  Bodies: {Type: AWS::ApiGateway::RequestValidator, Properties: {RestApiId: !Ref Api, ValidateRequestBody: true}}
  Params:
    Type: AWS::ApiGateway::RequestValidator
    Properties: {RestApiId: !Ref Api, ValidateRequestParameters: 'true'}
  None: {Type: AWS::ApiGateway::RequestValidator, Properties: {RestApiId: !Ref Api}}
  Method:
    Type: AWS::ApiGateway::Method
    Properties:
      %s
      RequestParameters:
        method.request.querystring.q: true
        method.request.header.H: false
        method.request.path.p: 'true'
      RequestModels: {application/json: !Ref Item, text/x: !Ref Named}
"""
REQUIRED = ("method.request.querystring.q", "method.request.path.p")
MODELS = {"application/json": {"type": "object"}, "text/x": {"type": "array"}}


def method(validator):
    stack = stack_of(TEXT % validator)
    return of_method(Resource(stack, "Method"), models_of(Resource(stack, "Api"), {})), stack.found


@pytest.mark.parametrize(
    ("validator", "expected"),
    [
        ("RequestValidatorId: !Ref Both", Validation(REQUIRED, MODELS)),
        ("RequestValidatorId: !Ref Bodies", Validation((), MODELS)),
        ("RequestValidatorId: !Ref Params", Validation(REQUIRED)),
        ("RequestValidatorId: !Ref None", None),
        ("HttpMethod: GET", None),
    ],
)
def test_a_method_is_checked_as_far_as_its_validator_looks(validator, expected):
    assert method(validator) == (expected, [])


@pytest.mark.parametrize("validator", ["gone", "!Ref Nobody", "!Ref Item"])
def test_a_validator_that_is_not_there_is_told(validator):
    found, (problem,) = method(f"RequestValidatorId: {validator}")
    assert found is None
    assert "requests are not checked" in problem.what


def operation(declared, item=None, **body):
    stack = stack_of(TEXT % "HttpMethod: GET")
    api = Resource(stack, "Api")
    content = {
        "x-amazon-apigateway-request-validators": {
            "both": {"validateRequestBody": True, "validateRequestParameters": True},
            "bodies": {"validateRequestBody": True},
            "params": {"validateRequestParameters": True},
        },
        "definitions": {"D": {"type": "object"}},
        **body,
    }
    found = BodyValidations(api, content, models_of(api, content)).of(item or {}, declared)
    return found, stack.found


VALIDATOR = "x-amazon-apigateway-request-validator"
QUERY = {"in": "query", "name": "q", "required": True}
HEADER = {"in": "header", "name": "H", "required": False}
PAYLOAD = {"in": "body", "name": "b", "schema": {"$ref": "#/definitions/D"}}
WHOLE = {"$ref": "#/definitions/D", "definitions": {"D": {"type": "object"}}}


@pytest.mark.parametrize(
    ("validator", "expected"),
    [
        ("both", Validation(("method.request.querystring.q",), {"application/json": WHOLE})),
        ("bodies", Validation((), {"application/json": WHOLE})),
        ("params", Validation(("method.request.querystring.q",))),
    ],
)
def test_an_operation_is_checked_as_far_as_its_validator_looks(validator, expected):
    declared = {"parameters": [QUERY, HEADER, PAYLOAD]}
    assert operation({**declared, VALIDATOR: validator}) == (expected, [])
    assert operation(declared, **{VALIDATOR: validator}) == (expected, [])
    assert operation(declared) == (None, [])


def test_parameters_of_the_path_are_the_operations_too():
    item = {"parameters": [QUERY, {"in": "path", "name": "p", "required": True}]}
    declared = {"parameters": [{**QUERY, "required": False}], VALIDATOR: "params"}
    assert operation(declared, item)[0] == Validation(("method.request.path.p",))


def test_parameters_may_stand_elsewhere_in_the_body():
    declared = {"parameters": [{"$ref": "#/parameters/Q"}, {"$ref": "#/parameters/Gone"}], VALIDATOR: "params"}
    assert operation(declared, parameters={"Q": QUERY})[0] == Validation(("method.request.querystring.q",))


def test_content_types_are_what_the_operation_consumes():
    declared = {"parameters": [PAYLOAD], VALIDATOR: "bodies", "consumes": ["text/x", "text/y"]}
    assert operation(declared)[0] == Validation((), {"text/x": WHOLE, "text/y": WHOLE})


def test_bodies_of_openapi_3():
    declared = {
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/E"}}}},
        VALIDATOR: "bodies",
    }
    found, problems = operation(declared, components={"schemas": {"E": {"type": "array"}}})
    inside = {"$ref": "#/definitions/E", "definitions": {"E": {"type": "array"}}}
    assert (found, problems) == (Validation((), {"application/json": inside}), [])


@pytest.mark.parametrize(
    "declared",
    [
        {VALIDATOR: "gone"},
        {VALIDATOR: {"Ref": "Nobody"}},
        {VALIDATOR: "both", "parameters": {"Ref": "Nobody"}},
        {VALIDATOR: "both", "parameters": [{**PAYLOAD, "schema": {"$ref": "#/definitions/Gone"}}]},
    ],
)
def test_a_check_that_cannot_be_read_is_told(declared):
    found, (problem,) = operation(declared)
    assert found is None
    assert "requests are not checked" in problem.what
