"""What keeps thousands of tests cheap.

* Bytecode is kept, also where Python is told not to write any: rewriting the assertions of all test files takes as long
  as a thousand of the tests, and hundreds of processes would compile the same modules.
* The garbage collector does not look through all of them again and again.
* Hypothesis draws something before the first test: in a new checkout it makes a table of all characters then, and reads
  the constants of all modules. That takes seconds, which it would count as the slowness of whichever test comes first.
* Files of tests that take long come first, in whatever order; the short ones fill the end, so that all workers end
  together.
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TESTS = Path(__file__).parent
LONG = ("live", "oracle", "builds", "cli")
"""Folders whose tests start processes, those that take longest first."""

sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _place(item.path))  # keeps the random order otherwise


@settings(max_examples=1, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(), st.integers())
def draw_something(text: str, number: int) -> None:
    """Once, whatever it is."""


def pytest_collection_finish() -> None:
    draw_something()
    gc.collect()
    gc.freeze()


def _place(file: Path) -> int:
    folder = file.relative_to(TESTS).parts[0]
    return LONG.index(folder) if folder in LONG else len(LONG)
