"""The tail of a log, in both of Lambda's formats."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.model.invocation import Report, Status
from localstack_lite.sync import tail_log

ID = "8f5e9c1a-0000-4000-8000-000000000001"
TEXT = (
    f"START RequestId: {ID} Version: 7\n"
    "loading report 7\n"
    "[INFO]\t2026-11-22T10:00:00.000Z\tdone\n"
    f"END RequestId: {ID}\n"
    f"REPORT RequestId: {ID}\tDuration: 12.34 ms\tBilled Duration: 130 ms\tMemory Size: 512 MB\t"
    "Max Memory Used: 94 MB\tInit Duration: 117.01 ms\t\n"
)


def test_the_functions_own_lines_and_the_figures() -> None:
    read = tail_log.read(TEXT, ID)
    assert read.messages == ("loading report 7\n", "[INFO]\t2026-11-22T10:00:00.000Z\tdone\n")
    assert read.version == "7"
    assert read.report == Report(ID, 12.34, 130, 512, 94, 117.01)


def test_a_timeout_is_a_timeout() -> None:
    line = f"REPORT RequestId: {ID}\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\t"
    report = tail_log.read(line + "Max Memory Used: 30 MB\tStatus: timeout\n", ID).report
    assert report is not None
    assert report.status is Status.TIMEOUT


def test_a_failed_runtime_names_its_error() -> None:
    line = f"REPORT RequestId: {ID}\tDuration: 3.00 ms\tBilled Duration: 3 ms\tMemory Size: 128 MB\t"
    report = tail_log.read(line + "Max Memory Used: 30 MB\tStatus: error\tError Type: Runtime.ExitError\n", ID).report
    assert report is not None
    assert (report.status, report.error_type) == (Status.ERROR, "Runtime.ExitError")


def test_a_log_that_was_cut_has_no_report_but_its_lines() -> None:
    assert tail_log.read("f of a line\nwhole\n", ID) == tail_log.TailLog(("f of a line\n", "whole\n"))


def test_json_records_of_the_platform_are_figures_and_the_functions_own_are_lines() -> None:
    metrics = {"durationMs": 1.5, "billedDurationMs": 2, "memorySizeMB": 128, "maxMemoryUsedMB": 40}
    report = {"type": "platform.report", "record": {"requestId": ID, "metrics": metrics, "status": "success"}}
    own = '{"level":"INFO","message":"hello"}\n'
    text = json.dumps({"type": "platform.start", "record": {}}) + "\n" + own + json.dumps(report) + "\n"
    read = tail_log.read(text, ID)
    assert read.messages == (own,)
    assert read.report == Report(ID, 1.5, 2, 128, 40)


@given(st.text())
def test_any_text_is_read_without_an_error_and_nothing_that_was_written_is_lost(text: str) -> None:
    read = tail_log.read(text, ID)
    own = [line for line in text.split("\n") if line.strip()]
    assert len(read.messages) <= len(own)
    if not any(mark in text for mark in ("RequestId:", "INIT_", "TraceId", '{"', "\xa0", "Traceback")):
        assert [message.removesuffix("\n") for message in read.messages] == own


def test_a_traceback_of_pythons_runtime_is_one_event_as_in_cloudwatch() -> None:
    error = '[ERROR] ValueError: no\nTraceback (most recent call last):\n\xa0\xa0File "/var/task/app.py", line 3\n'
    read = tail_log.read(f"before\n{error}after\n", ID)
    assert read.messages == ("before\n", error, "after\n")
