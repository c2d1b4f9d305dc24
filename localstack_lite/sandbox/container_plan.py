"""From a function, as it is declared or as it is started, to its container and to what runs in that.

Looks which folders are there; starts nothing.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from localstack_lite import shipped
from localstack_lite.model.adapter import Adapter
from localstack_lite.model.function import Function
from localstack_lite.ports import SandboxSpec
from localstack_lite.sandbox import container, container_command, debugging, extensions, folder_copy
from localstack_lite.sandbox.container import EXTENSIONS, Blueprint, Misfit, Mount
from localstack_lite.sandbox.container_command import LAYERS, RUNTIME, TASK
from localstack_lite.sandbox.container_runtime import Tenure
from localstack_lite.sandbox.debugging import Attachment
from localstack_lite.sandbox.engine import Engine
from localstack_lite.sandbox.images import ReadyImage
from localstack_lite.sandbox.spec import PACKAGES as OFFER
from localstack_lite.sandbox.warden import TELEMETRY, TELEMETRY_FD

#: Where Python finds packages that the code does not carry itself.
PACKAGES = "/var/devserve/dependencies"
#: Where the modules of adapters are, and each of the packages that they offer.
ADAPTERS, OFFERED = "/var/devserve/adapters", "/var/devserve/packages"
Places = tuple[tuple[Path, str], ...]
_EMULATORS = {"arm64": "qemu-aarch64", "x86_64": "qemu-x86_64"}


class ContainerPlan:
    """For one engine. `environ` is devserve's own environment, `given` the folder of extensions that starts name."""

    def __init__(self, engine: Engine, environ: Mapping[str, str], given: Path | None = None) -> None:
        self._engine = engine
        self._given = given
        self._environ = environ

    def of_function(self, function: Function, image: ReadyImage) -> Blueprint:
        folder = None if function.image is not None else function.code.folder
        limits = (function.memory, function.ephemeral_storage)
        places = _places(folder, function.opt, function.dependencies, function.runtime, function.adapter)
        places += _given(self._given)
        return self._blueprint(function.logical_id, image, places, limits)

    def of_start(self, spec: SandboxSpec, image: ReadyImage) -> Blueprint:
        folder = None if spec.image is not None else spec.folder
        extra = attachment(spec)
        debug = spec.debug and not extra.problem
        places = _places(folder, spec.opt, spec.dependencies, spec.runtime, spec.adapter)
        places += _given(spec.extensions)
        return self._blueprint(spec.function, image, places, (spec.memory, spec.storage), extra.mounts, debug=debug)

    def tenure(self, spec: SandboxSpec, image: ReadyImage) -> Tenure:
        command = container_command.command(
            image.entry_point, image.command, spec.image, spec.handler, _bootstrap(spec)
        )
        environ = container_command.variables(
            spec.environ, self._environ, spec.runtime_api, spec.handler, self._engine.reach.name
        )
        if spec.dependencies is not None and spec.dependencies.is_dir() and spec.runtime.startswith("python"):
            first = environ.get("PYTHONPATH") or image.environ.get("PYTHONPATH") or RUNTIME
            environ["PYTHONPATH"] = f"{first}:{PACKAGES}"
        if spec.adapter is not None:
            environ |= _adapted(spec, spec.adapter, environ, image)
        environ |= attachment(spec).environ
        environ[TELEMETRY] = TELEMETRY_FD
        folder = TASK
        if spec.image is not None:
            folder = spec.image.working_directory or image.working_directory or TASK
        return Tenure(command, environ, folder, _beside(spec, environ))

    def outdated(self, plan: Blueprint) -> bool:
        """Whether a folder of it is gone, or another one is in its place."""
        return any(mount.inode and folder_copy.identity(mount.source) != mount.inode for mount in plan.mounts)

    def misfit(self, architecture: str, image: ReadyImage) -> Misfit | None:
        """What is to be said about running a function of that architecture in this image here."""
        engine = self._engine
        emulated = not engine.local or _emulates(image.architecture)
        return container.misfit(architecture, image.architecture, engine.architecture, emulated)

    def _blueprint(
        self,
        function: str,
        image: ReadyImage,
        places: Places,
        limits: tuple[int, int],
        extra: tuple[Mount, ...] = (),
        *,
        debug: bool = False,
    ) -> Blueprint:
        engine = self._engine
        own = all(target == EXTENSIONS for _, target in places)
        mounts = tuple(
            Mount(
                os.path.realpath(source),
                target,
                folder_copy.identity(str(source)),
                copied=not engine.mounts,
                single=source.is_file(),
            )
            for source, target in places
        )
        return Blueprint(
            function,
            image.id,
            (*mounts, *extra),
            memory=limits[0],
            storage=limits[1],
            network=engine.network,
            architecture=image.architecture,
            user=container.user(engine.local, own, os.getuid(), os.getgid()),
            own=own,
            shared=engine.local,
            debug=debug,
        )


def _places(
    folder: Path | None, opt: Path | None, dependencies: Path | None, runtime: str, adapter: Adapter | None
) -> Places:
    """What a function that is no image has where. Packages that could not be installed are no folder. Node looks for
    packages in `node_modules` of every folder above the code."""
    if folder is None:
        return ()
    places = [(folder, TASK)]
    if opt is not None:
        places.append((opt, LAYERS))
    if dependencies is not None and dependencies.is_dir():
        places.append((dependencies, "/var/node_modules" if runtime.startswith("nodejs") else PACKAGES))
    if adapter is not None:
        places += zip(adapter.folders, _numbered(ADAPTERS, adapter.folders), strict=True)
        places += zip(adapter.packages, _numbered(OFFERED, adapter.packages), strict=True)
    return tuple(places)


def _given(folder: Path | None) -> Places:
    return ((folder, EXTENSIONS),) if folder is not None and folder.is_dir() else ()


def _beside(spec: SandboxSpec, environ: Mapping[str, str]) -> dict[str, str] | None:
    """The variables of external extensions; None when it is certain that there is none. An image may hold some."""
    if spec.image is None and not extensions.found(spec.opt, spec.extensions, ""):
        return None
    found = extensions.variables(environ, spec.environ)
    found.pop(TELEMETRY, None)
    return found


def _adapted(spec: SandboxSpec, adapter: Adapter, environ: Mapping[str, str], image: ReadyImage) -> dict[str, str]:
    """The variables by which an adapter is found, and its own, which may name folders of the project."""
    paths = _numbered(ADAPTERS, adapter.folders)
    before = environ.get("PYTHONPATH") or image.environ.get("PYTHONPATH") or RUNTIME
    found = {name: environ[name].replace(str(spec.folder), TASK) for name in adapter.variables if name in environ}
    found["PYTHONPATH"] = ":".join((before, *paths))
    if adapter.packages:
        found[OFFER] = ":".join(_numbered(OFFERED, adapter.packages))
    return found


def _numbered(place: str, paths: Sequence[Path]) -> list[str]:
    """Each in a folder of its own: their names may be the same."""
    return [f"{place}/{number}/{path.name}" for number, path in enumerate(paths)]


def attachment(spec: SandboxSpec) -> Attachment:
    """The debugger of this start."""
    if not spec.debug:
        return Attachment()
    found = importlib.util.find_spec("debugpy")
    package = os.path.dirname(found.origin) if found is not None and found.origin else ""
    wrapper = str(shipped.runtimes() / "docker" / "debug-wrapper.sh")
    return debugging.attachment(spec.runtime, spec.environ, package, wrapper)


def _bootstrap(spec: SandboxSpec) -> str:
    """The executable of an OS-only runtime, where Lambda looks for it (AWS docs, "Building a custom runtime")."""
    if spec.image is not None or not spec.runtime.startswith("provided"):
        return ""
    for folder, target in ((spec.folder, TASK), (spec.opt, LAYERS)):
        if folder is not None and (folder / "bootstrap").is_file():
            return f"{target}/bootstrap"
    return ""


def _emulates(architecture: str) -> bool:
    """Whether this machine's kernel hands programs of that architecture to an emulator."""
    emulator = _EMULATORS.get(architecture)
    return emulator is not None and os.path.exists(f"/proc/sys/fs/binfmt_misc/{emulator}")
