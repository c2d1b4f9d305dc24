from __future__ import annotations

import hashlib
import os
import shutil
import stat
import subprocess
import tempfile
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localstack_lite.builds.listing import LINK, PLAIN, PROGRAM, Source
from localstack_lite.builds.stock import Stock
from localstack_lite.builds.zips import DEFLATED, STORED, Member, ZipReader, ZipWriter, content, digest_of
from tests.builds.folders import content as unzipped
from tests.builds.folders import modes, write


def made(folder: Path, state: Path) -> bytes:
    return Stock(state).zip([Source(folder)], lambda sent, size: None).file.read_bytes()


def zipped(folder: Path, *members: tuple[str, int, bytes]) -> Path:
    with ZipWriter(folder) as writer:
        for number, (path, mode, data) in enumerate(members):
            file = folder / f"{number}"
            file.write_bytes(data)
            one = content(path, mode, str(file))
            writer.add(one.member, (one.data,))
        return writer.done()[0]


def test_the_zip_is_named_by_its_hash_and_nothing_else_is_left(tmp_path: Path) -> None:
    place = tmp_path / "zips"
    write(tmp_path, {"f/a": "1"})
    with ZipWriter(place) as writer:
        one = content("a", PLAIN, str(tmp_path / "f" / "a"))
        writer.add(one.member, (one.data,))
        file, hexed = writer.done()
    assert hashlib.sha256(file.read_bytes()).hexdigest() == hexed == file.stem
    assert list(place.iterdir()) == [file]
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


def test_of_one_that_is_given_up_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(KeyError), ZipWriter(tmp_path):
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_every_byte_of_a_small_zip_is_known(tmp_path: Path) -> None:
    data = zipped(tmp_path, ("app.py", PLAIN, b"x = 1\n")).read_bytes()
    local = bytes.fromhex("504b0304 1400 0000 0000 0000 2100") + crc(b"x = 1\n")
    sizes = (6).to_bytes(4, "little") * 2
    name = (6).to_bytes(2, "little") + b"\0\0"
    begin = local + sizes + name + b"app.py" + b"x = 1\n"
    central = bytes.fromhex("504b0102 1403 1400 0000 0000 0000 2100") + crc(b"x = 1\n") + sizes + name
    central += bytes(6) + (PLAIN << 16).to_bytes(4, "little") + bytes(4) + b"app.py"
    end = bytes.fromhex("504b0506 0000 0000 0100 0100") + len(central).to_bytes(4, "little")
    end += len(begin).to_bytes(4, "little") + bytes(2)
    assert data == begin + central + end


def crc(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(4, "little")


def test_what_does_not_get_smaller_is_stored(tmp_path: Path) -> None:
    noise = os.urandom(1000)
    file = zipped(tmp_path, ("noise", PLAIN, noise), ("zeros", PLAIN, bytes(1000)), ("empty", PLAIN, b""))
    with zipfile.ZipFile(file) as archive:
        assert [entry.compress_type for entry in archive.infolist()] == [STORED, DEFLATED, STORED]
        assert archive.read("noise") == noise
        assert archive.read("zeros") == bytes(1000)


def test_a_file_too_large_for_memory_is_the_same_as_any(tmp_path: Path) -> None:
    big = tmp_path / "big"
    big.write_bytes(b"0123456789abcdef" * (1 << 16) * 9)  # above what is read at once
    one = content("big", PLAIN, str(big))
    assert one.member.size == 9 << 20
    assert one.member.digest == digest_of(str(big))
    with ZipWriter(tmp_path / "zips") as writer:
        writer.add(one.member, (one.data,))
        file, _ = writer.done()
    with zipfile.ZipFile(file) as archive:
        assert archive.read("big") == big.read_bytes()


def test_what_was_compressed_is_read_back_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a" * 5000)
    one = content("a", PROGRAM, str(tmp_path / "a"))
    with ZipWriter(tmp_path / "zips") as writer:
        writer.add(one.member, (one.data,))
        file, _ = writer.done()
    with ZipReader(file) as reader:
        assert b"".join(reader.data(writer.members[0])) == bytes(one.data)


def test_a_member_that_is_not_what_it_said_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="it changed"), ZipWriter(tmp_path) as writer:
        writer.add(Member("a", PLAIN, 3, 0, STORED, 3, 0, ""), (b"12",))
    assert list(tmp_path.iterdir()) == []


def test_more_than_65535_files_make_a_zip64_and_fewer_do_not(tmp_path: Path) -> None:
    for count, expected in ((70_000, True), (10, False)):
        with ZipWriter(tmp_path) as writer:
            for number in range(count):
                writer.add(Member(f"{number:06}", PLAIN, 0, 0, STORED, 0, 0, ""), ())
            file, _ = writer.done()
        assert (b"PK\6\6" in file.read_bytes()[-200:]) is expected
        with zipfile.ZipFile(file) as archive:
            assert len(archive.namelist()) == count
            assert archive.namelist()[-1] == f"{count - 1:06}"


def test_names_that_are_no_ascii_and_no_utf_8_are_kept(tmp_path: Path) -> None:
    file = zipped(tmp_path, ("grüße.txt", PLAIN, b"1"), (os.fsdecode(b"b\xffd"), PLAIN, b"2"))
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
    assert entries[0].filename == "grüße.txt"
    assert entries[1].orig_filename.encode("cp437") == b"b\xffd"


def test_the_same_content_is_the_same_bytes_wherever_and_however_it_came_to_be(tmp_path: Path) -> None:
    files = {
        "app.py": "import lib\n" * 50,
        "lib/__init__.py": "",
        "lib/data.json": "[]" * 4000,
        "bin/run": "#!/bin/sh\n",
        "link": "-> lib/data.json",
        "ä/ü.txt": "u",
    }
    here = write(tmp_path / "here", files)
    before = os.umask(0o077)
    try:
        there = write(tmp_path / "a much deeper" / "place" / "there", dict(reversed(files.items())))
    finally:
        os.umask(before)
    for place, _, names in os.walk(there):
        for number, name in enumerate(names):
            os.utime(os.path.join(place, name), (number * 1e6, number * 1e7), follow_symlinks=False)
            if os.geteuid() == 0:
                os.chown(os.path.join(place, name), 1234, 4321, follow_symlinks=False)
    (there / "__pycache__").mkdir()
    (there / "__pycache__" / "app.cpython-311.pyc").write_bytes(b"0")
    one, other = made(here, tmp_path / "s1"), made(there, tmp_path / "s2")
    assert one == other
    shutil.rmtree(tmp_path / "s1")
    assert made(here, tmp_path / "s1") == one


def test_unzip_makes_of_it_what_was_there(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "a.py": "x" * 5000,
        "bin/run": "#!/bin/sh\necho ran\n",
        "to": "-> bin/run",
        "ü": "u",
    }
    write(tmp_path / "code", files)
    (tmp_path / "code" / "a.py").chmod(0o600)
    file = tmp_path / "a.zip"
    file.write_bytes(made(tmp_path / "code", tmp_path / "state"))
    out = tmp_path / "out"
    subprocess.run(["unzip", "-q", str(file), "-d", str(out)], check=True, timeout=60)
    assert subprocess.run([str(out / "to")], capture_output=True, check=True, timeout=60).stdout == b"ran\n"
    assert os.readlink(out / "to") == "bin/run"
    assert (out / "a.py").read_text() == "x" * 5000
    assert stat.S_IMODE((out / "a.py").stat().st_mode) == 0o644
    assert stat.S_IMODE((out / "bin" / "run").stat().st_mode) == 0o755


NAMES = st.text("abcé._-", min_size=1, max_size=4).filter(lambda name: name not in (".", "..") and ".pyc" not in name)
TREES = st.dictionaries(
    st.lists(NAMES, min_size=1, max_size=3).map("/".join),
    st.tuples(st.binary(max_size=2000) | st.binary(max_size=5).map(lambda part: part * 1000), st.booleans()),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(TREES)
def test_whatever_the_tree_two_copies_are_one_zip_that_holds_all_of_it(tree: dict[str, tuple[bytes, bool]]) -> None:
    files = {path: said for path, said in tree.items() if not any(other.startswith(f"{path}/") for other in tree)}
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        for folder, order in (("one", sorted(files)), ("two", sorted(files, reverse=True))):
            for path in order:
                write(root / folder, {path: files[path][0]})
                (root / folder / path).chmod(0o700 if files[path][1] else 0o400)
        data = made(root / "one", root / "s1")
        assert data == made(root / "two", root / "s2")
        (root / "zip").write_bytes(data)
        with zipfile.ZipFile(root / "zip") as archive:
            names = archive.namelist()
            assert names == sorted(files, key=str.encode)
            assert {name: archive.read(name) for name in names} == {path: said[0] for path, said in files.items()}
            stamps = {entry.date_time for entry in archive.infolist()}
        assert stamps == {(1980, 1, 1, 0, 0, 0)}
        assert modes(root / "zip") == {
            path: "-rwxr-xr-x" if program else "-rw-r--r--" for path, (_, program) in files.items()
        }


def test_links_are_links_in_the_zip(tmp_path: Path) -> None:
    write(tmp_path / "code", {"lib/a": "1", "lib/b": "-> a"})
    (tmp_path / "a.zip").write_bytes(made(tmp_path / "code", tmp_path / "state"))
    assert unzipped(tmp_path / "a.zip") == {"lib/a": "1", "lib/b": "-> a"}
    assert modes(tmp_path / "a.zip")["lib/b"] == stat.filemode(LINK)
