"""Lines of a requirements list, as locks give them. Pure. Source: pip's documentation, "Requirements File Format"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_SEPARATORS = re.compile(r"[-_.]+")


class UnknownLock(Exception):
    """A lock that cannot be read: too new, or broken. The text says which."""


@dataclass(frozen=True, slots=True)
class LockText:
    """A lock, the `pyproject.toml` beside it, and the folder of the code's own project below (`.` for the same)."""

    text: str
    project: str = ""
    member: str = "."


def normal(name: str) -> str:
    """A package's name as everything that has to be the same for it."""
    return _SEPARATORS.sub("-", name).lower()


def pin(name: str, version: str, hashes: Iterable[str] = (), extras: Iterable[str] = ()) -> str:
    """`name[extra]==1.0 --hash=sha256:…`. Hashes without their algorithm are no hashes."""
    wanted = ",".join(sorted(extras))
    sums = "".join(f" --hash={one}" for one in sorted(set(hashes)) if ":" in one)
    return f"{name}{f'[{wanted}]' if wanted else ''}=={version}{sums}"


def folder(path: str) -> str:
    """A local source, relative to the list."""
    return path if path.startswith(("/", "./", "../")) or path == "." else f"./{path}"


def git(name: str, url: str, commit: str, subdirectory: str = "") -> str:
    scheme = url if url.startswith("git+") else f"git+{url}"
    return f"{name} @ {scheme}{f'@{commit}' if commit else ''}{f'#subdirectory={subdirectory}' if subdirectory else ''}"


def direct(name: str, url: str, hashes: Iterable[str] = (), subdirectory: str = "") -> str:
    sums = "".join(f" --hash={one}" for one in sorted(set(hashes)) if ":" in one)
    return f"{name} @ {url}{f'#subdirectory={subdirectory}' if subdirectory else ''}{sums}"
