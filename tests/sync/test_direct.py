"""What takes calls of its own, and in which order."""

from __future__ import annotations

from typing import Any

import pytest

from localstack_lite.sync.direct import Direct, Extent, direct
from localstack_lite.sync.ground import DOUBT
from localstack_lite.sync.steps import UpdateConfig, UploadCode
from tests.sync.grounds import ground
from tests.sync.modelled_stage import alias, function, layer, package, sha

HAS = {"Handler": "app.handler", "Runtime": "python3.13", "Role": "arn:r"}
ARN = "arn:aws:lambda:r:1:layer:Common:1"


def all_kinds(new: bool) -> dict[str, Any]:
    """A stage in which everything that has a call differs."""
    value = 2 if new else 1
    return {
        "Flow": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"DefinitionString": str(value)}},
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": {"paths": {"/": value}}}},
        "Async": {
            "Type": "AWS::Lambda::EventInvokeConfig",
            "Properties": {"FunctionName": {"Ref": "A"}, "Qualifier": "$LATEST", "MaximumRetryAttempts": value - 1},
        },
        "A": function("A", Timeout=value, ReservedConcurrentExecutions=value, Layers=[{"Ref": "Common"}]),
        **alias("A"),
        "Common": layer("Common"),
    }


def found(extent: Extent = Extent.ALL, **options: Any) -> Direct:
    touched = options.pop("touched", frozenset())
    made = ground(
        all_kinds(True),
        options.pop("before", all_kinds(False)),
        packages={"A": package("A", "new"), "Common": package("Common", "2")},
        physical={"Common": ARN},
        has={**HAS, "Timeout": 1, "Layers": [{"Arn": ARN}]},
        sha256=sha("old"),
        deployed=options.pop("deployed", {"A": sha("old"), "Common": sha("1")}),
        **options,
    )
    return direct(made, extent, touched)


def kinds(made: Direct) -> list[str]:
    return [step.kind for step in made.steps]


def test_layers_come_first_then_functions_then_what_calls_them() -> None:
    made = found()
    assert kinds(made) == [
        "update_layer",
        "upload_code",
        "update_config",
        "update_concurrency",
        "publish_version",
        "update_alias",
        "update_async_config",
        "update_api",
        "update_state_machine",
    ]
    assert made.layers == ("Common",)
    assert made.blocked == ()


def test_only_the_first_call_on_a_function_is_guarded() -> None:
    revisions = [step.revision for step in found().steps if isinstance(step, UploadCode | UpdateConfig)]
    assert revisions == ["rev-1", ""]


def test_code_alone_has_its_layers_and_its_version() -> None:
    made = found(Extent.CODE)
    assert kinds(made) == ["update_layer", "upload_code", "update_config", "publish_version", "update_alias"]
    (config,) = [step for step in made.steps if isinstance(step, UpdateConfig)]
    assert list(config.changes) == ["Layers"]


def test_after_a_deploy_what_it_saw_is_not_done_again() -> None:
    assert found(Extent.AFTER_DEPLOY, touched=frozenset({"Common"})).steps == ()


def test_after_a_deploy_what_it_could_not_see_is_done_without_a_guard() -> None:
    unseen = found(
        Extent.AFTER_DEPLOY,
        before=all_kinds(True),
        deployed={"A": sha("new"), "Common": sha("2")},
        direct={"Api": {"Body": DOUBT}, "Flow": {"DefinitionString": "other"}},
    )
    assert kinds(unseen) == [
        "upload_code",
        "update_config",
        "publish_version",
        "update_alias",
        "update_api",
        "update_state_machine",
    ]
    assert all(not step.revision for step in unseen.steps if isinstance(step, UploadCode | UpdateConfig))


def test_after_a_deploy_what_refers_to_something_that_it_changes_is_left_to_it() -> None:
    known: dict[str, Any] = {"before": all_kinds(True), "deployed": {"A": sha("old"), "Common": sha("2")}}
    (step,) = [step for step in found(Extent.AFTER_DEPLOY, **known).steps if isinstance(step, UpdateConfig)]
    assert step.changes == {"Layers": ["Common!"], "Timeout": 2}
    seen = found(Extent.AFTER_DEPLOY, touched=frozenset({"Common"}), **known)
    (step,) = [step for step in seen.steps if isinstance(step, UpdateConfig)]
    assert step.changes == {"Timeout": 2}


def test_after_a_deploy_that_touches_an_alias_it_is_set_again() -> None:
    known: dict[str, Any] = {
        "before": all_kinds(True),
        "deployed": {"A": sha("other"), "Common": sha("2")},
        "direct": {"AAliaslive": {"FunctionVersion": "7"}, "A": {"Code": sha("new")}},
        "touched": frozenset({"AAliaslive", "Common"}),
    }
    assert "update_alias" in kinds(found(Extent.AFTER_DEPLOY, **known))


@pytest.mark.parametrize("extent", Extent)
def test_what_cannot_be_known_is_blocked_with_its_reason(extent: Extent) -> None:
    new = {"A": function("A", KmsKeyArn={"Ref": "Secret"})}
    made = direct(ground(new, {"A": function("A")}, has=HAS), extent)
    assert made.steps == ()
    assert made.blocked == ("A: KmsKeyArn: only CloudFormation knows it",)


def test_an_api_whose_body_cannot_be_known_is_blocked() -> None:
    def api(body: Any) -> dict[str, Any]:
        return {"Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": body}}}

    made = direct(ground(api({"x": {"Ref": "Secret"}}), api({"x": 1})))
    assert (made.steps, made.blocked) == ((), ("Api: only CloudFormation knows it",))
