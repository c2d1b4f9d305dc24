"""Who runs next, and when. Pure: a timetable is a value, and what follows from a time is a new one.

A rate counts from when devserve started (or from when the schedule came or changed); its first run is one period later.
A run that nobody could make in time, because the machine slept, is told and not made up for, as AWS runs within the
minute or not at all.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from localstack_lite.model.expression import Expression, next_run, parse
from localstack_lite.model.expression_error import ExpressionError
from localstack_lite.model.trigger import Schedule

#: Seconds that a run may be late: AWS's own precision (AWS docs).
LATE = 60.0


@dataclass(frozen=True, slots=True)
class Entry:
    """`begin` is when its rate started to count. Without an expression (AWS would refuse it) it is never due."""

    schedule: Schedule
    expression: Expression | None
    begin: float
    next_at: float | None


@dataclass(frozen=True, slots=True)
class Run:
    """What is due. `at` is the time that the expression names, `next_at` the next one. `missed`: too late for it."""

    schedule: Schedule
    at: float
    next_at: float | None
    missed: bool = False


@dataclass(frozen=True, slots=True)
class Timetable:
    entries: tuple[Entry, ...] = ()

    @property
    def next_at(self) -> float | None:
        return min((entry.next_at for entry in self.entries if entry.next_at is not None), default=None)

    def next_of(self, schedule: Schedule) -> float | None:
        return next((entry.next_at for entry in self.entries if entry.schedule == schedule), None)


def timetable(schedules: Iterable[Schedule], now: float, before: Timetable | None = None) -> Timetable:
    """The timetable of these schedules. Those that were in the one `before`, with the same times, keep them."""
    kept = {_times(entry.schedule): entry for entry in before.entries} if before is not None else {}
    entries = []
    for schedule in schedules:
        entry = kept.get(_times(schedule))
        entries.append(replace(entry, schedule=schedule) if entry is not None else _entry(schedule, now))
    return Timetable(tuple(entries))


def due(table: Timetable, now: float) -> tuple[tuple[Run, ...], Timetable]:
    """What is to be run and told now, by time, and the timetable after it."""
    runs: list[Run] = []
    entries = []
    for entry in table.entries:
        own, after = _due(entry, now)
        runs += own
        entries.append(after)
    return tuple(sorted(runs, key=lambda run: run.at)), Timetable(tuple(entries))


def _due(entry: Entry, now: float) -> tuple[list[Run], Entry]:
    runs = []
    while entry.next_at is not None and entry.next_at <= now:
        at = entry.next_at
        missed = now - at >= LATE
        # Of all that were missed, the first one is told; the next that counts is one which is not too late.
        entry = replace(entry, next_at=_next(entry, max(at, now - LATE) if missed else at))
        runs.append(Run(entry.schedule, at, entry.next_at, missed))
    return runs, entry


def _entry(schedule: Schedule, now: float) -> Entry:
    try:
        expression = parse(schedule.expression, schedule.scheduler)
        entry = Entry(schedule, expression, now, None)
        return replace(entry, next_at=_next(entry, now)) if schedule.enabled else entry
    except ExpressionError:
        return Entry(schedule, None, now, None)


def _next(entry: Entry, after: float) -> float | None:
    if entry.expression is None:
        return None
    at = next_run(entry.schedule, entry.expression, after, entry.begin)
    return None if at is None or math.isinf(at) else at


def _times(schedule: Schedule) -> tuple[object, ...]:
    """What a schedule's times depend on, and who it is."""
    return (
        schedule.scheduler,
        schedule.group,
        schedule.name,
        schedule.function,
        schedule.expression,
        schedule.timezone,
        schedule.enabled,
        schedule.start,
        schedule.end,
    )
