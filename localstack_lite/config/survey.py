"""How big a folder is, and whether its content changed since. I/O: looks at every file's status, reads none."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

_NOT_CONTENT = frozenset({"__pycache__", ".git", ".DS_Store", ".devserve"})


def survey(folder: Path) -> tuple[int, str]:
    """Size in bytes, and 32 hex digits that change when a file is added, removed, renamed or saved. Links count as
    links: what they lead to is not looked at."""
    size = 0
    whole = hashlib.sha256()
    for place, folders, files in os.walk(folder):
        links = [name for name in folders if os.path.islink(os.path.join(place, name))]
        folders[:] = sorted(name for name in folders if name not in _NOT_CONTENT and name not in links)
        for name in sorted((*files, *links)):
            path = os.path.join(place, name)
            try:
                facts = os.lstat(path)
            except OSError:
                continue  # gone in this moment
            if name in _NOT_CONTENT:
                continue
            size += facts.st_size
            inside = os.path.relpath(path, folder)
            whole.update(f"{inside}\0{facts.st_size}\0{facts.st_mtime_ns}\0{facts.st_mode}\n".encode(errors="replace"))
    return size, whole.hexdigest()[:32]
