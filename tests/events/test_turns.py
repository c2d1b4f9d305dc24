"""Whose turn it is: by time, by group, and under a ceiling."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.events.turns import Turns


@dataclass(frozen=True)
class Thing:
    group: str
    seq: int
    next_at: float = 0.0


def turns(*things: Thing) -> Turns[Thing]:
    made: Turns[Thing] = Turns(lambda thing: thing.group)
    for thing in things:
        made.add(thing)
    return made


def taken(of: Turns[Thing], now: float, most: int = 99) -> list[int]:
    found = []
    while len(found) < most and (thing := of.take(now)) is not None:
        found.append(thing.seq)
    return found


def test_what_is_due_goes_in_the_order_of_its_time_and_then_of_its_coming() -> None:
    of = turns(Thing("a", 1, 20), Thing("a", 2, 10), Thing("a", 3, 10), Thing("a", 4, 30))
    assert taken(of, 9) == []
    assert of.next_at() == 10
    assert taken(of, 20) == [2, 3, 1]
    assert of.next_at() == 30


def test_a_long_queue_of_one_group_does_not_hold_up_another() -> None:
    of = turns(*(Thing("a", seq) for seq in range(1, 9)), Thing("b", 99))
    assert taken(of, 0, most=2) == [1, 99]


def test_a_group_that_holds_on_gets_no_more_under_way_until_its_time() -> None:
    of = turns(*(Thing("a", seq) for seq in range(1, 5)))
    first, second = of.take(0), of.take(0)
    assert first is not None
    assert second is not None
    of.back(second)
    of.hold("a", until=10)  # one is under way
    assert of.take(5) is None
    assert of.next_at() == 10
    of.back(first)
    assert of.next_at() == 0
    assert taken(of, 5) == [3]
    assert taken(of, 10) == [4]


def test_a_group_with_nothing_under_way_waits_until_it_may_be_asked_again() -> None:
    of = turns(Thing("a", 1), Thing("a", 2), Thing("b", 3))
    of.hold("a", until=10)
    assert taken(of, 9) == [3]
    assert of.next_at() == 10
    assert taken(of, 10) == [1, 2]


def test_nothing_waits_when_there_is_nothing() -> None:
    of = turns(Thing("a", 1))
    assert taken(of, 0) == [1]
    assert of.next_at() is None
    assert of.take(99) is None


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 50)), max_size=40))
def test_everything_gets_its_turn_once_and_never_before_its_time(things: list[tuple[str, int]]) -> None:
    made = [Thing(group, seq, float(at)) for seq, (group, at) in enumerate(things)]
    of = turns(*made)
    seen: list[Thing] = []
    while (at := of.next_at()) is not None:
        thing = of.take(at)
        assert thing is not None, "it is worth asking when it says so"
        assert thing.next_at <= at
        seen.append(thing)
        of.back(thing)
    assert sorted(one.seq for one in seen) == [one.seq for one in made]


def test_what_is_withdrawn_gets_no_turn_and_what_is_under_way_cannot_be() -> None:
    first, second, third = (Thing("a", seq, float(seq)) for seq in (1, 2, 3))
    of = turns(first, second, third)
    assert of.take(1) == first
    assert not of.withdraw(first)
    assert of.withdraw(second)
    assert not of.withdraw(second)
    assert taken(of, 9) == [3]
    of.back(first)
    of.back(third)
    assert not of.withdraw(third), "its group is gone"
    assert of.next_at() is None
