"""File events of macOS and Windows through watchdog, whose observer watches a tree with one handle there."""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import Any

from localstack_lite.model.change import ChangeKind
from localstack_lite.watch.source import Emit, Refused, Targets, files_below


class WatchdogSource:
    def __init__(self) -> None:
        self._observer: Any = None
        self._lost: asyncio.TimerHandle | None = None

    def watch(self, targets: Targets, emit: Emit, refused: Refused) -> None:
        from watchdog.observers import Observer

        old, loop = self._observer, asyncio.get_running_loop()
        observer = Observer()
        handler: Any = _Handler(loop, targets, emit)
        missing = []
        for root in sorted(targets.trees):
            if any(root != other and root.startswith(other + os.sep) for other in targets.trees):
                continue
            if os.path.isdir(root):
                observer.schedule(handler, root, recursive=True)
            else:
                missing.append(root)
        for folder in {os.path.dirname(file) for file in targets.files}:
            if os.path.isdir(folder) and not any((folder + os.sep).startswith(r + os.sep) for r in targets.trees):
                observer.schedule(handler, folder, recursive=False)
        observer.daemon = True
        observer.start()
        self._observer = observer
        if old is not None:
            old.stop()
        if self._lost is not None:
            self._lost.cancel()
            self._lost = None
        if missing:
            self._lost = loop.call_later(0.2, self._look, missing, targets, emit, refused)

    def close(self) -> None:
        if self._lost is not None:
            self._lost.cancel()
            self._lost = None
        if self._observer is not None:
            self._observer.stop()
            self._observer.join(1)
            self._observer = None

    def _look(self, missing: list[str], targets: Targets, emit: Emit, refused: Refused) -> None:
        """A root that came into being: watch anew, and everything in it is new."""
        self._lost = None
        self.watch(targets, emit, refused)
        for root in missing:
            for file in files_below(root):
                emit(ChangeKind.CREATED, file)


class _Handler:
    """Called on watchdog's threads; hands over to the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, targets: Targets, emit: Emit) -> None:
        self._loop = loop
        self._targets = targets
        self._emit = emit

    def dispatch(self, event: Any) -> None:
        for kind, path in reports(event.event_type, event.is_directory, _text(event.src_path), _text(event.dest_path)):
            in_tree = any((path + os.sep).startswith(root + os.sep) for root in self._targets.trees)
            if in_tree or path in self._targets.files:
                with contextlib.suppress(RuntimeError):  # the loop has closed: nobody listens any more
                    self._loop.call_soon_threadsafe(self._emit, kind, path)


def reports(kind: str, is_folder: bool, path: str, target: str) -> list[tuple[ChangeKind, str]]:
    """One watchdog event as changes of files."""
    match kind, is_folder:
        case ("created", False):
            return [(ChangeKind.CREATED, path)]
        case ("created", True):
            return [(ChangeKind.CREATED, file) for file in files_below(path)]
        case ("modified", False):
            return [(ChangeKind.MODIFIED, path)]
        case ("deleted", _):
            return [(ChangeKind.DELETED, path)]
        case ("moved", False):
            return [(ChangeKind.DELETED, path), (ChangeKind.CREATED, target)]
        case ("moved", True):
            return [(ChangeKind.DELETED, path), *((ChangeKind.CREATED, file) for file in files_below(target))]
    return []


def _text(path: Any) -> str:
    return os.fsdecode(path) if path else ""
