"""What a one-off command says when Docker, which nobody asked for, gives way to processes."""

from __future__ import annotations

from collections.abc import Callable

from localstack_lite.app.fallback import PATIENCE, Unhurried, as_process
from localstack_lite.model.facts import Fact, ProblemFound, Progress
from localstack_lite.model.project import Problem

ASKING = Progress(1.0, "image a:1", "asking the registry", None, False)
FAILED = Progress(1.1, "image a:1", "failed", None, True)
FETCHING = Progress(1.2, "image a:1", "fetching", 0.5, False)


class Later:
    """Timers that go off when the test says so."""

    def __init__(self) -> None:
        self.set: list[tuple[float, Callable[[], None]]] = []

    def __call__(self, seconds: float, act: Callable[[], None]) -> Set:
        self.set.append((seconds, act))
        return Set(self, (seconds, act))


class Set:
    def __init__(self, later: Later, one: tuple[float, Callable[[], None]]) -> None:
        self._later, self._one = later, one

    def cancel(self) -> None:
        if self._one in self._later.set:
            self._later.set.remove(self._one)


def told(*facts: Fact) -> tuple[list[Fact], Unhurried, Later]:
    seen: list[Fact] = []
    later = Later()
    view = Unhurried(seen.append, later)
    for fact in facts:
        view(fact)
    return seen, view, later


def test_the_fallback_is_one_line_that_names_the_image() -> None:
    lost = Problem("app", "the image a:1 is not here and cannot be fetched: dial tcp: refused", "a hint")
    said = as_process(lost)
    assert (said.where, said.what, said.hint) == (
        "runs as a process",
        "the image a:1 is not here and cannot be fetched",
        "",
    )
    assert said.warning


def test_an_image_that_is_refused_at_once_is_not_worth_a_line() -> None:
    seen, _, later = told(ASKING, FAILED)
    assert (seen, later.set) == ([], [])


def test_whoever_waits_for_a_registry_is_told_so() -> None:
    seen, view, later = told(ASKING)
    ((seconds, act),) = later.set
    assert seconds == PATIENCE
    act()
    view(FAILED)
    assert seen == [ASKING, FAILED]


def test_what_is_fetched_is_told_in_order() -> None:
    seen, _, later = told(ASKING, FETCHING, FETCHING)
    assert (seen, later.set) == ([ASKING, FETCHING, FETCHING], [])


def test_everything_else_goes_straight_through() -> None:
    fact = ProblemFound(1.0, Problem("a", "b"))
    assert told(fact)[0] == [fact]
