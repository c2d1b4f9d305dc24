import pytest

from localstack_lite.config.parameters import Place, Unusable, pseudo, read_parameters


def value(declared, override=None):
    read = read_parameters({"P": declared}, {} if override is None else {"P": override})
    return read.values["P"] if "P" in read.values else read.unusable["P"]


@pytest.mark.parametrize(
    ("declared", "override", "expected"),
    [
        ({"Type": "String", "Default": "a"}, None, "a"),
        ({"Type": "String", "Default": ""}, None, ""),
        ({"Type": "String", "Default": "a"}, "b", "b"),
        ({"Type": "Number", "Default": 256}, None, "256"),
        ({"Type": "Number"}, "1.5", "1.5"),
        ({"Type": "String", "Default": True}, None, "true"),
        ({"Type": "CommaDelimitedList", "Default": "a, b,c"}, None, ["a", "b", "c"]),
        ({"Type": "CommaDelimitedList", "Default": ""}, None, []),
        ({"Type": "List<Number>", "Default": "1,2"}, None, ["1", "2"]),
        ({"Type": "AWS::EC2::VPC::Id"}, "vpc-1", "vpc-1"),
        ({"Type": "List<AWS::EC2::Subnet::Id>"}, "s-1,s-2", ["s-1", "s-2"]),
        ({"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/a/b"}, "here", "here"),
        ({"Type": "String", "AllowedPattern": "[a-z]+"}, "abc", "abc"),
        ({"Type": "String", "AllowedPattern": "(?<name>x)["}, "abc", "abc"),
    ],
)
def test_values(declared, override, expected):
    assert value(declared, override) == expected


@pytest.mark.parametrize(
    ("declared", "override", "says"),
    [
        ({"Type": "String"}, None, "no default"),
        ({"Type": "Number"}, "ten", "not a number"),
        ({"Type": "Number", "MinValue": 5}, "4", "MinValue is 5"),
        ({"Type": "Number", "MaxValue": 5}, "6", "MaxValue is 5"),
        ({"Type": "String", "AllowedValues": ["dev", "prod"]}, "tset", "allowed are dev, prod"),
        ({"Type": "String", "AllowedPattern": "[a-z]+"}, "A", "AllowedPattern"),
        ({"Type": "String", "MinLength": 3}, "ab", "MinLength is 3"),
        ({"Type": "List<Number>"}, "1,b", "not a number"),
        ({"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/a/b"}, None, "Parameter Store"),
    ],
)
def test_a_parameter_without_a_good_value_says_why_and_how_to_give_one(declared, override, says):
    reason = value(declared, override)
    assert isinstance(reason, Unusable)
    assert says in reason.what
    assert "--parameter-overrides P=" in reason.hint


def test_an_override_that_nobody_takes_is_told_with_the_near_miss():
    assert read_parameters({"Stage": {"Default": "x"}}, {"Stgae": "y"}).undeclared == {"Stgae": "did you mean Stage?"}


def test_pseudo_parameters_follow_the_place():
    found = pseudo(Place("cn-north-1", "111122223333", "shop"))
    assert found["AWS::Region"] == "cn-north-1"
    assert found["AWS::Partition"] == "aws-cn"
    assert found["AWS::URLSuffix"] == "amazonaws.com.cn"
    assert found["AWS::AccountId"] == "111122223333"
    assert found["AWS::StackName"] == "shop"


@pytest.mark.parametrize("section", [None, [], "x", {"P": None}, {"P": []}, {"P": {"Type": 3, "Default": [1]}}])
def test_an_odd_section_raises_nothing(section):
    read_parameters(section, {"Q": "1"})
