"""Schedule expressions over time: zones, clocks put forward and back, start and end."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localstack_lite.model.cron import Cron
from localstack_lite.model.expression import At, check, instant, next_after, next_run, parse, zone
from localstack_lite.model.expression_error import ExpressionError
from localstack_lite.model.rate import Rate
from localstack_lite.model.trigger import Schedule, Scheduler
from tests.model import cron_oracle, cron_texts


def epoch(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def runs(text: str, after: str, timezone: str = "UTC", count: int = 3) -> list[str]:
    expression, time, found = parse(text, Scheduler.SCHEDULER), epoch(after), []
    for _ in range(count):
        if (at := next_after(expression, time, timezone, epoch(after))) is None:
            break
        found.append(datetime.fromtimestamp(at, UTC).strftime("%m-%d %H:%M"))
        time = at
    return found


def test_each_form_is_told_by_its_name():
    assert isinstance(parse("cron(0 12 * * ? *)"), Cron)
    assert parse("rate(1 hour)") == Rate(3600)
    assert parse("at(2026-12-31T23:59:59)", Scheduler.SCHEDULER) == At(datetime(2026, 12, 31, 23, 59, 59))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "every day",
        "0 12 * * ? *",
        " rate(10 minutes)",
        "rate(10 minutes) ",
        "Rate(10 minutes)",
        "cron(0 12 * * ? *",
        "at(2021-12-31T23:59:59Z)",
        "at(2021-12-31)",
        "at(2021-13-31T23:59:59)",
        "at(2021-12-31 23:59:59)",
        "rate( 10 minutes )",
    ],
)
@pytest.mark.parametrize("scheduler", Scheduler)
def test_what_is_no_expression_is_refused(text, scheduler):
    with pytest.raises(ExpressionError):
        parse(text, scheduler)


def test_a_rule_takes_no_time_that_comes_once():
    with pytest.raises(ExpressionError) as refused:
        parse("at(2026-12-31T23:59:59)", Scheduler.RULE)
    assert "Scheduler" in refused.value.hint


@pytest.mark.parametrize("name", ["Europe/Berlim", "Berlin", "", "../etc/passwd", "/etc/localtime", "Europe", "\0"])
def test_a_zone_that_is_none_is_refused(name):
    with pytest.raises(ExpressionError, match="no time zone"):
        zone(name)


def test_a_zone_means_its_own_time_of_day():
    assert runs("cron(0 9 ? * MON-FRI *)", "2026-07-10T00:00", "Europe/Berlin", 2) == ["07-10 07:00", "07-13 07:00"]
    assert runs("cron(0 9 ? * MON-FRI *)", "2026-01-09T00:00", "Europe/Berlin", 2) == ["01-09 08:00", "01-12 08:00"]


def test_a_time_that_the_clock_skips_is_not_made_up_for():
    assert runs("cron(30 2 * * ? *)", "2026-03-27T12:00", "Europe/Berlin") == [
        "03-28 01:30",
        "03-30 00:30",
        "03-31 00:30",
    ]


def test_a_time_that_comes_twice_counts_the_first_time():
    assert runs("cron(30 2 * * ? *)", "2026-10-24T12:00", "Europe/Berlin", 2) == ["10-25 00:30", "10-26 01:30"]


def test_between_its_two_times_nothing_comes_again():
    assert runs("cron(0/30 * * * ? *)", "2026-10-25T00:15", "Europe/Berlin", 3) == [
        "10-25 00:30",
        "10-25 02:00",
        "10-25 02:30",
    ]


def test_a_day_is_24_hours_also_when_the_clocks_change():
    assert runs("rate(1 day)", "2026-03-28T12:00", "Europe/Berlin", 2) == ["03-29 12:00", "03-30 12:00"]


def test_a_time_that_comes_once_comes_once():
    assert runs("at(2026-07-01T09:30:15)", "2026-01-01T00:00", "America/New_York") == ["07-01 13:30"]
    assert runs("at(2026-07-01T09:30:15)", "2026-07-02T00:00", "America/New_York") == []


def test_one_that_is_skipped_never_comes():
    assert runs("at(2026-03-29T02:30:00)", "2026-01-01T00:00", "Europe/Berlin") == []


def test_a_day_that_a_zone_skipped_has_no_times():
    assert instant(datetime(2011, 12, 30, 12), zone("Pacific/Apia")) is None
    assert runs("cron(0 12 * * ? 2011)", "2011-12-28T23:00", "Pacific/Apia") == ["12-29 22:00", "12-30 22:00"]


def test_a_run_now_is_not_the_next_one():
    cron = parse("cron(0 12 * * ? *)")
    noon = epoch("2026-11-22T12:00")
    assert next_after(cron, noon) == noon + 86400
    assert next_after(cron, noon - 0.0001) == noon
    assert next_after(cron, noon - 1) == noon


@pytest.mark.parametrize("time", [-1e12, 0.0, 1e12])
def test_no_time_is_too_far_away(time):
    at = next_after(parse("cron(0 12 * * ? *)"), time)
    assert at is None if time > 0 else at == 43200.0


def scheduled(expression: str, start: str | None = None, end: str | None = None, timezone: str = "UTC") -> Schedule:
    limits = [epoch(text) if text else None for text in (start, end)]
    return Schedule("s", "F", expression, Scheduler.SCHEDULER, timezone, start=limits[0], end=limits[1])


def first(schedule: Schedule, now: str) -> str | None:
    expression = parse(schedule.expression, schedule.scheduler)
    at = next_run(schedule, expression, epoch(now), epoch(now))
    return None if at is None else datetime.fromtimestamp(at, UTC).strftime("%m-%d %H:%M")


def test_a_start_is_the_first_run_of_a_rate():
    schedule = scheduled("rate(1 hour)", start="2026-11-22T10:20")
    assert first(schedule, "2026-11-22T08:00") == "11-22 10:20"
    assert first(schedule, "2026-11-22T10:20") == "11-22 11:20"
    assert first(schedule, "2026-11-22T12:00") == "11-22 12:20"


def test_nothing_runs_before_its_start_or_after_its_end():
    schedule = scheduled("cron(0 12 * * ? *)", "2026-12-01T12:00", "2026-12-02T12:00")
    assert first(schedule, "2026-11-22T08:00") == "12-01 12:00"
    assert first(schedule, "2026-12-01T12:00") == "12-02 12:00"
    assert first(schedule, "2026-12-02T12:00") is None


def test_what_comes_once_knows_neither_start_nor_end():
    schedule = scheduled("at(2026-12-01T00:00:00)", "2027-01-01T00:00", "2026-01-01T00:00")
    assert first(schedule, "2026-11-22T08:00") == "12-01 00:00"


def test_a_schedule_is_checked_as_a_whole():
    assert check(scheduled("rate(1 minutes)", timezone="Europe/Berlin")) is None
    assert "time zone" in str(check(scheduled("rate(1 minutes)", timezone="Mars/Base")))
    assert "1 minutes" in str(check(Schedule("s", "F", "rate(1 minutes)")))


#: A zone and a moment shortly before its clocks change, or some other one.
CHANGES = [
    ("Europe/Berlin", "2026-03-28T22:00"),
    ("Europe/Berlin", "2026-10-24T22:00"),
    ("America/New_York", "2026-03-08T03:00"),
    ("America/New_York", "2026-11-01T03:30"),
    ("America/St_Johns", "2026-11-01T02:00"),
    ("Australia/Lord_Howe", "2026-04-04T12:00"),
    ("Australia/Lord_Howe", "2026-10-03T12:00"),
    ("Africa/Casablanca", "2026-02-15T00:00"),
    ("Pacific/Apia", "2011-12-29T20:00"),
    ("Asia/Kathmandu", "2026-02-28T12:00"),
    ("UTC", "2028-02-28T20:00"),
]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(CHANGES), cron_texts.minutes, cron_texts.hours, cron_texts.days_of_week, st.integers(0, 360))
def test_runs_in_a_zone_are_those_that_the_oracle_meets_walking_through_time(change, minutes, hours, days, later):
    name, before = change
    where = ZoneInfo(name)
    fields = f"{minutes} {hours} ? * {days} *"
    time = epoch(before) + later * 60
    found = next_after(parse(f"cron({fields})"), time, name)
    for minute in range(1, 2 * 24 * 60):
        local = datetime.fromtimestamp(time + minute * 60, where)
        if local.fold == 0 and cron_oracle.matches(fields, local):
            assert found == time + minute * 60
            return
    assert found is None or found >= time + 2 * 24 * 60 * 60
