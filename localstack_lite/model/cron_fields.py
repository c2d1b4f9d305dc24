"""The fields of a cron expression as sets of numbers: minutes, hours, months, years, and the days of a month. Pure.

Source: AWS docs, "Cron expressions" of EventBridge. Days are numbered as AWS does, 1 is SUN. What the documentation
says nothing about (a range that runs past the end, `22-6`; the largest step) is as in Quartz, whose form this is.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from localstack_lite.model.expression_error import ExpressionError

ANY = "?"
SUNDAY, MONDAY, FRIDAY, SATURDAY = 1, 2, 6, 7
WEEK = 7
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_PART = re.compile(r"(?:(?P<all>\*)|(?P<low>\w+)(?:-(?P<high>\w+))?)(?:/(?P<step>\d+))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Field:
    """`step` is the largest step that it takes."""

    name: str
    low: int
    high: int
    step: int
    names: Mapping[str, int] = field(default_factory=dict)

    def number(self, text: str) -> int:
        value = self.names.get(text.upper(), int(text) if text.isdecimal() else None)
        if value is None or not self.low <= value <= self.high:
            also = f" or {next(iter(self.names))}-{list(self.names)[-1]}" if self.names else ""
            raise ExpressionError(f"{self.name} takes {self.low}-{self.high}{also}, not {text}", self._hint(text))
        return value

    def _hint(self, text: str) -> str:
        if text == "0" and self.low == 1 and self.high == WEEK:
            return "AWS counts the days of the week from 1 = SUN to 7 = SAT"
        return ""


MINUTE = Field("minutes", 0, 59, 59)
HOUR = Field("hours", 0, 23, 23)
DAY_OF_MONTH = Field("day-of-month", 1, 31, 31)
MONTH = Field("month", 1, 12, 12, {name: number for number, name in enumerate(_MONTHS, 1)})
DAY_OF_WEEK = Field("day-of-week", 1, WEEK, WEEK, {name: number for number, name in enumerate(_DAYS, 1)})
YEAR = Field("year", 1970, 2199, 229)
#: In the order of the expression.
FIELDS = (MINUTE, HOUR, DAY_OF_MONTH, MONTH, DAY_OF_WEEK, YEAR)


def numbers(of: Field, text: str) -> tuple[int, ...]:
    """What a field of values, lists, ranges and steps stands for, in order. An ExpressionError names the field."""
    found: set[int] = set()
    for part in text.split(","):
        found.update(_part(of, part, text))
    return tuple(sorted(found))


def _part(of: Field, part: str, text: str) -> Iterator[int]:
    match = _PART.fullmatch(part)
    if match is None:
        raise ExpressionError(f"{of.name} cannot be {text!r}", "a value, a list 1,3, a range 1-5, a step 0/15, or *")
    step = int(match["step"]) if match["step"] is not None else 1
    if not 1 <= step <= of.step:
        raise ExpressionError(f"{of.name} takes steps of 1 to {of.step}, not {step}")
    if match["all"]:
        low, high = of.low, of.high
    else:
        low = of.number(match["low"])
        high = of.number(match["high"]) if match["high"] else of.high if match["step"] is not None else low
    if high < low and of is YEAR:
        raise ExpressionError(f"{of.name} {part} runs backwards", f"write {high}-{low}")
    span = of.high - of.low + 1
    over = high + span if high < low else high
    yield from ((value - of.low) % span + of.low for value in range(low, over + 1, step))


@dataclass(frozen=True, slots=True)
class Days:
    """Days by their number in the month."""

    numbers: tuple[int, ...]

    def of(self, year: int, month: int) -> tuple[int, ...]:
        last = length(year, month)
        return tuple(day for day in self.numbers if day <= last)


@dataclass(frozen=True, slots=True)
class LastDay:
    """`L`; `LW`, when `working`: the last day from Monday to Friday."""

    working: bool = False

    def of(self, year: int, month: int) -> tuple[int, ...]:
        last = length(year, month)
        over = {SATURDAY: 1, SUNDAY: 2}.get(weekday(year, month, last), 0) if self.working else 0
        return (last - over,)


@dataclass(frozen=True, slots=True)
class NearestWeekday:
    """`15W`: the day from Monday to Friday that is nearest, in the same month. None where the month is too short."""

    day: int

    def of(self, year: int, month: int) -> tuple[int, ...]:
        last = length(year, month)
        if self.day > last:
            return ()
        match weekday(year, month, self.day):
            case 7:  # Saturday
                return (self.day - 1 if self.day > 1 else self.day + 2,)
            case 1:  # Sunday
                return (self.day + 1 if self.day < last else self.day - 2,)
        return (self.day,)


@dataclass(frozen=True, slots=True)
class Weekdays:
    """Days by their place in the week."""

    weekdays: tuple[int, ...]

    def of(self, year: int, month: int) -> tuple[int, ...]:
        first = weekday(year, month, 1)
        days = range(1, length(year, month) + 1)
        return tuple(day for day in days if (first + day - 2) % WEEK + 1 in self.weekdays)


@dataclass(frozen=True, slots=True)
class NthWeekday:
    """`3#2`: the second Tuesday. `3L`, when `nth` is 0: the last one."""

    weekday: int
    nth: int

    def of(self, year: int, month: int) -> tuple[int, ...]:
        days = Weekdays((self.weekday,)).of(year, month)
        return days[-1:] if self.nth == 0 else days[self.nth - 1 : self.nth]


DayRule = Days | LastDay | NearestWeekday | Weekdays | NthWeekday


def days_of_month(text: str) -> DayRule:
    """The day-of-month field, when it is not `?`."""
    match text.upper():
        case "L":
            return LastDay()
        case "LW" | "WL":
            return LastDay(working=True)
    if match := re.fullmatch(r"(\d+)[Ww]", text):
        return NearestWeekday(DAY_OF_MONTH.number(match[1]))
    if re.search(r"(?:^|[\d,/-])[LW]+(?:[,/-]|$)", text.upper()):
        raise _not_alone(DAY_OF_MONTH, text, "L, LW and 15W stand alone")
    return Days(numbers(DAY_OF_MONTH, text))


def days_of_week(text: str) -> DayRule:
    """The day-of-week field, when it is not `?`. `L` alone is the last day of the week, SAT."""
    if text.upper() == "L":
        return Weekdays((SATURDAY,))
    if match := re.fullmatch(r"(\w+)#(\d+)", text):
        if not 1 <= int(match[2]) <= 5:
            raise ExpressionError(f"{DAY_OF_WEEK.name} {text}: a day stands 1 to 5 times in a month, not {match[2]}")
        return NthWeekday(DAY_OF_WEEK.number(match[1]), int(match[2]))
    if match := re.fullmatch(r"(\d+|[A-Za-z]{3})[Ll]", text):
        return NthWeekday(DAY_OF_WEEK.number(match[1]), 0)
    if re.search(r"#|(?:^|[,/-])(?:\d+|[A-Z]{3})?L(?:[,/-]|$)", text.upper()):
        raise _not_alone(DAY_OF_WEEK, text, "L, 3L and 3#2 stand alone")
    return Weekdays(numbers(DAY_OF_WEEK, text))


def _not_alone(of: Field, text: str, rule: str) -> ExpressionError:
    return ExpressionError(f"{of.name} cannot be {text!r}: {rule}", "make it several schedules")


def length(year: int, month: int) -> int:
    return monthrange(year, month)[1]


def weekday(year: int, month: int, day: int) -> int:
    """As AWS counts, 1 is SUN."""
    return date(year, month, day).isoweekday() % WEEK + 1
