"""Whose queue is whose, when devserve runs more than once in one project. I/O.

The first one has `events.sqlite`. One that starts while that one runs has a file of its own, named by its process id.
Who starts later takes over what is in the files of those that are gone. A file belongs to whoever holds the kernel's
lock (`flock`) of the file `NAME.lock` beside it, so that of a process that died is free. What cannot be read is put
aside, told, and never removed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from localstack_lite.events.event_queue import BrokenFile, EventQueue
from localstack_lite.model.project import Problem

try:
    import fcntl
except ImportError:  # no Unix: nothing to lock with
    fcntl = None  # type: ignore[assignment]  # a system without it

NAME = "events.sqlite"
_BESIDE = ("", "-wal", "-shm")

Tell = Callable[[Problem], None]


@dataclass(frozen=True, slots=True)
class Held:
    """A queue that is ours until `close`. A file of our own goes when there is nothing in it."""

    queue: EventQueue
    lock: int

    def close(self) -> None:
        own = self.queue.file.name != NAME
        remove = False
        with suppress(OSError):
            remove = own and self.queue.empty
        self.queue.close()
        if remove:
            _remove(self.queue.file)
        os.close(self.lock)


def hold(folder: Path, now: Callable[[], float], wall: Callable[[], float], pid: int, tell: Tell) -> Held:
    """A queue in that folder, which is there, with all that is left in it of those that are gone. An OSError when there
    can be none."""
    held = _taken(folder / NAME, now, wall, tell) or _taken(folder / f"events-{pid}.sqlite", now, wall, tell)
    if held is None:
        raise OSError(f"{folder}: another process holds the queue of this one")
    for file in sorted(folder.glob("events*.sqlite")):
        if file != held.queue.file:
            _adopted(held.queue, file, now, wall, tell)
    return held


def _taken(file: Path, now: Callable[[], float], wall: Callable[[], float], tell: Tell) -> Held | None:
    """None when it is another's."""
    lock = _lock(file)
    if lock is None:
        return None
    try:
        queue = _read(file, now, wall, tell) or EventQueue(file, now, wall)
    except BaseException:
        os.close(lock)
        raise
    return Held(queue, lock)


def _adopted(queue: EventQueue, file: Path, now: Callable[[], float], wall: Callable[[], float], tell: Tell) -> None:
    lock = _lock(file)
    if lock is None:
        return
    try:
        if file.exists() and (other := _read(file, now, wall, tell)) is not None:
            other.close()  # its times are this process's now
            queue.adopt(file)
            _remove(file)
    except OSError as error:
        tell(Problem(f".devserve/{file.name}", f"its events are left alone: {error}", warning=True))
    finally:
        os.close(lock)


def _read(file: Path, now: Callable[[], float], wall: Callable[[], float], tell: Tell) -> EventQueue | None:
    """None when it cannot be read; it is out of the way then."""
    try:
        return EventQueue(file, now, wall)
    except BrokenFile as error:
        number = 1
        while (aside := file.with_name(f"{file.name}.broken-{number}")).exists():
            number += 1
        for end in _BESIDE:
            with suppress(FileNotFoundError):
                os.replace(f"{file}{end}", f"{aside}{end}")
        what = f"the queue of asynchronous invocations cannot be read: {error}"
        tell(Problem(f".devserve/{file.name}", what, f"it is kept as {aside.name}; a new queue is begun"))
        return None


def _lock(file: Path) -> int | None:
    descriptor = os.open(f"{file}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _remove(file: Path) -> None:
    """With its lock, which is held."""
    for end in (*_BESIDE, ".lock"):
        with suppress(FileNotFoundError):
            os.unlink(f"{file}{end}")
