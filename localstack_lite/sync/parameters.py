"""The parameters that a stack deploy gives, and those whose change makes one necessary. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from localstack_lite.sync.changes import Templates
from localstack_lite.sync.ground import Ground
from localstack_lite.sync.values import normal


@dataclass(frozen=True, slots=True)
class Parameters:
    """`kept` have their value from the stack as it is. `changed` are told with what changes, by name: never a value of
    a NoEcho parameter, which AWS does not tell either (so whether it changed cannot be known)."""

    given: Mapping[str, str]
    kept: tuple[str, ...] = ()
    changed: Mapping[str, str] = field(default_factory=dict)


def parameters(ground: Ground) -> Parameters:
    """A parameter that the stage does not give keeps what the stack has; unless that is the default which the template
    had, and it has another one now."""
    declared, had = _declared(ground.blueprint.template), _declared(_root(ground.deployed))
    given = {name: value for name, value in ground.blueprint.stacks[0].parameters.items() if name in declared}
    stack = ground.remote.stack
    if stack is None:
        return Parameters(given, (), {})
    kept: list[str] = []
    changed: dict[str, str] = {}
    for name, entry in declared.items():
        now = stack.parameters.get(name)
        if now is None:
            continue  # a new one, which is a change of the template
        default = _text(entry.get("Default"))
        was = _text(had.get(name, {}).get("Default"))
        if name in given:
            if not _secret(entry, had.get(name, {})) and _parts(entry, given[name]) != _parts(entry, now):
                changed[name] = f"parameter {name} {now} → {given[name]}"
        elif default is not None and was == now and default != was:
            changed[name] = f"parameter {name} {now} → {default}, its new default"
        else:
            kept.append(name)
    return Parameters(given, tuple(kept), changed)


def _root(deployed: Templates) -> Mapping[str, Any]:
    return deployed.get("", {})


def _declared(template: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    found = template.get("Parameters")
    entries = found.items() if isinstance(found, Mapping) else ()
    return {name: entry for name, entry in entries if isinstance(entry, Mapping)}


def _text(value: object) -> str | None:
    return None if value is None else str(normal(value))


def _secret(*entries: Mapping[str, Any]) -> bool:
    return any(normal(entry.get("NoEcho")) == "true" for entry in entries)


def _parts(entry: Mapping[str, Any], value: str) -> list[str]:
    """A list is the same with and without blanks behind its commas."""
    kind = str(entry.get("Type", ""))
    is_list = kind == "CommaDelimitedList" or kind.startswith("List<")
    return [part.strip() for part in value.split(",")] if is_list else [value]
