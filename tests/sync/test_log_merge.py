"""Events of many groups in one stream: none twice, none lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.sync.log_merge import OVERLAP, CloudEvent, Merge


def event(at: float, id: str, source: str = "Orders") -> CloudEvent:
    return CloudEvent(at, id, source, "stream", f"{id}\n")


def test_events_of_several_groups_come_in_the_order_of_their_times() -> None:
    merge = Merge(0.0)
    taken = merge.take([event(3.0, "c"), event(1.0, "a", "Mail"), event(2.0, "b")])
    assert [one.id for one in taken] == ["a", "b", "c"]


def test_what_was_seen_is_not_told_again() -> None:
    merge = Merge(0.0)
    merge.take([event(1.0, "a")])
    assert [one.id for one in merge.take([event(1.0, "a"), event(1.0, "b")])] == ["b"]


def test_the_same_id_in_two_groups_is_two_events() -> None:
    assert len(Merge(0.0).take([event(1.0, "a"), event(1.0, "a", "Mail")])) == 2


def test_a_late_event_is_still_told_and_what_lies_before_the_beginning_is_not() -> None:
    merge = Merge(100.0)
    merge.take([event(200.0, "a")])
    assert [one.id for one in merge.take([event(190.0, "late"), event(99.0, "before")])] == ["late"]


def test_a_look_goes_back_a_little_but_never_before_the_beginning() -> None:
    merge = Merge(100.0)
    assert merge.start("Orders") == 100.0
    merge.take([event(105.0, "a")])
    assert merge.start("Orders") == 100.0
    merge.take([event(200.0, "b")])
    assert merge.start("Orders") == 200.0 - OVERLAP


@given(st.lists(st.floats(0, 60), max_size=60))
def test_however_often_they_are_handed_over_each_is_told_once(times: list[float]) -> None:
    """Each look hands over what became visible, and again whatever lies behind the time from which on it asked."""
    merge, told = Merge(0.0), []
    ordered = [event(at, f"e{number}") for number, at in enumerate(sorted(times))]
    for end in range(0, len(ordered) + 3, 3):
        visible = [one for one in ordered[:end] if one.at >= merge.start("Orders")]
        told += [one.id for one in merge.take(visible)]
    assert sorted(told) == sorted(one.id for one in ordered)
