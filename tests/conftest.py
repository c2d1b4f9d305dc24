"""What keeps thousands of tests cheap.

* Their bytecode is kept between runs, wherever Python is told not to write any: rewriting the assertions of all test
  files takes as long as a thousand of the tests.
* The garbage collector does not look through all of them again and again.
* Files of tests that take long come first, in whatever order; the short ones fill the end, so that all workers end
  together.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
LONG = ("live", "oracle", "builds", "cli")
"""Folders whose tests start processes, those that take longest first."""

if sys.dont_write_bytecode:
    sys.dont_write_bytecode = False
    sys.pycache_prefix = os.path.join(tempfile.gettempdir(), f"devserve-bytecode-{os.getuid()}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _place(item.path))  # keeps the random order otherwise


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()


def _place(file: Path) -> int:
    folder = file.relative_to(TESTS).parts[0]
    return LONG.index(folder) if folder in LONG else len(LONG)
