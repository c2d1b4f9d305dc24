"""What CloudFormation does with the caller's rights when it makes, changes and removes resources, by their type. Pure.

From the permissions of each type's handlers in CloudFormation's resource schemas, for the types of serverless projects.
Wildcards stand for the verbs of one kind of thing, and only where the resource is bounded by the stack's name or its
ids are AWS's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


class Arn(Protocol):
    def __call__(self, service: str, rest: str, region: str | None = None, account: str | None = None) -> str: ...


@dataclass(frozen=True, slots=True)
class Names:
    """`named` gives name patterns of all resources of a type, by the property that would name one."""

    stack: str
    arn: Arn
    named: Callable[[str, str], list[str]]
    machines: Sequence[str]
    layers: Sequence[str]

    def of(self, type: str, property: str, service: str, before: str = "", region: str | None = None) -> list[str]:
        names = self.named(type, property) or [f"{self.stack}-*"]
        return [self.arn(service, before + name, region) for name in names]


@dataclass(frozen=True, slots=True)
class Right:
    sid: str
    service: str
    actions: tuple[str, ...]
    resources: Callable[[Names], list[str]]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _everything(_: Names) -> list[str]:
    return ["*"]


def _functions(names: Names) -> list[str]:
    found = names.of("AWS::Lambda::Function", "FunctionName", "lambda", "function:")
    return [*found, *(f"{arn}:*" for arn in found)]


def _layers(names: Names) -> list[str]:
    found = [names.arn("lambda", f"layer:{name}") for name in names.layers]
    return [*found, *(f"{arn}:*" for arn in found)]


def _buckets(names: Names) -> list[str]:
    # Buckets that CloudFormation names have the stack's name in lower case.
    found = names.named("AWS::S3::Bucket", "BucketName")
    return [names.arn("s3", name.lower(), "", "") for name in found or [f"{names.stack}-*"]]


#: By the beginning of a type's name.
RIGHTS: Mapping[str, tuple[Right, ...]] = {
    "AWS::Lambda::LayerVersion": (
        Right(
            "Layers",
            "lambda",
            _words(
                "AddLayerVersionPermission DeleteLayerVersion GetLayerVersion PublishLayerVersion "
                "RemoveLayerVersionPermission"
            ),
            _layers,
        ),
    ),
    "AWS::Lambda::": (
        Right(
            "Functions",
            "lambda",
            _words(
                "AddPermission CreateAlias CreateFunction CreateFunctionUrlConfig DeleteAlias DeleteFunction "
                "DeleteFunctionConcurrency DeleteFunctionEventInvokeConfig DeleteFunctionUrlConfig "
                "DeleteProvisionedConcurrencyConfig GetAlias GetFunction GetFunctionCodeSigningConfig "
                "GetFunctionConcurrency GetFunctionConfiguration GetFunctionEventInvokeConfig "
                "GetFunctionRecursionConfig GetFunctionUrlConfig GetPolicy GetProvisionedConcurrencyConfig "
                "GetRuntimeManagementConfig ListTags ListVersionsByFunction PublishVersion PutFunctionConcurrency "
                "PutFunctionEventInvokeConfig PutProvisionedConcurrencyConfig PutRuntimeManagementConfig "
                "RemovePermission TagResource UntagResource UpdateAlias UpdateFunctionCode "
                "UpdateFunctionConfiguration UpdateFunctionEventInvokeConfig UpdateFunctionUrlConfig"
            ),
            _functions,
        ),
    ),
    "AWS::Lambda::EventSourceMapping": (
        Right(
            "EventSources",
            "lambda",
            _words(
                "CreateEventSourceMapping DeleteEventSourceMapping GetEventSourceMapping ListTags TagResource "
                "UntagResource UpdateEventSourceMapping"
            ),
            _everything,
        ),
    ),
    "AWS::IAM::Role": (
        Right(
            "Roles",
            "iam",
            _words(
                "AttachRolePolicy CreateRole DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy "
                "DetachRolePolicy GetRole GetRolePolicy ListAttachedRolePolicies ListRolePolicies PassRole "
                "PutRolePermissionsBoundary PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRole"
            ),
            lambda names: names.of("AWS::IAM::Role", "RoleName", "iam", "role/", ""),
        ),
    ),
    "AWS::IAM::ManagedPolicy": (
        Right(
            "Policies",
            "iam",
            _words("CreatePolicy CreatePolicyVersion DeletePolicy DeletePolicyVersion GetPolicy ListPolicyVersions"),
            lambda names: names.of("AWS::IAM::ManagedPolicy", "ManagedPolicyName", "iam", "policy/", ""),
        ),
    ),
    "AWS::IAM::Policy": (
        Right(
            "RolePolicies",
            "iam",
            _words("DeleteRolePolicy GetRolePolicy PutRolePolicy"),
            lambda names: names.of("AWS::IAM::Role", "RoleName", "iam", "role/", ""),
        ),
    ),
    "AWS::ApiGateway": (
        Right(
            "Apis",
            "apigateway",
            _words("DELETE GET PATCH POST PUT"),
            lambda names: [names.arn("apigateway", "/*", account="")],
        ),
    ),
    "AWS::StepFunctions::": (
        Right(
            "StateMachines",
            "states",
            _words(
                "CreateStateMachine DeleteStateMachine DescribeStateMachine ListTagsForResource TagResource "
                "UntagResource UpdateStateMachine"
            ),
            lambda names: [names.arn("states", f"stateMachine:{name}") for name in names.machines],
        ),
    ),
    "AWS::DynamoDB::Table": (
        Right(
            "Tables",
            "dynamodb",
            _words(
                "CreateTable DeleteTable DescribeContinuousBackups DescribeContributorInsights "
                "DescribeKinesisStreamingDestination DescribeTable DescribeTimeToLive ListTagsOfResource TagResource "
                "UntagResource UpdateContinuousBackups UpdateTable UpdateTimeToLive"
            ),
            lambda names: names.of("AWS::DynamoDB::Table", "TableName", "dynamodb", "table/"),
        ),
    ),
    "AWS::S3::": (
        Right(
            "Buckets",
            "s3",
            _words("CreateBucket DeleteBucket DeleteBucketPolicy GetBucket* GetEncryptionConfiguration")
            + _words("GetLifecycleConfiguration ListBucket PutBucket* PutEncryptionConfiguration")
            + _words("PutLifecycleConfiguration"),
            _buckets,
        ),
    ),
    "AWS::SQS::": (
        Right(
            "Queues",
            "sqs",
            _words("CreateQueue DeleteQueue GetQueueAttributes GetQueueUrl ListQueueTags SetQueueAttributes TagQueue")
            + _words("UntagQueue"),
            lambda names: names.of("AWS::SQS::Queue", "QueueName", "sqs"),
        ),
    ),
    "AWS::SNS::": (
        Right(
            "Topics",
            "sns",
            _words("CreateTopic DeleteTopic GetSubscriptionAttributes GetTopicAttributes ListSubscriptionsByTopic")
            + _words("ListTagsForResource SetSubscriptionAttributes SetTopicAttributes Subscribe TagResource")
            + _words("Unsubscribe UntagResource"),
            lambda names: names.of("AWS::SNS::Topic", "TopicName", "sns"),
        ),
    ),
    "AWS::Events::Rule": (
        Right(
            "Rules",
            "events",
            _words("DeleteRule DescribeRule DisableRule EnableRule ListTargetsByRule PutRule PutTargets RemoveTargets"),
            lambda names: names.of("AWS::Events::Rule", "Name", "events", "rule/"),
        ),
    ),
    "AWS::Scheduler::Schedule": (
        Right(
            "Schedules",
            "scheduler",
            _words("CreateSchedule DeleteSchedule GetSchedule UpdateSchedule"),
            lambda names: names.of("AWS::Scheduler::Schedule", "Name", "scheduler", "schedule/*/"),
        ),
    ),
    "AWS::Logs::LogGroup": (
        Right(
            "LogGroups",
            "logs",
            _words("CreateLogGroup DeleteLogGroup DeleteRetentionPolicy DescribeLogGroups ListTagsForResource")
            + _words("PutRetentionPolicy TagResource UntagResource"),
            lambda names: [f"{arn}*" for arn in names.of("AWS::Logs::LogGroup", "LogGroupName", "logs", "log-group:")],
        ),
    ),
    "AWS::SSM::Parameter": (
        Right(
            "Parameters",
            "ssm",
            _words("AddTagsToResource DeleteParameter DescribeParameters GetParameter GetParameters")
            + _words("ListTagsForResource PutParameter RemoveTagsFromResource"),
            lambda names: [
                arn.replace("parameter//", "parameter/")
                for arn in names.of("AWS::SSM::Parameter", "Name", "ssm", "parameter/")
            ],
        ),
    ),
    "AWS::Kinesis::Stream": (
        Right(
            "Streams",
            "kinesis",
            _words("AddTagsToStream CreateStream DeleteStream DescribeStream DescribeStreamSummary ListTagsForStream"),
            lambda names: names.of("AWS::Kinesis::Stream", "Name", "kinesis", "stream/"),
        ),
    ),
}
