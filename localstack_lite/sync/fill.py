"""Templates with slots, and the code that fills them → templates that CloudFormation takes. Pure.

Everything is named by its content, so a template changes exactly when something in it does; a nested stack's template
is filled before the one that names it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from localstack_lite.errors import Bug
from localstack_lite.model.blueprint import SLOT, Blueprint, PieceKind, StackBlueprint
from localstack_lite.model.package import Package
from localstack_lite.sync import keys
from localstack_lite.sync.canonical import VERSION, properties, resources
from localstack_lite.sync.values import names, renamed, slot

_HASH = re.compile(r"[0-9a-f]{10,64}$")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the content lies: `prefix` without a slash at the end, `images` the repository without a tag."""

    bucket: str
    prefix: str
    region: str
    images: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """`template` is the own stack's; `children` the texts of nested ones by their keys."""

    template: Mapping[str, Any]
    children: Mapping[str, str] = field(default_factory=dict)


def fill(
    blueprint: Blueprint, packages: Mapping[str, Package], place: Place, versions: Mapping[str, str] | None = None
) -> Filled:
    """`versions` are logical ids that function versions keep from the stack as it is deployed, by the function's id:
    without a new one, CloudFormation publishes none."""
    work = _Filling(packages, place, versions or {}, {piece.id: piece.kind for piece in blueprint.pieces}, {}, {})
    own, *nested = blueprint.stacks
    for stack in sorted(nested, key=lambda each: each.path.count("/"), reverse=True):
        text = json.dumps(work.filled(stack), sort_keys=True, separators=(",", ":"), default=str)
        key = keys.template_key(place.prefix, text)
        work.children[key] = text
        work.urls[stack.path] = keys.object_url(place.bucket, key, place.region)
    return Filled(work.filled(own), work.children)


@dataclass(slots=True)
class _Filling:
    packages: Mapping[str, Package]
    place: Place
    versions: Mapping[str, str]
    kinds: Mapping[str, PieceKind]
    children: dict[str, str]
    urls: dict[str, str]

    def filled(self, stack: StackBlueprint) -> dict[str, Any]:
        new = self._version_ids(stack)
        template = renamed(stack.template, new) if new else dict(stack.template)
        template["Resources"] = {
            new.get(id, id): self._value(resource) for id, resource in template.get("Resources", {}).items()
        }
        return dict(template)

    def _version_ids(self, stack: StackBlueprint) -> dict[str, str]:
        """New logical ids of versions whose function's code we push."""
        found = resources(stack.template)
        new: dict[str, str] = {}
        for id, resource in found.items():
            of = list(names(properties(resource).get("FunctionName"))) if resource.get("Type") == VERSION else []
            package = self.packages.get(slot(properties(found.get(of[0], {})).get("Code"))) if len(of) == 1 else None
            if package is not None:
                new[id] = self.versions.get(stack.path + of[0]) or version_id(id, package)
        return new

    def _value(self, value: Any) -> Any:
        match value:
            case {**given} if given.keys() == {SLOT}:
                return self._piece(str(given[SLOT]))
            case Mapping():
                return {key: self._value(inner) for key, inner in value.items()}
            case list():
                return [self._value(inner) for inner in value]
            case _:
                return value

    def _piece(self, id: str) -> Any:
        if self.kinds.get(id) is PieceKind.TEMPLATE:
            if f"{id}/" not in self.urls:
                raise Bug(f"the nested template {id} was not filled")
            return self.urls[f"{id}/"]
        package = self.packages.get(id)
        if package is None:
            raise Bug(f"there is no package for {id}")
        if package.image:
            return {"ImageUri": keys.image_target(self.place.images, package)}
        if self.kinds.get(id) is PieceKind.FILE:
            return {"Bucket": self.place.bucket, "Key": keys.file_key(self.place.prefix, package)}
        return {"S3Bucket": self.place.bucket, "S3Key": keys.code_key(self.place.prefix, package)}


def version_id(id: str, package: Package) -> str:
    """The logical id of a function's version with that code: another one exactly when the code or the id is."""
    return _HASH.sub("", id) + sha256(f"{id} {package.hex}".encode()).hexdigest()[:10]


def codes(deployed: Mapping[str, Mapping[str, Any]]) -> Mapping[str, str]:
    """The sha256 (as `Package.sha256`) of what fills each resource, by its id with path, read out of templates by path
    as CloudFormation has them (no slots): of those that were filled here, whichever machine did it."""
    found: dict[str, str] = {}
    for path, template in deployed.items():
        for id, resource in resources(template).items():
            for value in properties(resource).values():
                if isinstance(value, Mapping) and (known := _known(value)):
                    found[path + id] = known
    return found


def _known(value: Mapping[str, Any]) -> str:
    match value:
        case {"S3Key": str(key)}:
            return keys.code_of(key)
        case {"ImageUri": str(uri)} if re.fullmatch(r"[0-9a-f]{64}", tag := uri.rpartition(":")[2]):
            return f"sha256:{tag}"
        case _:
            return ""
