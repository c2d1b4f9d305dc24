"""Templates with their slots filled."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from localstack_lite.errors import Bug
from localstack_lite.model.blueprint import SLOT, Blueprint, Piece, PieceKind, StackBlueprint
from localstack_lite.sync.fill import Place, codes, fill, version_id
from tests.sync.modelled_stage import alias, blueprint, function, image, layer, package, sha

PLACE = Place("bucket", "shop", "eu-west-2", images="registry/shop")


def nested() -> Blueprint:
    def stack(path: str, child: str) -> dict[str, Any]:
        return {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": {SLOT: path + child}}}

    return Blueprint(
        (
            StackBlueprint("", {"Resources": {"Child": stack("", "Child")}}),
            StackBlueprint("Child/", {"Resources": {"Inner": stack("Child/", "Inner")}}),
            StackBlueprint("Child/Inner/", {"Resources": {"A": function("Child/Inner/A")}}),
        ),
        (
            Piece("Child", PieceKind.TEMPLATE, Path("/c.yaml")),
            Piece("Child/Inner", PieceKind.TEMPLATE, Path("/i.yaml")),
            Piece("Child/Inner/A", PieceKind.FUNCTION, Path("/a")),
        ),
    )


def test_code_and_layers_become_objects_of_the_bucket() -> None:
    wanted = blueprint({"A": function("A"), "L": layer("L")})
    made = fill(wanted, {"A": package("A", "a"), "L": package("L", "l")}, PLACE).template["Resources"]
    assert made["A"]["Properties"]["Code"] == {
        "S3Bucket": "bucket",
        "S3Key": f"shop/code/{package('A', 'a').hex}.zip",
    }
    assert made["L"]["Properties"]["Content"]["S3Key"] == f"shop/code/{package('L', 'l').hex}.zip"
    assert wanted.template["Resources"]["A"]["Properties"]["Code"] == {SLOT: "A"}


def test_an_image_becomes_its_place_in_the_registry() -> None:
    made = fill(blueprint({"A": function("A")}), {"A": image("A", "a")}, PLACE).template["Resources"]
    assert made["A"]["Properties"]["Code"] == {"ImageUri": f"registry/shop:{image('A', 'a').hex}"}


def test_a_file_becomes_an_object_as_api_gateway_names_them() -> None:
    wanted = blueprint(
        {"F": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"DefinitionS3Location": {SLOT: "F"}}}}
    )
    wanted = replace(wanted, pieces=(Piece("F", PieceKind.FILE, Path("/f.json")),))
    made = fill(wanted, {"F": package("F", "f")}, PLACE).template["Resources"]
    assert made["F"]["Properties"]["DefinitionS3Location"] == {
        "Bucket": "bucket",
        "Key": f"shop/files/{package('F', 'f').hex}",
    }


def test_nested_templates_are_filled_from_the_inside_out() -> None:
    made = fill(nested(), {"Child/Inner/A": package("Child/Inner/A", "a")}, PLACE)
    url = made.template["Resources"]["Child"]["Properties"]["TemplateURL"]
    start = "https://bucket.s3.eu-west-2.amazonaws.com/"
    assert url.startswith(start + "shop/templates/")
    child = json.loads(made.children[url.removeprefix(start)])
    inner = json.loads(made.children[child["Resources"]["Inner"]["Properties"]["TemplateURL"].removeprefix(start)])
    assert inner["Resources"]["A"]["Properties"]["Code"]["S3Bucket"] == "bucket"


def test_other_code_deep_inside_gives_every_template_above_another_address() -> None:
    one = fill(nested(), {"Child/Inner/A": package("Child/Inner/A", "a")}, PLACE)
    other = fill(nested(), {"Child/Inner/A": package("Child/Inner/A", "b")}, PLACE)
    assert one.template != other.template
    assert one == fill(nested(), {"Child/Inner/A": package("Child/Inner/A", "a")}, PLACE)


def test_a_version_carries_the_hash_of_its_functions_code_and_all_that_refers_to_it_follows() -> None:
    wanted = blueprint({"A": function("A"), **alias("A")})
    ids = set()
    for content in "ab":
        made = fill(wanted, {"A": package("A", content)}, PLACE).template["Resources"]
        id = version_id("AVersion16cbcbe095", package("A", content))
        assert id.startswith("AVersion")
        assert len(id) == len("AVersion16cbcbe095")
        assert made[id]["Type"] == "AWS::Lambda::Version"
        assert made["AAliaslive"]["Properties"]["FunctionVersion"] == {"Fn::GetAtt": [id, "Version"]}
        assert "AVersion16cbcbe095" not in made
        ids.add(id)
    assert len(ids) == 2


def test_a_version_that_is_kept_keeps_its_name() -> None:
    wanted = blueprint({"A": function("A"), **alias("A")})
    made = fill(wanted, {"A": package("A", "a")}, PLACE, {"A": "AVersionOld"}).template["Resources"]
    assert made["AAliaslive"]["Properties"]["FunctionVersion"] == {"Fn::GetAtt": ["AVersionOld", "Version"]}


def test_a_version_of_a_function_that_is_not_ours_is_left_alone() -> None:
    foreign = {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": "other"}}
    assert "V1" in fill(blueprint({"V1": foreign}), {}, PLACE).template["Resources"]


def test_a_slot_without_a_package_is_our_own_mistake() -> None:
    with pytest.raises(Bug):
        fill(blueprint({"A": function("A")}), {}, PLACE)


def test_the_code_of_a_deployed_template_can_be_read_out_of_it() -> None:
    wanted = blueprint({"A": function("A"), "B": function("B"), "L": layer("L")})
    packages = {"A": package("A", "a"), "B": image("B", "b"), "L": package("L", "l")}
    deployed = {
        "": fill(wanted, packages, PLACE).template,
        "Child/": {"Resources": {"X": {"Properties": {"Code": {"S3Key": "k"}}}}},
    }
    assert codes(deployed) == {"A": sha("a"), "B": image("B", "b").sha256, "L": sha("l")}
