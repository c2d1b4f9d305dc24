"""Steps in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.model.package import Package
from localstack_lite.sync.describe import calls, line, planned, sized
from localstack_lite.sync.remote import Remote, RemoteFunction
from localstack_lite.sync.steps import (
    Change,
    DeployStack,
    NewLayer,
    PublishVersion,
    PushImage,
    Step,
    UpdateAlias,
    UpdateApi,
    UpdateAsyncConfig,
    UpdateConcurrency,
    UpdateConfig,
    UpdateLayer,
    UpdateStateMachine,
    UploadCode,
    UploadObject,
)

ZIP = Package("A", "s", size=4300, largest=(("numpy/", 3000), ("app.py", 10)))
HAS = {"MemorySize": 128, "Environment": {"Variables": {"TABLE": "old-secret", "GONE": "x"}}, "Runtime": "python3.12"}
REMOTE = Remote("1", "r", functions={"A": RemoteFunction("A", "a", "arn", "s", configuration=HAS)})


@pytest.mark.parametrize(
    ("bytes", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (4300, "4.2 KB"),
        (1024 * 1024 - 1, "1.0 MB"),
        (50 * 1024**2, "50.0 MB"),
        (3 * 1024**4, "3072.0 GB"),
    ],
)
def test_sizes_are_short(bytes: int, text: str) -> None:
    assert sized(bytes) == text


@pytest.mark.parametrize(
    ("step", "what", "count"),
    [
        (UploadObject("A", "k", "r", ZIP), "4.2 KB", 1),
        (UploadObject("A", "k", "r", text="{}"), "2 B", 1),
        (PushImage("A", Package("A", "sha256:0", image="a:1"), "t", "r"), "image", 1),
        (UploadCode("A", "a", "s", "r", ZIP), "4.2 KB", 1),
        (UploadCode("A", "a", "s", "r", key="k", architecture="arm64"), "from the bucket, arm64", 1),
        (UploadCode("A", "a", "s", "r", image="i"), "from the registry", 1),
        (UpdateConfig("A", "a", {"MemorySize": 256}, "r"), "memory 128 → 256 MB", 1),
        (
            UpdateConfig("A", "a", {"Runtime": "python3.13", "Layers": []}, "r"),
            "runtime python3.12 → python3.13; layers",
            1,
        ),
        (
            UpdateConfig("A", "a", {"Environment": {"Variables": {"TABLE": "new-secret", "DEBUG": "1"}}}, "r"),
            "environment: TABLE changed, DEBUG new, GONE gone",
            1,
        ),
        (UpdateConcurrency("A", "a", 5, "r"), "reserved concurrency 5", 1),
        (UpdateConcurrency("A", "a", None, "r"), "no reserved concurrency", 1),
        (UpdateAsyncConfig("A", "a", "$LATEST", {"MaximumRetryAttempts": 0}, "r"), "retries 0", 1),
        (UpdateAsyncConfig("A", "a", "$LATEST", {}, "r"), "AWS's defaults", 1),
        (UpdateLayer("L", "l", "r", ZIP), "new version, 4.2 KB", 1),
        (UpdateApi("Api", "id", "{}", "r", stages=("prod",)), "new body, deployed to prod", 2),
        (UpdateApi("Api", "id", "{}", "r", http=True), "new body", 1),
        (UpdateStateMachine("F", "arn", "{}", "r"), "new definition", 1),
        (PublishVersion("A", "a", "r"), "new version", 1),
        (UpdateAlias("Alias", "A", "a", "live", "r"), "to the new version", 1),
        (DeployStack("shop", "r", True, {}), "make the stack", 2),
    ],
)
def test_a_step_says_what_it_does_and_what_it_costs(step: Step, what: str, count: int) -> None:
    told = planned(step, REMOTE)
    assert (told.what, told.calls, told.kind, told.reason) == (what, count, step.kind, "r")
    assert calls(step) == count


def test_without_the_stage_only_what_will_be_is_told() -> None:
    assert planned(UpdateConfig("A", "a", {"MemorySize": 256}, "r")).what == "memory 256 MB"
    told = planned(UpdateConfig("A", "a", {"Environment": {"Variables": {"B": "secret", "A": "secret"}}}, "r"))
    assert told.what == "environment: B, A"


def test_an_alias_is_named_with_its_function() -> None:
    assert planned(UpdateAlias("Alias", "A", "a", "live", "r")).subject == "A:live"


def test_a_stack_deploy_lists_its_changes() -> None:
    changes = (
        Change("Q", "AWS::SQS::Queue", "add"),
        Change("T", "AWS::DynamoDB::Table", "modify", "yes", ("KeySchema", "@DeletionPolicy")),
        Change("X", "Custom::X", "modify", "maybe", ("A",)),
        Change("Old", "AWS::SQS::Queue", "remove"),
    )
    assert planned(DeployStack("shop", "r", False, {}, changes=changes)).details == (
        "+ Q AWS::SQS::Queue",
        "~ T AWS::DynamoDB::Table: KeySchema, DeletionPolicy (is replaced)",
        "~ X Custom::X: A (may be replaced)",
        "- Old AWS::SQS::Queue",
    )
    many = tuple(Change(f"Q{number}", "AWS::SQS::Queue", "add") for number in range(1000))
    assert planned(DeployStack("shop", "r", False, {}, changes=many)).details[-1] == "… and 500 more"


def test_the_largest_parts_and_new_layers_stand_below() -> None:
    large = replace(ZIP, size=2 * 1024 * 1024)
    assert planned(UploadCode("A", "a", "s", "r", large)).details == ("largest: numpy/ 2.9 KB, app.py 10 B",)
    assert planned(UploadCode("A", "a", "s", "r", ZIP)).details == ()
    step = UpdateConfig("A", "a", {"Layers": [NewLayer("Common"), "arn:1"]}, "r")
    assert planned(step).details == ("layer Common: its new version",)


def test_a_change_is_one_line() -> None:
    assert line(Change("Q", "AWS::SQS::Queue", "add")) == "+ Q AWS::SQS::Queue"


@given(st.dictionaries(st.sampled_from(["TABLE", "B"]), st.just("hidden-value"), max_size=2))
def test_no_value_of_a_variable_is_ever_told(variables: dict[str, Any]) -> None:
    step = UpdateConfig("A", "a", {"Environment": {"Variables": variables}}, "r")
    for remote in (None, REMOTE):
        assert "hidden-value" not in repr(planned(step, remote))
        assert "old-secret" not in repr(planned(step, remote))
    deploy = DeployStack("shop", "r", False, {"Resources": variables}, {"P": "hidden-value"})
    assert "hidden-value" not in repr(planned(deploy))
