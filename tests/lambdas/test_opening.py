"""Why an environment is initialised, and what it is called."""

from __future__ import annotations

import pytest

from localstack_lite.lambdas.environments.managed import ManagedEnvironment
from localstack_lite.lambdas.opening import initialization, runtime_version
from localstack_lite.model.function import Function, Image
from localstack_lite.model.initialization import ColdStart, Initialization
from tests.builders import function
from tests.lambdas.stories import Lambda, story


@pytest.mark.parametrize(
    ("one", "ahead", "expected"),
    [
        (function(), False, Initialization.ON_DEMAND),
        (function(version="3"), False, Initialization.ON_DEMAND),
        (function(version="3"), True, Initialization.PROVISIONED),
        (function(version="3", snap_start=True), False, Initialization.SNAP_START),
        (function(snap_start=True), False, Initialization.ON_DEMAND),
        (function(managed=True, max_concurrency=10), False, Initialization.MANAGED),
    ],
)
def test_snapstart_is_for_published_versions_and_provisioned_for_those_that_were_asked_for(
    one: Function, ahead: bool, expected: Initialization
) -> None:
    assert initialization(one, ahead=ahead) is expected


def test_a_runtime_is_called_as_in_the_cloud_and_an_image_brings_its_own() -> None:
    version, arn = runtime_version(function(), "eu-west-2")
    assert version == "python:3.13.v1"
    assert arn.startswith("arn:aws:lambda:eu-west-2::runtime:")
    assert len(arn.rpartition(":")[2]) == 64
    assert runtime_version(function(runtime="nodejs22.x"), "eu-west-2")[0] == "nodejs:22.v1"
    assert runtime_version(function(runtime="", image=Image("shop:1")), "eu-west-2") == ("", "")


@story
async def test_environments_are_numbered_by_function_and_say_their_version_in_the_log_stream() -> None:
    aws = Lambda(function("hello"), function("other"))
    aws.service.warm(aws.project.functions)
    await aws.settle()
    assert aws.environments() == ["hello#1 FROZEN", "other#1 FROZEN"]
    assert all("/[$LATEST]" in one.chronicle.stream for one in aws.service.environments())
    await aws.service.stop()


@story
async def test_each_start_has_its_own_cold_start() -> None:
    aws = Lambda(function("hello", cold_starts=(3000.0, 1000.0)))
    aws.service.warm(aws.project.functions)
    assert [one.cold_start for one in aws.service.environments()] == [ColdStart(0.0, 3.0)]
    await aws.service.stop()


@story
async def test_a_function_on_managed_instances_has_environments_that_take_several() -> None:
    aws = Lambda(function("hello", managed=True, max_concurrency=10))
    aws.service.warm(aws.project.functions)
    (one,) = aws.service.environments()
    assert isinstance(one, ManagedEnvironment)
    await aws.service.stop()
