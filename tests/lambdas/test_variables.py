"""The variables of an environment: Lambda's own, the function's, the user's AWS settings."""

from __future__ import annotations

from dataclasses import replace

from localstack_lite.lambdas.variables import user_settings, variables
from localstack_lite.model.api import Api, ApiKind, DomainName
from localstack_lite.model.function import Function, LogFormat, Logging
from localstack_lite.model.initialization import Initialization
from tests.builders import function, project


def made(one: Function, **changes: object) -> dict[str, str]:
    arguments: dict[str, object] = {
        "runtime_api": "127.0.0.1:9001",
        "stream": "2026/02/01/[$LATEST]abc",
        "user": {},
        **changes,
    }
    return variables(one, project(one), **arguments)  # type: ignore[arg-type]


def test_everything_that_lambda_sets_is_there() -> None:
    values = made(function("hello", memory=256))
    assert values["_HANDLER"] == "app.handler"
    assert values["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.13"
    assert values["AWS_LAMBDA_FUNCTION_NAME"] == "hello"
    assert values["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"
    assert values["AWS_LAMBDA_FUNCTION_VERSION"] == "$LATEST"
    assert values["AWS_LAMBDA_INITIALIZATION_TYPE"] == "on-demand"
    assert values["AWS_LAMBDA_LOG_GROUP_NAME"] == "/aws/lambda/hello"
    assert values["AWS_LAMBDA_LOG_STREAM_NAME"] == "2026/02/01/[$LATEST]abc"
    assert values["AWS_LAMBDA_RUNTIME_API"] == "127.0.0.1:9001"
    assert values["AWS_REGION"] == values["AWS_DEFAULT_REGION"] == "us-east-1"
    assert values["TZ"] == ":UTC"
    assert values["DEVSERVE"] == "1"
    assert values["AWS_SAM_LOCAL"] == "true"


def test_a_trace_id_is_not_known_before_an_invocation() -> None:
    assert "_X_AMZN_TRACE_ID" not in made(function())


def test_the_functions_variables_win_over_the_users_and_lose_to_lambdas() -> None:
    one = function(environment={"AWS_ENDPOINT_URL": "http://mine", "_HANDLER": "evil", "A": "1"})
    values = made(one, user={"AWS_ENDPOINT_URL": "http://users", "AWS_PROFILE": "p"})
    assert values["AWS_ENDPOINT_URL"] == "http://mine"
    assert values["AWS_PROFILE"] == "p"
    assert values["_HANDLER"] == "app.handler"
    assert values["A"] == "1"


def test_other_functions_are_invoked_locally_unless_the_user_says_otherwise() -> None:
    assert made(function(), lambda_endpoint="http://l")["AWS_ENDPOINT_URL_LAMBDA"] == "http://l"
    own = function(environment={"AWS_ENDPOINT_URL_LAMBDA": "http://own"})
    assert made(own, lambda_endpoint="http://l")["AWS_ENDPOINT_URL_LAMBDA"] == "http://own"
    users = {"AWS_ENDPOINT_URL_LAMBDA": "http://users"}
    assert made(function(), lambda_endpoint="http://l", user=users)["AWS_ENDPOINT_URL_LAMBDA"] == "http://users"


def test_functions_of_a_project_with_a_websocket_api_reach_its_clients() -> None:
    name, url = "AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI", "http://127.0.0.1:3000"
    assert name not in made(function(), connections_endpoint=url)
    api = Api("Chat", "chat", ApiKind.WEBSOCKET, (), "dev", domains=(DomainName("ws.example.com"),))
    own = function(environment={name: "http://own"})
    served = replace(project(own), apis=(api,))
    given = {"runtime_api": "", "stream": "", "user": {}, "connections_endpoint": url}
    values = variables(function(), served, **given)  # type: ignore[arg-type]
    assert values[name] == "http://127.0.0.1:3000/dev"
    hosts = ["chat.execute-api.us-east-1.amazonaws.com", "ws.example.com"]
    assert values["DEVSERVE_CONNECTIONS"].split() == [url, *hosts]
    assert variables(own, served, **given)[name] == "http://own"  # type: ignore[arg-type]


def test_json_logging_is_announced_to_the_runtime() -> None:
    one = function(logging=Logging(LogFormat.JSON, "DEBUG"))
    assert (made(one)["AWS_LAMBDA_LOG_FORMAT"], made(one)["AWS_LAMBDA_LOG_LEVEL"]) == ("JSON", "DEBUG")
    assert "AWS_LAMBDA_LOG_FORMAT" not in made(function())


KEYS = {"AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "S"}


def test_only_aws_settings_of_the_user_reach_functions() -> None:
    environ = {**KEYS, "AWS_ENDPOINT_URL_S3": "http://s3", "SECRET": "x", "HOME": "/home/u", "PATH": "/bin"}
    assert user_settings(environ) == {**KEYS, "AWS_ENDPOINT_URL_S3": "http://s3", "HOME": "/home/u"}


def test_a_profile_that_was_asked_for_wins_over_keys() -> None:
    assert user_settings({**KEYS, "HOME": "/h"}, profile="p") == {"HOME": "/h", "AWS_PROFILE": "p"}


def test_declined_credentials_are_dummies_and_nothing_leads_to_the_real_ones() -> None:
    environ = {**KEYS, "AWS_PROFILE": "p", "HOME": "/h", "AWS_CONFIG_FILE": "/c", "AWS_ENDPOINT_URL": "http://e"}
    settings = user_settings(environ, credentials=False)
    assert settings["AWS_ACCESS_KEY_ID"].startswith("devserve-dummy")
    assert settings.keys() - {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} == {"AWS_ENDPOINT_URL"}


def test_where_there_are_no_credentials_functions_get_dummies() -> None:
    assert "dummy" in user_settings({"HOME": "/h"})["AWS_ACCESS_KEY_ID"]
    assert user_settings({"HOME": "/h"}, configured=True) == {"HOME": "/h"}
    assert user_settings({"AWS_PROFILE": "p"}) == {"AWS_PROFILE": "p"}


def test_a_managed_instance_knows_how_many_it_takes_at_once_and_logs_in_json() -> None:
    one = function(managed=True, max_concurrency=10)
    values = made(one, initialization=Initialization.MANAGED)
    assert values["AWS_LAMBDA_INITIALIZATION_TYPE"] == "lambda-managed-instances"
    assert (values["AWS_LAMBDA_MAX_CONCURRENCY"], values["AWS_LAMBDA_LOG_FORMAT"]) == ("10", "JSON")
    assert "AWS_LAMBDA_MAX_CONCURRENCY" not in made(function())


def test_a_function_cannot_say_how_it_was_initialised() -> None:
    taken = {"AWS_LAMBDA_INITIALIZATION_TYPE": "mine", "AWS_LAMBDA_MAX_CONCURRENCY": "99"}
    values = made(function(environment=taken))
    assert values["AWS_LAMBDA_INITIALIZATION_TYPE"] == "on-demand"
    assert "AWS_LAMBDA_MAX_CONCURRENCY" not in values
