"""How fast a streamed answer leaves Lambda."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.lambdas.environments.bandwidth import MB, Bandwidth, Passage

SMALL = Bandwidth(free=100, rate=10)


def test_on_aws_it_is_6_mb_at_once_and_2_mb_a_second_then() -> None:
    passage = Passage(Bandwidth())
    assert passage.wait(6 * MB, 1000.0) == 0
    assert passage.wait(2 * MB, 1000.0) == 1
    assert passage.wait(4 * MB, 1001.0) == 2


def test_only_what_is_over_the_free_part_waits() -> None:
    passage = Passage(SMALL)
    assert passage.wait(90, 5.0) == 0
    assert passage.wait(20, 5.0) == 1


def test_a_function_that_was_slow_has_saved_nothing_up() -> None:
    passage = Passage(SMALL)
    passage.wait(110, 0.0)
    assert passage.wait(10, 500.0) == 1


@given(st.lists(st.tuples(st.integers(1, 200), st.floats(0, 30)), min_size=1, max_size=30))
def test_never_faster_than_the_rate_and_never_slower_than_it_needs(pieces: list[tuple[int, float]]) -> None:
    passage, now, sent, alone = Passage(SMALL), 0.0, 0, 0.0
    for size, pause in pieces:
        now += pause
        sent += size
        capped = min(size, max(0, sent - SMALL.free))
        alone = max(alone, now) + capped / SMALL.rate if capped else alone
        wait = passage.wait(size, now)
        assert wait >= 0
        assert now + wait == pytest.approx(alone if capped else now)
