"""Durations and what of them is billed."""

from __future__ import annotations

import pytest

from localstack_lite.lambdas.environments.reports import report_of, with_overhead
from localstack_lite.model.invocation import Status
from tests.builders import function


@pytest.mark.parametrize(
    ("seconds", "init_ms", "billed"),
    [(0.0, None, 0), (0.0001, None, 1), (0.001, None, 1), (0.00101, None, 2), (0.13361, 80.2, 214), (0.5, 0.0, 500)],
)
def test_init_and_invocation_are_billed_together_to_the_next_ms(
    seconds: float, init_ms: float | None, billed: int
) -> None:
    report = report_of("r", function(), seconds, init_ms, 30, Status.SUCCESS, "")
    assert report.billed_ms == billed
    assert report.duration_ms == pytest.approx(seconds * 1000)


def test_a_timeout_counts_as_the_configured_one() -> None:
    report = report_of("r", function(timeout=3), 3.0042, None, 30, Status.TIMEOUT, "Sandbox.Timedout")
    assert (report.duration_ms, report.billed_ms) == (3000.0, 3000)


def test_no_more_memory_is_reported_than_there_was() -> None:
    report = report_of("r", function(memory=128), 1.0, None, 130, Status.ERROR, "Runtime.OutOfMemory")
    assert (report.memory_mb, report.max_memory_mb) == (128, 128)


def test_a_restore_is_billed_with_the_invocation() -> None:
    report = report_of("r", function(), 0.1, None, 30, Status.SUCCESS, "", 250.2)
    assert (report.restore_ms, report.billed_ms) == (250.2, 351)


def test_what_extensions_add_is_part_of_the_duration_and_billed_up_to_the_timeout() -> None:
    report = report_of("r", function(timeout=3), 1.0, 100.5, 30, Status.SUCCESS, "")
    more = with_overhead(report, 0.5, 3)
    assert (more.duration_ms, more.billed_ms, more.overhead_ms) == (1500.0, 1601, 500.0)
    assert with_overhead(report, 9, 3).duration_ms == 3000.0
