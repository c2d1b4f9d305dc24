"""A copy of a function's code as it is now, which nothing changes any more. I/O.

    FOLDER/NUMBER/code       what was below the code's folder, without caches and other tools' state
    FOLDER/NUMBER/opt        what was below /opt, when the function has layers
    FOLDER/NUMBER/.venv, node_modules, package.json
                             what code finds in the folders above its own, up to the project's

Virtual environments are not copied: they are the machine's, and a version runs on the one that its function has. Nor
are files with variables of somebody's environment (`.env`), which stay where they are and are linked to.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from localstack_lite.model.function import Code, Function

#: What no code runs from: version control, caches, other tools' state.
SKIPPED = frozenset(
    {
        ".git",
        ".hg",
        ".svn",
        ".devserve",
        ".aws-sam",
        ".serverless",
        ".terraform",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".hypothesis",
        ".tox",
        ".nox",
        ".idea",
        ".vscode",
        "__pycache__",
        "cdk.out",
    }
)
#: Where Python environments of a project are, in the order in which they count.
_ENVIRONMENTS = (".venv", "venv", "env", ".env")


def copy(function: Function, root: Path, folder: Path, number: str) -> Function:
    """The function at version `number`, whose code is the copy. `root` is the project's folder. An OSError when
    something cannot be read or written; nothing is left of it then."""
    target = folder / number
    folder.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=folder, prefix=f".{number}.", suffix=".part"))
    try:
        _copy_folder(function.code.folder, part / "code", frozenset())
        if function.opt is not None and function.opt.is_dir():
            _copy_folder(function.opt, part / "opt", frozenset())
        for place in _above(function.code.folder, root):
            _link_surroundings(place, part)
        part.chmod(0o755)
        shutil.rmtree(target, ignore_errors=True)
        os.replace(part, target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return placed(function, target, number)


def placed(function: Function, target: Path, number: str) -> Function:
    """The same function, run from a copy. Pure."""
    code, before = target / "code", function.code.folder
    adapter = function.adapter
    if adapter is not None:
        folders = tuple(
            code / one.relative_to(before) if one.is_relative_to(before) else one for one in adapter.folders
        )
        adapter = replace(adapter, folders=folders)
    opt = function.opt and target / "opt"
    return replace(function, version=number, code=Code(code), opt=opt, adapter=adapter)


def _copy_folder(source: Path, target: Path, parents: frozenset[str]) -> None:
    """Links to what is inside stay links; what lies outside is copied, because it may change."""
    real = os.path.realpath(source)
    if real in parents:
        return  # a link to a folder that it lies in
    os.makedirs(target, exist_ok=True)
    with os.scandir(source) as entries:
        listed = sorted(entries, key=lambda entry: entry.name)
    for entry in listed:
        place = target / entry.name
        if entry.is_symlink() and not os.path.isabs(os.readlink(entry.path)) and _inside(entry.path, real, parents):
            os.symlink(os.readlink(entry.path), place)
        elif entry.is_dir():
            if os.path.exists(os.path.join(entry.path, "pyvenv.cfg")):
                if not parents:
                    os.symlink(os.path.abspath(entry.path), place)
            elif entry.name not in SKIPPED:
                _copy_folder(Path(entry.path), place, parents | {real})
        elif entry.is_file():
            if entry.name == ".env" or entry.name.startswith(".env."):
                os.symlink(os.path.abspath(entry.path), place)
            else:
                shutil.copy2(entry.path, place)


def _inside(link: str, folder: str, parents: frozenset[str]) -> bool:
    """Whether it points into what is being copied; `folder` is where it lies, `parents` those around it."""
    top = min({*parents, folder}, key=len)
    return Path(os.path.realpath(link)).is_relative_to(top)


def _above(folder: Path, root: Path) -> Iterator[Path]:
    """The folders above the code's, nearest first, up to the project's own. That one is above the copy, too, but
    devserve's own folder lies between them."""
    if folder != root and folder.is_relative_to(root):
        yield from folder.parents[: len(folder.relative_to(root).parts)]


def _link_surroundings(place: Path, target: Path) -> None:
    """What the nearest folder has, counts."""
    names = [name for name in _ENVIRONMENTS if (place / name / "pyvenv.cfg").is_file()]
    if (place / "node_modules").is_dir():
        names.append("node_modules")
    for name in names:
        if not os.path.lexists(target / name):
            os.symlink(place / name, target / name)
    if (place / "package.json").is_file() and not (target / "package.json").exists():
        shutil.copy2(place / "package.json", target / "package.json")
