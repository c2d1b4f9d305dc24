"""Making a function's code, or a layer's, with the project's own tools: esbuild, make, a compiler. I/O: runs them.

For what runs here and for what is pushed alike: both say where the result goes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import orjson

from localstack_lite.builds import esbuild, foreign, foreign_build, makefile, tool, tree
from localstack_lite.builds.tool import Tools
from localstack_lite.model.function import Build, Function
from localstack_lite.model.project import Problem

#: How long builds may take, in seconds.
ESBUILD_PATIENCE, MAKE_PATIENCE = 120.0, 900.0
#: How many lines of a tool's output are told.
_MOST_LINES = 8


class Making:
    """`works` is the folder that has the copies in which makefiles run; who else makes has another one."""

    def __init__(self, root: Path, environ: Mapping[str, str], tools: Tools, works: Path) -> None:
        self._root = root
        self._environ = dict(environ)
        self._tools = tools
        self._works = works

    def code(self, function: Function, build: Build, place: Path, listed: Path | None = None) -> list[Problem]:
        """What is wrong; nothing when the result is in `place`. esbuild lists the files that it has read in `listed`,
        as its own metafile."""
        where, name = function.where or function.name, function.logical_id
        if build.method == "makefile":
            build = replace(build, properties={"LogicalId": name.rpartition("/")[2], **build.properties})
            why = self.make(build, place, function.code.folder.name)
            hint = "the function goes on with what was built before" if _filled(function.code.folder) else ""
            return [Problem(where, f"{function.name}: its build failed: {why}", hint, name)] if why else []
        if build.method != "esbuild":
            return self._foreign(function, build, place)
        program = tool.of_project("esbuild", build.source, self._root, self._environ)
        if not program:
            hint = "npm install --save-dev esbuild"
            return [Problem(where, f"{function.name}: esbuild is neither in node_modules nor on the PATH", hint, name)]
        command = esbuild.command(program, build.properties, function.runtime, str(place))
        if listed is not None:
            command.append(f"--metafile={listed}")
        ran = self._tools.run(command, build.source, ESBUILD_PATIENCE)
        if ran.code == 0:
            return []
        return [
            Problem(self._shown(build.source, one.where) or where, f"{function.name}: {one.what}", "", name)
            for one in esbuild.complaints(ran.output)[:5]
        ]

    def make(self, build: Build, place: Path, name: str) -> str:
        """Run the project's makefile in a copy of the source: what it leaves there is no edit. The copy stays, so that
        compilers find their work of the last time. Answers why it failed, or nothing."""
        make = tool.find("make", self._environ)
        if not make:
            return "make is not on the PATH"
        work = self._works / name.rpartition("-")[0]
        tree.copy(build.source, work)
        logical_id = str(build.properties.get("LogicalId") or "")
        command = [make, *makefile.command(logical_id, str(place))[1:]]
        ran = self._tools.run(command, work, MAKE_PATIENCE, ARTIFACTS_DIR=str(place))
        return makefile.complaint(ran.output) if ran.code else ""

    def _foreign(self, function: Function, build: Build, place: Path) -> list[Problem]:
        where, name = function.where or function.name, function.logical_id
        files = os.listdir(build.source)
        found = foreign.workflow(build.method, files)
        if found is None:
            what = f"{function.name}: there is nothing in {build.source.name}/ to build with {build.method}"
            return [Problem(where, what, "look at BuildMethod and CodeUri", name)]
        if not any(one in files or tool.find(one, self._environ) for one in found.tools):
            what = f"{function.name}: {found.tools[-1]}, which builds {found.manifest}, is not on the PATH"
            return [Problem(where, what, f"{found.hint}, or build it before and name the result", name)]
        with tree.part(place.with_name(place.name.strip(".") + ".scratch")) as scratch:
            places = {"artifacts": str(place), "scratch": str(scratch)}
            asked = foreign.request(found, build, function.runtime, function.handler, function.architecture, places)
            command = [sys.executable, "-P", foreign_build.__file__, orjson.dumps(asked).decode()]
            ran = self._tools.run(command, build.source, MAKE_PATIENCE)
        if ran.code == 0:
            return []
        what = f"{function.name}: its build failed: {foreign.complaint(ran.output)}"
        details = tuple(line for line in ran.output.splitlines() if line.strip())[-_MOST_LINES:]
        return [Problem(where, what, "", name, details=details)]

    def _shown(self, folder: Path, where: str) -> str:
        """A place that is relative to a folder, relative to the project."""
        if not where:
            return ""
        whole = os.path.normpath(folder / where)
        return os.path.relpath(whole, self._root) if Path(whole).is_relative_to(self._root) else whole


def _filled(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())
