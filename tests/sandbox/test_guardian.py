"""What the guardian does with what it is told. That it really outlives devserve is tests/live/test_guard.py."""

from __future__ import annotations

import os
from pathlib import Path

from localstack_lite.sandbox import guardian
from localstack_lite.sandbox.guardian import Estate


def test_groups_come_and_go() -> None:
    estate = Estate()
    for message in (b"+12", b"+13", b"-12", b"-99"):
        estate.told(message)
    assert estate.groups == {13}


def test_folders_are_kept_for_the_end_or_removed_at_once(tmp_path: Path) -> None:
    for name in ("now", "later", "neither"):
        (tmp_path / name / "deep").mkdir(parents=True)
        (tmp_path / name / "deep" / "file").touch()
    estate = Estate()
    estate.told(b"~" + os.fsencode(tmp_path / "later"))
    estate.told(b"~" + os.fsencode(tmp_path / "now"))
    estate.told(b"!" + os.fsencode(tmp_path / "now"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["later", "neither"]
    assert estate.folders == {str(tmp_path / "later")}


def test_at_the_end_the_folders_are_removed_and_no_stranger_is_harmed(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    estate = Estate()
    estate.told(b"~" + os.fsencode(tmp_path / "one"))
    guardian.clear_up(estate, "devserve-test-that-nobody-carries/")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_gone_is_no_trouble(tmp_path: Path) -> None:
    guardian.remove(str(tmp_path / "never"))
    assert guardian.marked("devserve-test-that-nobody-carries/") == []
