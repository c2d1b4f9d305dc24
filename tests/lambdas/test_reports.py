"""Durations and what of them is billed."""

from __future__ import annotations

import pytest

from localstack_lite.lambdas.reports import report_of
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
