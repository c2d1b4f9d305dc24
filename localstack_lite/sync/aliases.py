"""Aliases that follow their function: a version is published after its code changed, and the alias set to it. Pure.

A version's resource publishes only when CloudFormation makes it anew; what is pushed past CloudFormation has to be
published past it too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from localstack_lite.sync.canonical import VERSION, owners, properties, resources
from localstack_lite.sync.ground import DOUBT, Ground, parted
from localstack_lite.sync.steps import PublishVersion, UpdateAlias
from localstack_lite.sync.values import names

ALIAS = "AWS::Lambda::Alias"
TARGET = "FunctionVersion"
#: In place of a version's number: what the alias should point to is not published yet.
UNPUBLISHED = ""


@dataclass(frozen=True, slots=True)
class Alias:
    """`function` and `id` are logical, with their path."""

    id: str
    function: str


def following(ground: Ground, deployed: bool = False) -> Iterator[Alias]:
    """Aliases that point to a version of their function which the template has as a resource. After a stack deploy of
    the same plan new ones are there too, unless a condition is in their way."""
    for id, resource in ground.resources(ALIAS):
        path = parted(id)[0]
        of = versions(ground, path)
        for name in names(properties(resource).get(TARGET)):
            made = deployed and "Condition" not in resource
            if (owner := of.get(name)) and (ground.exists(id) or made):
                yield Alias(id, path + owner)


def versions(ground: Ground, path: str) -> Mapping[str, str]:
    """The functions of a template's versions, by logical ids."""
    template = next((stack.template for stack in ground.blueprint.stacks if stack.path == path), {})
    kinds = resources(template)
    return {id: owner for id, owner in owners(template).items() if kinds[id].get("Type") == VERSION}


def unpublished(ground: Ground, alias: Alias) -> bool:
    """Whether the alias was left behind by an earlier push that did not come to its end, or by one of a machine that
    did not tell: the function has other code than its stack gave it."""
    known = ground.direct(alias.id).get(TARGET)
    if known not in (None, DOUBT):
        return bool(known == UNPUBLISHED)
    package = ground.package(alias.function, "Code")
    deployed = ground.manifest.deployed.get(alias.function)
    return package is not None and deployed is not None and deployed != package.sha256


def alias_steps(ground: Ground, function: str, aliases: list[Alias], reason: str) -> list[PublishVersion | UpdateAlias]:
    """One version, and all aliases of the function to it. LookupError as `Resolve`."""
    name = ground.remote.functions[function].name
    steps: list[PublishVersion | UpdateAlias] = [PublishVersion(function, name, reason)]
    for alias in aliases:
        steps.append(UpdateAlias(alias.id, function, name, _name(ground, alias), "it follows the function"))
    return steps


def _name(ground: Ground, alias: Alias) -> str:
    """`arn:aws:lambda:REGION:ACCOUNT:function:NAME:ALIAS` says it best."""
    parts = ground.remote.physical(alias.id).split(":")
    name = parts[7] if len(parts) == 8 else ground.value(alias.id, "Name")
    if not name:
        raise LookupError("the template does not state its name")
    return str(name)
