"""Operations on event source mappings: what the project declares is shown, and that nothing polls."""

from __future__ import annotations

from dataclasses import replace

import pytest

from localstack_lite.lambdas.api.mappings_api import NOT_POLLED
from localstack_lite.model.trigger import Service as Source
from localstack_lite.model.trigger import Trigger
from tests.lambdas.api_service import ARN, PROJECT, Service

MAPPINGS = "/2015-03-31/event-source-mappings"
STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/s"
TRIGGERS = (
    Trigger(Source.SQS, "HelloFunction", "orders", settings={"BatchSize": 5, "Other": 1}),
    Trigger(Source.KINESIS, "Other", STREAM, enabled=False, settings={"StartingPosition": "LATEST"}),
    Trigger(Source.SNS, "Other", "topic"),
    Trigger(Source.SQS, "Nobody", "q"),
)


def service() -> Service:
    return Service(replace(PROJECT, triggers=TRIGGERS))


def test_declared_sources_that_lambda_polls_are_listed() -> None:
    _, body = service().call("GET", MAPPINGS)
    queue, stream = body["EventSourceMappings"]
    assert queue["EventSourceArn"] == "arn:aws:sqs:us-east-1:123456789012:orders"
    assert (queue["FunctionArn"], queue["BatchSize"]) == (f"{ARN}:hello", 5)
    assert "Other" not in queue
    assert (stream["EventSourceArn"], stream["BatchSize"], stream["StartingPosition"]) == (STREAM, 100, "LATEST")


def test_their_state_says_that_nothing_is_polled() -> None:
    queue, stream = service().call("GET", MAPPINGS)[1]["EventSourceMappings"]
    assert (queue["State"], queue["StateTransitionReason"]) == ("Disabled", NOT_POLLED)
    assert (stream["State"], stream["StateTransitionReason"]) == ("Disabled", "User action")


def test_a_mapping_is_found_by_its_id_which_stays() -> None:
    listed = service().call("GET", MAPPINGS)[1]["EventSourceMappings"]
    for one in listed:
        assert service().call("GET", f"{MAPPINGS}/{one['UUID']}") == (200, one)
    assert len({one["UUID"] for one in listed}) == 2


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("FunctionName=hello", 1),
        (f"FunctionName={ARN}:hello", 1),
        ("FunctionName=HelloFunction", 1),
        ("FunctionName=nobody", 0),
        (f"EventSourceArn={STREAM}", 1),
        (f"EventSourceArn={STREAM}&FunctionName=hello", 0),
    ],
)
def test_lists_can_be_of_one_function_or_source(query: str, count: int) -> None:
    assert len(service().call("GET", MAPPINGS, query)[1]["EventSourceMappings"]) == count


def test_an_unknown_mapping_is_told_as_aws_does() -> None:
    for method in ("GET", "PUT", "DELETE"):
        refused = service().refused(method, f"{MAPPINGS}/unknown")
        assert refused == (404, "ResourceNotFoundException", "The resource you requested does not exist.")


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"FunctionName": "hello"}, "Unrecognized event source."),
        ({"FunctionName": "nobody", "EventSourceArn": STREAM}, "Function does not exist"),
    ],
)
def test_mappings_that_aws_refuses(members: dict[str, object], text: str) -> None:
    assert service().refused("POST", MAPPINGS, **members) == (400, "InvalidParameterValueException", text)


def test_none_is_made_or_changed() -> None:
    status, _, text = service().refused("POST", MAPPINGS, FunctionName="hello", EventSourceArn=STREAM)
    assert status == 501
    assert NOT_POLLED in text
    uuid = service().call("GET", MAPPINGS)[1]["EventSourceMappings"][0]["UUID"]
    for method, members in (("PUT", {}), ("PUT", {"BatchSize": 3, "Enabled": False}), ("DELETE", {})):
        status, _, text = service().refused(method, f"{MAPPINGS}/{uuid}", **members)
        assert status == 501
        assert "declared by the project" in text


def test_a_mapping_can_be_disabled() -> None:
    lambdas = service()
    lambdas.clock.advance(5)
    queue, stream = lambdas.call("GET", MAPPINGS)[1]["EventSourceMappings"]
    at = f"{MAPPINGS}/{queue['UUID']}"
    status, answer = lambdas.call("PUT", at, Enabled=False)
    now = lambdas.clock.now()
    disabled = {**queue, "StateTransitionReason": "User action", "LastModified": now}
    assert (status, answer) == (202, {**disabled, "State": "Disabling"})
    assert lambdas.call("GET", at) == (200, disabled)
    lambdas.clock.advance(5)
    assert lambdas.call("PUT", at, Enabled=False) == (202, disabled)
    assert lambdas.call("PUT", f"{MAPPINGS}/{stream['UUID']}", Enabled=False) == (202, stream)


def test_none_can_be_enabled_yet() -> None:
    lambdas = service()
    for one in lambdas.call("GET", MAPPINGS)[1]["EventSourceMappings"]:
        status, _, text = lambdas.refused("PUT", f"{MAPPINGS}/{one['UUID']}", Enabled=True)
        assert status == 501
        assert "does not poll event sources yet" in text
    assert lambdas.refused("PUT", f"{MAPPINGS}/{one['UUID']}", Enabled="no")[:2] == (
        400,
        "InvalidRequestContentException",
    )
