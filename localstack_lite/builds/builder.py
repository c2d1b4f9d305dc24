"""What is made of the user's files before they run: the story, function by function. I/O: makes folders.

Layers first, each once; then `/opt`; then the code; then the packages. Everything that is named by its content is made
once and never again; code with a build of its own is made whenever it is asked for, into the folder that it had before,
and stays what it was when that fails.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from localstack_lite.builds import packages, published, requirements, tree
from localstack_lite.builds.dependencies import Interpreter, dependencies_folder, install, node_modules, python_packages
from localstack_lite.builds.making import Making
from localstack_lite.builds.published import Unpack
from localstack_lite.builds.python_install import Installed
from localstack_lite.builds.tool import Tools
from localstack_lite.errors import RemoteError
from localstack_lite.model.function import Build, Function, Layer
from localstack_lite.model.project import Problem

Told = Callable[[str, str, float | None, bool], None]
"""A `Progress` without its time: task, state, share, done."""

#: Bytes of a function's code with its layers, unpacked (AWS quotas).
MOST_BYTES = 250 * 1024 * 1024
#: A layer that could not be had is tried again after so many seconds, not with every save.
AGAIN = 300.0
#: Results of earlier states of layers that are kept, for whoever goes back to one.
_KEPT, _KEPT_BUILDS = 12, 3
_AT_ONCE = 4


class Builder:
    """A `ports.Builder`. `interpreter` says which Python of this machine a runtime and a folder have; `unpack` unpacks
    zips. With `containers`, functions get their packages installed."""

    def __init__(
        self,
        root: Path,
        environ: Mapping[str, str],
        interpreter: Interpreter,
        unpack: Unpack,
        *,
        containers: bool = False,
    ) -> None:
        self._root = root
        self._environ = dict(environ)
        self._interpreter = interpreter
        self._unpack = unpack
        self._containers = containers
        self._tools = Tools(environ)
        self._making = Making(root, environ, self._tools, root / ".devserve" / "build" / ".work")
        self._lock = threading.Lock()
        self._refused: dict[str, tuple[float, RemoteError]] = {}

    def needs(self, function: Function) -> bool:
        """Whether there is anything to do. Looks only whether a few folders are there."""
        if function.code.build is not None:
            return True
        lacking = [layer for layer in function.layers if self._lacks(layer)]
        if any(self._refusal(layer) is None for layer in lacking):
            return True
        opt = function.opt
        if opt is not None and (not opt.is_dir() or (not lacking and _unfinished(opt).exists())):
            return True
        return self._lacks_packages(function)

    def build(self, functions: Sequence[Function], told: Told) -> tuple[Problem, ...]:
        """Blocking, safe from several threads. A problem that is a warning left the function something short (a layer,
        a package); after any other its code is what it was before."""
        with self._lock:
            tree.claim(self._root)
            problems: list[Problem] = []
            failed = self._layers([f for f in functions if f.opt is not None], told)
            for function in functions:
                problems += self._opt(function, failed)
            with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="build") as workers:
                for found in workers.map(lambda function: self._code(function, told), functions):
                    problems += found
            for function in functions:
                problems += self._packages(function, told)
            self._prune(functions)
            return tuple(problems)

    def close(self) -> None:
        """End what runs: `build` returns soon, with problems."""
        self._tools.close()

    # -- layers

    def _layers(self, functions: Iterable[Function], told: Told) -> dict[str, RemoteError]:
        """Make and fetch those that are not there; what could not be had, by digest."""
        failed: dict[str, RemoteError] = {}
        for layer in {one.digest: one for function in functions for one in function.layers}.values():
            if not self._lacks(layer):
                continue
            if (error := self._refusal(layer)) is not None:
                failed[layer.digest] = error
                continue
            task = f"layer {_short(layer.arn)}"
            try:
                self._make_layer(layer, task, told)
            except (RemoteError, OSError) as problem:
                error = problem if isinstance(problem, RemoteError) else RemoteError(layer.arn, str(problem))
                failed[layer.digest] = error
                self._refused[layer.digest] = (time.monotonic(), error)
            told(task, "failed" if layer.digest in failed else "done", None, True)
        return failed

    def _lacks(self, layer: Layer) -> bool:
        """A built one may be there and be for the other kind of sandbox."""
        if layer.folder is None:
            return False
        python = layer.build is not None and layer.build.method.startswith("python")
        return not layer.folder.is_dir() or (python and _native(layer.folder).exists() == self._containers)

    def _refusal(self, layer: Layer) -> RemoteError | None:
        since, error = self._refused.get(layer.digest, (0.0, None))
        return error if error is not None and time.monotonic() - since < AGAIN else None

    def _make_layer(self, layer: Layer, task: str, told: Told) -> None:
        assert layer.folder is not None
        if layer.build is not None:
            told(task, f"building ({layer.build.method})", None, False)
            self._build_layer(layer.folder, layer.build)
            return
        told(task, "fetching", None, False)
        published.fetch(
            layer.arn, layer.folder, self._environ, self._unpack, lambda share: told(task, "fetching", share, False)
        )

    def _build_layer(self, folder: Path, build: Build) -> None:
        with tree.part(folder) as place:
            if build.method == "makefile":
                why = self._making.make(build, place, folder.name)
            else:
                python = build.method.startswith("python")
                inside = place / ("python" if python else "nodejs")
                inside.mkdir()
                tree.merge([build.source], inside, tree.NOT_SOURCE)
                why = self._install_layer(build, inside, python=python)
            if why:
                raise RemoteError(str(build.source), f"its build failed: {why}", "look at what it needs to build")
            if folder.is_dir():
                tree.refill(place, folder)
            else:
                tree.put(place, folder)
        _mark(_native(folder), there=not self._containers)
        tree.prune(folder.parent, f"{folder.name.rpartition('-')[0]}-", _KEPT_BUILDS, {folder})

    def _install_layer(self, build: Build, inside: Path, *, python: bool) -> str:
        if python:
            if requirements.of(build.source) is None:
                return ""
            architecture = str(build.properties.get("Architecture") or "x86_64")
            interpreter = self._interpreter(build.method, build.source)
            return _into(
                inside,
                lambda place: python_packages(
                    build.source,
                    place,
                    build.method,
                    architecture,
                    interpreter,
                    self._tools,
                    self._environ,
                    here=not self._containers,
                ),
            )
        if not (build.source / packages.PACKAGE).is_file():
            return ""
        return _into(inside, lambda place: node_modules(build.source, place, self._tools, self._environ))

    def _opt(self, function: Function, failed: Mapping[str, RemoteError]) -> list[Problem]:
        """`/opt` as far as there are layers. One that lacks something is made again the next time."""
        problems = [
            Problem(
                function.where or function.name,
                f"{function.name}: the layer {_short(layer.arn)}: {error.what}; it runs without this layer",
                error.hint,
                function.logical_id,
                warning=True,
            )
            for layer in function.layers
            if (error := failed.get(layer.digest)) is not None
        ]
        opt = function.opt
        named = [layer.folder for layer in function.layers if layer.folder is not None]
        if opt is None or opt in named or (opt.is_dir() and not _unfinished(opt).exists()):
            return problems
        folders = [folder for folder in named if folder.is_dir()]
        try:
            with tree.part(opt) as place:
                tree.merge(folders, place)
                if opt.is_dir():
                    tree.refill(place, opt)
                else:
                    tree.put(place, opt)
            _mark(_unfinished(opt), there=len(folders) < len(named))
        except OSError as error:
            what = f"{function.name}: its layers cannot be merged: {error}"
            return [*problems, Problem(function.where or function.name, what, "", function.logical_id)]
        size = tree.size(opt) + tree.size(function.code.folder, tree.NOT_SOURCE | {"node_modules"})
        if size > MOST_BYTES:
            what = f"{function.name}: {size >> 20} MB with its layers; AWS takes 250 MB unpacked"
            problems.append(
                Problem(function.where or function.name, what, "it runs here all the same", function.logical_id, True)
            )
        return problems

    # -- code

    def _code(self, function: Function, told: Told) -> list[Problem]:
        build = function.code.build
        if build is None:
            return []
        task = f"build {function.name}"
        told(task, build.method, None, False)
        try:
            function.code.folder.mkdir(parents=True, exist_ok=True)
            with tree.part(function.code.folder) as place:
                problems = self._making.code(function, build, place)
                if not problems:
                    tree.refill(place, function.code.folder)
        except OSError as error:
            problems = [Problem(function.where, f"{function.name}: its build failed: {error}", "", function.logical_id)]
        told(task, "failed" if problems else "done", None, True)
        return problems

    # -- packages

    def _lacks_packages(self, function: Function) -> bool:
        folder = dependencies_folder(function, self._root) if self._containers else None
        return folder is not None and not folder.is_dir()

    def _packages(self, function: Function, told: Told) -> list[Problem]:
        if not self._lacks_packages(function):
            return []
        task = f"packages of {function.name}"
        told(task, "installing", None, False)
        try:
            found = install(function, self._root, self._tools, self._environ, self._interpreter)
        except OSError as error:
            found = Installed(str(error))
        told(task, "failed" if found.why else "done", None, True)
        if not found.why:
            return []
        what = f"{function.name}: its packages cannot be installed: {found.why}"
        hint = found.hint or "install them into the code folder, or look at what they need"
        return [Problem(function.where or function.name, what, hint, function.logical_id, True, found.details)]

    # -- folders

    def _prune(self, functions: Sequence[Function]) -> None:
        used = {function.opt for function in functions if function.opt is not None}
        tree.prune(self._root / ".devserve" / "cache" / "layers", "opt-", _KEPT, used)


def _into(folder: Path, fill: Callable[[Path], str]) -> str:
    """What is installed goes over what is there, and files of the user's are not written through."""
    with tree.part(folder) as place:
        why = fill(place)
        if not why:
            tree.merge([place], folder)
    return why


def _unfinished(opt: Path) -> Path:
    """The mark of an `/opt` that lacks a layer."""
    return opt.with_name(opt.name + ".unfinished")


def _native(layer: Path) -> Path:
    """The mark of a layer whose packages were installed for this machine and not for Lambda's."""
    return layer.with_name(layer.name + ".native")


def _mark(mark: Path, *, there: bool) -> None:
    if there:
        mark.touch()
    else:
        mark.unlink(missing_ok=True)


def _short(arn: str) -> str:
    """`name:version` of a layer's ARN."""
    return ":".join(arn.rsplit(":", 2)[-2:])
