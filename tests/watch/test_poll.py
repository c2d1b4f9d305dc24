"""Looking for changes where nothing reports them."""

from __future__ import annotations

import os
from pathlib import Path

from localstack_lite.model.change import ChangeKind
from localstack_lite.watch.poll import PollSource, differences, look
from localstack_lite.watch.source import Targets
from tests.watch.eyes import Eyes, watching

C, M, D = ChangeKind.CREATED, ChangeKind.MODIFIED, ChangeKind.DELETED


def test_two_looks_differ_in_what_is_new_other_and_gone() -> None:
    before = {"/a": (1, 1, 1), "/b": (1, 1, 1), "/c": (1, 1, 1)}
    after = {"/a": (1, 1, 1), "/b": (1, 2, 1), "/d": (1, 1, 1)}
    assert sorted(differences(before, after)) == [(C, "/d"), (D, "/c"), (M, "/b")]
    assert list(differences(after, after)) == []


def test_a_look_sees_single_files_in_ignored_places_and_no_others_there(tmp_path: Path) -> None:
    (tmp_path / "build").mkdir()
    for name in ("app.py", "build/gen.py", "build/other.py"):
        (tmp_path / name).write_text(name)
    seen = look(Targets(frozenset({str(tmp_path)}), frozenset({str(tmp_path / "build" / "gen.py")})))
    assert {os.path.relpath(path, tmp_path) for path in seen} == {"app.py", "build/gen.py"}


def test_saved_new_and_deleted_files_are_seen_and_a_root_may_come_and_go(tmp_path: Path) -> None:
    eyes, root = Eyes(), tmp_path / "shop"

    async def story() -> None:
        root.mkdir()
        (root / "app.py").write_text("1")
        await eyes.see(root / "app.py", C)
        (root / "app.py").write_text("22")
        await eyes.see(root / "app.py", M)
        (root / "app.py").unlink()
        root.rmdir()
        await eyes.see(root / "app.py", D)

    watching(PollSource(every=0.01), eyes, [root], [], story)


def test_looking_ends_with_closing(tmp_path: Path) -> None:
    eyes, source = Eyes(), PollSource(every=0.01)

    async def story() -> None:
        source.close()
        (tmp_path / "app.py").write_text("1")
        other = PollSource(every=0.01)
        other.watch(Targets(frozenset({str(tmp_path)})), eyes.emit, eyes.refused)
        (tmp_path / "b.py").write_text("1")
        await eyes.see(tmp_path / "b.py")
        other.close()
        assert not eyes.saw(tmp_path / "app.py")

    watching(source, eyes, [tmp_path], [], story)
