from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.controls.meters import Bucket, Counter, Meters, period_of
from localstack_lite.model.usage import ACCOUNT_BURST, Period, Quota, RateLimit

#: An epoch second that is a whole number of quarters, so that halves and quarters of a second are exact.
BEGIN = 1_795_000_000.0
GAPS = st.lists(st.integers(0, 40).map(lambda quarters: quarters / 4), max_size=60)


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def moments(gaps: list[float]) -> list[float]:
    now, found = BEGIN, []
    for gap in gaps:
        now += gap
        found.append(now)
    return found


@given(st.integers(1, 8), st.integers(1, 8), GAPS)
def test_no_window_ever_has_more_than_the_burst_and_what_came_back(rate: int, burst: int, gaps: list[float]) -> None:
    bucket = Bucket(RateLimit(rate, burst))
    taken = [now for now in moments(gaps) if bucket.take(now)]
    for first, begin in enumerate(taken):
        for last in range(first, len(taken)):
            assert last - first + 1 <= burst + rate * (taken[last] - begin)


@given(st.integers(1, 8), st.integers(1, 8), GAPS)
def test_a_token_is_there_exactly_when_a_bucket_of_fractions_would_have_one(
    rate: int, burst: int, gaps: list[float]
) -> None:
    bucket = Bucket(RateLimit(rate, burst))
    tokens, before = float(burst), BEGIN
    for now in moments(gaps):
        tokens, before = min(burst, tokens + (now - before) * rate), now
        assert bucket.has(now) == (tokens >= 1)
        assert bucket.take(now) == (tokens >= 1)
        tokens -= 1 if tokens >= 1 else 0


def test_a_bucket_does_not_drift() -> None:
    bucket = Bucket(RateLimit(3, 2))
    passed = sum(bucket.take(BEGIN + step / 64) for step in range(64 * 1000))
    assert 2_999 <= passed <= 3_002


def test_an_emptied_bucket_is_full_again_after_a_while() -> None:
    bucket = Bucket(RateLimit(2, 4))
    assert [bucket.take(BEGIN) for _ in range(5)] == [True] * 4 + [False]
    assert [bucket.take(BEGIN + 0.5) for _ in range(2)] == [True, False]
    assert [bucket.take(BEGIN + 100) for _ in range(5)] == [True] * 4 + [False]


def test_a_clock_that_was_set_back_neither_fills_nor_locks_a_bucket() -> None:
    bucket = Bucket(RateLimit(1, 1))
    assert bucket.take(BEGIN)
    assert not bucket.take(BEGIN - 3600)
    assert bucket.take(BEGIN - 3599)


@pytest.mark.parametrize(
    "limit", [RateLimit(0, 5), RateLimit(None, 5), RateLimit(5, 0), RateLimit(0, None), RateLimit(-1, -1)]
)
def test_a_limit_of_nothing_lets_nobody_through(limit: RateLimit) -> None:
    bucket = Bucket(limit)
    assert not any(bucket.take(BEGIN + hour * 3600) for hour in range(5))


def test_a_rate_alone_has_the_accounts_burst() -> None:
    bucket = Bucket(RateLimit(1.0))
    assert sum(bucket.take(BEGIN) for _ in range(ACCOUNT_BURST + 10)) == ACCOUNT_BURST


@pytest.mark.parametrize(
    ("quota", "last", "first"),
    [
        (Quota(1, Period.DAY), "2026-11-22T23:59:59", "2026-11-23T00:00:00"),
        (Quota(1, Period.WEEK), "2026-11-21T23:59:59", "2026-11-22T00:00:00"),  # a Sunday
        (Quota(1, Period.WEEK, 1), "2026-11-22T23:59:59", "2026-11-23T00:00:00"),
        (Quota(1, Period.WEEK, 6), "2026-11-20T23:59:59", "2026-11-21T00:00:00"),
        (Quota(1, Period.MONTH), "2026-11-30T23:59:59", "2026-12-01T00:00:00"),
        (Quota(1, Period.MONTH), "2026-12-31T23:59:59", "2027-01-01T00:00:00"),
        (Quota(1, Period.MONTH, 14), "2026-11-14T23:59:59", "2026-11-15T00:00:00"),
        (Quota(1, Period.MONTH, 27), "2026-02-27T23:59:59", "2026-02-28T00:00:00"),
    ],
)
def test_a_period_ends_by_the_calendar_in_utc(quota: Quota, last: str, first: str) -> None:
    assert period_of(quota, at(first)) == period_of(quota, at(last)) + 1
    counter = Counter(quota)
    counter.add(at(last))
    assert (counter.left(at(last)), counter.left(at(first))) == (0, 1)


@given(
    st.sampled_from(Period),
    st.integers(0, 27),
    st.integers(1, 20),
    st.lists(st.floats(0, 4e9), min_size=1, max_size=80).map(sorted),
)
def test_a_quota_lets_its_limit_through_in_each_period_and_no_more(
    period: Period, offset: int, limit: int, times: list[float]
) -> None:
    quota = Quota(limit, period, offset)
    counter = Counter(quota)
    passed: dict[int, int] = {}
    asked: dict[int, int] = {}
    for now in times:
        number = period_of(quota, now)
        asked[number] = asked.get(number, 0) + 1
        if counter.left(now):
            counter.add(now)
            passed[number] = passed.get(number, 0) + 1
    assert passed == {number: min(limit, count) for number, count in asked.items()}


def test_meters_go_on_while_their_limit_is_the_same_and_start_anew_when_it_changes() -> None:
    meters = Meters()
    bucket, counter = meters.bucket(("a",), RateLimit(1, 1)), meters.counter(("a",), Quota(5))
    assert meters.bucket(("a",), RateLimit(1, 1)) is bucket
    assert meters.counter(("a",), Quota(5)) is counter
    assert meters.bucket(("b",), RateLimit(1, 1)) is not bucket
    assert meters.bucket(("a",), RateLimit(1, 2)) is not bucket
    assert meters.counter(("a",), Quota(6)) is not counter


def test_what_limits_nothing_has_no_bucket() -> None:
    assert Meters().bucket(("a",), RateLimit()) is None
