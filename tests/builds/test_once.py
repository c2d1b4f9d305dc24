from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from localstack_lite.builds.once import Once


def test_several_threads_that_ask_for_the_same_share_one_result() -> None:
    once: Once[str, int] = Once()
    waiting, made = threading.Barrier(4, timeout=20), []

    def make() -> int:
        made.append(1)
        return 42

    def ask(key: str) -> tuple[int, bool]:
        waiting.wait()
        return once.get(key, make)

    with ThreadPoolExecutor(4) as workers:
        results = list(workers.map(ask, ["a"] * 4))
    assert [value for value, _ in results] == [42] * 4
    assert [mine for _, mine in results].count(True) == 1
    assert made == [1]


def test_who_waited_gets_the_same_exception() -> None:
    once: Once[str, int] = Once()

    def fail() -> int:
        raise OSError("full")

    for _ in range(2):
        with pytest.raises(OSError, match="full"):
            once.get("a", fail)
    assert once.get("b", lambda: 1) == (1, True)
