"""Lambda's own log lines, in the current text format."""

from __future__ import annotations

from dataclasses import replace

from localstack_lite.model import platform_log
from localstack_lite.model.facts import InitEnded, InitStarted, InvocationEnded, InvocationStarted, LogWritten, Reloaded
from localstack_lite.model.invocation import Report, Status

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
