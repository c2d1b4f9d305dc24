"""What differs between two templates, and what does not."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.model.blueprint import SLOT, Blueprint, StackBlueprint
from localstack_lite.sync.changes import compare, tops
from localstack_lite.sync.steps import Change
from tests.sync.modelled_stage import alias, blueprint, function, layer

TABLE = {"Type": "AWS::DynamoDB::Table", "Properties": {"KeySchema": [{"AttributeName": "id"}]}}


def changed(new: dict[str, Any], old: dict[str, Any]) -> list[Change]:
    return list(compare(blueprint(new), {"": {"Resources": old}}))


def test_nothing_differs_from_itself_however_it_is_written() -> None:
    new = {"A": function("A", MemorySize=128, Environment={"Variables": {"X": True}})}
    old = {"A": function("A", Environment={"Variables": {"X": "true"}}, MemorySize="128")}
    assert changed(new, old) == []


def test_metadata_and_the_order_of_creation_are_no_change() -> None:
    told = {"Metadata": {"SamResourceId": "T", "aws:cdk:path": "a/b"}, "DependsOn": ["B"]}
    assert changed({"T": {**TABLE, **told}}, {"T": TABLE}) == []


def test_resources_come_and_go() -> None:
    assert changed({"New": TABLE}, {"Old": TABLE}) == [
        Change("New", "AWS::DynamoDB::Table", "add"),
        Change("Old", "AWS::DynamoDB::Table", "remove"),
    ]


def test_a_change_names_the_path_of_what_differs() -> None:
    new = function("A", MemorySize=256, Environment={"Variables": {"X": "1", "Y": "2"}}, Tags=[1])
    old = function("A", MemorySize=128, Environment={"Variables": {"X": "1", "Z": "2"}})
    (change,) = changed({"A": new}, {"A": old})
    assert change.properties == ("MemorySize", "Environment.Variables.Y", "Environment.Variables.Z", "Tags")
    assert (change.action, change.replacement) == ("modify", "no")
    assert tops(change) == {"MemorySize", "Environment", "Tags"}


def test_an_intrinsic_is_compared_as_a_whole() -> None:
    new = function("A", Environment={"Variables": {"X": {"Ref": "T"}}})
    old = function("A", Environment={"Variables": {"X": {"Fn::GetAtt": ["T", "Arn"]}}})
    (change,) = changed({"A": new}, {"A": old})
    assert change.properties == ("Environment.Variables.X",)


def test_a_new_key_replaces_a_table() -> None:
    (change,) = changed({"T": {**TABLE, "Properties": {"KeySchema": []}}}, {"T": TABLE})
    assert change == Change("T", "AWS::DynamoDB::Table", "modify", "yes", ("KeySchema",))


def test_attributes_beside_the_properties_are_changes_that_replace_nothing() -> None:
    (change,) = changed({"T": {**TABLE, "DeletionPolicy": "Retain", "Condition": "Prod"}}, {"T": TABLE})
    assert change == Change("T", "AWS::DynamoDB::Table", "modify", "no", ("@Condition", "@DeletionPolicy"))


def test_another_type_under_the_same_name_is_a_replacement() -> None:
    (change,) = changed({"T": {"Type": "AWS::SQS::Queue"}}, {"T": {"Type": "AWS::SNS::Topic"}})
    assert (change.properties, change.replacement) == (("@Type",), "yes")


def test_code_plays_no_role() -> None:
    assert changed({"A": function("A"), "L": layer("L")}, {"A": function("A"), "L": layer("L")}) == []


def test_a_version_under_another_hash_is_no_change() -> None:
    old = alias("A")
    old["AVersionffffffffff"] = old.pop("AVersion16cbcbe095")
    old["AAliaslive"]["Properties"]["FunctionVersion"] = {"Fn::GetAtt": ["AVersionffffffffff", "Version"]}
    assert changed({"A": function("A"), **alias("A")}, {"A": function("A"), **old}) == []


def test_sections_beside_the_resources_are_compared_too() -> None:
    new = blueprint(
        {},
        Parameters={"P": {"Type": "Number", "Default": 1}, "Q": {"Type": "String", "Default": "new"}},
        Outputs={"Url": {"Value": "b", "Description": "said differently"}, "Same": {"Value": 1, "Description": "x"}},
        Conditions={"C": {"Fn::Equals": ["a", "b"]}},
        Mappings={"M": {"a": {"b": "c"}}},
    )
    old = {
        "Resources": {},
        "Parameters": {"P": {"Type": "String", "Default": 1}, "Q": {"Type": "String", "Default": "old"}},
        "Outputs": {"Url": {"Value": "a"}, "Same": {"Value": "1"}, "Gone": {"Value": 1}},
        "Conditions": {"C": {"Fn::Equals": ["a", "c"]}},
    }
    assert list(compare(new, {"": old})) == [
        Change("P", "Parameter", "modify"),
        Change("M", "Mapping", "add"),
        Change("C", "Condition", "modify"),
        Change("Url", "Output", "modify"),
        Change("Gone", "Output", "remove"),
    ]


def test_what_is_in_a_nested_stack_has_its_path() -> None:
    parent = {
        "Resources": {"Child": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": {SLOT: "Child"}}}}
    }
    nested = StackBlueprint("Child/", {"Resources": {"A": function("Child/A", Timeout=9)}})
    both = Blueprint((StackBlueprint("", parent), nested))
    old = {"": parent, "Child/": {"Resources": {"A": function("Child/A")}}}
    assert [(change.id, change.properties) for change in compare(both, old)] == [("Child/A", ("Timeout",))]
    assert [change.id for change in compare(both, {})] == ["Child"]


RESOURCES = st.dictionaries(
    st.sampled_from("ABC"),
    st.builds(
        lambda kind, properties: {"Type": kind, "Properties": properties},
        st.sampled_from(["AWS::SQS::Queue", "AWS::Lambda::Function"]),
        st.dictionaries(st.sampled_from(["Name", "Size"]), st.integers(0, 2) | st.sampled_from(["x", "1"]), max_size=2),
    ),
)


@given(RESOURCES, RESOURCES)
def test_there_is_a_change_exactly_for_what_differs(new: dict[str, Any], old: dict[str, Any]) -> None:
    found = {change.id: change.action for change in changed(new, old)}
    assert {id for id, action in found.items() if action == "add"} == new.keys() - old.keys()
    assert {id for id, action in found.items() if action == "remove"} == old.keys() - new.keys()
    back = {change.id: tops(change) for change in changed(old, new)}
    assert all(back[change.id] == tops(change) for change in changed(new, old) if change.action == "modify")
    assert changed(new, new) == []
