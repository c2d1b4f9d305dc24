"""Plans, first one rule at a time, then in storms: what is pushed is there, and pushing it again does nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localstack_lite.errors import RemoteError
from localstack_lite.model.blueprint import Blueprint
from localstack_lite.model.package import MOST_DIRECT, Package
from localstack_lite.sync.canonical import properties, resources
from localstack_lite.sync.describe import planned
from localstack_lite.sync.function_settings import ARGUMENTS, actual, form
from localstack_lite.sync.plan import needs_bucket
from localstack_lite.sync.remote import RemoteStack
from localstack_lite.sync.steps import DeployStack, Plan, UpdateConfig, UploadCode, UploadObject
from tests.sync.modelled_stage import (
    STACK,
    STAGE,
    ModelledStage,
    alias,
    blueprint,
    function,
    layer,
    package,
    sha,
)

QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {}}


def kinds(plan: Plan) -> list[str]:
    return [step.kind for step in plan.steps]


def reason(plan: Plan) -> str:
    return next(step.reason for step in plan.steps if isinstance(step, DeployStack))


def one(content: str = "a", **stated: Any) -> tuple[Blueprint, dict[str, Package]]:
    """A project of one function."""
    return blueprint({"Orders": function("Orders", **stated)}), {"Orders": package("Orders", content)}


@pytest.fixture
def stage() -> ModelledStage:
    made = ModelledStage()
    made.push(*one(MemorySize=128, Environment={"Variables": {"TABLE": "t"}}))
    return made


def test_without_a_stack_everything_is_uploaded_and_the_stack_made() -> None:
    plan = ModelledStage().plan(*one())
    assert kinds(plan) == ["upload_object", "deploy_stack"]
    deploy = plan.steps[-1]
    assert isinstance(deploy, DeployStack)
    assert deploy.create
    assert [(change.id, change.action) for change in deploy.changes] == [("Orders", "add")]
    assert needs_bucket(plan)


def test_an_unchanged_project_is_an_empty_plan(stage: ModelledStage) -> None:
    assert stage.plan(*one(MemorySize="128", Environment={"Variables": {"TABLE": "t"}})) == Plan()


def test_new_code_is_one_call_that_is_guarded_by_the_revision(stage: ModelledStage) -> None:
    plan = stage.plan(*one("b", MemorySize=128, Environment={"Variables": {"TABLE": "t"}}))
    (step,) = plan.steps
    assert isinstance(step, UploadCode)
    assert (step.name, step.sha256, step.revision) == (f"{STACK}-Orders", sha("b"), "1")
    assert not needs_bucket(plan)
    assert plan.drift == ("Orders: code",)


def test_new_settings_are_one_call_with_all_of_them(stage: ModelledStage) -> None:
    plan = stage.plan(*one(MemorySize=256, Timeout=9, Environment={"Variables": {"TABLE": "u"}}))
    (step,) = plan.steps
    assert isinstance(step, UpdateConfig)
    assert step.changes == {"Environment": {"Variables": {"TABLE": "u"}}, "MemorySize": 256, "Timeout": 9}
    assert plan.drift == ("Orders: MemorySize, Timeout, Environment.Variables.TABLE",)


def test_a_setting_that_is_gone_from_the_template_gets_its_default(stage: ModelledStage) -> None:
    (step,) = stage.plan(*one()).steps
    assert isinstance(step, UpdateConfig)
    assert step.changes == {"Environment": {"Variables": {}}}  # 128 MB is the default already


def test_code_comes_before_the_settings_of_its_function(stage: ModelledStage) -> None:
    first, second = stage.plan(*one("b", MemorySize=256)).steps
    assert (first.kind, second.kind) == ("upload_code", "update_config")
    assert isinstance(second, UpdateConfig)
    assert second.revision == ""


def test_what_was_changed_by_hand_is_put_right(stage: ModelledStage) -> None:
    stage.functions["Orders"]["configuration"]["MemorySize"] = 1024
    (step,) = stage.plan(*one(MemorySize=128, Environment={"Variables": {"TABLE": "t"}})).steps
    assert isinstance(step, UpdateConfig)
    assert step.changes == {"MemorySize": 128}
    assert step.reason == "it is not what the template says"


def test_what_is_right_already_needs_no_call(stage: ModelledStage) -> None:
    stage.functions["Orders"]["configuration"]["MemorySize"] = 256
    plan = stage.plan(*one(MemorySize=256, Environment={"Variables": {"TABLE": "t"}}))
    assert plan.steps == ()
    assert plan.drift == ("Orders: MemorySize",)


def test_what_no_template_ever_stated_is_left_alone(stage: ModelledStage) -> None:
    stage.functions["Orders"]["configuration"]["Description"] = "by hand"
    assert stage.plan(*one(MemorySize=128, Environment={"Variables": {"TABLE": "t"}})) == Plan()


def test_a_new_resource_is_a_stack_deploy_that_names_it(stage: ModelledStage) -> None:
    wanted = blueprint({"Orders": function("Orders"), "Queue": QUEUE})
    plan = stage.plan(wanted, {"Orders": package("Orders", "a")})
    assert kinds(plan) == ["deploy_stack"]  # the zip is in the bucket already
    assert reason(plan) == "new resource Queue"


def test_a_property_without_a_call_is_a_stack_deploy_that_names_it(stage: ModelledStage) -> None:
    plan = stage.plan(*one(Tags=[{"Key": "a", "Value": "b"}]))
    assert reason(plan) == "Orders: Tags"


def test_code_in_the_template_itself_is_a_stack_deploy() -> None:
    stage = ModelledStage()

    def inline(text: str) -> Blueprint:
        declared = function("Orders")
        return blueprint({"Orders": {**declared, "Properties": {**declared["Properties"], "Code": {"ZipFile": text}}}})

    stage.push(inline("a = 1"), {})
    plan = stage.plan(inline("a = 2"), {})
    assert kinds(plan) == ["deploy_stack"]
    assert reason(plan) == "Orders: Code.ZipFile"


def test_what_a_stack_deploy_does_not_see_is_set_after_it(stage: ModelledStage) -> None:
    both = {"MemorySize": 128, "Environment": {"Variables": {"TABLE": "t"}}}
    stage.push(*one("b", **both))
    stage.functions["Orders"]["configuration"]["MemorySize"] = 1024
    wanted = blueprint({"Orders": function("Orders", **both), "Queue": QUEUE})
    plan = stage.push(wanted, {"Orders": package("Orders", "a")})
    assert kinds(plan) == ["deploy_stack", "upload_code", "update_config"]
    assert stage.functions["Orders"]["sha"] == sha("a")
    assert stage.plan(wanted, {"Orders": package("Orders", "a")}) == Plan()


def test_a_changed_parameter_is_a_stack_deploy_that_tells_both_values() -> None:
    stage = ModelledStage()
    declared = {"Stage": {"Type": "String"}, "Secret": {"Type": "String", "NoEcho": True}}
    found = {"Orders": function("Orders")}
    packages = {"Orders": package("Orders", "a")}
    stage.push(blueprint(found, {"Stage": "dev", "Secret": "s1"}, Parameters=declared), packages)
    assert stage.stack is not None
    stage.stack = replace(stage.stack, parameters={"Stage": "dev", "Secret": "****"})
    assert stage.plan(blueprint(found, {"Stage": "dev", "Secret": "s2"}, Parameters=declared), packages) == Plan()
    plan = stage.plan(blueprint(found, {"Stage": "test", "Secret": "s2"}, Parameters=declared), packages)
    assert reason(plan) == "parameter Stage dev → test"
    (deploy,) = plan.steps
    assert isinstance(deploy, DeployStack)
    assert deploy.parameters == {"Stage": "test", "Secret": "s2"}


def test_tags_of_the_stage_that_the_stack_lacks_are_a_stack_deploy(stage: ModelledStage) -> None:
    both = {"MemorySize": 128, "Environment": {"Variables": {"TABLE": "t"}}}
    assert reason(stage.plan(*one(**both), stage=replace(STAGE, tags={"team": "shop"}))) == "tags"


def test_a_value_that_only_cloudformation_knows_is_a_stack_deploy_once() -> None:
    stage = ModelledStage()
    stage.push(*one())
    secret = {"Variables": {"KEY": {"Fn::GetAtt": ["Table", "Secret"]}, "A": "1"}}
    plan = stage.push(*one(Environment=secret))
    assert reason(plan) == "Orders: Environment: KEY: only CloudFormation knows Table.Secret"
    other = {"Variables": {"KEY": {"Fn::GetAtt": ["Table", "Secret"]}, "A": "2"}}
    (step,) = stage.plan(*one(Environment=other)).steps
    assert isinstance(step, UpdateConfig)
    assert step.changes == {"Environment": {"Variables": {"A": "2", "KEY": "secret"}}}


def test_code_above_the_limit_goes_through_the_bucket(stage: ModelledStage) -> None:
    wanted, _ = one(MemorySize=128, Environment={"Variables": {"TABLE": "t"}})
    big = {"Orders": package("Orders", "b", MOST_DIRECT)}
    upload, code = stage.plan(wanted, big).steps
    assert isinstance(upload, UploadObject)
    assert isinstance(code, UploadCode)
    assert (code.key, code.package) == (upload.key, None)


def test_code_that_many_functions_share_is_sent_once() -> None:
    stage = ModelledStage()
    names = [f"F{number}" for number in range(5)]
    wanted = blueprint({name: function(name) for name in names})
    stage.push(wanted, {name: package(name, "a", 2_000_000) for name in names})
    plan = stage.plan(wanted, {name: package(name, "b", 2_000_000) for name in names})
    assert kinds(plan) == ["upload_object"] + ["upload_code"] * 5
    small = stage.plan(wanted, {name: package(name, "b", 2_000) for name in names})
    assert kinds(small) == ["upload_code"] * 5


def test_an_alias_that_follows_its_function_is_set_to_a_new_version() -> None:
    stage = ModelledStage()
    wanted = blueprint({"Orders": function("Orders"), **alias("Orders")})
    stage.push(wanted, {"Orders": package("Orders", "a")})
    plan = stage.push(wanted, {"Orders": package("Orders", "b")})
    assert kinds(plan) == ["upload_code", "publish_version", "update_alias"]
    assert stage.aliases == {"OrdersAliaslive": "2"}
    assert stage.plan(wanted, {"Orders": package("Orders", "b")}).steps == ()


def test_an_alias_left_behind_is_set_by_the_next_push() -> None:
    stage = ModelledStage()
    wanted = blueprint({"Orders": function("Orders"), **alias("Orders")})
    stage.push(wanted, {"Orders": package("Orders", "a")})
    stage.push(wanted, {"Orders": package("Orders", "b")}, most=1)
    assert kinds(stage.push(wanted, {"Orders": package("Orders", "b")})) == ["publish_version", "update_alias"]
    assert stage.aliases == {"OrdersAliaslive": "2"}


def test_a_stack_deploy_asks_for_no_version_of_code_that_is_published() -> None:
    stage = ModelledStage()
    found = {"Orders": function("Orders"), **alias("Orders")}
    stage.push(blueprint(found), {"Orders": package("Orders", "a")})
    stage.push(blueprint(found), {"Orders": package("Orders", "b")})
    stage.push(blueprint({**found, "Queue": QUEUE}), {"Orders": package("Orders", "b")})
    assert stage.aliases == {"OrdersAliaslive": "2"}
    assert stage.plan(blueprint({**found, "Queue": QUEUE}), {"Orders": package("Orders", "b")}) == Plan()


def test_a_new_layer_reaches_every_function_that_has_it() -> None:
    stage = ModelledStage()
    layered = {"Layers": [{"Ref": "Common"}]}
    wanted = blueprint({"Common": layer("Common"), "A": function("A", **layered), "B": function("B", **layered)})
    code = {"A": package("A", "a"), "B": package("B", "b")}
    stage.push(wanted, {**code, "Common": package("Common", "1")})
    plan = stage.push(wanted, {**code, "Common": package("Common", "2")})
    assert kinds(plan) == ["update_layer", "update_config", "update_config"]
    assert stage.plan(wanted, {**code, "Common": package("Common", "2")}).steps == ()
    back = stage.push(wanted, {**code, "Common": package("Common", "1")})
    assert kinds(back) == ["update_config", "update_config"]  # the stack's own version is still there


def test_only_code_is_pushed_when_only_code_is_asked_for(stage: ModelledStage) -> None:
    wanted = blueprint({"Orders": function("Orders", MemorySize=256), "Queue": QUEUE})
    plan = stage.plan(wanted, {"Orders": package("Orders", "b")}, code_only=True)
    assert kinds(plan) == ["upload_code"]
    assert plan.drift == (
        "Orders: code",
        "left out, as only code is pushed: a stack deploy (new resource Queue)",
        "left out, as only code is pushed: update config",
    )


def test_only_code_cannot_be_pushed_to_no_stack() -> None:
    with pytest.raises(RemoteError) as refused:
        ModelledStage().plan(*one(), code_only=True)
    assert refused.value.hint == "push once without --code-only"


def test_a_function_that_was_deleted_by_hand_is_a_refusal_with_a_way_out(stage: ModelledStage) -> None:
    from localstack_lite.sync.plan import plan
    from tests.sync.modelled_stage import BUCKET

    wanted, packages = one()
    remote = replace(stage.remote(wanted), functions={}, lost=("Orders",))
    with pytest.raises(RemoteError) as refused:
        plan(STAGE, wanted, packages, remote, stage.manifest, stage.resolver(wanted), BUCKET)
    assert "Orders was deleted by hand" in refused.value.what
    assert "take Orders and what refers to it out of the template" in refused.value.hint
    gone = blueprint({"Queue": QUEUE})
    found = plan(STAGE, gone, {}, remote, stage.manifest, stage.resolver(gone), BUCKET)
    assert reason(found) == "new resource Queue, Orders is not in the template any more"


def test_a_stack_that_takes_no_change_is_a_refusal(stage: ModelledStage) -> None:
    stage.stack = RemoteStack("arn:aws:cloudformation:r:1:stack/s/1", "s", "UPDATE_IN_PROGRESS")
    with pytest.raises(RemoteError):
        stage.plan(*one())


# Storms.

VALUES = st.sampled_from(
    [
        "zebra-secret",
        "quokka-secret",
        {"Ref": "Stage"},
        {"Fn::GetAtt": ["Table", "Arn"]},
        {"Fn::GetAtt": ["Table", "Secret"]},
    ]
)


@st.composite
def projects(draw: st.DrawFn) -> tuple[Blueprint, dict[str, Package]]:
    found: dict[str, Any] = {"Table": {"Type": "AWS::DynamoDB::Table", "Properties": {}}}
    packages: dict[str, Package] = {}
    has_layer = draw(st.booleans())
    if has_layer:
        found["Common"] = layer("Common")
        packages["Common"] = package("Common", draw(st.sampled_from("123")))
    for id in draw(st.sampled_from([("A",), ("A", "B"), ("A", "B", "C")])):
        stated: dict[str, Any] = {}
        if draw(st.booleans()):
            stated["MemorySize"] = draw(st.sampled_from([128, 256, "256"]))
        if draw(st.booleans()):
            stated["Timeout"] = draw(st.sampled_from([3, 30]))
        if draw(st.booleans()):
            stated["Environment"] = {"Variables": draw(st.dictionaries(st.sampled_from("XYZ"), VALUES, max_size=2))}
        if draw(st.booleans()):
            stated["ReservedConcurrentExecutions"] = draw(st.sampled_from([1, 2]))
        if draw(st.booleans()):
            stated["Architectures"] = [draw(st.sampled_from(["x86_64", "arm64"]))]
        if has_layer and draw(st.booleans()):
            stated["Layers"] = [{"Ref": "Common"}]
        found[id] = function(id, **stated)
        packages[id] = package(id, draw(st.sampled_from("abc")), draw(st.sampled_from([100, MOST_DIRECT])))
        if id in "AB":  # CloudFormation itself fails to make a version again that was taken out of the template
            found |= alias(id)
    if draw(st.booleans()):
        found["Queue"] = QUEUE
    if draw(st.booleans()):
        tries = draw(st.sampled_from([{}, {"MaximumRetryAttempts": 0}, {"MaximumRetryAttempts": 1}]))
        found["Async"] = {
            "Type": "AWS::Lambda::EventInvokeConfig",
            "Properties": {"FunctionName": {"Ref": "A"}, "Qualifier": "$LATEST", **tries},
        }
    if draw(st.booleans()):
        found["Api"] = {
            "Type": "AWS::ApiGateway::RestApi",
            "Properties": {"Body": {"paths": {draw(st.sampled_from(["/a", "/b"])): {}}}},
        }
    if draw(st.booleans()):
        text = draw(st.sampled_from(['{"a":1}', '{"a":2}']))
        found["Flow"] = {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"DefinitionString": text}}
    value = draw(st.sampled_from(["dev", "test"]))
    return blueprint(found, {"Stage": value}, Parameters={"Stage": {"Type": "String"}}), packages


HAPPENINGS = st.lists(
    st.tuples(
        projects(),
        st.sampled_from(["nothing", "nothing", "another machine", "interrupted", "by hand"]),
        st.integers(0, 6),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(HAPPENINGS)
def test_what_was_pushed_is_there_and_pushing_it_again_does_nothing(
    happenings: list[tuple[tuple[Blueprint, dict[str, Package]], str, int]],
) -> None:
    stage, unknown = ModelledStage(), False
    for (wanted, packages), happens, number in happenings:
        if happens == "another machine":
            stage.forget()
            unknown = True
        if happens == "by hand" and "A" in stage.functions:
            stage.functions["A"]["configuration"]["MemorySize"] = 512 + number
            stage.functions["A"]["sha"] = sha(f"hand {number}")
        if happens == "interrupted":
            stage.push(wanted, packages, most=number)
        plan = stage.push(wanted, packages)
        orderly(plan)
        discreet(plan, stage, wanted)
        again = stage.plan(wanted, packages)
        assert again.steps == (), [step.kind for step in again.steps]
        there(stage, wanted, packages, unknown)


def orderly(plan: Plan) -> None:
    places = {id(step): place for place, step in enumerate(plan.steps)}
    uploads = {step.key: places[id(step)] for step in plan.steps if isinstance(step, UploadObject)}
    for step in plan.steps:
        if isinstance(step, UploadCode) and step.key:
            assert uploads[step.key] < places[id(step)]
    for name in {getattr(step, "function", step.id) for step in plan.steps}:
        chain = [step.kind for step in plan.steps if getattr(step, "function", step.id) == name]
        order = ["upload_object", "deploy_stack", "update_layer", "upload_code", "update_config", "update_concurrency"]
        order += ["publish_version", "update_alias", "update_async_config", "update_api", "update_state_machine"]
        assert chain == sorted(chain, key=order.index)


def discreet(plan: Plan, stage: ModelledStage, wanted: Blueprint) -> None:
    for step in plan.steps:
        assert "secret" not in repr(planned(step, stage.remote(wanted))).replace("Table.Secret", "").lower()
    assert "-secret" not in repr(plan.drift)
    assert "-secret" not in repr(stage.manifest.direct)


def there(stage: ModelledStage, wanted: Blueprint, packages: dict[str, Package], unknown: bool) -> None:
    for id, resource in resources(wanted.template).items():
        stated = properties(resource)
        match resource["Type"]:
            case "AWS::Lambda::Function":
                one = stage.functions[id]
                assert one["sha"] == packages[id].sha256
                for name in ARGUMENTS:
                    if name in stated and name != "Layers":
                        expected = form(name, stage._given(stated[name], stage.stack.parameters), f"{STACK}-{id}")  # type: ignore[union-attr]
                        assert actual(name, one["configuration"], f"{STACK}-{id}") == expected
                for each in one["configuration"].get("Layers", []) if "Layers" in stated else []:
                    version = int(each["Arn"].rpartition(":")[2])
                    assert stage.layers["Common"][version - 1] == packages["Common"].sha256
                if f"{id}Aliaslive" in resources(wanted.template):
                    version = int(stage.aliases[f"{id}Aliaslive"])
                    assert packages[id].sha256 in stage.published[id][version - 1]
                if not unknown:
                    reserved = stated.get("ReservedConcurrentExecutions")
                    assert stage.settings.get(f"{id}.concurrency") == reserved
            case "AWS::Lambda::EventInvokeConfig" if not unknown:
                assert stage.settings[id].get("MaximumRetryAttempts") == stated.get("MaximumRetryAttempts")
            case "AWS::ApiGateway::RestApi" if not unknown:
                assert stage.settings[id] == stated["Body"]["paths"]
            case "AWS::StepFunctions::StateMachine" if not unknown:
                assert stage.settings[id] == stated["DefinitionString"]
