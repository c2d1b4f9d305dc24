"""A deployed template says the same as the blueprint when only code differs."""

from __future__ import annotations

from typing import Any

from localstack_lite.model.blueprint import SLOT, StackBlueprint
from localstack_lite.sync.slots import slots, with_slots


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


def template(code: object, image: object, content: object, url: object, location: object) -> dict[str, Any]:
    return {
        "Resources": {
            "Orders": resource("AWS::Lambda::Function", Code=code, MemorySize=256),
            "Picture": resource("AWS::Lambda::Function", Code=image, PackageType="Image"),
            "Layer": resource("AWS::Lambda::LayerVersion", Content=content),
            "Child": resource("AWS::CloudFormation::Stack", TemplateURL=url),
            "Flow": resource("AWS::StepFunctions::StateMachine", DefinitionS3Location=location),
        },
        "Outputs": {"A": {"Value": "b"}},
    }


OURS = template(*({SLOT: name} for name in ("Orders", "Picture", "Layer", "Child", "Flow")))
THEIRS = template(
    {"S3Bucket": "b", "S3Key": "k"},
    {"ImageUri": "1.dkr.ecr.eu-west-2.amazonaws.com/a@sha256:1"},
    {"S3Bucket": "b", "S3Key": "l"},
    "https://b.s3.amazonaws.com/t",
    {"Bucket": "b", "Key": "f"},
)


def test_every_kind_of_slot_is_put_back() -> None:
    assert with_slots({"": THEIRS}, [StackBlueprint("", OURS)]) == {"": OURS}
    assert THEIRS["Resources"]["Orders"]["Properties"]["Code"] == {"S3Bucket": "b", "S3Key": "k"}


def test_each_stack_is_compared_with_its_own_blueprint() -> None:
    found = with_slots({"": THEIRS, "Child/": THEIRS}, [StackBlueprint("Child/", OURS)])
    assert found == {"": THEIRS, "Child/": OURS}


def test_what_differs_otherwise_still_differs() -> None:
    other = {**THEIRS["Resources"]["Orders"], "Properties": {"Code": {"ZipFile": "x"}, "MemorySize": 128}}
    found = with_slots({"": {"Resources": {"Orders": other}}}, [StackBlueprint("", OURS)])
    assert found[""]["Resources"]["Orders"]["Properties"] == {"Code": {SLOT: "Orders"}, "MemorySize": 128}


def test_nothing_is_put_where_nothing_of_the_kind_is_deployed() -> None:
    deployed = {
        "Resources": {
            "Orders": resource("AWS::SQS::Queue", Code="x"),
            "Picture": resource("AWS::Lambda::Function", PackageType="Image"),
            "Layer": "odd",
            "Old": resource("AWS::Lambda::Function", Code={"S3Bucket": "b", "S3Key": "k"}),
        }
    }
    assert with_slots({"": deployed}, [StackBlueprint("", OURS)]) == {"": deployed}
    assert with_slots({"": {}}, [StackBlueprint("", OURS)]) == {"": {}}


def test_slots_are_found_wherever_they_stand() -> None:
    assert list(slots({"A": {"B": {SLOT: "x"}}, "C": {SLOT: "y"}, "D": ["z"]})) == [(("A", "B"), "x"), (("C",), "y")]
    assert list(slots(None)) == []
