from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localstack_lite.config.intrinsics import NO_VALUE, Resolver, Scope
from localstack_lite.config.parameters import Place, read_parameters
from localstack_lite.config.refusal import Refusal

SCOPE = Scope(
    parameters=read_parameters(
        {
            "Stage": {"Type": "String", "Default": "dev"},
            "Names": {"Type": "CommaDelimitedList", "Default": "a,b"},
            "Lost": {"Type": "String"},
        },
        {},
    ),
    place=Place("eu-west-2", "111122223333", "shop"),
    mappings={"Sizes": {"dev": {"Memory": 128, "Zones": ["a", "b"]}}},
    conditions={
        "IsDev": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]},
        "IsProd": {"Fn::Not": [{"Condition": "IsDev"}]},
        "Both": {"Fn::And": [{"Condition": "IsDev"}, {"Condition": "IsProd"}]},
        "Either": {"Fn::Or": [{"Condition": "IsDev"}, {"Condition": "IsProd"}]},
        "Egg": {"Condition": "Hen"},
        "Hen": {"Condition": "Egg"},
        "Odd": "perhaps",
    },
    resources={
        "Hello": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": {"Fn::Sub": "${Stage}-hello"}}},
        "Plain": {"Type": "AWS::Lambda::Function"},
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": "orders"}},
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {}},
        "OnlyProd": {"Type": "AWS::SQS::Queue", "Condition": "IsProd"},
        "A": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "B"}}},
        "B": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "A"}}},
        "Live": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "Hello"}, "Name": "live"}},
        "Broken": "nonsense",
    },
)
ARN = "arn:aws:lambda:eu-west-2:111122223333:function:dev-hello"


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ("text", "text"),
        (5, 5),
        (None, None),
        ({"a": [{"Ref": "Stage"}]}, {"a": ["dev"]}),
        ({"Ref": "Stage"}, "dev"),
        ({"Ref": "Names"}, ["a", "b"]),
        ({"Ref": "AWS::Region"}, "eu-west-2"),
        ({"Ref": "AWS::AccountId"}, "111122223333"),
        ({"Ref": "AWS::StackName"}, "shop"),
        ({"Ref": "AWS::Partition"}, "aws"),
        ({"Ref": "AWS::URLSuffix"}, "amazonaws.com"),
        ({"Ref": "Hello"}, "dev-hello"),
        ({"Ref": "Plain"}, "Plain"),
        ({"Ref": "Table"}, "orders"),
        ({"Ref": "Queue"}, "https://sqs.eu-west-2.amazonaws.com/111122223333/Queue"),
        ({"Ref": "Live"}, "dev-hello:live"),
        ({"Ref": "Broken"}, "Broken"),
        ({"Fn::GetAtt": ["Hello", "Arn"]}, ARN),
        ({"Fn::GetAtt": "Hello.Arn"}, ARN),
        ({"Fn::Sub": "x-${Stage}-${Hello.Arn}-${!Stage}-${AWS::Region}"}, f"x-dev-{ARN}-${{Stage}}-eu-west-2"),
        ({"Fn::Sub": ["${A}-${Stage}", {"A": {"Ref": "AWS::Region"}}]}, "eu-west-2-dev"),
        ({"Fn::Sub": "nothing"}, "nothing"),
        ({"Fn::Join": ["/", {"Ref": "Names"}]}, "a/b"),
        ({"Fn::Select": [1, {"Ref": "Names"}]}, "b"),
        ({"Fn::Split": ["-", {"Fn::Sub": "${Stage}-x"}]}, ["dev", "x"]),
        ({"Fn::Base64": {"Ref": "Stage"}}, "ZGV2"),
        ({"Fn::GetAZs": ""}, ["eu-west-2a", "eu-west-2b", "eu-west-2c"]),
        ({"Fn::GetAZs": {"Ref": "AWS::Region"}}, ["eu-west-2a", "eu-west-2b", "eu-west-2c"]),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "Memory"]}, 128),
        ({"Fn::FindInMap": ["Sizes", "dev", "Zones"]}, ["a", "b"]),
        ({"Fn::FindInMap": ["Sizes", "test", "Memory", {"DefaultValue": {"Ref": "Stage"}}]}, "dev"),
        ({"Fn::If": ["IsDev", "yes", {"Ref": "Nobody"}]}, "yes"),
        ({"Fn::If": ["IsProd", {"Ref": "Nobody"}, {"Ref": "Stage"}]}, "dev"),
        ({"Fn::Equals": [{"Ref": "Stage"}, "dev"]}, True),
        ({"Fn::Equals": [True, "true"]}, True),
        ({"Fn::If": [{"Fn::Equals": [1, "2"]}, 1, 2]}, 2),
        ({"a": {"Ref": "AWS::NoValue"}, "b": 1}, {"b": 1}),
        ([1, {"Fn::If": ["IsDev", {"Ref": "AWS::NoValue"}, 2]}], [1]),
        ({"Ref": "AWS::NoValue"}, NO_VALUE),
        (
            {"Effect": "Allow", "Condition": {"Bool": {"x": "true"}}},
            {"Effect": "Allow", "Condition": {"Bool": {"x": "true"}}},
        ),
    ],
)
def test_resolve(value, result):
    assert Resolver(SCOPE).resolve(value) == result


@pytest.mark.parametrize(
    ("value", "what", "hint"),
    [
        ({"Ref": "Satge"}, "no parameter or resource Satge", "did you mean Stage?"),
        ({"Ref": "Lost"}, "parameter Lost has no default", "--parameter-overrides Lost="),
        ({"Ref": "OnlyProd"}, "its condition IsProd does not hold", ""),
        ({"Ref": ["x"]}, "a list, not text", ""),
        ({"Ref": "A"}, "circular reference: A → B → A", "break the circle"),
        ({"Fn::GetAtt": ["A", "Arn"]}, "circular reference", ""),
        ({"Fn::GetAtt": ["Hello"]}, "1 arguments", ""),
        ({"Fn::GetAtt": ["Hallo", "Arn"]}, "no parameter or resource Hallo", "did you mean Hello?"),
        ({"Fn::Sub": "${Nobody}"}, "Nobody", ""),
        ({"Fn::Sub": "${Names}"}, "Names in Fn::Sub is a list", ""),
        ({"Fn::Sub": ["${X}", ["x"]]}, "not a mapping", ""),
        ({"Fn::FindInMap": ["Sizes", "prod", "Memory"]}, "Sizes has no key prod", ""),
        ({"Fn::FindInMap": ["Size", "dev", "Memory"]}, "Mappings has no key Size", "did you mean Sizes?"),
        ({"Fn::ImportValue": "vpc"}, "another stack's value", "--env-vars"),
        ({"Fn::Transform": {"Name": "Mine"}}, "macro Mine", ""),
        ({"Fn::Jion": []}, "no function Fn::Jion", "did you mean Fn::Join?"),
        ({"Fn::If": ["Nope", 1, 2]}, "no condition Nope", ""),
        ({"Fn::If": ["Egg", 1, 2]}, "circular reference: condition Egg → condition Hen → condition Egg", ""),
        ({"Fn::If": ["Odd", 1, 2]}, "neither true nor false", ""),
        ({"Fn::If": ["IsDev", 1]}, "2 arguments", ""),
    ],
)
def test_what_cannot_be_resolved_says_why(value, what, hint):
    with pytest.raises(Refusal) as caught:
        Resolver(SCOPE).resolve(value)
    assert what in caught.value.what
    assert hint in caught.value.hint


@pytest.mark.parametrize(("name", "holds"), [("IsDev", True), ("IsProd", False), ("Both", False), ("Either", True)])
def test_conditions(name, holds):
    assert Resolver(SCOPE).condition(name) is holds


def test_an_attribute_that_nobody_knows_gets_a_stand_in_and_a_note():
    resolver = Resolver(SCOPE)
    assert resolver.resolve({"Fn::GetAtt": ["Table", "Secret"]}) == "Table.Secret"
    assert "Secret of Table" in resolver.notes[0][0]


def test_head_makes_only_the_outermost_choice():
    inner = {"x": {"Ref": "Nobody"}}
    assert Resolver(SCOPE).head({"Fn::If": ["IsDev", inner, 1]}) == inner


def test_a_deep_nest_is_refused_not_a_recursion_error():
    value: object = "x"
    for _ in range(2000):
        value = [value]
    with pytest.raises(Refusal, match="too deep"):
        Resolver(SCOPE).resolve(value)


def test_conditions_that_multiply_are_refused_in_time():
    conditions = {"C0": {"Fn::Equals": [1, 1]}}
    for n in range(1, 60):
        conditions[f"C{n}"] = {"Fn::And": [{"Condition": f"C{n - 1}"}] * 2}
    with pytest.raises(Refusal):
        Resolver(Scope(conditions=conditions)).condition("C59")


NAMES = st.sampled_from(
    [*SCOPE.resources, "Stage", "Names", "Lost", "Nobody", "AWS::NoValue", "AWS::Region", "IsDev", "Egg"]
)
FUNCTIONS = st.sampled_from(
    [
        *("Ref", "Condition", "Fn::GetAtt", "Fn::Sub", "Fn::Join", "Fn::Select", "Fn::Split", "Fn::If", "Fn::Equals"),
        *("Fn::And", "Fn::Or", "Fn::Not", "Fn::FindInMap", "Fn::Base64", "Fn::GetAZs", "Fn::Cidr", "Fn::ImportValue"),
        *("Fn::Transform", "Fn::Length", "Fn::ToJsonString", "Fn::Unheard"),
    ]
)
LEAVES = st.one_of(
    NAMES, st.none(), st.booleans(), st.integers(-3, 300), st.text(max_size=4), NAMES.map(lambda n: "${" + n + ".Arn}")
)
NESTS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(FUNCTIONS, inner, min_size=1, max_size=1),
        st.tuples(FUNCTIONS, st.lists(inner, min_size=2, max_size=3)).map(lambda call: {call[0]: call[1]}),
        st.dictionaries(st.text(max_size=3), inner, max_size=3),
    ),
    max_leaves=12,
)


@given(NESTS, NESTS, NESTS)
@settings(max_examples=150, deadline=None)
def test_any_nest_is_a_value_or_a_refusal(value, condition, name):
    scope = Scope(
        SCOPE.parameters,
        SCOPE.place,
        {"Sizes": condition},
        {**SCOPE.conditions, "IsDev": condition},
        {**SCOPE.resources, "Hello": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": name}}},
    )
    with suppress(Refusal):  # anything else would fail the test
        Resolver(scope).resolve(value)


class Known:
    def ref(self, logical_id, kind):
        return f"real {logical_id} of {kind}"

    def get_att(self, logical_id, kind, attribute, prop):
        return f"real {attribute} {prop('QueueName')}"


def test_where_somebody_knows_the_resources_nothing_is_made_up():
    resources = {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "AWS::Region"}}}}
    resolver = Resolver(Scope(place=Place("eu-west-2"), resources=resources, known=Known()))
    assert resolver.resolve({"Fn::Sub": "${Q} ${Q.Arn}"}) == "real Q of AWS::SQS::Queue real Arn eu-west-2"
    with pytest.raises(Refusal, match="zones"):
        resolver.resolve({"Fn::GetAZs": ""})
