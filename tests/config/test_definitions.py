"""Files that a resource names are in the template as text; what cannot be had is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from localstack_lite.config.definitions import STATE_MACHINE, Definitions, files_named
from localstack_lite.errors import UserError
from localstack_lite.model.project import Problem

FILES = {
    "/p/flow.json": '\ufeff{"StartAt": ${First}}',
    "/p/flow.yaml": "StartAt: A\nStates: {A: {Type: Pass, End: true}}",
    "/p/bad.yaml": "a: [",
    "/p/schema.graphql": "type Query { a: Int }",
}


def text(path: Path) -> str:
    if str(path) not in FILES:
        raise UserError(str(path), "No such file", "look at the path")
    return FILES[str(path)]


def inlined(kind: str, **properties: Any) -> tuple[Any, list[Problem]]:
    found: list[Problem] = []
    resource = Definitions(Path("/p"), text).inlined(("t.yaml:3", "R"), {"Type": kind, "Properties": properties}, found)
    return resource["Properties"], found


def test_a_definition_in_json_is_taken_as_it_is_with_its_substitutions() -> None:
    made, found = inlined(STATE_MACHINE, DefinitionS3Location="flow.json", DefinitionSubstitutions={"First": "A"})
    assert (made, found) == (
        {"DefinitionString": '{"StartAt": ${First}}', "DefinitionSubstitutions": {"First": "A"}},
        [],
    )


def test_a_definition_in_yaml_becomes_json() -> None:
    made, _ = inlined(STATE_MACHINE, DefinitionS3Location="flow.yaml")
    assert json.loads(made["DefinitionString"]) == {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}


@pytest.mark.parametrize("path", ["gone.json", "bad.yaml"])
def test_a_definition_that_cannot_be_had_is_a_problem(path: str) -> None:
    made, (problem,) = inlined(STATE_MACHINE, DefinitionS3Location=path)
    assert "DefinitionS3Location" not in made
    assert problem.what.startswith("R: DefinitionS3Location: ")
    assert not problem.warning


def test_a_definition_in_a_bucket_is_named_as_cloudformation_wants_it() -> None:
    made, found = inlined(STATE_MACHINE, DefinitionS3Location="s3://b/k/x.json")
    assert (made, found) == ({"DefinitionS3Location": {"Bucket": "b", "Key": "k/x.json"}}, [])
    place = {"Bucket": "b", "Key": "k"}
    assert inlined(STATE_MACHINE, DefinitionS3Location=place) == ({"DefinitionS3Location": place}, [])


def test_a_schema_stands_in_the_template_too() -> None:
    made, _ = inlined("AWS::AppSync::GraphQLSchema", DefinitionS3Location="schema.graphql", ApiId="a")
    assert made == {"Definition": "type Query { a: Int }", "ApiId": "a"}


def test_a_local_file_that_has_to_be_in_a_bucket_is_a_problem() -> None:
    _, (problem,) = inlined("AWS::Glue::Job", Command={"ScriptLocation": "job.py"})
    assert problem.what == "R: Command.ScriptLocation is a local file, which is not uploaded by this version"
    assert inlined("AWS::Glue::Job", Command={"ScriptLocation": "s3://b/job.py"})[1] == []
    assert inlined("AWS::Glue::Job", Command={"ScriptLocation": {"Ref": "X"}})[1] == []


def test_the_files_that_a_template_names_are_known_without_reading_them() -> None:
    resources = {
        "Local": {"Type": STATE_MACHINE, "Properties": {"DefinitionS3Location": "gone.json"}},
        "Bucket": {"Type": STATE_MACHINE, "Properties": {"DefinitionS3Location": {"Bucket": "b", "Key": "k"}}},
        "Other": {"Type": "T", "Properties": {"DefinitionS3Location": "x"}},
        "Bare": {"Type": STATE_MACHINE},
        "Odd": "text",
    }
    assert list(files_named(resources, Path("/p"))) == [Path("/p/gone.json")]
