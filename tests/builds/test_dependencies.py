from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from localstack_lite.builds.dependencies import dependencies_folder, install, manifests
from localstack_lite.builds.tool import Tools
from localstack_lite.model.function import Build, Code, Function, Image
from tests.builders import function as built
from tests.builds.wheel import requirements, wheel

ENVIRON = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
HERE = f"python{sys.version_info.major}.{sys.version_info.minor}"


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def function(root: Path, runtime: str = HERE, **changes: Any) -> Function:
    (root / "src").mkdir(exist_ok=True)
    return built(runtime=runtime, code=Code(root / "src"), **changes)


def put_in(one: Function, root: Path, **environ: str) -> str:
    environ = ENVIRON | environ
    return install(one, root, Tools(environ), environ, lambda runtime, folder: Path(sys.executable)).why


NODE = "nodejs22.x"
WITH = '{"dependencies": {"a": "1"}}'


@pytest.mark.parametrize(
    ("runtime", "files"),
    [
        (HERE, {}),
        (HERE, {"src/requirements.txt": "# nothing\n"}),
        (HERE, {"src/requirements.txt": "a==1\n", "src/a-1.dist-info/METADATA": ""}),
        (HERE, {"src/package.json": WITH}),
        (NODE, {}),
        (NODE, {"src/package.json": "{}"}),
        (NODE, {"src/package.json": WITH, "src/node_modules/a/index.js": ""}),
        ("provided.al2023", {"src/requirements.txt": "a==1\n"}),
    ],
)
def test_code_that_names_nothing_or_carries_it_gets_nothing(
    tmp_path: Path, runtime: str, files: dict[str, str]
) -> None:
    write(tmp_path, files)
    one = function(tmp_path, runtime)
    assert dependencies_folder(one, tmp_path) is None
    assert manifests(one, tmp_path) == ()


def test_an_image_has_its_own(tmp_path: Path) -> None:
    write(tmp_path, {"src/requirements.txt": "a==1\n"})
    assert dependencies_folder(function(tmp_path, image=Image("a")), tmp_path) is None


@pytest.mark.parametrize("place", ["src", "."])
def test_requirements_beside_or_above_the_code_are_installed_by_what_they_say(tmp_path: Path, place: str) -> None:
    write(tmp_path, {f"{place}/requirements.txt": "a==1\n"})
    one = function(tmp_path)
    folder = dependencies_folder(one, tmp_path)
    assert folder is not None
    assert folder.parent == tmp_path / ".devserve" / "cache" / "dependencies"
    assert manifests(one, tmp_path) == (tmp_path / place / "requirements.txt",)
    assert dependencies_folder(function(tmp_path, architecture="arm64"), tmp_path) != folder
    write(tmp_path, {f"{place}/requirements.txt": "a==2\n"})
    assert dependencies_folder(one, tmp_path) != folder


def test_nodes_packages_are_those_of_the_lock(tmp_path: Path) -> None:
    write(tmp_path, {"src/package.json": WITH, "src/package-lock.json": "{}"})
    one = function(tmp_path, NODE)
    folder = dependencies_folder(one, tmp_path)
    assert folder is not None
    assert folder.name == "node_modules"
    assert manifests(one, tmp_path) == (tmp_path / "src" / "package.json", tmp_path / "src" / "package-lock.json")
    write(tmp_path, {"src/package-lock.json": "{ }"})
    assert dependencies_folder(one, tmp_path) != folder


def test_node_modules_above_the_code_are_used_as_they_are(tmp_path: Path) -> None:
    write(tmp_path, {"node_modules/a/index.js": "", "package.json": WITH, "src/package.json": WITH})
    assert dependencies_folder(function(tmp_path, NODE), tmp_path) == tmp_path / "node_modules"


def test_a_bundle_needs_only_what_is_installed_beside_its_source(tmp_path: Path) -> None:
    write(tmp_path, {"ts/package.json": WITH})
    bundled = function(tmp_path, NODE)
    bundled = built(runtime=NODE, code=Code(tmp_path / "out", build=Build("esbuild", tmp_path / "ts")))
    assert dependencies_folder(bundled, tmp_path) is None
    write(tmp_path, {"ts/node_modules/a/index.js": ""})
    assert dependencies_folder(bundled, tmp_path) == tmp_path / "ts" / "node_modules"


def test_packages_are_installed_for_lambdas_python_whatever_runs_here(tmp_path: Path) -> None:
    one = function(tmp_path, "python3.12" if HERE != "python3.12" else "python3.13")
    write(tmp_path, {"src/requirements.txt": requirements(wheel(tmp_path / "wheels"))})
    assert put_in(one, tmp_path) == ""
    folder = dependencies_folder(one, tmp_path)
    assert folder is not None
    assert (folder / "tiny.py").read_text() == "ANSWER = 42\n"
    (folder / "mark").touch()
    assert put_in(one, tmp_path) == ""  # it is there
    assert (folder / "mark").exists()


def test_what_is_for_another_machine_is_not_installed(tmp_path: Path) -> None:
    tag = "cp36-cp36m-win_amd64"
    write(tmp_path, {"src/requirements.txt": requirements(wheel(tmp_path / "wheels", tag=tag))})
    one = function(tmp_path)
    assert "tiny-1.0-cp36-cp36m-win_amd64.whl: is for another machine" in put_in(one, tmp_path)
    folder = dependencies_folder(one, tmp_path)
    assert folder is not None
    assert not folder.exists()
    assert [path for path in folder.parent.iterdir() if path.is_dir()] == []


def test_without_npm_it_is_said(tmp_path: Path) -> None:
    write(tmp_path, {"src/package.json": WITH})
    assert put_in(function(tmp_path, NODE), tmp_path, PATH=str(tmp_path)) == "npm is not on the PATH"


def test_npm_installs_into_the_cache_and_not_beside_the_code(tmp_path: Path) -> None:
    npm = tmp_path / "bin" / "npm"
    write(tmp_path, {"src/package.json": WITH, "src/package-lock.json": "{}", "bin/npm": "#!/bin/sh\n"})
    npm.write_text('#!/bin/sh\nmkdir -p node_modules/a && echo "$@" > node_modules/a/said && test -f package.json\n')
    npm.chmod(0o755)
    one = function(tmp_path, NODE)
    assert put_in(one, tmp_path, PATH=f"{tmp_path / 'bin'}:{os.environ['PATH']}") == ""
    folder = dependencies_folder(one, tmp_path)
    assert folder is not None
    assert (folder / "a" / "said").read_text().startswith("ci --omit=dev")
    assert not (tmp_path / "src" / "node_modules").exists()
