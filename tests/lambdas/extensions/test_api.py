"""What extensions may ask of the Extensions API, and what they are told: no environment, no socket."""

from __future__ import annotations

import json

import pytest

from localstack_lite.lambdas.environments.runtime_api import Reply
from localstack_lite.lambdas.extensions import api
from localstack_lite.lambdas.extensions.api import Lifecycle, Operation, Registration, State
from localstack_lite.model.invocation import Invocation

EXTERNAL = ("agent.sh",)


def told(reply: object) -> tuple[int, str, str]:
    """Status, error type and message of a refusal."""
    assert isinstance(reply, Reply)
    body = json.loads(reply.body)
    return reply.status, body["errorType"], body["errorMessage"]


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("POST", "/2020-01-01/extension/register", Operation.REGISTER),
        ("GET", "/2020-01-01/extension/event/next", Operation.NEXT),
        ("POST", "/2020-01-01/extension/init/error", Operation.INIT_ERROR),
        ("POST", "/2020-01-01/extension/exit/error", Operation.EXIT_ERROR),
        ("PUT", "/2022-07-01/telemetry", Operation.TELEMETRY),
        ("PUT", "/2022-07-01/telemetry/", Operation.TELEMETRY),
        ("PUT", "/2020-08-15/logs", Operation.LOGS),
        ("GET", "/2020-01-01/extension/register?x=1", Operation.WRONG_METHOD),
        ("POST", "/2022-07-01/telemetry", Operation.WRONG_METHOD),
        ("POST", "/2020-01-01/extension/unknown", None),
        ("GET", "/2018-06-01/runtime/invocation/next", None),
        ("GET", "/", None),
    ],
)
def test_each_path_has_its_method(method: str, path: str, operation: Operation | None) -> None:
    assert api.classify(method, path) is operation


def test_an_external_extension_may_ask_for_both_events_and_the_account() -> None:
    headers = {"lambda-extension-name": "agent.sh", "lambda-extension-accept-feature": "tea, accountId"}
    asked = api.registration(headers, b'{"events":["INVOKE","SHUTDOWN","INVOKE"]}', EXTERNAL)
    assert asked == Registration("agent.sh", (Lifecycle.INVOKE, Lifecycle.SHUTDOWN), account=True)


@pytest.mark.parametrize("body", [b"{}", b'{"events":null}', b'{"events":[]}'])
def test_no_event_at_all_may_be_asked_for(body: bytes) -> None:
    assert api.registration({"lambda-extension-name": "inside"}, body, EXTERNAL) == Registration("inside", ())


@pytest.mark.parametrize(
    ("name", "body", "error", "message"),
    [
        ("", b"{}", "Extension.InvalidExtensionName", "Empty extension name"),
        ("agent.sh", b"{", "InvalidRequestFormat", None),
        ("agent.sh", b"[]", "InvalidRequestFormat", "the body is no JSON object"),
        ("agent.sh", b'{"events":"INVOKE"}', "InvalidRequestFormat", "events is no list of strings"),
        ("agent.sh", b'{"events":[1]}', "InvalidRequestFormat", "events is no list of strings"),
        (
            "agent.sh",
            b'{"configurationKeys":["a"]}',
            "InvalidRequestFormat",
            "configurationKeys are deprecated; use environment variables instead",
        ),
        ("agent.sh", b'{"events":["invoke"]}', "Extension.InvalidEventType", "invoke: ErrorInvalidEventType"),
        (
            "inside",
            b'{"events":["SHUTDOWN"]}',
            "Extension.InvalidEventType",
            "SHUTDOWN: ShutdownEventNotSupportedForInternalExtension",
        ),
    ],
)
def test_what_is_wrong_with_a_registration_is_a_403(name: str, body: bytes, error: str, message: str | None) -> None:
    status, kind, text = told(api.registration({"lambda-extension-name": name}, body, EXTERNAL))
    assert (status, kind) == (403, error)
    assert text == message or message is None


def test_an_identifier_is_a_uuid() -> None:
    uuid = "0F8FAD5B-D9CB-469F-A165-70867728950E"
    assert api.identifier({"lambda-extension-identifier": uuid}) == uuid.lower()
    missing = (403, "Extension.MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier header")
    assert told(api.identifier({})) == missing
    invalid = (403, "Extension.InvalidExtensionIdentifier", "Invalid Lambda-Extension-Identifier")
    assert told(api.identifier({"lambda-extension-identifier": "me"})) == invalid


def test_an_error_has_to_be_named() -> None:
    assert api.error_type({"lambda-extension-function-error-type": "Extension.NoConfig"}) == "Extension.NoConfig"
    expected = (403, "Extension.MissingHeader", "Lambda-Extension-Function-Error-Type not found")
    assert told(api.error_type({})) == expected


def test_who_registered_is_told_the_function_and_the_account_only_when_asked() -> None:
    reply = api.registered("id", "hello", "$LATEST", "app.handler", "")
    assert reply.status == 200
    assert ("Lambda-Extension-Identifier", "id") in reply.headers
    assert json.loads(reply.body) == {
        "functionName": "hello",
        "functionVersion": "$LATEST",
        "handler": "app.handler",
    }
    with_account = json.loads(api.registered("id", "hello", "7", "app.handler", "123456789012").body)
    assert with_account["accountId"] == "123456789012"


def test_an_invoke_event_has_tracing_when_the_call_has() -> None:
    invocation = Invocation("F", b"{}", "r1", trace_id="Root=1-2-3")
    reply = api.invoke_event("e1", invocation, "arn:f", 1000.5)
    assert ("Lambda-Extension-Event-Identifier", "e1") in reply.headers
    assert json.loads(reply.body) == {
        "eventType": "INVOKE",
        "deadlineMs": 1_000_500,
        "requestId": "r1",
        "invokedFunctionArn": "arn:f",
        "tracing": {"type": "X-Amzn-Trace-Id", "value": "Root=1-2-3"},
    }
    assert "tracing" not in json.loads(api.invoke_event("e2", Invocation("F", b"{}", "r2"), "arn:f", 1.0).body)


def test_a_shutdown_event_says_why_and_until_when() -> None:
    body = json.loads(api.shutdown_event("e1", "timeout", 2.0).body)
    assert body == {"eventType": "SHUTDOWN", "deadlineMs": 2000, "shutdownReason": "timeout"}


def test_a_refused_step_names_both_states() -> None:
    assert told(api.not_allowed(State.READY, State.READY, "id")) == (
        403,
        "Extension.InvalidExtensionState",
        "State transition from Ready to Ready failed for extension id. Error: State transition is not allowed",
    )
