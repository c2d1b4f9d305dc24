"""AWS's answers as our values. Pure: what boto3 parsed goes in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from localstack_lite.sync.doors import StackProgress
from localstack_lite.sync.remote import RemoteFunction, RemoteResource, RemoteStack
from localstack_lite.sync.steps import Change

STACK = "AWS::CloudFormation::Stack"


def function_of(id: str, answer: Mapping[str, Any]) -> RemoteFunction:
    """Of GetFunctionConfiguration, an entry of ListFunctions, or what the updates answer."""
    configuration = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
    return RemoteFunction(
        id,
        _text(answer, "FunctionName"),
        _text(answer, "FunctionArn"),
        _text(answer, "CodeSha256"),
        _text(answer, "RevisionId"),
        _text(answer, "LastModified"),
        _text(answer, "State"),
        _text(answer, "LastUpdateStatus"),
        _text(answer, "LastUpdateStatusReason") or _text(answer, "StateReason"),
        configuration,
    )


def stack_of(answer: Mapping[str, Any]) -> RemoteStack:
    """Of an entry of DescribeStacks."""
    return RemoteStack(
        _text(answer, "StackId"),
        _text(answer, "StackName"),
        _text(answer, "StackStatus"),
        _text(answer, "StackStatusReason"),
        iso(answer.get("LastUpdatedTime") or answer.get("CreationTime")),
        _pairs(answer.get("Parameters"), "ParameterKey", "ParameterValue"),
        _pairs(answer.get("Outputs"), "OutputKey", "OutputValue"),
        _pairs(answer.get("Tags"), "Key", "Value"),
    )


def resource_of(path: str, answer: Mapping[str, Any]) -> RemoteResource:
    """Of an entry of ListStackResources; `path` is that of its stack (`Child/`)."""
    return RemoteResource(
        path + _text(answer, "LogicalResourceId"),
        _text(answer, "ResourceType"),
        _text(answer, "PhysicalResourceId"),
        _text(answer, "ResourceStatus"),
    )


def changes_of(answers: Iterable[Mapping[str, Any]]) -> tuple[Change, ...]:
    """Of the `Changes` of DescribeChangeSet."""
    found = (answer.get("ResourceChange") for answer in answers)
    return tuple(_change(change) for change in found if isinstance(change, Mapping))


def _change(change: Mapping[str, Any]) -> Change:
    # Action Dynamic: whether it is replaced or not turns out on the way; Import adds what is there already.
    action = {"Add": "add", "Import": "add", "Remove": "remove"}.get(_text(change, "Action"), "modify")
    replacement = {"True": "yes", "Conditional": "maybe"}.get(_text(change, "Replacement"), "no")
    targets = [detail.get("Target") or {} for detail in change.get("Details") or ()]
    names = (str(target.get("Name") or target.get("Attribute") or "") for target in targets)
    properties = tuple(dict.fromkeys(name for name in names if name))
    return Change(_text(change, "LogicalResourceId"), _text(change, "ResourceType"), action, replacement, properties)


def progress_of(answer: Mapping[str, Any]) -> StackProgress:
    """Of an event of DescribeStackEvents."""
    at = answer.get("Timestamp")
    return StackProgress(
        at.timestamp() if isinstance(at, datetime) else 0.0,
        _text(answer, "LogicalResourceId"),
        _text(answer, "ResourceType"),
        _text(answer, "ResourceStatus"),
        _text(answer, "ResourceStatusReason"),
    )


def is_of_stack(answer: Mapping[str, Any]) -> bool:
    """Whether an event is about the stack itself, not about something in it."""
    return answer.get("ResourceType") == STACK and answer.get("PhysicalResourceId") == answer.get("StackId")


def first_failure(events: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The event that says why a stack was rolled back: the first failure that is no consequence of another one."""
    failed = [event for event in events if _text(event, "ResourceStatus").endswith("_FAILED")]
    own = [event for event in failed if not is_of_stack(event)]
    causes = [event for event in own if "cancelled" not in _text(event, "ResourceStatusReason").lower()]
    return next(iter(causes or own or failed), None)


def iso(moment: object) -> str:
    return moment.isoformat() if isinstance(moment, datetime) else str(moment or "")


def _text(answer: Mapping[str, Any], name: str) -> str:
    return str(answer.get(name) or "")


def _pairs(entries: Any, key: str, value: str) -> dict[str, str]:
    return {_text(entry, key): _text(entry, value) for entry in entries or ()}
