"""An environment's life as facts: what the machine tells about itself, with everything a log line needs."""

from __future__ import annotations

from localstack_lite.model.arn import LATEST
from localstack_lite.model.environment_facts import (
    EnvironmentStopped,
    ExtensionTold,
    InitEnded,
    InitRuntimeDone,
    InitStarted,
    RestoreEnded,
    RestoreRuntimeDone,
    RestoreStarted,
    RuntimeDone,
)
from localstack_lite.model.facts import InvocationEnded, InvocationStarted, InvocationWaits, LogWritten
from localstack_lite.model.initialization import Initialization
from localstack_lite.model.invocation import Invocation, Report


class Chronicle:
    """`function` is a logical id, `environment` the display name, `stream` the log stream, `runtime_version` the two
    texts of an INIT_START line."""

    __slots__ = ("environment", "function", "initialization", "runtime_version", "stream", "version")

    def __init__(
        self,
        function: str,
        environment: str,
        stream: str,
        runtime_version: tuple[str, str],
        *,
        version: str = LATEST,
        initialization: Initialization = Initialization.ON_DEMAND,
    ) -> None:
        self.function = function
        self.environment = environment
        self.stream = stream
        self.runtime_version = runtime_version
        self.version = version
        self.initialization = initialization

    def init_started(self, now: float, phase: str = "init") -> InitStarted:
        return InitStarted(
            now,
            self.function,
            self.environment,
            self.stream,
            *self.runtime_version,
            self.initialization,
            phase,
            self.version,
        )

    def init_runtime_done(self, now: float, phase: str, status: str, error_type: str = "") -> InitRuntimeDone:
        return InitRuntimeDone(
            now, self.function, self.environment, self.stream, phase, status, error_type, self.initialization
        )

    def init_ended(self, now: float, phase: str, status: str, since: float, error_type: str = "") -> InitEnded:
        ms = (now - since) * 1000
        return InitEnded(
            now, self.function, self.environment, self.stream, phase, status, ms, error_type, self.initialization
        )

    def restore_started(self, now: float) -> RestoreStarted:
        return RestoreStarted(
            now, self.function, self.environment, self.stream, *self.runtime_version, version=self.version
        )

    def restore_runtime_done(self, now: float, status: str, error_type: str = "") -> RestoreRuntimeDone:
        return RestoreRuntimeDone(now, self.function, self.environment, self.stream, status, error_type)

    def restore_ended(self, now: float, status: str, since: float, error_type: str = "") -> RestoreEnded:
        ms = (now - since) * 1000
        return RestoreEnded(now, self.function, self.environment, self.stream, status, ms, error_type)

    def extension(
        self, now: float, name: str, state: str, events: tuple[str, ...], error_type: str = ""
    ) -> ExtensionTold:
        return ExtensionTold(now, self.function, self.environment, self.stream, name, state, events, error_type)

    def started(self, now: float, invocation: Invocation) -> InvocationStarted:
        return InvocationStarted(
            now,
            self.function,
            self.environment,
            self.stream,
            invocation.request_id,
            self.version,
            invocation.trace_id,
        )

    def runtime_done(
        self, now: float, invocation: Invocation, report: Report, produced: int, since: float, begun: float | None
    ) -> RuntimeDone:
        """`begun` is when the first byte of the answer came; None: it came whole."""
        first = now if begun is None else begun
        return RuntimeDone(
            now,
            self.function,
            self.environment,
            self.stream,
            invocation.request_id,
            report.status,
            report.duration_ms,
            produced,
            report.error_type,
            (first - since) * 1000,
            (now - first) * 1000,
            invocation.trace_id,
        )

    def wrote(self, now: float, request_id: str, message: str, source: str = "function") -> LogWritten:
        return LogWritten(now, self.function, self.environment, self.stream, request_id, message, source)

    def crashed(self, now: float, request_id: str, message: str, error_type: str) -> LogWritten:
        """The line that Lambda itself writes when the runtime went away in the middle of an invocation."""
        return self.wrote(now, request_id, f"RequestId: {request_id} Error: {message}\n{error_type}\n")

    def ended(self, now: float, report: Report, cold: bool, error: bytes) -> InvocationEnded:
        text = error.decode("utf-8", "replace")
        return InvocationEnded(now, self.function, self.environment, self.stream, report, cold, text)

    def waits(self, now: float, request_id: str, what: str, seconds: float) -> InvocationWaits:
        return InvocationWaits(now, self.function, self.environment, request_id, what, seconds)

    def stopped(self, now: float, reason: str) -> EnvironmentStopped:
        return EnvironmentStopped(now, self.function, self.environment, reason)
