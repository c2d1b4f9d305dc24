"""Which resources a value speaks of, without resolving it; and the circles they make. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_VARIABLE = re.compile(r"\$\{\s*([^!}][^}.]*)")


def references(value: object) -> frozenset[str]:
    """Names in every Ref, GetAtt and Sub of the value, parameters among them."""
    return frozenset(_names(value))


def circles(resources: Mapping[str, Any]) -> tuple[str, ...]:
    """Logical ids of resources that need each other (or stand between such): CloudFormation refuses to make them."""
    needs: dict[str, set[str]] = {}
    for name, resource in resources.items():
        found = set(references(resource))
        depends = resource.get("DependsOn") if isinstance(resource, Mapping) else None
        found |= {depends} if isinstance(depends, str) else set(depends) if isinstance(depends, list) else set()
        needs[name] = found & resources.keys()
    while True:
        needed = {other for others in needs.values() for other in others}
        left = {name: others & needs.keys() for name, others in needs.items() if name in needed}
        left = {name: others for name, others in left.items() if others}
        if left.keys() == needs.keys():
            return tuple(needs)
        needs = left


def _names(value: object) -> Iterator[str]:
    waiting = [value]
    while waiting:
        match waiting.pop():
            case {"Ref": str(name), **rest} if not rest:
                yield name
            case {"Fn::GetAtt": str(name), **rest} if not rest:
                yield name.split(".", 1)[0]
            case {"Fn::GetAtt": [str(name), *_], **rest} if not rest:
                yield name
            case {"Fn::Sub": str(form), **rest} if not rest:
                yield from _variables(form)
            case {"Fn::Sub": [str(form), Mapping() as given], **rest} if not rest:
                yield from (name for name in _variables(form) if name not in given)
                waiting.extend(given.values())
            case Mapping() as mapping:
                waiting.extend(mapping.values())
            case list() as several:
                waiting.extend(several)


def _variables(form: str) -> Iterator[str]:
    return (match[1].strip() for match in _VARIABLE.finditer(form))
