"""Which function of the project a schedule or another service calls. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from localstack_lite.config.integrations import Targets
from localstack_lite.config.intrinsics import NO_VALUE, Resolver
from localstack_lite.config.parameters import as_text
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource


def called(targets: Targets, resource: Resource, arn: object, path: tuple[str, ...]) -> str | None:
    """The logical id of the function with this ARN (raw); None when it is no function's. Refused when the project has
    no such function."""
    try:
        return targets.function(resource, arn)
    except Refusal as refusal:
        if ":lambda:" in as_text(resource.resolve(arn, path)):
            raise refusal.at(path) from None
    return None


def parts(resource: Resource, *path: str) -> Iterator[Mapping[str, object]]:
    """The members of a list that are mappings, their values still raw."""
    value = resource.raw(*path)
    resolver = Resolver(resource.stack.scope)
    for each in value if isinstance(value, list) else ():
        try:
            chosen = resolver.head(each)
        except Refusal as refusal:
            raise refusal.at(path) from None
        if chosen is not NO_VALUE and isinstance(chosen, Mapping):
            yield chosen
