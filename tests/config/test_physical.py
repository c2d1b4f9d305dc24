"""A physical id answers what surely follows from it, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from localstack_lite.config.parameters import Place
from localstack_lite.config.physical import Physical
from localstack_lite.config.refusal import Refusal

PLACE = Place("eu-west-2", "111122223333", "shop")


def get_att(kind: str, physical: str, attribute: str, properties: Mapping[str, str] | None = None) -> str:
    given = properties or {}
    return Physical({"R": (kind, physical)}, PLACE).get_att("R", kind, attribute, lambda name: given.get(name, ""))


@pytest.mark.parametrize(
    ("kind", "physical", "attribute", "answer"),
    [
        ("AWS::Lambda::Function", "shop-F-1", "Arn", "arn:aws:lambda:eu-west-2:111122223333:function:shop-F-1"),
        ("AWS::IAM::Role", "shop-R-1", "Arn", "arn:aws:iam::111122223333:role/shop-R-1"),
        (
            "AWS::SQS::Queue",
            "https://sqs.eu-west-2.amazonaws.com/1/q.fifo",
            "Arn",
            "arn:aws:sqs:eu-west-2:111122223333:q.fifo",
        ),
        ("AWS::SQS::Queue", "https://sqs.eu-west-2.amazonaws.com/1/q.fifo", "QueueName", "q.fifo"),
        ("AWS::SNS::Topic", "arn:aws:sns:eu-west-2:1:t", "TopicName", "t"),
        ("AWS::SNS::Topic", "arn:aws:sns:eu-west-2:1:t", "TopicArn", "arn:aws:sns:eu-west-2:1:t"),
        ("AWS::DynamoDB::Table", "t", "Arn", "arn:aws:dynamodb:eu-west-2:111122223333:table/t"),
        ("AWS::S3::Bucket", "b", "Arn", "arn:aws:s3:::b"),
        ("AWS::S3::Bucket", "b", "RegionalDomainName", "b.s3.eu-west-2.amazonaws.com"),
        ("AWS::Lambda::Version", "arn:aws:lambda:eu-west-2:1:function:f:7", "Version", "7"),
        ("AWS::StepFunctions::StateMachine", "arn:aws:states:eu-west-2:1:stateMachine:m", "Name", "m"),
        ("AWS::ApiGatewayV2::Api", "abc", "ApiEndpoint", "https://abc.execute-api.eu-west-2.amazonaws.com"),
        ("AWS::ECR::Repository", "r", "RepositoryUri", "111122223333.dkr.ecr.eu-west-2.amazonaws.com/r"),
    ],
)
def test_an_attribute_that_follows_from_the_physical_id(kind: str, physical: str, attribute: str, answer: str) -> None:
    assert get_att(kind, physical, attribute) == answer


@pytest.mark.parametrize(
    ("kind", "attribute"),
    [
        ("AWS::DynamoDB::Table", "StreamArn"),
        ("AWS::ApiGateway::RestApi", "RootResourceId"),
        ("AWS::Lambda::Url", "FunctionUrl"),
        ("AWS::EC2::Instance", "PrivateIp"),
        ("Custom::Mine", "Arn"),
        ("AWS::S3::Bucket", "WebsiteURL"),
    ],
)
def test_an_attribute_that_only_aws_knows_is_refused(kind: str, attribute: str) -> None:
    with pytest.raises(Refusal, match="known only in the cloud"):
        get_att(kind, "physical", attribute)


def test_a_role_with_a_path_has_an_arn_that_its_name_does_not_say() -> None:
    assert get_att("AWS::IAM::Role", "r", "Arn", {"Path": "/"}).endswith("role/r")
    with pytest.raises(Refusal):
        get_att("AWS::IAM::Role", "r", "Arn", {"Path": "/team/"})
    with pytest.raises(Refusal):
        get_att("AWS::Events::Rule", "bus|r", "Arn", {"EventBusName": "bus"})


def test_a_resource_that_is_not_there_or_is_another_or_has_no_id_is_refused() -> None:
    known = Physical({"Empty": ("T", ""), "Other": ("U", "x"), "R": ("T", "x")}, PLACE)
    assert known.ref("R", "T") == "x"
    for name, why in (("New", "not in the stack yet"), ("Other", "still of the type U"), ("Empty", "no physical id")):
        with pytest.raises(Refusal, match=why):
            known.ref(name, "T")


def test_other_partitions_have_other_arns() -> None:
    known = Physical({"B": ("AWS::S3::Bucket", "b")}, Place("cn-north-1", "1", "s"))
    assert known.get_att("B", "AWS::S3::Bucket", "Arn", lambda name: "") == "arn:aws-cn:s3:::b"
