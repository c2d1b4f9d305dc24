"""What an invocation took, as REPORT says it: durations, what of it is billed, memory."""

from __future__ import annotations

import math
from dataclasses import replace

from localstack_lite.model.function import Function
from localstack_lite.model.invocation import Report, Status


def report_of(
    request_id: str,
    function: Function,
    seconds: float,
    init_ms: float | None,
    memory: int,
    status: Status,
    error_type: str,
    restore_ms: float | None = None,
) -> Report:
    """`memory` is the most that was used, in MB. Billed is what init or restore and invocation took together, rounded
    up to the next ms (AWS bills init since August 2025). A timeout counts as exactly the configured one (recorded)."""
    duration = function.timeout * 1000.0 if status is Status.TIMEOUT else seconds * 1000
    billed = math.ceil(round(duration + (init_ms or 0.0) + (restore_ms or 0.0), 2))
    used = min(memory, function.memory)
    return Report(request_id, duration, billed, function.memory, used, init_ms, status, error_type, restore_ms)


def with_overhead(report: Report, seconds: float, most: float) -> Report:
    """Extensions worked on for that long after the answer: it is part of Duration and is billed (AWS docs, "Lambda
    execution environment lifecycle"). `most` is the function's timeout in seconds, which ends it."""
    overhead = seconds * 1000
    duration = min(report.duration_ms + overhead, most * 1000.0)
    before = (report.init_ms or 0.0) + (report.restore_ms or 0.0)
    billed = math.ceil(round(duration + before, 2))
    return replace(report, duration_ms=duration, billed_ms=billed, overhead_ms=overhead)
