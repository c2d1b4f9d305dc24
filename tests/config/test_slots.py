"""A slot stands wherever a resource that exists has a local path, and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from localstack_lite.config.environment import Variables
from localstack_lite.config.functions import read_functions
from localstack_lite.config.nested import Given
from localstack_lite.config.opening import Opening
from localstack_lite.config.parameters import Place
from localstack_lite.config.slots import Slotted, is_remote, slotted
from localstack_lite.model.blueprint import SLOT, PieceKind
from localstack_lite.model.project import Problem
from tests.config.samples import source_of, untouched


def fill(text: str, given: dict[str, str] | None = None, lost: dict[str, Problem] | None = None) -> Slotted:
    opening = Opening(untouched, deploying=True)
    source = source_of(
        "/project/template.yaml", {"/project/template.yaml": text, "child.yaml": "Resources: {T: {Type: T}}"}
    )
    opened = opening.open(source, Place(), Given(given or {}), "", ())
    read = read_functions(opened.stack, source.files, Variables())
    return slotted(opened, read, lost or {}, lambda path: f"text of {path}", given or {})


def properties(found: Slotted, name: str = "R") -> Any:
    return found.stack.template["Resources"][name]["Properties"]


def function(code: str) -> str:
    rest = "Runtime: python3.13, Handler: app.handler"
    return f"Resources: {{R: {{Type: AWS::Lambda::Function, Properties: {{{rest}, {code}}}}}}}"


@pytest.mark.parametrize("code", ["Code: .", "Code: !Sub '.'", "Code: !If [Here, ., {S3Bucket: b, S3Key: k}]"])
def test_local_code_is_a_slot_however_it_is_written(code: str) -> None:
    found = fill("Conditions: {Here: !Equals [a, a]}\n" + function(code))
    assert properties(found)["Code"] == {SLOT: "R"}
    (piece,) = found.pieces
    assert (piece.id, piece.kind, piece.source) == ("R", PieceKind.FUNCTION, Path("/project"))


def test_code_in_a_bucket_keeps_its_intrinsic_functions() -> None:
    code = "Code: {S3Bucket: !Ref AWS::Region, S3Key: !ImportValue key}"
    found = fill(function(code))
    assert properties(found)["Code"] == {"S3Bucket": {"Ref": "AWS::Region"}, "S3Key": {"Fn::ImportValue": "key"}}
    assert found.pieces == ()


def test_code_that_is_not_here_is_told_with_the_reason_that_was_told_before() -> None:
    reason = Problem("template.yaml:3", "R: there is no code at x")
    assert fill(function("Code: x"), lost={"R": reason}).problems == (reason,)
    (problem,) = fill(function("Code: x")).problems
    assert (problem.subject, problem.warning) == ("R", False)


@pytest.mark.parametrize(
    ("rest", "is_piece"),
    [
        ("Code: {ImageUri: 'mine:latest'}", True),
        ("Code: {ImageUri: '1.dkr.ecr.eu-west-2.amazonaws.com/mine:1'}", False),
        ("Code: {ImageUri: !Sub '${Repository.RepositoryUri}:1'}", False),
        ("Code: {ImageUri: !ImportValue the-image}", False),
    ],
)
def test_an_image_of_a_registry_stays_and_one_of_this_machine_is_a_slot(rest: str, is_piece: bool) -> None:
    image = f"{{Type: AWS::Lambda::Function, Properties: {{PackageType: Image, {rest}}}}}"
    found = fill(f"Resources: {{Repository: {{Type: AWS::ECR::Repository}}, R: {image}}}")
    assert [piece.kind for piece in found.pieces] == [PieceKind.IMAGE] * is_piece
    assert (properties(found)["Code"] == {SLOT: "R"}) is is_piece


def test_a_local_template_is_a_slot_and_a_remote_one_is_not() -> None:
    text = "Resources: {R: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: %s}}}"
    found = fill(text % "child.yaml")
    assert properties(found)["TemplateURL"] == {SLOT: "R"}
    assert found.pieces[0].kind is PieceKind.TEMPLATE
    found = fill(text % "!Sub 'https://s3.${AWS::Region}.amazonaws.com/b/k'")
    assert properties(found)["TemplateURL"] == {"Fn::Sub": "https://s3.${AWS::Region}.amazonaws.com/b/k"}
    assert is_remote("https://x")
    assert not is_remote("x.yaml")
    assert not is_remote(None)


def test_what_only_building_needs_is_not_deployed() -> None:
    metadata = "{BuildMethod: esbuild, DockerContext: ., 'aws:asset:path': asset.1, Team: shop}"
    found = fill(f"Resources: {{A: {{Type: T, Metadata: {metadata}}}, B: {{Type: T, Metadata: {{BuildMethod: x}}}}}}")
    resources = found.stack.template["Resources"]
    assert resources == {"A": {"Type": "T", "Metadata": {"Team": "shop"}}, "B": {"Type": "T"}}


@pytest.mark.parametrize(
    ("more", "name"),
    [("", {"Ref": "AWS::StackName"}), ("Name: own, ", "own"), ("Name: !Ref AWS::Region, ", {"Ref": "AWS::Region"})],
)
def test_a_rest_api_says_the_name_that_its_title_is(more: str, name: object) -> None:
    body = "{info: {title: !Ref AWS::StackName}}"
    text = f"Resources: {{R: {{Type: AWS::ApiGateway::RestApi, Properties: {{{more}Body: {body}}}}}}}"
    assert properties(fill(text))["Name"] == name


def test_only_declared_parameters_are_given_to_the_stack() -> None:
    found = fill("Parameters: {A: {Type: String}}\nResources: {R: {Type: T}}", {"A": "1", "B": "2"})
    assert found.stack.parameters == {"A": "1"}
