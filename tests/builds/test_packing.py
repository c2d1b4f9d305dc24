from __future__ import annotations

import os
import time
from pathlib import Path

import orjson
import pytest

from localstack_lite.builds.listing import Source, look
from localstack_lite.builds.packing import Pack, Packing, TooLarge
from tests.builds.folders import content, write

#: Everything has rested long since.
LATER = 3600 * 10**9


class Bench:
    """A packing in a folder, and how many bytes it told to have packed, call by call."""

    def __init__(self, root: Path) -> None:
        self.place = root / "zips"
        self.packing = Packing(self.place)
        self.told: list[int] = []

    def pack(self, folder: Path, *, late: bool = True, sealed: bool = False) -> Pack:
        self.told = []
        source = Source(folder, sealed=sealed)
        looked = time.time_ns() + (LATER if late else 0)
        found = None if sealed else look(source)
        return self.packing.pack(source, found, looked, lambda sent, size: self.told.append(sent))

    def content(self, pack: Pack) -> dict[str, str]:
        return content(self.place / f"{pack.hexed}.zip")


def test_an_unchanged_folder_is_not_packed_again(tmp_path: Path) -> None:
    bench, code = Bench(tmp_path), write(tmp_path / "code", {"a": "1" * 100, "b": "2"})
    first = bench.pack(code)
    assert bench.told[-1] == 101
    assert bench.pack(code).hexed == first.hexed
    assert bench.told == []


def test_one_new_file_makes_the_zip_that_would_be_made_from_nothing(tmp_path: Path) -> None:
    bench, code = Bench(tmp_path), write(tmp_path / "code", {"a": "1" * 100, "b/c": "2", "d": "-> a"})
    bench.pack(code)
    write(code, {"b/c": "other", "e": "new"})
    (code / "d").unlink()
    again = bench.pack(code)
    assert bench.content(again) == {"a": "1" * 100, "b/c": "other", "e": "new"}
    assert Bench(tmp_path / "fresh").pack(code).hexed == again.hexed


def test_a_change_that_keeps_size_and_time_is_seen(tmp_path: Path) -> None:
    bench, code = Bench(tmp_path), write(tmp_path / "code", {"a": "one"})
    bench.pack(code)
    times = (code / "a").stat()
    write(code, {"a": "two"})
    os.utime(code / "a", ns=(times.st_atime_ns, times.st_mtime_ns))
    assert bench.content(bench.pack(code)) == {"a": "two"}


def test_what_is_saved_again_within_the_same_tick_is_seen(tmp_path: Path) -> None:
    bench, code = Bench(tmp_path), write(tmp_path / "code", {"a": "000"})
    for number in range(60):
        write(code, {"a": f"{number:03}"})
        os.utime(code / "a", ns=(0, 0))
        assert bench.content(bench.pack(code, late=False)) == {"a": f"{number:03}"}


def test_a_new_mode_of_an_old_file_is_a_new_zip(tmp_path: Path) -> None:
    bench, code = Bench(tmp_path), write(tmp_path / "code", {"a": "1"})
    first = bench.pack(code)
    (code / "a").chmod(0o755)
    assert bench.pack(code).hexed != first.hexed


def test_a_touched_file_with_its_old_content_is_the_old_zip(tmp_path: Path) -> None:
    bench, code = Bench(tmp_path), write(tmp_path / "code", {"a": "1", "b": "2"})
    first = bench.pack(code)
    os.utime(code / "a", ns=(0, 0))
    assert bench.pack(code).hexed == first.hexed
    assert bench.told == []


def test_a_sealed_folder_is_looked_at_once(tmp_path: Path) -> None:
    bench, code = Bench(tmp_path), write(tmp_path / "code", {"a": "1"})
    first = bench.pack(code, sealed=True)
    write(code, {"b": "2"})
    assert bench.pack(code, sealed=True) == first


def test_without_its_zip_or_with_a_broken_note_a_folder_is_packed_again(tmp_path: Path) -> None:
    bench, code = Bench(tmp_path), write(tmp_path / "code", {"a": "1"})
    first = bench.pack(code)
    (bench.place / f"{first.hexed}.zip").unlink()
    assert bench.content(bench.pack(code)) == {"a": "1"}
    (note,) = bench.place.glob("*.pack")
    for broken in (b"", b"{}", b"[1,2,3,4]", orjson.dumps(["another format", first.hexed, 1, []])):
        note.write_bytes(broken)
        assert bench.pack(code).hexed == first.hexed
        assert bench.told == [1]


def test_a_joined_zip_has_the_later_files_over_the_earlier_ones(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    below = bench.pack(write(tmp_path / "below", {"app.py": "below", "lib/x": "1", "tool": "file"}))
    above = bench.pack(write(tmp_path / "above", {"app.py": "above", "tool/run": "2"}))
    hexed, members = bench.packing.join([below, above], lambda sent, size: None)
    expected = {"app.py": "above", "lib/x": "1", "tool/run": "2"}
    assert content(bench.place / f"{hexed}.zip") == expected
    assert [member.path for member in members] == sorted(expected)
    assert hexed == bench.pack(write(tmp_path / "flat", expected)).hexed


def test_more_than_lambda_takes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    code = write(tmp_path / "code", {"model/weights": "", "app.py": "1"})
    os.truncate(code / "model" / "weights", 251 << 20)  # sparse: it takes no room
    bench = Bench(tmp_path)
    with pytest.raises(TooLarge) as refused:
        bench.pack(code)
    assert refused.value.unpacked == (251 << 20) + 1
    assert refused.value.largest[0] == ("model/", 251 << 20)
    assert not bench.place.exists()


def test_names_that_are_no_utf_8_are_known_again(tmp_path: Path) -> None:
    bench, code = Bench(tmp_path), tmp_path / "code"
    code.mkdir()
    (code / os.fsdecode(b"b\xff")).write_text("1")
    first = bench.pack(code)
    assert bench.told == [1]
    assert bench.pack(code).files == first.files
    assert bench.told == []


def test_after_the_end_nothing_is_packed_and_nothing_is_left(tmp_path: Path) -> None:
    bench, code = Bench(tmp_path), write(tmp_path / "code", {"a": "1"})
    bench.packing.close()
    with pytest.raises(OSError, match="devserve is stopping"):
        bench.pack(code)
    assert list(bench.place.iterdir()) == []
