"""One invocation of a function, and what came of it."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum

from localstack_lite.model.arn import LATEST
from localstack_lite.model.record import record
from localstack_lite.model.response_stream import ResponseStream


class InvocationType(StrEnum):
    REQUEST_RESPONSE = "RequestResponse"
    EVENT = "Event"
    DRY_RUN = "DryRun"


class Status(StrEnum):
    """`status` of a platform report."""

    SUCCESS = "success"
    ERROR = "error"
    TIMEOUT = "timeout"


@record
class Invocation:
    """What the Invoke API takes. `function` is the logical id; `payload` the event as JSON bytes; `client_context` and
    `trace_id` are header values as the Runtime API passes them on; `arn` the function ARN as it was called; `qualifier`
    the version or alias that was asked for."""

    function: str
    payload: bytes
    request_id: str
    arn: str = ""
    qualifier: str = LATEST
    client_context: str = ""
    trace_id: str = ""
    tail: bool = False
    """Whether the caller wants the end of the log (`X-Amz-Log-Type: Tail`)."""
    streamed: bool = False
    """Whether AWS calls it by InvokeWithResponseStream: the answer is bytes of any kind, and may be more than 6 MB."""
    tenant_id: str = ""
    """Of a function with tenant isolation: whose invocation it is."""


@record
class Report:
    """The figures of a REPORT line. Durations in ms, memory in MB. `init_ms` only on a cold start whose init is not
    part of the duration."""

    request_id: str
    duration_ms: float
    billed_ms: int
    memory_mb: int
    max_memory_mb: int
    init_ms: float | None = None
    status: Status = Status.SUCCESS
    error_type: str = ""
    restore_ms: float | None = None
    """Of a start from a snapshot: how long restoring took."""
    overhead_ms: float | None = None
    """How long extensions worked after the runtime had answered (telemetry's span `extensionOverhead`)."""

    @property
    def measured(self) -> bool:
        """Whether there are figures. A function in the cloud may write no REPORT line (its log level is WARN); then
        only the duration is known, as it was seen from here."""
        return self.memory_mb > 0


@record
class Answered:
    """The function ran. `error` is the errorType when it failed (the Invoke API then says
    `X-Amz-Function-Error: Unhandled` with status 200), else empty. `log` is the log of this invocation when asked for,
    START to REPORT, cut to its last 4 KB."""

    request_id: str
    payload: bytes
    report: Report
    error: str = ""
    executed_version: str = LATEST
    environment: str = ""
    cold: bool = False
    content_type: str = "application/json"
    log: str = ""


@record
class Refused:
    """Lambda did not run the function: throttled, unknown, stopping. `code` is the exception's name; `body` the JSON
    body and `headers` what the Invoke API sends beside it."""

    request_id: str
    status: int
    code: str
    body: bytes
    reason: str = ""
    headers: tuple[tuple[str, str], ...] = field(default=())


@record
class Streaming:
    """The function began to answer an invocation that is `streamed`, and writes on. What comes of it in the end is
    `body.ended`."""

    request_id: str
    body: ResponseStream
    content_type: str = "application/octet-stream"
    executed_version: str = LATEST
    environment: str = ""
    cold: bool = False


Outcome = Answered | Refused | Streaming
