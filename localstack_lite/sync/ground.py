"""What a plan is made of, in one value, and the questions that every rule asks of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from localstack_lite.model.blueprint import Blueprint
from localstack_lite.model.package import Package
from localstack_lite.model.stage import Stage
from localstack_lite.ports import Resolve
from localstack_lite.sync.canonical import properties, resource, resources
from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.remote import Remote
from localstack_lite.sync.values import digest, same, slot

#: In place of a digest: the property was set directly, and what it is by now is not known.
DOUBT = "?"


@dataclass(frozen=True, slots=True)
class Ground:
    """`deployed` are the stack's templates by path, with slots."""

    stage: Stage
    blueprint: Blueprint
    deployed: Mapping[str, Mapping[str, Any]]
    packages: Mapping[str, Package]
    remote: Remote
    manifest: Manifest
    resolve: Resolve

    def resources(self, type: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Those of the project, with the path in their ids, in the templates' order."""
        for stack in self.blueprint.stacks:
            for id, each in resources(stack.template).items():
                if each.get("Type") == type:
                    yield stack.path + id, each

    def wanted(self, id: str) -> Mapping[str, Any]:
        """Properties that the project states."""
        return properties(self.blueprint.resource(id))

    def had(self, id: str) -> Mapping[str, Any]:
        """Properties that the stack's own template states."""
        path, logical = parted(id)
        return properties(resource(self.deployed.get(path, {}), logical))

    def exists(self, id: str) -> bool:
        """Whether the stack has it: a resource whose condition does not hold is only in the template."""
        return any(one.id == id for one in self.remote.resources)

    def direct(self, id: str) -> Mapping[str, Any]:
        return self.manifest.direct.get(id, {})

    def stated(self, id: str, property: str) -> bool:
        """Whether the property is ours to set: the project states it, or did when it was last set."""
        return any(property in known for known in (self.wanted(id), self.had(id), self.direct(id)))

    def unseen(self, id: str, property: str) -> bool:
        """Whether CloudFormation sees no change of it: its own template says the same already."""
        return same(self.wanted(id).get(property), self.had(id).get(property))

    def pending(self, id: str, property: str) -> bool:
        """Whether something that AWS is not asked about is not what the project wants, as far as is known."""
        known = self.direct(id).get(property)
        if known is None:
            return not self.unseen(id, property)
        return bool(known != digest(self.wanted(id).get(property)))

    def value(self, id: str, property: str) -> Any:
        """The property with its intrinsics resolved; None when it is not stated. LookupError as `Resolve`."""
        raw = self.wanted(id).get(property)
        return None if raw is None else self.resolved(id, {property: raw}).get(property)

    def resolved(self, id: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Values by name; those that are `AWS::NoValue` are left out."""
        found = self.resolve(parted(id)[0], dict(values))
        return found if isinstance(found, Mapping) else {}

    def package(self, id: str, property: str) -> Package | None:
        """What fills the slot in that property."""
        return self.packages.get(slot(self.wanted(id).get(property)))


def parted(id: str) -> tuple[str, str]:
    """The path of the stack, and the logical id in its template."""
    path, slash, logical = id.rpartition("/")
    return path + slash, logical
