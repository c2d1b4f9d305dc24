"""`uv.lock`: what `uv export` lists. Pure. Source: uv's documentation, "Locking and syncing", and locks it wrote."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urldefrag, urlsplit

from localstack_lite.builds import markers, pinned
from localstack_lite.builds.pinned import LockText, UnknownLock

_VERSION = 1
#: How a package says that it is a folder: one of the project's own, or a source beside it.
_FOLDERS = ("editable", "directory", "virtual")
_LOCAL = re.compile(r'^source = \{ (?:editable|directory|path) = "([^"]+)" \}', re.M)

Package = Mapping[str, Any]


def read(lock_text: LockText, environment: Mapping[str, str]) -> list[str]:
    """Lines for the dependencies of the workspace's member in that folder; of all members when none is there.
    Raises UnknownLock."""
    try:
        lock = tomllib.loads(lock_text.text)
        if lock.get("version") != _VERSION:
            raise UnknownLock(f"its version {lock.get('version')} is not known")
        packages: list[Package] = lock.get("package", [])
        roots = _roots(packages, lock.get("manifest", {}).get("members", []), lock_text.member)
        found = _Closure(packages, environment)
        for root in roots:
            found.follow(root)
        return sorted(line for package in found.packages(roots) if (line := _line(package)))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise UnknownLock(f"it cannot be read: {error}") from error


def has_member(text: str, member: str) -> bool:
    """Whether a lock is that of the project in this folder below it, too."""
    return re.search(rf'^source = \{{ (?:editable|virtual) = "{re.escape(member)}" \}}', text, re.M) is not None


def local_sources(text: str) -> Iterator[str]:
    return iter(_LOCAL.findall(text))


def _roots(packages: list[Package], members: list[str], member: str) -> list[Package]:
    for package in packages:
        if any(package["source"].get(kind) == member for kind in ("editable", "virtual")):
            return [package]
    return [package for package in packages if package["name"] in members]


class _Closure:
    """What packages need, over any number of steps. An extra is asked for by the package that needs it."""

    def __init__(self, packages: list[Package], environment: Mapping[str, str]) -> None:
        self._by_name: dict[str, list[Package]] = {}
        for package in packages:
            self._by_name.setdefault(package["name"], []).append(package)
        self._environment = environment
        self._seen: dict[tuple[str, str, str], Package] = {}

    def packages(self, roots: list[Package]) -> list[Package]:
        names = {_identity(root) for root in roots}
        each = {_identity(package): package for package in self._seen.values()}
        return [package for identity, package in each.items() if identity not in names]

    def follow(self, package: Package, extra: str = "") -> None:
        key = (*_identity(package), extra)
        if key in self._seen:
            return
        self._seen[key] = package
        needs = package.get("optional-dependencies", {}).get(extra, []) if extra else package.get("dependencies", [])
        for need in needs:
            if not markers.holds(need.get("marker", ""), self._environment):
                continue
            for needed in self._meant(need):
                self.follow(needed)
                for one in need.get("extra", []):
                    self.follow(needed, one)

    def _meant(self, need: Mapping[str, Any]) -> list[Package]:
        """The package that a reference is to. Where there are several of one name, it says which."""
        return [
            package
            for package in self._by_name[need["name"]]
            if need.get("version") in (None, package.get("version")) and need.get("source") in (None, package["source"])
        ][:1]


def _identity(package: Package) -> tuple[str, str]:
    return package["name"], str(package.get("version", package["source"]))


def _line(package: Package) -> str:
    source, name = package["source"], package["name"]
    files = [package["sdist"]] if "sdist" in package else []
    hashes = [file["hash"] for file in (*files, *package.get("wheels", [])) if "hash" in file]
    if "virtual" in source:
        return ""  # no package: only what it needs is installed
    for kind in (*_FOLDERS, "path"):
        if kind in source:
            return pinned.folder(source[kind])
    if "git" in source:
        url, commit = urldefrag(source["git"])
        parts = urlsplit(url)
        asked = parse_qs(parts.query)
        return pinned.git(name, parts._replace(query="").geturl(), commit, asked.get("subdirectory", [""])[0])
    if "url" in source:
        return pinned.direct(name, source["url"], hashes, source.get("subdirectory", ""))
    return pinned.pin(name, package["version"], hashes)
