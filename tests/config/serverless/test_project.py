import json

import pytest

from localstack_lite.config.blueprints import blueprint
from localstack_lite.config.read import read
from localstack_lite.config.stages import read_stage
from localstack_lite.errors import UserError
from localstack_lite.model.adapter import AppKind
from localstack_lite.model.api import ApiKind
from localstack_lite.model.options import ReadOptions
from localstack_lite.model.trigger import Scheduler, Service
from tests.live.devserver import write

HANDLER = "def handler(event, context):\n    return 1\n"
SERVICE = """
service: shop
provider:
  name: aws
  runtime: python3.13
  region: eu-west-2
  environment: {WHO: "${sls:stage}", MISSING: "${cf:other.out}"}
package:
  patterns: ['!tests/**']
functions: ${file(functions.yml)}
layers:
  libs: {path: layer}
resources:
  Resources:
    Queue: {Type: AWS::SQS::Queue}
"""
FUNCTIONS = """
hello:
  handler: app.handler
  layers: [{Ref: LibsLambdaLayer}]
  events:
    - http: GET /hello
    - httpApi: '*'
    - schedule: rate(5 minutes)
    - schedule: {method: scheduler, rate: cron(0 1 * * ? *), timezone: Europe/London}
    - sqs: !GetAtt Queue.Arn
    - alb: {listenerArn: {Ref: L}, priority: 1, conditions: {path: /alb}}
gone:
  handler: nowhere.handler
"""
FILES = {"serverless.yml": SERVICE, "functions.yml": FUNCTIONS, "app.py": HANDLER, "layer/python/m.py": "X = 1\n"}


@pytest.fixture
def shop(tmp_path):
    return write(tmp_path, FILES)


def test_a_service_is_a_project_with_functions_apis_schedules_and_triggers(shop):
    project = read(ReadOptions(shop), {})
    (function,) = project.functions
    assert (function.logical_id, function.name, function.memory) == ("HelloLambdaFunction", "shop-dev-hello", 1024)
    assert function.environment == {"WHO": "dev"}
    assert function.opt == shop / "layer"
    assert [(api.kind, api.stage) for api in project.apis] == [
        (ApiKind.REST, "dev"),
        (ApiKind.HTTP, "$default"),
        (ApiKind.ALB, "$default"),
    ]
    assert [(one.expression, one.scheduler, one.timezone) for one in project.schedules] == [
        ("rate(5 minutes)", Scheduler.RULE, "UTC"),
        ("cron(0 1 * * ? *)", Scheduler.SCHEDULER, "Europe/London"),
    ]
    assert [(one.service, one.function) for one in project.triggers] == [(Service.SQS, "HelloLambdaFunction")]
    assert (project.region, project.framework) == ("eu-west-2", "Serverless Framework, stage dev")
    assert "/tests/**" in project.exclude


def test_what_is_wrong_is_told_at_its_line_in_its_file_and_the_rest_runs(shop):
    told = {problem.where: problem.what for problem in read(ReadOptions(shop), {}).problems}
    assert "${cf:other.out}: an output of a CloudFormation stack is not known" in told["serverless.yml:7"]
    assert "the handler nowhere.handler has no file nowhere.py" in told["functions.yml:13"]


def test_every_file_has_a_part_in_reloading(shop):
    inputs = read(ReadOptions(shop), {}).inputs
    assert {shop / "serverless.yml", shop / "functions.yml", shop / "nowhere.py"} <= set(inputs)


def test_the_command_line_says_the_stage_and_its_parameters(shop):
    text = SERVICE.replace("${sls:stage}", "${param:p}")
    write(shop, {"serverless.yml": text + "params: {prod: {p: of-prod}}\n"})
    environment = read(ReadOptions(shop, stage="prod"), {}).functions[0].environment
    assert environment == {"WHO": "of-prod"}
    given = ReadOptions(shop, stage="prod", variables={"p": "given"})
    assert read(given, {}).functions[0].environment == {"WHO": "given"}
    assert read(given, {}).functions[0].name == "shop-prod-hello"


def test_the_app_of_the_wsgi_plugin_stands_behind_our_adapter(tmp_path):
    text = "service: s\nprovider: {name: aws, runtime: python3.13}\nplugins: [serverless-wsgi]\n"
    text += (
        "custom: {wsgi: {app: api.app}}\nfunctions: {web: {handler: wsgi_handler.handler, events: [{http: any /}]}}\n"
    )
    write(tmp_path, {"serverless.yml": text, "api.py": "app = None\n"})
    (function,) = read(ReadOptions(tmp_path), {}).functions
    assert function.handler == "devserve_app.handler"
    assert function.adapter is not None
    assert (function.adapter.kind, function.adapter.app) == (AppKind.WSGI, "api:app")


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("service: s\nprovider: aws\n", "serverless.yml", "has no functions"),
        ("service: s\nprovider: aws\nfunctions:\n  a:\n    handler: gone.x\n    runtime: python3.13\n",
         "serverless.yml:5", "has no file gone.py"),
    ],
)  # fmt: skip
def test_when_nothing_runs_the_first_reason_is_the_users_error(tmp_path, text, where, what):
    write(tmp_path, {"serverless.yml": text})
    with pytest.raises(UserError, match=what) as caught:
        read(ReadOptions(tmp_path), {})
    assert (caught.value.where, bool(caught.value.hint)) == (where, True)


def test_a_stage_is_the_frameworks_own_stack(shop):
    stage = read_stage(ReadOptions(shop), "prod", {})
    assert (stage.stack_name, stage.region) == ("shop-prod", "eu-west-2")


def test_the_template_of_a_stage_has_the_code_as_a_piece_and_says_what_cannot_be_pushed(shop):
    options = ReadOptions(shop, stage="prod")
    project = read(options, {})
    made = blueprint(options, project, {})
    resources = json.loads(json.dumps(made.stacks[0].template))["Resources"]
    assert resources["HelloLambdaFunction"]["Properties"]["FunctionName"] == "shop-prod-hello"
    assert {"ServerlessDeploymentBucket", "IamRoleLambdaExecution", "HelloLogGroup", "Queue"} <= resources.keys()
    assert [piece.id for piece in made.pieces] == ["LibsLambdaLayer", "HelloLambdaFunction"]
    assert any("${cf:other.out}" in problem.what for problem in made.problems)


def test_what_events_say_of_the_gateway_is_in_the_apis(tmp_path):
    service = """
service: shop
provider:
  name: aws
  runtime: python3.13
  apiGateway:
    apiKeys: [{name: one, value: abcdefghijklmnopqrstuvwxyz}]
    usagePlan: {quota: {limit: 5, period: DAY}, throttle: {rateLimit: 2, burstLimit: 3}}
    minimumCompressionSize: 9
    binaryMediaTypes: [image/*]
    apiKeySourceType: AUTHORIZER
    resourcePolicy: [{Effect: Allow, Principal: '*', Action: execute-api:Invoke, Resource: execute-api:/*}]
    request: {schemas: {item: {name: Item, schema: {type: object, required: [a]}}}}
  httpApi:
    authorizers:
      login: {type: jwt, identitySource: $request.header.Authorization, issuerUrl: "https://login", audience: [shop]}
      ask: {type: request, functionName: check, enableSimpleResponses: true, resultTtlInSeconds: 60,
            identitySource: [$request.header.Authorization]}
functions:
  check: {handler: app.handler}
  hello:
    handler: app.handler
    url: {authorizer: aws_iam, invokeMode: RESPONSE_STREAM}
    events:
      - http: {path: l, method: post, integration: lambda}
      - http: {path: v, method: post, private: true, request: {schemas: {application/json: item}}}
      - http: {path: a, method: get, authorizer: {name: check, resultTtlInSeconds: 7}}
      - http: {path: later, method: post, async: true}
      - httpApi: {path: /j, method: get, authorizer: {name: login, scopes: [read]}}
      - httpApi: {path: /r, method: get, authorizer: ask}
"""
    project = read(ReadOptions(write(tmp_path, {"serverless.yml": service, "app.py": HANDLER})), {})
    assert [problem.what for problem in project.problems] == []
    apis = {api.kind: api for api in project.apis}
    rest = apis[ApiKind.REST]
    routes = {route.key: route for route in rest.routes}
    lambdas = routes["POST /l"].integration
    assert (lambdas.kind, lambdas.function, lambdas.passthrough) == ("AWS", "HelloLambdaFunction", "NEVER")
    assert [answer.status for answer in lambdas.responses][:3] == ["200", "400", "401"]
    assert lambdas.templates.keys() == {"application/json", "application/x-www-form-urlencoded"}
    assert routes["POST /v"].validation.models["application/json"]["required"] == ["a"]
    assert (routes["POST /v"].api_key, rest.usage_plans[0].quota.limit, rest.key_source) == (True, 5, "AUTHORIZER")
    assert rest.usage_plans[0].keys[0].value == "abcdefghijklmnopqrstuvwxyz"
    assert (rest.minimum_compression, rest.binary_media_types) == (9, ("image/*",))
    assert rest.policy["Statement"][0]["Effect"] == "Allow"
    asked = routes["GET /a"].guard.authorizer
    assert (asked.function, asked.token, asked.ttl) == ("CheckLambdaFunction", True, 7.0)
    event = routes["POST /later"].integration.parameters
    assert event == {"integration.request.header.X-Amz-Invocation-Type": "'Event'"}
    first, second = apis[ApiKind.HTTP].routes
    assert (first.guard.authorizer.issuers[0].issuer, first.guard.scopes) == ("https://login", ("read",))
    assert (second.guard.authorizer.simple, second.guard.authorizer.payload) == (True, "2.0")
    (url,) = apis[ApiKind.FUNCTION_URL].routes
    assert (url.authorizer, url.integration.streamed) == ("AWS_IAM", True)
