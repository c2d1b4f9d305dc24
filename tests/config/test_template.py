import pytest

from localstack_lite.config.environment import Variables
from localstack_lite.config.parameters import Place
from localstack_lite.config.sam import Refused, Transformed, transform
from localstack_lite.config.template import read_template
from localstack_lite.errors import UserError
from localstack_lite.model.api import LambdaProxy, Unsupported
from localstack_lite.model.authorizer import Guard, LambdaAuthorizer
from localstack_lite.model.gateway_response import ResponseType
from tests.config.samples import source_of, untouched

SAM = "AWS::Serverless-2016-10-31"
FUNCTION = "{Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: app.handler, Code: .}}"


def read_text(text, overrides=None, transform=untouched):
    source = source_of("template.yaml", {"template.yaml": text})
    return read_template(source, Place(), overrides or {}, transform, Variables())


def test_functions_and_apis_come_in_the_order_of_the_template():
    read = read_text(f"""
Resources:
  Second: {{Type: AWS::ApiGatewayV2::Api, Properties: {{ProtocolType: HTTP, Target: !GetAtt F.Arn }}}}
  First: {{Type: AWS::ApiGateway::RestApi}}
  F: {FUNCTION}
""")
    assert [api.logical_id for api in read.apis] == ["Second", "First"]
    assert read.apis[0].routes[0].integration == LambdaProxy("F")
    assert read.problems == ()


@pytest.mark.parametrize("text", ["A: 1", "Resources: {}", "Resources: [1]", "Resources:"])
def test_what_is_no_template_is_the_users_error(text):
    with pytest.raises(UserError, match="no Resources") as caught:
        read_text(text)
    assert "-t" in caught.value.hint


def test_a_resource_whose_condition_is_false_does_not_exist():
    read = read_text(f"""
Conditions: {{Never: !Equals [a, b]}}
Resources:
  F: {FUNCTION}
  G: {FUNCTION.replace("{Type", "{Condition: Never, Type", 1)}
""")
    assert [function.logical_id for function in read.functions] == ["F"]


def test_a_route_to_a_function_that_was_left_out_says_why():
    read = read_text(f"""
Resources:
  F: {FUNCTION.replace("python3.13", "python9")}
  Api: {{Type: AWS::ApiGatewayV2::Api, Properties: {{ProtocolType: HTTP, Target: !GetAtt F.Arn }}}}
""")
    integration = read.apis[0].routes[0].integration
    assert isinstance(integration, Unsupported)
    assert "no runtime python9" in integration.why
    assert [problem.warning for problem in read.problems] == [False, True]


def test_a_circle_is_told_and_everything_runs():
    text = """
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties:
      {Runtime: python3.13, Handler: app.handler, Code: ., Environment: {Variables: {OTHER: !GetAtt G.Arn }}}
  G:
    Type: AWS::Lambda::Function
    Properties: {Runtime: python3.13, Handler: app.handler, Code: ., Environment: {Variables: {OTHER: !Ref F }}}
"""
    read = read_text(text)
    assert len(read.functions) == 2
    (problem,) = read.problems
    assert problem.warning
    assert "circular dependency between F, G" in problem.what


@pytest.mark.parametrize(
    ("text", "overrides", "says", "where"),
    [
        (f"Resources:\n  F: {FUNCTION}\n", {"Nobody": "1"}, "no parameter Nobody", "--parameter-overrides"),
        (f"Resources:\n  F: {FUNCTION}\n  F: {FUNCTION}\n", {}, "Resources.F stands twice", "template.yaml:3"),
        (f"Transform: Mine\nResources:\n  F: {FUNCTION}\n", {}, "macro Mine", "template.yaml:1"),
        (
            f"Transform: [{SAM}, AWS::LanguageExtensions]\nResources:\n  F: {FUNCTION}\n",
            {},
            "stands after",
            "template.yaml:1",
        ),
    ],
)
def test_what_is_left_undone_is_told(text, overrides, says, where):
    read = read_text(text, overrides)
    assert len(read.functions) == 1
    (problem,) = read.problems
    assert says in problem.what
    assert problem.where == where


def test_what_sam_refused_is_told_at_its_line():
    sam = "Transform: AWS::Serverless-2016-10-31\nResources:\n  F: {Type: AWS::Serverless::Function}\n"
    made = Transformed({"Resources": {}}, (Refused("F", "is odd"),))
    (problem,) = read_text(sam, transform=lambda *_: made).problems
    assert (problem.where, problem.what, problem.warning) == ("template.yaml:3", "F: is odd", False)


def test_a_template_that_sam_cannot_translate_is_the_users_error():
    sam = "Transform: AWS::Serverless-2016-10-31\nResources:\n  F: {Type: AWS::Serverless::Function}\n"
    with pytest.raises(UserError, match="hopeless"):
        read_text(sam, transform=lambda *_: Transformed({}, failure="hopeless"))


FAMILY = {
    "template.yaml": f"""
Resources:
  F: {FUNCTION}
  Shop:
    Type: AWS::CloudFormation::Stack
    Properties: {{TemplateURL: shop.yaml, Parameters: {{Called: !GetAtt F.Arn }}}}
  Api: {{Type: AWS::ApiGatewayV2::Api, Properties: {{ProtocolType: HTTP, Target: !GetAtt Shop.Outputs.Arn }}}}
""",
    "shop.yaml": f"""
Parameters: {{Called: {{Type: String}}}}
Resources:
  F: {FUNCTION}
  Bad: {FUNCTION.replace("python3.13", "python9")}
  Api: {{Type: AWS::ApiGatewayV2::Api, Properties: {{ProtocolType: HTTP, Target: !Ref Called }}}}
  ApiOfBad: {{Type: AWS::ApiGatewayV2::Api, Properties: {{ProtocolType: HTTP, Target: !GetAtt Bad.Arn }}}}
Outputs: {{Arn: {{Value: !GetAtt F.Arn }}}}
""",
}


def read_family(templates=FAMILY, path="", **by_function):
    source = source_of("template.yaml", templates)
    return read_template(source, Place(), {}, untouched, Variables(by_function=by_function), path=path)


def test_functions_and_apis_of_nested_stacks_belong_to_the_project_under_their_path():
    read = read_family()
    assert [(function.logical_id, function.name) for function in read.functions] == [("F", "F"), ("Shop/F", "Shop-F")]
    assert [(api.logical_id, api.name, api.id) for api in read.apis] == [
        ("Api", "Api", "api"),
        ("Shop/Api", "Shop-Api", "shopapi"),
        ("Shop/ApiOfBad", "Shop-ApiOfBad", "shopapiofbad"),
    ]


def test_an_api_calls_functions_of_other_stacks_by_what_parameters_and_outputs_hand_it():
    apis = {api.logical_id: api.routes[0].integration for api in read_family().apis}
    assert apis["Api"] == LambdaProxy("Shop/F")
    assert apis["Shop/Api"] == LambdaProxy("F")


def test_a_problem_of_a_nested_stack_names_its_file_and_its_path():
    problem, api = read_family().problems
    assert (problem.where, problem.subject) == ("shop.yaml:5", "Shop/Bad")
    assert problem.what.startswith("Shop/Bad: Runtime")
    assert (api.where, api.subject, api.warning) == ("shop.yaml:7", "Shop/ApiOfBad", True)
    assert "no runtime python9" in api.what


def test_variables_find_a_nested_function_by_path_by_name_and_by_logical_id():
    for name in ("Shop/F", "Shop-F"):
        environments = [function.environment for function in read_family(**{name: {"A": "1"}}).functions]
        assert environments == [{}, {"A": "1"}]
    assert [function.environment for function in read_family(F={"A": "1"}).functions] == [{"A": "1"}, {"A": "1"}]


def test_a_stack_may_itself_stand_below_a_path():
    read = read_family(path="Prod/")
    assert [function.logical_id for function in read.functions] == ["Prod/F", "Prod/Shop/F"]
    assert read.apis[0].routes[0].integration == LambdaProxy("Prod/Shop/F")


def test_apis_that_share_an_address_are_told():
    text = f"""
Resources:
  F: {FUNCTION}
  Child: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: child.yaml}}}}
  ChildApi: {{Type: AWS::ApiGateway::RestApi}}
"""
    child = "Resources: {Api: {Type: AWS::ApiGateway::RestApi}}"
    (problem,) = read_family({"template.yaml": text, "child.yaml": child}).problems
    assert (problem.subject, problem.warning) == ("Child/Api", True)
    assert "one address, childapi" in problem.what


def test_two_functions_of_one_name_are_two_functions():
    named = FUNCTION.replace("Code: .", "Code: ., FunctionName: same")
    read = read_text(f"Resources:\n  F: {named}\n  G: {named}\n")
    assert [(function.logical_id, function.name) for function in read.functions] == [("F", "same"), ("G", "same")]


PARTED = {
    "template.yaml": f"""
Resources:
  F: {FUNCTION}
  Rest: {{Type: AWS::ApiGateway::RestApi}}
  Orders:
    Type: AWS::ApiGateway::Resource
    Properties: {{RestApiId: !Ref Rest, ParentId: !GetAtt Rest.RootResourceId, PathPart: orders}}
  Web: {{Type: AWS::ApiGatewayV2::Api, Properties: {{ProtocolType: HTTP}}}}
  Routes:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: routes.yaml
      Parameters:
        Rest: !Ref Rest
        Root: !GetAtt Rest.RootResourceId
        Orders: !Ref Orders
        Web: !Ref Web
        Called: !GetAtt F.Arn
""",
    "routes.yaml": f"""
Parameters:
  Rest: {{Type: String}}
  Root: {{Type: String}}
  Orders: {{Type: String}}
  Web: {{Type: String}}
  Called: {{Type: String}}
Resources:
  F: {FUNCTION}
  Order:
    Type: AWS::ApiGateway::Resource
    Properties: {{RestApiId: !Ref Rest, ParentId: !Ref Orders, PathPart: '{{id}}'}}
  AtRoot:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Rest
      ResourceId: !Ref Root
      HttpMethod: GET
      Integration: {{Type: AWS_PROXY, Uri: !Ref Called }}
  AtOrder:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Rest
      ResourceId: !Ref Order
      HttpMethod: GET
      Integration: {{Type: AWS_PROXY, Uri: !GetAtt F.Arn }}
  Lost:
    Type: AWS::ApiGateway::Method
    Properties: {{RestApiId: !Ref Rest, ResourceId: !Ref Called, HttpMethod: GET}}
  To:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {{IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt F.Arn }}
  Get:
    Type: AWS::ApiGatewayV2::Route
    Properties: {{ApiId: !Ref Web, RouteKey: GET /x, Target: !Sub 'integrations/${{To}}'}}
""",
}


def test_an_api_has_the_routes_that_nested_stacks_give_it():
    read = read_family(PARTED)
    rest, web = read.apis
    assert {route.key: route.integration for route in rest.routes} == {
        "GET /": LambdaProxy("F", "1.0", 29.0),
        "GET /orders/{id}": LambdaProxy("Routes/F", "1.0", 29.0),
    }
    assert {route.key: route.integration for route in web.routes} == {"GET /x": LambdaProxy("Routes/F", "1.0")}
    (problem,) = read.problems
    assert (problem.where, problem.subject) == ("routes.yaml:29", "Routes/Lost")
    assert "there is no API resource arn:" in problem.what


GUARDED = """
Globals:
  Api: {Auth: {DefaultAuthorizer: %s, Authorizers: {Tok: {FunctionArn: %s}}}}
  HttpApi: {Auth: {DefaultAuthorizer: %s, Authorizers: {Jwt: {%s IdentitySource: $request.header.Authorization}}}}
Resources:
  Guard: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.13, Handler: app.handler, CodeUri: .}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      CodeUri: .
      FunctionUrlConfig: {AuthType: %s}
      Events:
        Rest: {Type: Api, Properties: {Path: /x, Method: get}}
        Key: {Type: Api, Properties: {Path: /key, Method: get, Auth: {ApiKeyRequired: true, Authorizer: NONE}}}
        Http: {Type: HttpApi, Properties: {Path: /x, Method: get}}
        %s
"""
JWT = "JwtConfiguration: {issuer: %s, audience: [%s]},"


@pytest.mark.parametrize("arn", ["!GetAtt Guard.Arn", "!Ref AWS::AccountId", "!ImportValue shared-authorizer", "x"])
@pytest.mark.parametrize("jwt", [JWT % ("https://i", "a"), JWT % ("!ImportValue pool", "a"), JWT % ("https://i", "")])
@pytest.mark.parametrize("kind", ["AWS_IAM", "!If [Nobody, AWS_IAM, NONE]"])
def test_no_protected_route_of_a_sam_template_ever_stands_open(arn, jwt, kind):
    sam = f"Transform: {SAM}" + GUARDED % ("Tok", arn, "Jwt", jwt, kind, "")
    read = read_text(sam, transform=transform)
    assert all(is_closed(route) for api in read.apis for route in api.routes)
    assert {"ServerlessRestApi", "ServerlessHttpApi"} <= {api.logical_id for api in read.apis}
    served = {function.logical_id for function in read.functions}
    for guard in (route.guard for api in read.apis for route in api.routes):
        assert not isinstance(guard and guard.authorizer, LambdaAuthorizer) or guard.authorizer.function in served


def test_only_what_opts_out_of_a_sam_templates_authorizers_is_open():
    opened = """
        A: {Type: Api, Properties: {Path: /open, Method: get, Auth: {Authorizer: NONE}}}
        B: {Type: HttpApi, Properties: {Path: /open, Method: get, Auth: {Authorizer: NONE}}}
    """
    text = GUARDED % ("Tok", "!GetAtt Guard.Arn", "Jwt", JWT % ("https://i", "a"), "NONE", opened.strip())
    read = read_text(f"Transform: {SAM}" + text, transform=transform)
    found = [f"{api.kind} {route.key}" for api in read.apis for route in api.routes if not is_closed(route)]
    assert sorted(found) == ["FUNCTION_URL $default", "HTTP GET /open", "REST GET /open"]
    (problem,) = read.problems
    assert "ask for an API key" in problem.what


def is_closed(route):
    return route.guard is not None or route.api_key


NESTED = {
    "template.yaml": """
Resources:
  Shop: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: shop.yaml}}
  Api: {Type: AWS::ApiGateway::RestApi}
  Routes:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: routes.yaml
      Parameters:
        {Api: !Ref Api, Root: !GetAtt Api.RootResourceId, Authorizer: !Ref Tok, Called: !GetAtt Shop.Outputs.Arn}
  Tok:
    Type: AWS::ApiGateway::Authorizer
    Properties: {RestApiId: !Ref Api, Type: TOKEN, AuthorizerUri: !GetAtt Shop.Outputs.Arn }
""",
    "shop.yaml": f"""
Resources:
  F: {FUNCTION}
Outputs: {{Arn: {{Value: !GetAtt F.Arn }}}}
""",
    "routes.yaml": """
Parameters: {Api: {Type: String}, Root: {Type: String}, Authorizer: {Type: String}, Called: {Type: String}}
Resources:
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Root
      HttpMethod: GET
      AuthorizationType: CUSTOM
      AuthorizerId: !Ref Authorizer
      ApiKeyRequired: true
      Integration: {Type: AWS_PROXY, Uri: !Ref Called}
  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, StageName: dev}}
  Plan: {Type: AWS::ApiGateway::UsagePlan, Properties: {ApiStages: [{ApiId: !Ref Api, Stage: !Ref Stage}]}}
  Key: {Type: AWS::ApiGateway::ApiKey, Properties: {Enabled: true, Value: a-value-of-twenty-characters}}
  Joined: {Type: AWS::ApiGateway::UsagePlanKey, Properties: {KeyId: !Ref Key, UsagePlanId: !Ref Plan}}
  Refused:
    Type: AWS::ApiGateway::GatewayResponse
    Properties: {RestApiId: !Ref Api, ResponseType: UNAUTHORIZED, StatusCode: 418}
""",
}


def test_what_belongs_to_an_api_may_be_in_any_stack_of_the_project():
    read = read_family(NESTED)
    (api,) = read.apis
    (route,) = api.routes
    assert route.integration == LambdaProxy("Shop/F", "1.0", 29.0)
    authorizer = LambdaAuthorizer("Tok", "Shop/F", True, ("method.request.header.Authorization",))
    assert (route.guard, route.api_key) == (Guard(authorizer), True)
    assert [key.value for plan in api.usage_plans for key in plan.keys] == ["a-value-of-twenty-characters"]
    assert [(one.type, one.status) for one in api.gateway_responses] == [(ResponseType.UNAUTHORIZED, "418")]
    assert (api.stage, read.problems) == ("dev", ())


def test_a_route_that_nothing_can_run_is_told_once_at_its_line():
    read = read_text(f"""
Resources:
  F: {FUNCTION}
  Api: {{Type: AWS::ApiGateway::RestApi}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      {{RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET, Integration: {{Type: HTTP}}}}
  Written:
    Type: AWS::ApiGatewayV2::Api
    Properties:
      Body:
        paths:
          /x:
            get: {{x-amazon-apigateway-integration: {{type: http}}}}
""")
    assert [problem.where for problem in read.problems] == ["template.yaml:5", "template.yaml:15"]
