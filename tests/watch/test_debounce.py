"""One batch out of a burst."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.model.change import ChangeKind, FileChange
from localstack_lite.watch.debounce import HOLD, QUIET, Debounce

C, M, D = ChangeKind.CREATED, ChangeKind.MODIFIED, ChangeKind.DELETED


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([M], M),
        ([M, M, M], M),
        ([D, C], M),
        ([D, C, M], M),
        ([C, M], C),
        ([M, D], D),
        ([C, D], D),
        ([C, D, C], C),
        ([D, C, D, C], M),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else None,
)
def test_an_atomic_save_is_one_change(events: list[ChangeKind], expected: ChangeKind) -> None:
    debounce = Debounce()
    for number, kind in enumerate(events):
        debounce.add(kind, "/app.py", number / 1000)
    assert debounce.take() == (FileChange(expected, Path("/app.py")),)


def test_a_single_save_is_due_after_the_quiet_time() -> None:
    debounce = Debounce()
    assert debounce.due is None
    debounce.add(M, "/app.py", 10.0)
    assert debounce.due == 10.0 + QUIET


def test_every_event_extends_the_quiet_time_up_to_the_hold() -> None:
    debounce = Debounce(quiet=0.02, hold=0.05)
    debounce.add(M, "/a", 1.00)
    debounce.add(M, "/a", 1.01)
    assert debounce.due == pytest.approx(1.03)
    debounce.add(M, "/a", 1.04)
    assert debounce.due == pytest.approx(1.05)


def test_a_checkout_of_many_files_is_one_batch() -> None:
    debounce = Debounce()
    for number in range(500):
        debounce.add(M, f"/src/{number:03}.py", number * 0.0001)
    assert debounce.due is not None
    assert debounce.due <= HOLD
    assert [change.path.name for change in debounce.take()] == [f"{number:03}.py" for number in range(500)]


def test_a_batch_is_handed_over_once_and_the_next_starts_anew() -> None:
    debounce = Debounce()
    debounce.add(C, "/a", 1.0)
    assert debounce.take()
    assert debounce.take() == ()
    debounce.add(M, "/a", 2.0)
    assert debounce.due == 2.0 + QUIET
    assert debounce.take() == (FileChange(M, Path("/a")),)


events = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from([C, M, D])), max_size=20)


@given(events)
def test_the_order_between_files_does_not_matter(burst: list[tuple[str, ChangeKind]]) -> None:
    shuffled = sorted(burst, key=lambda event: event[0], reverse=True)  # stable: the order within a file is kept
    first, second = Debounce(), Debounce()
    for path, kind in burst:
        first.add(kind, path, 0.0)
    for path, kind in shuffled:
        second.add(kind, path, 0.0)
    assert first.take() == second.take()


@given(events)
def test_every_file_of_a_burst_is_in_its_batch_once(burst: list[tuple[str, ChangeKind]]) -> None:
    debounce = Debounce()
    for path, kind in burst:
        debounce.add(kind, path, 0.0)
    assert [str(change.path) for change in debounce.take()] == sorted({path for path, _ in burst})
