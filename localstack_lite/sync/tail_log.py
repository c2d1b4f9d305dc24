"""The end of an invocation's log, as the Invoke API hands it back (`LogType: Tail`, at most 4 KB) → what the function
wrote, and the figures of its REPORT line. Pure.

Both of Lambda's log formats are read: text, and JSON with `platform.report` records.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from localstack_lite.model.invocation import Report, Status

_FIGURE = re.compile(r"(Init Duration|Duration|Billed Duration|Memory Size|Max Memory Used): ([\d.]+)")
_TRACEBACK = "Traceback (most recent call last):"
_PLATFORM = ("START RequestId:", "END RequestId:", "REPORT RequestId:", "INIT_START ", "INIT_REPORT ", "XRAY TraceId:")


@dataclass(frozen=True, slots=True)
class TailLog:
    """`messages` are what the function wrote, each with its newline; `report` is None when the log was cut before it.
    `version` is the one that ran, where the log says it."""

    messages: tuple[str, ...] = ()
    report: Report | None = None
    version: str = ""


def read(text: str, request_id: str) -> TailLog:
    """`request_id` is that of the invocation, for a report whose own was cut off."""
    messages: list[str] = []
    report, version = None, ""
    for line in _lines(text):
        if record := _record(line):
            report = _of_record(record, request_id) or report
        elif line.startswith("REPORT RequestId:"):
            report = _of_text(line, request_id)
        elif line.startswith("START RequestId:"):
            version = line.rpartition("Version: ")[2].strip()
        elif not line.startswith(_PLATFORM) and line.strip():
            messages.append(line)
    return TailLog(tuple(messages), report, version)


def _lines(text: str) -> Iterator[str]:
    """Log events as far as the tail still shows them: Python's runtime indents what belongs to the line before with
    blanks that do not break, which no print of a handler does by accident."""
    event = ""
    for line in text.split("\n"):
        ending = f"{line}\n"
        if event and (line.startswith("\xa0") or (line.startswith(_TRACEBACK) and event.startswith("[ERROR] "))):
            event += ending
            continue
        if event:
            yield event
        event = ending
    if event.strip():
        yield event


def _of_text(line: str, request_id: str) -> Report:
    figures = {name: float(value) for name, value in _FIGURE.findall(line)}
    status, error = Status.SUCCESS, ""
    if found := re.search(r"Status: (\w+)", line):
        status = Status.TIMEOUT if found[1] == "timeout" else Status.ERROR
    if found := re.search(r"Error Type: (\S+)", line):
        error = found[1]
    return Report(
        line.split()[2] if len(line.split()) > 2 else request_id,
        figures.get("Duration", 0.0),
        int(figures.get("Billed Duration", 0)),
        int(figures.get("Memory Size", 0)),
        int(figures.get("Max Memory Used", 0)),
        figures.get("Init Duration"),
        status,
        error,
    )


def _of_record(record: Mapping[str, Any], request_id: str) -> Report | None:
    if record["type"] != "platform.report":
        return None
    inner = record.get("record")
    inner = inner if isinstance(inner, Mapping) else {}
    metrics = inner.get("metrics")
    metrics = metrics if isinstance(metrics, Mapping) else {}
    init = metrics.get("initDurationMs")
    status = str(inner.get("status", "success"))
    return Report(
        str(inner.get("requestId") or request_id),
        _number(metrics.get("durationMs")),
        int(_number(metrics.get("billedDurationMs"))),
        int(_number(metrics.get("memorySizeMB"))),
        int(_number(metrics.get("maxMemoryUsedMB"))),
        _number(init) if init is not None else None,
        {"success": Status.SUCCESS, "timeout": Status.TIMEOUT}.get(status, Status.ERROR),
        str(inner.get("errorType") or ""),
    )


def _record(line: str) -> Mapping[str, Any] | None:
    """A record of the platform's own, in the JSON format."""
    if not line.startswith('{"'):
        return None
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    kind = value.get("type") if isinstance(value, dict) else None
    return value if isinstance(kind, str) and kind.startswith("platform.") else None


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
