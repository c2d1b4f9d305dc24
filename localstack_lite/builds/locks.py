"""Lock files of Python projects, read as their own tools export them: a list of requirements for pip. Pure.

A lock names everything that is installed, so its list needs no resolving: each package once, pinned, with its hashes,
and only what Lambda's machine gets (markers are compared here). The project itself is its code and in no list; neither
are development groups and extras. Nothing is said about indexes: they are the environment's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from localstack_lite.builds import pipfile_lock, poetry_lock, uv_lock
from localstack_lite.builds.pinned import LockText, UnknownLock


@dataclass(frozen=True, slots=True)
class LockFormat:
    """`read` answers the lines of a list, for the machine whose markers it gets. Raises UnknownLock."""

    file: str
    read: Callable[[LockText, Mapping[str, str]], list[str]]
    export: tuple[str, ...]
    """The tool, and its own command for the same, for locks that are too new: it writes into a file that is named last.
    pipenv has none."""


FORMATS = (
    LockFormat(
        "uv.lock",
        uv_lock.read,
        (
            "uv",
            "export",
            "--quiet",
            "--frozen",
            "--no-dev",
            "--no-emit-workspace",
            "--no-annotate",
            "--no-header",
            "--output-file",
        ),
    ),
    LockFormat(
        "poetry.lock",
        poetry_lock.read,
        ("poetry", "export", "--no-interaction", "--only", "main", "--format", "requirements.txt", "--output"),
    ),
    LockFormat("Pipfile.lock", pipfile_lock.read, ("pipenv",)),
)
NAMES = tuple(each.file for each in FORMATS)

__all__ = ["FORMATS", "NAMES", "LockFormat", "LockText", "UnknownLock", "format_of", "local_sources"]


def format_of(file: str) -> LockFormat | None:
    return next((each for each in FORMATS if each.file == file), None)


def local_sources(file: str, text: str) -> Iterable[str]:
    """Folders and files that a lock takes packages from, relative to it: a change there means other packages. Found
    without reading the lock whole, which would take too long for each look."""
    match file:
        case "uv.lock":
            return uv_lock.local_sources(text)
        case "poetry.lock":
            return poetry_lock.local_sources(text)
        case "Pipfile.lock":
            return pipfile_lock.local_sources(text)
    return ()
