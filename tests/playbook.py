"""Conversations with a machine: what is sent, what comes back, and a diff of the two when they differ.

    with play(machine, DeadlineHit) as book:
        book.send(Assigned(r1)).expect(StartSandbox(), timer(10))
        book.after(10).expect(Kill())

The book is the machine's shell: it keeps the clock (nothing sleeps) and the one timer, which rings when `after` passes
it. Every action has to be expected before the next event is sent and before the book is closed, so a conversation that
goes on unnoticed fails. Actions of the types in `beside` are kept apart in `aside`: they may be looked at, but do not
have to be expected.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol


class Machine(Protocol):
    def handle(self, event: Any, now: float) -> Sequence[Any]: ...


class Playbook:
    def __init__(
        self,
        machine: Machine,
        ring: Callable[[int], Any],
        *,
        beside: tuple[type, ...] = (),
        start: float = 1_000.0,
    ) -> None:
        """`ring` makes the event of a timer that ran out, out of its generation."""
        self.machine = machine
        self.now = start
        self.aside: list[Any] = []
        self._ring = ring
        self._beside = beside
        self._pending: list[Any] = []
        self._lines: list[str] = []
        self._due: tuple[float, int] | None = None

    @property
    def armed(self) -> float | None:
        """Seconds until the timer rings, None when there is none."""
        return None if self._due is None else self._due[0] - self.now

    def send(self, *events: Any) -> Playbook:
        """Feed events one after the other; only the last one's actions may be left to expect."""
        for event in events:
            self._nothing_left(f"before {event!r}")
            self._feed(event)
        return self

    def after(self, seconds: float) -> Playbook:
        """Let time pass. The timer rings on its way, if it is armed for then; its actions may be expected."""
        self._nothing_left(f"before {seconds} s passed")
        target = self.now + seconds
        self._lines.append(f"   ... {seconds:g} s")
        while self._due is not None and self._due[0] <= target:
            self._nothing_left("before the timer rang")
            self.now, generation = self._due
            self._due = None
            self._feed(self._ring(generation))
        self.now = target
        return self

    def expect(self, *actions: Any) -> Playbook:
        """Exactly these, in this order, since the last event."""
        got, self._pending = self._pending, []
        if list(actions) != got:
            self._fail("the conversation went another way", list(actions), got)
        return self

    def expect_nothing(self) -> Playbook:
        return self.expect()

    def refuses(self, event: Any, refusal: type[Exception]) -> Playbook:
        """The event raises `refusal`."""
        self._nothing_left(f"before {event!r}")
        try:
            self._feed(event)
        except refusal:
            self._lines.append(f"   refused: {refusal.__name__}")
        else:
            raise AssertionError("\n".join([*self._lines, f"{event!r} was not refused"]))
        return self

    def close(self) -> None:
        self._nothing_left("at the end")

    def _feed(self, event: Any) -> None:
        self._lines.append(f">> {event!r}")
        for action in self.machine.handle(event, self.now):
            match type(action).__name__:
                case "SetTimer":
                    self._due = (self.now + action.seconds, action.generation)
                case "CancelTimer":
                    self._due = None
            if isinstance(action, self._beside):
                self.aside.append(action)
            else:
                self._pending.append(action)
                self._lines.append(f"<< {action!r}")

    def _nothing_left(self, when: str) -> None:
        if self._pending:
            self._fail(f"actions nobody expected {when}", [], self._pending)

    def _fail(self, why: str, expected: list[Any], got: list[Any]) -> None:
        diff = difflib.ndiff([repr(one) for one in expected], [repr(one) for one in got])
        told = [*self._lines, "", f"{why} (- expected, + got):", *diff]
        self._pending = []
        raise AssertionError("\n".join(told))


@contextmanager
def play(
    machine: Machine, ring: Callable[[int], Any], *, beside: tuple[type, ...] = (), start: float = 1_000.0
) -> Iterator[Playbook]:
    book = Playbook(machine, ring, beside=beside, start=start)
    yield book
    book.close()
