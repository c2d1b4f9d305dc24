"""Facts as platform events: the shapes that subscribers and JSON logs get."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from localstack_lite.model import facts
from localstack_lite.model.function import Code, Function, LogFormat, Logging
from localstack_lite.model.initialization import Initialization
from localstack_lite.model.invocation import Report, Status
from localstack_lite.model.platform_events import Schema, billed_restore, events, level, moment

AT = 1_665_532_815.0644
FUNCTION = Function("Hello", "hello-dev", "python3.13", "app.handler", Code(Path("/nowhere")), memory=128)
WHERE = (AT, "Hello", "hello#1", "2022/10/12/[$LATEST]ab")
REPORT = Report("r1", 693.92, 694, 128, 84)


def told(fact: facts.Fact, schema: Schema = Schema.NEWEST, function: Function | None = FUNCTION) -> list[Any]:
    return [json.loads(event.json()) for event in events(fact, function, schema)]


def record(fact: facts.Fact, kind: str, schema: Schema = Schema.NEWEST) -> Any:
    (event,) = told(fact, schema)
    assert (event["time"], event["type"]) == ("2022-10-12T00:00:15.064Z", kind)
    return event["record"]


def test_times_are_in_utc_with_milliseconds() -> None:
    assert moment(0.0) == "1970-01-01T00:00:00.000Z"
    assert moment(1.9999) == "1970-01-01T00:00:01.999Z"


def test_init_start_says_what_starts_where() -> None:
    fact = facts.InitStarted(*WHERE, "python:3.13.v1", "arn:x", Initialization.PROVISIONED, "init", "7")
    assert record(fact, "platform.initStart") == {
        "initializationType": "provisioned-concurrency",
        "phase": "init",
        "runtimeVersion": "python:3.13.v1",
        "runtimeVersionArn": "arn:x",
        "functionName": "hello-dev",
        "functionVersion": "7",
        "instanceId": "2022/10/12/[$LATEST]ab",
        "instanceMaxMemory": 134_217_728,
    }


def test_init_start_of_the_first_schema_is_short() -> None:
    fact = facts.InitStarted(*WHERE, "nodejs:18.v4", "arn:x")
    assert record(fact, "platform.initStart", Schema.FIRST) == {
        "initializationType": "on-demand",
        "phase": "init",
        "runtimeVersion": "nodejs:18.v4",
        "runtimeVersionArn": "arn:x",
    }


def test_an_image_has_no_runtime_version() -> None:
    assert "runtimeVersion" not in record(facts.InitStarted(*WHERE, "", ""), "platform.initStart")


def test_init_ends_in_two_steps() -> None:
    done = facts.InitRuntimeDone(*WHERE, "init", "error", "Runtime.ExitError")
    assert record(done, "platform.initRuntimeDone") == {
        "initializationType": "on-demand",
        "phase": "init",
        "status": "error",
        "errorType": "Runtime.ExitError",
    }
    assert record(facts.InitEnded(*WHERE, "invoke", "success", 125.33), "platform.initReport") == {
        "initializationType": "on-demand",
        "phase": "invoke",
        "status": "success",
        "metrics": {"durationMs": 125.33},
    }


def test_a_restore_is_told_in_three_steps() -> None:
    started = facts.RestoreStarted(*WHERE, "java:21.v1", "arn:x", "3")
    assert record(started, "platform.restoreStart")["functionVersion"] == "3"
    assert record(facts.RestoreRuntimeDone(*WHERE, "success"), "platform.restoreRuntimeDone") == {"status": "success"}
    ended = facts.RestoreEnded(*WHERE, "timeout", 10_000.0, "Runtime.Timeout")
    assert record(ended, "platform.restoreReport") == {
        "status": "timeout",
        "errorType": "Runtime.Timeout",
        "metrics": {"durationMs": 10_000.0},
    }


def test_a_start_has_the_trace_of_its_call() -> None:
    assert record(facts.InvocationStarted(*WHERE, "r1", "$LATEST", "Root=1-2-3"), "platform.start") == {
        "requestId": "r1",
        "version": "$LATEST",
        "tracing": {"type": "X-Amzn-Trace-Id", "value": "Root=1-2-3"},
    }
    assert "tracing" not in record(facts.InvocationStarted(*WHERE, "r1", "$LATEST"), "platform.start")


def test_runtime_done_has_spans_one_after_the_other() -> None:
    fact = facts.RuntimeDone(*WHERE, "r1", "success", 140.0, 16, "", 80.0, 40.0)
    assert record(fact, "platform.runtimeDone") == {
        "requestId": "r1",
        "status": "success",
        "spans": [
            {"name": "responseLatency", "start": "2022-10-12T00:00:14.924Z", "durationMs": 80.0},
            {"name": "responseDuration", "start": "2022-10-12T00:00:15.004Z", "durationMs": 40.0},
            {"name": "runtimeOverhead", "start": "2022-10-12T00:00:15.044Z", "durationMs": 20.0},
        ],
        "metrics": {"durationMs": 140.0, "producedBytes": 16},
    }


def test_a_runtime_that_never_answered_has_no_spans() -> None:
    fact = facts.RuntimeDone(*WHERE, "r1", "timeout", 3000.0, 0, "Sandbox.Timedout")
    assert record(fact, "platform.runtimeDone") == {
        "requestId": "r1",
        "status": "timeout",
        "errorType": "Sandbox.Timedout",
        "metrics": {"durationMs": 3000.0, "producedBytes": 0},
    }


def test_a_report_has_what_was_measured() -> None:
    cold = replace(REPORT, init_ms=397.68, overhead_ms=5.0, status=Status.ERROR, error_type="Runtime.ExitError")
    assert record(facts.InvocationEnded(*WHERE, cold, True), "platform.report") == {
        "requestId": "r1",
        "metrics": {
            "durationMs": 693.92,
            "billedDurationMs": 694,
            "memorySizeMB": 128,
            "maxMemoryUsedMB": 84,
            "initDurationMs": 397.68,
        },
        "status": "error",
        "errorType": "Runtime.ExitError",
        "spans": [{"name": "extensionOverhead", "start": "2022-10-12T00:00:15.059Z", "durationMs": 5.0}],
    }


@pytest.mark.parametrize(
    ("duration", "billed", "restore"), [(147.156, 201, 53), (306.34, 610, 303), (2338.66, 2521, 182), (10.0, 10, 0)]
)
def test_what_is_billed_of_a_restore_is_what_the_duration_leaves(duration: float, billed: int, restore: int) -> None:
    report = Report("r1", duration, billed, 512, 91, restore_ms=500.795)
    assert billed_restore(report) == restore
    metrics = record(facts.InvocationEnded(*WHERE, report, True), "platform.report")["metrics"]
    assert (metrics["restoreDurationMs"], metrics["billedRestoreDurationMs"]) == (500.795, restore)


def test_managed_instances_tell_no_runtime_done_and_the_duration_only() -> None:
    managed = replace(FUNCTION, managed=True)
    assert told(facts.RuntimeDone(*WHERE, "r1", "success", 1.0, 1), function=managed) == []
    (event,) = told(facts.InvocationEnded(*WHERE, REPORT, False), function=managed)
    assert event["record"]["metrics"] == {"durationMs": 693.92}


def test_extensions_and_what_they_subscribe_to() -> None:
    ready = facts.ExtensionTold(*WHERE, "agent", "Ready", ("INVOKE", "SHUTDOWN"))
    assert record(ready, "platform.extension") == {"name": "agent", "state": "Ready", "events": ["INVOKE", "SHUTDOWN"]}
    crashed = facts.ExtensionTold(*WHERE, "agent", "Crash", (), "Extension.Crash")
    assert record(crashed, "platform.extension")["errorType"] == "Extension.Crash"
    subscribed = facts.TelemetrySubscribed(*WHERE, "agent", "Subscribed", ("platform", "function"))
    assert record(subscribed, "platform.telemetrySubscription") == {
        "name": "agent",
        "state": "Subscribed",
        "types": ["platform", "function"],
    }
    dropped = facts.LogsDropped(*WHERE, "agent", 12_345, 123, "slow")
    assert record(dropped, "platform.logsDropped") == {
        "droppedBytes": 12_345,
        "droppedRecords": 123,
        "reason": "slow",
    }


def test_a_line_is_a_text_and_where_the_log_is_json_an_object() -> None:
    line = facts.LogWritten(*WHERE, "r1", '{"level":"INFO"}\n')
    assert record(line, "function") == '{"level":"INFO"}\n'
    of_json = replace(FUNCTION, logging=Logging(LogFormat.JSON))
    for schema, expected in ((Schema.FIRST, '{"level":"INFO"}\n'), (Schema.SECOND, {"level": "INFO"})):
        (event,) = told(line, schema, of_json)
        assert event["record"] == expected
    for text in ("plain\n", "{half\n", "[1]\n"):
        (event,) = told(replace(line, message=text), function=of_json)
        assert event["record"] == text


def test_lines_of_extensions_have_a_type_of_their_own() -> None:
    (event,) = events(facts.LogWritten(*WHERE, "", "hi\n", "extension"), FUNCTION)
    assert (event.type, event.category) == ("extension", "extension")


def test_the_logs_api_knows_ends_and_no_init() -> None:
    ended = facts.InvocationEnded(*WHERE, REPORT, False)
    assert [event["type"] for event in told(ended, Schema.LOGS_2020)] == ["platform.end", "platform.report"]
    assert told(facts.InitStarted(*WHERE, "a", "b"), Schema.LOGS_2021) == []
    done = facts.RuntimeDone(*WHERE, "r1", "success", 1.0, 1)
    assert told(done, Schema.LOGS_2020) == []
    assert record(done, "platform.runtimeDone", Schema.LOGS_2021) == {"requestId": "r1", "status": "success"}
    subscribed = facts.TelemetrySubscribed(*WHERE, "agent", "Subscribed", ("platform",), legacy=True)
    assert record(subscribed, "platform.logsSubscription", Schema.LOGS_2020)["name"] == "agent"


def test_other_facts_are_no_events() -> None:
    stopped = facts.EnvironmentStopped(AT, "Hello", "hello#1", "idle")
    assert [told(stopped, schema) for schema in Schema] == [[] for _ in Schema]


ON_DEMAND, PROVISIONED = Initialization.ON_DEMAND, Initialization.PROVISIONED


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        (facts.InitStarted(*WHERE, "python:3.13.v1", "arn"), "INFO"),
        (facts.InitStarted(*WHERE, "", ""), "DEBUG"),
        (facts.InitRuntimeDone(*WHERE, "init", "success"), "DEBUG"),
        (facts.InitRuntimeDone(*WHERE, "init", "error"), "WARN"),
        (facts.InitEnded(*WHERE, "init", "success", 1.0, "", ON_DEMAND), "DEBUG"),
        (facts.InitEnded(*WHERE, "init", "success", 1.0, "", PROVISIONED), "INFO"),
        (facts.InitEnded(*WHERE, "init", "timeout", 1.0, "", PROVISIONED), "WARN"),
        (facts.RestoreStarted(*WHERE, "python:3.13.v1", "arn"), "INFO"),
        (facts.RestoreRuntimeDone(*WHERE, "success"), "DEBUG"),
        (facts.RestoreEnded(*WHERE, "success", 1.0), "INFO"),
        (facts.RestoreEnded(*WHERE, "error", 1.0), "WARN"),
        (facts.InvocationStarted(*WHERE, "r1", "1"), "INFO"),
        (facts.RuntimeDone(*WHERE, "r1", "success", 1.0, 1), "DEBUG"),
        (facts.RuntimeDone(*WHERE, "r1", "timeout", 1.0, 1), "WARN"),
        (facts.InvocationEnded(*WHERE, REPORT, False), "INFO"),
        (facts.InvocationEnded(*WHERE, replace(REPORT, status=Status.TIMEOUT), False), "WARN"),
        (facts.ExtensionTold(*WHERE, "agent", "Ready"), "INFO"),
        (facts.ExtensionTold(*WHERE, "agent", "Crash", (), "Extension.Crash"), "WARN"),
        (facts.TelemetrySubscribed(*WHERE, "agent", "Subscribed", ("platform",)), "INFO"),
        (facts.LogsDropped(*WHERE, "agent", 1, 1, "slow"), "WARN"),
    ],
)
def test_each_event_has_a_log_level(fact: facts.Fact, expected: str) -> None:
    assert level(fact) == expected
