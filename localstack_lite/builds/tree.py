"""Folders that are made: put in place, merged, copied. I/O.

A file is replaced in one step, so nobody ever reads half of one; a folder that keeps its identity stays mounted in the
containers that have it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

#: What is never part of a build's source: other tools' state, and results of earlier builds.
NOT_SOURCE = frozenset({".git", ".hg", ".devserve", ".aws-sam", ".venv", "venv", "__pycache__", "cdk.out"})


def claim(root: Path) -> None:
    """The folder of our own state: not for version control, and no part of any package of the user's."""
    state = root / ".devserve"
    state.mkdir(parents=True, exist_ok=True)
    for name, text in ((".gitignore", "*\n"), ("package.json", "{}\n")):
        if not (state / name).exists():
            (state / name).write_text(text, encoding="utf-8")


@contextmanager
def part(target: Path) -> Iterator[Path]:
    """An empty folder beside the target, on the same file system, for what will be put there; gone afterwards."""
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name[:40]}.", suffix=".part"))
    try:
        folder.chmod(0o755)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o755)


def put(made: Path, target: Path) -> None:
    """`target` becomes what was made, at once. For folders named by their content: whoever was faster wins."""
    try:
        os.replace(made, target)
    except OSError:
        if not target.is_dir():
            raise


def refill(made: Path, target: Path) -> None:
    """`target` gets the content of what was made, file by file, and loses what it had more; it stays the same folder.
    Files that are the same are left alone."""
    target.mkdir(parents=True, exist_ok=True)
    wanted: set[str] = set()
    for place, folders, files in os.walk(made):
        inside = os.path.relpath(place, made)
        links = [name for name in folders if os.path.islink(os.path.join(place, name))]
        for name in folders:
            path = os.path.normpath(os.path.join(inside, name))
            wanted.add(path)
            there = target / path
            if name not in links:
                _clear(there, unless_folder=True)
                there.mkdir(exist_ok=True)
        for name in (*files, *links):
            path = os.path.normpath(os.path.join(inside, name))
            wanted.add(path)
            there = target / path
            if there.is_dir() and not there.is_symlink():
                shutil.rmtree(there)
            if not _same(made / path, there):
                os.replace(made / path, there)
    _remove_others(target, wanted)


def merge(folders: Iterable[Path], target: Path, ignored: Collection[str] = frozenset({".devserve"})) -> None:
    """The content of all folders in one, that of later ones over that of earlier ones. Modes and links are kept;
    files are the same files (hard links) where the system allows it."""
    for folder in folders:
        for place, names, files in os.walk(folder):
            names[:] = [name for name in names if name not in ignored]
            inside = target / os.path.relpath(place, folder)
            links = [name for name in names if os.path.islink(os.path.join(place, name))]
            for name in names:
                if name not in links:
                    _clear(inside / name, unless_folder=True)
                    (inside / name).mkdir(exist_ok=True)
            for name in (*files, *links):
                _clear(inside / name)
                _link(Path(place) / name, inside / name)


def copy(source: Path, target: Path, ignored: Collection[str] = NOT_SOURCE) -> None:
    """Bring a copy of a source up to date. What a build has put there beside it stays, so that the next one is quick;
    what the source has lost goes."""
    target.mkdir(parents=True, exist_ok=True)
    listing = target.with_name(target.name + ".files")
    before = set(listing.read_text("utf-8", "surrogateescape").split("\0")) if listing.exists() else set()
    now: set[str] = set()
    for place, folders, files in os.walk(source):
        folders[:] = [name for name in folders if name not in ignored]
        inside = os.path.relpath(place, source)
        links = [name for name in folders if os.path.islink(os.path.join(place, name))]
        (target / inside).mkdir(parents=True, exist_ok=True)
        for name in (*files, *links):
            path = os.path.normpath(os.path.join(inside, name))
            now.add(path)
            if not _same(source / path, target / path):
                _clear(target / path)
                shutil.copy2(source / path, target / path, follow_symlinks=False)
    for path in before - now:
        if path and (target / path).is_file():
            (target / path).unlink()
    listing.write_text("\0".join(sorted(now)), "utf-8", "surrogateescape")


def size(folder: Path, ignored: Collection[str] = NOT_SOURCE) -> int:
    """Bytes of all files below."""
    whole = 0
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in ignored]
        for name in files:
            try:
                whole += os.lstat(os.path.join(place, name)).st_size
            except OSError:
                continue
    return whole


def prune(folder: Path, beginning: str, keep: int, used: Collection[Path]) -> None:
    """Remove the oldest of a folder's entries with such names, but not what is used."""
    old = sorted((p for p in folder.glob(f"{beginning}*") if p.is_dir() and p not in used), key=_age)
    for path in old[: max(0, len(old) - keep)]:
        shutil.rmtree(path, ignore_errors=True)


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _clear(path: Path, *, unless_folder: bool = False) -> None:
    if path.is_dir() and not path.is_symlink():
        if not unless_folder:
            shutil.rmtree(path)
    elif path.is_symlink() or path.exists():
        path.unlink()


def _link(source: Path, target: Path) -> None:
    if source.is_symlink():
        os.symlink(os.readlink(source), target)
        return
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _same(one: Path, other: Path) -> bool:
    """Surely the same content: the same size and time, or the same target of a link."""
    try:
        a, b = one.lstat(), other.lstat()
    except OSError:
        return False
    if one.is_symlink() or other.is_symlink():
        return one.is_symlink() and other.is_symlink() and os.readlink(one) == os.readlink(other)
    return (a.st_size, a.st_mtime_ns, a.st_mode) == (b.st_size, b.st_mtime_ns, b.st_mode)


def _remove_others(target: Path, wanted: Collection[str]) -> None:
    for place, folders, files in os.walk(target, topdown=False):
        inside = os.path.relpath(place, target)
        for name in (*files, *folders):
            if os.path.normpath(os.path.join(inside, name)) not in wanted:
                path = Path(place) / name
                if path.is_dir() and not path.is_symlink():
                    path.rmdir()
                else:
                    path.unlink()
