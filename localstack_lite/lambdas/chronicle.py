"""An environment's life as facts: what the machine tells about itself, with everything a log line needs."""

from __future__ import annotations

from localstack_lite.model.arn import LATEST
from localstack_lite.model.facts import (
    EnvironmentStopped,
    InitEnded,
    InitStarted,
    InvocationEnded,
    InvocationStarted,
    InvocationWaits,
    LogWritten,
)
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

    def init_started(self, now: float) -> InitStarted:
        return InitStarted(now, self.function, self.environment, self.stream, *self.runtime_version)

    def init_ended(self, now: float, phase: str, status: str, since: float, error_type: str = "") -> InitEnded:
        ms = (now - since) * 1000
        return InitEnded(now, self.function, self.environment, self.stream, phase, status, ms, error_type)

    def started(self, now: float, invocation: Invocation) -> InvocationStarted:
        return InvocationStarted(
            now, self.function, self.environment, self.stream, invocation.request_id, self.version
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
