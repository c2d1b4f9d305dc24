"""A deploy of the whole stack."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from localstack_lite.errors import UserError
from localstack_lite.model.blueprint import SLOT, Blueprint, Piece, PieceKind, StackBlueprint
from localstack_lite.sync import keys
from localstack_lite.sync.deploy import deploy_steps, touched
from localstack_lite.sync.ground import Ground
from localstack_lite.sync.parameters import Parameters
from localstack_lite.sync.steps import Change, DeployStack, PushImage, Step, UploadObject
from tests.sync.grounds import ground
from tests.sync.modelled_stage import alias, function, image, layer, package, sha


def steps(found: Ground, **given: Any) -> list[Step]:
    return list(deploy_steps(found, "bucket", "why", given.pop("changes", ()), given.pop("given", Parameters({}))))


def deployed(found: Ground, **given: Any) -> DeployStack:
    last = steps(found, **given)[-1]
    assert isinstance(last, DeployStack)
    return last


def test_what_lies_in_the_bucket_already_is_not_sent_again() -> None:
    packages = {"A": package("A", "a"), "B": package("B", "a"), "L": package("L", "l")}
    resources = {"A": function("A"), "B": function("B"), "L": layer("L")}
    known = keys.code_key("shop-dev", packages["L"])
    found = ground(resources, packages=packages, bucket="bucket", uploaded=frozenset({known}))
    uploads = [step for step in steps(found) if isinstance(step, UploadObject)]
    assert [step.id for step in uploads] == ["A"]  # B has the same code
    elsewhere = ground(resources, packages=packages, bucket="other", uploaded=frozenset({known}))
    assert [step.id for step in steps(elsewhere) if isinstance(step, UploadObject)] == ["A", "L"]


def test_an_image_is_pushed_unless_the_registry_has_it() -> None:
    packages = {"A": image("A", "a")}
    found = ground({"A": function("A")}, packages=packages)
    assert isinstance(steps(found)[0], PushImage)
    known = ground({"A": function("A")}, packages=packages, deployed={"A": packages["A"].sha256})
    assert len(steps(known)) == 1


def test_parameters_are_given_and_kept() -> None:
    made = deployed(ground({}), given=Parameters({"Stage": "dev"}, ("Size",)))
    assert (made.parameters, made.kept, made.create, made.reason) == ({"Stage": "dev"}, ("Size",), False, "why")


def test_without_a_stack_it_is_made_with_the_stages_parameters() -> None:
    found = ground({}, {}, parameters={"P": "1"}, sections={"Parameters": {"P": {"Type": "String"}}}, stack=False)
    (step,) = deploy_steps(found, "bucket", "why", (), None)
    assert isinstance(step, DeployStack)
    assert (step.create, step.parameters, step.kept) == (True, {"P": "1"}, ())


def test_new_content_is_one_of_its_changes() -> None:
    packages = {"A": package("A", "b"), "L": package("L", "2")}
    found = ground({"A": function("A"), "L": layer("L")}, packages=packages, deployed={"A": sha("a"), "L": sha("1")})
    assert deployed(found).changes == (
        Change("A", "AWS::Lambda::Function", "modify", "no", ("Code",)),
        Change("L", "AWS::Lambda::LayerVersion", "modify", "yes", ("Content",)),
    )


@pytest.mark.parametrize(
    ("has", "was", "kept"), [("a", "a", True), ("a", "b", True), ("b", "b", False), ("b", "a", True)]
)
def test_a_version_is_made_anew_exactly_when_the_deploy_changes_the_code(has: str, was: str, kept: bool) -> None:
    old = {"A": function("A"), **alias("A")}
    old["AVersionffffffffff"] = old.pop("AVersion16cbcbe095")
    found = ground(
        {"A": function("A"), **alias("A")},
        old,
        packages={"A": package("A", "a")},
        sha256=sha(has),
        deployed={"A": sha(was)},
    )
    assert ("AVersionffffffffff" in deployed(found).template["Resources"]) is kept


def test_nested_templates_are_uploaded_before() -> None:
    parent = {"Child": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": {SLOT: "Child"}}}}
    found = ground(parent)
    wanted = Blueprint(
        (StackBlueprint("", {"Resources": parent}), StackBlueprint("Child/", {"Resources": {}})),
        (Piece("Child", PieceKind.TEMPLATE, Path("/c")),),
    )
    upload, deploy = steps(replace(found, blueprint=wanted))
    assert isinstance(upload, UploadObject)
    assert isinstance(deploy, DeployStack)
    assert json.loads(upload.text) == {"Resources": {}}
    assert deploy.template["Resources"]["Child"]["Properties"]["TemplateURL"].endswith(upload.key)


def test_what_was_not_packaged_cannot_be_deployed() -> None:
    with pytest.raises(UserError):
        steps(ground({"A": function("A")}))


def test_what_a_change_reaches_is_touched() -> None:
    resources = {
        "Child": {"Type": "AWS::CloudFormation::Stack", "Properties": {"Parameters": {"Q": {"Ref": "Queue"}, "X": 1}}}
    }
    sections = {"Conditions": {"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}, "Other": {"Fn::Equals": [1, 2]}}}
    found = ground(resources, sections=sections)
    given = Parameters({}, (), {"Stage": "dev → prod"})
    assert touched(found, [Change("Queue", "AWS::SQS::Queue", "add")], given, ["L"]) == {
        "Queue",
        "Stage",
        "L",
        "Prod",
        "Child/Q",
    }
