"""Whose turn it is: things that wait for their time, grouped by what they all need. Pure.

Groups (functions, destinations) take turns: the one that has the least under way comes first, so that many things of
one do not hold up another. A group that was told to hold on (a throttled function, a destination out of reach) gets no
more under way than it had then, until that time is over.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar


class Item(Protocol):
    """`next_at` is when it is due; of those that are due, the lower `seq` goes first."""

    @property
    def seq(self) -> int: ...

    @property
    def next_at(self) -> float: ...


T = TypeVar("T", bound=Item)


class _Group(Generic[T]):
    __slots__ = ("ceiling", "heap", "underway", "until")

    def __init__(self) -> None:
        self.heap: list[tuple[float, int, T]] = []
        self.underway = 0
        self.ceiling: int | None = None
        self.until = 0.0

    def due_at(self) -> float | None:
        """When the first of it may go, as far as time is all that it waits for. None: it waits for something else."""
        if not self.heap:
            return None
        if self.ceiling is not None and self.underway >= self.ceiling:
            return max(self.heap[0][0], self.until)
        return self.heap[0][0]


class Turns(Generic[T]):
    """`group` says what an item belongs to. Times are seconds of the caller's clock."""

    def __init__(self, group: Callable[[T], str]) -> None:
        self._group = group
        self._groups: dict[str, _Group[T]] = {}

    def add(self, item: T) -> None:
        group = self._groups.setdefault(self._group(item), _Group())
        heapq.heappush(group.heap, (item.next_at, item.seq, item))

    def take(self, now: float) -> T | None:
        """Who goes next, from now on under way; None when nobody may."""
        first: tuple[int, float, int] | None = None
        chosen: _Group[T] | None = None
        for group in self._groups.values():
            if group.ceiling is not None and now >= group.until:
                group.ceiling = None
            due = group.due_at()
            if due is None or due > now:
                continue
            rank = (group.underway, *group.heap[0][:2])
            if first is None or rank < first:
                first, chosen = rank, group
        if chosen is None:
            return None
        chosen.underway += 1
        return heapq.heappop(chosen.heap)[2]

    def withdraw(self, item: T) -> bool:
        """It waits no more. False: it is under way."""
        name = self._group(item)
        group = self._groups.get(name)
        entry = (item.next_at, item.seq, item)
        if group is None or entry not in group.heap:
            return False
        group.heap.remove(entry)
        heapq.heapify(group.heap)
        if not group.heap and not group.underway and group.ceiling is None:
            del self._groups[name]
        return True

    def back(self, item: T) -> None:
        """It is no longer under way."""
        name = self._group(item)
        group = self._groups[name]
        group.underway -= 1
        if not group.heap and not group.underway and group.ceiling is None:
            del self._groups[name]

    def hold(self, name: str, until: float) -> None:
        """The group gets no more under way than it has now."""
        group = self._groups.setdefault(name, _Group())
        group.ceiling = group.underway
        group.until = max(until, group.until)

    def next_at(self) -> float | None:
        """When it is worth asking again, if nothing else happens."""
        times = [due for group in self._groups.values() if (due := group.due_at()) is not None]
        return min(times, default=None)
