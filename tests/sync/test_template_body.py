"""A deployed template comes as a mapping, as JSON or as YAML."""

from __future__ import annotations

import pytest

from localstack_lite.sync.template_body import template_of

TEMPLATE = {"Resources": {"Jobs": {"Type": "AWS::SQS::Queue"}}}


def test_what_boto3_read_already_stays() -> None:
    assert template_of(TEMPLATE) == TEMPLATE


def test_json_text_is_read() -> None:
    assert template_of('{"Resources": {"Jobs": {"Type": "AWS::SQS::Queue"}}}') == TEMPLATE


def test_yaml_has_its_short_forms_written_out() -> None:
    text = """\
AWSTemplateFormatVersion: 2010-09-09
Conditions: {Big: !Equals [!Ref Size, big]}
Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Condition: Big
    Properties:
      QueueName: !Sub "${AWS::StackName}-jobs"
      Dead: !GetAtt Dead.Arn
      Map: !FindInMap [A, !Ref B, C]
      Inner: !If [Big, {Name: !Ref X}, !Ref "AWS::NoValue"]
"""
    assert template_of(text) == {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Conditions": {"Big": {"Fn::Equals": [{"Ref": "Size"}, "big"]}},
        "Resources": {
            "Jobs": {
                "Type": "AWS::SQS::Queue",
                "Condition": "Big",
                "Properties": {
                    "QueueName": {"Fn::Sub": "${AWS::StackName}-jobs"},
                    "Dead": {"Fn::GetAtt": ["Dead", "Arn"]},
                    "Map": {"Fn::FindInMap": ["A", {"Ref": "B"}, "C"]},
                    "Inner": {"Fn::If": ["Big", {"Name": {"Ref": "X"}}, {"Ref": "AWS::NoValue"}]},
                },
            }
        },
    }


@pytest.mark.parametrize("body", [None, "", "just words", "[1, 2]", "a: [", "!!python/object:os.system {}"])
def test_what_is_no_template_is_empty(body: str | None) -> None:
    assert template_of(body) == {}
