"""Docker that nobody asked for gives way to processes: what is said then, and what is not. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from localstack_lite.errors import UserError
from localstack_lite.model.facts import Fact, Progress
from localstack_lite.model.project import Problem
from localstack_lite.ports import Publish

#: Seconds until it is told that something is asked for that may be answered at once.
PATIENCE = 1.0


class Timer(Protocol):
    def cancel(self) -> None: ...


def as_process(lost: Problem | UserError) -> Problem:
    """What a one-off command says when it runs as a process after all: why, without the engine's own words."""
    return Problem("runs as a process", lost.what.partition(": ")[0], warning=True)


class Unhurried:
    """A `Publish` that hands everything on, but keeps the first news of a task for `PATIENCE`: when the task has failed
    by then, nothing is said of it. `later` is the event loop's `call_later`."""

    def __init__(self, view: Publish, later: Callable[[float, Callable[[], None]], Timer]) -> None:
        self._view = view
        self._later = later
        self._held: dict[str, tuple[Progress, Timer]] = {}
        self._told: set[str] = set()

    def __call__(self, fact: Fact) -> None:
        if not isinstance(fact, Progress) or fact.task in self._told:
            self._view(fact)
        elif fact.task not in self._held and not fact.done:
            self._held[fact.task] = (fact, self._later(PATIENCE, lambda: self._tell(fact.task)))
        elif fact.done and fact.state == "failed":
            self._drop(fact.task)
        else:
            self._tell(fact.task)
            self._view(fact)

    def _tell(self, task: str) -> None:
        self._told.add(task)
        if (first := self._drop(task)) is not None:
            self._view(first)

    def _drop(self, task: str) -> Progress | None:
        first, timer = self._held.pop(task, (None, None))
        if timer is not None:
            timer.cancel()
        return first
