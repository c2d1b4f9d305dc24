from localstack_lite.config.gateway_responses import gateway_responses
from localstack_lite.config.stack import Resource
from localstack_lite.model.gateway_response import GatewayResponse, ResponseType
from tests.config.samples import stack_of

EXTENSION = "x-amazon-apigateway-gateway-responses"
BODY = {
    EXTENSION: {
        "THROTTLED": {"statusCode": 430, "responseParameters": {"gatewayresponse.header.X": "'1'"}},
        "UNAUTHORIZED": {"responseTemplates": {"application/json": "{}"}},
    }
}


def read(resources, body):
    stack = stack_of(f"""\
        Resources:
          Api: {{Type: AWS::ApiGateway::RestApi}}
          {resources}
        """)
    return gateway_responses(Resource(stack, "Api"), body), stack.found


def test_a_body_and_resources_say_them():
    resource = (
        "R: {Type: AWS::ApiGateway::GatewayResponse, Properties: {RestApiId: !Ref Api, ResponseType: DEFAULT_4XX, "
        "StatusCode: '404', ResponseParameters: {gatewayresponse.header.A: !Sub \"'${AWS::Region}'\"}, "
        "ResponseTemplates: {text/plain: nope}}}"
    )
    found, problems = read(resource, BODY)
    assert found == (
        GatewayResponse(ResponseType.THROTTLED, "430", {"gatewayresponse.header.X": "'1'"}),
        GatewayResponse(ResponseType.UNAUTHORIZED, "", {}, {"application/json": "{}"}),
        GatewayResponse(
            ResponseType.DEFAULT_4XX, "404", {"gatewayresponse.header.A": "'us-east-1'"}, {"text/plain": "nope"}
        ),
    )
    assert problems == []


def test_a_resource_counts_more_than_the_body():
    resource = (
        "R: {Type: AWS::ApiGateway::GatewayResponse, "
        "Properties: {RestApiId: !Ref Api, ResponseType: THROTTLED, StatusCode: 431}}"
    )
    found, _ = read(resource, BODY)
    assert [one.status for one in found] == ["431", ""]


def test_one_that_cannot_be_read_costs_itself():
    body = {EXTENSION: {"UNAUTHORISED": {}, "THROTTLED": {"statusCode": {"Ref": "Nobody"}}, "WAF_FILTERED": {}}}
    found, problems = read("Other: {Type: AWS::ApiGateway::RestApi}", body)
    assert found == (GatewayResponse(ResponseType.WAF_FILTERED),)
    assert problems[0].hint == "did you mean UNAUTHORIZED?"
    assert len(problems) == 2
    assert len(read("Other: {Type: AWS::ApiGateway::RestApi}", {EXTENSION: {"Ref": "Nobody"}})[1]) == 1
