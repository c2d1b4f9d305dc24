"""Which list says what packages a function's code needs, and what that list names. I/O: reads files.

The nearest counts: in the folder of the code, or above it up to the project's. In one folder, `requirements.txt` goes
before everything else, as SAM would use it; then the locks; then the dependencies that `pyproject.toml` declares. A
member of a uv workspace has its lock above its `pyproject.toml`.

What a list comes to is named by everything that it says, by the files it includes and by the sources it points to. That
is looked up with every save, so locks are parsed only when something is installed.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from localstack_lite.builds import locks, requirement_lines, tool, tree, uv_lock
from localstack_lite.builds.packages import REQUIREMENTS
from localstack_lite.builds.requirement_lines import Line, LineKind

PROJECT = "pyproject.toml"
#: What is never part of a local source.
_NOT_SOURCE = tree.NOT_SOURCE | {"build", "dist", ".tox", ".nox", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
#: Lists that their tools turn into a lock, and how.
_UNLOCKED = (("Pipfile", "pipenv lock"), (PROJECT, "poetry lock"))


@dataclass(frozen=True, slots=True)
class Requirements:
    """`member` is the folder of the code's own project below that of the lock (uv)."""

    file: Path
    member: str = "."

    @property
    def folder(self) -> Path:
        """Where its paths start."""
        return self.file.parent

    @property
    def complete(self) -> bool:
        """Whether it names all packages, those of its packages too."""
        return self.file.name in locks.NAMES

    def content(self) -> str:
        """Text that is another when other packages would be installed."""
        text = _text(self.file)
        if self.file.name == PROJECT:
            text = "\n".join(_declared(text) or ())
        if self.file.name == "poetry.lock":
            text += _text(self.file.with_name(PROJECT))
        whole = [self.file.name, self.member, text]
        whole += [_text(file) for file in self._included()]
        for source in self._sources():
            whole += [f"{os.path.relpath(file, self.folder)} {_digest(file)}" for file in _files(source)]
        return "\0".join(whole)

    def inputs(self) -> tuple[Path, ...]:
        """The files whose change means other packages."""
        beside = [self.file.with_name(PROJECT)] if self.file.name == "poetry.lock" else []
        sources = (file for source in self._sources() for file in _files(source))
        return tuple(
            file for file in dict.fromkeys((self.file, *beside, *self._included(), *sources)) if file.is_file()
        )

    def lines(self) -> list[Line]:
        """Of a list that is no lock: its own lines and those that it includes, with whole paths. Raises OSError."""
        if self.file.name == PROJECT:
            return list(_placed("\n".join(_declared(_text(self.file)) or ()), self.folder))
        return list(_flat(self.file, self.folder, frozenset()))

    def locked(self, lines: str) -> list[Line]:
        """What a lock was read to."""
        return list(_placed(lines, self.folder))

    def _included(self) -> Iterator[Path]:
        """Files that it includes, constraints too."""
        if self.file.name != REQUIREMENTS:
            return
        seen, waiting = {self.file}, [self.file]
        while waiting:
            file = waiting.pop()
            for line in requirement_lines.read(_text(file)):
                if line.kind in (LineKind.INCLUDE, LineKind.CONSTRAINT) and line.local:
                    other = file.parent / line.location
                    if other not in seen:
                        seen.add(other)
                        waiting.append(other)
                        yield other

    def _sources(self) -> Iterator[Path]:
        """Folders and archives of this machine that packages are made of."""
        if self.complete:
            own = self.folder / self.member
            found = (self.folder / one for one in locks.local_sources(self.file.name, _text(self.file)))
            yield from (path for path in found if path.exists() and path != own)
            return
        files = (self.file, *self._included())
        texts = ["\n".join(_declared(_text(self.file)) or ())] if self.file.name == PROJECT else map(_text, files)
        for text in texts:
            for line in requirement_lines.read(text):
                if line.kind in (LineKind.SOURCE, LineKind.WHEEL) and line.local:
                    yield self.folder / line.location


def find(folder: Path, root: Path) -> Requirements | None:
    """The list that counts for code in that folder; None when none names anything, or the code carries its packages."""
    if carries_packages(folder):
        return None
    for place in tool.places(folder, root):
        found = of(place)
        if found is None:
            continue
        if found.file.name == PROJECT:
            return _workspace(place, root) or (found if _declared(_text(found.file)) else None)
        return found if found.complete or any(_named(found)) else None
    return None


def of(folder: Path) -> Requirements | None:
    """The list in that folder and no other."""
    for name in (REQUIREMENTS, *locks.NAMES):
        if (folder / name).is_file():
            return Requirements(folder / name)
    file = folder / PROJECT
    return Requirements(file) if file.is_file() and _declared(_text(file)) is not None else None


def carries_packages(folder: Path) -> bool:
    """Whether packages are installed in the folder of the code itself."""
    try:
        with os.scandir(folder) as entries:
            return any(entry.name.endswith(".dist-info") for entry in entries)
    except OSError:
        return False


def unlocked(folder: Path, root: Path) -> tuple[Path, str] | None:
    """A list without its lock, which is why nothing is installed, and the command that makes the lock."""
    for place in tool.places(folder, root):
        if of(place) is not None:
            return None
        for name, command in _UNLOCKED:
            file = place / name
            if file.is_file() and (name != PROJECT or _is_poetrys(_text(file))):
                return file, command
    return None


def _workspace(place: Path, root: Path) -> Requirements | None:
    for above in tool.places(place, root)[1:]:
        lock = above / "uv.lock"
        if lock.is_file() and place.is_relative_to(above):
            member = place.relative_to(above).as_posix()
            return Requirements(lock, member) if uv_lock.has_member(_text(lock), member) else None
    return None


def _named(found: Requirements) -> Iterator[Line]:
    """Lines that name something. A file that is included is taken to."""
    return (
        line
        for line in requirement_lines.read(_text(found.file))
        if line.kind not in (LineKind.OPTION, LineKind.CONSTRAINT)
    )


def _flat(file: Path, base: Path, above: frozenset[Path]) -> Iterator[Line]:
    for line in requirement_lines.read(file.read_text("utf-8-sig", "replace")):
        match line.kind:
            case LineKind.INCLUDE if line.local:
                other = file.parent / line.location
                if other not in above:
                    yield from _flat(other, base, above | {file})
            case LineKind.CONSTRAINT | LineKind.OPTION:
                yield requirement_lines.placed(line, file.parent)
            case _:
                yield requirement_lines.placed(line, base)


def _placed(text: str, base: Path) -> Iterator[Line]:
    return (requirement_lines.placed(line, base) for line in requirement_lines.read(text))


@lru_cache(64)
def _declared(text: str) -> tuple[str, ...] | None:
    """`project.dependencies`; None when the file is not that of a project."""
    project = _toml(text).get("project")
    if not isinstance(project, dict):
        return None
    needs = project.get("dependencies", [])
    if not needs and _is_poetrys(text):
        return None
    return tuple(one for one in needs if isinstance(one, str)) if isinstance(needs, list) else ()


@lru_cache(64)
def _is_poetrys(text: str) -> bool:
    tools = _toml(text).get("tool")
    poetry = tools.get("poetry") if isinstance(tools, dict) else None
    needs = poetry.get("dependencies") if isinstance(poetry, dict) else None
    return isinstance(needs, dict) and any(name.lower() != "python" for name in needs)


def _toml(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}


def _files(source: Path) -> Iterator[Path]:
    if source.is_file():
        yield source
    for place, folders, files in os.walk(source):
        folders[:] = sorted(name for name in folders if name not in _NOT_SOURCE and not name.endswith(".egg-info"))
        yield from (Path(place, name) for name in sorted(files) if not name.endswith(".pyc"))


def _digest(file: Path) -> str:
    try:
        there = file.stat()
    except OSError:
        return ""
    return _digested(file, there.st_size, there.st_mtime_ns)


@lru_cache(4096)
def _digested(file: Path, size: int, changed: int) -> str:  # noqa: ARG001  (they are why it is read again)
    try:
        with file.open("rb") as stream:
            whole = sha256()
            while block := stream.read(1 << 20):
                whole.update(block)
            return whole.hexdigest()
    except OSError:
        return ""


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig", "replace")
    except OSError:
        return ""
