import pytest

from localstack_lite.config.parameters import Place
from localstack_lite.config.standins import get_att, ref

PLACE = Place("eu-west-2", "111122223333")
PROPERTIES = {"FunctionName": "hello", "Name": "live", "TargetFunctionArn": "hello"}


def prop(name):
    return PROPERTIES.get(name, "")


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("AWS::Lambda::Function", "name"),
        ("AWS::S3::Bucket", "name"),
        ("AWS::DynamoDB::Table", "name"),
        ("AWS::SQS::Queue", "https://sqs.eu-west-2.amazonaws.com/111122223333/name"),
        ("AWS::SNS::Topic", "arn:aws:sns:eu-west-2:111122223333:name"),
        ("AWS::StepFunctions::StateMachine", "arn:aws:states:eu-west-2:111122223333:stateMachine:name"),
        ("AWS::ApiGateway::RestApi", "myapi"),
        ("AWS::Lambda::Alias", "hello:live"),
        ("AWS::Lambda::Version", "hello:1"),
        ("Custom::Thing", "name"),
    ],
)
def test_ref(kind, answer):
    assert ref(kind, "MyApi", "name", prop, PLACE) == answer


@pytest.mark.parametrize(
    ("kind", "attribute", "answer"),
    [
        ("AWS::Lambda::Function", "Arn", "arn:aws:lambda:eu-west-2:111122223333:function:name"),
        ("AWS::SQS::Queue", "Arn", "arn:aws:sqs:eu-west-2:111122223333:name"),
        ("AWS::SQS::Queue", "QueueName", "name"),
        ("AWS::SQS::Queue", "QueueUrl", "https://sqs.eu-west-2.amazonaws.com/111122223333/name"),
        ("AWS::SNS::Topic", "TopicArn", "arn:aws:sns:eu-west-2:111122223333:name"),
        ("AWS::S3::Bucket", "Arn", "arn:aws:s3:::name"),
        ("AWS::S3::Bucket", "RegionalDomainName", "name.s3.eu-west-2.amazonaws.com"),
        ("AWS::DynamoDB::Table", "Arn", "arn:aws:dynamodb:eu-west-2:111122223333:table/name"),
        ("AWS::IAM::Role", "Arn", "arn:aws:iam::111122223333:role/name"),
        ("AWS::ApiGatewayV2::Api", "ApiEndpoint", "https://myapi.execute-api.eu-west-2.amazonaws.com"),
        ("AWS::Lambda::Version", "Version", "1"),
        ("Custom::Thing", "Secret", None),
        ("AWS::RDS::DBInstance", "Endpoint.Address", None),
    ],
)
def test_get_att(kind, attribute, answer):
    assert get_att(kind, "MyApi", "name", attribute, prop, PLACE) == answer


def test_arns_follow_the_partition():
    place = Place("us-gov-west-1", "1")
    assert (
        get_att("AWS::Lambda::Function", "F", "f", "Arn", prop, place)
        == "arn:aws-us-gov:lambda:us-gov-west-1:1:function:f"
    )
