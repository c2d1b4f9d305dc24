"""Code that is no folder yet → a folder under `.devserve/cache/code/`, named by its content. I/O."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from localstack_lite.config.refusal import Refusal
from localstack_lite.config.state import digest, state_folder

#: Lambda's limit for unpacked code with its layers, in bytes (AWS quotas).
MOST_UNPACKED = 250 * 1024 * 1024


def is_zip(file: Path) -> bool:
    return zipfile.is_zipfile(file)


def unpacked(root: Path, archive: Path) -> Path:
    """The folder with the content of a zip. One entry that leads outside of it, and the whole archive is refused."""
    return _made(root, digest(archive.read_bytes()), lambda folder: _extract(archive, folder))


def written(root: Path, text: str, suffix: str) -> Path:
    """The folder with one file, `index` + suffix."""
    return _made(root, digest(text, suffix), lambda folder: _write(folder / f"index{suffix}", text))


def _made(root: Path, name: str, fill: Callable[[Path], None]) -> Path:
    folder = root / ".devserve" / "cache" / "code" / name
    if folder.is_dir():
        return folder
    try:
        state_folder(root)
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=folder.parent, suffix=".part"))
        try:
            fill(part)
            part.chmod(0o755)
            os.replace(part, folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        if not folder.is_dir():  # else another devserve was faster
            raise Refusal(f"the code cannot be unpacked: {error}", "is .devserve/ writable?") from None
    return folder


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")


def _extract(archive: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(archive) as source:
            entries = source.infolist()
            if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
                raise Refusal(f"{archive.name} is over 250 MB unpacked, more than Lambda takes")
            for entry in entries:
                _check(archive, entry)
                target = Path(source.extract(entry, folder))
                if entry.external_attr >> 16 & 0o111 and not entry.is_dir():
                    target.chmod(0o755)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise Refusal(f"{archive.name} cannot be unpacked: {error}", "pack it again") from None


def _check(archive: Path, entry: zipfile.ZipInfo) -> None:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in entry.filename:
        raise Refusal(f"{archive.name} has an entry that leads outside: {entry.filename}", "pack it again")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise Refusal(f"{archive.name} has a symbolic link: {entry.filename}", "pack the file itself")
