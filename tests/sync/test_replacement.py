"""Whether CloudFormation replaces what changes."""

from __future__ import annotations

import pytest

from localstack_lite.sync.replacement import replacement


@pytest.mark.parametrize(
    ("type", "properties", "expected"),
    [
        ("AWS::Lambda::Function", ["MemorySize"], "no"),
        ("AWS::Lambda::Function", ["MemorySize", "FunctionName"], "yes"),
        ("AWS::Lambda::LayerVersion", ["Content"], "yes"),
        ("AWS::Lambda::Permission", ["SourceArn"], "yes"),
        ("AWS::DynamoDB::Table", ["BillingMode"], "no"),
        ("AWS::DynamoDB::Table", ["KeySchema"], "yes"),
        ("AWS::IAM::Role", ["RoleName"], "yes"),
        ("AWS::S3::Bucket", ["BucketName"], "yes"),
        ("AWS::SQS::Queue", ["QueueName"], "yes"),
        ("AWS::ApiGateway::RestApi", ["Body"], "no"),
        ("AWS::Unheard::Of", ["Any"], "maybe"),
        ("Custom::Thing", ["Any"], "maybe"),
    ],
)
def test_replacement_is_what_the_reference_says(type: str, properties: list[str], expected: str) -> None:
    assert replacement(type, properties) == expected
