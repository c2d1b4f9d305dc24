"""The one timer of an environment."""

from __future__ import annotations

from localstack_lite.lambdas.environments.actions import CANCEL_TIMER, SetTimer
from localstack_lite.lambdas.environments.countdown import Countdown
from localstack_lite.lambdas.environments.events import DebuggerAttached, DebuggerLeft, SandboxAwaited


def test_each_timer_has_a_generation_of_its_own_and_cancelling_makes_the_last_one_late() -> None:
    countdown = Countdown()
    assert countdown.set(10, 0.0) == SetTimer(10, countdown.generation)
    first = countdown.generation
    assert countdown.cancel() == CANCEL_TIMER
    assert countdown.generation != first


def test_what_was_left_when_a_debugger_came_is_left_when_it_goes() -> None:
    countdown = Countdown()
    countdown.set(10, 100.0)
    assert countdown.take(DebuggerAttached(), 104.0) == [CANCEL_TIMER]
    assert countdown.take(DebuggerLeft(), 900.0) == [SetTimer(6, countdown.generation)]


def test_a_timer_that_is_set_while_a_debugger_holds_begins_when_it_leaves() -> None:
    countdown = Countdown()
    assert countdown.take(DebuggerAttached(), 0.0) == [CANCEL_TIMER]
    assert countdown.set(3, 50.0) == CANCEL_TIMER
    assert countdown.take(DebuggerLeft(), 60.0) == [SetTimer(3, countdown.generation)]


def test_leaving_without_having_come_and_coming_twice_change_nothing() -> None:
    countdown = Countdown()
    countdown.set(10, 0.0)
    assert countdown.take(DebuggerLeft(), 1.0) == []
    countdown.take(DebuggerAttached(), 2.0)
    assert countdown.take(DebuggerAttached(), 5.0) == []
    assert countdown.take(DebuggerLeft(), 9.0) == [SetTimer(8, countdown.generation)]


def test_a_cancelled_timer_does_not_come_back_when_the_debugger_leaves() -> None:
    countdown = Countdown()
    countdown.set(10, 0.0)
    countdown.take(DebuggerAttached(), 1.0)
    countdown.cancel()
    assert countdown.take(DebuggerLeft(), 2.0) == []


def test_an_awaited_sandbox_costs_no_time_until_the_next_timer_is_set() -> None:
    countdown = Countdown()
    countdown.set(10, 0.0)
    assert countdown.take(SandboxAwaited(), 0.0) == [CANCEL_TIMER]


def test_it_is_armed_until_it_rang_or_was_cancelled_and_while_it_is_held() -> None:
    countdown = Countdown()
    assert not countdown.armed
    countdown.set(10, 0.0)
    countdown.take(DebuggerAttached(), 1.0)
    assert countdown.armed
    countdown.take(DebuggerLeft(), 2.0)
    countdown.rang()
    assert not countdown.armed
    countdown.set(10, 0.0)
    countdown.cancel()
    assert not countdown.armed
