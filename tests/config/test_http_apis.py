from pathlib import Path

from localstack_lite.config.http_apis import read_http_apis
from localstack_lite.config.integrations import Targets
from localstack_lite.model.api import ApiKind, Cors, LambdaProxy, Unsupported
from localstack_lite.model.function import Code, Function
from tests.config.samples import stack_of


def apis(text):
    stack = stack_of(text)
    functions = {"F": Function("F", "F", "python3.13", "a.b", Code(Path("/")))}
    return tuple(read_http_apis(stack, Targets(stack, functions, {}))), stack.found


def test_routes_and_integrations_of_their_own():
    (api,), found = apis("""\
        Resources:
          F: {Type: AWS::Lambda::Function}
          Api:
            Type: AWS::ApiGatewayV2::Api
            Properties:
              Name: shop
              ProtocolType: HTTP
              CorsConfiguration: {AllowOrigins: ['*'], AllowMethods: [GET], AllowCredentials: false, MaxAge: 60}
          Stage:
            Type: AWS::ApiGatewayV2::Stage
            Properties: {ApiId: !Ref Api, StageName: dev, StageVariables: {A: !Ref AWS::Region }}
          Call:
            Type: AWS::ApiGatewayV2::Integration
            Properties:
              ApiId: !Ref Api
              IntegrationType: AWS_PROXY
              IntegrationUri: !GetAtt F.Arn
              PayloadFormatVersion: '2.0'
              TimeoutInMillis: 1000
          Get:
            Type: AWS::ApiGatewayV2::Route
            Properties: {ApiId: !Ref Api, RouteKey: GET /x, Target: !Sub 'integrations/${Call}', OperationName: getX}
          Rest:
            Type: AWS::ApiGatewayV2::Route
            Properties: {ApiId: !Ref Api, RouteKey: $default, Target: !Join [/, [integrations, !Ref Call]]}
          Guarded:
            Type: AWS::ApiGatewayV2::Route
            Properties: {ApiId: !Ref Api, RouteKey: POST /x, AuthorizationType: JWT, AuthorizerId: !Ref Auth, Target: x}
          Auth: {Type: AWS::ApiGatewayV2::Authorizer}
          Other:
            Type: AWS::ApiGatewayV2::Route
            Properties: {ApiId: elsewhere, RouteKey: GET /other}
        """)
    call = LambdaProxy("F", "2.0", 1.0)
    assert (api.logical_id, api.name, api.kind, api.stage) == ("Api", "shop", ApiKind.HTTP, "dev")
    assert api.cors == Cors(("*",), ("GET",), max_age=60)
    assert api.stage_variables == {"A": "us-east-1"}
    assert [(route.key, route.integration) for route in api.routes[:2]] == [("GET /x", call), ("$default", call)]
    assert api.routes[0].operation_name == "getX"
    guarded = api.routes[2]
    assert (guarded.key, guarded.authorizer) == ("POST /x", "Auth")
    assert isinstance(guarded.integration, Unsupported)
    assert len(api.routes) == 3
    assert found == []


def test_quick_create_is_one_default_route():
    (api,), _ = apis("""\
        Resources:
          F: {Type: AWS::Lambda::Function}
          Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: x, ProtocolType: HTTP, Target: !GetAtt F.Arn }}
        """)
    assert [(route.key, route.integration) for route in api.routes] == [("$default", LambdaProxy("F"))]
    assert api.stage == "$default"


def test_a_body_has_routes_and_cors():
    (api,), _ = apis("""\
        Resources:
          F: {Type: AWS::Lambda::Function}
          Api:
            Type: AWS::ApiGatewayV2::Api
            Properties:
              Body:
                info: {title: from body}
                x-amazon-apigateway-cors: {allowOrigins: [https://a.example], exposeHeaders: [X-A], maxAge: 5}
                paths:
                  /x:
                    get:
                      x-amazon-apigateway-integration: {type: aws_proxy, uri: !GetAtt F.Arn, payloadFormatVersion: 1.0}
        """)
    assert api.name == "from body"
    assert api.cors == Cors(("https://a.example",), expose_headers=("X-A",), max_age=5)
    assert api.routes[0].key == "GET /x"


def test_a_websocket_api_is_a_problem_of_its_own():
    found_apis, (problem,) = apis("""\
        Resources:
          Chat: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: WEBSOCKET}}
        """)
    assert found_apis == ()
    assert problem.subject == "Chat"
    assert "WebSocket" in problem.what


def test_an_integration_of_another_kind_says_so():
    (api,), _ = apis("""\
        Resources:
          Api: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP}}
          Call: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Api, IntegrationType: HTTP_PROXY}}
          Get:
            Type: AWS::ApiGatewayV2::Route
            Properties: {ApiId: !Ref Api, RouteKey: GET /x, Target: !Sub 'integrations/${Call}'}
        """)
    assert "HTTP_PROXY" in api.routes[0].integration.why
