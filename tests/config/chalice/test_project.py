import json

import pytest

from localstack_lite.config.blueprints import blueprint
from localstack_lite.config.read import read
from localstack_lite.errors import UserError
from localstack_lite.model.api import ApiKind, LambdaProxy
from localstack_lite.model.authorizer import BrokenAuthorizer, LambdaAuthorizer
from localstack_lite.model.options import ReadOptions
from localstack_lite.model.trigger import Service
from tests.live.devserver import write

APP = """
from chalice import Chalice
from chalicelib.more import bp
app = Chalice(app_name="shop")
app.register_blueprint(bp)

@app.route("/")
def index(): return {}

@app.route("/private", authorizer=auth)
def private(): return {}

@app.schedule("rate(5 minutes)")
def tick(event): return 1

@app.on_sqs_message(queue="orders")
def queue(event): return 1
"""
MORE = "from chalice import Blueprint\nbp = Blueprint(__name__)\n@bp.lambda_function()\ndef job(e, c): return 1\n"
CONFIG = {"version": "2.0", "app_name": "shop", "stages": {"prod": {"environment_variables": {"A": "prod"}}}}
FILES = {
    "app.py": APP,
    "chalicelib/__init__.py": "",
    "chalicelib/more.py": MORE,
    ".chalice/config.json": json.dumps(CONFIG),
    "vendor/own.py": "X = 1\n",
}


@pytest.fixture
def shop(tmp_path):
    return write(tmp_path, FILES)


def test_an_app_is_a_project_with_functions_an_api_schedules_and_triggers(shop):
    project = read(ReadOptions(shop), {})
    assert [(one.name, one.handler) for one in project.functions] == [
        ("shop-dev", "app.app"),
        ("shop-dev-tick", "app.tick"),
        ("shop-dev-queue", "app.queue"),
        ("shop-dev-job", "chalicelib.more.job"),
    ]
    (api,) = project.apis
    assert (api.name, api.stage, [route.key for route in api.routes]) == ("shop", "api", ["GET /", "GET /private"])
    assert isinstance(api.routes[1].guard.authorizer, BrokenAuthorizer)
    assert isinstance(api.routes[1].integration, LambdaProxy)
    assert [one.expression for one in project.schedules] == ["rate(5 minutes)"]
    assert [one.service for one in project.triggers] == [Service.SQS]
    assert project.framework == "Chalice, stage dev"


def test_vendor_is_searched_after_the_code(shop):
    assert {one.adapter.folders for one in read(ReadOptions(shop), {}).functions if one.adapter} == {(shop / "vendor",)}


def test_the_stage_of_the_command_line_counts(shop):
    function = read(ReadOptions(shop, stage="prod"), {}).functions[0]
    assert (function.name, function.environment) == ("shop-prod", {"A": "prod"})


def test_every_module_and_the_settings_have_a_part_in_reloading(shop):
    inputs = set(read(ReadOptions(shop), {}).inputs)
    assert {shop / "app.py", shop / "chalicelib/more.py", shop / ".chalice/config.json"} <= inputs


def test_what_is_wrong_in_a_blueprint_is_told_there(shop):
    write(shop, {"chalicelib/more.py": MORE.replace("lambda_function()", "route(PATH + '/x')")})
    problems = read(ReadOptions(shop), {}).problems
    assert any(problem.where == "chalicelib/more.py:3" for problem in problems)


def test_an_app_with_nothing_in_it_is_the_users_error(tmp_path):
    write(tmp_path, {"app.py": "from chalice import Chalice\napp = Chalice('x')\n", ".chalice/config.json": "{}"})
    with pytest.raises(UserError, match="no routes and no functions"):
        read(ReadOptions(tmp_path), {})


def test_pushing_wants_what_chalice_packages(shop):
    project = read(ReadOptions(shop), {})
    with pytest.raises(UserError) as caught:
        blueprint(ReadOptions(shop), project, {})
    assert "chalice package" in caught.value.hint


def test_the_apps_own_authorizer_keys_policy_and_compression_are_the_apis(tmp_path):
    app = """
from chalice import Chalice
app = Chalice(app_name="shop")

@app.authorizer(ttl_seconds=30, header="X-Auth")
def check(request): return {}

@app.route("/", authorizer=check, api_key_required=True)
def index(): return {}
"""
    config = {"minimum_compression_size": 5, "api_gateway_policy_file": "policy.json"}
    policy = {"Version": "2012-10-17", "Statement": []}
    folder = write(
        tmp_path,
        {"app.py": app, ".chalice/config.json": json.dumps(config), ".chalice/policy.json": json.dumps(policy)},
    )
    project = read(ReadOptions(folder), {})
    (api,) = project.apis
    (route,) = api.routes
    assert route.guard.authorizer == LambdaAuthorizer("check", "Check", True, ("method.request.header.X-Auth",), 30.0)
    assert (route.api_key, api.usage_plans[0].keys[0].made_up) == (True, True)
    assert (api.policy, api.minimum_compression) == (policy, 5)
    assert folder / ".chalice/policy.json" in project.inputs
    write(tmp_path, {".chalice/policy.json": "{"})
    (api,) = read(ReadOptions(folder), {}).apis
    assert api.policy["Statement"][0]["Effect"] == "Deny"


def test_sockets_are_a_websocket_api(tmp_path):
    app = """
from chalice import Chalice
app = Chalice(app_name="shop")

@app.on_ws_connect()
def conn(event): pass

@app.on_ws_message(name="m")
def message(event): pass
"""
    project = read(ReadOptions(write(tmp_path, {"app.py": app, ".chalice/config.json": "{}"})), {})
    (api,) = project.apis
    assert (api.kind, api.name, api.stage) == (ApiKind.WEBSOCKET, "shop-dev-websocket-api", "api")
    assert [(route.path, route.integration.function) for route in api.routes] == [
        ("$connect", "WebsocketConnect"),
        ("$default", "WebsocketMessage"),
    ]
    assert [(one.name, one.handler) for one in project.functions] == [
        ("shop-dev-websocket_connect", "app.conn"),
        ("shop-dev-websocket_message", "app.message"),
    ]
