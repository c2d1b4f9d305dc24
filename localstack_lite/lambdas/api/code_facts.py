"""What there is to say about a function's code as a package: its size, its fingerprint, when it was last changed.

On AWS these are facts of an uploaded zip. Here there is a folder, so the hash is one of names, sizes and times: it
changes when a file was saved, which is what clients compare it for, but it never equals the hash of a real upload.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from localstack_lite.model.function import Code

_NOT_CODE = frozenset({"__pycache__"})


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """`size` in bytes, unpacked; `sha256` base64, as AWS writes it; `modified` in epoch seconds."""

    size: int
    sha256: str
    modified: float


async def measure(code: Code) -> CodeFacts:
    """Look at the folder, off the event loop: it may hold many files."""
    return await asyncio.to_thread(look, code.folder)


def look(folder: Path) -> CodeFacts:
    """Hidden folders and caches are not counted. A file that vanishes meanwhile is left out, so is a folder that is
    not there: the facts are then those of an empty package."""
    size, modified = 0, 0.0
    digest = hashlib.sha256()
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _NOT_CODE and not name.startswith("."))
        for name in sorted(files):
            path = os.path.join(parent, name)
            try:
                facts = os.stat(path)
            except OSError:
                continue
            size += facts.st_size
            modified = max(modified, facts.st_mtime)
            digest.update(f"{os.path.relpath(path, folder)}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return CodeFacts(size, base64.b64encode(digest.digest()).decode(), modified)
