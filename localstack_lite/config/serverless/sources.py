"""Events of other services → event source mappings, subscriptions, notifications. Pure. Recorded with osls 3.77."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from localstack_lite.config.parameters import as_text
from localstack_lite.config.serverless.functions import ROLE
from localstack_lite.config.serverless.made import (
    Made,
    arn_of,
    as_list,
    as_mapping,
    joined,
    long_form,
    regional_arn,
)
from localstack_lite.config.serverless.names import function_id, normalized, permission_id, plain, source_name
from localstack_lite.config.yaml_cfn import KeyPath

_MAPPING = "AWS::Lambda::EventSourceMapping"
_QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_STREAM = ("GetRecords", "GetShardIterator", "DescribeStream", "ListStreams")
_DESTINATIONS = {"sns": ("sns:Publish",), "sqs": ("sqs:ListQueues", "sqs:SendMessage")}


def add_queue(made: Made, function: str, event: object, origin: KeyPath) -> None:
    said = long_form(event)
    arn = said.get("arn") if said else event
    properties = {
        "BatchSize": said.get("batchSize", 10),
        "MaximumBatchingWindowInSeconds": said.get("maximumBatchingWindow"),
        "EventSourceArn": arn,
        "FunctionName": arn_of(function),
        "Enabled": said.get("enabled", True),
        "FunctionResponseTypes": _one(said.get("functionResponseType")),
        "FilterCriteria": _filters(said.get("filterPatterns")),
        "ScalingConfig": _under("MaximumConcurrency", said.get("maximumConcurrency")),
    }
    logical_id = f"{normalized(function)}EventSourceMappingSQS{source_name(arn)}"
    made.add(logical_id, _MAPPING, properties, origin, DependsOn=[ROLE])
    made.right(_QUEUE, arn)


def add_stream(made: Made, function: str, event: object, origin: KeyPath) -> None:
    said = long_form(event)
    arn = said.get("arn") if said else event
    kind = as_text(said.get("type")) or ("kinesis" if ":kinesis:" in json.dumps(arn) else "dynamodb")
    failure = as_mapping(said.get("destinations")).get("onFailure")
    target = failure.get("arn", failure) if isinstance(failure, dict) else failure
    properties = {
        "BatchSize": said.get("batchSize", 10),
        "Enabled": said.get("enabled", True),
        "EventSourceArn": arn,
        "FunctionName": arn_of(function),
        "StartingPosition": said.get("startingPosition", "TRIM_HORIZON"),
        "StartingPositionTimestamp": said.get("startingPositionTimestamp"),
        "MaximumBatchingWindowInSeconds": said.get("batchWindow"),
        "ParallelizationFactor": said.get("parallelizationFactor"),
        "MaximumRetryAttempts": said.get("maximumRetryAttempts"),
        "MaximumRecordAgeInSeconds": said.get("maximumRecordAgeInSeconds"),
        "BisectBatchOnFunctionError": said.get("bisectBatchOnFunctionError"),
        "TumblingWindowInSeconds": said.get("tumblingWindowInSeconds"),
        "FunctionResponseTypes": _one(said.get("functionResponseType")),
        "FilterCriteria": _filters(said.get("filterPatterns")),
        "DestinationConfig": {"OnFailure": {"Destination": target}} if target is not None else None,
    }
    logical_id = f"{normalized(function)}EventSourceMapping{kind.capitalize()}{source_name(arn)}"
    made.add(logical_id, _MAPPING, properties, origin, DependsOn=[ROLE])
    made.right([f"{kind}:{action}" for action in _STREAM], arn)
    if target is not None:
        service = "sqs" if ":sqs:" in json.dumps(target) or as_text(as_mapping(failure).get("type")) == "sqs" else "sns"
        made.right(_DESTINATIONS[service], target)


def add_topic(made: Made, function: str, event: object, origin: KeyPath) -> None:
    said = long_form(event)
    named = as_text(said.get("topicName")) if said else event if isinstance(event, str) else ""
    arn = said.get("arn") if said else event if named.startswith("arn:") or not named else None
    if arn is None:
        _own_topic(made, function, named, said, origin)
        return
    topic = named if named and not named.startswith("arn:") else source_name(arn)
    properties = {
        "TopicArn": arn,
        "Protocol": "lambda",
        "Endpoint": arn_of(function),
        "FilterPolicy": said.get("filterPolicy"),
        "FilterPolicyScope": said.get("filterPolicyScope"),
        "RedrivePolicy": _redrive(said),
    }
    made.add(f"{normalized(function)}SnsSubscription{plain(topic)}", "AWS::SNS::Subscription", properties, origin)
    made.permission(function, f"{plain(topic)}SNS", "sns.amazonaws.com", origin, SourceArn=arn)


def _own_topic(made: Made, function: str, name: str, said: Mapping[str, Any], origin: KeyPath) -> None:
    """A topic by name is made, for all functions that name it."""
    logical_id = f"SNSTopic{plain(name)}"
    subscription = {"Endpoint": arn_of(function), "Protocol": "lambda"}
    if said.get("filterPolicy") is not None or _redrive(said) is not None:
        apart = {
            "TopicArn": {"Ref": logical_id},
            "Protocol": "lambda",
            "Endpoint": arn_of(function),
            "FilterPolicy": said.get("filterPolicy"),
            "RedrivePolicy": _redrive(said),
        }
        made.add(f"{normalized(function)}SnsSubscription{plain(name)}", "AWS::SNS::Subscription", apart, origin)
        listed: list[Any] = []
    else:
        listed = [subscription]
    if logical_id in made.resources:
        made.resources[logical_id]["Properties"].setdefault("Subscription", []).extend(listed)
    else:
        topic = {"TopicName": name, "DisplayName": said.get("displayName"), "Subscription": listed or None}
        made.add(logical_id, "AWS::SNS::Topic", topic, origin)
    source = regional_arn("sns", name)
    made.permission(function, f"{plain(name)}SNS", "sns.amazonaws.com", origin, SourceArn=source)


def add_bucket(made: Made, function: str, event: object, origin: KeyPath) -> None:
    """A bucket by name is made, unless `provider.s3` says how or it exists already: then only the framework's own
    custom resource could connect it."""
    said = long_form(event)
    name = said.get("bucket") if said else event
    if said.get("existing") is True:
        if made.deploying:
            what = (
                f"function {function}: notifications of the existing bucket {as_text(name)} are not set by this version"
            )
            made.tell(origin, what, "set them once with serverless deploy", normalized(function))
        configuration = _notification(function, said, said.get("event"))
        if not made.deploying:
            _bucket(made, as_text(name), name, [configuration], origin)
        return
    key = as_text(name)
    settings = as_mapping(as_mapping(made.service.provider.get("s3")).get(key))
    physical = settings.get("name", name)
    kinds = as_list(said.get("events", said.get("event"))) or ["s3:ObjectCreated:*"]
    _bucket(made, key, physical, [_notification(function, said, kind) for kind in kinds], origin, settings)
    source = joined("arn:", {"Ref": "AWS::Partition"}, ":s3:::", physical)
    made.permission(
        function,
        f"{plain(key)}S3",
        "s3.amazonaws.com",
        origin,
        SourceArn=source,
        SourceAccount={"Ref": "AWS::AccountId"},
    )
    waits = made.resources[f"S3Bucket{plain(key)}"].setdefault("DependsOn", [])
    if (permission := permission_id(function, f"{plain(key)}S3")) not in waits:
        waits.append(permission)


def _bucket(
    made: Made,
    key: str,
    name: object,
    notifications: list[Any],
    origin: KeyPath,
    settings: Mapping[str, Any] | None = None,
) -> None:
    logical_id = f"S3Bucket{plain(key)}"
    if logical_id not in made.resources:
        own = {k[:1].upper() + k[1:]: v for k, v in (settings or {}).items() if k != "name"}
        configuration: dict[str, Any] = {"LambdaConfigurations": []}
        properties = {"BucketName": name, **own, "NotificationConfiguration": configuration}
        made.add(logical_id, "AWS::S3::Bucket", properties, origin)
    known = made.resources[logical_id]["Properties"]["NotificationConfiguration"]
    known["LambdaConfigurations"] += notifications


def _notification(function: str, said: Mapping[str, Any], kind: object) -> dict[str, Any]:
    rules = [
        {"Name": str(name), "Value": value}
        for rule in as_list(said.get("rules"))
        for name, value in as_mapping(rule).items()
    ]
    return {
        "Event": kind or "s3:ObjectCreated:*",
        "Function": arn_of(function),
        **({"Filter": {"S3Key": {"Rules": rules}}} if rules else {}),
    }


def add_log(made: Made, function: str, event: object, origin: KeyPath, number: int) -> None:
    """`number` counts the function's events of this kind from 1."""
    said = long_form(event)
    rest = "LogsSubscriptionFilterCloudWatchLog"
    principal = joined("logs.", {"Ref": "AWS::Region"}, ".amazonaws.com")
    made.permission(function, rest, principal, origin, SourceArn=regional_arn("logs", "log-group:*:*"))
    properties = {
        "LogGroupName": said.get("logGroup") if said else event,
        "FilterPattern": said.get("filter", ""),
        "DestinationArn": arn_of(function),
    }
    logical_id = f"{normalized(function)}{rest}{number}"
    made.add(logical_id, "AWS::Logs::SubscriptionFilter", properties, origin, DependsOn=[permission_id(function, rest)])


def add_pool(made: Made, function: str, event: object, origin: KeyPath) -> None:
    """A user pool of that name is made, for all functions that name it."""
    said = as_mapping(event)
    name, trigger = as_text(said.get("pool")), as_text(said.get("trigger"))
    logical_id = f"CognitoUserPool{plain(name)}"
    called: Any = arn_of(function)
    if said.get("existing") is not True:
        if logical_id not in made.resources:
            pool: dict[str, Any] = {"UserPoolName": name, "LambdaConfig": {}}
            made.add(logical_id, "AWS::Cognito::UserPool", pool, origin, DependsOn=[function_id(function)])
        if trigger.startswith("Custom") and trigger.endswith("Sender"):
            called = {"LambdaArn": called, "LambdaVersion": "V1_0"}
        made.resources[logical_id]["Properties"]["LambdaConfig"][trigger] = called
        source = {"Fn::GetAtt": [logical_id, "Arn"]}
        rest = f"CognitoUserPool{plain(name)}TriggerSource{trigger}"
        made.permission(function, rest, "cognito-idp.amazonaws.com", origin, SourceArn=source)


def add_iot(made: Made, function: str, event: object, origin: KeyPath, number: int) -> None:
    """`number` counts the function's events of this kind from 1."""
    said = as_mapping(event)
    payload = {
        "RuleDisabled": as_text(said.get("enabled", True)).lower() == "false",
        "Sql": said.get("sql"),
        "AwsIotSqlVersion": said.get("sqlVersion"),
        "Description": said.get("description"),
        "Actions": [{"Lambda": {"FunctionArn": arn_of(function)}}],
    }
    logical_id = f"{normalized(function)}IotTopicRule{number}"
    properties = {"RuleName": said.get("name"), "TopicRulePayload": {k: v for k, v in payload.items() if v is not None}}
    made.add(logical_id, "AWS::IoT::TopicRule", properties, origin)
    source = regional_arn("iot", "rule/", {"Ref": logical_id})
    made.permission(function, f"IotTopicRule{number}", "iot.amazonaws.com", origin, SourceArn=source)


def _one(kind: object) -> list[Any] | None:
    return [kind] if kind else None


def _under(key: str, value: object) -> dict[str, Any] | None:
    return None if value is None else {key: value}


def _filters(patterns: object) -> dict[str, Any] | None:
    listed = [{"Pattern": json.dumps(pattern, separators=(",", ":"))} for pattern in as_list(patterns)]
    return {"Filters": listed} if listed else None


def _redrive(said: Mapping[str, Any]) -> dict[str, Any] | None:
    policy = as_mapping(said.get("redrivePolicy"))
    target = policy.get("deadLetterTargetArn")
    return {"deadLetterTargetArn": target} if target is not None else None
