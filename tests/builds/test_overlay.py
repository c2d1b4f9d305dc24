"""Folders that go over a package's code."""

from __future__ import annotations

from pathlib import Path

from localstack_lite.builds.overlay import overlay


def test_the_files_lie_in_the_state_of_the_project(tmp_path: Path) -> None:
    made = overlay(tmp_path, "adapters", {"a.py": b"1", "b/c/d.py": b"2"})
    assert made.is_relative_to(tmp_path / ".devserve")
    found = {file.relative_to(made).as_posix(): file.read_bytes() for file in made.rglob("*") if file.is_file()}
    assert found == {"a.py": b"1", "b/c/d.py": b"2"}
    assert [folder.name for folder in made.parent.iterdir()] == [made.name]


def test_the_same_files_are_the_same_folder_and_others_another(tmp_path: Path) -> None:
    first = overlay(tmp_path, "adapters", {"a": b"1", "b": b"2"})
    assert overlay(tmp_path, "adapters", {"b": b"2", "a": b"1"}) == first
    assert overlay(tmp_path, "adapters", {"a": b"1", "b": b"3"}) != first
    assert overlay(tmp_path, "adapters", {"a": b"1", "c": b"2"}) != first
