from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from localstack_lite.builds.dependencies import dependencies_folder, packages_name
from localstack_lite.builds.target_packages import TargetPackages, target_packages
from localstack_lite.builds.tool import Tools
from localstack_lite.model.function import Code, Function, Image
from tests.builders import function as built
from tests.builds.offline import environ
from tests.builds.wheel import sdist, source, wheel

LOCK = """\
version = 1
[[package]]
name = "shop"
version = "0.1.0"
source = { virtual = "." }
dependencies = [{ name = "boto3" }, { name = "inside" }]
[[package]]
name = "boto3"
version = "1.0"
source = { registry = "https://index.invalid/simple" }
[[package]]
name = "inside"
version = "1.0"
source = { directory = "libs/inside" }
"""


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def function(root: Path, runtime: str = "python3.12", **changes: Any) -> Function:
    (root / "src").mkdir(exist_ok=True)
    return built(runtime=runtime, code=Code(root / "src"), where="template.yaml:3", **changes)


def made(one: Function, root: Path, said: list[str] | None = None, **variables: str) -> TargetPackages:
    environment = environ(root / "home", root / "links") | variables
    told = said if said is not None else []
    return target_packages(
        one, root, Tools(environment), environment, lambda runtime, folder: Path(sys.executable), None, told.append
    )


def test_packages_are_made_once_and_named_by_what_they_are(tmp_path: Path) -> None:
    wheel(tmp_path / "links", "boto3", tag="cp312-cp312-manylinux2014_aarch64")
    write(tmp_path, {"src/requirements.txt": "boto3\n"})
    one, said = function(tmp_path, architecture="arm64"), list[str]()
    first = made(one, tmp_path, said)
    assert first == TargetPackages(dependencies_folder(one, tmp_path), (), True)
    assert first.folder is not None
    assert first.folder.name == packages_name(one, tmp_path)
    assert sorted(path.name for path in first.folder.iterdir()) == ["boto3-1.0.dist-info", "boto3.py"]
    assert said == ["installing"]
    write(tmp_path, {"src/app.py": "edited"})
    assert made(one, tmp_path, said) == TargetPackages(first.folder)
    assert said == ["installing"]


def test_a_lock_is_installed_with_the_sources_of_the_project(tmp_path: Path) -> None:
    wheel(tmp_path / "links", "boto3", requires=["not-in-the-lock"])
    write(tmp_path, {"uv.lock": LOCK})
    write(tmp_path / "libs" / "inside", source("inside", text="FIRST = 1\n"))
    one = function(tmp_path)
    first = made(one, tmp_path)
    assert first.problems == ()
    assert first.ways == ("inside 1.0: built here, pure Python",)
    assert first.folder is not None
    assert (first.folder / "inside.py").read_text() == "FIRST = 1\n"
    assert (first.folder / "boto3.py").exists()
    write(tmp_path / "libs" / "inside", {"inside.py": "SECOND = 2\n"})
    second = made(one, tmp_path)
    assert second.folder is not None
    assert second.folder != first.folder
    assert (second.folder / "inside.py").read_text() == "SECOND = 2\n"


def test_what_cannot_be_had_is_one_problem_that_names_all(tmp_path: Path) -> None:
    sdist(tmp_path / "links", "broken", broken=True)
    write(tmp_path, {"src/requirements.txt": "broken\nnothing==1\n"})
    (problem,) = made(function(tmp_path), tmp_path).problems
    assert not problem.warning
    assert (problem.where, problem.subject) == ("template.yaml:3", "Hello")
    assert problem.what.startswith("hello: its packages cannot be installed: 2 packages have no wheel for python3.12")
    assert "broken 1.0: its build failed" in problem.what
    assert "nothing 1: no source" in problem.what
    assert any("libpq-fe.h" in line for line in problem.details)
    folder = dependencies_folder(function(tmp_path), tmp_path)
    assert folder is not None
    assert [path for path in folder.parent.iterdir() if path.is_dir()] == []


@pytest.mark.parametrize(
    ("files", "what", "hint"),
    [
        ({"uv.lock": "version = 9\n"}, "uv.lock: its version 9 is not known", "install uv"),
        ({"Pipfile.lock": "{"}, "Pipfile.lock: it cannot be read", "requirements.txt"),
        ({"requirements.txt": "-r gone.txt\n"}, "gone.txt: No such file", "install them into the code folder"),
    ],
)
def test_a_list_that_cannot_be_read_is_told(tmp_path: Path, files: dict[str, str], what: str, hint: str) -> None:
    write(tmp_path, files)
    (problem,) = made(function(tmp_path), tmp_path).problems
    assert what in problem.what
    assert hint in problem.hint


def test_a_lock_that_is_too_new_is_exported_by_its_own_tool(tmp_path: Path) -> None:
    wheel(tmp_path / "links")
    write(tmp_path, {"poetry.lock": '[metadata]\nlock-version = "9.0"\n', "pyproject.toml": ""})
    poetry = tmp_path / "programs" / "poetry"
    write(
        tmp_path,
        {"programs/poetry": '#!/bin/sh\nfor last; do :; done\necho "tiny==1.0 ; os_name == \'posix\'" > "$last"\n'},
    )
    poetry.chmod(0o755)
    found = made(function(tmp_path), tmp_path, PATH=f"{poetry.parent}{os.pathsep}{os.defpath}")
    assert found.problems == ()
    assert found.folder is not None
    assert (found.folder / "tiny.py").exists()


@pytest.mark.parametrize("changes", [{"runtime": "nodejs22.x"}, {"runtime": "provided.al2023"}, {"image": Image("a")}])
def test_only_python_gets_packages(tmp_path: Path, changes: dict[str, Any]) -> None:
    write(tmp_path, {"src/requirements.txt": "a\n"})
    assert made(function(tmp_path, **changes), tmp_path) == TargetPackages(None)


def test_code_that_carries_its_packages_gets_none(tmp_path: Path) -> None:
    write(tmp_path, {"src/requirements.txt": "a\n", "src/a-1.dist-info/METADATA": ""})
    assert made(function(tmp_path), tmp_path) == TargetPackages(None)
    assert packages_name(function(tmp_path), tmp_path) == ""


def test_modules_for_another_machine_in_the_code_are_told(tmp_path: Path) -> None:
    names = [f"lib/_{letter}.cpython-311-darwin.so" for letter in "abcde"]
    write(tmp_path / "src", dict.fromkeys([*names, ".venv/_x.cpython-311-darwin.so"], ""))
    (problem,) = made(function(tmp_path), tmp_path).problems
    assert problem.warning
    assert "its code has compiled modules for macOS, which python3.12 on x86_64 cannot load" in problem.what
    assert problem.what.endswith(
        "lib/_a.cpython-311-darwin.so, lib/_b.cpython-311-darwin.so, lib/_c.cpython-311-darwin.so and 2 more"
    )


def test_a_list_without_its_lock_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"Pipfile": "[packages]\n"})
    (problem,) = made(function(tmp_path), tmp_path).problems
    assert problem.warning
    assert problem.hint == "pipenv lock"
    assert "Pipfile has no lock" in problem.what


def test_functions_with_one_list_share_its_packages_and_install_them_once(tmp_path: Path) -> None:
    wheel(tmp_path / "links")
    write(tmp_path, {"requirements.txt": "tiny\n"})
    found: list[TargetPackages] = []
    threads = [threading.Thread(target=lambda: found.append(made(function(tmp_path), tmp_path))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len({one.folder for one in found}) == 1
    assert sorted(one.built for one in found) == [False, False, True]
