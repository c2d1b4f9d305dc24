"""Code that is no folder yet → a folder under `.devserve/cache/`, named by its content. I/O.

Symbolic links are kept, as Lambda keeps them, as long as they stay inside the folder.
"""

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


def unpacked(root: Path, archive: Path, kind: str = "code") -> Path:
    """The folder with the content of a zip. One entry that leads outside of it, and the whole archive is refused."""
    return _made(root, digest(archive.read_bytes()), lambda folder: extract(archive, folder), kind)


def unpack(archive: Path, folder: Path) -> str:
    """Unpack into a folder that is empty. Answers why that cannot be, or nothing."""
    try:
        extract(archive, folder)
    except Refusal as refusal:
        return refusal.what
    return ""


def written(root: Path, text: str, suffix: str) -> Path:
    """The folder with one file, `index` + suffix."""
    return _made(root, digest(text, suffix), lambda folder: _write(folder / f"index{suffix}", text))


def _made(root: Path, name: str, fill: Callable[[Path], None], kind: str = "code") -> Path:
    folder = root / ".devserve" / "cache" / kind / name
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


def extract(archive: Path, folder: Path) -> None:
    """Unpack into a folder that is empty. A Refusal when it is no zip that Lambda would take."""
    try:
        with zipfile.ZipFile(archive) as source:
            entries = source.infolist()
            if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
                raise Refusal(f"{archive.name} is over 250 MB unpacked, more than Lambda takes")
            links = {entry.filename.rstrip("/") for entry in entries if _is_link(entry)}
            for entry in entries:
                _check(archive, entry, links)
            for entry in entries:
                if _is_link(entry):
                    continue
                target = Path(source.extract(entry, folder))
                if entry.external_attr >> 16 & 0o111 and not entry.is_dir():
                    target.chmod(0o755)
            # Last, so that nothing is written through one.
            for name in sorted(links):
                _link(archive, folder, name, source.read(name).decode())
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, KeyError) as error:
        raise Refusal(f"{archive.name} cannot be unpacked: {error}", "pack it again") from None


def _is_link(entry: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(entry.external_attr >> 16)


def _check(archive: Path, entry: zipfile.ZipInfo, links: set[str]) -> None:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    through = any(str(parent) in links for parent in path.parents)
    if path.is_absolute() or ".." in path.parts or ":" in entry.filename or through:
        raise Refusal(f"{archive.name} has an entry that leads outside: {entry.filename}", "pack it again")


def _link(archive: Path, folder: Path, name: str, target: str) -> None:
    place = folder / name
    place.parent.mkdir(parents=True, exist_ok=True)
    os.symlink(target, place)
    # Links are resolved as they are: one may lead through another.
    if os.path.isabs(target) or not Path(os.path.realpath(place)).is_relative_to(os.path.realpath(folder)):
        raise Refusal(f"{archive.name} has a link that leads outside: {name}", "pack the file itself")
