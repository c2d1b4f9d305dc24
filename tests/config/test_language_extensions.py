from textwrap import dedent

import pytest

from localstack_lite.config.intrinsics import Resolver, Scope
from localstack_lite.config.language_extensions import extended, extensions_used
from localstack_lite.config.parameters import read_parameters
from localstack_lite.config.yaml_cfn import parse

TEXT = """\
    Parameters:
      Stage: {Type: String, Default: dev}
    Mappings:
      M: {dev: {size: 1}}
    Resources:
      F:
        Type: T
        DeletionPolicy: %s
        Properties:
          Size: %s
    """


def extend(policy="Delete", size="1"):
    values = parse(dedent(TEXT % (policy, size)), "template.yaml").values
    scope = Scope(read_parameters(values["Parameters"], {}), mappings=values["Mappings"])
    return values, extended(values, lambda value: Resolver(scope).resolve(value))["Resources"]["F"]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("!FindInMap [M, !Ref Stage, size, {DefaultValue: 2}]", 1),
        ("!FindInMap [M, prod, size, {DefaultValue: 2}]", 2),
        ("!FindInMap [M, prod, size, {DefaultValue: !Ref Stage }]", "dev"),
        ("!FindInMap [M, prod, size, {DefaultValue: !Ref AWS::NoValue }]", {"Ref": "AWS::NoValue"}),
        ("[!FindInMap [No, prod, size, {DefaultValue: [a]}]]", [["a"]]),
        ("!FindInMap [M, !Ref Stage, size]", {"Fn::FindInMap": ["M", {"Ref": "Stage"}, "size"]}),
        # What cannot be decided yet is left to be told where it is needed.
        ("!FindInMap [M, !Ref R, size, {DefaultValue: 2}]", {"Fn::FindInMap": ["M", {"Ref": "R"}, "size"]}),
    ],
)
def test_the_default_value_of_a_map_is_taken_before_sam_sees_it(call, expected):
    _, resource = extend(size=call)
    assert resource["Properties"]["Size"] == expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("Retain", "Retain"), ("!Sub '${Stage}Retain'", "devRetain"), ("!Ref Nobody", None), ("!Ref AWS::NoValue", None)],
)
def test_a_policy_that_is_a_call_becomes_text_or_goes(policy, expected):
    _, resource = extend(policy)
    assert resource.get("DeletionPolicy") == expected


def test_a_resource_that_is_a_call_becomes_what_it_gives():
    call = {"Fn::FindInMap": ["No", "a", "b", {"DefaultValue": "text"}]}
    assert extended({"Resources": {"F": call}}, lambda value: "text")["Resources"] == {"F": "text"}


def test_a_template_that_needs_nothing_is_left_as_it_is():
    values, _ = extend()
    assert extended(values, lambda value: value) is values
    assert extended({"Resources": None}, lambda value: value) == {"Resources": None}


@pytest.mark.parametrize(
    ("value", "used"),
    [
        ("{'Fn::Length': [1]}", ("Fn::Length",)),
        ("{a: [{'Fn::ToJsonString': {}}]}", ("Fn::ToJsonString",)),
        ("!FindInMap [M, a, b, {DefaultValue: 1}]", ("the default value of Fn::FindInMap",)),
        ("{'Fn::ForEach::L': [N, [a], {'R${N}': 1}]}", ("Fn::ForEach",)),
        ("!FindInMap [M, a, b]", ()),
        ("'Fn::Length'", ()),
    ],
)
def test_what_needs_the_transform_is_found(value, used):
    assert extensions_used(parse(f"Resources: {{F: {value}}}", "template.yaml").values) == used


def test_what_cannot_be_known_stays_as_it_stands_for_cloudformation():
    resource = {
        "Type": "T",
        "DeletionPolicy": {"Ref": "Nobody"},
        "Properties": {
            "Open": {"Fn::FindInMap": ["M", {"Ref": "Nobody"}, "b", {"DefaultValue": 1}]},
            "Known": {"Fn::FindInMap": ["M", "a", "b", {"DefaultValue": 1}]},
            "Length": {"Fn::Length": [1, 2]},
            "Json": {"Fn::ToJsonString": {"a": {"Ref": "Nobody"}}},
        },
    }
    scope = Scope()
    made = extended({"Resources": {"R": resource}}, lambda value: Resolver(scope).resolve(value), keep=True)
    known = {**resource["Properties"], "Known": 1, "Length": 2}
    assert made["Resources"]["R"] == {**resource, "Properties": known}
