from pathlib import Path

from localstack_lite.config.integrations import Targets
from localstack_lite.config.websocket_apis import read_websocket_apis
from localstack_lite.model.api import SOCKET, ApiKind, ApiStage, DomainName, LambdaProxy, Unsupported
from localstack_lite.model.authorizer import BrokenAuthorizer, IamAuthorizer, LambdaAuthorizer
from localstack_lite.model.function import Code, Function
from localstack_lite.model.integration import IntegrationKind, IntegrationResponse, TemplatedIntegration
from localstack_lite.model.usage import RateLimit
from localstack_lite.model.websocket import WebSocket
from tests.config.samples import project_in, stack_of

CHAT = """\
    Resources:
      F: {Type: AWS::Lambda::Function}
      Chat:
        Type: AWS::ApiGatewayV2::Api
        Properties: {Name: chat, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.kind}
      Call:
        Type: AWS::ApiGatewayV2::Integration
        Properties: {ApiId: !Ref Chat, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt F.Arn, TimeoutInMillis: 5000}
"""


def apis(more="", text=CHAT):
    stack = stack_of(text + more)
    functions = {"F": Function("F", "F", "python3.13", "a.b", Code(Path("/")))}
    return tuple(read_websocket_apis(stack, Targets(stack, functions, {}))), stack.found


def route(name, key, more="", target="Call"):
    return (
        f"      {name}:\n        Type: AWS::ApiGatewayV2::Route\n        Properties: "
        f"{{ApiId: !Ref Chat, RouteKey: {key}, Target: !Sub 'integrations/${{{target}}}'{more}}}\n"
    )


def test_routes_call_functions_and_the_selection_is_the_apis():
    (api,), found = apis(route("C", "$connect") + route("J", "join", ", OperationName: joins"))
    assert (api.logical_id, api.name, api.kind) == ("Chat", "chat", ApiKind.WEBSOCKET)
    assert api.websocket == WebSocket("$request.body.kind")
    assert [(one.method, one.path, one.key) for one in api.routes] == [
        (SOCKET, "$connect", "$connect"),
        (SOCKET, "join", "join"),
    ]
    assert all(one.integration == LambdaProxy("F", "1.0", 5.0) for one in api.routes)
    assert api.routes[1].operation_name == "joins"
    assert found == []


def test_a_template_without_a_stage_gets_sams():
    (api,), _ = apis(route("C", "$connect"))
    assert (api.stage, api.stages) == ("default", ())


def test_stages_their_variables_and_limits_and_domains():
    (api,), found = apis("""\
      Dev:
        Type: AWS::ApiGatewayV2::Stage
        Properties:
          ApiId: !Ref Chat
          StageName: dev
          StageVariables: {A: b}
          DefaultRouteSettings: {ThrottlingRateLimit: 5, ThrottlingBurstLimit: 2}
          RouteSettings: {join: {ThrottlingRateLimit: 1}}
      Prod:
        Type: AWS::ApiGatewayV2::Stage
        Properties: {ApiId: !Ref Chat, StageName: prod}
      Domain:
        Type: AWS::ApiGatewayV2::DomainName
        Properties: {DomainName: ws.example.com}
      Mapping:
        Type: AWS::ApiGatewayV2::ApiMapping
        Properties: {ApiId: !Ref Chat, DomainName: !Ref Domain, Stage: prod, ApiMappingKey: chat}
""")
    assert (api.stage, api.stage_variables, api.stages) == ("dev", {"A": "b"}, (ApiStage("prod"),))
    assert api.limits == {"*": RateLimit(5.0, 2), "join": RateLimit(1.0)}
    assert api.domains == (DomainName("ws.example.com", "chat", "prod"),)
    assert found == []


def test_a_function_is_asked_at_connect():
    (api,), _ = apis(
        route("C", "$connect", ", AuthorizationType: CUSTOM, AuthorizerId: !Ref Auth, ApiKeyRequired: true")
        + """\
      Auth:
        Type: AWS::ApiGatewayV2::Authorizer
        Properties:
          ApiId: !Ref Chat
          AuthorizerType: REQUEST
          AuthorizerUri: !Sub arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${F.Arn}/invocations
          IdentitySource: [route.request.header.Auth, route.request.querystring.token]
"""
    )
    (connect,) = api.routes
    sources = ("route.request.header.Auth", "route.request.querystring.token")
    assert connect.guard.authorizer == LambdaAuthorizer("Auth", "F", False, sources, 0.0)
    assert (connect.authorizer, connect.api_key) == ("Auth", True)


def test_a_signature_is_asked_for_at_connect():
    (api,), _ = apis(route("C", "$connect", ", AuthorizationType: AWS_IAM"))
    assert api.routes[0].guard.authorizer == IamAuthorizer()


def test_tokens_cannot_guard_a_websocket():
    (api,), found = apis(
        route("C", "$connect", ", AuthorizationType: JWT, AuthorizerId: !Ref Auth")
        + """\
      Auth:
        Type: AWS::ApiGatewayV2::Authorizer
        Properties:
          ApiId: !Ref Chat
          AuthorizerType: JWT
          JwtConfiguration: {Issuer: https://issuer, Audience: [me]}
          IdentitySource: [$request.header.Authorization]
"""
    )
    assert isinstance(api.routes[0].guard.authorizer, BrokenAuthorizer)
    assert "which WebSocket APIs do not have" in found[0].what or "that WebSocket APIs do not have" in found[0].what


def test_a_route_after_connect_that_wants_authorization_is_left_out():
    (api,), found = apis(route("C", "$connect") + route("J", "join", ", AuthorizationType: AWS_IAM"))
    assert [one.path for one in api.routes] == ["$connect"]
    assert (found[0].subject, found[0].warning) == ("J", False)
    assert "$connect only" in found[0].what


def test_replies_go_back_where_expression_and_route_response_are_there():
    response = """\
      Back{0}:
        Type: AWS::ApiGatewayV2::RouteResponse
        Properties: {{ApiId: !Ref Chat, RouteId: !Ref {0}, RouteResponseKey: $default}}
"""
    both = route("A", "a", ", RouteResponseSelectionExpression: $default") + response.format("A")
    alone = route("B", "b", ", RouteResponseSelectionExpression: $default")
    other = route("C", "c") + response.format("C")
    (api,), found = apis(both + alone + other + route("D", "d"))
    assert {one.path: one.responds for one in api.routes} == {"a": True, "b": False, "c": False, "d": False}
    assert [(one.subject, one.warning) for one in found] == [("B", True), ("C", True)]
    assert "b has no an AWS" not in found[0].what


def test_other_integrations_with_their_responses_by_key():
    (api,), _ = apis(
        route("P", "ping", target="Mock")
        + """\
      Mock:
        Type: AWS::ApiGatewayV2::Integration
        Properties:
          ApiId: !Ref Chat
          IntegrationType: MOCK
          TemplateSelectionExpression: \\$default
          RequestTemplates: {$default: '{"statusCode": 200}'}
      Good:
        Type: AWS::ApiGatewayV2::IntegrationResponse
        Properties:
          ApiId: !Ref Chat
          IntegrationId: !Ref Mock
          IntegrationResponseKey: /200/
          ResponseTemplates: {$default: pong}
      Rest:
        Type: AWS::ApiGatewayV2::IntegrationResponse
        Properties: {ApiId: !Ref Chat, IntegrationId: !Ref Mock, IntegrationResponseKey: $default}
"""
    )
    found = api.routes[0].integration
    assert isinstance(found, TemplatedIntegration)
    assert (found.kind, found.template_selection) == (IntegrationKind.MOCK, "\\$default")
    assert found.templates == {"$default": '{"statusCode": 200}'}
    assert found.responses == (
        IntegrationResponse("200", "200", templates={"$default": "pong"}),
        IntegrationResponse("200", ""),
    )


def test_a_lambda_integration_that_is_no_proxy_has_its_function():
    (api,), _ = apis(
        route("T", "tell", target="Own")
        + """\
      Own:
        Type: AWS::ApiGatewayV2::Integration
        Properties: {ApiId: !Ref Chat, IntegrationType: AWS, IntegrationUri: !GetAtt F.Arn, IntegrationMethod: POST}
"""
    )
    found = api.routes[0].integration
    assert (found.kind, found.function, found.method) == (IntegrationKind.AWS, "F", "POST")


def test_a_route_whose_integration_is_missing_is_there_and_says_why():
    (api,), _ = apis(route("X", "x", target="Nobody"))
    assert isinstance(api.routes[0].integration, Unsupported)


def test_http_apis_are_not_its_business():
    found, _ = apis(text="Resources:\n  A: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP}}\n")
    assert found == ()


def test_sams_websocket_api_is_read(tmp_path):
    project = project_in(
        tmp_path,
        {
            "template.yaml": """\
                Transform: AWS::Serverless-2016-10-31
                Resources:
                  F:
                    Type: AWS::Serverless::Function
                    Properties: {Runtime: python3.13, Handler: app.handler, CodeUri: .}
                  Chat:
                    Type: AWS::Serverless::WebSocketApi
                    Properties:
                      StageName: live
                      RouteSelectionExpression: $request.body.action
                      Auth: {AuthType: CUSTOM, AuthArn: !GetAtt F.Arn, IdentitySource: [route.request.header.Auth]}
                      Routes:
                        $connect: {FunctionArn: !GetAtt F.Arn}
                        $default: {FunctionArn: !GetAtt F.Arn, IntegrationTimeout: 9000}
                """,
            "app.py": "def handler(event, context):\n    return 1\n",
        },
    )
    (api,) = project.apis
    assert (api.kind, api.stage, [one.path for one in api.routes]) == (
        ApiKind.WEBSOCKET,
        "live",
        ["$connect", "$default"],
    )
    asked = api.routes[0].guard.authorizer
    assert (asked.function, asked.sources) == ("F", ("route.request.header.Auth",))
    assert api.routes[1].integration == LambdaProxy("F", "1.0", 9.0)
    assert project.problems == ()
