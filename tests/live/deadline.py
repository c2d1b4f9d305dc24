"""The one place of the live tests that waits: polling with a deadline, never a fixed sleep."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

STEP = 0.01
"""Seconds between two looks. Short, so that a test takes as long as the product and not longer."""


def eventually(look: Callable[[], T], *, seconds: float = 10.0, what: str = "") -> T:
    """What `look` gives as soon as it is true; fails when it is not within `seconds`, saying what was seen last."""
    end = time.monotonic() + seconds
    while True:
        seen = look()
        if seen:
            return seen
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds:g} s: {what or look}; last seen: {seen!r}")
        time.sleep(STEP)
