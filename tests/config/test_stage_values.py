"""A value is what the stage really has, or a LookupError; never something made up."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localstack_lite.config.stage_values import resolver
from localstack_lite.model.arn import ACCOUNT
from localstack_lite.model.blueprint import SLOT, Blueprint, StackBlueprint
from localstack_lite.ports import Resolve

STACK_ID = "arn:aws:cloudformation:eu-west-2:111122223333:stack/shop-dev/u-1"
CHILD_ID = "arn:aws:cloudformation:eu-west-2:111122223333:stack/shop-dev-Child-9/u-2"
OWN: dict[str, Any] = {
    "Parameters": {
        "Stage": {"Type": "String", "Default": "default"},
        "Names": {"Type": "CommaDelimitedList", "Default": "a,b"},
        "Secret": {"Type": "String", "NoEcho": True, "Default": "hidden"},
        "Stored": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/name"},
        "Bare": {"Type": "String"},
    },
    "Mappings": {"Sizes": {"dev": {"Memory": 256}}},
    "Conditions": {"IsDev": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]}, "IsProd": {"Fn::Not": [{"Condition": "IsDev"}]}},
    "Resources": {
        "Orders": {"Type": "AWS::Lambda::Function", "Properties": {"Code": {SLOT: "Orders"}}},
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"Path": "/team/"}},
        "Table": {"Type": "AWS::DynamoDB::Table"},
        "New": {"Type": "AWS::SQS::Queue"},
        "Prod": {"Type": "AWS::SQS::Queue", "Condition": "IsProd"},
        "Child": {
            "Type": "AWS::CloudFormation::Stack",
            "Properties": {
                "Parameters": {
                    "Function": {"Fn::GetAtt": ["Orders", "Arn"]},
                    "List": {"Ref": "Names"},
                    "Queue": {"Ref": "New"},
                    "Own": {"Fn::GetAtt": ["Child", "Outputs.Given"]},
                }
            },
        },
        "Far": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://x"}},
    },
}
CHILD: dict[str, Any] = {
    "Parameters": {name: {"Type": "String", "Default": "made up"} for name in ("Function", "List", "Queue", "Own")},
    "Conditions": {"Never": {"Fn::Equals": [1, 2]}},
    "Resources": {"Kid": {"Type": "AWS::Lambda::Function"}},
    "Outputs": {
        "Name": {"Value": {"Ref": "Kid"}},
        "Given": {"Value": {"Ref": "Own"}},
        "None": {"Value": "x", "Condition": "Never"},
    },
}
BLUEPRINT = Blueprint((StackBlueprint("", OWN, {"Stage": "dev"}), StackBlueprint("Child/", CHILD)))
RESOURCES = [
    ("Orders", "AWS::Lambda::Function", "shop-dev-Orders-1"),
    ("Role", "AWS::IAM::Role", "shop-dev-Role-1"),
    ("Table", "AWS::DynamoDB::Table", "shop-dev-Table-1"),
    ("Child", "AWS::CloudFormation::Stack", CHILD_ID),
    ("Far", "AWS::CloudFormation::Stack", CHILD_ID),
    ("Child/Kid", "AWS::Lambda::Function", "shop-dev-Kid-1"),
]
ORDERS = "arn:aws:lambda:eu-west-2:111122223333:function:shop-dev-Orders-1"


def resolve_with(**changes: Any) -> Resolve:
    known: dict[str, Any] = {
        "region": "eu-west-2",
        "account": "111122223333",
        "stack_name": "shop-dev",
        "stack_id": STACK_ID,
    }
    return resolver(BLUEPRINT, RESOURCES, **{**known, **changes})


RESOLVE = resolve_with()


@pytest.mark.parametrize(
    ("path", "value", "answer"),
    [
        ("", "plain", "plain"),
        ("", {"Ref": "Orders"}, "shop-dev-Orders-1"),
        ("", {"Fn::GetAtt": ["Orders", "Arn"]}, ORDERS),
        ("", {"Fn::GetAtt": "Table.Arn"}, "arn:aws:dynamodb:eu-west-2:111122223333:table/shop-dev-Table-1"),
        ("", {"Ref": "Stage"}, "dev"),
        ("", {"Ref": "Names"}, ["a", "b"]),
        ("", {"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "Memory"]}, 256),
        ("", {"Fn::If": ["IsProd", {"Ref": "Prod"}, "small"]}, "small"),
        ("", {"A": {"Fn::If": ["IsDev", {"Ref": "AWS::NoValue"}, 1]}, "B": 2}, {"B": 2}),
        ("", {"Ref": "AWS::NoValue"}, None),
        ("", {"Fn::Join": ["-", [{"Ref": "AWS::Region"}, {"Ref": "AWS::AccountId"}]]}, "eu-west-2-111122223333"),
        ("", {"Fn::Sub": "${AWS::StackName} ${AWS::StackId} ${AWS::Partition}"}, f"shop-dev {STACK_ID} aws"),
        ("", {SLOT: "Orders"}, {SLOT: "Orders"}),
        ("", {"Fn::GetAtt": ["Child", "Outputs.Name"]}, "shop-dev-Kid-1"),
        ("", {"Fn::Select": [1, {"Ref": "Names"}]}, "b"),
        ("Child/", {"Ref": "Function"}, ORDERS),
        ("Child/", {"Ref": "List"}, "a,b"),
        ("Child/", {"Ref": "AWS::StackName"}, "shop-dev-Child-9"),
        ("Child/", {"Ref": "AWS::StackId"}, CHILD_ID),
    ],
)
def test_a_value_is_what_the_stage_has(path: str, value: object, answer: object) -> None:
    assert RESOLVE(path, value) == answer


def test_the_address_of_an_integration_is_that_of_the_real_function() -> None:
    functions = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions"
    uri = {"Fn::Sub": functions + "/${Orders.Arn}/invocations"}
    body = {"paths": {"/x": {"get": {"x-amazon-apigateway-integration": {"uri": uri}}}}}
    found: Any = RESOLVE("", body)
    integration = found["paths"]["/x"]["get"]["x-amazon-apigateway-integration"]
    assert integration["uri"] == f"arn:aws:apigateway:eu-west-2:lambda:path/2015-03-31/functions/{ORDERS}/invocations"


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        ("", {"Ref": "New"}, "not in the stack yet"),
        ("", {"Ref": "Prod"}, "does not exist"),
        ("", {"Ref": "Nobody"}, "no parameter or resource"),
        ("", {"Fn::GetAtt": ["Role", "Arn"]}, "known only in the cloud"),
        ("", {"Fn::GetAtt": ["Table", "StreamArn"]}, "known only in the cloud"),
        ("", {"Ref": "Secret"}, "secret"),
        ("", {"Fn::Sub": "x${Stored}"}, "Parameter Store"),
        ("", {"Ref": "Bare"}, "no default and no value"),
        ("", {"Fn::ImportValue": "x"}, "another stack's value"),
        ("", {"Fn::GetAZs": ""}, "zones"),
        ("", {"Ref": "AWS::NotificationARNs"}, "only AWS knows"),
        ("", {"Fn::Transform": {"Name": "Mine"}}, "runs only in CloudFormation"),
        ("", ["x", {"k": "{{resolve:secretsmanager:x}}"}], "dynamic reference"),
        ("", {"Fn::GetAtt": ["Child", "Outputs.None"]}, "no output"),
        ("", {"Fn::GetAtt": ["Child", "Outputs.Given"]}, "circular"),
        ("", {"Fn::GetAtt": ["Far", "Outputs.X"]}, "is not here"),
        ("Child/", {"Ref": "Queue"}, "not in the stack yet"),
        ("Gone/", "x", "there is no stack"),
    ],
)
def test_what_only_cloudformation_knows_is_a_lookup_error_with_the_reason(path: str, value: object, why: str) -> None:
    with pytest.raises(LookupError, match=why) as caught:
        RESOLVE(path, value)
    assert type(caught.value) is LookupError


def test_a_parameter_that_the_stage_does_not_give_is_what_the_stack_kept() -> None:
    resolve = resolve_with(kept={"Stage": "old", "Bare": "kept", "Secret": "****", "Names": "x"})
    assert [resolve("", {"Ref": name}) for name in ("Stage", "Bare", "Names")] == ["dev", "kept", ["x"]]
    with pytest.raises(LookupError, match="secret"):
        resolve("", {"Ref": "Secret"})


def test_a_stack_that_is_not_there_has_no_id() -> None:
    with pytest.raises(LookupError, match="not there yet"):
        resolve_with(stack_id="")("", {"Ref": "AWS::StackId"})


PSEUDO = ("AWS::Region", "AWS::StackId", "AWS::AccountId", "AWS::NoValue")
NAMES = st.sampled_from(
    [*OWN["Resources"], *OWN["Parameters"], *OWN["Conditions"], *CHILD["Parameters"], *PSEUDO, "Kid", "Arn", ""]
)
TEXTS = NAMES.map(lambda name: f"${{{name}.Arn}} ${{{name}}}")
CALLS = (
    *("Ref", "Fn::GetAtt", "Fn::Sub", "Fn::If", "Fn::Join", "Fn::Select", "Fn::FindInMap", "Fn::GetAZs", "Fn::Equals"),
    *("Fn::Split", "Fn::Base64", "Fn::Length", "Fn::ToJsonString", "Fn::ImportValue", "Fn::Transform", "Condition"),
)
VALUES = st.recursive(
    st.one_of(NAMES, TEXTS, st.none(), st.booleans(), st.integers(-9, 9)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(["a", SLOT, *CALLS]), inner, max_size=2),
        st.tuples(st.sampled_from(CALLS), inner).map(lambda call: {call[0]: call[1]}),
        st.lists(NAMES, min_size=2, max_size=2).map(lambda pair: {"Fn::GetAtt": pair}),
    ),
    max_leaves=12,
)
#: What stand-ins of config/standins.py and of the defaults would look like.
MADE_UP = (ACCOUNT, "us-east-1", "made up", "hidden", "eu-west-2a", "stack/devserve", "/stream/")


@settings(max_examples=300, deadline=None)
@given(VALUES, st.sampled_from(["", "Child/"]))
def test_no_value_ever_has_a_stand_in_in_it_or_raises_anything_else(value: object, path: str) -> None:
    try:
        found = RESOLVE(path, value)
    except (KeyError, IndexError):  # these are lookup errors too, and a mistake of ours
        raise
    except LookupError:
        return
    assert not [text for text in MADE_UP if text in repr(found)]
