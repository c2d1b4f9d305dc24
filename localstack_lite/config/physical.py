"""What `Ref` and `GetAtt` of a deployed resource answer, as far as its physical id alone says so. Pure.

`Ref` is the physical id. Of the attributes only those are here whose form follows from it for sure (source: the return
values in the CloudFormation reference); everything else is refused, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from localstack_lite.config.parameters import Place
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.standins import Property

#: What follows `arn:PARTITION:` in the ARN, by type: {r} region, {a} account, {n} the physical id.
_ARN = {
    "AWS::Lambda::Function": "lambda:{r}:{a}:function:{n}",
    "AWS::S3::Bucket": "s3:::{n}",
    "AWS::DynamoDB::Table": "dynamodb:{r}:{a}:table/{n}",
    "AWS::DynamoDB::GlobalTable": "dynamodb:{r}:{a}:table/{n}",
    "AWS::Kinesis::Stream": "kinesis:{r}:{a}:stream/{n}",
    "AWS::KinesisFirehose::DeliveryStream": "firehose:{r}:{a}:deliverystream/{n}",
    "AWS::Events::EventBus": "events:{r}:{a}:event-bus/{n}",
    "AWS::Events::Rule": "events:{r}:{a}:rule/{n}",
    "AWS::Logs::LogGroup": "logs:{r}:{a}:log-group:{n}:*",
    "AWS::IAM::Role": "iam::{a}:role/{n}",
    "AWS::IAM::User": "iam::{a}:user/{n}",
    "AWS::IAM::InstanceProfile": "iam::{a}:instance-profile/{n}",
    "AWS::KMS::Key": "kms:{r}:{a}:key/{n}",
    "AWS::Cognito::UserPool": "cognito-idp:{r}:{a}:userpool/{n}",
    "AWS::ECR::Repository": "ecr:{r}:{a}:repository/{n}",
}
#: A property that moves the resource, so that its ARN is another: then nothing is known. `/` is where it is anyway.
_MOVED_BY = {
    "AWS::IAM::Role": "Path",
    "AWS::IAM::User": "Path",
    "AWS::IAM::InstanceProfile": "Path",
    "AWS::Events::Rule": "EventBusName",
}
#: Attributes that are the physical id itself.
_ITSELF = {
    "AWS::SNS::Topic": ("TopicArn",),
    "AWS::SQS::Queue": ("QueueUrl",),
    "AWS::StepFunctions::StateMachine": ("Arn",),
    "AWS::StepFunctions::Activity": ("Arn",),
    "AWS::Lambda::LayerVersion": ("LayerVersionArn",),
    "AWS::Lambda::Version": ("FunctionArn",),
    "AWS::Lambda::Alias": ("AliasArn",),
    "AWS::Lambda::EventSourceMapping": ("Id",),
    "AWS::IAM::ManagedPolicy": ("PolicyArn",),
    "AWS::SecretsManager::Secret": ("Id",),
    "AWS::Events::EventBus": ("Name",),
    "AWS::ApiGateway::RestApi": ("RestApiId",),
    "AWS::ApiGatewayV2::Api": ("ApiId",),
    "AWS::Cognito::UserPool": ("UserPoolId",),
    "AWS::Cognito::UserPoolClient": ("ClientId",),
    "AWS::KMS::Key": ("KeyId",),
}
#: Attributes that are the last part of an ARN (or URL, of queues).
_LAST = {
    "AWS::SNS::Topic": ("TopicName",),
    "AWS::SQS::Queue": ("QueueName",),
    "AWS::StepFunctions::StateMachine": ("Name",),
    "AWS::Lambda::Version": ("Version",),
}


@dataclass(frozen=True, slots=True)
class Physical:
    """`resources` are type and physical id of what the stack has, by logical id. An `intrinsics.Known`."""

    resources: Mapping[str, tuple[str, str]]
    place: Place

    def ref(self, logical_id: str, kind: str) -> str:
        if logical_id not in self.resources:
            raise Refusal(f"{logical_id} is not in the stack yet")
        there, physical = self.resources[logical_id]
        if there != kind:
            raise Refusal(f"{logical_id} is still of the type {there}")
        if not physical:
            raise Refusal(f"{logical_id} has no physical id")
        return physical

    def get_att(self, logical_id: str, kind: str, attribute: str, prop: Property) -> str:
        physical = self.ref(logical_id, kind)
        found = self._attribute(kind, physical, attribute, prop)
        if found is None:
            raise Refusal(f"{attribute} of {logical_id} ({kind}) is known only in the cloud")
        return found

    def _attribute(self, kind: str, physical: str, attribute: str, prop: Property) -> str | None:
        place, suffix = self.place, self.place.url_suffix
        if attribute in _ITSELF.get(kind, ()):
            return physical
        if attribute in _LAST.get(kind, ()):
            return physical.replace("/", ":").rpartition(":")[2]
        match kind, attribute:
            case "AWS::SQS::Queue", "Arn":
                return self._arn(f"sqs:{place.region}:{place.account}:{physical.rpartition('/')[2]}")
            case _, "Arn" if kind in _ARN:
                moved = prop(_MOVED_BY[kind]) if kind in _MOVED_BY else ""
                form = _ARN[kind].format(r=place.region, a=place.account, n=physical)
                return self._arn(form) if moved in ("", "/") else None
            case "AWS::S3::Bucket", "DomainName":
                return f"{physical}.s3.{suffix}"
            case "AWS::S3::Bucket", "RegionalDomainName":
                return f"{physical}.s3.{place.region}.{suffix}"
            case "AWS::ApiGatewayV2::Api", "ApiEndpoint":
                return f"https://{physical}.execute-api.{place.region}.{suffix}"
            case "AWS::Cognito::UserPool", "ProviderName":
                return f"cognito-idp.{place.region}.{suffix}/{physical}"
            case "AWS::Cognito::UserPool", "ProviderURL":
                return f"https://cognito-idp.{place.region}.{suffix}/{physical}"
            case "AWS::ECR::Repository", "RepositoryUri":
                return f"{place.account}.dkr.ecr.{place.region}.{suffix}/{physical}"
        return None

    def _arn(self, rest: str) -> str:
        return f"arn:{self.place.partition}:{rest}"
