"""What to do about a module that a function cannot import: asked when an error is shown. I/O: looks at folders."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from localstack_lite.model.function import Function
from localstack_lite.model.project import Project
from localstack_lite.observe import missing
from localstack_lite.sandbox import interpreter


def advice(project: Project) -> missing.Advise:
    """For the functions of a project that run on this machine's Pythons."""

    def advise(logical_id: str, module: str) -> str:
        function = project.function(logical_id)
        if function is None or not function.runtime.startswith("python"):
            return ""
        if module in _own(function):
            return f"there is no {module.replace('.', '/')}.py in {function.code.watched}"
        if function.code.build is not None:
            return missing.LISTED.format(missing.package_of(module))
        folder = function.code.folder
        found = interpreter.find(function.runtime, folder, project.root, os.environ)
        there = {name for place in (folder, project.root) for name in _names(place)}
        own = found.path == Path(sys.executable)
        return missing.hint(module, there, _shown(found.path, project.root), found.reason, own=own)

    return advise


def _own(function: Function) -> set[str]:
    """The modules that the function itself begins with."""
    adapter = function.adapter
    if adapter is None:
        return {function.handler.rpartition(".")[0].replace("/", ".")}
    return {adapter.app.partition(":")[0], adapter.django_settings}


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _shown(path: Path, root: Path) -> str:
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
