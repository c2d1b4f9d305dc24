"""What else calls functions."""

from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.config.integrations import Targets
from localstack_lite.config.triggers import read_triggers
from localstack_lite.model.function import Code, Function
from localstack_lite.model.trigger import Service
from tests.config.samples import project_in, stack_of

FUNCTION = Function("F", "hello", "python3.13", "a.b", Code(Path("/")))
US = "us-east-1:123456789012"


def read(kind, properties):
    stack = stack_of(f"""\
        Resources:
          F: {{Type: AWS::Lambda::Function}}
          Queue: {{Type: AWS::SQS::Queue, Properties: {{QueueName: orders}}}}
          Table: {{Type: AWS::DynamoDB::Table}}
          Topic: {{Type: AWS::SNS::Topic}}
          It: {{Type: {kind}, Properties: {properties}}}
        """)
    return list(read_triggers(stack, Targets(stack, {"F": FUNCTION}, {}))), stack.found


def read_one(kind, properties):
    (trigger,), found = read(kind, properties)
    assert found == []
    assert trigger.function == "F"
    assert trigger.where == "template.yaml:6"
    return trigger


@pytest.mark.parametrize(
    ("arn", "service", "source"),
    [
        ("!GetAtt Queue.Arn", Service.SQS, f"arn:aws:sqs:{US}:orders"),
        (
            "!GetAtt Table.StreamArn",
            Service.DYNAMODB,
            f"arn:aws:dynamodb:{US}:table/Table/stream/2024-01-01T00:00:00.000",
        ),
        (f"'arn:aws:kinesis:{US}:stream/s'", Service.KINESIS, f"arn:aws:kinesis:{US}:stream/s"),
        (f"'arn:aws:kafka:{US}:cluster/c/1'", Service.OTHER, f"arn:aws:kafka:{US}:cluster/c/1"),
    ],
)
def test_an_event_source_mapping_is_of_the_service_that_its_arn_names(arn, service, source):
    trigger = read_one(
        "AWS::Lambda::EventSourceMapping", f"{{FunctionName: !Ref F, EventSourceArn: {arn}, BatchSize: 5}}"
    )
    assert (trigger.service, trigger.source, trigger.enabled) == (service, source, True)
    assert trigger.settings == {"BatchSize": 5}


def test_a_mapping_can_be_disabled():
    trigger = read_one(
        "AWS::Lambda::EventSourceMapping",
        "{FunctionName: !Ref F, EventSourceArn: !GetAtt Queue.Arn, Enabled: false}",
    )
    assert not trigger.enabled


def test_a_mapping_to_a_function_that_is_not_there_is_told():
    triggers, (problem,) = read(
        "AWS::Lambda::EventSourceMapping", "{FunctionName: nobody, EventSourceArn: !GetAtt Queue.Arn}"
    )
    assert triggers == []
    assert problem.what == "It: FunctionName: function nobody is not in the project"
    assert not problem.warning


def test_a_setting_that_cannot_be_known_is_told_and_missing():
    (trigger,), (problem,) = read(
        "AWS::Lambda::EventSourceMapping",
        "{FunctionName: !Ref F, EventSourceArn: !GetAtt Queue.Arn, BatchSize: !Ref Nothing, StartingPosition: LATEST}",
    )
    assert trigger.settings == {"StartingPosition": "LATEST"}
    assert problem.warning


def test_a_rule_with_a_pattern():
    trigger = read_one(
        "AWS::Events::Rule",
        "{Name: r, EventBusName: own, State: DISABLED, EventPattern: {source: [my.app]}, "
        "Targets: [{Id: a, Arn: !GetAtt F.Arn, Input: '1'}, {Id: q, Arn: !GetAtt Queue.Arn}]}",
    )
    assert (trigger.service, trigger.source, trigger.enabled) == (Service.EVENTBRIDGE, "own", False)
    assert trigger.settings == {"Rule": "r", "EventPattern": {"source": ["my.app"]}, "Input": "1"}


def test_a_rule_with_a_schedule_only_is_no_trigger():
    rule = "{ScheduleExpression: rate(1 hour), Targets: [{Id: a, Arn: !GetAtt F.Arn}]}"
    assert read("AWS::Events::Rule", rule) == ([], [])


def test_subscriptions_of_functions():
    trigger = read_one(
        "AWS::SNS::Subscription",
        "{Protocol: lambda, Endpoint: !GetAtt F.Arn, TopicArn: !Ref Topic, FilterPolicy: {a: [b]}}",
    )
    assert (trigger.service, trigger.source) == (Service.SNS, f"arn:aws:sns:{US}:Topic")
    assert trigger.settings == {"FilterPolicy": {"a": ["b"]}}
    topic = read_one(
        "AWS::SNS::Topic",
        "{Subscription: [{Protocol: email, Endpoint: a@b}, {Protocol: lambda, Endpoint: !GetAtt F.Arn}]}",
    )
    assert topic.source == f"arn:aws:sns:{US}:It"


def test_subscriptions_of_others_are_not_ours():
    assert read("AWS::SNS::Subscription", "{Protocol: email, Endpoint: a@b, TopicArn: !Ref Topic}") == ([], [])


def test_notifications_of_a_bucket():
    trigger = read_one(
        "AWS::S3::Bucket",
        "{BucketName: b, NotificationConfiguration: {LambdaConfigurations: [{Event: 's3:ObjectCreated:*', "
        "Function: !GetAtt F.Arn, Filter: {S3Key: {Rules: [{Name: suffix, Value: .jpg}]}}}]}}",
    )
    assert (trigger.service, trigger.source) == (Service.S3, "arn:aws:s3:::b")
    rules = {"S3Key": {"Rules": [{"Name": "suffix", "Value": ".jpg"}]}}
    assert trigger.settings == {"Events": ["s3:ObjectCreated:*"], "Filter": rules}


def test_notifications_as_cdk_declares_them():
    trigger = read_one(
        "Custom::S3BucketNotifications",
        "{BucketName: b, NotificationConfiguration: {LambdaFunctionConfigurations: "
        "[{Events: ['s3:ObjectRemoved:*'], LambdaFunctionArn: !GetAtt F.Arn}]}}",
    )
    assert (trigger.source, trigger.settings) == ("b", {"Events": ["s3:ObjectRemoved:*"]})


def test_log_subscriptions_and_user_pools():
    logs = read_one(
        "AWS::Logs::SubscriptionFilter", "{LogGroupName: /x, FilterPattern: '', DestinationArn: !GetAtt F.Arn}"
    )
    assert (logs.service, logs.source, logs.settings) == (Service.CLOUDWATCH_LOGS, "/x", {"FilterPattern": ""})
    pool = read_one("AWS::Cognito::UserPool", "{LambdaConfig: {PreSignUp: !GetAtt F.Arn}}")
    assert (pool.service, pool.settings) == (Service.COGNITO, {"Trigger": "PreSignUp"})


SAM = """\
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Bucket: {Type: AWS::S3::Bucket}
      Queue: {Type: AWS::SQS::Queue}
      Topic: {Type: AWS::SNS::Topic}
      Table: {Type: AWS::DynamoDB::Table, Properties: {StreamSpecification: {StreamViewType: NEW_IMAGE}}}
      Hello:
        Type: AWS::Serverless::Function
        Properties:
          Runtime: python3.13
          Handler: app.handler
          Events:
            A: {Type: CloudWatchEvent, Properties: {Pattern: {source: [aws.ec2]}}}
            B: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn, BatchSize: 5}}
            C: {Type: SNS, Properties: {Topic: !Ref Topic}}
            D: {Type: S3, Properties: {Bucket: !Ref Bucket, Events: 's3:ObjectCreated:*'}}
            E: {Type: DynamoDB, Properties: {Stream: !GetAtt Table.StreamArn, StartingPosition: LATEST}}
            F: {Type: Kinesis, Properties: {Stream: 'arn:aws:kinesis:us-east-1:1:stream/s', StartingPosition: LATEST}}
    """


def test_a_sam_template_has_its_triggers_through_the_whole_reader(tmp_path):
    project = project_in(tmp_path, {"template.yaml": SAM, "app.py": "def handler(event, context): ...\n"})
    assert {(one.service, one.function, one.where) for one in project.triggers} == {
        (Service.EVENTBRIDGE, "Hello", "template.yaml:13"),
        (Service.SQS, "Hello", "template.yaml:14"),
        (Service.SNS, "Hello", "template.yaml:15"),
        (Service.S3, "Hello", "template.yaml:3"),
        (Service.DYNAMODB, "Hello", "template.yaml:17"),
        (Service.KINESIS, "Hello", "template.yaml:18"),
    }
    assert project.schedules == ()
    assert project.problems == ()
