"""Rate expressions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.model.expression_error import ExpressionError
from localstack_lite.model.rate import Rate, parse_rate


@pytest.mark.parametrize(
    ("text", "seconds"), [("1 minute", 60), ("5 minutes", 300), ("1 hour", 3600), ("2 days", 172800), ("1 day", 86400)]
)
def test_minutes_hours_and_days(text, seconds):
    assert parse_rate(text, strict=True) == Rate(seconds)


@pytest.mark.parametrize(
    "text",
    [
        "10 seconds",
        "10 years",
        "1 minutes",
        "1 hours",
        "1 days",
        "10 minute",
        "10 hour",
        "10 day",
        "",
        "10",
        "10 minutess",
        "foo minutes",
        "0 minutes",
        "-10 minutes",
        "10 MINUTES",
        " 10 minutes ",
        "1.5 hours",
        "99999999999999999999 days",
    ],
)
def test_what_rules_were_seen_to_refuse_is_refused(text):
    with pytest.raises(ExpressionError):
        parse_rate(text, strict=True)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1 minutes", "write rate(1 minute)"),
        ("5 hour", "write rate(5 hours)"),
        ("30 seconds", "a minute"),
        ("5 MINUTES", "write minutes"),
        ("often", "rate(5 minutes)"),
    ],
)
def test_a_refusal_says_what_to_write(text, hint):
    with pytest.raises(ExpressionError) as refused:
        parse_rate(text, strict=True)
    assert hint in refused.value.hint


@pytest.mark.parametrize("text", ["1 minutes", "10 minute", "1 hours"])
def test_scheduler_takes_either_number_of_the_unit(text):
    assert parse_rate(text, strict=False).seconds > 0


def test_the_first_run_is_one_period_after_the_beginning():
    assert Rate(300).next_after(1000.0, 1000.0) == 1300.0
    assert Rate(300).next_after(500.0, 1000.0) == 1300.0
    assert Rate(300).next_after(1300.0, 1000.0) == 1600.0
    assert Rate(300).next_after(1300.5, 1000.0) == 1600.0


@given(st.floats(0, 4e9), st.floats(0, 4e9), st.integers(1, 100))
def test_the_next_run_is_later_by_at_most_a_period_once_it_has_begun(time, begin, minutes):
    rate = Rate(minutes * 60)
    at = rate.next_after(time, begin)
    assert at > time
    assert at >= begin + rate.seconds
    assert at <= max(time, begin) + rate.seconds + 0.001
