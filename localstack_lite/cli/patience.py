"""Silence is kept short: after 150 ms a person at a terminal is told, in one line, what takes so long."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

SECONDS = 0.15


@contextmanager
def patience(what: str, stream: TextIO, seconds: float = SECONDS) -> Iterator[None]:
    """While the body runs. Says nothing when `stream` is no terminal."""
    if not stream.isatty():
        yield
        return
    timer = threading.Timer(seconds, lambda: print(f"devserve: {what} …", file=stream, flush=True))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
