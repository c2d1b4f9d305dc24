"""Samples of memory, and the moment at which they are too much."""

from __future__ import annotations

import pytest

from localstack_lite.sandbox.memory import MB, MemoryLimit


def test_a_process_alone_is_killed_by_the_first_sample_over_the_limit() -> None:
    memory = MemoryLimit(128)
    assert not memory.sampled(128 * MB, 0)
    assert memory.sampled(128 * MB + 1, 0)


def test_with_children_it_takes_three_samples_in_a_row() -> None:
    memory = MemoryLimit(128)
    assert [memory.sampled(80 * MB, 80 * MB) for _ in range(3)] == [False, False, True]


def test_a_process_that_is_just_being_forked_is_not_killed() -> None:
    memory = MemoryLimit(128)
    assert not memory.sampled(80 * MB, 80 * MB)
    assert not memory.sampled(80 * MB, 80 * MB)
    assert not memory.sampled(80 * MB, 1 * MB)
    assert not memory.sampled(80 * MB, 80 * MB)


def test_growth_asks_for_another_look_soon() -> None:
    memory = MemoryLimit(128)
    seen = []
    for used in (20 * MB, 20 * MB + 1000, 30 * MB, 30 * MB):
        memory.sampled(used, 0)
        seen.append(memory.growing)
    assert seen == [True, False, True, False]


def test_being_over_the_limit_asks_for_another_look_soon() -> None:
    memory = MemoryLimit(128)
    memory.sampled(100 * MB, 100 * MB)
    memory.sampled(100 * MB, 100 * MB)
    assert memory.growing


@pytest.mark.parametrize(("peak", "shown"), [(0, 0), (1, 1), (36 * MB, 36), (36 * MB + 1, 37), (500 * MB, 128)])
def test_the_peak_is_told_in_whole_megabytes_and_never_over_the_limit(peak: int, shown: int) -> None:
    assert MemoryLimit(128).shown(peak) == shown
