"""Work that several threads ask for and one of them does. I/O: the others wait for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Once(Generic[K, V]):
    """Results by key. Who asks for one that somebody else makes gets that one, or the same exception."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._results: dict[K, Future[V]] = {}

    def get(self, key: K, make: Callable[[], V]) -> tuple[V, bool]:
        """And whether it was made for this call."""
        mine: Future[V] = Future()
        with self._lock:
            result = self._results.setdefault(key, mine)
        if result is not mine:
            return result.result(), False
        try:
            mine.set_result(make())
        except BaseException as error:
            mine.set_exception(error)
            raise
        return mine.result(), True
