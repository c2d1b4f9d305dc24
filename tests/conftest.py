"""What keeps thousands of tests cheap.

* Bytecode is kept, also where Python is told not to write any: rewriting the assertions of all test files takes as long
  as a thousand of the tests, and hundreds of processes would compile the same modules.
* The garbage collector does not look through all of them again and again.
* Hypothesis makes its table of characters before the first test: in a new checkout that takes seconds, which it would
  count as the slowness of whichever test comes first.
* Files of tests that take long come first, in whatever order; the short ones fill the end, so that all workers end
  together.
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import pytest
from hypothesis.internal.charmap import charmap

TESTS = Path(__file__).parent
LONG = ("live", "oracle", "builds", "cli")
"""Folders whose tests start processes, those that take longest first."""

sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _place(item.path))  # keeps the random order otherwise


def pytest_collection_finish() -> None:
    charmap()
    gc.collect()
    gc.freeze()


def _place(file: Path) -> int:
    folder = file.relative_to(TESTS).parts[0]
    return LONG.index(folder) if folder in LONG else len(LONG)
