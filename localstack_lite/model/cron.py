"""Cron expressions of EventBridge: six fields, and the next minute that they mean. Pure.

Source: AWS docs, "Cron expressions": minutes, hours, day-of-month, month, day-of-week, year; one of the two fields of
days is `?`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from localstack_lite.model import cron_fields
from localstack_lite.model.cron_fields import ANY, FIELDS, DayRule
from localstack_lite.model.expression_error import ExpressionError

_FORM = "cron(minutes hours day-of-month month day-of-week year), as in cron(0 12 * * ? *)"


@dataclass(frozen=True, slots=True)
class Cron:
    """Numbers are in order. `days` says which days of a month."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: DayRule
    months: tuple[int, ...]
    years: tuple[int, ...]

    def next_local(self, after: datetime) -> datetime | None:
        """The first minute later than `after` (local time without a zone), whether it exists in a zone or not."""
        for year, month in self._months_from(after.year, after.month):
            this_month = (year, month) == (after.year, after.month)
            for day in self.days.of(year, month):
                if this_month and day < after.day:
                    continue
                begin = (after.hour, after.minute + 1) if this_month and day == after.day else (0, 0)
                if (time := self._time_from(*begin)) is not None:
                    return datetime(year, month, day, *time)
        return None

    def _months_from(self, year: int, month: int) -> Iterator[tuple[int, int]]:
        for each in self.years[bisect_left(self.years, year) :]:
            first = bisect_left(self.months, month) if each == year else 0
            yield from ((each, number) for number in self.months[first:])

    def _time_from(self, hour: int, minute: int) -> tuple[int, int] | None:
        """The first time of a day that is not earlier. `minute` may be 60."""
        for each in self.hours[bisect_left(self.hours, hour) :]:
            first = bisect_left(self.minutes, minute) if each == hour else 0
            if first < len(self.minutes):
                return each, self.minutes[first]
        return None


def parse_cron(fields: str) -> Cron:
    """What stands between the brackets. An ExpressionError says what AWS does not take."""
    parts = fields.split()
    if len(parts) != len(FIELDS):
        more = "; AWS has a sixth one, the year" if len(parts) == len(FIELDS) - 1 else ""
        raise ExpressionError(f"a cron expression has {len(FIELDS)} fields, this one {len(parts)}{more}", _FORM)
    minutes, hours, of_month, months, of_week, years = parts
    for name, text in zip(FIELDS, parts, strict=True):
        if ANY in text and (text != ANY or name not in (cron_fields.DAY_OF_MONTH, cron_fields.DAY_OF_WEEK)):
            raise ExpressionError(f"{name.name} cannot be {text!r}", "? is for day-of-month or day-of-week")
    if (of_month == ANY) is (of_week == ANY):
        what = f"day-of-month is {of_month} and day-of-week is {of_week}: exactly one of them has to be ?"
        raise ExpressionError(what, _mended(parts))
    return Cron(
        cron_fields.numbers(cron_fields.MINUTE, minutes),
        cron_fields.numbers(cron_fields.HOUR, hours),
        cron_fields.days_of_week(of_week) if of_month == ANY else cron_fields.days_of_month(of_month),
        cron_fields.numbers(cron_fields.MONTH, months),
        cron_fields.numbers(cron_fields.YEAR, years),
    )


def _mended(parts: list[str]) -> str:
    """A hint: the expression with `?` where it says least."""
    minutes, hours, of_month, months, of_week, years = parts
    if of_month == of_week == ANY:
        of_month = "*"
    elif of_month == "*" and of_week != "*":
        of_month = ANY
    elif of_week == "*":
        of_week = ANY
    else:
        return "make it two schedules"
    return f"write cron({' '.join((minutes, hours, of_month, months, of_week, years))})"
