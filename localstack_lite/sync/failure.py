"""What went wrong with a call to AWS, as a value: read off boto3's exceptions, and sorted by what can be done about it.

boto3 is not imported for it: its exceptions say what they are by their classes' names and by the parsed answer that
they carry.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Trouble(StrEnum):
    """`THROTTLED`: too many calls, and this one was not done. `BUSY`: somebody else's change of the same thing is on
    its way. `SERVER`: a fault of AWS's, the call may have been done. `DROPPED`: the connection ended before the answer,
    the call may have been done. `UNREACHED`: nobody was reached, nothing was done. `REFUSED`: an answer that the same
    call would get again."""

    THROTTLED = "throttled"
    BUSY = "busy"
    SERVER = "server"
    DROPPED = "dropped"
    UNREACHED = "unreached"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Failure:
    """`code`, `message` and `status` are AWS's; all empty when there was no answer. `kinds` are the names of the
    exception's class and those above it. `retry_after` in seconds, as the answer asks. `region` is where a bucket
    really is, if the answer says so."""

    message: str
    code: str = ""
    status: int = 0
    operation: str = ""
    kinds: tuple[str, ...] = ()
    retry_after: float | None = None
    region: str = ""
    request_id: str = ""

    def is_a(self, *names: str) -> bool:
        return any(name in self.kinds for name in names)


def failure_of(error: BaseException) -> Failure:
    """Of any exception of boto3 or below it. The message is one line."""
    kinds = tuple(each.__name__ for each in type(error).__mro__)
    response = getattr(error, "response", None)
    if not isinstance(response, Mapping):
        return Failure(_one_line(str(error)) or kinds[0], kinds=kinds)
    problem = _mapping(response.get("Error"))
    about = _mapping(response.get("ResponseMetadata"))
    headers = _mapping(about.get("HTTPHeaders"))
    code = str(problem.get("Code") or "")
    message = str(problem.get("Message") or response.get("message") or code)
    return Failure(
        "" if message.lstrip().startswith("<") else _one_line(message),  # a page of a proxy or a web server
        code,
        int(about.get("HTTPStatusCode") or 0),
        str(getattr(error, "operation_name", "")),
        kinds,
        _seconds(headers.get("retry-after")),
        str(problem.get("Region") or headers.get("x-amz-bucket-region") or ""),
        str(about.get("RequestId") or ""),
    )


#: Codes by which services say that there were too many calls (API references of Lambda, API Gateway, CloudFormation,
#: S3, ECR and Step Functions; botocore's own retry table has the same).
THROTTLES = frozenset(
    {
        *("TooManyRequestsException", "ThrottlingException", "ThrottledException", "Throttling", "SlowDown"),
        *("RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "BandwidthLimitExceeded"),
        *("ProvisionedThroughputExceededException", "PriorRequestNotComplete", "TransactionInProgressException"),
    }
)
_BUSY = frozenset({"OperationAborted", "ConditionalRequestConflict", "ConflictException", "OperationInProgress"})
_LATE = frozenset({"RequestTimeout", "RequestTimeoutException"})
_UPDATING = re.compile(r"update is in progress|following state: Pending|in progress for resource", re.IGNORECASE)


def trouble_of(failure: Failure) -> Trouble:
    if not failure.code and not failure.status:
        return _silence(failure)
    # CloudFormation's says "Rate exceeded" under the code Throttling; 503 is S3's SlowDown without a body as well.
    if failure.code in THROTTLES or failure.status in (429, 503):
        return Trouble.THROTTLED
    if failure.code in _BUSY and failure.status == 409 and "already exists" not in failure.message.lower():
        return Trouble.BUSY
    if failure.status in (500, 502, 504):
        return Trouble.SERVER
    if failure.code in _LATE:
        return Trouble.DROPPED
    return Trouble.REFUSED


def is_updating(failure: Failure) -> bool:
    """Whether a function refuses because an earlier update of it is not through yet: wait for that, then again."""
    return failure.code == "ResourceConflictException" and bool(_UPDATING.search(failure.message))


#: Ends of a connection: boto3's kinds, and those of the HTTP library below it when a body is read.
_BROKEN = ("HTTPClientError", "IncompleteReadError", "FlexibleChecksumError", "HTTPException", "HTTPError", "OSError")


def is_garbled(failure: Failure) -> bool:
    """Whether something answered that cannot be read: a proxy's page, half a document, another program's words. boto3
    lets through whatever its parsers raise then. Plain ValueErrors are its complaints about an address."""
    if failure.code or failure.status or failure.is_a("BotoCoreError", "ClientError", *_BROKEN):
        return False
    unread = failure.is_a("JSONDecodeError", "UnicodeError") or failure.message.startswith("Invalid timestamp")
    return unread or not failure.is_a("ValueError")


def _silence(failure: Failure) -> Trouble:
    if failure.is_a("SSLError"):
        return Trouble.REFUSED
    if failure.is_a("EndpointConnectionError", "ConnectTimeoutError", "ProxyConnectionError"):
        return Trouble.UNREACHED
    return Trouble.DROPPED if failure.is_a(*_BROKEN) or is_garbled(failure) else Trouble.REFUSED


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _seconds(text: object) -> float | None:
    """`Retry-After` may be a date as well, which no service of AWS sends."""
    try:
        return max(0.0, float(str(text)))
    except ValueError:
        return None


def _one_line(text: str) -> str:
    return " ".join(text.split())
