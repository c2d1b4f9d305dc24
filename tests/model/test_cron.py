"""Cron expressions as a whole."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localstack_lite.model.cron import parse_cron
from localstack_lite.model.expression_error import ExpressionError
from tests.model import cron_oracle, cron_texts

NOVEMBER = datetime(2026, 11, 22, 8, 0)


@pytest.mark.parametrize(
    ("fields", "moments"),
    [
        ("0 12 * * ? *", ["2026-11-22 12:00", "2026-11-23 12:00"]),
        ("0 8 * * ? *", ["2026-11-23 08:00"]),
        ("0/15 8 * * ? *", ["2026-11-22 08:15", "2026-11-22 08:30", "2026-11-22 08:45", "2026-11-23 08:00"]),
        ("15 10 ? * 6L 2026-2027", ["2026-11-27 10:15", "2026-12-25 10:15", "2027-01-29 10:15"]),
        ("0 0 29 2 ? *", ["2028-02-29 00:00", "2032-02-29 00:00"]),
        ("59 23 31 12 ? *", ["2026-12-31 23:59", "2027-12-31 23:59"]),
        ("0 18 ? * MON-FRI *", ["2026-11-23 18:00", "2026-11-24 18:00"]),
        ("0  8\t1 * ? *", ["2026-12-01 08:00"]),
    ],
)
def test_the_next_moments(fields, moments):
    cron, at, found = parse_cron(fields), NOVEMBER, []
    for _ in moments:
        at = cron.next_local(at)
        found.append(f"{at:%Y-%m-%d %H:%M}")
    assert found == moments


@pytest.mark.parametrize("fields", ["0 0 31 2 ? *", "0 0 1 1 ? 2020", "0 0 ? 2 MON#5 2027", "0 8 22 11 ? 2026"])
def test_what_never_comes_again_has_no_next_moment(fields):
    assert parse_cron(fields).next_local(NOVEMBER) is None


def test_the_last_year_ends_it():
    assert parse_cron("* * * * ? *").next_local(datetime(2199, 12, 31, 23, 58)) == datetime(2199, 12, 31, 23, 59)
    assert parse_cron("* * * * ? *").next_local(datetime(2199, 12, 31, 23, 59)) is None


@pytest.mark.parametrize(
    ("fields", "said", "hint"),
    [
        ("0 12 * * *", "has 6 fields, this one 5; AWS has a sixth one, the year", "cron(minutes"),
        ("", "has 6 fields, this one 0", ""),
        ("0 12 * * * *", "exactly one of them has to be ?", "cron(0 12 * * ? *)"),
        ("0 12 ? * ? *", "exactly one of them has to be ?", "cron(0 12 * * ? *)"),
        ("0 12 * * MON *", "exactly one of them has to be ?", "cron(0 12 ? * MON *)"),
        ("0 12 1 * * *", "exactly one of them has to be ?", "cron(0 12 1 * ? *)"),
        ("0 12 1 * MON *", "exactly one of them has to be ?", "two schedules"),
        ("? 12 1 * ? *", "minutes cannot be '?'", ""),
        ("0 12 ?,1 * ? *", "day-of-month cannot be '?,1'", ""),
    ],
)
def test_what_aws_does_not_take_is_refused_with_a_hint(fields, said, hint):
    with pytest.raises(ExpressionError) as refused:
        parse_cron(fields)
    assert said in refused.value.what
    assert hint in refused.value.hint


@pytest.mark.parametrize(
    "fields", ["7 20 * * NOT *", "INVALID", "0 dummy ? * MON-FRI *", "71 8 1 * ? *", "0 2 ? * 31 *", "0 88 1 * ? *"]
)
def test_what_aws_was_seen_to_refuse_is_refused(fields):
    with pytest.raises(ExpressionError):
        parse_cron(fields)


moments = st.datetimes(datetime(2023, 1, 1), datetime(2029, 1, 1)).map(lambda at: at.replace(second=0, microsecond=0))


@settings(max_examples=60, deadline=None)
@given(cron_texts.minutes, cron_texts.hours, moments)
def test_the_next_minute_is_the_first_that_the_oracle_finds(minutes, hours, after):
    fields = f"{minutes} {hours} * * ? *"
    found = parse_cron(fields).next_local(after)
    walked = after + timedelta(minutes=1)
    while not cron_oracle.matches(fields, walked):
        walked += timedelta(minutes=1)
        assert walked - after < timedelta(days=2)
    assert found == walked


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 59), st.integers(0, 23), cron_texts.days, cron_texts.months, cron_texts.years, moments)
def test_the_next_day_is_the_first_that_the_oracle_finds(minute, hour, days, months, years, after):
    fields = f"{minute} {hour} {days[0]} {months} {days[1]} {years}"
    found = parse_cron(fields).next_local(after)
    walked = after.replace(hour=hour, minute=minute)
    end = after + timedelta(days=1200)
    while walked <= end and not (walked > after and cron_oracle.matches(fields, walked)):
        walked += timedelta(days=1)
    if walked <= end:
        assert found == walked
    else:
        assert found is None or found > end
