"""Buckets fill up by themselves, and never beyond their brim."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.lambdas.rates import Bucket, requests, scaling


def taken(bucket: Bucket, times: int, now: float) -> int:
    return sum(bucket.take(now) for _ in range(times))


def test_a_bucket_is_full_at_first_and_then_gets_back_what_flows_in() -> None:
    bucket = Bucket(5, 2.0, 100.0)
    assert taken(bucket, 10, 100.0) == 5
    assert taken(bucket, 10, 100.4) == 0
    assert taken(bucket, 10, 100.5) == 1
    assert taken(bucket, 10, 101.5) == 2


def test_what_flows_over_is_lost() -> None:
    bucket = Bucket(5, 2.0, 100.0)
    taken(bucket, 5, 100.0)
    assert taken(bucket, 100, 5000.0) == 5


def test_a_function_may_grow_by_a_thousand_environments_in_ten_seconds() -> None:
    growth = scaling(0.0)
    assert taken(growth, 2000, 0.0) == 1000
    assert [taken(growth, 2000, float(second)) for second in range(1, 11)] == [100] * 10


def test_each_concurrent_execution_is_worth_ten_requests_a_second() -> None:
    assert taken(requests(100, 0.0), 2000, 0.0) == 1000
    assert taken(requests(0, 0.0), 5, 100.0) == 0


@given(st.lists(st.floats(0, 3), max_size=100))
def test_in_no_stretch_of_time_is_more_taken_than_it_held_and_got(gaps: list[float]) -> None:
    bucket, now, count = Bucket(4, 3.0, 0.0), 0.0, 0
    for gap in gaps:
        now += gap
        count += bucket.take(now)
        assert count <= 4 + 3.0 * now + 1e-6


def test_a_bucket_says_how_full_it_is() -> None:
    bucket = Bucket(5, 2.0, 0.0)
    bucket.take(0.0)
    assert repr(bucket) == "<Bucket [4 of 5, 2 a second]>"
