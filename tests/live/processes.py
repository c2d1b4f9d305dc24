"""Which processes belong to a run of devserve: its children, and whatever carries a mark of the run in its environment.

A daemon that called `setsid` and lost its parent is no child any more, but its environment still tells.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="looks for left-over processes in /proc")


@dataclass(frozen=True, slots=True)
class Seen:
    """A process that must not outlive its run. The start time tells it from a later one with the same number."""

    pid: int
    started: float
    command: str


def descendants(pid: int) -> list[Seen]:
    try:
        children = psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    return [seen for child in children if (seen := _seen(child.pid)) is not None]


def alive(process: Seen) -> bool:
    now = _seen(process.pid)
    return now is not None and now.started == process.started


def marked(marks: Collection[str]) -> list[Seen]:
    """All processes, other than this one, with one of the marks in their environment."""
    wanted = [mark.encode() for mark in marks]
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            environ = (entry / "environ").read_bytes()
        except OSError:
            continue  # gone, or not ours to read
        if any(mark in environ for mark in wanted) and (seen := _seen(int(entry.name))) is not None:
            found.append(seen)
    return found


def _seen(pid: int) -> Seen | None:
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return Seen(pid, process.create_time(), " ".join(process.cmdline())[:200])
    except psutil.Error:
        return None
