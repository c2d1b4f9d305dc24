"""Events through watchdog: what each means, and a real observer (this system's own)."""

from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.model.change import ChangeKind
from localstack_lite.watch.native import WatchdogSource, reports
from tests.watch.eyes import Eyes, watching

C, M, D = ChangeKind.CREATED, ChangeKind.MODIFIED, ChangeKind.DELETED


@pytest.mark.parametrize(
    ("kind", "folder", "expected"),
    [
        ("created", False, [(C, "/a")]),
        ("modified", False, [(M, "/a")]),
        ("modified", True, []),
        ("deleted", False, [(D, "/a")]),
        ("deleted", True, [(D, "/a")]),
        ("moved", False, [(D, "/a"), (C, "/b")]),
        ("opened", False, []),
        ("closed", False, []),
    ],
)
def test_an_event_of_watchdog_is_changes_of_files(
    kind: str, folder: bool, expected: list[tuple[ChangeKind, str]]
) -> None:
    assert reports(kind, folder, "/a", "/b") == expected


def test_a_new_or_moved_folder_is_the_files_in_it(tmp_path: Path) -> None:
    (tmp_path / "x.py").touch()
    assert reports("created", True, str(tmp_path), "") == [(C, str(tmp_path / "x.py"))]
    assert reports("moved", True, "/old", str(tmp_path)) == [(D, "/old"), (C, str(tmp_path / "x.py"))]


def test_saves_are_seen_in_a_tree_and_of_a_single_file(tmp_path: Path) -> None:
    eyes = Eyes()
    tree, folder = tmp_path / "shop", tmp_path / "build"
    tree.mkdir()
    folder.mkdir()
    alone = folder / "stack.json"
    alone.write_text("1")

    async def story() -> None:
        (tree / "app.py").write_text("1")
        await eyes.see(tree / "app.py", C, M)
        (folder / "other.json").write_text("1")
        alone.write_text("2")
        await eyes.see(alone, M)
        assert not eyes.saw(folder / "other.json")

    watching(WatchdogSource(), eyes, [tree], [alone], story)


def test_a_root_that_comes_later_is_watched_then(tmp_path: Path) -> None:
    eyes, root = Eyes(), tmp_path / "later"

    async def story() -> None:
        root.mkdir()
        (root / "app.py").write_text("1")
        await eyes.see(root / "app.py", C)

    watching(WatchdogSource(), eyes, [root], [], story)
