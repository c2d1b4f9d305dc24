"""What a container needs to be as it is wanted, and when what failed is tried again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.sandbox.condition import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    LONGEST_PAUSE_OF_THAW,
    Change,
    Condition,
    Freeze,
    Limit,
    Thaw,
)


def frozen() -> Condition:
    condition = Condition(2.0)
    condition.freeze(True)
    assert condition.next(0.0) == Freeze()
    condition.done()
    return condition


def test_one_that_is_as_it_is_wanted_needs_nothing() -> None:
    condition = Condition(2.0)
    condition.freeze(False)
    condition.limit(2.0)
    assert (condition.next(0.0), condition.pause(0.0), condition.runs) == (None, None, True)


def test_one_thing_is_done_at_a_time_and_what_was_wanted_meanwhile_follows() -> None:
    condition = Condition(2.0)
    condition.freeze(True)
    assert condition.next(0.0) == Freeze()
    condition.limit(0.5)
    condition.freeze(False)
    assert (condition.next(0.0), condition.pause(0.0)) == (None, None)
    condition.done()
    assert condition.next(0.0) == Thaw()
    condition.done()
    assert condition.next(0.0) == Limit(0.5)
    condition.limit(1.0)
    condition.done()
    assert condition.next(0.0) == Limit(1.0)


def test_a_share_is_given_before_it_is_frozen() -> None:
    condition = Condition(2.0)
    condition.freeze(True)
    condition.limit(0.5)
    assert condition.next(0.0) == Limit(0.5)
    condition.done()
    assert condition.next(0.0) == Freeze()


def test_it_runs_unless_it_is_frozen_or_just_being_frozen_or_thawed() -> None:
    condition = Condition(2.0)
    condition.limit(0.5)
    condition.next(0.0)
    assert condition.runs
    condition.done()
    condition.freeze(True)
    assert condition.runs
    condition.next(0.0)
    assert not condition.runs
    condition.done()
    assert not condition.runs
    condition.freeze(False)
    condition.next(0.0)
    assert not condition.runs
    condition.done()
    assert condition.runs


def test_a_freeze_that_failed_is_tried_again_after_pauses_that_grow_as_long_as_it_is_wanted() -> None:
    condition = Condition(2.0)
    condition.freeze(True)
    now, pauses = 100.0, []
    for _ in range(2000):
        assert condition.next(now) == Freeze()
        condition.failed(now, None)
        assert condition.next(now) is None
        pause = condition.pause(now)
        assert pause is not None
        pauses.append(round(pause, 3))
        now += pause + 0.001
    assert pauses[0] < 2 * FIRST_PAUSE
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
    condition.freeze(False)
    condition.freeze(True)
    assert condition.next(now) == Freeze(), "it is wanted anew, and not later"


def test_a_thaw_that_failed_is_tried_again_soon_however_often_it_has_failed() -> None:
    condition, now = frozen(), 100.0
    condition.freeze(False)
    for _ in range(20):
        assert condition.next(now) == Thaw()
        condition.failed(now, None)
        assert not condition.runs
        pause = condition.pause(now)
        assert pause is not None
        assert pause <= LONGEST_PAUSE_OF_THAW
        now += pause + 0.001
    assert condition.next(now) == Thaw()
    condition.done()
    assert condition.runs


def test_what_failed_keeps_nothing_else_waiting() -> None:
    condition = Condition(2.0)
    condition.limit(0.5)
    condition.freeze(True)
    assert condition.next(0.0) == Limit(0.5)
    condition.failed(0.0, False)
    assert condition.next(0.0) == Freeze()
    condition.done()
    condition.freeze(False)
    assert condition.next(0.0) == Thaw()
    condition.done()
    assert condition.next(0.0) is None
    assert condition.next(FIRST_PAUSE) == Limit(0.5)
    condition.failed(FIRST_PAUSE, None)
    condition.limit(1.0)
    assert condition.next(FIRST_PAUSE) == Limit(1.0)


def test_what_failed_and_is_so_all_the_same_is_not_tried_again() -> None:
    condition = Condition(2.0)
    condition.freeze(True)
    condition.next(0.0)
    condition.failed(0.0, True)
    assert (condition.next(9.0), condition.pause(9.0), condition.runs) == (None, None, False)
    condition.freeze(False)
    condition.next(9.0)
    condition.failed(9.0, False)
    assert (condition.next(99.0), condition.pause(99.0), condition.runs) == (None, None, True)


def test_what_failed_and_may_be_so_all_the_same_is_undone() -> None:
    condition = Condition(2.0)
    condition.freeze(True)
    condition.next(0.0)
    condition.failed(0.0, None)
    condition.freeze(False)
    assert not condition.runs
    assert condition.next(0.0) == Thaw()
    condition.failed(0.0, False)
    assert condition.runs
    condition.limit(0.5)
    condition.next(0.0)
    condition.failed(0.0, None)
    condition.limit(2.0)
    assert condition.next(0.0) == Limit(2.0)


def test_what_failed_and_is_not_wanted_any_more_is_not_tried_again() -> None:
    condition = Condition(2.0)
    condition.freeze(True)
    condition.next(0.0)
    condition.failed(0.0, False)
    condition.freeze(False)
    assert (condition.next(9.0), condition.pause(9.0), condition.runs) == (None, None, True)


WHATEVER = st.one_of(
    st.booleans(),
    st.sampled_from([0.5, 1.0, 2.0]),
    st.sampled_from(["done", "fails", "lost", "lost and nothing known"]),
)


@given(st.lists(WHATEVER))
def test_whatever_was_wanted_and_failed_in_the_end_it_is_as_it_is_wanted(story: list[bool | float | str]) -> None:
    condition, now, is_frozen, wanted_frozen, has, wanted = Condition(2.0), 0.0, False, False, 2.0, 2.0
    doing: Change | None = None

    def make(change: Change) -> tuple[bool, float]:
        match change:
            case Limit(cpus):
                return is_frozen, cpus
            case _:
                return isinstance(change, Freeze), has

    for each in story:
        now += 0.01
        match each:
            case bool():
                wanted_frozen = each
                condition.freeze(each)
            case float():
                wanted = each
                condition.limit(each)
            case "done" if doing is not None:
                is_frozen, has = make(doing)
                condition.done()
                doing = None
            case "fails" if doing is not None:
                condition.failed(now, is_frozen)
                doing = None
            case "lost" | "lost and nothing known" if doing is not None:  # it was done, and the answer is an error
                is_frozen, has = make(doing)
                condition.failed(now, is_frozen if each == "lost" else None)
                doing = None
        doing = condition.next(now) or doing
        assert not (condition.runs and is_frozen)
    for _ in range(6):
        now += LONGEST_PAUSE
        doing = condition.next(now) or doing
        if doing is not None:
            is_frozen, has = make(doing)
            condition.done()
            doing = None
    assert (is_frozen, has) == (wanted_frozen, wanted)
    assert (condition.next(now), condition.pause(now)) == (None, None)
