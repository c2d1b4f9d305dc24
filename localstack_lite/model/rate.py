"""Rate expressions: every so many minutes, hours or days. Pure.

Rules take the singular for 1 and the plural for more, in lower case, without further blanks (recorded). Scheduler takes
either form (AWS docs, ScheduleExpression). A day is 24 hours, also when the clocks change (AWS docs).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from localstack_lite.model.expression_error import ExpressionError

_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}
_FORM = re.compile(r"(-?\d+)\s+([A-Za-z]+)", re.ASCII)
#: More than any calendar has, in digits: longer numbers are not looked at.
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Rate:
    seconds: int

    def next_after(self, time: float, begin: float) -> float:
        """The first turn later than `time`: whole periods after `begin`, the first one at the end of the first."""
        turns = math.floor((time - begin) / self.seconds) + 1
        at = begin + max(turns, 1) * self.seconds
        return at if at > time else at + self.seconds


def parse_rate(text: str, strict: bool) -> Rate:
    """What stands between the brackets. `strict`: a rule's, whose unit has to fit the number."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise ExpressionError(f"rate({text}) is no rate", "write rate(5 minutes), rate(1 hour) or rate(2 days)")
    value, unit = match[1], match[2]
    one = unit.removesuffix("s")
    if one not in _SECONDS:
        near = unit.lower().removesuffix("s")
        hint = (
            f"write {unit.lower()}" if near in _SECONDS else "the smallest one is a minute" if near == "second" else ""
        )
        raise ExpressionError(f"rate takes minutes, hours and days, not {unit}", hint)
    if len(value) > _DIGITS or int(value) < 1:
        raise ExpressionError(f"rate takes a whole number from 1, not {value}")
    fitting = one if int(value) == 1 else f"{one}s"
    if strict and unit != fitting:
        raise ExpressionError(f"AWS refuses {value} {unit}", f"write rate({value} {fitting})")
    return Rate(int(value) * _SECONDS[one])
