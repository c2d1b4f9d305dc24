"""Lines of a requirements list: what pip takes as it is, and what has to be made a wheel first. Pure.

A name is looked up in an index, where there may be a wheel for Lambda's machine. A folder, an archive or a repository
is built, by whatever machine does it; so these are built before, and the list then names their wheels. `-e` makes no
difference: there is nothing to edit in the cloud. Source: pip's documentation, "Requirements File Format".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote, urlsplit

from localstack_lite.builds import markers
from localstack_lite.builds.pinned import normal

_COMMENT = re.compile(r"(^|\s)#.*$")
_NAMED = re.compile(r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*")
_ARCHIVE = re.compile(r"\.(whl|zip|tar\.gz|tgz|tar\.bz2|tar\.xz|tar)$", re.I)
_SCHEME = re.compile(r"[a-z][a-z0-9+.]*:(?=//|/|\.|[^\\])", re.I)
_EXTRAS = re.compile(r"\[([^\]]*)\]$")


class LineKind(StrEnum):
    OPTION = "option"
    INCLUDE = "include"
    CONSTRAINT = "constraint"
    NAMED = "named"
    WHEEL = "wheel"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Line:
    """`text` is what pip gets, without options; `name` normal, empty where the line has none; `location` the path or
    URL of a wheel or a source, the file of an include or a constraint; `options` are hashes and the like."""

    kind: LineKind
    text: str
    name: str = ""
    location: str = ""
    extras: str = ""
    marker: str = ""
    options: tuple[str, ...] = ()

    @property
    def local(self) -> bool:
        """Whether `location` is a path on this machine."""
        return bool(self.location) and _SCHEME.match(self.location) is None

    @property
    def shown(self) -> str:
        """For a person: an address without its password."""
        return re.sub(r"//[^/@\s]+@", "//", self.location or self.text)

    def __str__(self) -> str:
        return " ".join((self.text, *self.options))


def read(text: str) -> Iterator[Line]:
    """The lines of one file, in order; comments and blank ones are gone."""
    for line in re.sub(r"\\\r?\n", " ", text).splitlines():
        if bare := _COMMENT.sub("", line).strip():
            yield _line(bare)


def placed(line: Line, folder: Path) -> Line:
    """The same with paths that are right from anywhere. `folder` is what they are relative to."""
    if line.kind is LineKind.OPTION:
        flag, _, value = re.sub(r"[=\s]+", " ", line.text, count=1).partition(" ")
        if flag in ("-f", "--find-links") and _SCHEME.match(value) is None:
            return replace(line, text=f"--find-links {folder / value}")
        return line
    if not line.local:
        return line
    path = Path(folder, line.location)
    text = f"-c {path}" if line.kind is LineKind.CONSTRAINT else f"{path}{line.extras}"
    return replace(line, text=text, location=str(path))


def applies(line: Line, environment: Mapping[str, str]) -> bool:
    """Whether its marker is true. One that cannot be read is pip's to complain about."""
    try:
        return markers.holds(line.marker, environment)
    except ValueError:
        return True


def made(line: Line, name: str, wheel: Path, sha256: str, *, hashed: bool) -> Line:
    """The line for a source whose wheel is there."""
    sums = (f"--hash=sha256:{sha256}",) if hashed else ()
    return Line(LineKind.WHEEL, f"{name}{line.extras} @ {wheel.as_uri()}", normal(name), str(wheel), options=sums)


def is_hashed(lines: Iterable[Line]) -> bool:
    """Whether pip will ask for a hash of everything."""
    return any(
        line.text == "--require-hashes" or any(option.startswith("--hash") for option in line.options) for line in lines
    )


def written(lines: Iterable[Line], wheels: Path | None, sums: Mapping[str, Collection[str]]) -> str:
    """The text for pip. `wheels` is a folder with more of them; `sums` their sha256 by the package's name, beside those
    that the list has."""
    whole = [f"--find-links {wheels}"] if wheels is not None else []
    for line in lines:
        more = [f"--hash=sha256:{one}" for one in sums.get(line.name, ())] if line.options else []
        whole.append(" ".join((str(line), *more)))
    return "\n".join(whole) + "\n"


def _line(text: str) -> Line:
    if text.startswith("-"):
        flag, _, value = re.sub(r"[=\s]+", " ", text, count=1).partition(" ")
        match flag:
            case "-r" | "--requirement":
                return Line(LineKind.INCLUDE, text, location=value.strip())
            case "-c" | "--constraint":
                return Line(LineKind.CONSTRAINT, text, location=value.strip())
            case "-e" | "--editable":
                return replace(_requirement(value.strip()), kind=LineKind.SOURCE)
        short = re.match(r"-([rcef])(\S.*)", text)
        return _line(f"-{short[1]} {short[2]}") if short else Line(LineKind.OPTION, text)
    return _requirement(text)


def _requirement(text: str) -> Line:
    bare, *options = re.split(r"\s+(?=--\w)", text)
    found = _NAMED.match(bare)
    if found and bare[found.end() :].startswith("@"):
        location, _, marker = bare[found.end() + 1 :].partition(" ;")
        line = _direct(location.strip(), found[2] or "")
        return replace(line, name=normal(found[1]), text=bare, marker=marker.strip(), options=tuple(options))
    if _SCHEME.match(bare) or _is_path(bare.partition(";")[0].strip()):
        location, _, marker = (part.strip() for part in bare.partition(" ;"))
        extras = _EXTRAS.search(location)
        line = _direct(_EXTRAS.sub("", location), extras[0] if extras else "")
        return replace(line, marker=marker, options=tuple(options))
    marker = bare.partition(";")[2].strip()
    if found is None:
        return Line(LineKind.NAMED, bare, marker=marker, options=tuple(options))
    return Line(LineKind.NAMED, bare, normal(found[1]), "", found[2] or "", marker, tuple(options))


def _direct(location: str, extras: str) -> Line:
    """A path or a URL; a `file:` URL is a path."""
    if location.startswith("file:"):
        parts = urlsplit(location)
        location = unquote(parts.path) if parts.netloc in ("", "localhost") else unquote(parts.netloc + parts.path)
    egg = re.search(r"#(?:.*&)?egg=([\w.-]+)", location)
    kind = LineKind.WHEEL if location.partition("#")[0].endswith(".whl") else LineKind.SOURCE
    return Line(kind, f"{location}{extras}", normal(egg[1]) if egg else "", location, extras)


def _is_path(text: str) -> bool:
    return text.startswith(".") or "/" in text or _ARCHIVE.search(_EXTRAS.sub("", text)) is not None
