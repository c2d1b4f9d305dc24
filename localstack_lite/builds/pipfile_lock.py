"""`Pipfile.lock`: what `pipenv requirements --hash` lists. Pure. Source: pipenv's documentation and its locks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from localstack_lite.builds import markers, pinned
from localstack_lite.builds.pinned import LockText, UnknownLock

_VERSION = 6
_LOCAL = re.compile(r'"path":\s*"([^"]+)"')


def read(lock_text: LockText, environment: Mapping[str, str]) -> list[str]:
    """Lines for its `default` packages. Raises UnknownLock."""
    try:
        lock = json.loads(lock_text.text)
        written = lock.get("_meta", {}).get("pipfile-spec", _VERSION)
        if written != _VERSION:
            raise UnknownLock(f"its version {written} is not known")
        return sorted(
            _line(name, one)
            for name, one in lock.get("default", {}).items()
            if markers.holds(one.get("markers", ""), environment)
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise UnknownLock(f"it cannot be read: {error}") from error


def local_sources(text: str) -> Iterator[str]:
    return iter(_LOCAL.findall(text))


def _line(name: str, one: Mapping[str, Any]) -> str:
    if "path" in one:
        return pinned.folder(one["path"])
    if "git" in one:
        return pinned.git(name, one["git"], one.get("ref", ""), one.get("subdirectory", ""))
    if "file" in one:
        return pinned.direct(name, one["file"], one.get("hashes", ()))
    return pinned.pin(name, one["version"].removeprefix("=="), one.get("hashes", ()), one.get("extras", ()))
