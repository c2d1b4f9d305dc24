"""The one timer of an environment: a generation that makes late rings harmless, and a hold for debuggers.

While it is held no time passes: what was left when the hold began is what is left when it ends.
"""

from __future__ import annotations

from localstack_lite.lambdas.environments.actions import CANCEL_TIMER, Action, SetTimer
from localstack_lite.lambdas.environments.events import DebuggerAttached, DebuggerLeft, Event, SandboxAwaited


class Countdown:
    """`generation` is that of the timer that may ring. Each call gives the action that makes it true."""

    __slots__ = ("_due", "_left", "generation", "held")

    def __init__(self) -> None:
        self.generation = 0
        self.held = False
        self._due: float | None = None  # epoch seconds
        self._left: float | None = None  # seconds, while held

    @property
    def armed(self) -> bool:
        """Whether it rings some day, if only after the hold."""
        return self._due is not None or self._left is not None

    def set(self, seconds: float, now: float) -> Action:
        self.generation += 1
        if self.held:
            self._left = seconds
            return CANCEL_TIMER
        self._due = now + seconds
        return SetTimer(seconds, self.generation)

    def cancel(self) -> Action:
        self.generation += 1
        self._due = self._left = None
        return CANCEL_TIMER

    def rang(self) -> None:
        """A timer rings once."""
        self.generation += 1
        self._due = None

    def take(self, event: Event, now: float) -> list[Action]:
        """What stops the time, and what lets it pass again from where it stood."""
        match event:
            case SandboxAwaited():
                return [self.cancel()]
            case DebuggerAttached() if not self.held:
                left = None if self._due is None else max(self._due - now, 0.0)
                self.cancel()
                self.held, self._left = True, left
                return [CANCEL_TIMER]
            case DebuggerLeft() if self.held:
                left, self._left, self.held = self._left, None, False
                return [] if left is None else [self.set(left, now)]
        return []
