"""What differs between the templates that a project has now and those that its stack was deployed with. Pure.

Compared is what they say (see `values`), not how: code is behind slots on both sides and plays no role here. Metadata,
descriptions and the order of creation change nothing that runs, so they are no change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from localstack_lite.model.blueprint import Blueprint
from localstack_lite.sync.canonical import canonical, properties, resources
from localstack_lite.sync.replacement import replacement
from localstack_lite.sync.steps import Change
from localstack_lite.sync.values import intrinsic, same

Templates = Mapping[str, Mapping[str, Any]]

#: What a change of a resource beside its properties is called: the attribute's name behind this.
ATTRIBUTE = "@"
_ATTRIBUTES = ("Condition", "CreationPolicy", "DeletionPolicy", "UpdatePolicy", "UpdateReplacePolicy")
#: Sections beside the resources, and the type that their entries have as changes.
SECTIONS = {"Parameters": "Parameter", "Mappings": "Mapping", "Conditions": "Condition", "Rules": "Rule"}
OUTPUT = "Output"
#: Documents, of which it is enough to know that they changed.
_WHOLE = ("Body", "Definition", "DefinitionString", "PolicyDocument", "AssumeRolePolicyDocument", "Policies", "Content")
_DEEPEST = 3


def compare(blueprint: Blueprint, deployed: Templates) -> tuple[Change, ...]:
    """Stack by stack: resources first, in the order of the templates, then what is beside them. Ids have the path of
    their stack. A nested stack that is new or gone is one change, that of its resource."""
    found: list[Change] = []
    for stack in blueprint.stacks:
        was = deployed.get(stack.path)
        if was is not None or not stack.path:
            found += _compared(stack.path, canonical(stack.template), canonical(was or {}))
    return tuple(found)


def _compared(path: str, new: Mapping[str, Any], old: Mapping[str, Any]) -> Iterator[Change]:
    wanted, had = resources(new), resources(old)
    for id, resource in wanted.items():
        kind = str(resource.get("Type", ""))
        if id not in had:
            yield Change(path + id, kind, "add")
        elif found := tuple(_differences(resource, had[id])):
            yield Change(path + id, kind, "modify", _replaced(kind, found), found)
    for id, resource in had.items():
        if id not in wanted:
            yield Change(path + id, str(resource.get("Type", "")), "remove")
    for section, kind in (*SECTIONS.items(), ("Outputs", OUTPUT)):
        yield from _section(path, kind, _entries(new, section), _entries(old, section))


def _section(path: str, kind: str, new: Mapping[str, Any], old: Mapping[str, Any]) -> Iterator[Change]:
    for id in (*new, *(id for id in old if id not in new)):
        if id not in old:
            yield Change(path + id, kind, "add")
        elif id not in new:
            yield Change(path + id, kind, "remove")
        elif not same(_told(kind, new[id]), _told(kind, old[id])):
            yield Change(path + id, kind, "modify")


def _entries(template: Mapping[str, Any], section: str) -> Mapping[str, Any]:
    found = template.get(section)
    return found if isinstance(found, Mapping) else {}


def _told(kind: str, entry: Any) -> Any:
    """What of an entry matters. A parameter's default matters by the value that it gives (see `parameters`)."""
    if kind == "Parameter" and isinstance(entry, Mapping):
        return entry.get("Type", "String")
    if kind == OUTPUT and isinstance(entry, Mapping):
        return {name: value for name, value in entry.items() if name != "Description"}
    return entry


def _differences(new: Mapping[str, Any], old: Mapping[str, Any]) -> Iterator[str]:
    if new.get("Type") != old.get("Type"):
        yield f"{ATTRIBUTE}Type"
    yield from _paths("", properties(new), properties(old), 1)
    for name in _ATTRIBUTES:
        if not same(new.get(name), old.get(name)):
            yield ATTRIBUTE + name


def _paths(above: str, new: Mapping[str, Any], old: Mapping[str, Any], depth: int) -> Iterator[str]:
    for name in (*new, *(name for name in old if name not in new)):
        one, other = new.get(name), old.get(name)
        if same(one, other):
            continue
        if depth < _DEEPEST and name not in _WHOLE and _open(one) and _open(other):
            yield from _paths(f"{above}{name}.", one or {}, other or {}, depth + 1)
        else:
            yield f"{above}{name}"


def _open(value: Any) -> bool:
    return isinstance(value, Mapping) and not intrinsic(value)


def _replaced(kind: str, found: tuple[str, ...]) -> str:
    if f"{ATTRIBUTE}Type" in found:
        return "yes"
    tops = {path.partition(".")[0] for path in found if not path.startswith(ATTRIBUTE)}
    return replacement(kind, tops) if tops else "no"


def tops(change: Change) -> frozenset[str]:
    """The properties that a change is about, without what is below them; attributes as they are."""
    return frozenset(path.partition(".")[0] for path in change.properties)
