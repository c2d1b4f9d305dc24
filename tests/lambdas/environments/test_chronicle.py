"""Facts about an environment carry its names, so that a log line can be made of each alone."""

from __future__ import annotations

from typing import Any

import pytest

from localstack_lite.lambdas.environments.chronicle import Chronicle
from localstack_lite.model import platform_log
from localstack_lite.model.facts import Fact
from localstack_lite.model.initialization import Initialization
from localstack_lite.model.invocation import Report, Status
from tests.builders import invocation

NOW = 1_700_000_000.0
REPORT = Report("r1", 12.0, 13, 128, 40, init_ms=99.5)
CHRONICLE = Chronicle("Hello", "hello#1", "2026/11/21/[$LATEST]0f", ("python:3.13.v1", "arn:aws:lambda:r::runtime:1"))


def lines(*facts: Fact) -> list[str]:
    return [line for fact in facts for line in platform_log.lines(fact)]


def test_every_fact_names_function_environment_and_time() -> None:
    facts: list[Any] = [
        CHRONICLE.init_started(NOW),
        CHRONICLE.init_runtime_done(NOW, "init", "success"),
        CHRONICLE.init_ended(NOW, "init", "success", NOW - 1),
        CHRONICLE.restore_started(NOW),
        CHRONICLE.restore_runtime_done(NOW, "success"),
        CHRONICLE.restore_ended(NOW, "success", NOW - 1),
        CHRONICLE.extension(NOW, "otel", "Ready", ("INVOKE",)),
        CHRONICLE.started(NOW, invocation("r1")),
        CHRONICLE.runtime_done(NOW, invocation("r1"), REPORT, 7, NOW - 1, None),
        CHRONICLE.wrote(NOW, "r1", "hello\n"),
        CHRONICLE.ended(NOW, REPORT, True, b""),
        CHRONICLE.waits(NOW, "r1", "still running", 2.0),
        CHRONICLE.stopped(NOW, "spindown"),
    ]
    assert {(fact.function, fact.environment, fact.at) for fact in facts} == {("Hello", "hello#1", NOW)}


def test_a_whole_invocation_reads_as_cloudwatch_shows_it() -> None:
    assert lines(
        CHRONICLE.init_started(NOW),
        CHRONICLE.init_ended(NOW, "init", "success", NOW - 1),
        CHRONICLE.started(NOW, invocation("r1")),
        CHRONICLE.wrote(NOW, "r1", "hello\n"),
        CHRONICLE.ended(NOW, REPORT, True, b""),
    ) == [
        "INIT_START Runtime Version: python:3.13.v1\tRuntime Version ARN: arn:aws:lambda:r::runtime:1\n",
        "START RequestId: r1 Version: $LATEST\n",
        "hello\n",
        "END RequestId: r1\n",
        "REPORT RequestId: r1\tDuration: 12.00 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\t"
        "Max Memory Used: 40 MB\tInit Duration: 99.50 ms\t\n",
    ]


def test_the_duration_of_an_initialisation_is_counted_from_its_start() -> None:
    failed = CHRONICLE.init_ended(NOW, "init", "error", NOW - 0.25, "Runtime.ExitError")
    assert lines(failed) == [
        "INIT_REPORT Init Duration: 250.00 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError\n"
    ]


def test_a_crash_is_one_log_event_that_names_the_request() -> None:
    crashed = CHRONICLE.crashed(NOW, "r1", "Runtime exited without providing a reason", "Runtime.ExitError")
    assert lines(crashed) == ["RequestId: r1 Error: Runtime exited without providing a reason\nRuntime.ExitError\n"]


def test_an_error_that_is_not_text_does_not_break_its_fact() -> None:
    late = Report("r1", 1000.0, 1000, 128, 40, status=Status.TIMEOUT)
    ended = CHRONICLE.ended(NOW, late, False, b"\xff{}")
    assert ended.error == "�{}"
    assert lines(ended)[-1].endswith("\tStatus: timeout\n")


def test_version_and_kind_of_the_environment_are_in_its_facts() -> None:
    kind = Initialization.SNAP_START
    one = Chronicle("Hello", "hello#1", "s", ("v", "arn"), version="3", initialization=kind)
    assert (one.init_started(NOW).version, one.init_started(NOW, "invoke").phase) == ("3", "invoke")
    assert (one.started(NOW, invocation("r1", qualifier="live")).version, one.restore_started(NOW).version) == (
        "3",
        "3",
    )
    assert {one.init_started(NOW).initialization, one.init_ended(NOW, "init", "error", NOW).initialization} == {kind}


@pytest.mark.parametrize(("begun", "latency", "response"), [(None, 1000.0, 0.0), (NOW - 0.75, 250.0, 750.0)])
def test_a_runtime_that_is_done_took_time_until_the_first_byte_and_from_there(
    begun: float | None, latency: float, response: float
) -> None:
    done = CHRONICLE.runtime_done(NOW, invocation("r1", trace_id="Root=1"), REPORT, 7, NOW - 1, begun)
    assert (done.latency_ms, done.response_ms, done.produced_bytes) == (latency, response, 7)
    assert (done.status, done.trace_id) == ("success", "Root=1")
