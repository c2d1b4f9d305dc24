"""The small rules that values carry themselves."""

from __future__ import annotations

from pathlib import Path

from localstack_lite.model.api import DEFAULT_ROUTE, LambdaProxy, Route
from localstack_lite.model.arn import execute_api_arn, function_arn
from localstack_lite.model.change import ReloadPlan
from localstack_lite.model.function import Logging
from tests.builders import api, function, project


def test_an_api_id_is_the_logical_id_in_lower_case_letters_and_digits() -> None:
    assert api(logical_id="My-Api_2é").id == "myapi2"


def test_a_route_key_is_written_as_aws_writes_it() -> None:
    assert Route("GET", "/a/{b}", LambdaProxy("Fn")).key == "GET /a/{b}"
    assert Route("ANY", DEFAULT_ROUTE, LambdaProxy("Fn")).key == "$default"


def test_a_functions_language_is_its_runtime_without_the_version() -> None:
    assert function(runtime="python3.13").language == "python"
    assert function(runtime="nodejs22.x").language == "nodejs"
    assert function(runtime="provided.al2023").language == "provided"


def test_the_log_group_can_be_chosen() -> None:
    assert function("a").log_group == "/aws/lambda/a"
    assert function("a", logging=Logging(group="/mine")).log_group == "/mine"


def test_arns() -> None:
    assert function_arn("r", "1", "f") == "arn:aws:lambda:r:1:function:f"
    assert function_arn("r", "1", "f", "2") == "arn:aws:lambda:r:1:function:f:2"
    assert execute_api_arn("r", "1", "a", "s", "GET", "/x") == "arn:aws:execute-api:r:1:a/s/GET/x"


def test_a_function_is_found_by_its_logical_id() -> None:
    one = project(function("a"), function("b"))
    assert one.function("B") is one.functions[1]
    assert one.function("b") is None


def test_local_state_is_in_one_folder() -> None:
    assert project(root=Path("/p")).state_folder == Path("/p/.devserve")


def test_an_empty_plan_is_false() -> None:
    assert not ReloadPlan()
    assert ReloadPlan(reread=True)
    assert ReloadPlan(functions=frozenset({"A"}))
