"""What packages are made with: interpreters of this machine, its Docker engine for images and what has no wheel.

The engine is asked for only when something needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from localstack_lite.builds.packager import BuiltImage, Packager
from localstack_lite.builds.tool import Ran
from localstack_lite.model.function import Function
from localstack_lite.model.project import Problem, Project
from localstack_lite.sandbox import interpreter

if TYPE_CHECKING:
    from localstack_lite.sandbox.engine import Engine, Unreachable


def packager(project: Project, variables: Mapping[str, str]) -> Packager:
    """For one push of this project. `variables` are this process's environment."""

    @cache
    def engine() -> Engine | Unreachable:
        from localstack_lite.sandbox.engine import connect

        return connect(variables)

    def python(runtime: str, folder: Path) -> Path:
        return interpreter.find(runtime, folder, project.root, variables).path

    def container(
        runtime: str,
        architecture: str,
        command: Sequence[str],
        folders: Mapping[Path, str],
        environ: Mapping[str, str],
        seconds: float,
    ) -> Ran:
        from localstack_lite.sandbox.build_container import BuildContainer
        from localstack_lite.sandbox.engine import Unreachable

        found = engine()
        if isinstance(found, Unreachable):
            return Ran(127, found.why)
        built = BuildContainer(found, project.images).run(runtime, architecture, command, folders, environ, seconds)
        return Ran(*built)

    def image(function: Function, told: Callable[[str], None]) -> BuiltImage | Problem:
        from localstack_lite.sandbox.engine import Unreachable
        from localstack_lite.sandbox.images import Images, Missing

        found = engine()
        where = function.where or function.name
        if isinstance(found, Unreachable):
            what = f"{function.name}: its image cannot be built: {found.why}"
            return Problem(where, what, found.hint, function.logical_id)
        ready = Images(found, project.images, {}).ensure(function, lambda _task, state, _share, _done: told(state))
        if isinstance(ready, Missing):
            return Problem(where, f"{function.name}: {ready.what}", ready.hint, function.logical_id, False, ready.lines)
        size = int(found.client.api.inspect_image(ready.id).get("Size") or 0)
        return BuiltImage(ready.name, ready.id, size)

    return Packager(project.root, variables, python, container=container, images=image)
