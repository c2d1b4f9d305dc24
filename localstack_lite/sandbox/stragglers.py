"""Finds the processes of frozen environments that are in neither the group nor the tree of what was stopped: daemons.

Only their mark tells whose they are, and for that all processes of the machine have to be looked at. So it is done once
for all environments that froze within a moment, and on another thread.
"""

from __future__ import annotations

import asyncio

from localstack_lite.sandbox import census
from localstack_lite.sandbox.child import Child

#: Seconds from the first freeze until the look.
SOON = 0.05


class Stragglers:
    """Of one run; `run` is how the marks of all its processes begin."""

    def __init__(self, run: str) -> None:
        self._run = run
        self._frozen: set[Child] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._looking: asyncio.Task[None] | None = None

    def froze(self, child: Child) -> None:
        """It has just been stopped."""
        self._frozen.add(child)
        if self._timer is None and self._looking is None and census.LINUX:
            self._timer = asyncio.get_running_loop().call_later(SOON, self._look)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._looking is not None:
            self._looking.cancel()

    def _look(self) -> None:
        self._timer = None
        self._looking = asyncio.get_running_loop().create_task(self._hold(), name="stragglers")

    async def _hold(self) -> None:
        frozen, self._frozen = self._frozen, set()
        try:
            found = await asyncio.to_thread(census.marks, self._run)
        finally:
            self._looking = None
        by_mark: dict[str, list[int]] = {}
        for pid, mark in found.items():
            by_mark.setdefault(mark, []).append(pid)
        for child in frozen:
            child.hold(pid for pid in by_mark.get(child.mark, ()) if pid != child.pid)
        for child in tuple(self._frozen):  # froze while this one looked
            self.froze(child)
