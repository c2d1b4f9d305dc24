"""Containers that were made before they are needed. Decides which; makes none."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

#: So many wait at most, over all functions.
MOST = 8

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Prepared(Generic[K, V]):
    """At most one spare for each key; when there are too many, the one whose key was used least recently goes."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._spares: dict[K, V] = {}
        self._wanted: dict[K, None] = {}
        """Keys in the order of their last use."""
        self._coming: set[K] = set()

    def take(self, key: K) -> V | None:
        """A start wants one: the spare if there is one, which is then no longer here."""
        self._use(key)
        return self._spares.pop(key, None)

    def begin(self, key: K) -> bool:
        """Whether one should be made for it now; then it is on its way until `add` or `failed`."""
        self._use(key)
        if self._most == 0 or key in self._spares or key in self._coming:
            return False
        self._coming.add(key)
        return True

    def add(self, key: K, spare: V) -> list[V]:
        """It is there. Gives back what has to go."""
        self._coming.discard(key)
        gone = [self._spares.pop(key)] if key in self._spares else []
        self._spares[key] = spare
        for each in list(self._wanted):
            if len(self._spares) <= self._most:
                break
            if each in self._spares and each != key:
                gone.append(self._spares.pop(each))
        return gone

    def failed(self, key: K) -> None:
        self._coming.discard(key)

    def lost(self, spare: V) -> None:
        """It has ended by itself."""
        for key, value in list(self._spares.items()):
            if value is spare:
                del self._spares[key]

    def drop(self, which: Callable[[K], bool]) -> list[V]:
        """Those that nobody will ask for any more are no longer here. Gives them back."""
        gone = [key for key in self._spares if which(key)]
        return [self._spares.pop(key) for key in gone]

    def clear(self) -> list[V]:
        gone = list(self._spares.values())
        self._spares.clear()
        return gone

    def __len__(self) -> int:
        return len(self._spares)

    def _use(self, key: K) -> None:
        self._wanted.pop(key, None)
        self._wanted[key] = None
        while len(self._wanted) > 4 * self._most + 4:
            oldest = next(iter(self._wanted))
            if oldest in self._spares:
                break
            del self._wanted[oldest]
