"""The two kinds of ARN that events and messages carry."""

from __future__ import annotations

from localstack_lite.model.arn import execute_api_arn, function_arn


def test_a_function_arn_ends_with_its_qualifier_only_when_there_is_one() -> None:
    plain = "arn:aws:lambda:eu-west-1:123456789012:function:orders"
    assert function_arn("eu-west-1", "123456789012", "orders") == plain
    assert function_arn("eu-west-1", "123456789012", "orders", "7") == f"{plain}:7"


def test_a_method_arn_names_stage_method_and_path() -> None:
    arn = execute_api_arn("eu-west-1", "123456789012", "abc", "dev", "GET", "/orders/1")
    assert arn == "arn:aws:execute-api:eu-west-1:123456789012:abc/dev/GET/orders/1"
