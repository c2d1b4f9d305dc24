"""What the tests of the watch share: a collector of events, and waiting for one with a deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path

from localstack_lite.model.change import ChangeKind, FileChange
from localstack_lite.watch.source import Source, Targets

DEADLINE = 8.0


class Eyes:
    """Everything a source reports, or a watcher notifies, in order."""

    def __init__(self) -> None:
        self.events: list[tuple[ChangeKind, str]] = []
        self.batches: list[tuple[FileChange, ...]] = []
        self.refusals: list[OSError] = []

    def emit(self, kind: ChangeKind, path: str) -> None:
        self.events.append((kind, path))

    def notify(self, changes: tuple[FileChange, ...]) -> None:
        self.batches.append(changes)
        self.events += [(change.kind, str(change.path)) for change in changes]

    def refused(self, error: OSError) -> None:
        self.refusals.append(error)

    def saw(self, path: Path, *kinds: ChangeKind) -> bool:
        return any(seen == str(path) and (not kinds or kind in kinds) for kind, seen in self.events)

    async def see(self, path: Path, *kinds: ChangeKind) -> None:
        """Wait for an event about this path, of one of these kinds when some are named."""
        await until(lambda: self.saw(path, *kinds), f"{kinds or 'anything'} of {path}; seen: {self.events}")

    def forget(self) -> None:
        self.events.clear()
        self.batches.clear()


async def until(condition: Callable[[], bool], what: str) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + DEADLINE
    while not condition():
        assert loop.time() < end, f"not within {DEADLINE:g} s: {what}"
        await asyncio.sleep(0.005)


def watching(
    source: Source, eyes: Eyes, trees: list[Path], files: list[Path], story: Callable[[], Coroutine[None, None, None]]
) -> None:
    """Run a story while the source watches."""

    async def main() -> None:
        targets = Targets(frozenset(map(str, trees)), frozenset(map(str, files)))
        source.watch(targets, eyes.emit, eyes.refused)
        try:
            await story()
        finally:
            source.close()

    asyncio.run(main())
