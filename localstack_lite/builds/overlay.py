"""Files that go over the code of a package, as a folder: named by its content, made once. I/O: writes the folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from localstack_lite.builds import tree


def overlay(root: Path, kind: str, files: Mapping[str, bytes]) -> Path:
    """`files` by their paths in the package. The folder is in the project's state, among others of its `kind`. Raises
    OSError."""
    digest = sha256(repr(sorted(files.items())).encode()).hexdigest()[:16]
    folder = root / ".devserve" / "cache" / kind / digest
    if folder.is_dir():
        return folder
    tree.claim(root)
    made = folder.with_name(f"{digest}.{os.getpid()}")
    for name, content in files.items():
        place = made / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    try:
        made.rename(folder)
    except OSError:  # another process made it meanwhile
        shutil.rmtree(made, ignore_errors=True)
    return folder
