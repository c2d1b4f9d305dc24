"""Deployed templates with the blueprint's slots in place of S3 objects and images, so that both say the same when only
code differs. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from localstack_lite.model.blueprint import SLOT, StackBlueprint

Path = tuple[str, ...]


def with_slots(
    deployed: Mapping[str, Mapping[str, Any]], stacks: Sequence[StackBlueprint]
) -> Mapping[str, Mapping[str, Any]]:
    """`deployed` are processed templates (GetTemplate) by the path of their stack; so is the answer. A slot is put in
    where the blueprint has one in a resource of the same logical id and type, and the deployed one has anything there.
    What has no counterpart stays as it is."""
    blueprints = {stack.path: stack.template for stack in stacks}
    return {path: _slotted(template, blueprints.get(path, {})) for path, template in deployed.items()}


def slots(properties: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Where a resource's properties have slots, and the piece that belongs in each."""
    if not isinstance(properties, Mapping):
        return
    if isinstance(piece := properties.get(SLOT), str):
        yield path, piece
        return
    for name, value in properties.items():
        yield from slots(value, (*path, name))


def _slotted(template: Mapping[str, Any], blueprint: Mapping[str, Any]) -> Mapping[str, Any]:
    resources = template.get("Resources")
    if not isinstance(resources, Mapping):
        return template
    changed: dict[str, Any] = {}
    for logical_id, ours in _mapping(blueprint.get("Resources")).items():
        theirs = resources.get(logical_id)
        if not isinstance(theirs, Mapping) or not isinstance(ours, Mapping) or theirs.get("Type") != ours.get("Type"):
            continue
        properties: Any = theirs.get("Properties")
        for path, piece in slots(ours.get("Properties")):
            properties = _put(properties, path, {SLOT: piece})
        if properties is not theirs.get("Properties"):
            changed[logical_id] = {**theirs, "Properties": properties}
    return {**template, "Resources": {**resources, **changed}} if changed else template


def _put(value: Any, path: Path, slot: Mapping[str, str]) -> Any:
    """The value with the slot at that place; itself where there is no such place."""
    if not path:
        return slot
    if not isinstance(value, Mapping) or path[0] not in value:
        return value
    return {**value, path[0]: _put(value[path[0]], path[1:], slot)}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
