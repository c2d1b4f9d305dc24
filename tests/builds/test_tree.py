from __future__ import annotations

import os
from pathlib import Path

import pytest

from localstack_lite.builds.tree import copy, merge, part, prune, put, refill, size


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        file = folder / name.replace("__", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def content(folder: Path) -> dict[str, str]:
    files = (Path(place) / name for place, _, names in os.walk(folder) for name in names)
    return {file.relative_to(folder).as_posix(): file.read_text() for file in files}


def test_a_refilled_folder_is_the_same_folder_with_other_files(tmp_path: Path) -> None:
    target = write(tmp_path / "target", a="old", gone="x", old__b="x", turns__in="x", was_file="x")
    before = target.stat().st_ino
    made = write(tmp_path / "made", a="new", deep__c="new", turns="file now", was_file__in="folder now")
    (made / "link").symlink_to("a")
    refill(made, target)
    assert target.stat().st_ino == before
    assert content(target) == {
        "a": "new",
        "deep/c": "new",
        "turns": "file now",
        "was_file/in": "folder now",
        "link": "new",
    }
    assert (target / "link").is_symlink()
    assert not (target / "old").exists()


def test_a_reader_of_a_refilled_file_keeps_what_it_opened(tmp_path: Path) -> None:
    target = write(tmp_path / "target", a="old")
    with (target / "a").open() as reader:
        refill(write(tmp_path / "made", a="new"), target)
        assert reader.read() == "old"


def test_later_folders_go_over_earlier_ones(tmp_path: Path) -> None:
    one = write(tmp_path / "one", python__a="1", python__b="1", file="1", thing__x="1")
    two = write(tmp_path / "two", python__b="2", file__now="folder", thing="file now")
    (one / "bin").mkdir()
    (one / "bin" / "tool").write_text("t")
    (one / "bin" / "tool").chmod(0o755)
    (two / "lib").symlink_to("python")
    target = tmp_path / "opt"
    target.mkdir()
    merge([one, two], target)
    assert content(target) == {
        "python/a": "1",
        "python/b": "2",
        "file/now": "folder",
        "thing": "file now",
        "bin/tool": "t",
    }
    assert os.access(target / "bin" / "tool", os.X_OK)
    assert os.readlink(target / "lib") == "python"
    assert content(one)["python/b"] == "1"


def test_our_own_state_is_never_merged(tmp_path: Path) -> None:
    source = write(tmp_path, a="1", **{".devserve__x": "1"})
    target = tmp_path / ".devserve" / "opt"
    target.mkdir()
    merge([source], target)
    assert content(target) == {"a": "1"}


def test_a_copy_follows_its_source_and_keeps_what_builds_left(tmp_path: Path) -> None:
    source = write(tmp_path / "source", a="1", b="1", **{".git__x": "1"})
    (source / "loop").symlink_to(".")
    target = tmp_path / "work"
    copy(source, target)
    write(target, target__cached="kept")
    (source / "b").unlink()
    write(source, a="changed", c="new")
    copy(source, target)
    assert content(target) == {"a": "changed", "c": "new", "target/cached": "kept"}
    assert (target / "a").stat().st_ino != (source / "a").stat().st_ino


def test_a_part_is_beside_its_target_and_gone_afterwards(tmp_path: Path) -> None:
    target = tmp_path / "cache" / "x"
    with part(target) as place:
        assert place.parent == target.parent
        write(place, a="1")
        put(place, target)
    assert content(target) == {"a": "1"}
    with part(target) as other:
        write(other, a="later")
        put(other, target)  # whoever was first wins
    assert content(target) == {"a": "1"}
    assert list(target.parent.iterdir()) == [target]


def test_a_part_is_gone_after_an_error(tmp_path: Path) -> None:
    def fail() -> None:
        with part(tmp_path / "x") as place:
            write(place, a="1")
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_the_size_is_that_of_all_files_that_are_source(tmp_path: Path) -> None:
    assert size(write(tmp_path, a="12", b__c="345", **{".venv__x": "999999"})) == 5


def test_the_oldest_are_removed_but_not_what_is_used(tmp_path: Path) -> None:
    for age, name in enumerate(("opt-c", "opt-b", "opt-a", "other")):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (100 + age, 100 + age))
    prune(tmp_path, "opt-", 1, {tmp_path / "opt-c"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["opt-a", "opt-c", "other"]
