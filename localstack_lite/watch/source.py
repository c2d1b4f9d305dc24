"""What the sources of file events share: how they report, what they are asked to watch, which folders they enter."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from localstack_lite.model.change import ChangeKind
from localstack_lite.watch.ignore import ignored_folder

Emit = Callable[[ChangeKind, str], None]
"""Called on the event loop's thread with an absolute path, files only (a deleted folder is reported as such)."""

Refused = Callable[[OSError], None]


def nobody(kind: ChangeKind, path: str) -> None:
    """Whom a source tells before it is told whom to tell."""


@dataclass(frozen=True, slots=True)
class Targets:
    """Absolute paths. `trees` are watched with what is below them, of `files` only the files themselves."""

    trees: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()


class Source(Protocol):
    """Where file events come from. `watch` replaces what was watched before without losing an event between; it raises
    OSError when the system refuses, and calls `refused` when that happens later (a new folder is one too many). Both
    are called on the event loop's thread."""

    def watch(self, targets: Targets, emit: Emit, refused: Refused) -> None: ...

    def close(self) -> None: ...


def is_virtual_environment(folder: str) -> bool:
    return os.path.exists(os.path.join(folder, "pyvenv.cfg"))


def enters(folder: str) -> bool:
    """Whether a folder found below a watched one is watched as well."""
    return not ignored_folder(os.path.basename(folder)) and not is_virtual_environment(folder)


def walk(root: str) -> Iterator[tuple[str, list[str]]]:
    """All folders below a root that are entered, the root first, each with the paths of its files.

    Links to folders are followed, except into a folder that the walk is already in. A folder is yielded before it is
    read on (`files` is filled when the caller comes back for the next), so that a watch can be set in between.
    """
    pending: list[tuple[str, frozenset[str]]] = [(root, frozenset((os.path.realpath(root),)))]
    while pending:
        folder, inside = pending.pop()
        files: list[str] = []
        yield folder, files
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if not _is_folder(entry):
                        files.append(entry.path)
                    elif enters(entry.path):
                        if not entry.is_symlink():
                            pending.append((entry.path, inside))
                            continue
                        target = os.path.realpath(entry.path)
                        if target not in inside and not os.path.realpath(folder).startswith(target + os.sep):
                            pending.append((entry.path, inside | {target}))
        except OSError:
            continue  # gone or closed to us: nothing to watch there


def files_below(root: str) -> Iterator[str]:
    last: list[str] = []
    for _, files in walk(root):
        yield from last
        last = files
    yield from last


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
