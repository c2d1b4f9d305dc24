"""Facts about a folder of code."""

from __future__ import annotations

import asyncio
import base64
import os
from pathlib import Path

from localstack_lite.lambdas.api.code_facts import CodeFacts, look, measure
from localstack_lite.model.function import Code


def write(path: Path, text: str, modified: float = 1_000_000_000.0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (modified, modified))


def test_size_and_time_are_those_of_the_code(tmp_path: Path) -> None:
    write(tmp_path / "app.py", "12345", modified=1_000_000_000)
    write(tmp_path / "lib" / "more.py", "123", modified=1_000_000_050)
    facts = look(tmp_path)
    assert (facts.size, facts.modified) == (8, 1_000_000_050)
    assert len(base64.b64decode(facts.sha256)) == 32


def test_hidden_folders_and_caches_are_no_code(tmp_path: Path) -> None:
    write(tmp_path / "app.py", "12345")
    before = look(tmp_path)
    write(tmp_path / ".venv" / "lib.py", "x")
    write(tmp_path / "__pycache__" / "app.pyc", "x")
    assert look(tmp_path) == before


def test_saving_renaming_or_adding_a_file_changes_the_fingerprint(tmp_path: Path) -> None:
    write(tmp_path / "app.py", "1")
    seen = {look(tmp_path).sha256}
    write(tmp_path / "app.py", "2", modified=1_000_000_001)
    seen.add(look(tmp_path).sha256)
    (tmp_path / "app.py").rename(tmp_path / "main.py")
    seen.add(look(tmp_path).sha256)
    write(tmp_path / "empty.py", "")
    seen.add(look(tmp_path).sha256)
    assert len(seen) == 4


def test_a_link_to_nowhere_or_a_missing_folder_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere")
    empty = look(tmp_path / "missing")
    assert look(tmp_path) == empty
    assert (empty.size, empty.modified) == (0, 0.0)


def test_measuring_off_the_loop_says_the_same(tmp_path: Path) -> None:
    write(tmp_path / "app.py", "12345")
    measured: CodeFacts = asyncio.run(measure(Code(tmp_path)))
    assert measured == look(tmp_path)
