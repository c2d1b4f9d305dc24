"""What a stage has that the last deploy of its stack did not give it: a line for each resource, no values. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from localstack_lite.sync.direct import PROPERTIES
from localstack_lite.sync.function_needs import CODE, FUNCTION
from localstack_lite.sync.ground import Ground
from localstack_lite.sync.layer_versions import LAYER
from localstack_lite.sync.steps import Change


def drift(ground: Ground, changes: Sequence[Change]) -> tuple[str, ...]:
    """With `changes` brought to the stage past the stack, as far as that can be."""
    found: dict[str, list[str]] = {}
    for kind, property in ((FUNCTION, CODE), (LAYER, "Content")):
        for id, _ in ground.resources(kind):
            package = ground.package(id, property)
            deployed = ground.manifest.deployed.get(id)
            if package is not None and ground.exists(id) and deployed not in (None, package.sha256):
                found.setdefault(id, []).append(property.lower())
    for change in changes:
        if change.action == "modify" and ground.exists(change.id):
            direct = PROPERTIES.get(change.type, frozenset())
            paths = [path for path in change.properties if path.partition(".")[0] in direct]
            if paths:
                found.setdefault(change.id, []).extend(paths)
    return tuple(f"{id}: {shortened(paths)}" for id, paths in found.items())


def shortened(texts: Iterable[str], most: int = 6) -> str:
    """`a, b and 3 more`."""
    every = list(texts)
    if len(every) <= most:
        return ", ".join(every)
    return f"{', '.join(every[: most - 1])} and {len(every) - most + 1} more"
