import sys
import zipfile
from pathlib import Path

import pytest

from localstack_lite.config import read
from localstack_lite.errors import UserError
from localstack_lite.model.api import ApiKind, Cors, Face, LambdaProxy
from localstack_lite.model.integration import IntegrationKind, TemplatedIntegration
from localstack_lite.model.options import ReadOptions
from tests.config.samples import HANDLER, project_in, write

SAM = """\
    AWSTemplateFormatVersion: 2010-09-09
    Transform: AWS::Serverless-2016-10-31
    Parameters:
      Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}
    Globals:
      Function: {Runtime: python3.13, Timeout: 5, CodeUri: src/, Environment: {Variables: {STAGE: !Ref Stage }}}
      Api: {Cors: "'*'", BinaryMediaTypes: [image~1png]}
      HttpApi: {CorsConfiguration: true}
    Resources:
      Hello:
        Type: AWS::Serverless::Function
        Properties:
          Handler: app.handler
          MemorySize: 256
          FunctionUrlConfig: {AuthType: NONE}
          Environment: {Variables: {TABLE: !Ref Table }}
          Events:
            Http: {Type: HttpApi, Properties: {Path: /hello, Method: get, TimeoutInMillis: 4000}}
            Rest: {Type: Api, Properties: {Path: '/rest/{proxy+}', Method: any}}
            Tick: {Type: Schedule, Properties: {Schedule: rate(1 minute)}}
      Inline:
        Type: AWS::Serverless::Function
        Properties:
          Handler: index.handler
          InlineCode: |
            def handler(event, context):
                return 2
          Events:
            Get: {Type: Api, Properties: {Path: /guarded, Method: get, RestApiId: !Ref Guarded }}
      Guarded:
        Type: AWS::Serverless::Api
        Properties:
          StageName: !Ref Stage
          Variables: {A: b}
          Auth: {DefaultAuthorizer: AWS_IAM, AddDefaultAuthorizerToCorsPreflight: false}
      Table: {Type: AWS::Serverless::SimpleTable}
    """


def test_a_sam_project(tmp_path):
    project = project_in(tmp_path, {"template.yaml": SAM, "src/app.py": HANDLER})
    hello, inline = project.functions
    assert (hello.memory, hello.timeout, hello.code.folder) == (256, 5, tmp_path / "src")
    assert hello.environment == {"STAGE": "dev", "TABLE": "Table"}
    assert hello.where == "template.yaml:10"
    assert (inline.code.folder / "index.py").read_text().startswith("def handler")

    apis = {api.logical_id: api for api in project.apis}
    http = apis["ServerlessHttpApi"]
    assert (http.kind, http.stage, http.cors) == (ApiKind.HTTP, "$default", Cors(("*",)))
    assert [(route.key, route.integration) for route in http.routes] == [
        ("GET /hello", LambdaProxy("Hello", "2.0", 4.0))
    ]
    rest = apis["ServerlessRestApi"]
    assert (rest.stage, rest.binary_media_types) == ("Prod", ("image/png",))
    integrations = {route.key: route.integration for route in rest.routes}
    assert integrations["ANY /rest/{proxy+}"] == LambdaProxy("Hello", "1.0", 29.0)
    preflight = integrations["OPTIONS /rest/{proxy+}"]
    assert isinstance(preflight, TemplatedIntegration)
    assert preflight.kind is IntegrationKind.MOCK
    assert preflight.responses[0].parameters["method.response.header.Access-Control-Allow-Origin"] == "'*'"
    guarded = {route.key: route for route in apis["Guarded"].routes}
    assert apis["Guarded"].stage == "dev"
    assert apis["Guarded"].stage_variables == {"A": "b"}
    assert guarded["GET /guarded"].guard is not None
    assert isinstance(guarded["GET /guarded"].integration, LambdaProxy)
    assert isinstance(guarded["OPTIONS /guarded"].integration, TemplatedIntegration)
    assert apis["HelloUrl"].kind is ApiKind.FUNCTION_URL
    assert (project.root, project.source) == (tmp_path, tmp_path / "template.yaml")
    assert tmp_path / "template.yaml" in project.inputs
    assert all(problem.warning for problem in project.problems)


def test_reading_twice_gives_the_same_project(tmp_path):
    first = project_in(tmp_path, {"template.yaml": SAM, "src/app.py": HANDLER})
    assert read(ReadOptions(tmp_path), environ={}) == first
    assert (tmp_path / ".devserve" / ".gitignore").read_text() == "*\n"


def test_overrides_reach_the_template(tmp_path):
    files = {"template.yaml": SAM, "src/app.py": HANDLER}
    project = project_in(tmp_path, files, parameter_overrides={"Stage": "prod"})
    assert project.functions[0].environment["STAGE"] == "prod"
    assert next(api for api in project.apis if api.logical_id == "Guarded").stage == "prod"


PLAIN = """\
    Parameters:
      Name: {Type: String}
    Resources:
      F:
        Type: AWS::Lambda::Function
        Properties: {Runtime: python3.13, Handler: app.handler, Code: src, Environment: {Variables: {N: !Ref Name }}}
    """


def test_a_parameter_without_a_value_costs_only_the_variable_that_needs_it(tmp_path):
    project = project_in(tmp_path, {"template.yaml": PLAIN, "src/app.py": HANDLER})
    assert project.functions[0].environment == {"N": "F.N"}
    (problem,) = project.problems
    assert problem.hint == "--parameter-overrides Name=..."
    assert problem.where == "template.yaml:6"


def test_variables_beside_the_template_win(tmp_path):
    files = {"template.yaml": PLAIN, "src/app.py": HANDLER, "env.json": '{"F": {"N": "json", "M": "json"}, "G": {}}'}
    write(tmp_path, {".env": "M=dotenv\n"})
    project = project_in(tmp_path, files, env_vars=Path("env.json"), env_file=Path(".env"))
    assert project.functions[0].environment == {"N": "json", "M": "dotenv"}
    assert {tmp_path / "env.json", tmp_path / ".env"} <= set(project.inputs)
    assert [problem.what for problem in project.problems] == ["there is no function G to set variables of"]


def test_the_region_is_the_options_then_the_environments_then_the_settings(tmp_path):
    write(tmp_path, {"devserve.toml": "region = 'eu-west-3'", "app.py": HANDLER})
    assert read(ReadOptions(tmp_path), environ={}).region == "eu-west-3"
    assert read(ReadOptions(tmp_path), environ={"AWS_DEFAULT_REGION": "eu-west-2"}).region == "eu-west-2"
    assert read(ReadOptions(tmp_path, region="eu-west-1"), environ={"AWS_REGION": "eu-west-2"}).region == "eu-west-1"


def test_zero_configuration(tmp_path):
    folder = tmp_path / "my shop"
    project = project_in(folder, {"app.py": HANDLER})
    (function,) = project.functions
    assert (function.name, function.handler) == ("my-shop", "app.handler")
    assert function.runtime == f"python{sys.version_info.major}.{sys.version_info.minor}"
    assert [(route.key, route.integration) for route in project.apis[0].routes] == [
        ("$default", LambdaProxy("my-shop"))
    ]
    assert project.source is None


@pytest.mark.parametrize("target", ["web.run", "web.py", "."])
def test_a_target_may_name_the_handler(tmp_path, target):
    text = "def run(e, c): ...\ndef handler(e, c): ...\n"
    project = project_in(tmp_path, {"web.py": text, "main.py": HANDLER}, target)
    expected = {"web.run": "web.run", "web.py": "web.handler", ".": "main.handler"}
    assert project.functions[0].handler == expected[target]


def test_a_toml_project(tmp_path):
    toml = "[tool.devserve]\nsandbox = 'process'\n[tool.devserve.functions.f]\nhandler = 'app.handler'\ncode = 'src'\n"
    project = project_in(tmp_path, {"pyproject.toml": toml, "src/app.py": HANDLER, "template.yaml": PLAIN})
    assert [function.logical_id for function in project.functions] == ["f"]
    assert project.sandbox == "process"
    assert project.source == tmp_path / "pyproject.toml"
    assert project.functions[0].where == "pyproject.toml:3"


def test_settings_add_to_a_template_that_they_name_or_that_is_found(tmp_path):
    files = {"template.yaml": PLAIN, "src/app.py": HANDLER, "devserve.toml": "[functions.F]\nmemory = 1024\n"}
    assert project_in(tmp_path / "found", files).functions[0].memory == 1024
    named = {
        "infra/stack.yaml": PLAIN.replace("Code: src", "Code: ../src"),
        "src/app.py": HANDLER,
        "devserve.toml": """\
            template = 'infra/stack.yaml'
            [functions.g]
            handler = 'src/app.handler'
            routes = ['GET /g']
            """,
    }
    project = project_in(tmp_path / "named", named)
    assert [function.logical_id for function in project.functions] == ["F", "g"]
    assert [route.key for api in project.apis for route in api.routes] == ["GET /g"]
    assert project.functions[0].where == "infra/stack.yaml:4"
    assert project.root == tmp_path / "named"


def test_a_stage_of_the_settings_gives_parameters(tmp_path):
    toml = "[stages.dev]\nregion = 'eu-west-2'\nparameter_overrides = { Name = 'from stage' }\n"
    project = project_in(tmp_path, {"template.yaml": PLAIN, "src/app.py": HANDLER, "devserve.toml": toml}, stage="dev")
    assert project.functions[0].environment == {"N": "from stage"}
    assert project.region == "eu-west-2"


def test_a_broken_pyproject_that_is_not_ours_is_not_our_business(tmp_path):
    assert project_in(tmp_path, {"pyproject.toml": "[project\n", "app.py": HANDLER}).functions


def test_a_zip_is_an_input(tmp_path):
    with zipfile.ZipFile(tmp_path / "code.zip", "w") as archive:
        archive.writestr("app.py", HANDLER)
    project = project_in(tmp_path, {"template.yaml": PLAIN.replace("Code: src", "Code: code.zip")})
    assert tmp_path / "code.zip" in project.inputs


def test_an_openapi_file_beside_the_template_is_read_and_an_input(tmp_path):
    template = """\
        Transform: AWS::Serverless-2016-10-31
        Resources:
          F:
            Type: AWS::Serverless::Function
            Properties: {Runtime: python3.13, Handler: app.handler, CodeUri: .}
          Api: {Type: AWS::Serverless::HttpApi, Properties: {DefinitionUri: api.yaml}}
        """
    api = """\
        openapi: 3.0.1
        info: {title: shop, version: '1'}
        paths:
          /x:
            get:
              x-amazon-apigateway-integration:
                {type: aws_proxy, httpMethod: POST, payloadFormatVersion: '2.0', uri: !GetAtt F.Arn }
        """
    project = project_in(tmp_path, {"template.yaml": template, "api.yaml": api, "app.py": HANDLER})
    assert [route.integration for route in project.apis[0].routes] == [LambdaProxy("F")]
    assert tmp_path / "api.yaml" in project.inputs


def test_code_and_layers_that_are_not_there_or_broken_are_inputs_so_that_their_repair_heals(tmp_path):
    function = "{Type: AWS::Lambda::Function, Properties: {Handler: app.handler, Runtime: python3.12, Code: %s}}"
    layer = "{Type: AWS::Lambda::LayerVersion, Properties: {Content: %s}}"
    given = {"Fine": function % "src", "Gone": function % "gone", "Broken": function % "broken.zip"}
    given |= {"Lost": layer % "lost.zip", "Evil": layer % "evil.zip"}
    text = "Resources:\n" + "".join(f"  {name}: {declared}\n" for name, declared in given.items())
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("../../evil.py", "")
    write(tmp_path, {"template.yaml": text, "src/app.py": HANDLER, "broken.zip": "no", "lost.zip": "no"})
    project = project_in(tmp_path, {})
    assert {problem.subject for problem in project.problems} == {"Gone", "Broken", "Lost", "Evil"}
    waited = {tmp_path / name for name in ("gone", "broken.zip", "lost.zip", "evil.zip")}
    assert waited <= set(project.inputs)


def test_a_handler_that_is_awaited_is_an_input(tmp_path):
    second = (
        PLAIN.rstrip()
        + "\n"
        + PLAIN[PLAIN.index("      F:") :].replace("      F:", "      G:").replace("app.handler", "new.handler")
    )
    project = project_in(tmp_path, {"template.yaml": second, "src/app.py": HANDLER})
    assert [function.logical_id for function in project.functions] == ["F"]
    assert tmp_path / "src" / "new.py" in project.inputs


@pytest.mark.parametrize(
    ("files", "where", "what", "hint"),
    [
        ({"template.yaml": "Resources:\n  F: [\n"}, "template.yaml:3", "not valid YAML", ""),
        ({"template.yaml": "Resources:\n  B: {Type: AWS::S3::Bucket}\n"}, "template.yaml:1", "no Lambda functions", ""),
        ({"template.yaml": "hello: 1\n"}, "template.yaml", "no Resources", "-t FILE"),
        ({"template.yaml": PLAIN}, "template.yaml:6", "F: Code: there is no code at src", "look"),
        ({"template.yaml": PLAIN, "src/ap.py": ""}, "template.yaml:6", "no file app.py", "did you mean ap.py?"),
        ({"devserve.toml": "x = \n"}, "devserve.toml:1", "not valid TOML", "line"),
        ({"devserve.toml": "template = 'no.yaml'\n"}, "devserve.toml", "no template no.yaml", "template"),
        ({"devserve.toml": "[functions.f]\nhandler = 'a.b'\n"}, "devserve.toml:1", "no file a.py", "no Python file"),
        ({"app.py": "from x import App\na = App()"}, "", "nothing to serve here", "devserve module:app"),
        ({"README.md": ""}, "", "nothing to serve here", "devserve module:app"),
    ],
)
def test_when_nothing_can_run_it_says_where_what_and_what_to_do(tmp_path, files, where, what, hint):
    with pytest.raises(UserError) as caught:
        project_in(tmp_path, files)
    assert caught.value.where.endswith(where)
    assert what in caught.value.what
    assert hint in caught.value.hint
    assert caught.value.hint
    assert "\n" not in str(caught.value)


def test_circles_that_take_every_function_are_the_users_error(tmp_path):
    template = """\
        Conditions:
          A: !Condition B
          B: !Condition A
        Resources:
          F:
            Type: AWS::Lambda::Function
            Condition: A
            Properties: {Runtime: python3.13, Handler: app.handler, Code: .}
        """
    with pytest.raises(UserError, match="circular reference: condition A → condition B → condition A"):
        project_in(tmp_path, {"template.yaml": template, "app.py": HANDLER})


def test_a_file_that_is_no_text_is_the_users_error(tmp_path):
    (tmp_path / "template.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="UTF-8"):
        read(ReadOptions(tmp_path), environ={})


def test_a_missing_variables_file_is_the_users_error(tmp_path):
    with pytest.raises(UserError, match=r"env\.json"):
        project_in(tmp_path, {"app.py": HANDLER}, env_vars=Path("env.json"))


NESTED = {
    "template.yaml": """\
        Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
        Globals:
          Function: {Runtime: python3.13, Handler: app.handler, CodeUri: src}
        Resources:
          Shop:
            Type: AWS::Serverless::Application
            Properties: {Location: shop, Parameters: {Table: !Ref Table }}
          Table: {Type: AWS::Serverless::SimpleTable}
          Fn::ForEach::Greeters:
            - Name
            - [Hello, Bye]
            - ${Name}Function:
                Type: AWS::Serverless::Function
                Properties:
                  MemorySize: !FindInMap [Sizes, !Ref AWS::Region, !Ref Name, {DefaultValue: 256}]
                  Environment: {Variables: {SHOP: !GetAtt Shop.Outputs.Arn, WORD: "${Name}"}}
                  Timeout: soon
                  Events:
                    Get: {Type: HttpApi, Properties: {Path: "/${Name}", Method: get}}
        """,
    "shop/template.yaml": """\
        Transform: AWS::Serverless-2016-10-31
        Parameters: {Table: {Type: String}}
        Resources:
          Sell:
            Type: AWS::Serverless::Function
            Properties:
              Runtime: python3.13
              Handler: sell.handler
              CodeUri: code
              Environment: {Variables: {TABLE: !Ref Table }}
              Events:
                Post: {Type: HttpApi, Properties: {Path: /sell, Method: post}}
          Stock: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: stock.json}}
          Gone: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: gone.yaml}}
        Outputs:
          Arn: {Value: !GetAtt Sell.Arn }
        """,
    "shop/stock.json": """\
        {"Resources": {"Count": {"Type": "AWS::Lambda::Function",
          "Properties": {"Runtime": "python3.13", "Handler": "sell.handler", "Code": "code", "FunctionName": "count"}}}}
        """,
    "src/app.py": HANDLER,
    "shop/code/sell.py": HANDLER,
}


def test_nested_stacks_and_loops_of_a_sam_project(tmp_path):
    write(tmp_path, {"env.json": '{"Shop/Sell": {"A": "path"}, "count": {"A": "name"}}'})
    project = project_in(tmp_path, NESTED, env_vars=Path("env.json"))
    functions = {function.logical_id: function for function in project.functions}
    assert [(name, function.name) for name, function in functions.items()] == [
        ("HelloFunction", "HelloFunction"),
        ("ByeFunction", "ByeFunction"),
        ("Shop/Sell", "Shop-Sell"),
        ("Shop/Stock/Count", "count"),
    ]
    assert functions["HelloFunction"].memory == 256
    assert functions["ByeFunction"].environment == {
        "SHOP": "arn:aws:lambda:us-east-1:123456789012:function:Shop-Sell",
        "WORD": "Bye",
    }
    assert functions["Shop/Sell"].environment == {"TABLE": "Table", "A": "path"}
    assert functions["Shop/Stock/Count"].environment == {"A": "name"}
    assert functions["Shop/Sell"].code.folder == tmp_path / "shop" / "code"
    assert functions["Shop/Stock/Count"].where == "shop/stock.json:1"
    routes = {route.key: route.integration for api in project.apis for route in api.routes}
    assert routes == {
        "GET /Hello": LambdaProxy("HelloFunction"),
        "GET /Bye": LambdaProxy("ByeFunction"),
        "POST /sell": LambdaProxy("Shop/Sell"),
    }
    assert [(problem.where, problem.subject) for problem in project.problems] == [
        ("shop/template.yaml:14", "Shop/Gone"),
        ("template.yaml:17", "HelloFunction"),
        ("template.yaml:17", "ByeFunction"),
    ]
    assert {tmp_path / name for name in ("shop/template.yaml", "shop/stock.json", "shop/gone.yaml")} <= set(
        project.inputs
    )


def test_a_nested_stack_that_comes_heals_its_problem(tmp_path):
    project_in(tmp_path, NESTED)
    healed = project_in(tmp_path, {"shop/gone.yaml": "Resources: {T: {Type: AWS::SNS::Topic}}"})
    assert [problem.subject for problem in healed.problems] == ["HelloFunction", "ByeFunction"]


def test_references_to_stores_are_looked_up_after_everything_and_kept_nowhere(tmp_path):
    import boto3
    from moto.server import ThreadedMotoServer

    template = """\
        Transform: AWS::Serverless-2016-10-31
        Parameters:
          Stage: {Type: String, Default: dev}
          Host: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /dev/host}
          Gone: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /gone}
        Resources:
          F:
            Type: AWS::Serverless::Function
            Properties:
              Runtime: python3.13
              Handler: app.handler
              Environment:
                Variables:
                  HOST: !Ref Host
                  PASSWORD: !Sub '{{resolve:secretsmanager:${Stage}/db:SecretString:password}}'
                  LOST: '{{resolve:ssm:/lost}}'
                  GONE: !Ref Gone
        """
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        given = {"endpoint_url": url, "region_name": "us-east-1"}
        keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
        boto3.client("ssm", **given, **keys).put_parameter(Name="/dev/host", Value="db.local", Type="String")
        boto3.client("secretsmanager", **given, **keys).create_secret(
            Name="dev/db", SecretString='{"password": "hush-hush"}'
        )
        write(tmp_path, {"template.yaml": template, "app.py": HANDLER})
        project = read(ReadOptions(tmp_path), environ={"AWS_ENDPOINT_URL": url})
    finally:
        server.stop()
    assert project.functions[0].environment == {
        "HOST": "db.local",
        "PASSWORD": "hush-hush",
        "LOST": "{{resolve:ssm:/lost}}",
        "GONE": "F.GONE",
    }
    gone, lost = project.problems
    assert "/gone" not in gone.what
    assert "the Parameter Store has no such parameter" in gone.what
    assert "{{resolve:ssm:/lost}} is not looked up" in lost.what
    assert "hush-hush" not in repr(project.problems)
    kept = [file for file in (tmp_path / ".devserve").rglob("*") if file.is_file()]
    assert kept
    for file in kept:
        assert b"hush-hush" not in file.read_bytes()
        assert b"db.local" not in file.read_bytes()


def test_without_anybody_to_ask_a_reference_stays_and_says_how_to_change_that(tmp_path):
    template = PLAIN.replace("!Ref Name", "'{{resolve:ssm:/a}}'")
    (problem,) = project_in(tmp_path, {"template.yaml": template, "src/app.py": HANDLER}).problems
    assert "neither an endpoint nor credentials" in problem.what
    assert "--env-vars" in problem.hint


@pytest.mark.parametrize(
    ("file", "text"), [("index.mjs", "export const handler = f;\n"), ("index.js", "exports.handler = f;\n")]
)
@pytest.mark.parametrize("by", [".", "index.handler", "FILE"])
def test_a_script_with_a_handler_is_a_project(tmp_path, file, text, by):
    project = project_in(tmp_path, {file: text}, file if by == "FILE" else by)
    (function,) = project.functions
    assert (function.handler, function.runtime, function.where) == ("index.handler", "nodejs22.x", file)
    assert project.problems == ()


def test_a_handler_stands_behind_the_front_door_that_was_asked_for(tmp_path):
    folder = tmp_path
    write(folder, {"app.py": HANDLER})
    found = read(ReadOptions(folder, event_kind="rest", stage_prefix=True), {})
    (api,) = found.apis
    assert (api.kind, api.stage, api.face) == (ApiKind.REST, "dev", Face.AWS)
    assert not found.problems
    (api,) = read(ReadOptions(folder), {}).apis
    assert (api.kind, api.stage, api.face, api.switchable) == (ApiKind.HTTP, "$default", Face.LOCAL, True)


def test_declared_apis_are_not_switched_and_that_is_said(tmp_path):
    folder = tmp_path
    plain = project_in(folder, {"template.yaml": SAM, "src/app.py": HANDLER})
    found = read(ReadOptions(folder, event_kind="alb"), {})
    assert found.apis == plain.apis
    (said,) = set(found.problems) - set(plain.problems)
    assert (said.where, said.warning) == ("--as alb", True)


def test_an_api_needs_no_function_to_be_served(tmp_path):
    template = "requestTemplates: {application/json: '{statusCode: 200}'}"
    mock = f"type: mock, {template}, responses: {{default: {{statusCode: '200'}}}}"
    write(
        tmp_path,
        {
            "template.yaml": f"""\
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body: {{swagger: "2.0", paths: {{/hi: {{get: {{x-amazon-apigateway-integration: {{{mock}}}}}}}}}}}
"""
        },
    )
    project = read(ReadOptions(folder=tmp_path))
    assert project.functions == ()
    ((route,),) = (api.routes for api in project.apis)
    assert isinstance(route.integration, TemplatedIntegration)


def test_settings_beside_a_template_add_identities_keys_and_limits_to_its_apis(tmp_path):
    project = project_in(
        tmp_path,
        {
            "app.py": HANDLER,
            "template.yaml": """\
                Transform: AWS::Serverless-2016-10-31
                Resources:
                  Api:
                    Type: AWS::Serverless::HttpApi
                    Properties:
                      Auth:
                        DefaultAuthorizer: Login
                        Authorizers:
                          Login:
                            IdentitySource: $request.header.Authorization
                            JwtConfiguration: {issuer: "https://login/", audience: [shop]}
                  F:
                    Type: AWS::Serverless::Function
                    Properties:
                      Runtime: python3.13
                      Handler: app.handler
                      CodeUri: .
                      Events: {Get: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: /, Method: get}}}
                  Chat:
                    Type: AWS::Serverless::WebSocketApi
                    Properties:
                      RouteSelectionExpression: $request.body.action
                      Routes: {$default: {FunctionArn: !GetAtt F.Arn}}
                """,
            "devserve.toml": """\
                [identities.alice]
                principal = "alice"
                [issuers]
                "https://login/" = "keys/jwks.json"
                [websocket]
                idle = 2
                """,
            "keys/jwks.json": "{}",
        },
    )
    apis = {api.logical_id: api for api in project.apis}
    (issuer,) = apis["Api"].routes[0].guard.authorizer.issuers
    assert (issuer.issuer, issuer.jwks) == ("https://login/", str(tmp_path / "keys/jwks.json"))
    assert tmp_path / "keys/jwks.json" in project.inputs
    assert (apis["Chat"].websocket.idle, apis["Chat"].websocket.duration) == (2.0, 7200.0)
    assert [one.name for one in project.identities] == ["alice"]
    assert [(one.where, one.subject) for one in project.problems] == [("devserve.toml:1", "identities")]
