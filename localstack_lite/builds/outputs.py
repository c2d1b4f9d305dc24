"""What builds have made for a push, and whether it still stands for its source. I/O.

Locally code is built after every save that may concern it. A push looks first: a source whose files are what they were,
asked for in the same words, is not built again. esbuild says which files it has read, wherever they lie, and those are
looked at too; npm's note about what is installed stands for `node_modules`. Of a makefile and of compilers the source
folder is all that can be looked at: who reads from elsewhere has to touch a file in it.

The results lie in `.devserve/build/push/`, apart from those that run here: a server may be building at the same moment.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson

from localstack_lite.builds import foreign, listing, tool, tree
from localstack_lite.builds.excludes import Excludes
from localstack_lite.builds.listing import Source
from localstack_lite.builds.making import Making
from localstack_lite.builds.packing import RESTED, write_note
from localstack_lite.builds.turn import turn
from localstack_lite.model.function import Build, Function
from localstack_lite.model.project import Problem

#: What stands for installed packages: npm writes it with each installation.
_INSTALLED = "node_modules/.package-lock.json"
#: Settings above the source that a bundler reads.
_SETTINGS = ("package.json", "tsconfig.json", _INSTALLED)


@dataclass(frozen=True, slots=True)
class Output:
    """`folder` has the result unless there are problems. `made`: just now."""

    folder: Path
    problems: tuple[Problem, ...] = ()
    made: bool = False


class Outputs:
    """`now` is epoch ns."""

    def __init__(self, root: Path, making: Making, now: Callable[[], int] = time.time_ns) -> None:
        self._root = root
        self._folder = root / ".devserve" / "build" / "push"
        self._making = making
        self._now = now

    def code(self, function: Function, build: Build, told: Callable[[], None]) -> Output:
        """A function's code. `told` is called when it has to be built. Raises OSError."""
        if build.method == "esbuild":
            # A map is only read by who asks for it, and is larger than the code.
            build = replace(build, properties={"Sourcemap": False, **build.properties})
        said = (function.runtime, function.handler, function.architecture)
        return self._output(
            function.code.folder.name,
            build,
            said,
            told,
            lambda place, listed: self._making.code(function, build, place, listed),
        )

    def layer(self, id: str, build: Build, told: Callable[[], None]) -> Output:
        """A layer that a makefile makes."""
        name = f"{id.replace('/', '.')}-layer"

        def fill(place: Path, _: Path) -> list[Problem]:
            why = self._making.make(build, place, name)
            return [Problem(str(build.source), f"{id}: its build failed: {why}", "", id)] if why else []

        return self._output(name, build, (), told, fill)

    def _output(
        self,
        name: str,
        build: Build,
        said: Sequence[str],
        told: Callable[[], None],
        fill: Callable[[Path, Path], list[Problem]],
    ) -> Output:
        target = self._folder / name
        note = target.with_name(f"{name}.note")
        words = repr((build.method, str(build.source), sorted(build.properties.items(), key=str), said))
        with turn(target):
            looked = self._now()
            found = listing.look(Source(build.source, excludes=_of_source(build)))
            state = blake2b(f"{words}\0{found.fingerprint}".encode(errors="surrogateescape")).hexdigest()[:32]
            if target.is_dir() and self._stands(note, state, found.newest):
                return Output(target)
            told()
            with tree.part(target) as place, tree.part(note) as aside:
                problems = fill(place, aside / "inputs.json")
                if problems:
                    return Output(target, tuple(problems))
                inputs = self._inputs(build, aside / "inputs.json")
                tree.refill(place, target)
            write_note(note, {"state": state, "looked": looked, "inputs": inputs})
            return Output(target, made=True)

    def _stands(self, note: Path, state: str, newest: int) -> bool:
        try:
            known: dict[str, Any] = orjson.loads(note.read_bytes())
            if known["state"] != state or newest + RESTED >= known["looked"]:
                return False
            return all(_stamp(file) == stamp and _rested(stamp, known["looked"]) for file, stamp in known["inputs"])
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def _inputs(self, build: Build, listed: Path) -> list[tuple[str, list[int] | None]]:
        """Files whose change means another result and that are not in the source, or not looked at there."""
        if build.method != "esbuild":
            return []
        above = tool.places(build.source, self._root)
        files = [str(place / name) for place in above for name in _SETTINGS]
        try:
            read: Iterable[str] = orjson.loads(listed.read_bytes())["inputs"]
        except (OSError, ValueError, KeyError):
            read = ()
        files += [os.path.normpath(build.source / name) for name in read if ":" not in name]
        own = str(build.source) + os.sep
        kept = [file for file in dict.fromkeys(files) if not file.startswith(own) or "node_modules" in file]
        modules = [file for file in kept if f"{os.sep}node_modules{os.sep}" in file and not file.endswith(_INSTALLED)]
        # Of packages, npm's note says it all, where npm has written one.
        noted = any(os.path.exists(place / _INSTALLED) for place in above)
        return [(file, _stamp(file)) for file in kept if not (noted and file in modules)]


def _of_source(build: Build) -> Excludes:
    """As of code, and without what tools leave there."""
    try:
        found = foreign.workflow(build.method, os.listdir(build.source))
    except OSError:
        found = None
    return Excludes(patterns=("node_modules/", *(found.leavings if found is not None else ()), "!.env*"))


def _stamp(file: str) -> list[int] | None:
    """None where there is none: one that appears is a change too."""
    try:
        return list(listing.stamp_of(os.stat(file)))
    except OSError:
        return None


def _rested(stamp: Sequence[int] | None, looked: int) -> bool:
    return stamp is None or stamp[2] + RESTED < looked
