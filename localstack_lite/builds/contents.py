"""Which folders a package is made of: code, what a build made of it, installed packages. I/O: builds and installs.

Nothing is copied together: a package is several folders, later ones over earlier ones, and only its zip is one.

* Code that is built is what the build made. Other code is its folder, over the Python packages that it names.
* Node's packages come from a clean installation, not from the `node_modules` beside the code.
* An app that is no handler has its adapter over it.
* A layer's packages go over its folder, as where it runs here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from localstack_lite.builds import foreign, requirements, tool
from localstack_lite.builds.adapter_content import adapter_folder
from localstack_lite.builds.dependencies import Interpreter, dependencies_folder
from localstack_lite.builds.excludes import Excludes
from localstack_lite.builds.listing import Source
from localstack_lite.builds.npm_packages import MODULES, NodePackages, NpmPackages
from localstack_lite.builds.once import Once
from localstack_lite.builds.outputs import Outputs
from localstack_lite.builds.source_build import ContainerBuild
from localstack_lite.builds.target_packages import TargetPackages, target_packages
from localstack_lite.builds.tool import Tools
from localstack_lite.builds.zappa_content import is_zappa, zappa_folder
from localstack_lite.model.blueprint import Piece
from localstack_lite.model.function import Build, Code, Function
from localstack_lite.model.project import Problem

Say = Callable[[str], None]
"""Told what is done now: `building`."""


@dataclass(frozen=True, slots=True)
class Content:
    """`sources` are empty when a problem is no warning. `built`: something was made just now."""

    sources: tuple[Source, ...] = ()
    problems: tuple[Problem, ...] = ()
    built: bool = False


class Contents:
    """Of one push: what several functions have in common is looked at once."""

    def __init__(
        self,
        root: Path,
        environ: Mapping[str, str],
        interpreter: Interpreter,
        tools: Tools,
        outputs: Outputs,
        container: ContainerBuild | None = None,
    ) -> None:
        self._root = root
        self._environ = dict(environ)
        self._interpreter = interpreter
        self._tools = tools
        self._outputs = outputs
        self._container = container
        self._packages: Once[tuple[Path, str, str], TargetPackages] = Once()
        self._npm = NpmPackages(root, environ, tools)

    def function(self, function: Function, patterns: Sequence[str], say: Say, *, shared: bool = False) -> Content:
        """`patterns` are the user's own excludes; `shared`: its Python packages are in a layer. Raises OSError."""
        programs = frozenset({"bootstrap"} if function.language == "provided" else ())
        installed = Excludes(tuple(patterns), installed=True)
        build = function.code.build or self._compiled(function)
        if build is not None:
            output = self._outputs.code(function, build, lambda: say("building"))
            if output.problems:
                return Content((), output.problems)
            return Content((Source(output.folder, "", installed, programs=programs),), (), output.made)
        folder = function.code.folder
        project = folder.resolve() == self._root.resolve()
        code = Source(folder, "", Excludes(tuple(patterns), project), programs=programs)
        if function.language == "nodejs":
            found = self._npm.of(folder, function.runtime, function.architecture)
            if found.built:
                say("building")
            without = Excludes((f"/{MODULES}/", *patterns), project)
            alone = code if found.own else Source(folder, "", without, programs=programs)
            return _with_modules(found, alone, installed, "", function.where or function.name, function.logical_id)
        found_packages = self._python(function, say)
        if any(not problem.warning for problem in found_packages.problems):
            return Content((), found_packages.problems)
        over: tuple[Source, ...] = ()
        if function.adapter is not None:
            homes = [folder, *([found_packages.folder] if found_packages.folder is not None else [])]
            made = (zappa_folder if is_zappa(function) else adapter_folder)(function, self._root, homes)
            if isinstance(made, Problem):
                return Content((), (made,))
            over = (Source(made, "", installed, sealed=True),)
        if found_packages.folder is None or shared:
            return Content((code, *over), found_packages.problems)
        beside = Source(found_packages.folder, "", installed, sealed=True)
        return Content((beside, code, *over), found_packages.problems, found_packages.built)

    def plain(self, folder: Path, patterns: Sequence[str]) -> Content:
        """A folder as it is: the code of a function that only its template knows."""
        project = folder.resolve() == self._root.resolve()
        return Content((Source(folder, "", Excludes(tuple(patterns), project), programs=frozenset({"bootstrap"})),))

    def shared(self, piece: Piece, function: Function, say: Say) -> Content:
        """The layer of the packages that this function has in common with others."""
        found = self._python(function, say)
        if found.folder is None:
            problems = tuple(replace(one, subject=piece.id) for one in found.problems if not one.warning)
            return Content((), problems)
        beside = Source(found.folder, "python/", Excludes(installed=True), sealed=True)
        return Content((beside,), (), found.built)

    def layer(self, piece: Piece, patterns: Sequence[str], say: Say) -> Content:
        """Raises OSError."""
        plain, installed = Excludes(tuple(patterns)), Excludes(installed=True)
        method, folder = piece.build.lower(), piece.source
        if not method:
            return Content((Source(folder, "", plain),))
        if method == "makefile":
            build = Build(method, folder, {"LogicalId": piece.id.rpartition("/")[2]})
            output = self._outputs.layer(piece.id, build, lambda: say("building"))
            return Content(
                () if output.problems else (Source(output.folder, "", installed),), output.problems, output.made
            )
        if method.startswith("nodejs"):
            found = self._npm.of(folder, method, piece.architecture, above=False)
            own = plain if found.own else Excludes((f"/{MODULES}/", *patterns))
            code = Source(folder, "nodejs/", own)
            return _with_modules(found, code, installed, "nodejs/", str(folder), piece.id, over=True)
        if method.startswith("python"):
            return self._python_layer(piece, plain, say)
        what = f"{piece.id}: layers are not built with {piece.build}"
        return Content((), (Problem(str(folder), what, "python…, nodejs… and makefile are known", piece.id),))

    def _python_layer(self, piece: Piece, plain: Excludes, say: Say) -> Content:
        code = Source(piece.source, "python/", plain)
        if requirements.of(piece.source) is None:
            return Content((code,))
        versions = [piece.build.lower(), *piece.runtimes]
        runtime = next((one for one in versions if one.startswith("python3.")), "")
        if not runtime:
            what = f"{piece.id}: nothing says for which Python its packages are"
            hint = "give it BuildMethod: python3.13, or CompatibleRuntimes"
            return Content((), (Problem(str(piece.source), what, hint, piece.id),))
        # As a function whose code it is: what is installed is the same.
        stand_in = Function(piece.id, piece.id, runtime, "", Code(piece.source), architecture=piece.architecture)
        found = self._python(stand_in, say)
        if found.folder is None:
            wrong = any(not problem.warning for problem in found.problems)
            return Content(() if wrong else (code,), found.problems)
        beside = Source(found.folder, "python/", Excludes(installed=True), sealed=True)
        return Content((code, beside), found.problems, found.built)

    def _python(self, function: Function, say: Say) -> TargetPackages:
        """Once for all functions of one folder: warnings are for the first of them, what is wrong is for each."""
        key = (function.code.folder, function.runtime, function.architecture)
        found, mine = self._packages.get(key, lambda: self._targeted(function, say))
        if mine or not found.problems:
            return found
        where, id = function.where or function.name, function.logical_id
        wrong = [replace(one, where=where, subject=id) for one in found.problems if not one.warning]
        return replace(found, problems=tuple(wrong), built=False)

    def _targeted(self, function: Function, say: Say) -> TargetPackages:
        folder = dependencies_folder(function, self._root)
        if folder is not None and folder.is_dir():
            return TargetPackages(folder)  # made before; the rest is only told when something is new
        tools, environ = self._tools, self._environ
        return target_packages(function, self._root, tools, environ, self._interpreter, self._container, say)

    def _compiled(self, function: Function) -> Build | None:
        """What has to be built although nothing says how: a runtime of a compiled language, and a folder that has its
        manifest. Ruby's packages are only installed where they are missing and Bundler is there."""
        folder = function.code.folder
        try:
            files = os.listdir(folder)
        except OSError:
            return None
        found = foreign.workflow(function.runtime, files)
        if found is None:
            return None
        if not found.required and ("vendor" in files or not tool.find(found.tools[0], self._environ)):
            return None
        return Build(function.runtime, folder)


def _with_modules(
    found: NodePackages, code: Source, installed: Excludes, prefix: str, where: str, id: str, *, over: bool = False
) -> Content:
    if found.why:
        what = f"{id}: its packages cannot be installed: {found.why}"
        hint = f"npm ci --omit=dev in {code.folder.name}/ shows more"
        return Content((), (Problem(where, what, hint, id),))
    told = (Problem(where, f"{id}: {found.remark}", "", id, warning=True),) if found.remark else ()
    if found.folder is None:
        return Content((code,), told, found.built)
    modules = Source(found.folder, f"{prefix}{MODULES}/", installed, sealed=found.sealed)
    return Content((code, modules) if over else (modules, code), told, found.built)
