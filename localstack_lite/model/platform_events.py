"""What Lambda itself has to tell, as events: lines of a JSON log, and what Telemetry and Logs API send.

Types and fields are those of the guide's "Lambda Telemetry API Event schema reference"; their order is that of recorded
logs. A log level for each is in the guide's "System log level event mapping". The Logs API, which came before, knows
fewer types, and two of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import orjson

from localstack_lite.model.environment_facts import (
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
from localstack_lite.model.facts import Fact, InvocationEnded, InvocationStarted, LogWritten
from localstack_lite.model.function import Function, LogFormat
from localstack_lite.model.initialization import Initialization
from localstack_lite.model.invocation import Report


class Schema(StrEnum):
    """`schemaVersion` of a subscription."""

    LOGS_2020 = "2020-08-15"
    LOGS_2021 = "2021-03-18"
    FIRST = "2022-07-01"
    SECOND = "2022-12-13"
    NEWEST = "2025-01-29"


LOGS_API = frozenset({Schema.LOGS_2020, Schema.LOGS_2021})

Record = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `at` is epoch seconds; `record` is a text for what function and extensions wrote themselves."""

    at: float
    type: str
    record: Record | str

    @property
    def category(self) -> str:
        """What it is subscribed to as: `platform`, `function` or `extension`."""
        return self.type.partition(".")[0]

    def json(self) -> bytes:
        return orjson.dumps({"time": moment(self.at), "type": self.type, "record": self.record})


def moment(at: float) -> str:
    """Epoch seconds as the events say it: `2026-11-22T10:00:00.123Z`."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{int(at * 1000) % 1000:03d}Z"


def events(fact: Fact, function: Function | None = None, schema: Schema = Schema.NEWEST) -> tuple[Event, ...]:
    """What a fact is as events; none for facts that Lambda does not tell. `function` is whose fact it is."""
    if schema in LOGS_API:
        return _of_logs_api(fact, schema)
    match fact:
        case LogWritten():
            return (Event(fact.at, fact.source, _written(fact.message, function, schema)),)
        case InvocationStarted():
            record = {"requestId": fact.request_id, "version": fact.version, **_tracing(fact.trace_id)}
            return (Event(fact.at, "platform.start", record),)
        case RuntimeDone() if function is None or not function.managed:
            return (Event(fact.at, "platform.runtimeDone", _runtime_done(fact)),)
        case InvocationEnded():
            managed = function is not None and function.managed
            return (Event(fact.at, "platform.report", _report(fact.at, fact.report, managed)),)
        case InitStarted() | InitRuntimeDone() | InitEnded() | RestoreStarted() | RestoreRuntimeDone() | RestoreEnded():
            return (_of_start(fact, function, schema),)
    return _of_extensions(fact)


_OfStart = InitStarted | InitRuntimeDone | InitEnded | RestoreStarted | RestoreRuntimeDone | RestoreEnded


def _of_start(fact: _OfStart, function: Function | None, schema: Schema) -> Event:
    match fact:
        case InitStarted():
            record = _initialising(fact) | _versions(fact) | _whose(fact, function, schema)
            return Event(fact.at, "platform.initStart", record)
        case InitRuntimeDone():
            return Event(fact.at, "platform.initRuntimeDone", _initialising(fact) | _status(fact))
        case InitEnded():
            record = _initialising(fact) | _status(fact) | {"metrics": {"durationMs": _ms(fact.duration_ms)}}
            return Event(fact.at, "platform.initReport", record)
        case RestoreStarted():
            return Event(fact.at, "platform.restoreStart", _versions(fact) | _whose(fact, function, schema))
        case RestoreRuntimeDone():
            return Event(fact.at, "platform.restoreRuntimeDone", _status(fact))
        case RestoreEnded():
            record = _status(fact) | {"metrics": {"durationMs": _ms(fact.duration_ms)}}
            return Event(fact.at, "platform.restoreReport", record)


def _of_extensions(fact: Fact) -> tuple[Event, ...]:
    """What every API says in the same way."""
    match fact:
        case ExtensionTold():
            return (Event(fact.at, "platform.extension", _extension(fact)),)
        case TelemetrySubscribed():
            kind = "platform.logsSubscription" if fact.legacy else "platform.telemetrySubscription"
            record: Record = {"name": fact.name, "state": fact.state, "types": list(fact.types)}
            return (Event(fact.at, kind, record),)
        case LogsDropped():
            record = {
                "droppedBytes": fact.dropped_bytes,
                "droppedRecords": fact.dropped_records,
                "reason": fact.reason,
            }
            return (Event(fact.at, "platform.logsDropped", record),)
    return ()


def _of_logs_api(fact: Fact, schema: Schema) -> tuple[Event, ...]:
    match fact:
        case LogWritten():
            return (Event(fact.at, fact.source, fact.message),)
        case InvocationStarted():
            return (Event(fact.at, "platform.start", {"requestId": fact.request_id, "version": fact.version}),)
        case RuntimeDone() if schema is not Schema.LOGS_2020:
            return (Event(fact.at, "platform.runtimeDone", {"requestId": fact.request_id, "status": fact.status}),)
        case InvocationEnded():
            request_id = fact.report.request_id
            record = {"requestId": request_id, "metrics": _metrics(fact.report)}
            return (
                Event(fact.at, "platform.end", {"requestId": request_id}),
                Event(fact.at, "platform.report", record),
            )
    return _of_extensions(fact)


def level(fact: Fact) -> str:
    """How important Lambda thinks it is: `DEBUG`, `INFO` or `WARN` (AWS docs). What functions write is none of it."""
    match fact:
        case InitStarted() | RestoreStarted():
            return "INFO" if fact.runtime_version else "DEBUG"
        case InitRuntimeDone() | RestoreRuntimeDone() | RuntimeDone():
            return "DEBUG" if fact.status == "success" else "WARN"
        case InitEnded():
            if fact.status != "success":
                return "WARN"
            return "DEBUG" if fact.initialization is Initialization.ON_DEMAND else "INFO"
        case RestoreEnded():
            return "INFO" if fact.status == "success" else "WARN"
        case InvocationEnded():
            return "INFO" if fact.report.status == "success" else "WARN"
        case ExtensionTold():
            return "WARN" if fact.error_type else "INFO"
        case LogsDropped():
            return "WARN"
    return "INFO"


def _written(message: str, function: Function | None, schema: Schema) -> Record | str:
    """A log line. Where the log is JSON, so is the record: but in the first schema, which has texts only."""
    if function is None or function.logging.format is not LogFormat.JSON or schema is Schema.FIRST:
        return message
    if not message.startswith("{"):
        return message
    try:
        record = orjson.loads(message)
    except orjson.JSONDecodeError:
        return message
    return record if isinstance(record, dict) else message


def _whose(fact: InitStarted | RestoreStarted, function: Function | None, schema: Schema) -> dict[str, object]:
    """Recorded with the first schema: none of this was there."""
    if schema is Schema.FIRST:
        return {}
    whose: dict[str, object] = {
        "functionName": fact.function if function is None else function.name,
        "functionVersion": fact.version,
        "instanceId": fact.stream,
    }
    if function is not None:
        whose["instanceMaxMemory"] = function.memory << 20
    return whose


def _initialising(fact: InitStarted | InitRuntimeDone | InitEnded) -> dict[str, object]:
    return {"initializationType": fact.initialization, "phase": fact.phase}


def _versions(fact: InitStarted | RestoreStarted) -> dict[str, object]:
    """A container image has none."""
    if not fact.runtime_version:
        return {}
    return {"runtimeVersion": fact.runtime_version, "runtimeVersionArn": fact.runtime_version_arn}


def _status(fact: InitRuntimeDone | InitEnded | RestoreRuntimeDone | RestoreEnded) -> dict[str, object]:
    status: dict[str, object] = {"status": fact.status}
    if fact.error_type:
        status["errorType"] = fact.error_type
    return status


def _tracing(header: str) -> dict[str, object]:
    return {"tracing": {"type": "X-Amzn-Trace-Id", "value": header}} if header else {}


def _runtime_done(fact: RuntimeDone) -> Record:
    record: dict[str, object] = {"requestId": fact.request_id, "status": fact.status}
    if fact.error_type:
        record["errorType"] = fact.error_type
    record |= _tracing(fact.trace_id)
    if fact.latency_ms or fact.response_ms:
        began = fact.at - fact.duration_ms / 1000
        responding = began + fact.latency_ms / 1000
        over = responding + fact.response_ms / 1000
        record["spans"] = [
            _span("responseLatency", began, fact.latency_ms),
            _span("responseDuration", responding, fact.response_ms),
            _span("runtimeOverhead", over, max(0.0, (fact.at - over) * 1000)),
        ]
    record["metrics"] = {"durationMs": _ms(fact.duration_ms), "producedBytes": fact.produced_bytes}
    return record


def _report(at: float, report: Report, managed: bool) -> Record:
    """On managed instances only the duration is measured."""
    metrics = {"durationMs": _ms(report.duration_ms)} if managed or not report.measured else _metrics(report)
    record: dict[str, object] = {"requestId": report.request_id, "metrics": metrics, "status": report.status}
    if report.error_type:
        record["errorType"] = report.error_type
    if report.overhead_ms is not None:
        record["spans"] = [_span("extensionOverhead", at - report.overhead_ms / 1000, report.overhead_ms)]
    return record


def _metrics(report: Report) -> dict[str, object]:
    metrics: dict[str, object] = {
        "durationMs": _ms(report.duration_ms),
        "billedDurationMs": report.billed_ms,
        "memorySizeMB": report.memory_mb,
        "maxMemoryUsedMB": report.max_memory_mb,
    }
    if report.init_ms is not None:
        metrics["initDurationMs"] = _ms(report.init_ms)
    if report.restore_ms is not None:
        metrics["restoreDurationMs"] = _ms(report.restore_ms)
        metrics["billedRestoreDurationMs"] = billed_restore(report)
    return metrics


def billed_restore(report: Report) -> int:
    """What of the restore is billed, in ms: recorded reports are billed that and the duration, rounded up to a ms."""
    whole = int(report.duration_ms)
    return max(0, report.billed_ms - whole - (report.duration_ms > whole))


def _extension(fact: ExtensionTold) -> Record:
    record: dict[str, object] = {"name": fact.name, "state": fact.state, "events": list(fact.events)}
    if fact.error_type:
        record["errorType"] = fact.error_type
    return record


def _span(name: str, start: float, ms: float) -> Record:
    return {"name": name, "start": moment(start), "durationMs": _ms(ms)}


def _ms(value: float) -> float:
    return round(value, 3)
