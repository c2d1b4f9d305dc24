"""What `Transform: AWS::LanguageExtensions` does to a template before SAM sees it, `Fn::ForEach` aside. Pure.

SAM's translator knows neither the default value of `Fn::FindInMap` nor a policy that is a call: these are replaced by
what they give. Everything else of the extensions (`Fn::Length`, `Fn::ToJsonString`) is an intrinsic function as others
are, see `intrinsics`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localstack_lite.config.foreach import Resolve, has_loops
from localstack_lite.config.intrinsics import NO_VALUE, name_of
from localstack_lite.config.refusal import Refusal

TRANSFORM = "AWS::LanguageExtensions"
_POLICIES = ("DeletionPolicy", "UpdateReplacePolicy")
_FUNCTIONS = ("Fn::Length", "Fn::ToJsonString")


def extensions_used(values: Mapping[str, Any]) -> tuple[str, ...]:
    """The extensions that a template cannot do without, by name; `values` as the user wrote them."""
    found = {"Fn::ForEach": None} if has_loops(values) else {}
    waiting: list[object] = [values.get(section) for section in ("Conditions", "Resources", "Outputs")]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, Mapping):
            name = name_of(value)
            if name in _FUNCTIONS:
                found[name] = None
            elif name == "Fn::FindInMap" and isinstance(call := value[name], list) and len(call) > 3:
                found["the default value of Fn::FindInMap"] = None
            waiting.extend(value.values())
    return tuple(found)


def extended(values: Mapping[str, Any], resolve: Resolve, *, keep: bool = False) -> Mapping[str, Any]:
    """The template with default values and policies in place; itself when it has none. What cannot be known stays as
    it stands with `keep`, else it is left out."""
    resources = values.get("Resources")
    if not isinstance(resources, Mapping):
        return values
    changed = {
        name: made for name, declared in resources.items() if (made := _resource(declared, resolve, keep)) != declared
    }
    return {**values, "Resources": {**resources, **changed}} if changed else values


def _resource(declared: Any, resolve: Resolve, keep: bool) -> Any:
    if not isinstance(declared, Mapping):
        return declared
    mapped = _mapped(declared, resolve, keep, 0)
    if not isinstance(mapped, Mapping):  # the resource itself was a call
        return mapped
    made = dict(mapped)
    for name in _POLICIES:
        if name_of(made.get(name)):
            call = made.pop(name)
            policy = _tried(call, resolve)
            if isinstance(policy, str):  # what happens to a resource when its stack goes plays no role here
                made[name] = policy
            elif keep and policy is None:
                made[name] = call
    return made


def _tried(call: object, resolve: Resolve) -> object:
    """What a call gives, as a template says it; None when that cannot be known."""
    try:
        found = resolve(call)
    except Refusal:
        return None
    return {"Ref": "AWS::NoValue"} if found is NO_VALUE else found


def _mapped(value: Any, resolve: Resolve, keep: bool, depth: int) -> Any:
    """The value with every `Fn::FindInMap` that has a default replaced."""
    if depth > 150:
        return value
    if isinstance(value, list):
        return [_mapped(item, resolve, keep, depth + 1) for item in value]
    if not isinstance(value, Mapping):
        return value
    if name_of(value) == "Fn::FindInMap" and isinstance(call := value["Fn::FindInMap"], list) and len(call) > 3:
        found = _tried(value, resolve)
        if found is None:  # which is told where the value is needed
            return value if keep else {"Fn::FindInMap": call[:3]}
        return found
    if keep and name_of(value) in _FUNCTIONS and (found := _tried(value, resolve)) is not None:
        return found
    return {key: _mapped(item, resolve, keep, depth + 1) for key, item in value.items()}
