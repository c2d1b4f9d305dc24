"""Zips whose bytes depend on nothing but their content: writing one, member by member. I/O.

The same on every machine: members sorted by the bytes of their paths, all of them from 1980-01-01, readable by
everybody and executable or not, without owners and extra fields, with sizes ahead of the data.

*How they are compressed* decides whether that holds. zlib is not one program: zlib-ng, Apple's, Intel's and
Cloudflare's make different bytes, and operating systems ship any of them. Storing is the same everywhere and means
three times the bytes: 42 MB of Python packages are 13.5 MB compressed. So libdeflate does it, which comes inside of its
Python package (`deflate`) and so is the same on every system. Level 6: 0.6 s for those 42 MB on one core, where zlib
takes 2.0 s for a result as large. Another release of libdeflate may make other bytes; then code is pushed once more.

What was compressed once is copied from the zip that it is in, so a zip with one new file costs a copy.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import struct
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

LEVEL = 6
STORED, DEFLATED = 0, 8
#: Files above are not read into memory but mapped.
_MAPPED = 8 << 20
_BLOCK = 1 << 20
#: 1980-01-01 00:00:00, the first moment that a zip can name; Unix, version 2.0; names in UTF-8.
_TIME, _DAY, _UNIX, _VERSION, _UTF8 = 0, 0x21, 3 << 8, 20, 0x800
_MOST_MEMBERS, _MOST_BYTES = 0xFFFF, 0xFFFFFFFF


class Member(NamedTuple):
    """`size` as it is, `packed` as it lies in the zip from `offset` on. `digest` stands for the content."""

    path: str
    mode: int
    size: int
    crc: int
    method: int
    packed: int
    offset: int
    digest: str


class Content(NamedTuple):
    """A file's content, ready to be written. `offset` of the member is not known yet."""

    member: Member
    data: bytes | bytearray


def content(path: str, mode: int, file: str, link: str = "") -> Content:
    """Read and compress a file; a link's content is what it says."""
    if link:
        return _packed(path, mode, os.fsencode(link))
    with open(file, "rb") as source:
        if os.fstat(source.fileno()).st_size <= _MAPPED:
            return _packed(path, mode, source.read())
        with mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            return _packed(path, mode, mapped)


def digest_of(file: str, link: str = "") -> str:
    """As in `Member.digest`."""
    whole = hashlib.blake2b(os.fsencode(link) if link else b"", digest_size=16)
    if not link:
        with open(file, "rb") as source:
            while block := source.read(_BLOCK):
                whole.update(block)
    return whole.hexdigest()


def _packed(path: str, mode: int, data: bytes | mmap.mmap) -> Content:
    from deflate import deflate_compress

    size, digest = len(data), hashlib.blake2b(data, digest_size=16).hexdigest()
    packed: bytes | bytearray = deflate_compress(data, LEVEL) if size else b""
    method = DEFLATED
    if len(packed) >= size:
        packed, method = bytes(data), STORED
    return Content(Member(path, mode, size, zlib.crc32(data), method, len(packed), 0, digest), packed)


class ZipWriter:
    """Writes beside the place where the zip will be. Members come in the order in which they will be. Use it in a
    `with`: unless `done` was called, nothing is left of it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        handle, self._name = tempfile.mkstemp(dir=folder, suffix=".part")
        self._file: BinaryIO = os.fdopen(handle, "wb", _BLOCK)
        self._folder = folder
        self._hash = hashlib.sha256()
        self._directory: list[bytes] = []
        self.members: list[Member] = []
        self.size = 0

    def __enter__(self) -> ZipWriter:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()
        if self._name:
            os.unlink(self._name)

    def add(self, member: Member, data: Iterable[bytes | bytearray]) -> None:
        """`data` is `member.packed` bytes."""
        name = os.fsencode(member.path)
        if max(self.size, member.size, member.packed) >= _MOST_BYTES or len(name) > 0xFFFF:
            raise OSError(f"{member.path}: too large for a package")
        offset = self.size
        told = (_flags(name), member.method, _TIME, _DAY, member.crc, member.packed, member.size, len(name), 0)
        self._write(struct.pack("<4s5H3I2H", b"PK\3\4", _VERSION, *told) + name)
        begin = self.size
        for block in data:
            self._write(block)
        if self.size - begin != member.packed:
            raise OSError(f"{member.path}: it changed while it was packed")
        more = (0, 0, 0, member.mode << 16, offset)
        self._directory.append(struct.pack("<4s6H3I5H2I", b"PK\1\2", _UNIX | _VERSION, _VERSION, *told, *more) + name)
        self.members.append(member._replace(offset=begin))

    def done(self) -> tuple[Path, str]:
        """The zip, in the folder, named `HEX.zip` by its SHA-256; and the hex. Whoever was faster made the same one."""
        begin, count = self.size, len(self._directory)
        for entry in self._directory:
            self._write(entry)
        length = self.size - begin
        if count >= _MOST_MEMBERS or begin >= _MOST_BYTES:
            end = self.size
            self._write(struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, _UNIX | 45, 45, 0, 0, count, count, length, begin))
            self._write(struct.pack("<4sIQI", b"PK\6\7", 0, end, 1))
        count, begin = min(count, _MOST_MEMBERS), min(begin, _MOST_BYTES)
        self._write(struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, length, begin, 0))
        self._file.close()
        hexed = self._hash.hexdigest()
        file = self._folder / f"{hexed}.zip"
        os.chmod(self._name, 0o644)
        os.replace(self._name, file)
        self._name = ""
        return file, hexed

    def _write(self, data: bytes | bytearray) -> None:
        self._file.write(data)
        self._hash.update(data)
        self.size += len(data)


class ZipReader:
    """Takes what is compressed already out of a zip that `ZipWriter` made. Use it in a `with`."""

    def __init__(self, file: Path) -> None:
        self._file = open(file, "rb")  # noqa: SIM115  closed by the `with` that it is used in

    def __enter__(self) -> ZipReader:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def data(self, member: Member) -> Iterator[bytes]:
        self._file.seek(member.offset)
        left = member.packed
        while left and (block := self._file.read(min(left, _BLOCK))):
            left -= len(block)
            yield block


def _flags(name: bytes) -> int:
    """Names that are no UTF-8 are written as they are."""
    if name.isascii():
        return 0
    try:
        name.decode()
    except UnicodeDecodeError:
        return 0
    return _UTF8
