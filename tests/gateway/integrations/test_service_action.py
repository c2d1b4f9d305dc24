"""Service integrations of HTTP APIs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import parse_qsl

import pytest

from localstack_lite.gateway.exchange import Answer
from localstack_lite.gateway.integrations.service_action import _MADE
from localstack_lite.model.integration import ParameterChanges, ServiceAction
from localstack_lite.model.outgoing import Returned, ServiceRequest, Unreached
from localstack_lite.model.service_subtypes import SUBTYPES
from tests.gateway.errand import OK, errand
from tests.gateway.tale import STAMP, header, http, request

QUEUE = "https://sqs.eu-west-2.amazonaws.com/123456789012/orders"
MACHINE = "arn:aws:states:eu-west-2:1:stateMachine:m"


def run(
    subtype: str,
    parameters: Mapping[str, str],
    body: object = None,
    came: Returned | Unreached = OK,
    changes: ParameterChanges | None = None,
) -> tuple[ServiceRequest | None, Answer]:
    action = ServiceAction(subtype, parameters, changes=changes or ParameterChanges())
    sent = request("POST", "/x", [("X-Id", "h1")], b"" if body is None else json.dumps(body).encode())
    asked, answer = errand(http({"POST /x": action}), sent, came)
    assert asked is None or isinstance(asked, ServiceRequest)
    return asked, answer


def asked_of(subtype: str, parameters: Mapping[str, str], body: object = None) -> ServiceRequest:
    asked, answer = run(subtype, parameters, body)
    assert asked is not None, answer
    return asked


def test_every_subtype_has_its_call() -> None:
    assert _MADE.keys() == SUBTYPES.keys()


def test_a_message_is_sent_with_what_the_request_says() -> None:
    asked = asked_of(
        "SQS-SendMessage",
        {
            "QueueUrl": QUEUE,
            "MessageBody": "$request.body",
            "MessageGroupId": "$request.header.x-id",
            "MessageDeduplicationId": "$context.requestId",
            "DelaySeconds": "$request.body.none",
            "MessageAttributes": '{"kind": {"DataType": "String", "StringValue": "${request.body.a}"}}',
            "Region": "eu-west-2",
        },
        {"a": "one"},
    )
    assert (asked.service, asked.region, asked.path) == ("sqs", "eu-west-2", "/123456789012/orders")
    assert parse_qsl(asked.body.decode()) == [
        ("Action", "SendMessage"),
        ("Version", "2012-11-05"),
        ("QueueUrl", QUEUE),
        ("MessageBody", '{"a": "one"}'),
        ("MessageGroupId", "h1"),
        ("MessageDeduplicationId", STAMP.extended_id),
        ("MessageAttribute.1.Name", "kind"),
        ("MessageAttribute.1.Value.DataType", "String"),
        ("MessageAttribute.1.Value.StringValue", "one"),
    ]


@pytest.mark.parametrize(
    ("subtype", "parameters", "fields"),
    [
        ("SQS-DeleteMessage", {"ReceiptHandle": "r"}, {"ReceiptHandle": "r"}),
        ("SQS-PurgeQueue", {}, {}),
        (
            "SQS-ReceiveMessage",
            {"AttributeName": "All", "MessageAttributeNames": '["a", "b"]', "MaxNumberOfMessages": "5"},
            {
                "AttributeName.1": "All",
                "MessageAttributeName.1": "a",
                "MessageAttributeName.2": "b",
                "MaxNumberOfMessages": "5",
            },
        ),
    ],
)
def test_queues_are_called_by_form(subtype: str, parameters: dict[str, str], fields: dict[str, str]) -> None:
    asked = asked_of(subtype, {"QueueUrl": QUEUE, **parameters})
    found = dict(parse_qsl(asked.body.decode()))
    assert found.pop("Action") == subtype.removeprefix("SQS-")
    assert found == {"Version": "2012-11-05", "QueueUrl": QUEUE, **fields}


@pytest.mark.parametrize(
    ("subtype", "parameters", "service", "target", "body"),
    [
        (
            "EventBridge-PutEvents",
            {
                "Detail": "$request.body.d",
                "DetailType": "t",
                "Source": "s",
                "Resources": "arn:a",
                "Time": "2026-11-22T00:00:00Z",
                "EventBusName": "$request.header.none",
            },
            "events",
            "AWSEvents.PutEvents",
            {
                "Entries": [
                    {
                        "Detail": '{"x":1}',
                        "DetailType": "t",
                        "Source": "s",
                        "Resources": ["arn:a"],
                        "Time": 1795305600.0,
                    }
                ]
            },
        ),
        (
            "Kinesis-PutRecord",
            {"StreamName": "n", "Data": "aGk=", "PartitionKey": "$request.body.k"},
            "kinesis",
            "Kinesis_20131202.PutRecord",
            {"StreamName": "n", "Data": "aGk=", "PartitionKey": "7"},
        ),
        (
            "StepFunctions-StartExecution",
            {"StateMachineArn": MACHINE, "Input": "$request.body", "Name": "n"},
            "states",
            "AWSStepFunctions.StartExecution",
            {"stateMachineArn": MACHINE, "input": '{"d": {"x": 1}, "k": 7}', "name": "n"},
        ),
        (
            "StepFunctions-StartSyncExecution",
            {"StateMachineArn": MACHINE, "TraceHeader": "Root=1"},
            "states",
            "AWSStepFunctions.StartSyncExecution",
            {"stateMachineArn": MACHINE, "traceHeader": "Root=1"},
        ),
        (
            "StepFunctions-StopExecution",
            {"ExecutionArn": "arn:e", "Cause": "c", "Error": "e"},
            "states",
            "AWSStepFunctions.StopExecution",
            {"executionArn": "arn:e", "cause": "c", "error": "e"},
        ),
    ],
)
def test_json_services_get_their_target(
    subtype: str, parameters: dict[str, str], service: str, target: str, body: object
) -> None:
    asked = asked_of(subtype, parameters, {"d": {"x": 1}, "k": 7})
    assert (asked.service, asked.region, dict(asked.headers)["X-Amz-Target"]) == (service, "us-east-1", target)
    assert json.loads(asked.body) == body


def test_a_configuration_is_got_by_its_path() -> None:
    parameters = {"Application": "a b", "Environment": "e", "Configuration": "c", "ClientId": "$request.header.x-id"}
    asked = asked_of("AppConfig-GetConfiguration", parameters)
    assert (asked.method, asked.query) == ("GET", "client_id=h1")
    assert asked.path == "/applications/a%20b/environments/e/configurations/c"


def test_the_answer_is_the_services_own() -> None:
    xml = Returned(400, (("Content-Type", "text/xml"), ("x-amzn-requestid", "r")), b"<ErrorResponse/>")
    _, answer = run("SQS-PurgeQueue", {"QueueUrl": QUEUE}, came=xml)
    assert (answer.response.status, answer.response.body) == (400, b"<ErrorResponse/>")
    assert header(answer.response, "content-type") == "text/xml"
    assert header(answer.response, "apigw-requestid") == STAMP.extended_id
    mapped = ParameterChanges(responses={"400": {"overwrite:statuscode": "200"}})
    assert run("SQS-PurgeQueue", {"QueueUrl": QUEUE}, came=xml, changes=mapped)[1].response.status == 200


@pytest.mark.parametrize(
    ("subtype", "parameters", "status", "note"),
    [
        ("SQS-SendMessage", {"QueueUrl": "$request.body.q", "MessageBody": "x"}, 400, "'' is no QueueUrl"),
        ("SQS-PurgeQueue", {"QueueUrl": "https://host"}, 400, "is no QueueUrl"),
        (
            "SQS-SendMessage",
            {"QueueUrl": QUEUE, "MessageBody": "x", "MessageAttributes": "no json"},
            400,
            "MessageAttributes is no JSON",
        ),
        ("SQS-SendMessage", {"QueueUrl": QUEUE, "MessageBody": "x", "MessageAttributes": "[]"}, 400, "no JSON object"),
        (
            "AppConfig-GetConfiguration",
            {"Application": "$request.body.a", "Environment": "e", "Configuration": "c", "ClientId": "i"},
            400,
            "has no name",
        ),
        ("SQS-SendMessage", {"QueueUrl": QUEUE}, 500, "needs MessageBody"),
        ("SQS-Nonsense", {}, 500, "is no service integration"),
    ],
)
def test_a_call_that_cannot_be_made_is_not(subtype: str, parameters: dict[str, str], status: int, note: str) -> None:
    asked, answer = run(subtype, parameters)
    assert asked is None
    assert answer.response.status == status
    assert note in answer.note


def test_a_service_out_of_reach_is_503() -> None:
    _, answer = run("SQS-PurgeQueue", {"QueueUrl": QUEUE}, came=Unreached("there are no AWS credentials"))
    assert (answer.response.status, answer.response.body) == (503, b'{"message":"Service Unavailable"}')
    assert "no AWS credentials" in answer.note
