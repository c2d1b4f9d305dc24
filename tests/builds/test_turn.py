from __future__ import annotations

import threading
from pathlib import Path

import pytest

from localstack_lite.builds.turn import turn


def test_whoever_makes_the_same_waits_for_who_came_before(tmp_path: Path) -> None:
    target, order = tmp_path / "cache" / "x", ["first"]

    def second() -> None:
        with turn(target):
            order.append("second")

    with turn(target):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.1)
        order.append("first is done")
    thread.join(10)
    assert order == ["first", "first is done", "second"]


def test_who_makes_something_else_does_not_wait(tmp_path: Path) -> None:
    with turn(tmp_path / "x"), turn(tmp_path / "y"):
        assert not (tmp_path / "x").exists()


def test_a_turn_is_over_after_an_error(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(OSError, match="full"), turn(tmp_path / "x"):
            raise OSError("full")
