"""Which AWS services an API can call by itself here, and how each wants to be called. Pure; tables.

Names are those of integration URIs (`arn:aws:apigateway:REGION:SERVICE:action/X`), which are the services' names in
host names. Protocols, targets and versions are those of botocore's service models. SQS is called with the query
protocol unless a mapping says otherwise, as API Gateway calls it (AWS knowledge centre, errors of SQS integrations).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from localstack_lite.model.integration import AwsService


class Protocol(StrEnum):
    JSON = "json"
    """One address; the operation is in the header `X-Amz-Target`."""
    QUERY = "query"
    """One address; the operation is the parameter `Action`."""
    REST = "rest"
    """The operation is method and path."""


@dataclass(frozen=True, slots=True)
class AwsApi:
    """`client` is what botocore calls the service. `target` and `json` (the version in `application/x-amz-json-1.0`)
    are of JSON services, `version` of query ones."""

    client: str
    protocol: Protocol
    target: str = ""
    json: str = ""
    version: str = ""


def _json(client: str, target: str, version: str) -> AwsApi:
    return AwsApi(client, Protocol.JSON, target, version)


def _query(client: str, version: str) -> AwsApi:
    return AwsApi(client, Protocol.QUERY, version=version)


def _rest(client: str) -> AwsApi:
    return AwsApi(client, Protocol.REST)


SERVICES: Final[Mapping[str, AwsApi]] = {
    "appconfig": _rest("appconfig"),
    "appconfigdata": _rest("appconfigdata"),
    "athena": _json("athena", "AmazonAthena", "1.1"),
    "batch": _rest("batch"),
    "bedrock-runtime": _rest("bedrock-runtime"),
    "cognito-idp": _json("cognito-idp", "AWSCognitoIdentityProviderService", "1.1"),
    "comprehend": _json("comprehend", "Comprehend_20171127", "1.1"),
    "dynamodb": _json("dynamodb", "DynamoDB_20120810", "1.0"),
    "ecs": _json("ecs", "AmazonEC2ContainerServiceV20141113", "1.1"),
    "email": _query("ses", "2010-12-01"),
    "events": _json("events", "AWSEvents", "1.1"),
    "firehose": _json("firehose", "Firehose_20150804", "1.1"),
    "glue": _json("glue", "AWSGlue", "1.1"),
    "kinesis": _json("kinesis", "Kinesis_20131202", "1.1"),
    "kms": _json("kms", "TrentService", "1.1"),
    "lambda": _rest("lambda"),
    "logs": _json("logs", "Logs_20140328", "1.1"),
    "monitoring": _query("cloudwatch", "2010-08-01"),
    "pipes": _rest("pipes"),
    "polly": _rest("polly"),
    "rds-data": _rest("rds-data"),
    "rekognition": _json("rekognition", "RekognitionService", "1.1"),
    "runtime.sagemaker": _rest("sagemaker-runtime"),
    "s3": _rest("s3"),
    "scheduler": _rest("scheduler"),
    "secretsmanager": _json("secretsmanager", "secretsmanager", "1.1"),
    "sns": _query("sns", "2010-03-31"),
    "sqs": _query("sqs", "2012-11-05"),
    "ssm": _json("ssm", "AmazonSSM", "1.1"),
    "states": _json("stepfunctions", "AWSStepFunctions", "1.0"),
    "sts": _query("sts", "2011-06-15"),
    "textract": _json("textract", "Textract", "1.1"),
    "translate": _json("translate", "AWSShineFrontendService_20170701", "1.1"),
    "xray": _rest("xray"),
}
#: Operations with a host name of their own in front of the service's, on AWS itself.
HOST_PREFIXES: Final[Mapping[tuple[str, str], str]] = {("states", "StartSyncExecution"): "sync-"}

_OPERATION = re.compile(r"[A-Z][A-Za-z0-9]*")


def known(service: AwsService) -> AwsApi | None:
    """A service with a subdomain is one of its own, except for S3's buckets."""
    whole = f"{service.subdomain}.{service.service}" if service.subdomain else service.service
    if whole in SERVICES:
        return SERVICES[whole]
    return SERVICES["s3"] if service.service == "s3" else None


def unsupported(service: AwsService) -> str:
    """Why calls of this integration cannot be made here, in one line; empty when they can."""
    api = known(service)
    if api is None:
        name = f"{service.subdomain}.{service.service}" if service.subdomain else service.service
        return f"the AWS service {name or '(none)'} is not called from here; there are: {', '.join(SERVICES)}"
    if service.action and service.path:
        return f"{service.service} is called by a path or by an action, not by both"
    if not service.action:
        return ""  # a path without anything is the service's root
    if api.protocol is Protocol.REST:
        return f"{service.service} has no actions: name a path (…:{service.service}:path/…)"
    action = service.action.partition("&")[0]
    if "{" not in action and not _OPERATION.fullmatch(action):
        return f"{action!r} is no action of {service.service}"
    return ""
