"""Events on their way to one subscriber: in order, in batches, bounded.

A batch is due when it has as many events or bytes as the subscriber wants, or when its oldest event has waited as
long. One batch at a time is under way. What comes when too much waits is dropped and counted, never what waits already:
a subscriber that does not answer costs memory up to a limit, and nothing else. Platform events have room of their own
behind that limit, so that a flood of log lines pushes out neither the report of an invocation nor what tells of it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from localstack_lite.lambdas.extensions.telemetry_subscription import Buffering

#: Batches' worth of events and bytes that may wait behind the one that is under way.
WAITING = 4
#: The same for platform events.
WAITING_PLATFORM = WAITING + 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as JSON, since `at` (epoch seconds). A `notice` tells of dropped events and is not counted itself:
    else a subscriber that takes nothing would be told of its notices for ever. `platform` is one of Lambda's own."""

    at: float
    data: bytes
    notice: bool = False
    platform: bool = False


@dataclass(frozen=True, slots=True)
class Dropped:
    records: int
    size: int


class TelemetryBuffer:
    def __init__(self, buffering: Buffering) -> None:
        self._limits = buffering
        self._waiting: deque[Entry] = deque()
        self._size = 0
        self._urgent = 0
        self._under_way: tuple[Entry, ...] = ()

    def __repr__(self) -> str:
        return f"<TelemetryBuffer {len(self._waiting)} waiting, {len(self._under_way)} under way>"

    def add(self, entry: Entry) -> bool:
        """False: it was dropped."""
        limits = self._limits
        most = WAITING_PLATFORM if entry.platform else WAITING
        full = len(self._waiting) >= most * limits.max_items
        if full or (self._waiting and self._size + len(entry.data) > most * limits.max_bytes):
            return False
        self._waiting.append(entry)
        self._size += len(entry.data)
        return True

    def hurry(self) -> None:
        """All that waits now is due at once."""
        self._urgent = len(self._waiting)

    @property
    def due(self) -> float | None:
        """When the next batch leaves (epoch seconds; long ago: now). None: nothing waits, or one is under way."""
        if self._under_way or not self._waiting:
            return None
        oldest = self._waiting[0].at
        limits = self._limits
        if self._urgent or len(self._waiting) >= limits.max_items or self._size >= limits.max_bytes:
            return oldest
        return oldest + limits.timeout_ms / 1000

    def depart(self) -> tuple[bytes, ...]:
        """The next batch, which is under way from now. An event that is larger than a batch goes alone."""
        limits, waiting = self._limits, self._waiting
        batch: list[Entry] = []
        size = 0
        while waiting and len(batch) < limits.max_items:
            length = len(waiting[0].data)
            if batch and size + length > limits.max_bytes:
                break
            batch.append(waiting.popleft())
            size += length
        self._size -= size
        self._urgent = max(0, self._urgent - len(batch))
        self._under_way = tuple(batch)
        return self.under_way

    @property
    def under_way(self) -> tuple[bytes, ...]:
        return tuple(entry.data for entry in self._under_way)

    def arrived(self) -> None:
        self._under_way = ()

    def lost(self) -> Dropped:
        """The batch that is under way cannot be delivered."""
        counted = [len(entry.data) for entry in self._under_way if not entry.notice]
        self._under_way = ()
        return Dropped(len(counted), sum(counted))
