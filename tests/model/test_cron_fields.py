"""The fields of cron expressions, one by one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings

from localstack_lite.model import cron_fields
from localstack_lite.model.cron_fields import days_of_month, days_of_week, numbers
from localstack_lite.model.expression_error import ExpressionError
from tests.model import cron_oracle, cron_texts


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("*", range(60)),
        ("5", [5]),
        ("5,5,1", [1, 5]),
        ("10-13", [10, 11, 12, 13]),
        ("50-2", [0, 1, 2, *range(50, 60)]),
        ("0/15", [0, 15, 30, 45]),
        ("1/10", [1, 11, 21, 31, 41, 51]),
        ("*/20", [0, 20, 40]),
        ("10-30/10,59", [10, 20, 30, 59]),
    ],
)
def test_values_lists_ranges_and_steps(text, values):
    assert numbers(cron_fields.MINUTE, text) == tuple(values)


def test_names_are_taken_in_either_case():
    assert numbers(cron_fields.MONTH, "jan,MAR-May") == (1, 3, 4, 5)
    assert numbers(cron_fields.DAY_OF_WEEK, "Sun,fri-sat") == (1, 6, 7)


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        (cron_fields.MINUTE, "60", "minutes takes 0-59, not 60"),
        (cron_fields.HOUR, "24", "hours takes 0-23, not 24"),
        (cron_fields.MONTH, "JAM", "month takes 1-12 or JAN-DEC, not JAM"),
        (cron_fields.YEAR, "1969", "year takes 1970-2199, not 1969"),
        (cron_fields.YEAR, "2030-2020", "runs backwards"),
        (cron_fields.MINUTE, "*/0", "steps of 1 to 59, not 0"),
        (cron_fields.MINUTE, "0/60", "steps of 1 to 59, not 60"),
        (cron_fields.MINUTE, "", "cannot be ''"),
        (cron_fields.MINUTE, "1,,2", "cannot be '1,,2'"),
        (cron_fields.MINUTE, "-5", "cannot be '-5'"),
        (cron_fields.MINUTE, "/5", "cannot be '/5'"),
        (cron_fields.MINUTE, "٣", "cannot be '٣'"),
    ],
)
def test_what_aws_does_not_take_is_refused_with_the_fields_name(field, text, said):
    with pytest.raises(ExpressionError) as refused:
        numbers(field, text)
    assert said in refused.value.what


def test_a_sunday_counted_from_zero_is_explained():
    with pytest.raises(ExpressionError) as refused:
        days_of_week("0")
    assert "1 = SUN" in refused.value.hint


@pytest.mark.parametrize(
    ("text", "year", "month", "days"),
    [
        ("L", 2024, 2, [29]),
        ("L", 2026, 2, [28]),
        ("LW", 2026, 1, [30]),  # the 31st is a Saturday
        ("LW", 2026, 5, [29]),  # the 31st is a Sunday
        ("LW", 2026, 11, [30]),
        ("1W", 2026, 8, [3]),  # the 1st is a Saturday: not back into July
        ("1W", 2026, 11, [2]),
        ("15W", 2026, 8, [14]),  # a Saturday
        ("15W", 2026, 11, [16]),  # a Sunday
        ("31W", 2026, 5, [29]),  # a Sunday at the end: not on into June
        ("31W", 2026, 6, []),
        ("30-2", 2026, 1, [1, 2, 30, 31]),
        ("31", 2026, 6, []),
    ],
)
def test_days_of_a_month(text, year, month, days):
    assert list(days_of_month(text).of(year, month)) == days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("1", [1, 8, 15, 22, 29]),
        ("MON-FRI", [2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 16, 17, 18, 19, 20, 23, 24, 25, 26, 27, 30]),
        ("FRI-MON", [1, 2, 6, 7, 8, 9, 13, 14, 15, 16, 20, 21, 22, 23, 27, 28, 29, 30]),
        ("3#2", [10]),
        ("SUN#5", [29]),
        ("TUE#5", []),
        ("3L", [24]),
        ("SUNL", [29]),
        ("L", [7, 14, 21, 28]),
    ],
)
def test_days_of_the_week_in_november_2026(text, days):
    assert list(days_of_week(text).of(2026, 11)) == days


@pytest.mark.parametrize("text", ["1,L", "L,LW", "1W,15W", "L-3", "1-5W"])
def test_special_days_of_a_month_stand_alone(text):
    with pytest.raises(ExpressionError, match="stand alone"):
        days_of_month(text)


@pytest.mark.parametrize("text", ["3#1,6#3", "2L,3", "MON,L", "MON-3L"])
def test_special_days_of_the_week_stand_alone(text):
    with pytest.raises(ExpressionError, match="stand alone"):
        days_of_week(text)


@pytest.mark.parametrize("text", ["3#0", "3#6", "8#1", "8L"])
def test_a_day_that_no_month_has_is_refused(text):
    with pytest.raises(ExpressionError):
        days_of_week(text)


@pytest.mark.parametrize("text", ["WED", "JUL", "L5"])
def test_a_word_in_the_days_of_a_month_is_told_as_what_it_is(text):
    with pytest.raises(ExpressionError, match="takes 1-31"):
        days_of_month(text)


@settings(max_examples=60, deadline=None)
@given(cron_texts.days)
def test_days_are_those_that_the_oracle_finds_over_leap_years_and_month_ends(texts):
    of_month, of_week = texts
    rule = days_of_month(of_month) if of_week == "?" else days_of_week(of_week)
    day = date(2023, 12, 1)
    while day < date(2025, 4, 1):
        found = day.day in rule.of(day.year, day.month)
        assert found is cron_oracle.matches_day(of_month, of_week, day), day
        day += timedelta(days=1)


@settings(max_examples=100, deadline=None)
@given(cron_texts.minutes, cron_texts.hours, cron_texts.months)
def test_values_are_those_that_the_oracle_finds(minutes, hours, months):
    for field, text in ((cron_fields.MINUTE, minutes), (cron_fields.HOUR, hours), (cron_fields.MONTH, months)):
        found = [n for n in range(field.low, field.high + 1) if cron_oracle.plain(text, n, field.low, field.high)]
        assert list(numbers(field, text)) == found
