"""A saved file, and what has to be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class ChangeKind(StrEnum):
    """`TOUCHED` is a save that left the content as it was: it matters only to code that is not running well yet."""

    CREATED = "created"
    MODIFIED = "modified"
    DELETED = "deleted"
    TOUCHED = "touched"


@dataclass(frozen=True, slots=True)
class FileChange:
    """`path` is absolute."""

    kind: ChangeKind
    path: Path


@dataclass(frozen=True, slots=True)
class ReloadPlan:
    """What a set of changes means: read the project again, and/or retire the environments of these functions (logical
    ids). `files` are the changes that matter, for the one line that the user sees."""

    reread: bool = False
    functions: frozenset[str] = frozenset()
    files: tuple[Path, ...] = ()

    def __bool__(self) -> bool:
        return self.reread or bool(self.functions)
