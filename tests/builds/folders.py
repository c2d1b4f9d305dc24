"""Folders with files, and what is in a zip, as values: `{path: text}`."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Scripts (`#!`) are executable; `-> x` makes a link to x."""
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            file.write_bytes(text)
        elif text.startswith("-> "):
            os.symlink(text.removeprefix("-> "), file)
        else:
            file.write_text(text)
            if text.startswith("#!"):
                file.chmod(0o755)
    return folder


def content(file: Path) -> dict[str, str]:
    """What is in a zip, links as `write` takes them."""
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        found = {}
        for entry in archive.infolist():
            text = archive.read(entry).decode()
            found[entry.filename] = f"-> {text}" if stat.S_ISLNK(entry.external_attr >> 16) else text
        return found


def modes(file: Path) -> dict[str, str]:
    with zipfile.ZipFile(file) as archive:
        return {entry.filename: stat.filemode(entry.external_attr >> 16) for entry in archive.infolist()}
