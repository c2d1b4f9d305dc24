from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from localstack_lite.builds.npm_packages import NodePackages, NpmPackages
from localstack_lite.builds.tool import Tools
from tests.builds.folders import write
from tests.builds.npm import npm

PACKAGE = json.dumps({"dependencies": {"left-pad": "1"}, "devDependencies": {"jest": "1"}})
LOCK = json.dumps({"packages": {"": {}, "node_modules/left-pad": {"resolved": "x"}}}, indent=1)


class Shop:
    def __init__(self, root: Path, *, with_npm: bool = True) -> None:
        self.root = root
        path = [str(npm(root / ".tools"))] if with_npm else []
        environ = {"PATH": os.pathsep.join([*path, os.defpath] if with_npm else [str(root)]), "HOME": str(root)}
        self.packages = NpmPackages(root, environ, Tools(environ))

    def of(self, folder: str = "src", architecture: str = "x86_64", **more: Any) -> NodePackages:
        return self.packages.of(self.root / folder, "nodejs22.x", architecture, **more)

    @property
    def said(self) -> list[str]:
        file = self.root / "said"
        return file.read_text().splitlines() if file.exists() else []


def test_packages_are_installed_apart_once_for_lambdas_machine(tmp_path: Path) -> None:
    write(tmp_path, {"src/package.json": PACKAGE, "src/package-lock.json": LOCK})
    shop = Shop(tmp_path)
    first = shop.of()
    assert first.folder is not None
    assert (first.sealed, first.built, first.own) == (True, True, False)
    assert (first.folder / "left-pad" / "index.js").exists()
    assert first.folder.is_relative_to(tmp_path / ".devserve" / "cache" / "dependencies")
    assert shop.said == ["ci --omit=dev --no-audit --no-fund --loglevel=error --os=linux --cpu=x64 --libc=glibc"]
    again = shop.of()
    assert (again.folder, again.built) == (first.folder, False)
    assert len(shop.said) == 1
    assert shop.of(architecture="arm64").folder != first.folder
    assert "--cpu=arm64" in shop.said[-1]
    assert sorted(path.name for path in (tmp_path / "src").iterdir()) == ["package-lock.json", "package.json"]


def test_the_users_own_installation_is_not_pushed(tmp_path: Path) -> None:
    write(tmp_path, {"src/package.json": PACKAGE, "src/package-lock.json": LOCK, "src/node_modules/jest/index.js": ""})
    found = Shop(tmp_path).of()
    assert not found.own
    assert found.folder is not None
    assert sorted(path.name for path in found.folder.iterdir()) == [".package-lock.json", "left-pad"]


def test_another_lock_is_another_installation(tmp_path: Path) -> None:
    write(tmp_path, {"src/package.json": PACKAGE, "src/package-lock.json": LOCK})
    shop = Shop(tmp_path)
    first = shop.of()
    write(tmp_path, {"src/package-lock.json": LOCK.replace("left-pad", "right-pad")})
    second = shop.of()
    assert second.folder is not None
    assert second.folder != first.folder
    assert (second.folder / "right-pad").is_dir()


def test_without_a_lock_npm_installs(tmp_path: Path) -> None:
    write(tmp_path, {"src/package.json": PACKAGE})
    shop = Shop(tmp_path)
    assert shop.of().built
    assert shop.said[0].startswith("install --omit=dev")


def test_the_next_package_json_above_counts_up_to_the_projects(tmp_path: Path) -> None:
    write(tmp_path, {"package.json": PACKAGE, "package-lock.json": LOCK, "src/index.js": ""})
    shop = Shop(tmp_path)
    assert shop.of().built
    assert shop.of(above=False) == NodePackages()


@pytest.mark.parametrize("text", ["{}", json.dumps({"devDependencies": {"jest": "1"}}), "no json"])
def test_without_dependencies_there_is_nothing_to_install(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"src/package.json": text, "src/node_modules/.package-lock.json": "{}"})
    shop = Shop(tmp_path)
    assert shop.of() == NodePackages()
    assert shop.said == []


def test_what_somebody_has_put_into_node_modules_by_hand_goes_with_the_code(tmp_path: Path) -> None:
    write(tmp_path, {"src/node_modules/own/index.js": ""})
    assert Shop(tmp_path).of() == NodePackages(own=True)
    write(tmp_path, {"src/package.json": "{}"})
    assert Shop(tmp_path).of() == NodePackages(own=True)


def test_node_modules_above_go_too_when_nothing_names_them(tmp_path: Path) -> None:
    write(tmp_path, {"node_modules/own/index.js": "", "src/index.js": ""})
    assert Shop(tmp_path).of() == NodePackages(tmp_path / "node_modules")


@pytest.mark.parametrize(
    "files",
    [
        {"src/package.json": json.dumps({"dependencies": {"lib": "file:../lib"}})},
        {"src/package.json": json.dumps({"dependencies": {"a": "1"}, "workspaces": ["a"]})},
        {"src/package.json": PACKAGE, "src/yarn.lock": ""},
        {"src/package.json": PACKAGE, "src/package-lock.json": json.dumps({"packages": {"x": {"link": True}}})},
    ],
)
def test_what_npm_cannot_install_elsewhere_is_pushed_as_it_is_or_told(tmp_path: Path, files: dict[str, str]) -> None:
    write(tmp_path, files)
    shop = Shop(tmp_path)
    assert "there is no node_modules" in shop.of().why
    (tmp_path / "src" / "node_modules").mkdir()
    found = shop.of()
    assert found.own
    assert found.remark.startswith("node_modules is pushed as it is, as its package.json has ")
    assert shop.said == []


def test_a_local_package_that_only_development_needs_does_not_matter(tmp_path: Path) -> None:
    lock = json.dumps({"packages": {"tools": {"link": True, "dev": True}, "node_modules/left-pad": {}}}, indent=1)
    write(tmp_path, {"src/package.json": PACKAGE, "src/package-lock.json": lock})
    assert Shop(tmp_path).of().built


def test_without_npm_the_users_own_installation_is_better_than_none(tmp_path: Path) -> None:
    write(tmp_path, {"src/package.json": PACKAGE})
    shop = Shop(tmp_path, with_npm=False)
    assert shop.of().why == "npm is not on the PATH, and there is no node_modules"
    (tmp_path / "src" / "node_modules").mkdir()
    assert shop.of() == NodePackages(own=True, remark="node_modules is pushed as it is: there is no npm")


def test_what_npm_complains_about_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    write(tmp_path, {"src/package.json": json.dumps({"dependencies": {"broken": "1"}})})
    assert Shop(tmp_path).of().why == "npm error 404 Not Found: broken"
    left = (tmp_path / ".devserve" / "cache" / "dependencies").iterdir()
    assert [path.name for path in left if not path.name.endswith(".lock")] == []
