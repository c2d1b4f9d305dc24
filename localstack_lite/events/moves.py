"""Tells what becomes of asynchronous invocations: facts, and problems. Two clocks meet here: the queue counts AWS's
minutes on one that may go faster (`--time-scale`), facts tell when it really is."""

from __future__ import annotations

from typing import Protocol

from localstack_lite.events.queued import Sending, Waiting
from localstack_lite.model.facts import EventMoved, EventStep, ProblemFound
from localstack_lite.model.project import Problem
from localstack_lite.ports import Clock, Publish


class Pace(Clock, Protocol):
    """The clock that AWS's minutes are counted on: `factor` times as fast as the one that facts tell."""

    @property
    def factor(self) -> float: ...


class Moves:
    def __init__(self, publish: Publish, clock: Clock, pace: Pace) -> None:
        self._publish = publish
        self._clock = clock
        self._pace = pace

    def event(self, event: Waiting, step: EventStep, next_at: float | None = None, why: str = "") -> None:
        """`next_at` on the queue's clock."""
        self._tell(event.function, event.request_id, step, event.tries, next_at, "", why)

    def parcel(self, parcel: Sending, step: EventStep, next_at: float | None = None, why: str = "") -> None:
        """Its tries are the attempts to send it."""
        self._tell(parcel.function, parcel.request_id, step, parcel.attempts, next_at, parcel.target, why)

    def problem(self, problem: Problem) -> None:
        self._publish(ProblemFound(self._clock.now(), problem))

    def at(self, time: float) -> float:
        """The epoch seconds at which the queue's clock says that."""
        return self._clock.now() + (time - self._pace.now()) / self._pace.factor

    def _tell(
        self, function: str, request_id: str, step: EventStep, tries: int, next_at: float | None, target: str, why: str
    ) -> None:
        later = None if next_at is None else self.at(next_at)
        self._publish(EventMoved(self._clock.now(), function, request_id, step, tries, later, target, why))
