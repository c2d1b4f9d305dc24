import pytest

from localstack_lite.config.dynamic import Unknown
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


STORED = {"P": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/name"}}


def store(**values):
    def look_up(references):
        return {r: values.get(r.name.strip("/"), Unknown("it is away")) for r in references}

    return look_up


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("String", "x", "x"),
        ("AWS::EC2::Image::Id", "ami-1", "ami-1"),
        ("List<String>", "a, b", ["a", "b"]),
        ("CommaDelimitedList", "a,b", ["a", "b"]),
    ],
)
def test_a_stored_parameter_has_the_value_that_its_name_leads_to(kind, value, expected):
    declared = {"P": {"Type": f"AWS::SSM::Parameter::Value<{kind}>", "Default": "/name"}}
    found = read_parameters(declared, {}, store(name=value))
    assert found.values == {"P": expected}
    assert found.stored == {"P"}


def test_an_override_of_a_stored_parameter_is_a_name_or_else_the_value():
    look_up = store(other="from the store")
    assert read_parameters(STORED, {"P": "/other"}, look_up).values == {"P": "from the store"}
    assert read_parameters(STORED, {"P": "given"}, look_up).values == {"P": "given"}
    assert read_parameters(STORED, {"P": "given"}).values == {"P": "given"}


def test_a_stored_parameter_that_is_not_known_says_why():
    reason = read_parameters(STORED, {}, store()).unusable["P"]
    assert reason.what == "the value of parameter P is in the SSM Parameter Store: it is away"
    assert reason.hint == "give it: --parameter-overrides P=..."


def test_what_is_stored_is_looked_up_only_when_it_is_used_and_never_shown():
    def nobody_is_asked(references):
        raise AssertionError

    assert "P" in read_parameters(STORED, {}, nobody_is_asked, used=["Q"]).unusable
    declared = {"P": {**STORED["P"], "AllowedValues": ["/name"]}}
    assert read_parameters(declared, {}, store(name="hush")).values == {"P": "hush"}
