"""The packages that were made before, and which of them is asked for now: `.devserve/cache/packages/`. I/O.

`HEX.zip` are the zips, named by their SHA-256. `NAME.made` notes which of them the folders of a package became, and
what a look at these folders said: so an unchanged package is known without opening a file of it.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import threading
import time
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from localstack_lite.builds import listing, sizes
from localstack_lite.builds.listing import Source
from localstack_lite.builds.packing import RESTED, Packing, Told, packing_format, write_note

#: Zips go, the longest unused first, until there are no more bytes than that; but none of the last hour, when another
#: process may be about to send it. Notes go after so many seconds.
_MOST_BYTES, _YOUNG, _OLD = 1 << 30, 3600.0, 30 * 86400.0
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Zipped:
    """`secrets` and `astray` as in a `Listing`; `made`: it was not known before."""

    file: Path
    sha256: str
    size: int
    unpacked: int
    largest: tuple[tuple[str, int], ...]
    secrets: tuple[str, ...] = ()
    astray: tuple[str, ...] = ()
    made: bool = False


class Stock:
    """Safe from several threads. `now` is epoch ns."""

    def __init__(self, folder: Path, now: Callable[[], int] = time.time_ns) -> None:
        self._folder = folder
        self._now = now
        self._packing = Packing(folder)
        self._used: set[Path] = set()
        self._lock = threading.Lock()

    def close(self) -> None:
        """What is being zipped ends with an OSError."""
        self._packing.close()

    def zip(self, sources: Sequence[Source], told: Told) -> Zipped:
        """The zip of these folders, later ones over earlier ones. Raises OSError and TooLarge."""
        looked = self._now()
        listings = [None if source.sealed else listing.look(source) for source in sources]
        there = [one for one in listings if one is not None]
        secrets = tuple(path for one in there for path in one.secrets)
        astray = tuple(path for one in there for path in one.astray)
        state = _digest(one.fingerprint for one in there)
        newest = max((one.newest for one in there), default=0)
        note = self._folder / f"{_digest(source.name for source in sources)}.made"
        known = _read(note)
        if known.get("state") == state and newest + RESTED < known["looked"]:
            with contextlib.suppress(OSError):
                return self._zipped(known, secrets, astray)
        packs = [self._packing.pack(source, one, looked, told) for source, one in zip(sources, listings, strict=True)]
        parts = [pack.hexed for pack in packs]
        if known.get("parts") == parts:  # looked into, and the same
            with contextlib.suppress(OSError):
                same = {**known, "state": state, "looked": looked}
                found = self._zipped(same, secrets, astray)
                write_note(note, same)
                return found
        if len(packs) == 1:
            hexed, members = packs[0].hexed, [file.member for file in packs[0].files]
        else:
            hexed, members = self._packing.join(packs, told)
        files = [(member.path, member.size) for member in members]
        largest = sizes.largest(files)
        unpacked = sum(size for _, size in files)
        now = {"state": state, "looked": looked, "hex": hexed, "unpacked": unpacked, "largest": largest}
        write_note(note, {"format": packing_format(), "parts": parts, **now})
        return self._zipped(now, secrets, astray, made=hexed != known.get("hex"))

    def file(self, file: Path) -> Zipped:
        """A file that is pushed as it is; what is in it where it is a zip. Raises OSError."""
        looked, state = self._now(), list(listing.stamp_of(os.stat(file)))
        note = self._folder / f"{_digest([str(file)])}.file"
        known = _read(note)
        if known.get("state") == state and state[2] + RESTED < known["looked"]:
            return Zipped(file, known["sha256"], state[0], known["unpacked"], _pairs(known["largest"]))
        sha256 = _sha256(file)
        unpacked, largest = _inside(file)
        note.parent.mkdir(parents=True, exist_ok=True)
        now = {"state": state, "looked": looked, "sha256": sha256, "unpacked": unpacked, "largest": largest}
        write_note(note, {"format": packing_format(), **now})
        return Zipped(file, sha256, state[0], unpacked, largest, made=sha256 != known.get("sha256"))

    def prune(self) -> None:
        """What was used here stays."""
        zips: list[tuple[float, int, Path]] = []
        with contextlib.suppress(OSError), os.scandir(self._folder) as found:
            for entry in found:
                with contextlib.suppress(OSError):
                    state, path = entry.stat(), Path(entry.path)
                    age = self._now() / 1e9 - state.st_mtime
                    if path.suffix == ".zip":
                        zips.append((age, state.st_size, path))
                    elif age > _OLD or (path.suffix == ".part" and age > _YOUNG):
                        path.unlink()
        size = sum(one[1] for one in zips)
        for age, bytes_, path in sorted(zips, reverse=True):
            if size <= _MOST_BYTES or age < _YOUNG:
                return
            if path not in self._used:
                path.unlink(missing_ok=True)
                size -= bytes_

    def _zipped(
        self, known: Mapping[str, Any], secrets: tuple[str, ...], astray: tuple[str, ...], *, made: bool = False
    ) -> Zipped:
        file = self._folder / f"{known['hex']}.zip"
        state = file.stat()
        if self._now() / 1e9 - state.st_mtime > _YOUNG / 2:
            os.utime(file)  # used lately
        with self._lock:
            self._used.add(file)
        sha256 = base64.b64encode(bytes.fromhex(known["hex"])).decode()
        return Zipped(file, sha256, state.st_size, known["unpacked"], _pairs(known["largest"]), secrets, astray, made)


def _digest(parts: Iterable[str]) -> str:
    return hashlib.blake2b("\0".join(parts).encode(errors="surrogateescape"), digest_size=16).hexdigest()


def _pairs(rows: Iterable[Sequence[Any]]) -> tuple[tuple[str, int], ...]:
    return tuple((str(name), int(size)) for name, size in rows)


def _read(note: Path) -> dict[str, Any]:
    """Empty when there is none of this format."""
    try:
        found = orjson.loads(note.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and found.get("format") == packing_format() else {}


def _sha256(file: Path) -> str:
    with open(file, "rb") as source:
        return base64.b64encode(hashlib.file_digest(source, "sha256").digest()).decode()


def _inside(file: Path) -> tuple[int, tuple[tuple[str, int], ...]]:
    """Of a zip or a jar; of anything else its own size."""
    try:
        with zipfile.ZipFile(file) as archive:
            files = [(entry.filename, entry.file_size) for entry in archive.infolist()]
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return file.stat().st_size, ((file.name, file.stat().st_size),)
    return sum(size for _, size in files), sizes.largest(files)
