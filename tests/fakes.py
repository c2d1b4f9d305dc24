"""Fakes written by hand: a clock that moves when told, ids that count."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable


class ManualTimer:
    def __init__(self) -> None:
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class ManualClock:
    """Time stands still until `advance`; then what is due is called, in order of its time."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self._now = now
        self._order = itertools.count()
        self._due: list[tuple[float, int, ManualTimer, Callable[[], object]]] = []

    def now(self) -> float:
        return self._now

    def call_later(self, seconds: float, callback: Callable[..., object], *args: object) -> ManualTimer:
        timer = ManualTimer()
        heapq.heappush(self._due, (self._now + seconds, next(self._order), timer, lambda: callback(*args)))
        return timer

    def advance(self, seconds: float) -> None:
        end = self._now + seconds
        while self._due and self._due[0][0] <= end:
            when, _, timer, call = heapq.heappop(self._due)
            self._now = max(self._now, when)
            if not timer.cancelled:
                call()
        self._now = end

    @property
    def next_due(self) -> float | None:
        """When the next timer rings; None: there is none."""
        return min((when for when, _, timer, _ in self._due if not timer.cancelled), default=None)

    def forget(self) -> None:
        """No timer that was set rings any more, as after a crash."""
        self._due.clear()

    @property
    def pending(self) -> int:
        return sum(not timer.cancelled for _, _, timer, _ in self._due)


class CountingIds:
    """`00000001-0000-4000-8000-000000000000`, …: every id is new and every run the same."""

    def __init__(self) -> None:
        self._count = itertools.count(1)

    def uuid(self) -> str:
        return f"{next(self._count):08x}-0000-4000-8000-000000000000"

    def extended(self) -> str:
        return f"{next(self._count):015d}="

    def hex(self, digits: int) -> str:
        return f"{next(self._count):0{digits}x}"[-digits:]
