"""The log lines that Lambda itself writes, in AWS's current text format.

Recorded: INIT_START, START, END and REPORT with `Init Duration` last and a tab before the newline; `Status:` and
`Error Type:` in REPORT and INIT_REPORT when it did not go well. There is no separate "Task timed out" line any more.
"""

from __future__ import annotations

from localstack_lite.model.facts import Fact, InitEnded, InitStarted, InvocationEnded, InvocationStarted, LogWritten
from localstack_lite.model.invocation import Report, Status


def lines(fact: Fact) -> tuple[str, ...]:
    """The log events (each with its newline) that a fact is in CloudWatch; none for facts that AWS does not log."""
    match fact:
        case LogWritten(message=message):
            return (message,)
        case InvocationStarted(request_id=request_id, version=version):
            return (start(request_id, version),)
        case InvocationEnded(report=report):
            return (end(report.request_id), report_line(report)) if report.measured else (end(report.request_id),)
        case InitStarted(runtime_version=""):
            return ()  # a container image has no version of Lambda's
        case InitStarted(runtime_version=version, runtime_version_arn=arn):
            return (f"INIT_START Runtime Version: {version}\tRuntime Version ARN: {arn}\n",)
        case InitEnded(status="success"):
            return ()
        case InitEnded():
            return (init_report(fact),)
    return ()


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
    if report.status is Status.TIMEOUT:
        return "\t".join((*parts, "Status: timeout")) + "\n"
    if report.status is Status.ERROR and report.error_type.startswith("Runtime."):
        # Seen in production for what happened to the runtime; an exception that a handler raised is not marked.
        return "\t".join((*parts, "Status: error", f"Error Type: {report.error_type}")) + "\n"
    return "\t".join(parts) + "\t\n"


def init_report(fact: InitEnded) -> str:
    line = f"INIT_REPORT Init Duration: {fact.duration_ms:.2f} ms\tPhase: {fact.phase}\tStatus: {fact.status}"
    if fact.error_type and fact.status == "error":
        line += f"\tError Type: {fact.error_type}"
    return line + "\n"
