"""The schedules of a project as rows: what `devserve schedules` shows and its `--json` prints. Pure: the time and how
it is written come in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from localstack_lite.model.expression import next_run, parse
from localstack_lite.model.expression_error import ExpressionError
from localstack_lite.model.project import Project
from localstack_lite.model.trigger import Schedule

#: Runs that are shown of each.
RUNS = 3
HEADINGS = ("NAME", "FUNCTION", "EXPRESSION", "NEXT RUNS")


@dataclass(frozen=True, slots=True)
class Row:
    """`runs` in epoch seconds, the next ones; none when it is disabled or over."""

    schedule: Schedule
    function: str
    runs: tuple[float, ...]

    def cells(self, written: Callable[[float], str]) -> tuple[str, ...]:
        zone = self.schedule.timezone
        expression = self.schedule.expression + (f" {zone}" if zone != "UTC" else "")
        runs = ", ".join(map(written, self.runs)) or ("never again" if self.schedule.enabled else "disabled")
        return self.schedule.name, self.function, expression, runs

    def record(self) -> dict[str, Any]:
        return {
            "name": self.schedule.name,
            "function": self.function,
            "expression": self.schedule.expression,
            "timezone": self.schedule.timezone,
            "enabled": self.schedule.enabled,
            "next": [datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for at in self.runs],
        }


def rows(project: Project, now: float) -> list[Row]:
    """One row for each, in the project's order, as if devserve were started now."""
    names = {function.logical_id: function.name for function in project.functions}
    return [Row(one, names.get(one.function, one.function), _runs(one, now)) for one in project.schedules]


def table(found: list[Row], written: Callable[[float], str]) -> str:
    """The rows aligned under their headings. `written` makes text of epoch seconds."""
    lines = [HEADINGS, *(row.cells(written) for row in found)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    return "\n".join("  ".join(f"{c:{w}}" for c, w in zip(line, widths, strict=True)).rstrip() for line in lines)


def _runs(schedule: Schedule, now: float) -> tuple[float, ...]:
    runs: list[float] = []
    if not schedule.enabled:
        return ()
    try:
        expression = parse(schedule.expression, schedule.scheduler)
        while len(runs) < RUNS and (at := next_run(schedule, expression, runs[-1] if runs else now, now)) is not None:
            runs.append(at)
    except ExpressionError:
        return ()
    return tuple(runs)
