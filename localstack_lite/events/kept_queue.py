"""The queue's file while devserve runs: opened when there is something to keep, written in order, closed once. I/O.

A write that fails (the disk is full) does not undo what has happened: it is told, and made again with all that follow.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from localstack_lite.model.project import Problem
from localstack_lite.ports import Clock

if TYPE_CHECKING:
    from localstack_lite.events.event_queue import EventQueue
    from localstack_lite.events.queue_files import Held

#: Seconds after which a write that failed is made again.
WRITE_AGAIN = 5.0

Write = Callable[["EventQueue"], None]


class KeptQueue:
    """`now` is the queue's clock, `clock` the real one. `opened` is called with what there is, once."""

    def __init__(
        self,
        folder: Callable[[], Path],
        now: Callable[[], float],
        wall: Callable[[], float],
        clock: Clock,
        tell: Callable[[Problem], None],
        opened: Callable[[EventQueue], None],
    ) -> None:
        self._folder = folder
        self._now = now
        self._wall = wall
        self._clock = clock
        self._tell = tell
        self._opened = opened
        self._held: Held | None = None
        self._closed = False
        self._unwritten: list[Write] = []

    def open(self) -> EventQueue:
        """An OSError when there can be none."""
        if self._held is not None:
            return self._held.queue
        if self._closed:
            raise OSError("devserve is stopping")
        from localstack_lite.events import queue_files

        self._held = queue_files.hold(self._folder(), self._now, self._wall, os.getpid(), self._tell)
        self._opened(self._held.queue)
        return self._held.queue

    def look(self, folder: Path) -> None:
        """Open it if there is one of an earlier run in that folder."""
        try:
            if any(folder.glob("events*.sqlite")):
                self.open()
        except OSError as error:
            self.problem(f"events of an earlier run cannot be read: {error}")

    def write(self, write: Write) -> None:
        """In the order of the calls."""
        self._unwritten.append(write)
        if len(self._unwritten) == 1:
            self._go_on()

    def close(self) -> None:
        self._go_on()
        self._closed = True
        if self._held is not None:
            self._held.close()
            self._held = None

    def problem(self, what: str) -> None:
        hint = "is there room on the disk, and may .devserve be written?"
        self._tell(Problem("asynchronous invocations", what, hint))

    def _go_on(self) -> None:
        while self._unwritten and not self._closed:
            try:
                self._unwritten[0](self.open())
            except OSError as error:
                self.problem(f"what becomes of events cannot be written: {error}")
                self._clock.call_later(WRITE_AGAIN, self._go_on)
                return
            del self._unwritten[0]
