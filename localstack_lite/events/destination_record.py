"""What destinations and dead letter queues get of an asynchronous invocation, and how each service takes it. Pure.

The record's shape, the dead letter's attributes and EventBridge's texts are recorded; which service is called how, and
the names of S3 objects, are AWS docs, "Capturing records of Lambda asynchronous invocations".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from localstack_lite.events.retry import Condition

#: Bytes of `ErrorMessage` in a dead letter.
LONGEST_MESSAGE = 1024


@dataclass(frozen=True, slots=True)
class Response:
    """The last answer that an event had. `payload` is the function's, or the body of Lambda's refusal; `status` what
    the Invoke API says; `failed` whether the function failed. `version` is empty when no function answered."""

    status: int
    payload: bytes
    version: str = ""
    failed: bool = False

    @property
    def message(self) -> str:
        """What went wrong, in words: the `errorMessage` of a function, the message of a refusal."""
        try:
            said = orjson.loads(self.payload)
        except orjson.JSONDecodeError:
            return ""
        if not isinstance(said, dict):
            return ""
        return str(said.get("errorMessage") or said.get("message") or said.get("Message") or "")


@dataclass(frozen=True, slots=True)
class Ended:
    """An asynchronous invocation that has come to its end. `arn` is the function's with its qualifier (`$LATEST` when
    none was asked for), `at` epoch seconds."""

    request_id: str
    function: str
    """The function's name."""
    arn: str
    payload: bytes
    condition: Condition
    tries: int
    at: float
    response: Response | None = None
    trace_id: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One thing to send. `kind` is `success`, `failure` or `dead letter`; `body` the record, or the event itself;
    `attributes` those of a dead letter; `source` the qualified ARN of the function, `name` its name; `token` is what an
    S3 object's name ends with; `trace_id` the trace header of the invocation."""

    target: str
    kind: str
    body: bytes
    source: str
    name: str
    at: float
    token: str
    attributes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    trace_id: str = ""


def record(ended: Ended) -> bytes:
    """The invocation record, as JSON. Payloads go in byte for byte."""
    context = {
        "requestId": ended.request_id,
        "functionArn": ended.arn,
        "condition": ended.condition,
        "approximateInvokeCount": ended.tries,
    }
    parts = [
        b'"version":"1.0"',
        b'"timestamp":' + orjson.dumps(stamp(ended.at)),
        b'"requestContext":' + orjson.dumps(context),
        b'"requestPayload":' + _json(ended.payload),
    ]
    response = ended.response
    if response is not None and response.version:
        told: dict[str, Any] = {"statusCode": response.status, "executedVersion": response.version}
        if response.failed:
            told["functionError"] = "Unhandled"
        parts += [b'"responseContext":' + orjson.dumps(told), b'"responsePayload":' + _json(response.payload)]
    return b"{" + b",".join(parts) + b"}"


def dead_letter(ended: Ended) -> dict[str, tuple[str, str]]:
    """The attributes that a dead letter has beside the event: name, type and value."""
    response = ended.response
    message = (response.message if response is not None else "") or str(ended.condition)
    cut = message.encode("utf-8", "replace")[:LONGEST_MESSAGE].decode("utf-8", "ignore")
    return {
        "RequestID": ("String", ended.request_id),
        "ErrorCode": ("Number", str(response.status if response is not None else 429)),
        "ErrorMessage": ("String", cut),
    }


def parcels(ended: Ended, on_success: str, on_failure: str, dead_letter_target: str, token: str) -> tuple[Parcel, ...]:
    """All that is sent when an event has come to its end. Targets are ARNs, empty when there is none."""
    good = ended.condition is Condition.SUCCESS

    def parcel(target: str, kind: str, body: bytes, attributes: Mapping[str, tuple[str, str]]) -> Parcel:
        source = ended.arn, ended.function, ended.at
        return Parcel(target, kind, body, *source, token, attributes, ended.trace_id)

    found = []
    if target := on_success if good else on_failure:
        found.append(parcel(target, "success" if good else "failure", record(ended), {}))
    if not good and dead_letter_target:
        found.append(parcel(dead_letter_target, "dead letter", ended.payload, dead_letter(ended)))
    return tuple(found)


def event_entry(parcel: Parcel, bus: str) -> dict[str, Any]:
    """The entry of EventBridge's PutEvents."""
    result = "Success" if parcel.kind == "success" else "Failure"
    return {
        "Time": datetime.fromtimestamp(parcel.at, UTC),
        "Source": "lambda",
        "Resources": [parcel.source, parcel.target],
        "DetailType": f"Lambda Function Invocation Result - {result}",
        "Detail": parcel.body.decode("utf-8", "replace"),
        "EventBusName": bus,
    }


def message_attributes(parcel: Parcel) -> dict[str, dict[str, str]]:
    """`MessageAttributes` of SQS and SNS, which spell them alike."""
    attributes = parcel.attributes
    return {name: {"DataType": kind, "StringValue": value} for name, (kind, value) in attributes.items()}


def object_key(parcel: Parcel) -> str:
    """`aws/lambda/async/NAME/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-TOKEN` in S3."""
    when = datetime.fromtimestamp(parcel.at, UTC)
    return f"aws/lambda/async/{parcel.name}/{when:%Y/%m/%d}/{when:%Y-%m-%dT%H.%M.%S}-{parcel.token}"


def stamp(at: float) -> str:
    """`2026-11-22T11:04:38.123Z`."""
    whole = datetime.fromtimestamp(at, UTC)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{whole.microsecond // 1000:03d}Z"


def _json(payload: bytes) -> bytes:
    """As it is when it is JSON, else as a JSON string."""
    try:
        orjson.loads(payload)
    except orjson.JSONDecodeError:
        return orjson.dumps(payload.decode("utf-8", "replace"))
    return payload.strip()
