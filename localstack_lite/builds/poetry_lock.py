"""`poetry.lock`: what `poetry export` lists. Pure. Source: Poetry's documentation and locks that it wrote.

From version 2.1 on a lock says itself which group a package is for and where it is needed. Before, that follows from
the project's own dependencies, which stand in its `pyproject.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from localstack_lite.builds import markers, pinned
from localstack_lite.builds.pinned import LockText, UnknownLock

_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?")
_LOCAL = re.compile(r'^type = "(?:directory|file)"\nurl = "([^"]+)"', re.M)

Package = Mapping[str, Any]


def read(lock_text: LockText, environment: Mapping[str, str]) -> list[str]:
    """Lines for the group `main`. Raises UnknownLock."""
    try:
        lock = tomllib.loads(lock_text.text)
        written = str(lock["metadata"].get("lock-version", "1.0"))
        if written.partition(".")[0] not in ("1", "2"):
            raise UnknownLock(f"its version {written} is not known")
        packages: list[Package] = lock.get("package", [])
        if any("groups" in package for package in packages):
            wanted = [package for package in packages if _is_main(package, environment)]
        else:
            found = _Closure(packages, environment)
            for name, extras in _own(tomllib.loads(lock_text.project), environment):
                found.follow(name, extras)
            wanted = found.packages
        files = lock["metadata"].get("files", {})
        return sorted(_line(package, files) for package in wanted)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise UnknownLock(f"it cannot be read: {error}") from error


def local_sources(text: str) -> Iterator[str]:
    return iter(_LOCAL.findall(text))


def _is_main(package: Package, environment: Mapping[str, str]) -> bool:
    if "main" not in package["groups"] or package.get("optional"):
        return False
    said = package.get("markers", "")
    return markers.holds(said.get("main", "") if isinstance(said, Mapping) else said, environment)


def _own(project: Mapping[str, Any], environment: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    """The project's dependencies with their extras, as either table of `pyproject.toml` has them."""
    for text in project.get("project", {}).get("dependencies", []):
        name, extras, marker = split(text)
        if markers.holds(marker, environment):
            yield name, extras
    for name, said in project.get("tool", {}).get("poetry", {}).get("dependencies", {}).items():
        if name.lower() != "python":
            for need in _needs(said):
                if not need.get("optional") and _applies(need, environment):
                    yield name, need.get("extras", [])


def split(requirement: str) -> tuple[str, list[str], str]:
    """Name, extras and marker of `name[extra]>=1; marker`."""
    text, _, marker = requirement.partition(";")
    found = _NAME.match(text)
    if found is None:
        raise ValueError(f"no requirement: {requirement}")
    return found[1], [extra.strip() for extra in (found[2] or "").split(",") if extra.strip()], marker.strip()


class _Closure:
    def __init__(self, packages: list[Package], environment: Mapping[str, str]) -> None:
        self._by_name: dict[str, list[Package]] = {}
        for package in packages:
            self._by_name.setdefault(pinned.normal(package["name"]), []).append(package)
        self._environment = environment
        self._seen: dict[tuple[str, str], list[Package]] = {}

    @property
    def packages(self) -> list[Package]:
        each = {(one["name"], one["version"]): one for found in self._seen.values() for one in found}
        return list(each.values())

    def follow(self, name: str, extras: list[str]) -> None:
        for extra in ("", *extras):
            key = (pinned.normal(name), pinned.normal(extra))
            if key in self._seen:
                continue
            self._seen[key] = there = self._meant(key[0])
            for package in there:
                self._needed(package, extra)

    def _meant(self, name: str) -> list[Package]:
        """Of several versions, the one that is for Lambda's Python."""
        there = self._by_name.get(name, [])
        python = self._environment["python_full_version"]
        fitting = [one for one in there if allows(one.get("python-versions", "*"), python)]
        return (fitting or there)[:1]

    def _needed(self, package: Package, extra: str) -> None:
        optional = {pinned.normal(split(text)[0]) for text in package.get("extras", {}).get(extra, [])}
        for name, said in package.get("dependencies", {}).items():
            for need in _needs(said):
                wanted = pinned.normal(name) in optional if need.get("optional") else not extra
                if wanted and _applies(need, self._environment, extra):
                    self.follow(name, need.get("extras", []))


def _needs(said: object) -> list[Mapping[str, Any]]:
    """A dependency is a version, a table, or several of them."""
    each = said if isinstance(said, list) else [said]
    return [one if isinstance(one, Mapping) else {"version": one} for one in each]


def _applies(need: Mapping[str, Any], environment: Mapping[str, str], extra: str = "") -> bool:
    if not markers.holds(need.get("markers", ""), {**environment, "extra": extra}):
        return False
    platform = need.get("platform")
    return platform in (None, "linux") and allows(need.get("python", "*"), environment["python_full_version"])


def allows(constraint: str, version: str) -> bool:
    """Poetry's own constraints: `^3.9`, `~3.9`, `>=3.9,<4.0`, `3.9.*`, alternatives with `||`."""
    return any(
        all(_allows_one(one.strip(), version) for one in re.split(r"\s*,\s*|\s+(?=[<>=!~^])", each.strip()))
        for each in re.split(r"\|\|?", constraint)
    )


def _allows_one(one: str, version: str) -> bool:
    one = one.strip(" ,")
    if one in ("", "*"):
        return True
    found = re.fullmatch(r"(\^|~=|~|===?|!=|<=|>=|<|>)?\s*(.+)", one)
    sign, right = (found[1] or "", found[2]) if found else ("", one)
    figures = [int(figure) for figure in re.findall(r"\d+", right)]
    if sign in ("^", "~"):
        kept = 1 if sign == "^" or len(figures) == 1 else 2
        after = ".".join(map(str, [*figures[: kept - 1], figures[kept - 1] + 1]))
        return markers.compared(version, ">=", right) and markers.compared(version, "<", after)
    return markers.compared(version, sign or "==", right)


def _line(package: Package, files: Mapping[str, Any]) -> str:
    source, name = package.get("source", {}), package["name"]
    listed = package.get("files") or files.get(name, [])
    hashes = [file["hash"] for file in listed if "hash" in file]
    match source.get("type"):
        case "directory" | "file":
            return pinned.folder(source["url"])
        case "git":
            commit = source.get("resolved_reference") or source.get("reference", "")
            return pinned.git(name, source["url"], commit, source.get("subdirectory", ""))
        case "url":
            return pinned.direct(name, source["url"], hashes)
    return pinned.pin(name, package["version"], hashes)
