"""Which paths never trigger a reload."""

from __future__ import annotations

import pytest

from localstack_lite.watch.ignore import beneath, ignored, ignored_file, ignored_folder, innermost

ROOT = "/home/me/build/shop"
LITTER = """.git/index .hg/store .devserve/cache/x .aws-sam/build/app.py .venv/lib/x.py node_modules/a/index.js
    src/__pycache__/app.pyc .mypy_cache/x .pytest_cache/x .ruff_cache/x .hypothesis/x .tox/py/x.py .nox/x.py
    build/lib/app.py src/dist/app.js cdk.out/tree.json shop.egg-info/PKG-INFO app.pyc .app.py.swp 4913 app.py~
    .#app.py #app.py# app.py.tmp .DS_Store debug.log app.py___jb_tmp___ shop.sqlite3 shop.db-journal"""
SOURCE = """app.py src/app.py src/builder/app.py template.yaml data/words.txt .env index.mjs logs/handler.py env/app.py
    venv/app.py distance.py # login.py static/page.html"""


@pytest.mark.parametrize("path", LITTER.split())
def test_what_tools_and_editors_leave_behind_is_ignored(path: str) -> None:
    assert ignored(f"{ROOT}/{path}", ROOT)


@pytest.mark.parametrize("path", SOURCE.split())
def test_source_is_not_ignored_also_in_a_project_below_a_folder_called_build(path: str) -> None:
    assert not ignored(f"{ROOT}/{path}", ROOT)


def test_a_folder_is_a_virtual_environment_by_what_is_in_it_not_by_its_name() -> None:
    virtual = {f"{ROOT}/env"}
    assert ignored(f"{ROOT}/env/lib/app.py", ROOT, virtual.__contains__)
    assert not ignored(f"{ROOT}/venv/lib/app.py", ROOT, virtual.__contains__)


def test_the_innermost_root_decides() -> None:
    roots = {"/shop", "/shop/dist", "/shopping"}
    assert innermost("/shop/dist/app.js", roots) == "/shop/dist"
    assert innermost("/shop/src/app.js", roots) == "/shop"
    assert innermost("/shopping/app.js", roots) == "/shopping"
    assert innermost("/elsewhere/app.js", roots) is None


@pytest.mark.parametrize(
    ("path", "folder", "expected"),
    [("/a/b", "/a", True), ("/a", "/a", True), ("/ab", "/a", False), ("/a", "/a/b", False), ("/x", "/", True)],
)
def test_beneath_counts_whole_names(path: str, folder: str, expected: bool) -> None:
    assert beneath(path, folder) is expected


def test_names_alone() -> None:
    assert ignored_folder("node_modules")
    assert not ignored_folder("modules")
    assert ignored_file("#half#")
    assert not ignored_file("#")
