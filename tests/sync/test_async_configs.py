"""Settings of asynchronous invocations."""

from __future__ import annotations

from typing import Any

import pytest

from localstack_lite.sync.async_configs import async_config_step
from localstack_lite.sync.steps import UpdateAsyncConfig
from tests.sync.grounds import ground
from tests.sync.modelled_stage import function


def step(**stated: Any) -> UpdateAsyncConfig:
    properties = {"FunctionName": {"Ref": "A"}, "Qualifier": "live", **stated}
    resources = {"A": function("A"), "Async": {"Type": "AWS::Lambda::EventInvokeConfig", "Properties": properties}}
    return async_config_step(ground(resources), "Async")


def test_all_settings_are_given_at_once() -> None:
    made = step(
        MaximumRetryAttempts="0",
        MaximumEventAgeInSeconds=60,
        DestinationConfig={"OnFailure": {"Destination": {"Ref": "Q"}}},
    )
    assert (made.id, made.name, made.qualifier) == ("Async", "shop-dev-A", "live")
    assert made.settings == {
        "MaximumRetryAttempts": 0,
        "MaximumEventAgeInSeconds": 60,
        "DestinationConfig": {"OnFailure": {"Destination": "Q!"}},
    }


def test_a_function_of_another_stack_goes_by_its_name() -> None:
    assert step(FunctionName="other").name == "other"


@pytest.mark.parametrize("stated", [{"FunctionName": {"Ref": "Secret"}}, {"Qualifier": {"Ref": "Secret"}}])
def test_what_cannot_be_known_is_a_lookup_error(stated: dict[str, Any]) -> None:
    with pytest.raises(LookupError):
        step(**stated)
