"""One at a time: whoever makes the same thing waits for who came before. I/O: locks a file.

Holds between threads and between processes, and is over when its process is.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def turn(target: Path) -> Iterator[None]:
    """`target` is what is made; it need not be there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(target.with_name(f".{target.name}.lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
