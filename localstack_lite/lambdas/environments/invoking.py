"""An invocation in its environment: delivered, answered whole or piece by piece, and reported when nobody works on it
any more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from localstack_lite.lambdas.environments import actions
from localstack_lite.lambdas.environments.events import RUNTIME, ResponseBegun, ResponseEnded
from localstack_lite.lambdas.environments.phases import DRAIN, INVOKE, Party
from localstack_lite.lambdas.environments.reports import report_of, with_overhead
from localstack_lite.model.invocation import Answered, Invocation, Status

if TYPE_CHECKING:
    from localstack_lite.lambdas.environments.environment import Environment

_RUNNING = Party.RUNNING


def invoke(one: Environment, invocation: Invocation, now: float, *, clock_runs: bool = False) -> None:
    one.waiting = None
    one.current = invocation
    one.phase = INVOKE
    if one.suspended:
        one.thaw()
    if not clock_runs:
        start_clock(one, now)
    one.tell(one.chronicle.started(now, invocation))
    one.parties[RUNTIME] = _RUNNING
    one.act(actions.Deliver(invocation, one.deadline))
    for party, subscribed in one.subscribers.items():
        if subscribed.invoke:
            one.parties[party] = _RUNNING
            one.act(actions.DeliverInvoke(party, invocation, one.deadline))


def start_clock(one: Environment, now: float) -> None:
    one.since = now
    one.deadline = now + one.function.timeout
    one.act(one.countdown.set(one.function.timeout, now))


def begin_answer(one: Environment, event: ResponseBegun, now: float) -> None:
    """The caller gets the first byte now, and is told no more of how it goes than the stream itself tells."""
    assert one.current is not None
    one.begun = (now, event.content_type)
    one.act(actions.BeginAnswer(one.current, event.content_type, is_cold(one)))


def end_answer(one: Environment, event: ResponseEnded, now: float) -> None:
    finish(one, event.error, event.error_type, event.memory, now, produced=event.size)


def is_cold(one: Environment) -> bool:
    """Whether the invocation that runs is the first one after an initialisation that its caller had to wait for."""
    return one.init_ms is not None or one.restore_ms is not None


def finish(
    one: Environment,
    payload: bytes,
    error_type: str,
    memory: int,
    now: float,
    *,
    content_type: str = "application/json",
    status: Status | None = None,
    produced: int | None = None,
) -> None:
    """The caller gets this now. END and REPORT wait for extensions that still work on the invocation."""
    invocation = one.current
    assert invocation is not None
    one.current = None
    cold = one.init_ms is not None or one.restore_ms is not None
    init_ms, one.init_ms = one.init_ms, None
    restore_ms, one.restore_ms = one.restore_ms, None
    begun, one.begun = one.begun, None
    if begun is not None:
        content_type = begun[1]
    if status is None:
        status = Status.ERROR if error_type else Status.SUCCESS
    seconds = now - one.since
    report = report_of(invocation.request_id, one.function, seconds, init_ms, memory, status, error_type, restore_ms)
    one.last_used = now
    one.owed = (report, cold, payload if error_type else b"")
    drains = one.phase is DRAIN
    if not drains:
        one.act(one.countdown.cancel())  # in DRAIN it goes on, for a party that never polls again
    if one.detailed:
        size = len(payload) if produced is None else produced
        first = None if begun is None else begun[0]
        one.tell(one.chronicle.runtime_done(now, invocation, report, size, one.since, first))
    if not drains or not one.extensions_busy:
        _report(one, now)
    version = one.function.version
    answered = Answered(invocation.request_id, payload, report, error_type, version, one.name, cold, content_type)
    one.act(actions.Answer(invocation, answered))


def settle(one: Environment, now: float, *, timed_out: bool = False) -> None:
    """END and REPORT, when they are owed: extensions worked on until now, or until the function's timeout."""
    if one.owed is not None:
        report, cold, error = one.owed
        overhead = max(now - one.since - report.duration_ms / 1000, 0.0)
        report = with_overhead(report, overhead, one.function.timeout)
        one.owed = (replace(report, status=Status.TIMEOUT) if timed_out else report, cold, error)
        _report(one, now)


def _report(one: Environment, now: float) -> None:
    assert one.owed is not None
    owed, one.owed = one.owed, None
    one.tell(one.chronicle.ended(now, *owed))
