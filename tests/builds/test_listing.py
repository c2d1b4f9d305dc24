from __future__ import annotations

import os
from pathlib import Path

import pytest

from localstack_lite.builds.excludes import Excludes
from localstack_lite.builds.listing import LINK, PLAIN, PROGRAM, Source, look, merged
from tests.builds.folders import write


def listed(folder: Path, **kind: object) -> dict[str, str]:
    """Paths with where their content is; links with what they say."""
    found = look(Source(folder, **kind))  # type: ignore[arg-type]
    return {
        entry.path: f"-> {entry.link}" if entry.mode == LINK else os.path.relpath(entry.file, folder)
        for entry in found.entries
    }


def test_files_are_listed_by_the_bytes_of_their_paths_below_the_prefix(tmp_path: Path) -> None:
    write(tmp_path, {"b.py": "", "a/z.py": "", "a.py": "", "ä.py": "", "B.py": "", ".git/config": ""})
    (tmp_path / "empty").mkdir()
    assert list(listed(tmp_path, prefix="python/")) == [
        f"python/{name}" for name in ("B.py", "a.py", "a/z.py", "b.py", "ä.py")
    ]


def test_a_file_is_a_program_when_its_owner_may_run_it_or_it_has_to_be_one(tmp_path: Path) -> None:
    write(tmp_path, {"run": "#!/bin/sh\n", "bootstrap": "x", "a.py": ""})
    (tmp_path / "a.py").chmod(0o600)
    found = look(Source(tmp_path, programs=frozenset({"bootstrap"})))
    assert {entry.path: entry.mode for entry in found.entries} == {"run": PROGRAM, "bootstrap": PROGRAM, "a.py": PLAIN}


def test_links_inside_stay_links_and_others_stand_for_what_they_lead_to(tmp_path: Path) -> None:
    folder = tmp_path / "code"
    write(tmp_path, {"outside/x.py": "", "outside/deep/y.py": "", "one.py": ""})
    write(folder, {"lib/a.py": "", ".venv/pyvenv.cfg": "", ".venv/b.py": ""})
    write(
        folder,
        {
            "a.py": "-> lib/a.py",
            "lib2": "-> lib",
            "absolute.py": f"-> {folder}/lib/a.py",
            "around.py": f"-> ../{folder.name}/lib/a.py",
            "b.py": "-> .venv/b.py",
            "out": "-> ../outside",
            "one.py": "-> ../one.py",
            "gone": "-> nowhere",
        },
    )
    assert listed(folder) == {
        "a.py": "-> lib/a.py",
        "absolute.py": "-> lib/a.py",
        "around.py": "-> lib/a.py",
        "b.py": "b.py",
        "lib/a.py": "lib/a.py",
        "lib2": "-> lib",
        "one.py": "one.py",
        "out/deep/y.py": "out/deep/y.py",
        "out/x.py": "out/x.py",
    }
    assert look(Source(folder)).astray == ("gone",)


def test_links_that_lead_in_a_circle_end(tmp_path: Path) -> None:
    folder = tmp_path / "code"
    write(tmp_path, {"other/x.py": "", "other/again": "-> ."})
    write(folder, {"up": "-> ..", "other": "-> ../other", "own": "-> ."})
    assert listed(folder) == {"other/x.py": "other/x.py", "own": "-> ."}
    assert look(Source(folder)).astray == ("other/again", "up")


def test_pipes_are_no_part_of_a_package(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert listed(tmp_path) == {}


def test_secrets_that_were_left_out_are_told(tmp_path: Path) -> None:
    write(tmp_path, {"a/.env": "KEY=1", ".env.example": "", "a/app.py": ""})
    found = look(Source(tmp_path))
    assert found.secrets == ("a/.env",)
    assert [entry.path for entry in found.entries] == [".env.example", "a/app.py"]


def test_the_fingerprint_changes_with_content_name_mode_and_link(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "1", "l": "-> a.py"})
    seen = {look(Source(tmp_path)).fingerprint}
    assert look(Source(tmp_path)).fingerprint in seen
    for change in ("22", None, 0o755, "b"):
        if isinstance(change, str) and change.isdigit():
            (tmp_path / "a.py").write_text(change)
        elif isinstance(change, int):
            (tmp_path / "a.py").chmod(change)
        elif change is None:
            (tmp_path / "l").unlink()
        else:
            (tmp_path / "a.py").rename(tmp_path / change)
        now = look(Source(tmp_path)).fingerprint
        assert now not in seen
        seen.add(now)


def test_excludes_of_installed_packages_speak_of_paths_in_the_package(tmp_path: Path) -> None:
    write(tmp_path, {"left/a.js": "", "right/b.js": "", ".package-lock.json": ""})
    excludes = Excludes(("node_modules/left",), installed=True)
    assert list(listed(tmp_path, prefix="node_modules/", excludes=excludes)) == ["node_modules/right/b.js"]


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        look(Source(tmp_path / "none"))


def test_later_files_hide_earlier_ones_and_folders_below_them() -> None:
    earlier = ["a.py", "lib/x.py", "lib/y.py", "tool", "z/deep/f"]
    later = ["a.py", "lib", "tool/run", "z/deep/g"]
    kept = merged([earlier, later])
    assert [sorted(one) for one in kept] == [["z/deep/f"], sorted(later)]
    assert kept[0]["z/deep/f"] == 4
