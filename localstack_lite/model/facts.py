"""What happened. Terminal, console, logs and `--json` are views of these; nobody prints anything else.

`at` is epoch seconds. `function` is a logical id, `environment` the display name `NAME#N`. As NDJSON a fact is its
fields in camelCase plus `type`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from localstack_lite.model.difference import Difference
from localstack_lite.model.environment_facts import (
    EnvironmentStopped,
    ExtensionTold,
    InitEnded,
    InitRuntimeDone,
    InitStarted,
    LogsDropped,
    RestoreEnded,
    RestoreRuntimeDone,
    RestoreStarted,
    RuntimeDone,
    TelemetrySubscribed,
)
from localstack_lite.model.invocation import Report
from localstack_lite.model.project import Problem, Project
from localstack_lite.model.push_facts import PushFact
from localstack_lite.model.record import record


@dataclass(frozen=True, slots=True)
class Ready:
    """A request sent now will be answered. `gateway` and `lambda_endpoint` are `http://HOST:PORT`; `sandbox_reason`
    says why that sandbox; `ms` since the command started."""

    type: ClassVar[str] = "ready"
    at: float
    project: Project
    gateway: str
    lambda_endpoint: str
    sandbox: str
    sandbox_reason: str
    ms: float
    upcoming: tuple[tuple[str, float | None], ...] = ()
    """Names of the schedules with their next runs (epoch seconds; None: it is off, or over)."""
    keys: bool = False
    """Whether single keys are read from the terminal."""


@record
class InvocationStarted:
    """The START line."""

    type: ClassVar[str] = "start"
    at: float
    function: str
    environment: str
    stream: str
    request_id: str
    version: str
    trace_id: str = ""


@record
class LogWritten:
    """One log event of the function, with its newline when it had one. `request_id` is empty outside an invocation."""

    type: ClassVar[str] = "log"
    at: float
    function: str
    environment: str
    stream: str
    request_id: str
    message: str
    source: str = "function"
    """Who wrote it: `function` or `extension`."""


@record
class InvocationEnded:
    """The END and REPORT lines. `error` is the function's error payload when it failed, else empty."""

    type: ClassVar[str] = "report"
    at: float
    function: str
    environment: str
    stream: str
    report: Report
    cold: bool
    error: str = ""


@record
class ScheduleFired:
    """A schedule's time has come (or somebody said so: `by_hand`). `next_at` is epoch seconds of its next run."""

    type: ClassVar[str] = "schedule"
    at: float
    name: str
    function: str
    expression: str
    request_id: str
    by_hand: bool = False
    next_at: float | None = None


class EventStep(StrEnum):
    """Where an asynchronous invocation stands."""

    QUEUED = "queued"
    RETRYING = "retrying"
    """The function failed, or could not run; it is tried again at `next_at`."""
    DONE = "done"
    GIVEN_UP = "given up"
    """Its tries or its time are used up."""
    DELIVERED = "delivered"
    """A destination or a dead letter queue has taken it."""
    UNDELIVERED = "undelivered"
    """A destination cannot be reached; it is kept, and tried again at `next_at`."""
    DROPPED = "dropped"
    """It is not tried or sent any more: a person said so, or the functions go round in a circle."""


@dataclass(frozen=True, slots=True)
class EventMoved:
    """What becomes of an asynchronous invocation. `tries` counts the invocations so far; `target` is a destination's
    ARN; `why` says what went wrong."""

    type: ClassVar[str] = "event"
    at: float
    function: str
    request_id: str
    step: EventStep
    tries: int = 0
    next_at: float | None = None
    target: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Advised:
    """What a function does here will not work on Lambda. Told once for each `subject` (a path, a module)."""

    type: ClassVar[str] = "advice"
    at: float
    function: str
    environment: str
    subject: str
    what: str
    hint: str = ""


@record
class InvocationRefused:
    """Not run: throttled, or devserve is stopping, or the stage that it runs in is out of reach. `reason` is AWS's word
    for it, `status` what the Invoke API answers."""

    type: ClassVar[str] = "refused"
    at: float
    function: str
    request_id: str
    reason: str
    limit: int | None = None
    status: int = 429


@dataclass(frozen=True, slots=True)
class InvocationWaits:
    """Nothing was heard for a while. `what` says what is waited for."""

    type: ClassVar[str] = "waiting"
    at: float
    function: str
    environment: str
    request_id: str
    what: str
    seconds: float


@record
class RequestAnswered:
    """A gateway request was answered. `path` as sent, with its query; `request_id` is the Lambda request id or empty;
    `note` says what the user should know beyond the status (throttled, gateway gave up, which key was malformed)."""

    type: ClassVar[str] = "request"
    at: float
    method: str
    path: str
    status: int
    duration_ms: float
    api: str
    route: str
    function: str
    request_id: str = ""
    environment: str = ""
    cold: bool = False
    report: Report | None = None
    note: str = ""
    differences: tuple[Difference, ...] = ()
    """What AWS would have done otherwise than the client or the code may think."""


@dataclass(frozen=True, slots=True)
class Reloaded:
    """Saved files were taken over. `functions` are names; `ms` from the save noticed to the new code in place."""

    type: ClassVar[str] = "reload"
    at: float
    functions: tuple[str, ...]
    files: tuple[str, ...]
    ms: float
    reread: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """Something that takes time gets on. `task` names it (`image public/python:3.12`, `build Hello`), the same each
    time; `state` says what is done now (`downloading`, `step 3/7`); `share` is 0 to 1, None when it cannot be known."""

    type: ClassVar[str] = "progress"
    at: float
    task: str
    state: str
    share: float | None = None
    done: bool = False


@dataclass(frozen=True, slots=True)
class DebuggerWaits:
    """A runtime was started under a debugger that waits for its client at `address` (`HOST:PORT`). `local_root` is the
    folder that the user edits, `remote_root` what the runtime calls it."""

    type: ClassVar[str] = "debugger"
    at: float
    function: str
    environment: str
    language: str
    address: str
    local_root: str = ""
    remote_root: str = ""


@dataclass(frozen=True, slots=True)
class Noticed:
    """What a person at the terminal asked for, as lines."""

    type: ClassVar[str] = "notice"
    at: float
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProjectRejected:
    """The project could not be read again; the old one keeps serving."""

    type: ClassVar[str] = "projectRejected"
    at: float
    where: str
    what: str
    hint: str


@dataclass(frozen=True, slots=True)
class ProblemFound:
    type: ClassVar[str] = "problem"
    at: float
    problem: Problem


Fact = (
    Ready
    | InitStarted
    | InitRuntimeDone
    | InitEnded
    | RestoreStarted
    | RestoreRuntimeDone
    | RestoreEnded
    | InvocationStarted
    | RuntimeDone
    | ExtensionTold
    | TelemetrySubscribed
    | LogsDropped
    | EventMoved
    | LogWritten
    | InvocationEnded
    | ScheduleFired
    | Advised
    | InvocationRefused
    | InvocationWaits
    | EnvironmentStopped
    | RequestAnswered
    | Reloaded
    | Progress
    | DebuggerWaits
    | Noticed
    | ProjectRejected
    | ProblemFound
    | PushFact
)
