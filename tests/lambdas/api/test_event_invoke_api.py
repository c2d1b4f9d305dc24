"""Settings of asynchronous invocations over the API, answered as recorded."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localstack_lite.lambdas.api.api_error import ApiError
from localstack_lite.lambdas.api.event_invoke_api import answer
from localstack_lite.lambdas.api.operations import find_call
from localstack_lite.lambdas.event_invoke_configs import EventInvokeConfigs
from localstack_lite.model.alias import EventInvoke
from localstack_lite.wire.messages import Request
from tests.builders import function, project

ARN = "arn:aws:lambda:us-east-1:123456789012:function:hello"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:done"
BUCKET = "arn:aws:s3:::lost"
HELLO = function("hello", event_invokes=(EventInvoke("live", retries=1, on_success=QUEUE),))
PROJECT = project(HELLO, function("other"))
NOW = 1_795_345_478.12345


@pytest.fixture
def configs() -> EventInvokeConfigs:
    return EventInvokeConfigs(started=5.0)


METHODS = {"Put": "PUT", "Update": "POST", "Get": "GET", "Delete": "DELETE", "List": "GET"}


def ask(
    configs: EventInvokeConfigs, verb: str, name: str = "hello", query: str = "", **body: Any
) -> tuple[int, dict[str, Any]]:
    path = f"/2019-09-25/functions/{name}/event-invoke-config" + ("/list" if verb == "List" else "")
    call = find_call(METHODS[verb], path, query)
    assert call is not None
    request = Request(METHODS[verb], path, query, body=json.dumps(body).encode() if body else b"")
    given = answer(call, request, "r1", PROJECT, lambda _, qualifier: qualifier in ("live", "1"), configs, NOW)
    response = given.response("r1") if isinstance(given, ApiError) else given
    return response.status, json.loads(response.body) if response.body else {}


def test_put_answers_with_all_that_is_set(configs: EventInvokeConfigs) -> None:
    assert ask(configs, "Put", MaximumRetryAttempts=0) == (
        200,
        {
            "FunctionArn": f"{ARN}:$LATEST",
            "MaximumRetryAttempts": 0,
            "DestinationConfig": {"OnSuccess": {}, "OnFailure": {}},
            "LastModified": 1_795_345_478.123,
        },
    )
    assert configs.get(HELLO, "$LATEST") is not None


def test_put_replaces_all_and_update_what_it_names(configs: EventInvokeConfigs) -> None:
    ask(configs, "Put", MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": BUCKET}})
    _, updated = ask(configs, "Update", MaximumEventAgeInSeconds=60)
    assert updated["MaximumRetryAttempts"] == 0
    assert updated["MaximumEventAgeInSeconds"] == 60
    assert updated["DestinationConfig"] == {"OnSuccess": {}, "OnFailure": {"Destination": BUCKET}}
    _, put = ask(configs, "Put", MaximumEventAgeInSeconds=90)
    assert put.keys() == {"FunctionArn", "MaximumEventAgeInSeconds", "DestinationConfig", "LastModified"}
    assert put["DestinationConfig"] == {"OnSuccess": {}, "OnFailure": {}}


def test_what_the_project_declares_can_be_read_changed_and_deleted(configs: EventInvokeConfigs) -> None:
    status, got = ask(configs, "Get", query="Qualifier=live")
    assert (status, got["FunctionArn"], got["LastModified"]) == (200, f"{ARN}:live", 5.0)
    assert got["DestinationConfig"] == {"OnSuccess": {"Destination": QUEUE}, "OnFailure": {}}
    assert ask(configs, "Update", query="Qualifier=live", MaximumRetryAttempts=2)[1]["MaximumRetryAttempts"] == 2
    assert ask(configs, "Delete", query="Qualifier=live") == (204, {})
    assert ask(configs, "Get", query="Qualifier=live")[0] == 404
    assert ask(configs, "Delete", query="Qualifier=live")[0] == 404


@pytest.mark.parametrize("verb", ["Get", "Delete"])
@pytest.mark.parametrize(
    ("name", "query", "arn"),
    [
        ("hello", "Qualifier=1", f"{ARN}:1"),
        ("hello", "", f"{ARN}:$LATEST"),
        ("nobody", "", ARN.replace("hello", "nobody") + ":$LATEST"),
    ],
)
def test_what_is_not_there_is_said_with_its_arn(
    configs: EventInvokeConfigs, verb: str, name: str, query: str, arn: str
) -> None:
    assert ask(configs, verb, name, query) == (
        404,
        {"Type": "User", "Message": f"The function {arn} doesn't have an EventInvokeConfig"},
    )


def test_an_update_of_nothing_is_refused(configs: EventInvokeConfigs) -> None:
    assert ask(configs, "Update", MaximumRetryAttempts=1)[0] == 404


@pytest.mark.parametrize("verb", ["Put", "Update"])
def test_something_has_to_be_set(configs: EventInvokeConfigs, verb: str) -> None:
    text = "You must specify at least one of error handling or destination setting."
    assert ask(configs, verb) == (400, {"Type": "User", "message": text})


@pytest.mark.parametrize(("name", "query"), [("nobody", ""), ("hello", "Qualifier=2")])
def test_only_what_exists_can_be_set(configs: EventInvokeConfigs, name: str, query: str) -> None:
    status, said = ask(configs, "Put", name, query, MaximumRetryAttempts=0)
    assert (status, said["Message"]) == (404, "The function doesn't exist.")


@pytest.mark.parametrize("target", [ARN, f"{ARN}:live"])
def test_a_function_is_no_destination_for_itself(configs: EventInvokeConfigs, target: str) -> None:
    status, said = ask(configs, "Put", DestinationConfig={"OnSuccess": {"Destination": target}})
    assert (status, said["message"]) == (400, "You can't specify the function as a destination for itself.")


@pytest.mark.parametrize(
    ("where", "target", "status"),
    [
        ("OnSuccess", QUEUE, 200),
        ("OnSuccess", f"{ARN}-2", 200),
        ("OnFailure", "arn:aws:events:us-east-1:123456789012:event-bus/shop", 200),
        ("OnFailure", "arn:aws:sns:us-east-1:123456789012:told", 200),
        ("OnFailure", BUCKET, 200),
        ("OnSuccess", BUCKET, 400),
        ("OnFailure", "arn:aws:kinesis:us-east-1:123456789012:stream/x", 400),
        ("OnFailure", "", 200),
    ],
)
def test_which_services_are_destinations(configs: EventInvokeConfigs, where: str, target: str, status: int) -> None:
    got, said = ask(configs, "Put", DestinationConfig={where: {"Destination": target}})
    assert got == status
    if status == 400:
        assert said["message"] == f"The destination ARN {target} is invalid."


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"MaximumRetryAttempts": 3}, "Value '3' at 'maximumRetryAttempts' .* less than or equal to 2$"),
        ({"MaximumRetryAttempts": -1}, "Value '-1' at 'maximumRetryAttempts' .* greater than or equal to 0$"),
        ({"MaximumEventAgeInSeconds": 59}, "Value '59' at 'maximumEventAgeInSeconds' .* greater than or equal to 60$"),
        ({"MaximumEventAgeInSeconds": 21601}, "Value '21601' .* less than or equal to 21600$"),
        ({"DestinationConfig": {"OnFailure": {"Destination": "orders"}}}, "'destinationConfig.onFailure.destination'"),
        ({"MaximumRetryAttempts": "1"}, "not a whole number"),
        ({"MaximumRetryAttempts": True}, "not a whole number"),
        ({"DestinationConfig": []}, "not as AWS takes it"),
        ({"DestinationConfig": {"OnFailure": "x"}}, "DestinationConfig|regular expression"),
    ],
)
def test_what_breaks_the_model_is_refused(configs: EventInvokeConfigs, body: dict[str, Any], text: str) -> None:
    import re

    status, said = ask(configs, "Put", **body)
    assert status == 400
    assert re.search(text, said["message"]), said
    assert configs.get(HELLO, "$LATEST") is None


def test_a_list_has_pages(configs: EventInvokeConfigs) -> None:
    ask(configs, "Put", MaximumRetryAttempts=0)
    _, first = ask(configs, "List", query="MaxItems=1")
    (one,) = first["FunctionEventInvokeConfigs"]
    _, second = ask(configs, "List", query=f"MaxItems=1&Marker={first['NextMarker']}")
    (other,) = second["FunctionEventInvokeConfigs"]
    assert {one["FunctionArn"], other["FunctionArn"]} == {f"{ARN}:$LATEST", f"{ARN}:live"}
    assert "NextMarker" not in second
    assert ask(configs, "List", query="MaxItems=51")[0] == 400
    assert ask(configs, "List", "nobody")[0] == 404
