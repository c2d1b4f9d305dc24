"""What one stack of an app exports and another imports (`Fn::ImportValue`) → the value that the first would export
here. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localstack_lite.config.intrinsics import MOST_LEVELS, NO_VALUE, Resolver, Scope
from localstack_lite.config.parameters import Place, as_text, read_parameters
from localstack_lite.config.refusal import Refusal


def exports(template: Mapping[str, Any], place: Place, overrides: Mapping[str, str], path: str = "") -> dict[str, str]:
    """The stack's exports by name; `path` is what its logical ids start with. An export that cannot be resolved is not
    there; whoever imports it is told."""
    sections = [_section(template, name) for name in ("Mappings", "Conditions", "Resources")]
    parameters = read_parameters(template.get("Parameters"), overrides)
    scope = Scope(parameters, place, *sections, prefix=path.replace("/", "-"))
    found: dict[str, str] = {}
    for output in _section(template, "Outputs").values():
        match output:
            case {"Export": {"Name": name}, "Value": value}:
                resolver = Resolver(scope)
                try:
                    resolved = resolver.resolve(value) if resolver.exists(output) else NO_VALUE
                    if resolved is not NO_VALUE and not isinstance(resolved, Mapping | list):
                        found[as_text(resolver.resolve(name))] = as_text(resolved)
                except Refusal:
                    continue
    return found


def with_imports(value: Any, known: Mapping[str, str], depth: int = 0) -> Any:
    """The value with every import of a known export replaced by what it exports. Others stay as they are."""
    if depth > MOST_LEVELS:
        return value
    match value:
        case {"Fn::ImportValue": str(name)} if len(value) == 1 and name in known:
            return known[name]
        case Mapping():
            return {key: with_imports(item, known, depth + 1) for key, item in value.items()}
        case list():
            return [with_imports(item, known, depth + 1) for item in value]
    return value


def _section(template: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = template.get(name)
    return section if isinstance(section, Mapping) else {}
