"""Schedule expressions: what they say, which AWS would refuse, and when they are due. Pure; for everybody who makes
`Schedule` values.

Source: AWS docs, "Schedule types on EventBridge Scheduler": with the clocks put forward, a local time that does not
exist is skipped; put back, a time that comes twice counts once, the first time. Rules know UTC only.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from localstack_lite.model.cron import Cron, parse_cron
from localstack_lite.model.expression_error import ExpressionError
from localstack_lite.model.rate import Rate, parse_rate
from localstack_lite.model.trigger import Schedule, Scheduler

_CALL = re.compile(r"(\w+)\((.*)\)", re.ASCII | re.DOTALL)
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class At:
    """One local time, to the second."""

    local: datetime


Expression = Cron | Rate | At


def parse(text: str, scheduler: Scheduler = Scheduler.RULE) -> Expression:
    """An ExpressionError (a ValueError) says what AWS would not take."""
    match = _CALL.fullmatch(text)
    rule = scheduler is Scheduler.RULE
    name = match[1] if match else ""
    if match is None or name not in ("rate", "cron", "at"):
        forms = "rate(...) or cron(...)" if rule else "rate(...), cron(...) or at(...)"
        raise ExpressionError(f"{text!r} is no schedule", f"write {forms}")
    match name:
        case "rate":
            return parse_rate(match[2], strict=rule)
        case "cron":
            return parse_cron(match[2])
    if rule:
        raise ExpressionError("a rule takes no at(...)", "use EventBridge Scheduler (ScheduleV2 in SAM)")
    try:
        if not _AT.fullmatch(match[2]):
            raise ValueError
        return At(datetime.fromisoformat(match[2]))
    except ValueError:
        raise ExpressionError(f"at({match[2]}) is no time", "write at(yyyy-mm-ddThh:mm:ss), without a zone") from None


def zone(name: str) -> tzinfo:
    """A time zone by its IANA name. An ExpressionError when there is none of that name."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise ExpressionError(
            f"there is no time zone {name!r}", "IANA names: Europe/Berlin, America/New_York"
        ) from None


def next_after(expression: Expression, time: float, timezone: str = "UTC", begin: float = 0.0) -> float | None:
    """When it is due for the first time after `time`, in epoch seconds; None: never again. `begin` is when a rate
    started to count."""
    match expression:
        case Rate():
            return expression.next_after(time, begin)
        case At(local=local):
            at = instant(local, zone(timezone))
            return at if at is not None and at > time else None
    where = zone(timezone)
    # A second earlier, because local times are exact to the microsecond only and a run at `time` does not count below.
    local = _local(math.ceil(time) - 1, where)
    while (found := expression.next_local(local)) is not None:
        at = instant(found, where)
        if at is not None and at > time:
            return at
        local = found
    return None


def next_run(schedule: Schedule, expression: Expression, time: float, begin: float) -> float | None:
    """As `next_after`, within the schedule's start and end. A rate with a start counts from there, and its first run is
    that start; one-time schedules know neither start nor end (AWS docs, StartDate)."""
    if isinstance(expression, At):
        return next_after(expression, time, schedule.timezone)
    start = schedule.start
    if start is not None:
        if isinstance(expression, Rate):
            begin = start - expression.seconds
        # A run at the very start counts.
        time = max(time, math.nextafter(start, -math.inf))
    at = next_after(expression, time, schedule.timezone, begin)
    return None if at is None or (schedule.end is not None and at > schedule.end) else at


def check(schedule: Schedule) -> ExpressionError | None:
    """Why AWS would refuse it, when it would."""
    try:
        parse(schedule.expression, schedule.scheduler)
        zone(schedule.timezone)
    except ExpressionError as error:
        return error
    return None


def instant(local: datetime, where: tzinfo) -> float | None:
    """The time on every clock of a local time, its first when it comes twice; None when it is skipped."""
    there = local.replace(tzinfo=where, fold=0)
    again = there.astimezone(UTC).astimezone(where)
    return there.timestamp() if again.replace(tzinfo=None) == local else None


def _local(time: float, where: tzinfo) -> datetime:
    """The local time without its zone; the ends of the calendar for what is outside."""
    least, most = datetime(1969, 12, 30, tzinfo=UTC).timestamp(), datetime(2300, 1, 1, tzinfo=UTC).timestamp()
    return datetime.fromtimestamp(min(max(time, least), most), where).replace(tzinfo=None)
