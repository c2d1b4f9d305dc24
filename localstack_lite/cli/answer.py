"""What an invocation's outcome is on the command line: what is printed, and the exit code. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from localstack_lite.cli.complaint import DONE, FUNCTION_FAILED, REFUSED, Complaint
from localstack_lite.errors import Bug
from localstack_lite.model.invocation import Answered, InvocationType, Outcome, Refused, Report, Streaming

#: The status of the Invoke API when the function ran, by how it was asked (Lambda API reference, recorded).
STATUS = {InvocationType.REQUEST_RESPONSE: 200, InvocationType.EVENT: 202}


def whole(outcome: Outcome) -> Answered | Refused:
    """The outcome of an invocation that was not to be streamed; the command line asks for no other."""
    if isinstance(outcome, Streaming):
        raise Bug("an invocation that was not to be streamed was")
    return outcome


def exit_code(outcome: Outcome) -> int:
    match outcome:
        case Refused():
            return REFUSED
        case Answered(error=""):
            return DONE
    return FUNCTION_FAILED


def printed(outcome: Outcome, kind: InvocationType) -> bytes:
    """What goes to stdout: the payload with a newline when it is text. Nothing for an asynchronous invocation, whose
    caller on AWS gets nothing either, and nothing when the function did not run."""
    if not isinstance(outcome, Answered) or kind is InvocationType.EVENT:
        return b""
    binary = outcome.content_type != "application/json"
    return outcome.payload if binary or outcome.payload.endswith(b"\n") else outcome.payload + b"\n"


def record(outcome: Outcome, kind: InvocationType, logs: Sequence[str]) -> dict[str, Any]:
    """The object of `--json`. `logs` are log events as CloudWatch stores them, each with its newline."""
    outcome = whole(outcome)
    if isinstance(outcome, Refused):
        return {
            "statusCode": outcome.status,
            "payload": _value(outcome.body),
            "functionError": None,
            "executedVersion": None,
            "requestId": outcome.request_id,
            "logs": list(logs),
            "report": None,
        }
    return {
        "statusCode": STATUS[kind],
        "payload": None if kind is InvocationType.EVENT else _value(outcome.payload),
        "functionError": "Unhandled" if outcome.error else None,
        "executedVersion": outcome.executed_version,
        "requestId": outcome.request_id,
        "logs": list(logs),
        "report": _report(outcome.report, outcome.cold),
    }


def refusal(function: str, outcome: Refused) -> Complaint:
    """The line for an invocation that Lambda did not run."""
    body = _value(outcome.body)
    said = body.get("message") or body.get("Message") if isinstance(body, dict) else None
    hint = f"reason: {outcome.reason}" if outcome.reason else ""
    return Complaint(function, f"{outcome.status} {outcome.code}: {said or 'not run'}", hint, REFUSED)


def _report(report: Report, cold: bool) -> dict[str, Any] | None:
    if not report.measured:
        return None
    # Two decimals, as the REPORT line has them.
    return {
        "durationMs": round(report.duration_ms, 2),
        "billedDurationMs": report.billed_ms,
        "initDurationMs": None if report.init_ms is None else round(report.init_ms, 2),
        "memorySizeMB": report.memory_mb,
        "maxMemoryUsedMB": report.max_memory_mb,
        "coldStart": cold,
    }


def _value(payload: bytes) -> Any:
    """The payload as a JSON value; as text when it is not JSON (Python's `NaN` counts as not JSON)."""
    try:
        return json.loads(payload, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return payload.decode("utf-8", "replace")


def _refuse(constant: str) -> None:
    raise ValueError(constant)
