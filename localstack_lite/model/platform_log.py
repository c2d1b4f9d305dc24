"""The log lines that Lambda itself writes, in AWS's current formats.

Recorded: INIT_START, START, END and REPORT with `Init Duration` last and a tab before the newline; `Status:` and
`Error Type:` in REPORT and INIT_REPORT when it did not go well; RESTORE_START, RESTORE_REPORT and what REPORT says of a
restore; EXTENSION, TELEMETRY and LOGS lines. There is no separate "Task timed out" line any more. Where a function's
log is JSON, its lines are `platform_events`, as far as its system log level lets them through.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from localstack_lite.model import platform_events
from localstack_lite.model.environment_facts import (
    ExtensionTold,
    InitEnded,
    InitStarted,
    RestoreEnded,
    RestoreStarted,
    TelemetrySubscribed,
)
from localstack_lite.model.facts import Fact, InvocationEnded, InvocationStarted, LogWritten
from localstack_lite.model.function import Function, LogFormat
from localstack_lite.model.initialization import Initialization
from localstack_lite.model.invocation import Report, Status

_LEVELS: Final = {"DEBUG": 0, "INFO": 1, "WARN": 2}


def lines(fact: Fact, function: Function | None = None) -> tuple[str, ...]:
    """The log events (each with its newline) that a fact is in CloudWatch; none for facts that AWS does not log.

    `function` is whose fact it is: its `logging` says in which format. Without one it is text."""
    if isinstance(fact, LogWritten):
        return (fact.message,)
    if function is not None and function.logging.format is LogFormat.JSON:
        return _json(fact, function)
    match fact:
        case InvocationStarted(request_id=request_id, version=version):
            return (start(request_id, version),)
        case InvocationEnded(report=report):
            return (end(report.request_id), report_line(report)) if report.measured else (end(report.request_id),)
        case InitStarted(runtime_version="") | RestoreStarted(runtime_version=""):
            return ()  # a container image has no version of Lambda's
        case InitStarted():
            return (_versions("INIT_START", fact),)
        case RestoreStarted():
            return (_versions("RESTORE_START", fact),)
        case InitEnded(status="success", initialization=Initialization.ON_DEMAND):
            return ()
        case InitEnded():
            return (init_report(fact),)
        case RestoreEnded():
            return (restore_report(fact),)
        case ExtensionTold():
            return (_extension(fact),)
        case TelemetrySubscribed():
            return (_subscription(fact),)
    return ()


def told(fact: Fact, function: Callable[[str], Function | None]) -> tuple[str, ...]:
    """As `lines`; `function` finds the fact's by its logical id."""
    whose = getattr(fact, "function", "")
    return lines(fact, function(whose) if whose else None)


def _json(fact: Fact, function: Function) -> tuple[str, ...]:
    least = _LEVELS.get(function.logging.system_level.upper(), 1)
    if _LEVELS[platform_events.level(fact)] < least:
        return ()
    return tuple(event.json().decode() + "\n" for event in platform_events.events(fact, function))


def start(request_id: str, version: str) -> str:
    return f"START RequestId: {request_id} Version: {version}\n"


def end(request_id: str) -> str:
    return f"END RequestId: {request_id}\n"


def report_line(report: Report) -> str:
    parts = [
        f"REPORT RequestId: {report.request_id}",
        f"Duration: {report.duration_ms:.2f} ms",
        f"Billed Duration: {report.billed_ms} ms",
        f"Memory Size: {report.memory_mb} MB",
        f"Max Memory Used: {report.max_memory_mb} MB",
    ]
    if report.init_ms is not None:
        parts.append(f"Init Duration: {report.init_ms:.2f} ms")
    if report.restore_ms is not None:
        parts.append(f"Restore Duration: {report.restore_ms:.2f} ms")
        parts.append(f"Billed Restore Duration: {platform_events.billed_restore(report)} ms")
    if report.status is Status.TIMEOUT:
        return "\t".join((*parts, "Status: timeout")) + "\n"
    if report.status is Status.ERROR and report.error_type.startswith(("Runtime.", "Extension.")):
        # Seen in production for what happened to the runtime; an exception that a handler raised is not marked.
        return "\t".join((*parts, "Status: error", f"Error Type: {report.error_type}")) + "\n"
    return "\t".join(parts) + "\t\n"


def init_report(fact: InitEnded) -> str:
    line = f"INIT_REPORT Init Duration: {fact.duration_ms:.2f} ms\tPhase: {fact.phase}"
    return line + _ended(fact)


def restore_report(fact: RestoreEnded) -> str:
    return f"RESTORE_REPORT Restore Duration: {fact.duration_ms:.2f} ms" + _ended(fact)


def _ended(fact: InitEnded | RestoreEnded) -> str:
    """The end of its line: what went well is not mentioned."""
    if fact.status == "success":
        return "\n"
    line = f"\tStatus: {fact.status}"
    if fact.error_type and fact.status == "error":
        line += f"\tError Type: {fact.error_type}"
    return line + "\n"


def _versions(word: str, fact: InitStarted | RestoreStarted) -> str:
    return f"{word} Runtime Version: {fact.runtime_version}\tRuntime Version ARN: {fact.runtime_version_arn}\n"


def _extension(fact: ExtensionTold) -> str:
    line = f"EXTENSION\tName: {fact.name}\tState: {fact.state}\tEvents: [{', '.join(fact.events)}]"
    return line + (f"\tError Type: {fact.error_type}\n" if fact.error_type else "\n")


def _subscription(fact: TelemetrySubscribed) -> str:
    """Recorded: the newer API writes its types with capitals."""
    if fact.legacy:
        return f"LOGS\tName: {fact.name}\tState: {fact.state}\tTypes: [{', '.join(fact.types)}]\n"
    types = ", ".join(each.capitalize() for each in fact.types)
    return f"TELEMETRY\tName: {fact.name}\tState: {fact.state}\tTypes: [{types}]\n"
