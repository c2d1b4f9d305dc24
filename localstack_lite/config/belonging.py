"""Which resources belong to an API: those that speak of it, in its own stack and in the others of the project. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from localstack_lite.config.intrinsics import Resolver
from localstack_lite.config.parameters import as_text
from localstack_lite.config.references import references
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource
from localstack_lite.config.standins import api_id


def belonging(resource: Resource, kind: str, name: str) -> Iterator[Resource]:
    """Resources of a kind whose property `name` speaks of this API, those first that stand beside it. Nested stacks get
    its id as a parameter, or as an output of another one."""
    for other in resource.stack.of_type(kind):
        if resource.logical_id in references(other.properties.get(name)):
            yield other
    for stack in resource.stack.family:
        for other in stack.of_type(kind) if stack is not resource.stack else ():
            if says(other, other.properties.get(name)) == api_id(resource.derived_name):
                yield other


def is_api(owner: Resource, value: object, api: Resource) -> bool:
    """Whether a value of `owner` (raw) is the id of this API."""
    return says(owner, value) == api_id(api.derived_name)


def named_by(owner: Resource, value: object, *kinds: str) -> Resource | None:
    """The resource of one of these kinds whose `Ref` a value of `owner` (raw) is: of its own stack, or of another one,
    which hands ids over as text. Refused when the value cannot be resolved."""
    text = as_text(owner.resolve(value, ()))
    if not text:
        return None
    for stack in (owner.stack, *(other for other in owner.stack.family if other is not owner.stack)):
        for resource in stack.of_type(*kinds):
            if text == resource.derived_name:
                return resource
    return None


def says(resource: Resource, value: object) -> str:
    """A value of a resource (raw) as text; empty when it cannot be resolved, which the resource's own stack tells where
    it matters."""
    try:
        return as_text(Resolver(resource.stack.scope).resolve(value))
    except Refusal:
        return ""
