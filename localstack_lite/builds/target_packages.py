"""What a push adds to a function's own code, or to a layer's: Python packages for Lambda's machine. I/O: installs them.

The folder is the one that a container here gets: made once for each list, version and architecture, and never written
to again. What Lambda's runtime carries itself (boto3) is in it when the list names it, as pip would have it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from localstack_lite.builds import extension_modules, requirements, tree
from localstack_lite.builds.dependencies import Interpreter, dependencies_folder, install_python
from localstack_lite.builds.platform_tags import Target, version_of
from localstack_lite.builds.python_install import Installed, Say, silent
from localstack_lite.builds.source_build import ContainerBuild
from localstack_lite.builds.tool import Tools
from localstack_lite.model.function import Function
from localstack_lite.model.project import Problem

#: Files of one kind that are named in a message.
_MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class TargetPackages:
    """`folder` is what is added to the code: None when there is nothing to add, or when it could not be made (then one
    of `problems` is no warning). `built`: it was made just now. `ways` says of each package that had no wheel how one
    was made (`psycopg2 2.9: built in a container of python3.12`)."""

    folder: Path | None
    problems: tuple[Problem, ...] = ()
    built: bool = False
    ways: tuple[str, ...] = ()


def target_packages(
    function: Function,
    root: Path,
    tools: Tools,
    environ: Mapping[str, str],
    interpreter: Interpreter,
    container: ContainerBuild | None = None,
    told: Say = silent,
) -> TargetPackages:
    """The packages of a Python function; nothing for any other. Blocking; safe from several threads and processes.
    Warnings are told each time: compiled modules in the code itself that Lambda cannot load are among them."""
    if function.language != "python" or function.image is not None:
        return TargetPackages(None)
    where, name = function.where or function.name, function.logical_id
    target = Target(version_of(function.runtime), function.architecture)
    remarks = foreign_code(function.code.folder, target, where, f"{function.name}: its code", name)
    folder = dependencies_folder(function, root)
    if folder is None:
        return TargetPackages(None, (*remarks, *_unlocked(function, root)))
    installed = install_python(function, root, tools, environ, interpreter, container, told)
    if installed is not None and installed.why:
        return TargetPackages(None, (*remarks, _problem(where, function.name, name, installed)), ways=installed.ways)
    if installed is None:
        return TargetPackages(folder, remarks)
    found = foreign_code(folder, target, where, f"{function.name}: its packages", name)
    return TargetPackages(folder, (*remarks, *found), True, installed.ways)


def foreign_code(folder: Path, target: Target, where: str, whose: str, subject: str) -> tuple[Problem, ...]:
    """A warning for each kind of machine that compiled modules below the folder are for, and Lambda is not."""
    kinds: dict[str, list[str]] = {}
    for name, what in extension_modules.foreign(_names(folder), target):
        kinds.setdefault(what, []).append(name)
    return tuple(
        Problem(
            where,
            f"{whose} has compiled modules for {what}, which {target} cannot load: {_listed(names)}",
            "take them out of the folder and name the package in requirements.txt: then its wheel for Lambda is used",
            subject,
            warning=True,
        )
        for what, names in kinds.items()
    )


def _problem(where: str, shown: str, subject: str, installed: Installed) -> Problem:
    hint = installed.hint or "install them into the code folder, or look at what they need"
    return Problem(
        where, f"{shown}: its packages cannot be installed: {installed.why}", hint, subject, details=installed.details
    )


def _unlocked(function: Function, root: Path) -> tuple[Problem, ...]:
    """Silence would be a push without packages."""
    found = None
    if not requirements.carries_packages(function.code.watched):
        found = requirements.unlocked(function.code.watched, root)
    if found is None:
        return ()
    file, command = found
    what = f"{function.name}: {os.path.relpath(file, root)} has no lock, so none of its packages are pushed"
    return (Problem(function.where or function.name, what, command, function.logical_id, warning=True),)


def _names(folder: Path) -> list[str]:
    found = []
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in tree.NOT_SOURCE)
        found += [os.path.relpath(os.path.join(place, name), folder) for name in sorted(files)]
    return found


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
