from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.config.environment import Variables
from localstack_lite.config.http_apis import read_http_apis
from localstack_lite.config.integrations import Targets
from localstack_lite.config.parameters import Place
from localstack_lite.config.sam import transform
from localstack_lite.config.template import read_template
from localstack_lite.model.api import ApiKind, ApiStage, Cors, DomainName, LambdaProxy, Unsupported
from localstack_lite.model.authorizer import (
    BrokenAuthorizer,
    Guard,
    IamAuthorizer,
    JwtAuthorizer,
    JwtIssuer,
    LambdaAuthorizer,
)
from localstack_lite.model.function import Code, Function
from localstack_lite.model.integration import HttpProxy
from localstack_lite.model.usage import RateLimit
from tests.config.samples import source_of, stack_of


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
    assert isinstance(guarded.guard.authorizer, BrokenAuthorizer)
    assert isinstance(guarded.integration, Unsupported)
    assert len(api.routes) == 3
    assert [problem.where for problem in found] == ["template.yaml:29", "template.yaml:26"]


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


def test_a_websocket_api_is_somebody_elses():
    assert apis("""\
        Resources:
          Chat: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: WEBSOCKET}}
        """) == ((), [])


def test_an_integration_of_another_kind_says_so():
    (api,), _ = apis("""\
        Resources:
          Api: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP}}
          Call: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Api, IntegrationType: MOCK}}
          Get:
            Type: AWS::ApiGatewayV2::Route
            Properties: {ApiId: !Ref Api, RouteKey: GET /x, Target: !Sub 'integrations/${Call}'}
        """)
    assert "MOCK" in api.routes[0].integration.why


def test_quick_create_may_lead_to_an_address():
    (api,), _ = apis("""\
        Resources:
          Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Target: 'https://example.com', RouteKey: GET /x}}
        """)
    assert [(route.key, route.integration) for route in api.routes] == [("GET /x", HttpProxy("https://example.com"))]


def test_stages_domains_and_limits_of_an_http_api():
    (api,), found = apis("""\
        Resources:
          Api:
            Type: AWS::ApiGatewayV2::Api
            Properties: {Name: x, DisableExecuteApiEndpoint: true, FailOnWarnings: true}
          Default: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Api, StageName: $default}}
          Dev:
            Type: AWS::ApiGatewayV2::Stage
            Properties:
              ApiId: !Ref Api
              StageName: dev
              DefaultRouteSettings: {ThrottlingRateLimit: 5}
              StageVariables: {A: b}
          Domain: {Type: AWS::ApiGatewayV2::DomainName, Properties: {DomainName: api.example.com}}
          Mapping:
            Type: AWS::ApiGatewayV2::ApiMapping
            Properties: {ApiId: !Ref Api, DomainName: !Ref Domain, Stage: !Ref Dev, ApiMappingKey: shop/v1}
        """)
    assert api.stage == "$default"
    assert api.stages == (ApiStage("dev", {"A": "b"}, {"*": RateLimit(5.0)}),)
    assert api.domains == (DomainName("api.example.com", "shop/v1", "dev"),)
    assert found == []


def test_an_integration_of_another_stack_is_found_by_its_id():
    (api,), _ = apis("""\
        Resources:
          F: {Type: AWS::Lambda::Function}
          Api: {Type: AWS::ApiGatewayV2::Api}
          Call:
            Type: AWS::ApiGatewayV2::Integration
            Properties: {ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt F.Arn}
          Get:
            Type: AWS::ApiGatewayV2::Route
            Properties: {ApiId: !Ref Api, RouteKey: GET /x, Target: integrations/Call}
        """)
    assert api.routes[0].integration == LambdaProxy("F", "1.0")


OVERRIDDEN = """\
Resources:
  F: {Type: AWS::Lambda::Function}
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Target: !GetAtt F.Arn}}
  Over: {Type: AWS::ApiGatewayV2::ApiGatewayManagedOverrides, Properties: {ApiId: !Ref Api, %s}}
"""


@pytest.mark.parametrize(
    ("over", "kind"),
    [
        ("Route: {AuthorizationType: AWS_IAM}", IamAuthorizer),
        ("Route: {AuthorizationType: JWT, AuthorizerId: elsewhere}", BrokenAuthorizer),
        ("Route: !Ref Nobody", BrokenAuthorizer),
        ("Stage: {AutoDeploy: true}", None),
        ("Route: {OperationName: x}", None),
    ],
)
def test_an_api_made_in_one_step_may_be_protected_beside_it(over, kind):
    (api,), _ = apis(OVERRIDDEN % over)
    guard = api.routes[0].guard
    assert (type(guard.authorizer) if guard else None) is kind


SAM = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Pool: {Type: AWS::Cognito::UserPool}
  H:
    Type: AWS::Serverless::HttpApi
    Properties:
      StageName: dev
      DefaultRouteSettings: {ThrottlingBurstLimit: 3, ThrottlingRateLimit: 4}
      RouteSettings: {"GET /a": {ThrottlingBurstLimit: 1, ThrottlingRateLimit: 1}}
      Domain: {DomainName: api.example.com, CertificateArn: 'arn:aws:acm:x:1:certificate/x', BasePath: [shop]}
      Auth:
        DefaultAuthorizer: J
        EnableIamAuthorizer: true
        Authorizers:
          J:
            IdentitySource: $request.header.Authorization
            AuthorizationScopes: [a]
            JwtConfiguration:
              issuer: !Sub "https://cognito-idp.${AWS::Region}.amazonaws.com/${Pool}"
              audience: [x]
          L:
            FunctionArn: !GetAtt F.Arn
            AuthorizerPayloadFormatVersion: 2.0
            EnableSimpleResponses: true
            Identity: {Headers: [A], QueryStrings: [b], ReauthorizeEvery: 5}
          M: {FunctionArn: !GetAtt F.Arn, AuthorizerPayloadFormatVersion: 1.0}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      CodeUri: .
      Events:
        A: {Type: HttpApi, Properties: {Path: /a, Method: get, ApiId: !Ref H}}
        B: {Type: HttpApi, Properties: {Path: /b, Method: get, ApiId: !Ref H, Auth: {Authorizer: L}}}
        C: {Type: HttpApi, Properties: {Path: /c, Method: get, ApiId: !Ref H, Auth: {Authorizer: NONE}}}
        D: {Type: HttpApi, Properties: {Path: /d, Method: get, ApiId: !Ref H, Auth: {Authorizer: AWS_IAM}}}
        E:
          Type: HttpApi
          Properties: {Path: /e, Method: get, ApiId: !Ref H, Auth: {Authorizer: J, AuthorizationScopes: [z]}}
        G: {Type: HttpApi, Properties: {Path: /g, Method: get, ApiId: !Ref H, Auth: {Authorizer: M}}}
"""


def test_all_that_sam_says_of_an_api():
    source = source_of("template.yaml", {"template.yaml": SAM})
    read = read_template(source, Place(), {}, transform, Variables())
    (api,) = read.apis
    jwt = JwtAuthorizer("J", (JwtIssuer("https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool", ("x",)),))
    simple = LambdaAuthorizer("L", "F", sources=("$request.header.A", "$request.querystring.b"), ttl=5.0)
    assert {route.key: route.guard for route in api.routes} == {
        "GET /a": Guard(jwt, ("a",)),
        "GET /b": Guard(replace(simple, payload="2.0", simple=True)),
        "GET /c": None,
        "GET /d": Guard(IamAuthorizer()),
        "GET /e": Guard(jwt, ("z",)),
        "GET /g": Guard(LambdaAuthorizer("M", "F", ttl=0.0)),
    }
    assert api.limits == {"*": RateLimit(4.0, 3), "GET /a": RateLimit(1.0, 1)}
    assert (api.stage, api.domains) == ("dev", (DomainName("api.example.com", "shop", "dev"),))
    assert read.problems == ()
