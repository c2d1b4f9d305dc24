"""Which function is called."""

from pathlib import Path

import pytest

from localstack_lite.config.called import called, parts
from localstack_lite.config.integrations import Targets
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource
from localstack_lite.model.function import Code, Function
from tests.config.samples import stack_of

STACK = stack_of("""\
    Conditions: {Never: !Equals [a, b]}
    Resources:
      F: {Type: AWS::Lambda::Function, Properties: {FunctionName: hello}}
      Live: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref F, Name: live}}
      Queue: {Type: AWS::SQS::Queue}
      It:
        Type: X
        Properties: {List: [{a: 1}, 2, !If [Never, {b: 1}, {c: !Ref F}], !If [Never, 1, !Ref AWS::NoValue]]}
    """)
FUNCTIONS = {"F": Function("F", "hello", "python3.13", "a.b", Code(Path("/")))}
TARGETS = Targets(STACK, FUNCTIONS, {})
IT = Resource(STACK, "It")


@pytest.mark.parametrize(
    "arn",
    [
        {"Fn::GetAtt": ["F", "Arn"]},
        {"Ref": "Live"},
        "arn:aws:lambda:us-east-1:123456789012:function:hello",
        "arn:aws:lambda:us-east-1:123456789012:function:hello:live",
    ],
)
def test_a_function_is_found_by_its_arn_an_alias_or_a_version(arn):
    assert called(TARGETS, IT, arn, ("Arn",)) == "F"


@pytest.mark.parametrize("arn", [{"Fn::GetAtt": ["Queue", "Arn"]}, "arn:aws:states:us-east-1:1:stateMachine:s"])
def test_what_is_no_function_is_none(arn):
    assert called(TARGETS, IT, arn, ("Arn",)) is None


def test_a_function_that_is_not_in_the_project_is_refused_with_its_place():
    with pytest.raises(Refusal, match="function other is not in the project") as refusal:
        called(TARGETS, IT, "arn:aws:lambda:us-east-1:1:function:other", ("Arn",))
    assert refusal.value.path == ("Arn",)


def test_parts_are_the_mappings_that_are_there_behind_their_choices():
    assert list(parts(IT, "List")) == [{"a": 1}, {"c": {"Ref": "F"}}]
    assert list(parts(IT, "Other")) == []
