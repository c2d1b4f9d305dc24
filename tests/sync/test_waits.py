"""How often it is looked whether AWS is through, and what counts as through."""

from __future__ import annotations

import pytest

from localstack_lite.sync.remote import RemoteFunction
from localstack_lite.sync.waits import CHANGE_SET, FUNCTION, STACK, Rhythm, Settled, is_over, settled, went_well


def looks(rhythm: Rhythm, seconds: float) -> list[float]:
    """When it is looked within that time."""
    spent, found = 0.0, list[float]()
    while spent < seconds and (pause := rhythm.pause(spent)) is not None:
        spent += pause
        found.append(spent)
    return found


def test_the_first_look_is_after_a_tenth_of_a_second_and_pauses_grow_to_two() -> None:
    assert FUNCTION.pause(0.0) == 0.1
    pauses = [FUNCTION.pause(spent) for spent in (0.0, 0.5, 1.0, 3.0, 60.0)]
    assert pauses == sorted(pause for pause in pauses if pause is not None)
    assert pauses[-1] == 2.0


def test_an_update_of_two_seconds_takes_a_handful_of_looks() -> None:
    assert len(looks(FUNCTION, 2.0)) <= 8


def test_the_end_of_a_short_update_is_seen_within_a_third_of_its_time() -> None:
    assert max(b - a for a, b in zip([0.0, *looks(FUNCTION, 3.0)], looks(FUNCTION, 3.0), strict=False)) <= 1.0


@pytest.mark.parametrize("rhythm", [FUNCTION, CHANGE_SET, STACK])
def test_every_wait_ends(rhythm: Rhythm) -> None:
    assert rhythm.pause(rhythm.total - 1) is not None
    assert rhythm.pause(rhythm.total) is None


def function(update: str = "", state: str = "") -> RemoteFunction:
    return RemoteFunction("Orders", "orders", "arn", "sha", state=state, update_status=update)


@pytest.mark.parametrize(
    ("update", "state", "expected"),
    [
        ("Successful", "Active", Settled.YES),
        ("Successful", "Inactive", Settled.YES),
        ("", "", Settled.YES),
        ("InProgress", "Active", Settled.NOT_YET),
        ("Successful", "Pending", Settled.NOT_YET),
        ("Failed", "Active", Settled.FAILED),
        ("", "Failed", Settled.FAILED),
    ],
)
def test_a_function_is_settled_when_nothing_of_it_is_on_its_way(update: str, state: str, expected: Settled) -> None:
    assert settled(function(update, state)) is expected


@pytest.mark.parametrize(
    ("status", "over", "well"),
    [
        ("CREATE_IN_PROGRESS", False, False),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", False, False),
        ("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", False, False),
        ("REVIEW_IN_PROGRESS", False, False),
        ("CREATE_COMPLETE", True, True),
        ("UPDATE_COMPLETE", True, True),
        ("DELETE_COMPLETE", True, True),
        ("ROLLBACK_COMPLETE", True, False),
        ("UPDATE_ROLLBACK_COMPLETE", True, False),
        ("UPDATE_ROLLBACK_FAILED", True, False),
        ("DELETE_FAILED", True, False),
    ],
)
def test_statuses_of_a_stack(status: str, over: bool, well: bool) -> None:
    assert (is_over(status), went_well(status)) == (over, well)
