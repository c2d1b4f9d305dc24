"""The same wheels make the same folder, whoever installs them and from where."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from localstack_lite.builds import packages
from localstack_lite.builds.platform_tags import Target
from localstack_lite.builds.tidy import tidy
from tests.builds.offline import TOOLS, UV, environ
from tests.builds.wheel import wheel

SCRIPT = "#!python\nimport tiny\n"


def made(links: Path) -> None:
    wheel(
        links,
        files={
            "tiny-1.0.dist-info/entry_points.txt": "[console_scripts]\ntiny-run = tiny:main\n",
            "tiny-1.0.data/scripts/own.py": SCRIPT,
            "tiny-1.0.data/scripts/shell.sh": "#!/bin/sh\necho tiny\n",
            "tiny-1.0.data/headers/tiny.h": "int tiny;\n",
            "data/table.csv": "1,2\n",
        },
    )
    wheel(links, "other", requires=["tiny"])


def installed(place: Path, links: Path, tool: str, python: Path) -> dict[str, tuple[int, bytes]]:
    place.mkdir(parents=True)
    (place / "list.txt").write_text(f"other\ntiny @ {next(links.glob('tiny*')).as_uri()}\n")
    out = place / "out"
    uv = str(UV) if tool == "uv" else ""
    command = packages.wheels(Target("3.12"), str(out), str(place / "list.txt"), uv=uv, python=str(python))
    command = [word for word in command if word not in ("--no-compile", "--no-compile-bytecode")]
    subprocess.run(command, check=True, env=environ(place / "home", links, tool), capture_output=True)
    tidy(out)
    assert all(any(path.iterdir()) for path in out.rglob("*") if path.is_dir())
    files = (Path(folder) / name for folder, _, names in os.walk(out) for name in names)
    return {file.relative_to(out).as_posix(): (file.stat().st_mode, file.read_bytes()) for file in files}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, tuple[int, bytes]]]:
    """By every tool, into two folders, with two Pythons, from two places."""
    base = tmp_path_factory.mktemp("tidy")
    another = base / "a python with spaces"
    venv.create(another, system_site_packages=True, symlinks=True, with_pip=False)
    pythons = [Path(sys.executable), another / "bin" / "python"]
    answers = []
    for number, python in enumerate(pythons):
        links = base / f"links{number}"
        made(links)
        answers += [installed(base / f"{tool}{number}", links, tool, python) for tool in TOOLS]
    return answers


def test_every_tool_and_python_make_the_same_folder(results: list[dict[str, tuple[int, bytes]]]) -> None:
    first = results[0]
    assert len(results) == 2 * len(TOOLS)
    for other in results[1:]:
        assert sorted(other) == sorted(first)
        assert other == first


def test_nothing_says_where_or_by_what_it_was_installed(results: list[dict[str, tuple[int, bytes]]]) -> None:
    files = results[0]
    assert sorted(files) == [
        "bin/own.py",
        "bin/shell.sh",
        "data/table.csv",
        "other-1.0.dist-info/METADATA",
        "other-1.0.dist-info/RECORD",
        "other-1.0.dist-info/WHEEL",
        "other.py",
        "tiny-1.0.dist-info/METADATA",
        "tiny-1.0.dist-info/RECORD",
        "tiny-1.0.dist-info/WHEEL",
        "tiny-1.0.dist-info/entry_points.txt",
        "tiny.py",
    ]
    assert files["bin/own.py"] == (0o100755, b"#!/usr/bin/env python3\nimport tiny\n")
    assert files["bin/shell.sh"][1] == b"#!/bin/sh\necho tiny\n"
    assert files["tiny.py"][0] == 0o100644


def test_the_record_is_of_what_is_there(results: list[dict[str, tuple[int, bytes]]]) -> None:
    files = results[0]
    lines = files["tiny-1.0.dist-info/RECORD"][1].decode().splitlines()
    names = [line.partition(",")[0] for line in lines]
    assert set(names) <= set(files)
    assert "bin/own.py" in names
    assert lines[-1] == "tiny-1.0.dist-info/RECORD,,"
    assert next(line for line in lines if line.startswith("tiny.py,sha256=")).endswith(",12")


def test_a_long_path_to_a_python_is_taken_out_too(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    script = tmp_path / "bin" / "run"
    script.write_text("#!/bin/sh\n'''exec' \"/a b/python\" \"$0\" \"$@\"\n' '''\nimport tiny\n")
    script.chmod(0o755)
    tidy(tmp_path)
    assert script.read_text() == "#!/usr/bin/env python3\nimport tiny\n"
    assert os.access(script, os.X_OK)
