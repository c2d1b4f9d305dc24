"""Lambda's own log lines, in the current formats."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.model import platform_log
from localstack_lite.model.environment_facts import (
    ExtensionTold,
    InitEnded,
    InitRuntimeDone,
    InitStarted,
    RestoreEnded,
    RestoreStarted,
    RuntimeDone,
    TelemetrySubscribed,
)
from localstack_lite.model.facts import InvocationEnded, InvocationStarted, LogWritten, Ready, Reloaded
from localstack_lite.model.function import Code, Function, LogFormat, Logging
from localstack_lite.model.initialization import Initialization
from localstack_lite.model.invocation import Report, Status
from localstack_lite.model.project import Project

REPORT = Report("r1", 3.014, 114, 128, 36, 110.1)


def test_start_and_end_name_the_request() -> None:
    assert platform_log.start("r1", "$LATEST") == "START RequestId: r1 Version: $LATEST\n"
    assert platform_log.end("r1") == "END RequestId: r1\n"


def test_a_report_ends_with_init_duration_and_a_tab() -> None:
    assert platform_log.report_line(REPORT) == (
        "REPORT RequestId: r1\tDuration: 3.01 ms\tBilled Duration: 114 ms\tMemory Size: 128 MB\t"
        "Max Memory Used: 36 MB\tInit Duration: 110.10 ms\t\n"
    )


def test_a_warm_report_has_no_init_duration() -> None:
    assert platform_log.report_line(replace(REPORT, init_ms=None)).endswith("Max Memory Used: 36 MB\t\n")


def test_a_timeout_says_so_in_the_report_only() -> None:
    line = platform_log.report_line(replace(REPORT, init_ms=None, status=Status.TIMEOUT, error_type="Sandbox.Timedout"))
    assert line.endswith("\tMax Memory Used: 36 MB\tStatus: timeout\n")


def test_what_happened_to_the_runtime_is_named() -> None:
    line = platform_log.report_line(replace(REPORT, status=Status.ERROR, error_type="Runtime.OutOfMemory"))
    assert line.endswith("\tInit Duration: 110.10 ms\tStatus: error\tError Type: Runtime.OutOfMemory\n")


def test_an_exception_of_the_handler_does_not_mark_the_report() -> None:
    line = platform_log.report_line(replace(REPORT, status=Status.ERROR, error_type="Function.Unknown"))
    assert "Status" not in line


def test_facts_become_the_lines_that_cloudwatch_stores() -> None:
    where = (1.0, "F", "f#1", "stream")
    assert platform_log.lines(InitStarted(*where, "python:3.13.v1", "arn:x")) == (
        "INIT_START Runtime Version: python:3.13.v1\tRuntime Version ARN: arn:x\n",
    )
    assert platform_log.lines(InvocationStarted(*where, "r1", "$LATEST")) == (platform_log.start("r1", "$LATEST"),)
    assert platform_log.lines(LogWritten(*where, "r1", "hi\n")) == ("hi\n",)
    assert platform_log.lines(InvocationEnded(*where, REPORT, True)) == (
        platform_log.end("r1"),
        platform_log.report_line(REPORT),
    )
    assert platform_log.lines(Reloaded(1.0, ("f",), ("a.py",), 2.0)) == ()


def test_only_a_failed_init_is_reported() -> None:
    where = (1.0, "F", "f#1", "stream")
    assert platform_log.lines(InitEnded(*where, "init", "success", 5.0)) == ()
    assert platform_log.lines(InitEnded(*where, "init", "timeout", 9999.79)) == (
        "INIT_REPORT Init Duration: 9999.79 ms\tPhase: init\tStatus: timeout\n",
    )
    assert platform_log.lines(InitEnded(*where, "invoke", "error", 5.0, "Runtime.ExitError")) == (
        "INIT_REPORT Init Duration: 5.00 ms\tPhase: invoke\tStatus: error\tError Type: Runtime.ExitError\n",
    )


def test_without_figures_there_is_no_report() -> None:
    unmeasured = InvocationEnded(1.0, "A", "a@dev", "cloud", Report("r1", 30.0, 0, 0, 0), cold=False)
    assert platform_log.lines(unmeasured) == ("END RequestId: r1\n",)


WHERE = (1.0, "F", "f#1", "stream")


def test_an_init_that_was_not_on_demand_is_reported_when_it_went_well() -> None:
    for kind in (Initialization.PROVISIONED, Initialization.SNAP_START):
        ended = InitEnded(*WHERE, "init", "success", 612.33, initialization=kind)
        assert platform_log.lines(ended) == ("INIT_REPORT Init Duration: 612.33 ms\tPhase: init\n",)


def test_a_restore_has_its_own_lines() -> None:
    assert platform_log.lines(RestoreStarted(*WHERE, "java:11.v21", "arn:x")) == (
        "RESTORE_START Runtime Version: java:11.v21\tRuntime Version ARN: arn:x\n",
    )
    assert platform_log.lines(RestoreEnded(*WHERE, "success", 511.25)) == (
        "RESTORE_REPORT Restore Duration: 511.25 ms\n",
    )
    assert platform_log.lines(RestoreEnded(*WHERE, "timeout", 1236.04)) == (
        "RESTORE_REPORT Restore Duration: 1236.04 ms\tStatus: timeout\n",
    )
    assert platform_log.lines(RestoreEnded(*WHERE, "error", 1236.04, "Runtime.ExitError")) == (
        "RESTORE_REPORT Restore Duration: 1236.04 ms\tStatus: error\tError Type: Runtime.ExitError\n",
    )


def test_a_report_says_what_restoring_took_and_what_of_it_is_billed() -> None:
    report = Report("r1", 306.34, 610, 3009, 155, restore_ms=511.25)
    assert platform_log.report_line(report) == (
        "REPORT RequestId: r1\tDuration: 306.34 ms\tBilled Duration: 610 ms\tMemory Size: 3009 MB\t"
        "Max Memory Used: 155 MB\tRestore Duration: 511.25 ms\tBilled Restore Duration: 303 ms\t\n"
    )


def test_an_image_has_no_start_lines() -> None:
    assert platform_log.lines(InitStarted(*WHERE, "", "")) == ()
    assert platform_log.lines(RestoreStarted(*WHERE, "", "")) == ()


def test_extensions_have_lines_with_tabs() -> None:
    assert platform_log.lines(ExtensionTold(*WHERE, "agent", "Ready", ("INVOKE", "SHUTDOWN"))) == (
        "EXTENSION\tName: agent\tState: Ready\tEvents: [INVOKE, SHUTDOWN]\n",
    )
    assert platform_log.lines(ExtensionTold(*WHERE, "agent", "LaunchError", (), "PermissionDenied")) == (
        "EXTENSION\tName: agent\tState: LaunchError\tEvents: []\tError Type: PermissionDenied\n",
    )


def test_subscriptions_are_logged_by_both_apis() -> None:
    types = ("platform", "function", "extension")
    assert platform_log.lines(TelemetrySubscribed(*WHERE, "agent", "Subscribed", types)) == (
        "TELEMETRY\tName: agent\tState: Subscribed\tTypes: [Platform, Function, Extension]\n",
    )
    assert platform_log.lines(TelemetrySubscribed(*WHERE, "agent", "Subscribed", ("platform",), legacy=True)) == (
        "LOGS\tName: agent\tState: Subscribed\tTypes: [platform]\n",
    )


def in_json(level: str) -> Function:
    logging = Logging(LogFormat.JSON, system_level=level)
    return Function("F", "f", "python3.13", "app.handler", Code(Path("/nowhere")), logging=logging)


def test_a_json_log_has_an_object_for_each_event_and_no_end() -> None:
    (line,) = platform_log.lines(InvocationEnded(*WHERE, REPORT, True), in_json("INFO"))
    assert line.endswith("}\n")
    assert json.loads(line)["type"] == "platform.report"
    (line,) = platform_log.lines(InvocationStarted(*WHERE, "r1", "$LATEST"), in_json("INFO"))
    assert json.loads(line) == {
        "time": "1970-01-01T00:00:01.000Z",
        "type": "platform.start",
        "record": {"requestId": "r1", "version": "$LATEST"},
    }


def test_lines_of_the_function_are_left_as_they_are() -> None:
    assert platform_log.lines(LogWritten(*WHERE, "r1", "plain\n"), in_json("WARN")) == ("plain\n",)


@pytest.mark.parametrize(
    ("level", "kept"), [("DEBUG", (1, 1, 1, 1, 1)), ("INFO", (0, 0, 0, 1, 1)), ("WARN", (0, 0, 0, 0, 1))]
)
def test_the_system_log_level_says_which_events_are_logged(level: str, kept: tuple[int, ...]) -> None:
    facts = (
        InitRuntimeDone(*WHERE, "init", "success"),
        InitEnded(*WHERE, "init", "success", 5.0),
        RuntimeDone(*WHERE, "r1", "success", 1.0, 2),
        InvocationEnded(*WHERE, REPORT, True),
        InvocationEnded(*WHERE, replace(REPORT, status=Status.TIMEOUT), True),
    )
    assert tuple(len(platform_log.lines(fact, in_json(level))) for fact in facts) == kept


def test_a_fact_s_function_is_looked_up_where_it_has_one() -> None:
    started = InvocationStarted(*WHERE, "r1", "$LATEST")
    assert platform_log.told(started, {"F": in_json("INFO")}.get)[0].startswith("{")
    assert platform_log.told(started, {}.get) == ("START RequestId: r1 Version: $LATEST\n",)
    ready = Ready(1.0, Project(Path("/nowhere")), "", "", "process", "", 1.0)
    assert platform_log.told(ready, {}.get) == ()
