"""The calls of AWS services that an HTTP API makes by itself: integration subtypes, what each must and may be given.
Pure; tables. Source: AWS docs, integration subtype reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from localstack_lite.model.integration import ServiceAction

REGION: Final = "Region"


@dataclass(frozen=True, slots=True)
class Subtype:
    """`service` as host names have it, `operation` as its API does. Beside these every one takes `Region`."""

    service: str
    operation: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


SUBTYPES: Final[Mapping[str, Subtype]] = {
    "AppConfig-GetConfiguration": Subtype(
        "appconfig",
        "GetConfiguration",
        ("Application", "Environment", "Configuration", "ClientId"),
        ("ClientConfigurationVersion",),
    ),
    "EventBridge-PutEvents": Subtype(
        "events",
        "PutEvents",
        ("Detail", "DetailType", "Source"),
        ("Time", "EventBusName", "Resources", "TraceHeader"),
    ),
    "Kinesis-PutRecord": Subtype(
        "kinesis",
        "PutRecord",
        ("StreamName", "Data", "PartitionKey"),
        ("SequenceNumberForOrdering", "ExplicitHashKey"),
    ),
    "SQS-DeleteMessage": Subtype("sqs", "DeleteMessage", ("ReceiptHandle", "QueueUrl")),
    "SQS-PurgeQueue": Subtype("sqs", "PurgeQueue", ("QueueUrl",)),
    "SQS-ReceiveMessage": Subtype(
        "sqs",
        "ReceiveMessage",
        ("QueueUrl",),
        (
            "AttributeNames",
            "MaxNumberOfMessages",
            "MessageAttributeNames",
            "ReceiveRequestAttemptId",
            "VisibilityTimeout",
            "WaitTimeSeconds",
        ),
    ),
    "SQS-SendMessage": Subtype(
        "sqs",
        "SendMessage",
        ("QueueUrl", "MessageBody"),
        (
            "DelaySeconds",
            "MessageAttributes",
            "MessageDeduplicationId",
            "MessageGroupId",
            "MessageSystemAttributes",
        ),
    ),
    "StepFunctions-StartExecution": Subtype("states", "StartExecution", ("StateMachineArn",), ("Name", "Input")),
    "StepFunctions-StartSyncExecution": Subtype(
        "states", "StartSyncExecution", ("StateMachineArn",), ("Name", "Input", "TraceHeader")
    ),
    "StepFunctions-StopExecution": Subtype("states", "StopExecution", ("ExecutionArn",), ("Cause", "Error")),
}
#: The reference names it so in one place.
SPELLINGS: Final[Mapping[str, str]] = {"AttributeName": "AttributeNames"}


def unsupported_action(action: ServiceAction) -> str:
    """Why this integration cannot be made (AWS refuses it, too), in one line; empty when it can."""
    subtype = SUBTYPES.get(action.subtype)
    if subtype is None:
        return f"{action.subtype or 'no subtype'} is no service integration; there are: {', '.join(SUBTYPES)}"
    given = {SPELLINGS.get(name, name) for name in action.parameters}
    if missing := [name for name in subtype.required if name not in given]:
        return f"{action.subtype} needs {', '.join(missing)}"
    allowed = {*subtype.required, *subtype.optional, REGION}
    if unknown := sorted(given - allowed):
        return f"{action.subtype} takes no {', '.join(unknown)}"
    return ""
