"""Who is told of the end, in which order, and how long they have."""

from __future__ import annotations

import pytest

from localstack_lite.lambdas.environments.actions import (
    CANCEL_TIMER,
    Action,
    DeliverShutdown,
    Kill,
    SetTimer,
    Terminate,
)
from localstack_lite.lambdas.environments.countdown import Countdown
from localstack_lite.lambdas.environments.events import RUNTIME, DebuggerAttached, Registered
from localstack_lite.lambdas.environments.farewell import Farewell
from localstack_lite.lambdas.environments.phases import Party

READY, ENDED = Party.READY, Party.ENDED


def begun(*subscribers: Registered, runtime: Party = READY) -> tuple[Farewell, dict[str, Party], list[Action]]:
    parties = {RUNTIME: runtime, **{one.party: READY for one in subscribers}}
    one = Farewell(Countdown())
    return one, parties, one.begin(parties, {each.party: each for each in subscribers}, "spindown", 100.0)


def seconds(actions: list[Action]) -> list[float]:
    return [pytest.approx(action.seconds) for action in actions if isinstance(action, SetTimer)]


def others(actions: list[Action]) -> list[Action]:
    return [action for action in actions if not isinstance(action, SetTimer)]


def test_alone_a_runtime_is_killed_at_once() -> None:
    one, _, actions = begun()
    assert actions == [CANCEL_TIMER, Kill()]
    assert not one.under_way


def test_with_internal_extensions_it_has_half_a_second() -> None:
    one, _, actions = begun(Registered("inside", shutdown=False, internal=True))
    assert (others(actions), seconds(actions)) == ([Terminate()], [0.5])
    assert one.rang(100.5) == [CANCEL_TIMER, Kill()]


def test_with_external_ones_it_has_30_percent_of_two_seconds_and_they_have_the_rest() -> None:
    one, _, actions = begun(Registered("a"), Registered("b"))
    assert (others(actions), seconds(actions)) == ([Terminate()], [0.6])
    actions = one.rang(100.6)
    assert others(actions) == [DeliverShutdown(name, "spindown", 102.0) for name in ("a", "b")]
    assert seconds(actions) == [1.4]
    assert one.rang(102.0) == [Kill()]


def test_a_runtime_that_ends_early_leaves_its_time_to_them() -> None:
    one, _, _ = begun(Registered("a"))
    actions = one.runtime_gone(100.1)
    assert others(actions) == [DeliverShutdown("a", "spindown", 102.0)]
    assert seconds(actions) == [1.9]
    assert one.runtime_gone(100.2) == []


def test_a_runtime_that_has_ended_before_is_not_asked_to() -> None:
    _, _, actions = begun(Registered("a"), runtime=ENDED)
    assert others(actions) == [DeliverShutdown("a", "spindown", 102.0)]


def test_who_is_busy_is_told_when_it_polls_and_only_once() -> None:
    one, parties, _ = begun(Registered("a"))
    parties["a"] = Party.RUNNING
    assert one.polled("a") == []
    assert others(one.rang(100.6)) == []
    assert one.polled("a") == [DeliverShutdown("a", "spindown", 102.0)]
    assert one.polled("a") == []
    assert one.polled("stranger") == []


def test_when_the_last_one_has_gone_nobody_waits_for_the_rest_of_the_time() -> None:
    one, parties, _ = begun(Registered("a"), Registered("b"), Registered("deaf", shutdown=False))
    one.rang(100.6)
    parties["a"] = ENDED
    assert one.gone("a") == []
    parties["b"] = ENDED
    assert one.gone("b") == [Kill()]


def test_who_does_not_want_to_hear_of_it_is_killed_after_the_runtime() -> None:
    one, _, actions = begun(Registered("deaf", shutdown=False))
    assert seconds(actions) == [0.6]
    assert one.runtime_gone(100.1) == [CANCEL_TIMER, Kill()]


def test_nobody_is_told_while_a_debugger_stops_the_time() -> None:
    countdown = Countdown()
    countdown.take(DebuggerAttached(), 100.0)
    one = Farewell(countdown)
    assert one.begin({RUNTIME: READY, "a": READY}, {"a": Registered("a")}, "spindown", 100.0) == [CANCEL_TIMER, Kill()]


def test_when_all_are_gone_it_is_over() -> None:
    one, _, _ = begun(Registered("a"))
    assert one.under_way
    one.over()
    assert (one.under_way, one.polled("a"), one.runtime_gone(101.0)) == (False, [], [])
