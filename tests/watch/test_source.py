"""Which folders the sources enter."""

from __future__ import annotations

import os
from pathlib import Path

from localstack_lite.model.change import ChangeKind
from localstack_lite.watch.source import enters, files_below, is_virtual_environment, nobody, walk


def made(root: Path, *files: str) -> Path:
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(file)
    return root


def names(root: Path) -> set[str]:
    return {os.path.relpath(file, root) for file in files_below(str(root))}


def test_caches_and_virtual_environments_are_not_entered(tmp_path: Path) -> None:
    made(tmp_path, "app.py", "src/a.py", "node_modules/x/i.js", "e/pyvenv.cfg", "e/lib/y.py", "env/z.py", ".git/HEAD")
    assert names(tmp_path) == {"app.py", "src/a.py", "env/z.py"}
    assert is_virtual_environment(str(tmp_path / "e"))
    assert not enters(str(tmp_path / "e"))
    assert enters(str(tmp_path / "env"))


def test_the_root_is_entered_whatever_it_is_called(tmp_path: Path) -> None:
    assert names(made(tmp_path / "build", "app.py")) == {"app.py"}


def test_links_to_folders_are_followed_and_never_for_ever(tmp_path: Path) -> None:
    made(tmp_path, "common/db.py", "orders/app.py")
    (tmp_path / "orders" / "shared").symlink_to(tmp_path / "common")
    (tmp_path / "common" / "back").symlink_to(tmp_path / "orders")
    (tmp_path / "common" / "up").symlink_to(tmp_path)
    found = names(tmp_path)
    assert {"common/db.py", "orders/app.py", "orders/shared/db.py", "common/back/app.py"} <= found
    assert len(found) < 20


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert names(tmp_path / "missing") == set()


def test_a_folder_is_told_before_it_is_read(tmp_path: Path) -> None:
    seen = []
    for folder, files in walk(str(made(tmp_path, "a.py"))):
        seen.append((folder, list(files)))
        made(tmp_path, "late.py")
    assert seen == [(str(tmp_path), [])]
    assert names(tmp_path) == {"a.py", "late.py"}


def test_nobody_is_told_nothing() -> None:
    assert nobody(ChangeKind.CREATED, "/a") is None  # type: ignore[func-returns-value]
