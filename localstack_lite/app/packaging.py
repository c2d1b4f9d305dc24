"""What packages are made with: interpreters of this machine, its Docker engine for images and what has no wheel.

The engine is asked for only when something needs it. And which packages several functions are to have in one layer.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from localstack_lite.app.engine_builds import EngineBuilds
from localstack_lite.builds.dependencies import packages_name
from localstack_lite.builds.packager import Packager
from localstack_lite.builds.shared import with_shared_layers
from localstack_lite.model.blueprint import Blueprint
from localstack_lite.model.function import Function
from localstack_lite.model.project import Project
from localstack_lite.sandbox import interpreter


def packager(project: Project, variables: Mapping[str, str]) -> Packager:
    """For one push of this project. `variables` are this process's environment."""
    engine = EngineBuilds(project, variables)

    def python(runtime: str, folder: Path) -> Path:
        return interpreter.find(runtime, folder, project.root, variables).path

    return Packager(
        project.root,
        variables,
        python,
        container=engine.run,
        images=engine.image,
        exclude={"": project.exclude},
        stop=engine.stop,
    )


def sharing(blueprint: Blueprint, project: Project, stack: str) -> Blueprint:
    """The blueprint with layers for the packages that its functions have in common, when the project asks for that.
    `stack` is the stage's."""
    if not project.shared_dependencies:
        return blueprint
    root = project.root
    names = {one.logical_id: packages_name(one, root) for one in blueprint.functions if _installs(one)}
    return with_shared_layers(blueprint, names, root / ".devserve" / "cache" / "dependencies", stack)


def _installs(function: Function) -> bool:
    """Whether packages are put beside its code: not when it is a zip, or made by a build or of the template."""
    code = function.code
    return function.language == "python" and function.image is None and code.build is None and code.source is None
