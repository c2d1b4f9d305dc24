"""What a Docker engine makes for a push: images of functions, and packages that have no wheel for Lambda.

The engine is asked for when something needs it, once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from localstack_lite.builds.packager import BuiltImage
from localstack_lite.builds.tool import Ran
from localstack_lite.model.function import Function
from localstack_lite.model.project import Problem, Project

if TYPE_CHECKING:
    from localstack_lite.sandbox.build_container import BuildContainers
    from localstack_lite.sandbox.engine import Engine, Unreachable

#: Seconds that a registry may take between two words of a push: it looks at a whole layer then.
_REGISTRY_TIMEOUT = 600


class EngineBuilds:
    """For one push of this project; used from several threads. `variables` are this process's environment."""

    def __init__(self, project: Project, variables: Mapping[str, str]) -> None:
        self._project = project
        self._variables = variables
        self._lock = threading.Lock()
        self._found: Engine | Unreachable | None = None
        self._containers: BuildContainers | None = None

    def run(
        self,
        runtime: str,
        architecture: str,
        command: Sequence[str],
        folders: Mapping[Path, str],
        environ: Mapping[str, str],
        seconds: float,
    ) -> Ran:
        """A `ContainerBuild`."""
        from localstack_lite.sandbox.engine import Unreachable

        engine = self._engine()
        if isinstance(engine, Unreachable):
            return Ran(127, engine.why)
        return Ran(*self._building(engine).run(runtime, architecture, command, folders, environ, seconds))

    def image(self, function: Function, told: Callable[[str], None]) -> BuiltImage | Problem:
        """An `ImageBuild`."""
        from localstack_lite.sandbox.engine import Unreachable
        from localstack_lite.sandbox.images import PLATFORMS, Images, Missing

        engine = self._engine()
        where = function.where or function.name
        if isinstance(engine, Unreachable):
            what = f"{function.name}: its image cannot be built: {engine.why}"
            return Problem(where, what, engine.hint, function.logical_id)
        images = Images(engine, self._project.images, {})
        ready = images.ensure(function, lambda _task, state, _share, _done: told(state))
        if isinstance(ready, Missing):
            return Problem(where, f"{function.name}: {ready.what}", ready.hint, function.logical_id, False, ready.lines)
        if ready.architecture != function.architecture:
            # Lambda takes it, and cannot start it.
            what = f"{function.name}: the image {ready.name} is for {ready.architecture}, the function for "
            hint = f"build it with --platform {PLATFORMS[function.architecture]}, or set Architectures"
            return Problem(where, what + function.architecture, hint, function.logical_id)
        size = int(engine.client.api.inspect_image(ready.id).get("Size") or 0)
        return BuiltImage(ready.name, ready.id, size)

    def stop(self) -> None:
        """End what `run` runs."""
        with self._lock:
            containers = self._containers
        if containers is not None:
            containers.close()

    def _engine(self) -> Engine | Unreachable:
        from localstack_lite.sandbox.engine import connect

        with self._lock:
            if self._found is None:
                self._found = connect(self._variables)
            return self._found

    def _building(self, engine: Engine) -> BuildContainers:
        from localstack_lite.sandbox.build_container import BuildContainers

        with self._lock:
            if self._containers is None:
                self._containers = BuildContainers(engine, self._project.images)
            return self._containers


def docker_client(variables: Mapping[str, str]) -> Any:
    """A `docker.DockerClient` of the same engine, for pushing what it built. A `docker.errors.DockerException` when
    none answers."""
    from localstack_lite.sandbox.engine import Unreachable, connect

    found = connect(variables)
    if isinstance(found, Unreachable):
        from docker.errors import DockerException

        raise DockerException(found.why)
    found.client.api.timeout = _REGISTRY_TIMEOUT
    return found.client
