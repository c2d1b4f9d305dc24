"""Packages that are installed in a project's environment, as their metadata describes them, and which of them a list of
requirements comes to. Pure.

Source: the PyPA specifications "Core metadata", "Recording installed projects" and "Direct URL origin".
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from localstack_lite.builds import markers
from localstack_lite.builds.pinned import normal

_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?")
_EDITABLE = re.compile(r'"editable"\s*:\s*true')


@dataclass(frozen=True, slots=True)
class Needed:
    """A package that another one needs: its normal name, the extras that are asked for, the marker."""

    name: str
    extras: frozenset[str] = frozenset()
    marker: str = ""


@dataclass(frozen=True, slots=True)
class Distribution:
    """`name` is normal, `modules` what can be imported at the top, `size` in bytes. `tags` are those of its wheel
    (`cp312-cp312-manylinux_2_17_x86_64`)."""

    name: str
    shown: str
    version: str
    modules: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    needs: tuple[Needed, ...] = ()
    size: int = 0
    editable: bool = False
    compiled: bool = False


def distribution(metadata: str, wheel: str, record: str, top_level: str, direct_url: str) -> Distribution | None:
    """From the texts of a `.dist-info` folder; None for what is none."""
    head = metadata.partition("\n\n")[0]
    fields = [line.partition(":") for line in head.splitlines() if ":" in line and not line[0].isspace()]
    values = {key: value.strip() for key, _, value in fields if key in ("Name", "Version")}
    if not values.get("Name"):
        return None
    paths = list(_recorded(record))
    return Distribution(
        normal(values["Name"]),
        values["Name"],
        values.get("Version", ""),
        tuple(dict.fromkeys([*top_level.split(), *_modules(path for path, _ in paths)])),
        tuple(line.partition(":")[2].strip() for line in wheel.splitlines() if line.startswith("Tag:")),
        tuple(_needed(value.strip()) for key, _, value in fields if key == "Requires-Dist" and _NAME.match(value)),
        sum(size for path, size in paths if not path.startswith("../") and not path.endswith(".pyc")),
        _EDITABLE.search(direct_url) is not None,
        any(path.endswith((".so", ".dylib", ".pyd")) for path, _ in paths),
    )


def closure(
    wanted: Iterable[Needed], installed: Mapping[str, Distribution], environment: Mapping[str, str]
) -> tuple[dict[str, str], set[str]]:
    """Normal names of everything that these packages come to, with the one that asked for it (itself for those that
    are listed), and those of them that are not installed. `environment` is what markers are compared with."""
    found: dict[str, str] = {}
    missing: set[str] = set()
    waiting = [(one, one.name) for one in wanted]
    done: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        one, asker = waiting.pop()
        if (one.name, one.extras) in done:
            continue
        done.add((one.name, one.extras))
        found.setdefault(one.name, asker)
        distribution = installed.get(one.name)
        if distribution is None:
            missing.add(one.name)
            continue
        waiting += [(need, one.name) for need in distribution.needs if _applies(need.marker, one.extras, environment)]
    return found, missing


def providers(installed: Iterable[Distribution]) -> dict[str, list[Distribution]]:
    """Packages by the top-level modules that they bring."""
    found: dict[str, list[Distribution]] = {}
    for one in installed:
        for module in one.modules:
            found.setdefault(module, []).append(one)
    return found


def extras(text: str) -> frozenset[str]:
    return frozenset(normal(part.strip()) for part in text.strip("[] ").split(",") if part.strip())


def _needed(text: str) -> Needed:
    found = _NAME.match(text)
    assert found is not None
    return Needed(normal(found[1]), extras(found[2] or ""), text.partition(";")[2].strip())


def _applies(marker: str, wanted: frozenset[str], environment: Mapping[str, str]) -> bool:
    """Without extras, or with one of those that are wanted."""
    try:
        return any(markers.holds(marker, {**environment, "extra": extra}) for extra in ("", *sorted(wanted)))
    except ValueError:
        return True


def _recorded(record: str) -> Iterator[tuple[str, int]]:
    for row in csv.reader(record.splitlines()):
        if row:
            size = row[2] if len(row) > 2 else ""
            yield row[0], int(size) if size.isdecimal() else 0


def _modules(paths: Iterable[str]) -> Iterator[str]:
    """Packages and modules at the top of `site-packages`. A folder without Python in it is no module."""
    for path in paths:
        top, slash, rest = path.partition("/")
        if slash and top.isidentifier() and rest.endswith((".py", ".so", ".pyi", ".abi3.so")):
            yield top
        elif not slash and path.endswith((".py", ".so")) and not path.startswith("_virtualenv"):
            yield path.partition(".")[0]
