"""Template values compared by meaning, and what they refer to."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.model.blueprint import SLOT
from localstack_lite.sync.values import digest, intrinsic, names, normal, pieces_in, renamed, same, slot

LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5))
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(max_size=3), inner, max_size=3),
        st.builds(lambda name: {"Ref": name}, st.text(max_size=3)),
        st.builds(lambda name: {"Fn::GetAtt": [name, "Arn"]}, st.text(max_size=3)),
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (128, "128"),
        (128.0, "128"),
        (True, "true"),
        (False, "false"),
        ({"a": 1, "b": 2}, {"b": "2", "a": "1"}),
        ({"a": 1, "b": None}, {"a": 1}),
        ({"Fn::GetAtt": "Table.Arn"}, {"Fn::GetAtt": ["Table", "Arn"]}),
        ({"Fn::GetAtt": "Child.Outputs.Url"}, {"Fn::GetAtt": ["Child", "Outputs.Url"]}),
        ({"Fn::Sub": ["${A}", {}]}, {"Fn::Sub": "${A}"}),
    ],
)
def test_values_that_cloudformation_takes_for_one_are_the_same(one: Any, other: Any) -> None:
    assert same(one, other)
    assert digest(one) == digest(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 2),
        ("True", True),
        ([1, 2], [2, 1]),
        ({"Ref": "A"}, "A"),
        ({"a": 1}, {"a": 1, "b": 1}),
        ([], None),
        ("", None),
    ],
)
def test_values_that_differ_are_not_the_same(one: Any, other: Any) -> None:
    assert not same(one, other)
    assert digest(one) != digest(other)


def test_all_that_a_value_refers_to_is_named() -> None:
    value = [
        {"Ref": "A"},
        {"Fn::GetAtt": ["B", "Arn"]},
        {"Fn::GetAtt": "C.Arn"},
        {"Fn::Sub": "x${D}y${E.Arn}${!Not}${AWS::Region}"},
        {"Fn::Sub": ["${F}${own}", {"own": {"Ref": "G"}}]},
        {"Fn::If": ["H", {"Ref": "I"}, "plain"]},
        {"Fn::FindInMap": ["J", {"Ref": "K"}, "x"]},
        {"Fn::Join": ["", [{"Ref": "L"}]]},
    ]
    assert list(names(value)) == ["A", "B", "C", "D", "E", "AWS::Region", "F", "G", "H", "I", "J", "K", "L"]


def test_references_follow_a_new_name_and_nothing_else_does() -> None:
    value = {
        "DependsOn": ["Old", "Other"],
        "Old": "Old",
        "x": [{"Ref": "Old"}, {"Fn::GetAtt": ["Old", "Version"]}, {"Fn::GetAtt": "Old.Version"}],
        "y": {"Fn::Sub": "Old ${Old} ${Old.Arn} ${Older}"},
        "z": {"Fn::Sub": ["${Old} ${New}", {"Old": "own", "New": {"Ref": "Old"}}]},
    }
    assert renamed(value, {"Old": "New"}) == {
        "DependsOn": ["New", "Other"],
        "Old": "Old",
        "x": [{"Ref": "New"}, {"Fn::GetAtt": ["New", "Version"]}, {"Fn::GetAtt": "New.Version"}],
        "y": {"Fn::Sub": "Old ${New} ${New.Arn} ${Older}"},
        "z": {"Fn::Sub": ["${Old} ${New}", {"Old": "own", "New": {"Ref": "New"}}]},
    }


def test_slots_are_found_where_they_stand() -> None:
    template = {"Code": {SLOT: "Orders"}, "List": [{"Content": {SLOT: "Child/Layer"}}], "Other": {"Ref": "Orders"}}
    assert list(pieces_in(template)) == ["Orders", "Child/Layer"]
    assert slot(template["Code"]) == "Orders"
    assert slot(template["Other"]) == slot("Orders") == slot(None) == ""


def test_an_intrinsic_is_known_by_its_name() -> None:
    assert intrinsic({"Ref": "A"})
    assert intrinsic({"Fn::If": []})
    assert not intrinsic({"Variables": {}})
    assert not intrinsic({"Ref": "A", "Other": 1})


@given(VALUES)
def test_the_normal_form_is_its_own_normal_form(value: Any) -> None:
    assert normal(normal(value)) == normal(value)
    assert same(value, normal(value))


@given(VALUES)
def test_renaming_and_back_changes_no_meaning(value: Any) -> None:
    assert same(renamed(renamed(value, {"a": "zz9"}), {"zz9": "a"}), value) or "zz9" in names(value)
