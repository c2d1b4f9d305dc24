"""File events by looking: for file systems that report nothing (network shares, some bind mounts) and full limits.

Looking happens on a worker thread, comparing on the event loop. What is looked at is what the other sources watch.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping

from localstack_lite.model.change import ChangeKind
from localstack_lite.watch.source import Emit, Refused, Targets, files_below, nobody

#: Seconds between two looks. A look costs a few µs per file.
EVERY = 0.25

Snapshot = Mapping[str, tuple[int, int, int]]


class PollSource:
    def __init__(self, every: float = EVERY) -> None:
        self._every = every
        self._targets = Targets()
        self._emit: Emit = nobody
        self._task: asyncio.Task[None] | None = None

    def watch(self, targets: Targets, emit: Emit, refused: Refused) -> None:  # noqa: ARG002 - looking needs no leave
        """The first look is made here and now: what changes after this call is seen."""
        before, self._targets, self._emit = self._targets, targets, emit
        if self._task is None or before != targets:
            self.close()
            self._task = asyncio.get_running_loop().create_task(self._run(look(targets)))

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self, seen: Snapshot) -> None:
        while True:
            await asyncio.sleep(self._every)
            now = await asyncio.to_thread(look, self._targets)
            for kind, path in differences(seen, now):
                self._emit(kind, path)
            seen = now


def look(targets: Targets) -> Snapshot:
    """Modification time (ns), size and inode of every file that is watched."""
    found: dict[str, tuple[int, int, int]] = {}
    for path in (*targets.files, *(file for root in targets.trees for file in files_below(root))):
        try:
            status = os.stat(path)
        except OSError:
            continue
        found[path] = (status.st_mtime_ns, status.st_size, status.st_ino)
    return found


def differences(before: Snapshot, after: Snapshot) -> Iterator[tuple[ChangeKind, str]]:
    for path, status in after.items():
        if path not in before:
            yield ChangeKind.CREATED, path
        elif before[path] != status:
            yield ChangeKind.MODIFIED, path
    for path in before.keys() - after.keys():
        yield ChangeKind.DELETED, path
