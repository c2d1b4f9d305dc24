"""What `Ref` and `GetAtt` of a resource answer on this machine, where the resource was never made. Pure.

Names are those the template gives, else the logical id; ARNs and addresses are of the form AWS gives them.
"""

from __future__ import annotations

from collections.abc import Callable

from localstack_lite.config.parameters import Place
from localstack_lite.model.arn import function_arn

Property = Callable[[str], str]
"""A property of the resource as text; empty when it is not there."""

#: The property that holds the physical name, by type.
NAME_PROPERTY = {
    "AWS::Lambda::Function": "FunctionName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::DynamoDB::GlobalTable": "TableName",
    "AWS::Events::EventBus": "Name",
    "AWS::Events::Rule": "Name",
    "AWS::Scheduler::Schedule": "Name",
    "AWS::Scheduler::ScheduleGroup": "Name",
    "AWS::Kinesis::Stream": "Name",
    "AWS::KinesisFirehose::DeliveryStream": "DeliveryStreamName",
    "AWS::SSM::Parameter": "Name",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
    "AWS::Cognito::UserPool": "UserPoolName",
    "AWS::ApiGateway::Stage": "StageName",
    "AWS::ApiGatewayV2::Stage": "StageName",
    "AWS::ApiGateway::DomainName": "DomainName",
    "AWS::ApiGatewayV2::DomainName": "DomainName",
    "AWS::ApiGateway::Model": "Name",
    "AWS::ECR::Repository": "RepositoryName",
    "AWS::Lambda::LayerVersion": "LayerName",
}

#: What follows `arn:PARTITION:` in the ARN of a resource, by type: {r} region, {a} account, {n} name.
_ARN = {
    "AWS::SQS::Queue": "sqs:{r}:{a}:{n}",
    "AWS::SNS::Topic": "sns:{r}:{a}:{n}",
    "AWS::S3::Bucket": "s3:::{n}",
    "AWS::DynamoDB::Table": "dynamodb:{r}:{a}:table/{n}",
    "AWS::DynamoDB::GlobalTable": "dynamodb:{r}:{a}:table/{n}",
    "AWS::Events::EventBus": "events:{r}:{a}:event-bus/{n}",
    "AWS::Events::Rule": "events:{r}:{a}:rule/{n}",
    "AWS::Scheduler::Schedule": "scheduler:{r}:{a}:schedule/default/{n}",
    "AWS::Kinesis::Stream": "kinesis:{r}:{a}:stream/{n}",
    "AWS::KinesisFirehose::DeliveryStream": "firehose:{r}:{a}:deliverystream/{n}",
    "AWS::SecretsManager::Secret": "secretsmanager:{r}:{a}:secret:{n}",
    "AWS::Logs::LogGroup": "logs:{r}:{a}:log-group:{n}:*",
    "AWS::IAM::Role": "iam::{a}:role/{n}",
    "AWS::IAM::User": "iam::{a}:user/{n}",
    "AWS::IAM::ManagedPolicy": "iam::{a}:policy/{n}",
    "AWS::KMS::Key": "kms:{r}:{a}:key/{n}",
    "AWS::StepFunctions::StateMachine": "states:{r}:{a}:stateMachine:{n}",
    "AWS::Cognito::UserPool": "cognito-idp:{r}:{a}:userpool/{r}_{n}",
    "AWS::ECR::Repository": "ecr:{r}:{a}:repository/{n}",
    "AWS::Lambda::LayerVersion": "lambda:{r}:{a}:layer:{n}:1",
}

#: Types whose `Ref` is their ARN.
_REF_IS_ARN = {
    "AWS::SNS::Topic",
    "AWS::SecretsManager::Secret",
    "AWS::StepFunctions::StateMachine",
    "AWS::IAM::ManagedPolicy",
    "AWS::Lambda::LayerVersion",
}

#: The id of the resource at the root of every REST API.
ROOT = "root"

#: Attributes that are what `Ref` answers.
_REF_AGAIN = {
    "AWS::ApiGateway::ApiKey": ("APIKeyId",),
    "AWS::ApiGateway::Authorizer": ("AuthorizerId",),
    "AWS::ApiGateway::RequestValidator": ("RequestValidatorId",),
    "AWS::ApiGateway::Resource": ("ResourceId",),
    "AWS::ApiGateway::UsagePlan": ("Id",),
    "AWS::ApiGatewayV2::Authorizer": ("AuthorizerId",),
    "AWS::ApiGatewayV2::Integration": ("IntegrationId",),
}

_APIS = {"AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"}


def ref(kind: str, logical_id: str, name: str, prop: Property, place: Place) -> str:
    """`kind` is the resource's type, `name` its physical name."""
    if kind in _REF_IS_ARN:
        return arn(kind, name, place)
    match kind:
        case "AWS::SQS::Queue":
            return f"https://sqs.{place.region}.{place.url_suffix}/{place.account}/{name}"
        case "AWS::CloudFormation::Stack":
            # The place's stack is the one around it, so of the derived name only the last part is new.
            stack = f"{place.stack}-{name.rpartition('-')[2]}"
            return f"arn:{place.partition}:cloudformation:{place.region}:{place.account}:stack/{stack}/devserve"
        case "AWS::Lambda::Version":
            return f"{prop('FunctionName')}:1"
        case "AWS::Lambda::Alias":
            return f"{prop('FunctionName')}:{prop('Name')}"
        case "AWS::Lambda::Url":
            return prop("TargetFunctionArn")
        case "AWS::Cognito::UserPool":
            return f"{place.region}_{name}"
        case _ if kind in _APIS:
            return api_id(logical_id)
    return name


def get_att(kind: str, logical_id: str, name: str, attribute: str, prop: Property, place: Place) -> str | None:
    """None when nothing plausible is known for that attribute."""
    match kind, attribute:
        case "AWS::Lambda::Function", "Arn":
            return function_arn(place.region, place.account, name).replace("arn:aws:", f"arn:{place.partition}:", 1)
        case _, ("Arn" | "TopicArn" | "LayerVersionArn") if kind in _ARN:
            return arn(kind, name, place)
        case "AWS::SQS::Queue", "QueueUrl":
            return ref(kind, logical_id, name, prop, place)
        case _, ("QueueName" | "TopicName" | "Name"):
            return name
        case "AWS::Lambda::Version", "Version":
            return "1"
        case "AWS::Lambda::Url", "FunctionUrl":
            return f"https://{api_id(logical_id)}.lambda-url.{place.region}.on.aws/"
        case "AWS::ApiGatewayV2::Api", "ApiEndpoint":
            return f"https://{api_id(logical_id)}.execute-api.{place.region}.{place.url_suffix}"
        case _, ("ApiId" | "RestApiId") if kind in _APIS:
            return api_id(logical_id)
        case "AWS::ApiGateway::RestApi", "RootResourceId":
            return ROOT
        case _, attribute if attribute in _REF_AGAIN.get(kind, ()):
            return name
    return _storage(kind, name, attribute, place)


def _storage(kind: str, name: str, attribute: str, place: Place) -> str | None:
    match kind, attribute:
        case "AWS::S3::Bucket", "DomainName":
            return f"{name}.s3.{place.url_suffix}"
        case "AWS::S3::Bucket", "RegionalDomainName":
            return f"{name}.s3.{place.region}.{place.url_suffix}"
        case "AWS::S3::Bucket", "WebsiteURL":
            return f"http://{name}.s3-website-{place.region}.{place.url_suffix}"
        case (("AWS::DynamoDB::Table" | "AWS::DynamoDB::GlobalTable"), "StreamArn"):
            return arn(kind, name, place) + "/stream/2024-01-01T00:00:00.000"
        case "AWS::Cognito::UserPool", "ProviderName":
            return f"cognito-idp.{place.region}.{place.url_suffix}/{place.region}_{name}"
        case "AWS::Cognito::UserPool", "ProviderURL":
            return f"https://cognito-idp.{place.region}.{place.url_suffix}/{place.region}_{name}"
    return None


def arn(kind: str, name: str, place: Place) -> str:
    form = _ARN.get(kind, "")
    body = form.format(r=place.region, a=place.account, n=name) if form else f"cloudformation:::{name}"
    return f"arn:{place.partition}:{body}"


def api_id(logical_id: str) -> str:
    """As the model derives it: lower case, letters and digits only."""
    return "".join(c for c in logical_id.lower() if c.isascii() and c.isalnum())
