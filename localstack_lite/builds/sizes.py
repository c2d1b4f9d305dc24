"""How big packages are, against what Lambda takes. Pure.

Source of the limits: AWS quotas. 50 MB of a zip in the call itself (a bigger one goes through S3), 250 MB of the code
with its layers, unpacked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from localstack_lite.model.package import MOST_DIRECT, MOST_UNPACKED, Package
from localstack_lite.model.project import Problem

#: How many of the largest are kept.
_MOST_LISTED = 10
_MB = 1024 * 1024
#: Folders in which packages lie, each of which counts for itself: of a function with Node, and of layers (AWS docs).
_HOME = re.compile(r"(?:python/(?:lib/python3\.\d+/site-packages/)?|(?:nodejs/(?:node\d+/)?)?node_modules/)")
#: What belongs to a distribution beside its folder.
_BESIDE = re.compile(r"(?P<name>.+?)(?:-[^-]+\.(?:dist-info|data|egg-info)|\.libs|\.dist-info|\.egg-info)")


def largest(files: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """What is biggest in a package, by what it is called: `numpy/` (a folder, or the distribution with what belongs to
    it: `numpy.libs/`, `numpy-2.1.dist-info/`), `app.py`. `files` are paths and bytes."""
    sums: Counter[str] = Counter()
    for path, size in files:
        sums[_owner(path).encode("utf-8", "replace").decode()] += size
    biggest = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    return tuple(biggest[:_MOST_LISTED])


def report(packages: Sequence[Package]) -> tuple[str, ...]:
    """A line per package, the biggest first, each with the largest of what is in it below."""
    lines: list[str] = []
    for package in sorted(packages, key=lambda package: (-package.unpacked, package.piece)):
        way = ", through S3" if package.size > MOST_DIRECT else ""
        share = f"{package.unpacked / MOST_UNPACKED:.0%}" if package.unpacked else "none"
        lines.append(
            f"{package.piece}: {text(package.size)} zipped (of {text(MOST_DIRECT)}{way}), "
            f"{text(package.unpacked)} unpacked ({share} of {text(MOST_UNPACKED)})"
        )
        lines += [f"  {text(size):>8}  {name}" for name, size in package.largest]
    return tuple(lines)


def too_large(
    piece: str,
    name: str,
    where: str,
    unpacked: int,
    biggest: Sequence[tuple[str, int]],
    layers: Sequence[tuple[str, int]] = (),
) -> Problem | None:
    """A Problem when AWS would not take it. `layers` are the names and bytes of a function's layers."""
    whole = unpacked + sum(size for _, size in layers)
    if whole <= MOST_UNPACKED:
        return None
    with_layers = " with its layers" if layers else ""
    what = f"{name}: {text(whole)} unpacked{with_layers}, AWS takes {text(MOST_UNPACKED)}"
    parts = sorted((*biggest, *((f"layer {layer}", size) for layer, size in layers)), key=lambda part: -part[1])
    hint = f"the largest is {parts[0][0]}; leave out what it does not need, or make it a container image"
    details = tuple(f"{text(size):>8}  {part}" for part, size in parts[:_MOST_LISTED])
    return Problem(where, what, hint, piece, details=details)


def text(size: int) -> str:
    """Bytes as people say them: `4.2 KB`, `12 MB`."""
    if size < 1024:
        return f"{size} B"
    value, unit = (size / _MB, "MB") if size >= _MB else (size / 1024, "KB")
    return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"


def _owner(path: str) -> str:
    home = _HOME.match(path)
    parts = path[home.end() if home else 0 :].split("/")
    if len(parts) == 1:
        return parts[0]
    if home and parts[0].startswith("@") and len(parts) > 2:  # npm's scopes hold packages
        return f"{parts[0]}/{parts[1]}/"
    beside = _BESIDE.fullmatch(parts[0])
    return f"{beside['name'] if beside else parts[0]}/"
