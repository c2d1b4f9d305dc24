"""Service integrations of HTTP APIs: a parameter mapping becomes a call of SQS, EventBridge, Step Functions, Kinesis or
AppConfig, and the service's answer is the client's. Pure.

Source: AWS docs, "Create AWS service integrations for HTTP APIs" and the integration subtype reference. A parameter
without a value is left out; what the service says to that goes to the client. Where the request cannot be addressed
without it, the client gets 400. SQS is asked with the query protocol and answers XML, as it does behind AWS's gateway.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import orjson

from localstack_lite.gateway.integrations.aws_service import form_request, json_request
from localstack_lite.gateway.integrations.http_context import HttpContext
from localstack_lite.gateway.integrations.http_proxy import answered, troubled
from localstack_lite.gateway.integrations.parameter_changes import ParameterMapping
from localstack_lite.gateway.integrations.selection import Seen, Selections
from localstack_lite.gateway.steps import Telling
from localstack_lite.gateway.visit import Integrated, Visit
from localstack_lite.model.api import Api, Route
from localstack_lite.model.integration import ServiceAction
from localstack_lite.model.outgoing import ServiceRequest
from localstack_lite.model.project import Project
from localstack_lite.model.service_subtypes import REGION, SPELLINGS, unsupported_action

Values = Mapping[str, str]


class ServiceActed:
    """The integration of one route."""

    def __init__(self, project: Project, api: Api, route: Route, action: ServiceAction) -> None:
        context = HttpContext(project, api, route)
        selections = Selections(context, api.stage_variables)
        self._action = action
        self._region = action.region or project.region
        self._wrong = unsupported_action(action)
        self._readers = {
            SPELLINGS.get(name, name): selections.reader(expression) for name, expression in action.parameters.items()
        }
        changes = action.changes
        self._mapping = ParameterMapping(changes, context, api.stage_variables) if changes else None

    def integrate(self, visit: Visit) -> Telling[Integrated]:
        if self._wrong:
            return troubled(visit, 500, self._wrong)
        seen = Seen(visit)
        values = {name: value for name, read in self._readers.items() if (value := read(seen)) is not None}
        region = values.pop(REGION, "") or self._region
        try:
            request = _MADE[self._action.subtype](values, region, self._action.timeout)
        except Unaddressed as missing:
            return troubled(visit, 400, f"{self._action.subtype}: {missing}")
        came = yield request
        return answered(visit, came, self._mapping)


class Unaddressed(Exception):
    """There is no such request. The text says why."""


Make = Callable[[Values, str, float], ServiceRequest]


def _put_events(values: Values, region: str, timeout: float) -> ServiceRequest:
    entry: dict[str, Any] = {name: value for name, value in values.items() if name not in ("Resources", "Time")}
    if resources := values.get("Resources"):
        entry["Resources"] = _texts(resources)
    if time := values.get("Time"):
        entry["Time"] = _epoch(time)
    return json_request("events", region, "PutEvents", orjson.dumps({"Entries": [entry]}), timeout)


def _put_record(values: Values, region: str, timeout: float) -> ServiceRequest:
    return json_request("kinesis", region, "PutRecord", orjson.dumps(dict(values)), timeout)


def _execution(operation: str) -> Make:
    def make(values: Values, region: str, timeout: float) -> ServiceRequest:
        named = {name[0].lower() + name[1:]: value for name, value in values.items()}
        return json_request("states", region, operation, orjson.dumps(named), timeout)

    return make


def _queue(operation: str) -> Make:
    def make(values: Values, region: str, timeout: float) -> ServiceRequest:
        path = urlsplit(values.get("QueueUrl", "")).path
        if not path.strip("/"):
            raise Unaddressed(f"{values.get('QueueUrl', '')!r} is no QueueUrl")
        fields: list[tuple[str, str]] = []
        for name, value in values.items():
            match name:
                case "MessageAttributes" | "MessageSystemAttributes":
                    fields += _attributes(name.removesuffix("s"), value)
                case "AttributeNames" | "MessageAttributeNames":
                    one = name.removesuffix("s")
                    fields += [(f"{one}.{number}", text) for number, text in enumerate(_texts(value), 1)]
                case _:
                    fields.append((name, value))
        return form_request("sqs", region, path, operation, fields, timeout)

    return make


def _configuration(values: Values, region: str, timeout: float) -> ServiceRequest:
    parts = [values.get(name, "") for name in ("Application", "Environment", "Configuration")]
    if not all(parts):
        raise Unaddressed("the application, the environment or the configuration has no name")
    application, environment, configuration = [quote(part, safe="") for part in parts]
    path = f"/applications/{application}/environments/{environment}/configurations/{configuration}"
    names = {"ClientId": "client_id", "ClientConfigurationVersion": "client_configuration_version"}
    query = "&".join(f"{name}={quote(values[key], safe='')}" for key, name in names.items() if key in values)
    return ServiceRequest("appconfig", region, "GET", path, "", (), query, b"", timeout)


_MADE: Mapping[str, Make] = {
    "AppConfig-GetConfiguration": _configuration,
    "EventBridge-PutEvents": _put_events,
    "Kinesis-PutRecord": _put_record,
    **{f"SQS-{name}": _queue(name) for name in ("DeleteMessage", "PurgeQueue", "ReceiveMessage", "SendMessage")},
    **{f"StepFunctions-{name}": _execution(name) for name in ("StartExecution", "StartSyncExecution", "StopExecution")},
}


def _texts(value: str) -> list[str]:
    """A list that is written as JSON, or one text."""
    try:
        found = orjson.loads(value)
    except orjson.JSONDecodeError:
        return [value]
    if not isinstance(found, list):
        return [value]
    return [each if isinstance(each, str) else orjson.dumps(each).decode() for each in found]


def _epoch(time: str) -> float | str:
    """As the service's protocol writes times; what is none goes on, and is the service's to refuse."""
    try:
        return float(time)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(time)
    except ValueError:
        return time
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()


def _attributes(name: str, value: str) -> list[tuple[str, str]]:
    """`{"a": {"DataType": "String", "StringValue": "x"}}` as a form says it."""
    try:
        found = orjson.loads(value)
    except orjson.JSONDecodeError:
        raise Unaddressed(f"{name}s is no JSON") from None
    if not isinstance(found, dict):
        raise Unaddressed(f"{name}s is no JSON object")
    fields: list[tuple[str, str]] = []
    for number, (key, content) in enumerate(found.items(), 1):
        fields.append((f"{name}.{number}.Name", key))
        if isinstance(content, dict):
            fields += [(f"{name}.{number}.Value.{part}", str(text)) for part, text in content.items()]
    return fields
