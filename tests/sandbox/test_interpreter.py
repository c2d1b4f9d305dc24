"""Which Python runs a function, and what is said about it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from localstack_lite.sandbox import interpreter
from localstack_lite.sandbox.interpreter import Candidate

OWN = f"{sys.version_info.major}.{sys.version_info.minor}"


def environment(home: Path, config: str | None = "version = 3.12.1\n", *, executable: bool = True) -> Path:
    python = home / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\n")
    python.chmod(0o755 if executable else 0o644)
    if config is not None:
        (home / "pyvenv.cfg").write_text(config)
    return python


def command(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True)
    (folder / name).write_text("#!/bin/sh\n")
    (folder / name).chmod(0o755)
    return folder / name


@pytest.mark.parametrize(
    ("config", "version"),
    [
        ("home = /usr/bin\nversion = 3.11.7\n", "3.11"),
        ("home = /usr\nimplementation = CPython\nversion_info = 3.13.0.final.0\n", "3.13"),
        ("uv = 0.5\nversion_info = 3.12.3\n", "3.12"),
        ("conversion = 9.9\n", ""),
        ("", ""),
    ],
)
def test_the_version_is_read_from_pyvenv_cfg(config: str, version: str) -> None:
    assert interpreter.version_in(config) == version


@pytest.mark.parametrize("name", [".venv", "venv"])
def test_the_projects_environment_comes_first(tmp_path: Path, name: str) -> None:
    python = environment(tmp_path / name)
    other = environment(tmp_path / "active")
    found = interpreter.find("python3.12", tmp_path / "src", tmp_path, {"VIRTUAL_ENV": str(other.parents[1])})
    assert (found.path, found.version, found.reason, found.warning) == (python, "3.12", name, "")


def test_an_environment_beside_the_function_wins_over_the_projects(tmp_path: Path) -> None:
    environment(tmp_path / ".venv")
    python = environment(tmp_path / "functions" / "a" / ".venv")
    found = interpreter.find("python3.12", tmp_path / "functions" / "a", tmp_path, {})
    assert (found.path, found.reason) == (python, "functions/a/.venv")


def test_another_version_than_the_runtimes_is_warned_about(tmp_path: Path) -> None:
    environment(tmp_path / ".venv", "version = 3.11.7\n")
    found = interpreter.find("python3.13", tmp_path, tmp_path, {})
    assert found.warning == "python3.13 asked, running 3.11 from .venv"


def test_a_broken_environment_is_passed_over_for_the_active_one(tmp_path: Path) -> None:
    environment(tmp_path / ".venv", executable=False)
    python = environment(tmp_path / "active")
    found = interpreter.find("python3.12", tmp_path, tmp_path, {"VIRTUAL_ENV": str(tmp_path / "active")})
    assert found.path == python


def test_an_environment_without_a_config_says_its_version_by_its_library(tmp_path: Path) -> None:
    environment(tmp_path / "venv", None)
    (tmp_path / "venv" / "lib" / "python3.10").mkdir(parents=True)
    assert interpreter.find("python3.10", tmp_path, tmp_path, {}).version == "3.10"


def test_without_any_environment_there_is_still_a_python(tmp_path: Path) -> None:
    found = interpreter.find(f"python{OWN}", tmp_path, tmp_path, {"PATH": str(tmp_path / "empty")})
    assert (found.version, found.warning) == (OWN, "")
    assert found.path.exists()


def test_outside_of_any_environment_the_runtimes_own_version_is_looked_for_on_the_path(tmp_path: Path) -> None:
    python = command(tmp_path / "bin", "python3.13")
    found = list(interpreter._candidates("python3.13", tmp_path, tmp_path, {"PATH": str(tmp_path / "bin")}))
    assert Candidate(python, "3.13", f"{python} on the PATH") in found
    assert found[-1].path == Path(sys.executable)


def test_a_runtime_that_names_no_version_gets_no_warning() -> None:
    found = interpreter.choose("", iter([Candidate(Path("/x"), "3.11", "a test")]))
    assert found.warning == ""


def test_an_environment_of_unknown_version_gets_no_warning() -> None:
    assert interpreter.choose("python3.13", iter([Candidate(Path("/x"), "", "a test")])).warning == ""


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("/p", ["/p"]),
        ("/p/a", ["/p/a", "/p"]),
        ("/p/a/b", ["/p/a/b", "/p/a", "/p"]),
        ("/elsewhere/x", ["/elsewhere/x", "/p"]),
        ("/pp", ["/pp", "/p"]),
    ],
)
def test_environments_are_looked_for_from_the_code_up_to_the_project(folder: str, expected: list[str]) -> None:
    assert interpreter.places(Path(folder), Path("/p")) == [Path(place) for place in expected]
