"""One push of a stage at a time from one folder. I/O.

The lock is the kernel's (`flock`), so that of a process that died is none. What is in the file only says whose it is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from localstack_lite.errors import RemoteError

try:
    import fcntl
except ImportError:  # no Unix: nothing to lock with
    fcntl = None  # type: ignore[assignment]  # a system without it


@contextmanager
def held(folder: Path, stage: str, who: str, now: Callable[[], float], what: str = "pushed") -> Iterator[None]:
    """Hold the lock of the stage whose folder that is, which is there. A RemoteError names who has it.

    `what` is what is done to the stage, as a participle."""
    descriptor = _locked(folder / "lock", stage)
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, json.dumps({"by": who, "pid": os.getpid(), "at": now(), "what": what}).encode())
        yield
    finally:
        with suppress(OSError):
            os.ftruncate(descriptor, 0)
        os.close(descriptor)


def _locked(file: Path, stage: str) -> int:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        owner = os.read(descriptor, 4096)
        os.close(descriptor)
        hint = "wait until it is through, or end it there"
        raise RemoteError(stage, f"is being {_told(owner)}", hint) from None
    return descriptor


def _told(owner: bytes) -> str:
    try:
        read = json.loads(owner)
        since = datetime.fromtimestamp(float(read["at"])).strftime("%H:%M:%S")
        return f"{read['what']} by {read['by']} (pid {read['pid']}) since {since}"
    except (ValueError, KeyError, TypeError):  # it has only just begun
        return "pushed by another devserve"
