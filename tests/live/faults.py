"""What a fault proxy does to a call instead of passing it on, and AWS's error replies in each service's shape."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from tests.live.aws_calls import Call

QUERY = frozenset({"cloudformation", "sts", "iam"})
JSON = frozenset({"logs", "states", "ecr", "monitoring"})


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP answer."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Passed:
    """Nothing is done to this one."""


@dataclass(frozen=True, slots=True)
class Refused:
    """An error reply in the shape of the call's service. `code` may depend on the service."""

    status: Callable[[Call], int]
    code: Callable[[Call], str]
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dropped:
    """The connection is closed: before the call is passed on, or after it was done and before it is answered."""

    done: bool = False


@dataclass(frozen=True, slots=True)
class Slow:
    seconds: float


@dataclass(frozen=True, slots=True)
class Before:
    """`callback` runs right before the call is passed on: a second deployer."""

    callback: Callable[[Call], object]


@dataclass(frozen=True, slots=True)
class Replied:
    """The answer is made up by `callback`, and nothing is passed on."""

    callback: Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Held:
    """The call waits until somebody opens; `reached` is set when it is there. `done`: it is passed on first, and the
    answer waits."""

    reached: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)
    done: bool = False

    def open(self) -> None:
        self.opened.set()


Fault = Passed | Refused | Dropped | Slow | Before | Replied | Held

PASSED = Passed()


def throttled(retry_after: int | None = None) -> Refused:
    """As each service says it: Lambda and API Gateway 429, S3 503 SlowDown, the others 400."""

    def status(call: Call) -> int:
        return {"lambda": 429, "apigateway": 429, "s3": 503}.get(call.service, 400)

    def code(call: Call) -> str:
        if call.service in ("lambda", "apigateway"):
            return "TooManyRequestsException"
        if call.service == "s3":
            return "SlowDown"
        return "Throttling" if call.service in QUERY else "ThrottlingException"

    return Refused(status, code, "Rate exceeded", {} if retry_after is None else {"Retry-After": str(retry_after)})


def broken(status: int = 500) -> Refused:
    def code(call: Call) -> str:
        return {"lambda": "ServiceException", "s3": "InternalError"}.get(call.service, "InternalFailure")

    return Refused(lambda _: status, code, "An internal error occurred.")


def expired() -> Refused:
    def code(call: Call) -> str:
        return "ExpiredToken" if call.service in QUERY or call.service == "s3" else "ExpiredTokenException"

    return Refused(
        lambda call: 400 if call.service == "s3" else 403,
        code,
        "The security token included in the request is expired",
    )


def denied(what: str = "") -> Refused:
    """Lambda's and the others' `AccessDeniedException`, CloudFormation's and S3's `AccessDenied`."""

    def code(call: Call) -> str:
        return "AccessDenied" if call.service in QUERY or call.service == "s3" else "AccessDeniedException"

    said = f"User: arn:aws:iam::123456789012:user/ann is not authorized to perform: {what or 'this'}"
    return Refused(lambda _: 403, code, said)


def refused(status: int, code: str, message: str) -> Refused:
    return Refused(lambda _: status, lambda _: code, message)


def reply(refusal: Refused, call: Call) -> Answer:
    """What AWS sends, so that botocore finds code and message where it looks for them."""
    status, code, message = refusal.status(call), refusal.code(call), refusal.message
    request = "11111111-2222-4333-8444-555555555555"
    headers = {"x-amzn-RequestId": request, **refusal.headers}
    if call.service in QUERY:
        kind = "Sender" if status < 500 else "Receiver"
        said = f"<Type>{kind}</Type><Code>{code}</Code><Message>{escape(message)}</Message>"
        text = f"<ErrorResponse><Error>{said}</Error><RequestId>{request}</RequestId></ErrorResponse>"
        return Answer(status, text.encode(), {"Content-Type": "text/xml", **headers})
    if call.service == "s3":
        said = f"<Code>{code}</Code><Message>{escape(message)}</Message><RequestId>{request}</RequestId>"
        return Answer(status, f"<Error>{said}</Error>".encode(), {"Content-Type": "application/xml", **headers})
    if call.service in JSON:
        answer: dict[str, Any] = {"__type": code, "message": message}
        return Answer(status, json.dumps(answer).encode(), {"Content-Type": "application/x-amz-json-1.1", **headers})
    kind = "User" if status < 500 else "Service"
    answer = {"Type": kind, "message": message}
    more = {"Content-Type": "application/json", "x-amzn-ErrorType": code, **headers}
    return Answer(status, json.dumps(answer).encode(), more)
