"""What goes into a package: the files of one folder, and those of several with the later ones over the earlier. I/O.

A listing looks at names, sizes and times, never into files, so it costs a few microseconds a file. What it says is the
same wherever the folder lies: paths are relative, sorted by their bytes; a file is executable or not, the rest of its
mode, its owner and its times are this machine's. Folders themselves are not part of it (git does not know empty ones
either), nor are sockets, pipes and devices.

Symbolic links that stay inside are links in the package too: Lambda unpacks them as links. A link that leads out of the
folder, or to something that is left out, stands for what it leads to.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from localstack_lite.builds.excludes import Excludes, is_secret

#: Modes in a package: `rw-r--r--`, `rwxr-xr-x`, and a link's.
PLAIN, PROGRAM, LINK = stat.S_IFREG | 0o644, stat.S_IFREG | 0o755, stat.S_IFLNK | 0o777

Stamp = tuple[int, int, int, int]
"""Size, modification and change time in ns, inode: while it is the same, the content is. The change time cannot be set
back, as `touch` sets the other one."""


@dataclass(frozen=True, slots=True)
class Source:
    """A folder whose content goes below `prefix` (`python/`, with its slash) of a package. `sealed`: it never changes
    under its name, so it is looked at once. `programs` are paths that are executable whatever the folder says.

    Excludes speak of paths below the folder; of what is installed, of paths in the package."""

    folder: Path
    prefix: str = ""
    excludes: Excludes = field(default_factory=Excludes)
    sealed: bool = False
    programs: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """Stands for it in names of files."""
        said = (str(self.folder), self.prefix, self.excludes, sorted(self.programs))
        return blake2b(repr(said).encode(errors="surrogateescape"), digest_size=16).hexdigest()


class Entry(NamedTuple):
    """One file of a package. `file` is where its content is; of a link, `link` is what it says."""

    path: str
    mode: int
    stamp: Stamp
    file: str
    link: str = ""

    @property
    def size(self) -> int:
        return len(os.fsencode(self.link)) if self.link else self.stamp[0]


@dataclass(frozen=True, slots=True)
class Listing:
    """`secrets` are `.env` files that were left out, `astray` links that lead nowhere. Paths in the package."""

    entries: tuple[Entry, ...]
    secrets: tuple[str, ...] = ()
    astray: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        said = repr([entry[:3] + entry[4:] for entry in self.entries])
        return blake2b(said.encode(errors="surrogateescape"), digest_size=16).hexdigest()

    @property
    def newest(self) -> int:
        """When something was changed last, in ns."""
        return max((entry.stamp[2] for entry in self.entries), default=0)


def look(source: Source) -> Listing:
    """Raises OSError where a folder cannot be read."""
    walk = _Walk(source)
    walk.folder(str(source.folder), "", inside=True)
    entries = sorted(walk.entries, key=lambda entry: os.fsencode(entry.path))
    return Listing(tuple(entries), tuple(sorted(walk.secrets)), tuple(sorted(walk.astray)))


class _Walk:
    """`path` is below the source's prefix and ends with a slash, or is empty."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._above_all = source.prefix if source.excludes.installed else ""
        self._root = os.path.realpath(source.folder)
        self._above: list[str] = []
        self.entries: list[Entry] = []
        self.secrets: list[str] = []
        self.astray: list[str] = []

    def folder(self, place: str, path: str, *, inside: bool) -> None:
        """`inside`: it really is in the source; else a link led to it, and links in it are followed."""
        with os.scandir(place) as found:
            listed = list(found)
        names = {entry.name for entry in listed}
        if path and self._leaves_out(path[:-1], names, folder=True):
            return
        for entry in listed:
            inner = path + entry.name
            if entry.is_symlink():
                self._link(entry, inner, names, inside=inside)
            elif entry.is_dir(follow_symlinks=False):
                self.folder(entry.path, f"{inner}/", inside=inside)
            elif not self._leaves_out(inner, names):
                self._file(entry.path, inner, entry.stat(follow_symlinks=False))
            elif is_secret(entry.name):
                self.secrets.append(self._source.prefix + inner)

    def _file(self, file: str, path: str, state: os.stat_result) -> None:
        if not stat.S_ISREG(state.st_mode):
            return
        program = state.st_mode & stat.S_IXUSR or path in self._source.programs
        mode = PROGRAM if program else PLAIN
        self.entries.append(Entry(self._source.prefix + path, mode, stamp_of(state), file))

    def _link(self, entry: os.DirEntry[str], path: str, names: set[str], *, inside: bool) -> None:
        if self._leaves_out(path, names) or self._leaves_out(path, names, folder=True):
            self.secrets += [self._source.prefix + path] if is_secret(entry.name) else []
            return
        real = os.path.realpath(entry.path)
        if inside and self._keeps(real):
            # Whatever it says, and through however many others it leads: this says it wherever it is unpacked.
            said = os.path.relpath(real, os.path.realpath(os.path.dirname(entry.path)))
            state = stamp_of(entry.stat(follow_symlinks=False))
            self.entries.append(Entry(self._source.prefix + path, LINK, state, entry.path, said))
            return
        try:
            state_there = os.stat(entry.path)
        except OSError:  # it leads nowhere, or in a circle
            self.astray.append(self._source.prefix + path)
            return
        if not stat.S_ISDIR(state_there.st_mode):
            self._file(entry.path, path, state_there)
        elif real in self._above or _within(os.path.realpath(os.path.dirname(entry.path)), real):
            self.astray.append(self._source.prefix + path)
        else:
            self._above.append(real)
            self.folder(entry.path, f"{path}/", inside=False)
            self._above.pop()

    def _leaves_out(self, path: str, beside: Container[str], *, folder: bool = False) -> bool:
        return self._source.excludes.leaves_out(self._above_all + path, beside, folder=folder)

    def _keeps(self, real: str) -> bool:
        """Whether what a link leads to is in the package as well."""
        if not _within(real, self._root) or not os.path.lexists(real):
            return False
        path = os.path.relpath(real, self._root)
        if path == os.curdir:
            return True
        parts = path.split(os.sep)
        for count in range(1, len(parts) + 1):
            part = "/".join(parts[:count])
            place = os.path.join(self._root, *parts[:count])
            folder = os.path.isdir(place)
            beside = os.listdir(place if folder else os.path.dirname(place))
            if self._leaves_out(part, beside, folder=folder):
                return False
        return True


def stamp_of(state: os.stat_result) -> Stamp:
    return (state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino)


def merged(listings: Sequence[Sequence[str]]) -> list[dict[str, int]]:
    """Which paths of each listing are in the whole, with their place in it: a later listing's file hides what an
    earlier one has there, be it a file, or a folder with all that is in it. Unsorted."""
    files: set[str] = set()
    folders: set[str] = set()
    kept: list[dict[str, int]] = []
    for paths in reversed(listings):
        mine = {
            path: at
            for at, path in enumerate(paths)
            if path not in files and path not in folders and not any(above in files for above in _above(path))
        }
        files.update(mine)
        for path in mine:
            folders.update(_above(path))
        kept.append(mine)
    return kept[::-1]


def _above(path: str) -> Iterator[str]:
    """The folders that a path lies in."""
    at = path.rfind("/")
    while at > 0:
        yield path[:at]
        at = path.rfind("/", 0, at)


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
