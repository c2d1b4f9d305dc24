"""What keeps thousands of tests cheap.

Their bytecode is kept between runs, wherever Python is told not to write any: rewriting the assertions of all test files
takes as long as a thousand of the tests. And the garbage collector does not look through all of them again and again.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile

if sys.dont_write_bytecode:
    sys.dont_write_bytecode = False
    sys.pycache_prefix = os.path.join(tempfile.gettempdir(), f"devserve-bytecode-{os.getuid()}")


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
