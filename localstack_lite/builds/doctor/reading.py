"""What rules about a function look at, read from this machine's files. I/O: reads; runs and imports nothing of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from localstack_lite.builds import listing, locks, requirements
from localstack_lite.builds.doctor import source
from localstack_lite.builds.doctor.distributions import Distribution, Needed, distribution, extras
from localstack_lite.builds.doctor.source import Source
from localstack_lite.builds.excludes import Excludes
from localstack_lite.builds.pinned import normal
from localstack_lite.builds.platform_tags import Target
from localstack_lite.builds.requirement_lines import Line
from localstack_lite.builds.requirements import Requirements

#: Bytes of a file beyond which it is no source of anybody's.
_LARGEST = 1 << 20
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LISTS_FOR_DEVELOPING = ("requirements-dev.txt", "requirements_dev.txt", "dev-requirements.txt", "requirements/dev.txt")


@dataclass(frozen=True, slots=True)
class Code:
    """`files` are those that a package would hold, with their bytes; `sources` the Python among them, read."""

    folder: Path
    files: tuple[tuple[str, int], ...] = ()
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of requirements names, without what those need in turn. `listed` is the list's name, empty when
    there is none; `why` says why it could not be read."""

    listed: str = ""
    needs: tuple[Needed, ...] = ()
    development: frozenset[str] = field(default_factory=frozenset)
    why: str = ""


def code(folder: Path, patterns: Sequence[str], *, project: bool) -> Code:
    """Raises OSError when the folder cannot be read."""
    found = listing.look(listing.Source(folder, "", Excludes(tuple(patterns), project)))
    files = tuple((entry.path, entry.size) for entry in found.entries)
    own = [entry for entry in found.entries if entry.path.endswith(".py") and entry.size < _LARGEST]
    carried = _carried(folder)
    names = [entry.path for entry in own if entry.path.partition("/")[0].removesuffix(".py") not in carried]
    return Code(folder, files, tuple(source.read(path, _text(folder / path)) for path in names))


def installed(home: Path, version: str = "") -> dict[str, Distribution]:
    """By normal name, what is installed for Python `version` (`3.12`; empty: any) in the environment `home` (the folder
    with `bin/python`)."""
    found: dict[str, Distribution] = {}
    for place in site_packages(home, version):
        for info in sorted(place.glob("*.dist-info")):
            parts = (_text(info / name) for name in ("METADATA", "WHEEL", "RECORD", "top_level.txt", "direct_url.json"))
            one = distribution(*parts)
            if one is not None:
                found.setdefault(one.name, one)
    return found


def site_packages(home: Path, version: str = "") -> list[Path]:
    """Debian calls those of the system `dist-packages`, in a folder for all versions."""
    found = sorted({*home.glob("lib*/python3*/site-packages"), *home.glob("lib*/python3*/dist-packages")})
    wanted = {"", f"python{version}", "python3"}
    return [place for place in found if place.is_dir() and (not version or place.parent.name in wanted)]


def wanted(folder: Path, root: Path, target: Target) -> Wanted:
    """By the list that counts for code in that folder."""
    found = requirements.find(folder, root)
    if found is None:
        return Wanted(development=frozenset(_development(folder, root)))
    name = str(found.file.relative_to(root)) if found.file.is_relative_to(root) else str(found.file)
    try:
        lines = _lines(found, target)
    except locks.UnknownLock as unknown:
        return Wanted(name, why=str(unknown))
    except OSError as error:
        return Wanted(name, why=f"{error.filename}: {error.strerror}")
    needs = tuple(Needed(line.name, extras(line.extras), line.marker) for line in lines if line.name)
    return Wanted(name, needs, frozenset(_development(folder, root)))


def entry_names(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir())
    except OSError:
        return []


def folder_size(folder: Path) -> int:
    """Bytes of all files below it; what vanishes meanwhile does not count."""
    total = 0
    waiting = [folder]
    while waiting:
        try:
            for entry in waiting.pop().iterdir():
                if entry.is_dir() and not entry.is_symlink():
                    waiting.append(entry)
                else:
                    total += entry.lstat().st_size
        except OSError:
            continue
    return total


def _lines(found: Requirements, target: Target) -> list[Line]:
    lock = locks.format_of(found.file.name)
    if lock is None:
        return found.lines()
    text = locks.LockText(_text(found.file), _text(found.file.with_name(requirements.PROJECT)), found.member)
    return found.locked("\n".join(lock.read(text, target.markers())))


def _development(folder: Path, root: Path) -> Iterator[str]:
    """Names in the lists that are for developing, by what such lists are called."""
    for place in dict.fromkeys((folder, root)):
        for name in _LISTS_FOR_DEVELOPING:
            if (place / name).is_file():
                yield from (line.name for line in _listed(place / name) if line.name)
        yield from _groups(_text(place / requirements.PROJECT))


def _groups(project: str) -> Iterator[str]:
    """Names in the groups for developing of a `pyproject.toml`: PEP 735's, uv's and Poetry's."""
    try:
        table = tomllib.loads(project)
    except tomllib.TOMLDecodeError:
        return
    groups = table.get("dependency-groups", {})
    tool = table.get("tool", {})
    listed = [*(one for group in groups.values() for one in group), *tool.get("uv", {}).get("dev-dependencies", [])]
    yield from (normal(found[0]) for one in listed if isinstance(one, str) and (found := _NAME.match(one)))
    poetry = tool.get("poetry", {})
    for group in (*poetry.get("group", {}).values(), {"dependencies": poetry.get("dev-dependencies", {})}):
        yield from map(normal, group.get("dependencies", {}))


def _listed(file: Path) -> list[Line]:
    try:
        return Requirements(file).lines()
    except OSError:
        return []


def _carried(folder: Path) -> frozenset[str]:
    """Top-level modules of packages that are installed in the folder of the code: those are not looked into."""
    found: set[str] = set()
    for info in folder.glob("*.dist-info"):
        one = distribution(_text(info / "METADATA"), "", _text(info / "RECORD"), _text(info / "top_level.txt"), "")
        found.update(one.modules if one is not None else ())
    return frozenset(found)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig", "replace")
    except OSError:
        return ""
