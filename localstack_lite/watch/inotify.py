"""The kernel's file events on Linux, on the event loop: one descriptor, no thread, ignored folders not watched.

A folder is watched before it is listed, so a file made in a new folder is seen by one or the other. When the kernel's
queue overflows, every file is reported: a reload too many, never one too few.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import struct
from collections.abc import Iterator
from typing import Any

from localstack_lite.model.change import ChangeKind
from localstack_lite.watch.ignore import beneath, innermost
from localstack_lite.watch.source import Emit, Refused, Targets, enters, nobody, walk

# linux/inotify.h. IN_ATTRIB and IN_CLOSE_WRITE stay out on purpose: `touch` changes no content.
MODIFY = 0x2
MOVED_FROM = 0x40
MOVED_TO = 0x80
CREATE = 0x100
DELETE = 0x200
DELETE_SELF = 0x400
MOVE_SELF = 0x800
Q_OVERFLOW = 0x4000
IGNORED = 0x8000
IS_FOLDER = 0x40000000
ONLY_FOLDERS = 0x01000000
COMINGS = MOVED_FROM | MOVED_TO | CREATE | DELETE | ONLY_FOLDERS
MASK = COMINGS | MODIFY | DELETE_SELF | MOVE_SELF

#: How often a watched root that went away is looked for, in seconds.
AWAIT = 0.1


class Inotify:
    """The descriptor: OSError is the kernel's answer, ENOSPC and EMFILE its limits."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self.fd = self._checked(self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))

    def add(self, folder: str, mask: int) -> int:
        return self._checked(self._libc.inotify_add_watch(self.fd, os.fsencode(folder), mask))

    def remove(self, watch: int) -> None:
        self._libc.inotify_rm_watch(self.fd, watch)

    def read(self) -> Iterator[tuple[int, int, str]]:
        """(watch, mask, name) of what has happened since; never waits."""
        while True:
            try:
                data = os.read(self.fd, 1 << 16)
            except BlockingIOError:
                return
            position = 0
            while position < len(data):
                watch, mask, _, length = struct.unpack_from("iIII", data, position)
                name = data[position + 16 : position + 16 + length].rstrip(b"\0")
                position += 16 + length
                yield watch, mask, os.fsdecode(name)

    def close(self) -> None:
        os.close(self.fd)

    @staticmethod
    def _checked(result: Any) -> int:
        if result == -1:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        return int(result)


class InotifySource:
    def __init__(self) -> None:
        self._inotify: Inotify | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._targets = Targets()
        self._folders: dict[int, set[str]] = {}
        """One watch may have several paths: links to a folder are the folder to the kernel."""
        self._watches: dict[str, int] = {}
        self._lost: dict[str, asyncio.TimerHandle] = {}
        self._emit: Emit = nobody
        self._refused: Refused = _raise

    def watch(self, targets: Targets, emit: Emit, refused: Refused) -> None:
        if self._inotify is None or self._loop is None:
            self._inotify, self._loop = Inotify(), asyncio.get_running_loop()
            self._loop.add_reader(self._inotify.fd, self._readable)
        self._targets, self._emit, self._refused = targets, emit, refused
        kept: set[str] = set()
        for root in sorted(targets.trees):
            kept |= self._grow(root, None)
            if root not in self._watches:
                self._await(root)
        for folder in {os.path.dirname(file) for file in targets.files} - kept:
            self._add(folder)
            kept.add(folder)
        # A root that is somebody's working folder does not report its own end; the folder it is in does.
        for folder in {os.path.dirname(root) for root in targets.trees} - kept:
            self._add(folder, COMINGS)
            kept.add(folder)
        for folder in self._watches.keys() - kept:
            self._drop(folder)

    def close(self) -> None:
        for timer in self._lost.values():
            timer.cancel()
        self._lost.clear()
        if self._inotify is not None and self._loop is not None:
            self._loop.remove_reader(self._inotify.fd)
            self._inotify.close()
        self._inotify = self._loop = None
        self._folders.clear()
        self._watches.clear()

    @property
    def watched(self) -> frozenset[str]:
        """The folders with a watch."""
        return frozenset(self._watches)

    def _grow(self, root: str, found: ChangeKind | None) -> set[str]:
        """Watch a folder and all below it; report the files there as `found`."""
        grown: set[str] = set()
        listed: list[str] = []
        for folder, files in walk(root):
            if found is not None:
                self._report(found, listed)
            listed = files
            if self._add(folder):
                grown.add(folder)
        if found is not None:
            self._report(found, listed)
        return grown

    def _report(self, kind: ChangeKind, files: list[str]) -> None:
        for file in files:
            self._emit(kind, file)

    def _add(self, folder: str, mask: int = MASK) -> bool:
        """OSError only for the kernel's limits: a folder that has gone, or is closed to us, is simply not watched."""
        assert self._inotify is not None
        try:
            watch = self._inotify.add(folder, mask)
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            return False
        self._watches[folder] = watch
        self._folders.setdefault(watch, set()).add(folder)
        return True

    def _drop(self, folder: str) -> None:
        watch = self._watches.pop(folder, None)
        if watch is None:
            return
        names = self._folders.get(watch, set())
        names.discard(folder)
        if not names:
            self._folders.pop(watch, None)
            if self._inotify is not None:
                self._inotify.remove(watch)

    def _shrink(self, folder: str) -> None:
        for watched in [watched for watched in self._watches if beneath(watched, folder)]:
            self._drop(watched)

    def _await(self, folder: str) -> None:
        """A folder that is not there is looked for until it is; then everything in it is new."""
        if self._loop is not None and folder not in self._lost:
            self._lost[folder] = self._loop.call_later(AWAIT, self._look, folder)

    def _look(self, folder: str) -> None:
        self._lost.pop(folder, None)
        alone = [file for file in self._targets.files if os.path.dirname(file) == folder]
        if self._inotify is None or not (alone or folder in self._targets.trees):
            return
        try:
            if folder in self._targets.trees and os.path.isdir(folder):
                self._grow(folder, ChangeKind.CREATED)
            elif self._add(folder):
                self._report(ChangeKind.CREATED, [file for file in alone if os.path.exists(file)])
        except OSError as error:
            self._refused(error)
            return
        if folder not in self._watches:
            self._await(folder)

    def _readable(self) -> None:
        try:
            self._read()
        except OSError as error:
            self._refused(error)

    def _read(self) -> None:
        if self._inotify is None:
            return
        for watch, mask, name in self._inotify.read():
            if mask & Q_OVERFLOW:
                for root in self._targets.trees:
                    self._grow(root, ChangeKind.MODIFIED)
                self._report(ChangeKind.MODIFIED, sorted(self._targets.files))
                continue
            for folder in tuple(self._folders.get(watch, ())):
                if mask & (DELETE_SELF | MOVE_SELF):
                    self._gone(folder)
                elif name:
                    self._happened(folder, f"{folder.rstrip('/')}/{name}", name, mask)
            if mask & IGNORED:
                for folder in self._folders.pop(watch, set()):
                    self._watches.pop(folder, None)

    def _gone(self, folder: str) -> None:
        self._emit(ChangeKind.DELETED, folder)
        self._shrink(folder)
        for lost in (*self._targets.trees, *(os.path.dirname(file) for file in self._targets.files)):
            if beneath(lost, folder):
                self._await(lost)

    def _happened(self, folder: str, path: str, name: str, mask: int) -> None:
        in_tree = innermost(path, self._targets.trees) is not None
        if not in_tree and path not in self._targets.files:
            return
        if mask & IS_FOLDER:
            if mask & (CREATE | MOVED_TO):
                if enters(path) or path in self._targets.trees:
                    self._grow(path, ChangeKind.CREATED)
            else:
                self._gone(path)
            return
        if name == "pyvenv.cfg" and mask & (CREATE | MOVED_TO) and folder not in self._targets.trees:
            self._shrink(folder)
        elif mask & (CREATE | MOVED_TO):
            self._emit(ChangeKind.CREATED, path)
        elif mask & MODIFY:
            self._emit(ChangeKind.MODIFIED, path)
        else:
            self._emit(ChangeKind.DELETED, path)


def _raise(error: OSError) -> None:
    raise error
