"""Folders into zips, and zips into one: only what changed is read and compressed. I/O.

Beside a zip lies a note of what the folder held when it was packed and where each of its files lies in the zip. A file
counts as unchanged while its size, times and inode are what they were; and only if it had rested when it was looked at:
one that was saved less than two seconds before may be saved again without its times telling it, and is read again
(git's "racily clean" rule). One whose content turns out to be the same is not compressed again.
"""

from __future__ import annotations

import os
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from localstack_lite.builds import listing, sizes
from localstack_lite.builds.listing import Entry, Listing, Source
from localstack_lite.builds.zips import Content, Member, ZipReader, ZipWriter, content, digest_of
from localstack_lite.model.package import MOST_UNPACKED

Told = Callable[[int, int], None]
"""Bytes that are packed, and of how many."""

#: How long a file has to have rested, in ns. FAT counts in 2 s; everything else is finer.
RESTED = 2_000_000_000
#: A change of how packages are made makes all of them anew.
_FORMAT = 1
#: Bytes of files that are compressed ahead of being written, and on how many threads.
_AHEAD, _AT_ONCE = 32 << 20, min(4, os.cpu_count() or 1)
_STOPPING = "devserve is stopping"


class File(NamedTuple):
    """A file as it lies in a zip, and how it was when it was packed."""

    member: Member
    stamp: tuple[int, ...]
    link: str


class Pack(NamedTuple):
    """A folder as it was packed, at `looked` (epoch ns), into `HEX.zip`."""

    hexed: str
    looked: int
    files: tuple[File, ...]

    def has_rested(self, file: File) -> bool:
        return file.stamp[2] + RESTED < self.looked


class TooLarge(Exception):
    """More than AWS takes; nothing was compressed. `unpacked` bytes, and what of it is the largest."""

    def __init__(self, unpacked: int, largest: tuple[tuple[str, int], ...]) -> None:
        super().__init__(unpacked)
        self.unpacked = unpacked
        self.largest = largest


class Packing:
    """In one folder. Safe from several threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._alone: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._workers = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="zip")
        self._stopped = False

    def close(self) -> None:
        """What goes on ends with an OSError."""
        self._stopped = True
        self._workers.shutdown(wait=False, cancel_futures=True)

    def pack(self, source: Source, found: Listing | None, looked: int, told: Told) -> Pack:
        """`found` is what the folder holds now; None for one that is sealed."""
        with self._alone[source.name]:
            note = self._folder / f"{source.name}.pack"
            old = self._read(note)
            if found is None and old is not None:
                return old
            entries = (found or listing.look(source)).entries
            pack = self._made(entries, old, looked, told)
            write_note(note, [packing_format(), pack.hexed, pack.looked, [_row(file) for file in pack.files]])
            return pack

    def join(self, packs: Iterable[Pack], told: Told) -> tuple[str, list[Member]]:
        """One zip of several, later ones over earlier ones. Nothing is compressed."""
        packs = list(packs)
        kept = listing.merged([[file.member.path for file in pack.files] for pack in packs])
        chosen = [(pack, pack.files[at].member) for pack, mine in zip(packs, kept, strict=True) for at in mine.values()]
        chosen.sort(key=lambda one: os.fsencode(one[1].path))
        size = sum(member.size for _, member in chosen)
        with ExitStack() as stack:
            readers = {pack.hexed: stack.enter_context(ZipReader(self._zip(pack.hexed))) for pack in packs}
            writer = stack.enter_context(ZipWriter(self._folder))
            sent = 0
            for pack, member in chosen:
                self._go_on()
                writer.add(member, readers[pack.hexed].data(member))
                sent += member.size
                told(sent, size)
            return writer.done()[1], writer.members

    def _made(self, entries: tuple[Entry, ...], old: Pack | None, looked: int, told: Told) -> Pack:
        before = {file.member.path: file for file in old.files} if old is not None else {}
        same = {entry.path: file for entry in entries if (file := self._unchanged(entry, before, old)) is not None}
        if old is not None and len(same) == len(entries) == len(before):
            files = tuple(File(same[entry.path].member, entry.stamp, entry.link) for entry in entries)
            if all(file.member.mode == entry.mode for file, entry in zip(files, entries, strict=True)):
                return Pack(old.hexed, looked, files)
        size, sent = sum(entry.size for entry in entries), 0
        if size > MOST_UNPACKED:
            raise TooLarge(size, sizes.largest((entry.path, entry.size) for entry in entries))
        with ExitStack() as stack:
            reader = stack.enter_context(ZipReader(self._zip(old.hexed))) if same and old is not None else None
            writer = stack.enter_context(ZipWriter(self._folder))
            for entry, fresh in self._compressed(entries, same):
                self._go_on()
                if fresh is not None:
                    writer.add(fresh.member, (fresh.data,))
                elif reader is not None:
                    member = same[entry.path].member
                    writer.add(member._replace(mode=entry.mode), reader.data(member))
                sent += entry.size
                told(sent, size)
            hexed = writer.done()[1]
        files = tuple(
            File(member, entry.stamp, entry.link) for member, entry in zip(writer.members, entries, strict=True)
        )
        return Pack(hexed, looked, files)

    def _unchanged(self, entry: Entry, before: dict[str, File], old: Pack | None) -> File | None:
        file = before.get(entry.path)
        if file is None or old is None or bool(file.link) != bool(entry.link):
            return None
        if file.stamp == entry.stamp and file.link == entry.link and old.has_rested(file):
            return file
        self._go_on()
        same = file.member.size == entry.size and digest_of(entry.file, entry.link) == file.member.digest
        return file if same else None

    def _compressed(self, entries: Iterable[Entry], same: dict[str, File]) -> Iterator[tuple[Entry, Content | None]]:
        """All entries in order; with their content those that are not the same."""
        waiting: deque[tuple[Entry, Future[Content] | None]] = deque()
        ahead = 0
        for entry in entries:
            coming = None if entry.path in same else self._begun(entry)
            ahead += 0 if coming is None else entry.size
            waiting.append((entry, coming))
            while waiting and (ahead > _AHEAD or waiting[0][1] is None):
                first, coming = waiting.popleft()
                ahead -= 0 if coming is None else first.size
                yield first, self._got(coming)
        for first, coming in waiting:
            yield first, self._got(coming)

    def _begun(self, entry: Entry) -> Future[Content]:
        try:
            return self._workers.submit(content, entry.path, entry.mode, entry.file, entry.link)
        except RuntimeError:  # closed
            raise OSError(_STOPPING) from None

    def _got(self, coming: Future[Content] | None) -> Content | None:
        try:
            return coming.result() if coming is not None else None
        except CancelledError:
            raise OSError(_STOPPING) from None

    def _zip(self, hexed: str) -> Path:
        return self._folder / f"{hexed}.zip"

    def _read(self, note: Path) -> Pack | None:
        """None as well for one of another format, or whose zip is gone."""
        try:
            form, hexed, looked, files = orjson.loads(note.read_bytes())
            if form != packing_format() or not self._zip(hexed).exists():
                return None
            return Pack(hexed, looked, tuple(_file(row) for row in files))
        except (OSError, ValueError, TypeError, IndexError):
            return None

    def _go_on(self) -> None:
        if self._stopped:
            raise OSError(_STOPPING)


@cache
def packing_format() -> str:
    """What made the bytes: zips of another one are made anew, so that they are what they would be elsewhere."""
    import deflate

    return f"{_FORMAT} deflate {deflate.__version__}"


def _file(row: list[Any]) -> File:
    *member, stamp, link = row
    path, *rest = member
    return File(Member(_text(path), *rest), tuple(stamp), _text(link))


def _row(file: File) -> tuple[Any, ...]:
    """JSON has no names that are no UTF-8: each of their bytes is a letter (Latin-1)."""
    path, *rest = file.member
    return (os.fsencode(path).decode("latin-1"), *rest, file.stamp, os.fsencode(file.link).decode("latin-1"))


def _text(said: str) -> str:
    return os.fsdecode(said.encode("latin-1"))


def write_note(note: Path, value: object) -> None:
    """In one step: nobody reads half of one."""
    part = note.with_name(f"{note.name}.{os.getpid()}.{threading.get_ident()}.part")
    part.write_bytes(orjson.dumps(value))
    os.replace(part, note)
