"""Reads the files of the static folder.

A small file is read at once: that takes some tens of microseconds, less than handing it to a thread.
"""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path

from localstack_lite.gateway.static import StaticFile

#: Bytes up to which a file is read on the event loop's thread.
SMALL = 256 * 1024


class StaticFolder:
    """Is a `StaticFiles`. What is really elsewhere (a link out of the folder) is not there."""

    def __init__(self, folder: Path) -> None:
        self._root = os.path.realpath(folder)

    async def read(self, name: str) -> StaticFile | None:
        try:
            path, size, modified = self._found(name)
            content = _content(path) if size <= SMALL else await asyncio.to_thread(_content, path)
        except (OSError, ValueError):  # gone, elsewhere, not ours to read, a name no file can have
            return None
        return StaticFile(content, modified)

    def _found(self, name: str) -> tuple[str, int, int]:
        """Path, size and time of change."""
        path = os.path.realpath(os.path.join(self._root, name))
        if os.path.commonpath((self._root, path)) != self._root:
            raise FileNotFoundError(name)
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode):
            raise FileNotFoundError(name)
        return path, found.st_size, found.st_mtime_ns


def _content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
