"""What happens to execution environments and in them: starts, extensions, ends.

As all facts: `at` is epoch seconds, `function` a logical id, `environment` the display name `NAME#N`, `stream` the log
stream.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from localstack_lite.model.arn import LATEST
from localstack_lite.model.initialization import Initialization
from localstack_lite.model.record import record


@dataclass(frozen=True, slots=True)
class InitStarted:
    """An environment's sandbox starts: the INIT_START line."""

    type: ClassVar[str] = "initStart"
    at: float
    function: str
    environment: str
    stream: str
    runtime_version: str
    runtime_version_arn: str
    initialization: Initialization = Initialization.ON_DEMAND
    phase: str = "init"
    version: str = LATEST


@dataclass(frozen=True, slots=True)
class InitRuntimeDone:
    """The runtime is initialised, or failed to; extensions may still work. Telemetry only."""

    type: ClassVar[str] = "initRuntimeDone"
    at: float
    function: str
    environment: str
    stream: str
    phase: str
    status: str
    error_type: str = ""
    initialization: Initialization = Initialization.ON_DEMAND


@dataclass(frozen=True, slots=True)
class InitEnded:
    """Initialisation is over. `phase` is `init` or `invoke`; `status` `success`, `error` or `timeout`. On demand only a
    failed one writes an INIT_REPORT line, as on AWS; other kinds always do."""

    type: ClassVar[str] = "initReport"
    at: float
    function: str
    environment: str
    stream: str
    phase: str
    status: str
    duration_ms: float
    error_type: str = ""
    initialization: Initialization = Initialization.ON_DEMAND


@dataclass(frozen=True, slots=True)
class RestoreStarted:
    """A snapshot is restored: the RESTORE_START line."""

    type: ClassVar[str] = "restoreStart"
    at: float
    function: str
    environment: str
    stream: str
    runtime_version: str
    runtime_version_arn: str
    version: str = LATEST


@dataclass(frozen=True, slots=True)
class RestoreRuntimeDone:
    """The runtime has run its after-restore hooks. Telemetry only."""

    type: ClassVar[str] = "restoreRuntimeDone"
    at: float
    function: str
    environment: str
    stream: str
    status: str
    error_type: str = ""


@dataclass(frozen=True, slots=True)
class RestoreEnded:
    """The RESTORE_REPORT line."""

    type: ClassVar[str] = "restoreReport"
    at: float
    function: str
    environment: str
    stream: str
    status: str
    duration_ms: float
    error_type: str = ""


@record
class RuntimeDone:
    """The runtime has answered, or can no more; extensions may still work. Telemetry only: told where somebody
    subscribed, or logs it. Durations in ms; `latency_ms` until the first byte of the answer, `response_ms` from there
    to the last."""

    type: ClassVar[str] = "runtimeDone"
    at: float
    function: str
    environment: str
    stream: str
    request_id: str
    status: str
    duration_ms: float
    produced_bytes: int
    error_type: str = ""
    latency_ms: float = 0.0
    response_ms: float = 0.0
    trace_id: str = ""


@dataclass(frozen=True, slots=True)
class ExtensionTold:
    """An extension registered, got ready, or failed: the EXTENSION line. `state` is `Ready`, `Registered` or one of
    the fatal kinds (`LaunchError`, `InitError`, `ExitError`, `Crash`); `events` what it subscribed to."""

    type: ClassVar[str] = "extension"
    at: float
    function: str
    environment: str
    stream: str
    name: str
    state: str
    events: tuple[str, ...] = ()
    error_type: str = ""


@dataclass(frozen=True, slots=True)
class TelemetrySubscribed:
    """An extension subscribed to telemetry: the TELEMETRY line, or the LOGS line of the older API (`legacy`)."""

    type: ClassVar[str] = "telemetrySubscription"
    at: float
    function: str
    environment: str
    stream: str
    name: str
    state: str
    types: tuple[str, ...]
    legacy: bool = False


@dataclass(frozen=True, slots=True)
class LogsDropped:
    """Telemetry that a subscriber did not take in time."""

    type: ClassVar[str] = "logsDropped"
    at: float
    function: str
    environment: str
    stream: str
    name: str
    dropped_bytes: int
    dropped_records: int
    reason: str


@dataclass(frozen=True, slots=True)
class EnvironmentStopped:
    type: ClassVar[str] = "environmentStopped"
    at: float
    function: str
    environment: str
    reason: str
