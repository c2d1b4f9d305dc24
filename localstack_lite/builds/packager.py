"""What AWS takes, made of what the user has: the story, piece by piece. I/O.

A function or layer: which folders it is made of (`contents`), then their zip (`stock`). What is a zip already is pushed
as it is, byte for byte; other files too. An image is built by the engine, which is somebody else's (`ImageBuild`).

Everything is known again by looks: unchanged, 50 functions cost a walk over their folders and no read. Functions that
are made of the same folders are one zip, looked at and made once.
"""

from __future__ import annotations

import os
import re
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

import orjson

from localstack_lite.builds import binaries, listing, sizes, tree
from localstack_lite.builds.contents import Content, Contents
from localstack_lite.builds.dependencies import Interpreter, dependencies_folder
from localstack_lite.builds.listing import Source
from localstack_lite.builds.making import Making
from localstack_lite.builds.once import Once
from localstack_lite.builds.outputs import Outputs
from localstack_lite.builds.packing import TooLarge, write_note
from localstack_lite.builds.platform_tags import Target, version_of
from localstack_lite.builds.shared import SHARED, is_shared
from localstack_lite.builds.source_build import ContainerBuild
from localstack_lite.builds.stock import Stock, Zipped
from localstack_lite.builds.target_packages import foreign_code
from localstack_lite.builds.tool import Tools
from localstack_lite.model.blueprint import Piece, PieceKind
from localstack_lite.model.function import Function
from localstack_lite.model.package import Package
from localstack_lite.model.project import Problem
from localstack_lite.ports import Moved

_AT_ONCE = 4
#: Bytes between two words about how far a zip is.
_STEP = 1 << 20
#: An image that is where Lambda takes images from (AWS docs: private ECR repositories).
_IN_REGISTRY = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/.+")
_KIND = "package"


@dataclass(frozen=True, slots=True)
class BuiltImage:
    """An image of the local engine: its tag, its id (`sha256:…`) and its size in bytes."""

    tag: str
    id: str
    size: int


class ImageBuild(Protocol):
    """Makes the image of a function, or finds the one that it names. Blocking; called on any thread."""

    def __call__(self, function: Function, told: Callable[[str], None]) -> BuiltImage | Problem:
        """`told` is what is done now (`building`). A Problem when it could not be had."""
        ...


@dataclass(frozen=True, slots=True)
class _Made:
    """What became of a piece."""

    piece: Piece
    package: Package | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Run:
    """What all pieces of one call have in common."""

    contents: Contents
    zips: Once[tuple[Source, ...], Zipped]
    sharing: Mapping[Path | None, Function]
    """One function of those whose packages are in a shared layer, by the folder of the packages."""


class Packager:
    """A `ports.Packager`. `interpreter` says which Python of this machine a runtime and a folder have; `container`
    builds Python packages without wheels. `exclude` are the user's own patterns by piece id; those of `""` are for all
    of them. `now` is epoch ns. `stop` ends what `container` runs."""

    def __init__(
        self,
        root: Path,
        environ: Mapping[str, str],
        interpreter: Interpreter,
        *,
        container: ContainerBuild | None = None,
        images: ImageBuild | None = None,
        exclude: Mapping[str, Sequence[str]] | None = None,
        now: Callable[[], int] = time.time_ns,
        stop: Callable[[], None] | None = None,
    ) -> None:
        self._root = root
        self._images = images
        self._exclude = dict(exclude or {})
        self._tools = Tools(environ)
        self._stop = stop
        making = Making(root, environ, self._tools, root / ".devserve" / "build" / ".push-work")
        outputs = Outputs(root, making, now)
        self._contents = partial(Contents, root, environ, interpreter, self._tools, outputs, container)
        self._folder = root / ".devserve" / "cache" / "packages"
        self._stock = Stock(self._folder, now)

    def package(
        self, pieces: Sequence[Piece], functions: Sequence[Function], moved: Moved
    ) -> tuple[dict[str, Package], tuple[Problem, ...]]:
        """Packages by piece id; templates are none. A problem that is no warning stands for a package that is not
        there."""
        tree.claim(self._root)
        by_id = {function.logical_id: function for function in functions}
        sharing = {
            piece.id: dependencies_folder(by_id[piece.id], self._root)
            for piece in pieces
            if piece.kind is PieceKind.FUNCTION and piece.build == SHARED and piece.id in by_id
        }
        run = _Run(self._contents(), Once(), {folder: by_id[id] for id, folder in sharing.items()})
        wanted = [piece for piece in pieces if piece.kind is not PieceKind.TEMPLATE]
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="package") as workers:
            made = list(workers.map(lambda piece: self._made(piece, by_id.get(piece.id), run, moved), wanted))
        packages = {one.piece.id: one.package for one in made if one.package is not None}
        problems = list(dict.fromkeys(problem for one in made for problem in one.problems))
        for piece in wanted:
            function = by_id.get(piece.id)
            if function is not None and (problem := _with_layers(function, packages, pieces, sharing)):
                problems.append(problem)
                del packages[piece.id]
        if any(package.built for package in packages.values()):
            self._stock.prune()
        return packages, tuple(self._new(problems))

    def close(self) -> None:
        """End what is being built; `package` returns soon, with problems."""
        self._tools.close()
        self._stock.close()
        if self._stop is not None:
            self._stop()

    def _made(self, piece: Piece, function: Function | None, run: _Run, moved: Moved) -> _Made:
        says = _Says(piece.id, moved)
        try:
            match piece.kind:
                case PieceKind.IMAGE:
                    made = self._image(piece, function, says)
                case PieceKind.FILE:
                    made = _Made(piece, _package(piece, self._stock.file(piece.source), built=False))
                case _:
                    made = self._zip(piece, function, run, says)
        except TooLarge as large:
            made = _Made(piece, None, _refused(piece, function, large.unpacked, large.largest))
        except OSError as error:
            why = f"{error.filename}: {error.strerror}" if error.filename else str(error)
            made = _Made(piece, None, (_wrong(piece, function, f"cannot be packaged: {why}"),))
        says.over(made)
        return made

    def _zip(self, piece: Piece, function: Function | None, run: _Run, says: _Says) -> _Made:
        if piece.source.is_file():
            if not zipfile.is_zipfile(piece.source):
                return _Made(piece, None, (_wrong(piece, function, f"{piece.source.name} is a file but no zip"),))
            zipped = self._stock.file(piece.source)
            problems = _refused(piece, function, zipped.unpacked, zipped.largest)
            return _Made(piece, None if problems else _package(piece, zipped, built=False), problems)
        content = self._content(piece, function, run, says)
        if not content.sources:
            return _Made(piece, None, content.problems)
        zipped, first = run.zips.get(content.sources, lambda: self._stock.zip(content.sources, says.zipped))
        if not zipped.unpacked and not zipped.largest:
            return _Made(piece, None, (_wrong(piece, function, f"there is nothing in {piece.source}"),))
        problems = _refused(piece, function, zipped.unpacked, zipped.largest)
        if problems:
            return _Made(piece, None, problems)
        made = zipped.made and first
        told = [*content.problems, *_warned(piece, function, zipped)]
        if made or content.built:
            told += self._foreign(piece, function, content)
        return _Made(piece, _package(piece, zipped, built=made or content.built), tuple(told))

    def _content(self, piece: Piece, function: Function | None, run: _Run, says: _Says) -> Content:
        patterns = (*self._exclude.get("", ()), *self._exclude.get(piece.id, ()))
        contents = run.contents
        if is_shared(piece) and (user := run.sharing.get(piece.source)) is not None:
            return contents.shared(piece, user, says.state)
        if piece.kind is PieceKind.LAYER:
            return contents.layer(piece, patterns, says.state)
        if function is None:  # known to the template only
            return contents.plain(piece.source, patterns)
        return contents.function(function, patterns, says.state, shared=piece.build == SHARED)

    def _image(self, piece: Piece, function: Function | None, says: _Says) -> _Made:
        if function is None or function.image is None:
            return _Made(piece, None, (_wrong(piece, function, "nothing says which image it is"),))
        uri = function.image.uri
        if function.image.dockerfile is None and _IN_REGISTRY.fullmatch(uri):
            return _Made(piece, Package(piece.id, _reference(uri), image=uri))
        if self._images is None:
            hint = "start Docker, or name an image of a registry with ImageUri"
            return _Made(piece, None, (_wrong(piece, function, "its image needs a Docker engine; none answers", hint),))
        built = self._images(function, says.state)
        if isinstance(built, Problem):
            return _Made(piece, None, (replace(built, subject=piece.id, warning=False),))
        return _Made(piece, Package(piece.id, built.id, image=built.tag, size=built.size, unpacked=built.size))

    def _foreign(self, piece: Piece, function: Function | None, content: Content) -> Iterator[Problem]:
        """Programs in it that do not run on Lambda's machine. What was installed for it was looked at then."""
        if function is not None and function.language == "python" and not content.built:
            target = Target(version_of(function.runtime), function.architecture)
            where, whose = function.where or function.name, f"{function.name}: its code"
            yield from foreign_code(function.code.folder, target, where, whose, piece.id)
        architecture = function.architecture if function is not None else piece.architecture
        found: list[tuple[str, str]] = []
        for source in content.sources:
            if source.sealed and not content.built:
                continue
            for entry in listing.look(source).entries:
                if binaries.is_native(entry.path) and not entry.link:
                    with open(entry.file, "rb") as file:
                        if machine := binaries.objection(file.read(binaries.HEAD), architecture):
                            found.append((entry.path, machine))
        if found:
            what = f"{found[0][0]} is for {found[0][1]}, not for Linux on {architecture}"
            what += f" (and {len(found) - 1} more)" if len(found) > 1 else ""
            hint = "it will not load on Lambda; install or build it there, or in a container"
            details = tuple(f"{path}: {machine}" for path, machine in found[:10])
            yield replace(_wrong(piece, function, what, hint), warning=True, details=details)

    def _new(self, problems: Sequence[Problem]) -> Iterator[Problem]:
        """Without what was left out and told before."""
        note = self._folder / "told"
        try:
            known = set(orjson.loads(note.read_bytes()))
        except (OSError, ValueError):
            known = set()
        once = {_key(problem) for problem in problems if _LEFT_OUT in problem.what}
        for problem in problems:
            if _LEFT_OUT not in problem.what or _key(problem) not in known:
                yield problem
        if once - known:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_note(note, sorted(known | once))


class _Says:
    """Tells how one piece gets on, not more often than a person can follow. A piece that was there is not told."""

    def __init__(self, id: str, moved: Moved) -> None:
        self._id = id
        self._moved = moved
        self._sent = -_STEP
        self._began = False

    def state(self, state: str) -> None:
        self._began = True
        self._moved(_KIND, self._id, state)

    def zipped(self, sent: int, size: int) -> None:
        if sent - self._sent >= _STEP or sent == size:
            self._began = True
            self._sent = sent
            self._moved(_KIND, self._id, "zipping", sent, size)

    def over(self, made: _Made) -> None:
        wrong = tuple(problem.what for problem in made.problems if not problem.warning)
        if wrong:
            self._moved(_KIND, self._id, "failed", details=wrong, done=True)
        elif self._began and made.package is not None:
            self._moved(_KIND, self._id, "done", made.package.size, made.package.size, done=True)


_LEFT_OUT = "is left out of the package"


def _warned(piece: Piece, function: Function | None, zipped: Zipped) -> Iterator[Problem]:
    for path in zipped.secrets:
        what = f"{path} {_LEFT_OUT}: everybody who may read the code could read it"
        hint = f'give the variables in Environment; if the file has to be there, exclude = ["!{path}"]'
        yield replace(_wrong(piece, function, what, hint), warning=True)
    for path in zipped.astray:
        what = f"{path} {_LEFT_OUT}: it is a link that leads nowhere, or in a circle"
        yield replace(_wrong(piece, function, what), warning=True)


def _key(problem: Problem) -> str:
    return f"{problem.subject} {problem.what}"


def _wrong(piece: Piece, function: Function | None, what: str, hint: str = "") -> Problem:
    where = (function.where or function.name) if function is not None else str(piece.source)
    return Problem(where, f"{_name(piece, function)}: {what}", hint, piece.id)


def _name(piece: Piece, function: Function | None) -> str:
    return function.name if function is not None else piece.id


def _refused(
    piece: Piece, function: Function | None, unpacked: int, largest: Sequence[tuple[str, int]]
) -> tuple[Problem, ...]:
    where = (function.where or function.name) if function is not None else str(piece.source)
    problem = sizes.too_large(piece.id, _name(piece, function), where, unpacked, largest)
    return (problem,) if problem is not None else ()


def _with_layers(
    function: Function, packages: Mapping[str, Package], pieces: Sequence[Piece], sharing: Mapping[str, Path | None]
) -> Problem | None:
    """A function that is too large only with its layers. What the project's own layers come to is known exactly."""
    package, shared = packages.get(function.logical_id), sharing.get(function.logical_id)
    if package is None or package.image or not (function.layers or shared):
        return None
    ours = {os.path.realpath(piece.source): piece.id for piece in pieces if piece.kind is PieceKind.LAYER}
    layers: list[tuple[str, int]] = []
    for layer in function.layers:
        source = layer.build.source if layer.build is not None else layer.folder
        id = ours.get(os.path.realpath(source)) if source is not None else None
        size = packages[id].unpacked if id is not None and id in packages else layer.size
        layers.append((":".join(layer.arn.rsplit(":", 2)[-2:]), size))
    common = next((piece.id for piece in pieces if is_shared(piece) and piece.source == shared), "")
    layers += [(common, packages[common].unpacked)] if common in packages else []
    where = function.where or function.name
    return sizes.too_large(function.logical_id, function.name, where, package.unpacked, package.largest, layers)


def _package(piece: Piece, zipped: Zipped, *, built: bool) -> Package:
    return Package(
        piece.id,
        zipped.sha256,
        zipped.file,
        size=zipped.size,
        unpacked=zipped.unpacked,
        largest=zipped.largest,
        built=built,
    )


def _reference(uri: str) -> str:
    """What stands for an image that is only named: its digest, if the name has one, else the name."""
    from hashlib import sha256

    digest = uri.partition("@")[2]
    return digest if digest.startswith("sha256:") else f"sha256:{sha256(uri.encode()).hexdigest()}"
