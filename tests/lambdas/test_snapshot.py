"""Copies of code that nothing changes any more."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.lambdas import snapshot
from localstack_lite.model.adapter import Adapter, AppKind
from localstack_lite.model.function import Code, Function
from tests.builders import function


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def made(root: Path, code: Path, **changes: object) -> Function:
    one = replace(function("hello"), code=Code(code), **changes)  # type: ignore[arg-type]
    return snapshot.copy(one, root, root / ".devserve" / "copies", "3")


def below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()}


def test_a_copy_has_the_code_and_not_caches_nor_other_tools_state(tmp_path: Path) -> None:
    write(tmp_path, "app.py", "lib/a.py", "data/.hidden/x", "node_modules/m/index.js")
    write(tmp_path, ".git/HEAD", "lib/__pycache__/a.pyc", ".devserve/cache/x", ".aws-sam/y", "cdk.out/z")
    version = made(tmp_path, tmp_path)
    folder = version.code.folder
    assert below(folder) == {"app.py", "lib/a.py", "data/.hidden/x", "node_modules/m/index.js"}
    assert (version.version, folder) == ("3", tmp_path / ".devserve" / "copies" / "3" / "code")


def test_an_edit_in_place_does_not_reach_the_copy(tmp_path: Path) -> None:
    write(tmp_path, "app.py")
    copied = made(tmp_path, tmp_path).code.folder / "app.py"
    with open(tmp_path / "app.py", "r+") as file:
        file.write("edited")
    assert copied.read_text() == "app.py"


def test_times_and_modes_stay(tmp_path: Path) -> None:
    write(tmp_path, "bootstrap")
    (tmp_path / "bootstrap").chmod(0o755)
    os.utime(tmp_path / "bootstrap", ns=(1, 1_700_000_000_123_456_789))
    facts = (made(tmp_path, tmp_path).code.folder / "bootstrap").stat()
    assert (facts.st_mode & 0o777, facts.st_mtime_ns) == (0o755, 1_700_000_000_123_456_789)


def test_a_virtual_environment_and_secret_variables_stay_where_they_are(tmp_path: Path) -> None:
    write(tmp_path, "app.py", ".venv/pyvenv.cfg", ".venv/bin/python", "deep/env/pyvenv.cfg", ".env", ".env.local")
    folder = made(tmp_path, tmp_path).code.folder
    assert below(folder) == {"app.py", ".venv", ".env", ".env.local"}
    assert (folder / ".venv").readlink() == tmp_path / ".venv"
    assert (folder / ".env").is_symlink()
    assert (folder / ".env").read_text() == ".env"


def test_what_code_finds_above_its_folder_it_finds_above_the_copy(tmp_path: Path) -> None:
    write(tmp_path, "back/fn/app.mjs", "back/node_modules/m/index.js", "back/package.json", "back/.venv/pyvenv.cfg")
    write(tmp_path, "node_modules/other/index.js")
    around = made(tmp_path, tmp_path / "back" / "fn").code.folder.parent
    assert (around / "node_modules" / "m" / "index.js").is_file()
    assert (around / ".venv").resolve() == tmp_path / "back" / ".venv"
    assert (around / "package.json").read_text() == "back/package.json"


def test_links_inside_stay_links_and_what_lies_outside_is_copied(tmp_path: Path) -> None:
    root, code = tmp_path / "p", tmp_path / "p" / "code"
    write(root, "code/app.py", "code/lib/a.py", "shared/s.py")
    (code / "also.py").symlink_to("app.py")
    (code / "shared").symlink_to(root / "shared")
    (code / "lib" / "up").symlink_to("..")
    (code / "around").symlink_to(root / "code")
    (code / "gone").symlink_to("nowhere-outside/../../x")
    folder = made(root, code).code.folder
    assert (folder / "also.py").readlink() == Path("app.py")
    assert not (folder / "shared").is_symlink()
    assert (folder / "shared" / "s.py").read_text() == "shared/s.py"
    assert (folder / "lib" / "up").readlink() == Path("..")
    assert not (folder / "around").exists(), "a folder in itself would never end"


def test_layers_are_copied_too(tmp_path: Path) -> None:
    write(tmp_path, "code/app.py", "layer/python/a.py")
    version = made(tmp_path, tmp_path / "code", opt=tmp_path / "layer")
    assert version.opt == version.code.folder.parent / "opt"
    assert (version.opt / "python" / "a.py").is_file()


def test_an_adapter_looks_in_the_copy_for_what_it_looked_for_in_the_code(tmp_path: Path) -> None:
    write(tmp_path, "src/app.py")
    adapter = Adapter(AppKind.WSGI, "app:app", "WSGI", (tmp_path / "src", Path("/elsewhere")))
    version = made(tmp_path, tmp_path, adapter=adapter)
    assert version.adapter is not None
    assert version.adapter.folders == (version.code.folder / "src", Path("/elsewhere"))


def test_what_cannot_be_copied_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        made(tmp_path, tmp_path / "missing")
    assert list((tmp_path / ".devserve" / "copies").iterdir()) == []


def test_a_leftover_of_the_same_number_is_replaced(tmp_path: Path) -> None:
    write(tmp_path, "app.py", ".devserve/copies/3/code/old.py")
    assert below(made(tmp_path, tmp_path).code.folder) == {"app.py"}


def test_the_project_s_own_package_json_counts_for_code_below_it(tmp_path: Path) -> None:
    write(tmp_path, "fn/index.js", "package.json")
    assert (made(tmp_path, tmp_path / "fn").code.folder.parent / "package.json").read_text() == "package.json"
