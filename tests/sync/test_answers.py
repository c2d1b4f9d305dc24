"""AWS's answers as values."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from localstack_lite.sync.answers import (
    STACK,
    changes_of,
    first_failure,
    function_of,
    is_of_stack,
    progress_of,
    resource_of,
    stack_of,
)
from localstack_lite.sync.remote import RemoteResource
from localstack_lite.sync.steps import Change

AT = datetime(2026, 11, 22, 5, tzinfo=UTC)


def test_a_function_keeps_its_configuration_without_what_the_call_added() -> None:
    answer = {
        "FunctionName": "orders",
        "FunctionArn": "arn",
        "CodeSha256": "abc=",
        "RevisionId": "r1",
        "LastModified": "2026-11-22T05:00:00.000+0000",
        "State": "Active",
        "LastUpdateStatus": "Failed",
        "LastUpdateStatusReason": "no such subnet",
        "MemorySize": 128,
        "ResponseMetadata": {"RequestId": "1"},
    }
    function = function_of("Orders", answer)
    assert (function.id, function.name, function.code_sha256, function.revision) == ("Orders", "orders", "abc=", "r1")
    assert (function.state, function.update_status, function.update_reason) == ("Active", "Failed", "no such subnet")
    assert function.configuration["MemorySize"] == 128
    assert "ResponseMetadata" not in function.configuration


def test_an_entry_of_a_list_has_no_states() -> None:
    function = function_of("Orders", {"FunctionName": "orders", "CodeSha256": "abc="})
    assert (function.state, function.update_status, function.revision) == ("", "", "")


def test_a_stack_is_as_old_as_its_last_update_or_else_its_creation() -> None:
    new: dict[str, Any] = {"StackId": "arn:aws:cloudformation:eu-west-2:1:stack/s/1", "CreationTime": AT}
    assert stack_of(new).updated == "2026-11-22T05:00:00+00:00"
    later = AT.replace(hour=6)
    assert stack_of({**new, "LastUpdatedTime": later}).updated == "2026-11-22T06:00:00+00:00"
    assert (stack_of(new).region, stack_of(new).account) == ("eu-west-2", "1")


def test_a_resource_has_the_path_of_its_stack() -> None:
    answer = {"LogicalResourceId": "Jobs", "ResourceType": "AWS::SQS::Queue", "PhysicalResourceId": "url"}
    assert resource_of("Child/", answer) == RemoteResource("Child/Jobs", "AWS::SQS::Queue", "url")


def change(action: str, replacement: str | None = None, *properties: str) -> dict[str, Any]:
    found: dict[str, Any] = {"Action": action, "LogicalResourceId": "Jobs", "ResourceType": "AWS::SQS::Queue"}
    if replacement:
        found["Replacement"] = replacement
    found["Details"] = [{"Target": {"Attribute": "Properties", "Name": name}} for name in properties]
    return {"Type": "Resource", "ResourceChange": found}


def test_changes_say_what_is_replaced_and_why() -> None:
    queue = "AWS::SQS::Queue"
    changes = changes_of(
        [
            change("Add"),
            change("Remove"),
            change("Modify", "True", "QueueName", "QueueName"),
            change("Modify", "Conditional", "Tags"),
            change("Modify", "False"),
            change("Dynamic"),
            {"Type": "Hook"},
        ]
    )
    assert changes == (
        Change("Jobs", queue, "add"),
        Change("Jobs", queue, "remove"),
        Change("Jobs", queue, "modify", "yes", ("QueueName",)),
        Change("Jobs", queue, "modify", "maybe", ("Tags",)),
        Change("Jobs", queue, "modify", "no"),
        Change("Jobs", queue, "modify", "no"),
    )


def test_a_change_of_a_resources_metadata_is_named_by_its_attribute() -> None:
    answer = change("Modify", "False")
    answer["ResourceChange"]["Details"] = [{"Target": {"Attribute": "Metadata"}}]
    assert changes_of([answer])[0].properties == ("Metadata",)


def event(resource: str, status: str, reason: str = "", type: str = "AWS::SQS::Queue", physical: str = "") -> Any:
    return {
        "StackId": "stack/1",
        "LogicalResourceId": resource,
        "PhysicalResourceId": physical,
        "ResourceType": type,
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
        "Timestamp": AT,
    }


def test_an_event_is_told_with_its_time_in_seconds() -> None:
    told = progress_of(event("Jobs", "CREATE_FAILED", "no"))
    assert (told.at, told.resource, told.status, told.reason) == (AT.timestamp(), "Jobs", "CREATE_FAILED", "no")


def test_a_nested_stacks_event_is_not_the_stacks_own() -> None:
    assert is_of_stack(event("shop", "UPDATE_COMPLETE", type=STACK, physical="stack/1"))
    assert not is_of_stack(event("Child", "UPDATE_COMPLETE", type=STACK, physical="stack/2"))


def test_the_cause_of_a_rollback_is_the_first_failure_that_was_not_cancelled() -> None:
    events = [
        event("Other", "CREATE_FAILED", "Resource creation cancelled"),
        event("Jobs", "CREATE_FAILED", "quota"),
        event("More", "CREATE_FAILED", "later"),
    ]
    found = first_failure(events)
    assert found is not None
    assert found["LogicalResourceId"] == "Jobs"


def test_a_stack_that_fails_by_itself_is_its_own_cause() -> None:
    own = event("shop", "UPDATE_FAILED", "timeout", STACK, "stack/1")
    assert first_failure([own]) == own
    assert first_failure([event("Jobs", "CREATE_COMPLETE")]) is None
