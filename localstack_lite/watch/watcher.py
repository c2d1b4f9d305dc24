"""The `FileWatch`: a source of events, the rules about them, and one timer.

Call everything on the event loop's thread. `start` again replaces what is watched. `DEVSERVE_POLL=1` in the
environment makes it look instead of listen.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import stat
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from localstack_lite.errors import Bug
from localstack_lite.model.change import ChangeKind, FileChange
from localstack_lite.model.project import Problem
from localstack_lite.watch.content import Contents
from localstack_lite.watch.debounce import Debounce
from localstack_lite.watch.ignore import ignored, innermost
from localstack_lite.watch.poll import PollSource
from localstack_lite.watch.source import Source, Targets, files_below, is_virtual_environment

#: More changes than this in one batch are not read for their content: it was a checkout, not a save.
READ_AT_MOST = 64
#: Larger files count as changed without being read, in bytes.
LARGEST = 1 << 20
#: How many files are read, some time after the start, to know an unchanged save from a change.
LEARN_AT_MOST = 2000
LEARN_AFTER = 1.0
#: File times may lag behind the clock by a tick of the kernel, in seconds.
TICK = 0.1


def system_source() -> Source:
    """The best this system has. Raises OSError when its limits are reached."""
    kernel = "linux"
    if sys.platform.startswith(kernel):
        from localstack_lite.watch.inotify import InotifySource

        return InotifySource()
    from localstack_lite.watch.native import WatchdogSource

    return WatchdogSource()


class Watcher:
    """`warn` is told once when the system's limits force polling."""

    def __init__(
        self,
        warn: Callable[[Problem], None],
        *,
        poll: bool | None = None,
        source: Callable[[], Source] = system_source,
        learn_after: float = LEARN_AFTER,
    ) -> None:
        self.learned = False
        """Whether the files that were there at the start are known, so that an unchanged save is told from a change."""
        self._learn_after = learn_after
        self._warn = warn
        self._make = PollSource if (os.environ.get("DEVSERVE_POLL") == "1" if poll is None else poll) else source
        self._source: Source | None = None
        self._targets = Targets()
        self._notify: Callable[[tuple[FileChange, ...]], None] = _unheard
        self._debounce = Debounce()
        self._contents = Contents()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._learn: asyncio.TimerHandle | None = None
        self._outputs: frozenset[tuple[int, int]] = frozenset()

    def start(self, folders: tuple[Path, ...], notify: Callable[[tuple[FileChange, ...]], None]) -> None:
        """Watch folders with all below them. A path that is a file is watched alone, also in an ignored place; one that
        is not there is waited for, unless a watched folder will tell of it."""
        first = self._loop is None
        self._loop = asyncio.get_running_loop()
        self._notify = notify
        # What devserve itself writes into a file of the project (`devserve > log.txt`) must not make it write again.
        self._outputs = frozenset(found for number in (1, 2) if (found := identity(number)) is not None)
        paths = frozenset(os.path.abspath(folder) for folder in folders)
        files = frozenset(path for path in paths if os.path.isfile(path))
        absent = frozenset(path for path in paths if not os.path.exists(path))
        self._targets = Targets(paths - files - absent, files)
        untold = frozenset(path for path in absent if self._left_out(path, {}))
        self._targets = Targets(self._targets.trees | untold, files)
        self._watch()
        if first:
            self._learn = self._loop.call_later(self._learn_after, self._start_learning, time.time() - TICK)

    def also(self, files: Iterable[str]) -> None:
        """Watch these files too, until the next `start`: what a function loaded from an ignored place. Cheap to call
        with files that are watched anyway."""
        known: dict[str, bool] = {}
        new = frozenset(file for file in files if file not in self._targets.files and self._left_out(file, known))
        if new:
            self._targets = Targets(self._targets.trees, self._targets.files | new)
            self._watch()

    def stop(self) -> None:
        for timer in (self._timer, self._learn):
            if timer is not None:
                timer.cancel()
        self._timer = self._learn = self._loop = None
        if self._source is not None:
            self._source.close()
            self._source = None

    def _watch(self) -> None:
        try:
            if self._source is None:
                self._source = self._make()
            self._source.watch(self._targets, self._emit, self._refused)
        except OSError as error:
            self._refused(error)

    def _refused(self, error: OSError) -> None:
        if self._make is PollSource or error.errno not in (errno.ENOSPC, errno.EMFILE, errno.ENFILE):
            raise error
        if self._source is not None:
            self._source.close()
        self._make = PollSource
        self._source = PollSource()
        self._source.watch(self._targets, self._emit, self._refused)
        self._warn(
            Problem(
                where="file watch",
                what="the system allows no more file watches, so files are polled (slower)",
                hint="raise fs.inotify.max_user_watches and fs.inotify.max_user_instances",
                warning=True,
            )
        )

    def _emit(self, kind: ChangeKind, path: str) -> None:
        if self._loop is None:
            return
        self._debounce.add(kind, path, self._loop.time())
        if self._timer is None:
            self._timer = self._loop.call_at(self._debounce.due or 0.0, self._fire)

    def _fire(self) -> None:
        self._timer = None
        due = self._debounce.due
        if self._loop is None or due is None:
            return
        if self._loop.time() < due - 0.001:
            self._timer = self._loop.call_at(due, self._fire)
            return
        known: dict[str, bool] = {}
        batch = [change for change in self._debounce.take() if not self._left_out(str(change.path), known)]
        if self._outputs:
            batch = [change for change in batch if identity(change.path) not in self._outputs]
        if 0 < len(batch) <= READ_AT_MOST:
            batch = [self._judged(change) for change in batch]
        if batch:
            self._notify(tuple(batch))

    def _left_out(self, path: str, known: dict[str, bool]) -> bool:
        if path in self._targets.files:
            return False
        root = innermost(path, self._targets.trees)
        if root is None:
            return True

        def virtual(folder: str) -> bool:
            if folder not in known:
                known[folder] = is_virtual_environment(folder)
            return known[folder]

        return path != root and ignored(path, root, virtual)

    def _judged(self, change: FileChange) -> FileChange:
        path = str(change.path)
        return FileChange(self._contents.judge(change.kind, path, digest(path)), change.path)

    def _start_learning(self, started: float) -> None:
        """Read what nobody has changed since the start, on a worker thread."""
        loop, targets = self._loop, self._targets
        if loop is None:
            return

        def learned(future: asyncio.Future[dict[str, bytes]]) -> None:
            if not future.cancelled() and future.exception() is None:
                self._contents.learn(future.result())
                self.learned = True

        loop.run_in_executor(None, unchanged_since, started, targets).add_done_callback(learned)


def identity(file: Path | int) -> tuple[int, int] | None:
    """What makes two paths the same regular file; None when it is none."""
    try:
        found = os.stat(file)
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if stat.S_ISREG(found.st_mode) else None


def unchanged_since(started: float, targets: Targets) -> dict[str, bytes]:
    """Digests of watched files whose status did not change after `started` (epoch seconds), also not while reading."""
    found: dict[str, bytes] = {}
    paths = (*targets.files, *(file for root in targets.trees for file in files_below(root)))
    for path in paths[:LEARN_AT_MOST]:
        try:
            if os.stat(path).st_ctime >= started:
                continue
            made = digest(path)
            if made is not None and os.stat(path).st_ctime < started:
                found[path] = made
        except OSError:
            continue
    return found


def digest(path: str) -> bytes | None:
    """Of a file's content; None when there is none to be had (gone, a pipe, too large)."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
            return None
        with open(path, "rb") as file:
            return hashlib.blake2b(file.read(), digest_size=16).digest()
    except OSError:
        return None


def _unheard(changes: tuple[FileChange, ...]) -> None:
    raise Bug(f"{len(changes)} changes before the watch was started")
