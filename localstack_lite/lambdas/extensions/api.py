"""The Extensions API's rules: what an extension's request means, and what it is told.

Paths, headers, statuses, error types and messages are those of AWS's own runtime interface emulator and of the guide
"Using the Lambda Extensions API to create extensions". The paths under which extensions subscribe to telemetry are
here too; what stands in such a request is `telemetry_subscription`'s.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

import orjson

from localstack_lite.lambdas.environments.runtime_api import JSON, Reply, failure
from localstack_lite.model.invocation import Invocation

MOST = 10
"""Extensions that one function may have (AWS quotas)."""

IDENTIFIER = "Lambda-Extension-Identifier"
EVENT_IDENTIFIER = "Lambda-Extension-Event-Identifier"

_NAME = "lambda-extension-name"
_FEATURES = "lambda-extension-accept-feature"
_ERROR_TYPE = "lambda-extension-function-error-type"

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z", re.IGNORECASE)


class Operation(Enum):
    REGISTER = auto()
    NEXT = auto()
    INIT_ERROR = auto()
    EXIT_ERROR = auto()
    TELEMETRY = auto()
    LOGS = auto()
    WRONG_METHOD = auto()


class State(StrEnum):
    """Where an extension stands, in the words that error messages use."""

    STARTED = "Started"
    """Its process was launched."""
    REGISTERED = "Registered"
    READY = "Ready"
    """It waits for its next event."""
    RUNNING = "Running"
    """It has an event."""
    INIT_ERROR = "InitError"
    EXIT_ERROR = "ExitError"


class Lifecycle(StrEnum):
    INVOKE = "INVOKE"
    SHUTDOWN = "SHUTDOWN"


_EVENTS = frozenset(each.value for each in Lifecycle)

_PATHS = {
    "/2020-01-01/extension/register": ("POST", Operation.REGISTER),
    "/2020-01-01/extension/event/next": ("GET", Operation.NEXT),
    "/2020-01-01/extension/init/error": ("POST", Operation.INIT_ERROR),
    "/2020-01-01/extension/exit/error": ("POST", Operation.EXIT_ERROR),
    "/2022-07-01/telemetry": ("PUT", Operation.TELEMETRY),
    "/2020-08-15/logs": ("PUT", Operation.LOGS),
}


def classify(method: str, path: str) -> Operation | None:
    """None: it is no request of an extension. A slash at the end, which AWS's guide writes, and a query are allowed."""
    known = _PATHS.get(path.partition("?")[0].rstrip("/"))
    if known is None:
        return None
    expected, operation = known
    return operation if method == expected else Operation.WRONG_METHOD


@dataclass(frozen=True, slots=True)
class Registration:
    """What an extension asks for when it registers."""

    name: str
    events: tuple[Lifecycle, ...]
    account: bool = False
    """Whether it wants to know the account's id (`Lambda-Extension-Accept-Feature: accountId`)."""


def registration(headers: Mapping[str, str], body: bytes, external: Container[str]) -> Registration | Reply:
    """Check a request to register; header names are lower case. `external` are the extensions that were launched: who
    has another name lives inside the runtime, and is told nothing of a shutdown."""
    name = headers.get(_NAME, "")
    if not name:
        return forbidden("Extension.InvalidExtensionName", "Empty extension name")
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        return forbidden("InvalidRequestFormat", str(error))
    if not isinstance(asked, dict):
        return forbidden("InvalidRequestFormat", "the body is no JSON object")
    if asked.get("configurationKeys"):
        return forbidden("InvalidRequestFormat", "configurationKeys are deprecated; use environment variables instead")
    names = asked.get("events") or []
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        return forbidden("InvalidRequestFormat", "events is no list of strings")
    events: list[Lifecycle] = []
    for each in names:
        if each not in _EVENTS:
            return forbidden("Extension.InvalidEventType", f"{each}: ErrorInvalidEventType")
        if each == Lifecycle.SHUTDOWN and name not in external:
            why = "ShutdownEventNotSupportedForInternalExtension"
            return forbidden("Extension.InvalidEventType", f"{each}: {why}")
        if each not in events:
            events.append(Lifecycle(each))
    features = {feature.strip() for feature in headers.get(_FEATURES, "").split(",")}
    return Registration(name, tuple(events), "accountId" in features)


def identifier(headers: Mapping[str, str]) -> str | Reply:
    """The identifier that a request carries, in lower case."""
    value = headers.get(IDENTIFIER.lower(), "")
    if not value:
        return forbidden("Extension.MissingExtensionIdentifier", f"Missing {IDENTIFIER} header")
    if not _UUID.match(value):
        return forbidden("Extension.InvalidExtensionIdentifier", f"Invalid {IDENTIFIER}")
    return value.lower()


def error_type(headers: Mapping[str, str]) -> str | Reply:
    """What an extension says is wrong with it; anything is taken."""
    value = headers.get(_ERROR_TYPE, "")
    if not value:
        return forbidden("Extension.MissingHeader", "Lambda-Extension-Function-Error-Type not found")
    return value


def registered(extension: str, name: str, version: str, handler: str, account: str) -> Reply:
    """The answer to who registered. `account` is empty when it did not ask for it."""
    body = {"functionName": name, "functionVersion": version, "handler": handler}
    if account:
        body = {"accountId": account, **body}
    return Reply(200, orjson.dumps(body), (JSON, (IDENTIFIER, extension)))


def invoke_event(event: str, invocation: Invocation, arn: str, deadline: float) -> Reply:
    """`event` is the event's own identifier; `deadline` epoch seconds."""
    body: dict[str, object] = {
        "eventType": Lifecycle.INVOKE,
        "deadlineMs": int(deadline * 1000),
        "requestId": invocation.request_id,
        "invokedFunctionArn": arn,
    }
    if invocation.trace_id:
        body["tracing"] = {"type": "X-Amzn-Trace-Id", "value": invocation.trace_id}
    return Reply(200, orjson.dumps(body), (JSON, (EVENT_IDENTIFIER, event)))


def shutdown_event(event: str, reason: str, deadline: float) -> Reply:
    """`reason` is `spindown`, `timeout` or `failure`."""
    body = {"eventType": Lifecycle.SHUTDOWN, "deadlineMs": int(deadline * 1000), "shutdownReason": reason}
    return Reply(200, orjson.dumps(body), (JSON, (EVENT_IDENTIFIER, event)))


def forbidden(error: str, message: str) -> Reply:
    return failure(403, error, message)


def not_allowed(state: State, wanted: str, who: str) -> Reply:
    """`who` is an identifier, or the name of one that registers."""
    message = f"State transition from {state} to {wanted} failed for extension {who}."
    return forbidden("Extension.InvalidExtensionState", f"{message} Error: State transition is not allowed")


def unknown(extension: str) -> Reply:
    return forbidden("Extension.UnknownExtensionIdentifier", f"Unknown extension {extension}")


UNKNOWN = forbidden("Extension.UnknownExtensionIdentifier", f"Unknown {IDENTIFIER}")
NAME_TAKEN = forbidden("Extension.InvalidExtensionState", "Extension with this name already registered")
REGISTRATION_CLOSED = forbidden("Extension.RegistrationClosed", "Extension registration closed already")
TOO_MANY = forbidden("Extension.TooManyExtensions", f"Extension limit ({MOST}) reached")
TELEMETRY_CLOSED = forbidden("Telemetry.SubscriptionClosed", "Telemetry API subscription is closed already")
LOGS_CLOSED = forbidden("Logs.SubscriptionClosed", "Logs API subscription is closed already")
