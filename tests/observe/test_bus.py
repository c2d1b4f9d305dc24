"""One fact to all views."""

from __future__ import annotations

from localstack_lite.model.facts import Fact
from localstack_lite.observe.bus import Bus
from localstack_lite.ports import Publish
from tests.observe.given import answered, started


def test_every_view_gets_every_fact_in_order() -> None:
    first: list[Fact] = []
    second: list[Fact] = []
    bus = Bus(first.append)
    bus.subscribe(second.append)
    bus.publish(started())
    bus.publish(answered())
    assert first == second == [started(), answered()]


def test_a_failing_view_harms_nobody_and_is_blamed_once() -> None:
    def broken(fact: Fact) -> None:
        raise RuntimeError(fact.type)

    blamed: list[tuple[Publish, str]] = []
    told: list[Fact] = []
    bus = Bus(broken, told.append, failed=lambda view, error: blamed.append((view, str(error))))
    bus.publish(started())
    bus.publish(answered())
    assert told == [started(), answered()]
    assert blamed == [(broken, "start")]


def test_a_fact_published_by_a_view_comes_after_the_one_it_follows_from() -> None:
    told: list[Fact] = []
    bus = Bus()
    bus.subscribe(lambda fact: bus.publish(answered()) if fact == started() else None)
    bus.subscribe(told.append)
    bus.publish(started())
    assert told == [started(), answered()]


def test_a_view_that_left_is_told_nothing_more() -> None:
    told: list[Fact] = []
    bus = Bus()
    leave = bus.subscribe(told.append)
    bus.publish(started())
    leave()
    bus.publish(answered())
    assert told == [started()]


class Holding:
    def __init__(self, fails: bool = False) -> None:
        self.closed = False
        self._fails = fails

    def __call__(self, fact: Fact) -> None:
        assert fact

    def close(self) -> None:
        if self._fails:
            raise OSError("gone")
        self.closed = True


def test_closing_closes_the_views_that_can_be_closed_whatever_the_others_do() -> None:
    broken, fine, blamed = Holding(fails=True), Holding(), list[str]()
    bus = Bus(broken, list[Fact]().append, fine, failed=lambda view, error: blamed.append(str(error)))
    bus.close()
    assert fine.closed
    assert blamed == ["gone"]
