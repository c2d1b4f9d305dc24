"""The kernel's events, with real files."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from localstack_lite.model.change import ChangeKind
from localstack_lite.watch.inotify import InotifySource
from localstack_lite.watch.source import Targets
from tests.watch.eyes import Eyes, watching

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="inotify is Linux's")

C, M, D = ChangeKind.CREATED, ChangeKind.MODIFIED, ChangeKind.DELETED


@pytest.fixture
def eyes() -> Eyes:
    return Eyes()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    root.mkdir()
    (root / "app.py").write_text("1")
    return root


def test_a_save_is_seen_and_a_touch_is_not(root: Path, eyes: Eyes) -> None:
    async def story() -> None:
        os.utime(root / "app.py")
        (root / "other.py").touch()
        await eyes.see(root / "other.py", C)
        assert not eyes.saw(root / "app.py")
        (root / "app.py").write_text("2")
        await eyes.see(root / "app.py", M)

    watching(InotifySource(), eyes, [root], [], story)


def test_a_file_renamed_over_another_is_seen(root: Path, eyes: Eyes) -> None:
    async def story() -> None:
        (root / "app.py.new").write_text("2")
        os.replace(root / "app.py.new", root / "app.py")
        await eyes.see(root / "app.py", C)

    watching(InotifySource(), eyes, [root], [], story)


def test_files_made_together_with_their_folders_are_seen(root: Path, eyes: Eyes) -> None:
    async def story() -> None:
        for number in range(20):
            deep = root / f"a{number}" / "b" / "c"
            deep.mkdir(parents=True)
            (deep / "x.py").write_text("1")
        for number in range(20):
            await eyes.see(root / f"a{number}" / "b" / "c" / "x.py", C)
        (root / "a7" / "b" / "c" / "x.py").write_text("2")
        await eyes.see(root / "a7" / "b" / "c" / "x.py", M)

    watching(InotifySource(), eyes, [root], [], story)


def test_a_renamed_folder_is_gone_here_and_new_there_and_still_watched(root: Path, eyes: Eyes) -> None:
    (root / "old").mkdir()
    (root / "old" / "x.py").write_text("1")

    async def story() -> None:
        (root / "old").rename(root / "new")
        await eyes.see(root / "old", D)
        await eyes.see(root / "new" / "x.py", C)
        (root / "new" / "x.py").write_text("2")
        await eyes.see(root / "new" / "x.py", M)

    watching(InotifySource(), eyes, [root], [], story)


def test_ignored_folders_cost_no_watch(root: Path, eyes: Eyes) -> None:
    for folder in ("node_modules/a/b", ".venv/lib", "e/lib", "src"):
        (root / folder).mkdir(parents=True)
    (root / "e" / "pyvenv.cfg").touch()
    source = InotifySource()

    async def story() -> None:
        assert source.watched == {str(root.parent), str(root), str(root / "src")}

    watching(source, eyes, [root], [], story)


def test_a_folder_that_becomes_a_virtual_environment_is_left(root: Path, eyes: Eyes) -> None:
    source = InotifySource()

    async def story() -> None:
        (root / "fresh" / "lib").mkdir(parents=True)
        (root / "mark.py").touch()
        await eyes.see(root / "mark.py")
        assert str(root / "fresh" / "lib") in source.watched
        (root / "fresh" / "pyvenv.cfg").touch()
        (root / "mark2.py").touch()
        await eyes.see(root / "mark2.py")
        assert not [folder for folder in source.watched if "fresh" in folder]

    watching(source, eyes, [root], [], story)


def test_a_root_that_is_deleted_and_made_again_is_watched_again(root: Path, eyes: Eyes) -> None:
    async def story() -> None:
        shutil.rmtree(root)
        await eyes.see(root, D)
        os.mkdir(root)
        (root / "app.py").write_text("2")
        await eyes.see(root / "app.py", C, M)
        eyes.forget()
        (root / "app.py").write_text("3")
        await eyes.see(root / "app.py", M)

    watching(InotifySource(), eyes, [root], [], story)


def test_a_deleted_root_that_a_process_still_works_in_is_noticed(root: Path, eyes: Eyes) -> None:
    held = os.open(root, os.O_RDONLY)

    async def story() -> None:
        os.rename(root, root.parent / "away")
        await eyes.see(root, D)

    try:
        watching(InotifySource(), eyes, [root], [], story)
    finally:
        os.close(held)


def test_a_root_that_does_not_exist_yet_is_watched_when_it_does(tmp_path: Path, eyes: Eyes) -> None:
    async def story() -> None:
        (tmp_path / "later").mkdir()
        (tmp_path / "later" / "app.py").write_text("1")
        await eyes.see(tmp_path / "later" / "app.py", C, M)

    watching(InotifySource(), eyes, [tmp_path / "later"], [], story)


def test_a_single_file_is_watched_alone_and_after_its_folder_was_made_anew(tmp_path: Path, eyes: Eyes) -> None:
    folder = tmp_path / "cdk.out"
    folder.mkdir()
    stack, other = folder / "stack.json", folder / "other.json"
    stack.write_text("1")

    async def story() -> None:
        other.write_text("1")
        stack.write_text("2")
        await eyes.see(stack, M)
        shutil.rmtree(folder)
        await eyes.see(stack, D)
        folder.mkdir()
        stack.write_text("3")
        await eyes.see(stack, C)
        assert not eyes.saw(other)

    watching(InotifySource(), eyes, [], [stack], story)


def test_a_linked_folder_reports_under_both_names(root: Path, eyes: Eyes) -> None:
    (root / "common").mkdir()
    (root / "orders").mkdir()
    (root / "orders" / "shared").symlink_to(root / "common")

    async def story() -> None:
        (root / "common" / "db.py").write_text("1")
        await eyes.see(root / "common" / "db.py")
        await eyes.see(root / "orders" / "shared" / "db.py")

    watching(InotifySource(), eyes, [root], [], story)


def test_watching_anew_leaves_what_is_no_longer_asked_for(root: Path, eyes: Eyes) -> None:
    other = root.parent / "other"
    other.mkdir()
    source = InotifySource()

    async def story() -> None:
        source.watch(Targets(frozenset({str(other)})), eyes.emit, eyes.refused)
        (root / "app.py").write_text("2")
        (other / "new.py").write_text("1")
        await eyes.see(other / "new.py")
        assert not eyes.saw(root / "app.py")
        assert str(root) not in source.watched

    watching(source, eyes, [root], [], story)


def test_nothing_is_left_open_after_closing(root: Path, eyes: Eyes) -> None:
    def descriptors() -> set[str]:
        found = set()
        for number in os.listdir("/proc/self/fd"):
            try:
                found.add(os.readlink(f"/proc/self/fd/{number}"))
            except FileNotFoundError:
                continue
        return found

    async def story() -> None:
        assert "anon_inode:inotify" in descriptors()

    watching(InotifySource(), eyes, [root], [], story)
    assert "anon_inode:inotify" not in descriptors()


def test_a_source_may_be_closed_before_it_watches() -> None:
    source = InotifySource()
    source.close()
    assert source.watched == frozenset()
