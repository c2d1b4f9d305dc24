"""Layers whose content changed: which version a function is to have in place of the stack's. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from localstack_lite.model.package import MOST_DIRECT, Package
from localstack_lite.sync import keys
from localstack_lite.sync.ground import Ground, parted
from localstack_lite.sync.steps import NewLayer, UpdateLayer, UploadObject

LAYER = "AWS::Lambda::LayerVersion"
#: Arguments of PublishLayerVersion beside the name and the content.
_SETTINGS = ("CompatibleArchitectures", "CompatibleRuntimes", "Description", "LicenseInfo")


@dataclass(frozen=True, slots=True)
class Layers:
    """`versions` stand in for the layer's own ARN, by resource id: of a version that was published directly, or that
    `steps` will make. `blocked` are reasons why only a stack deploy can do it. `changed` are all layers whose content
    is not what the stack's template gives."""

    steps: tuple[UploadObject | UpdateLayer, ...] = ()
    versions: Mapping[str, str | NewLayer] = field(default_factory=dict)
    blocked: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


def layers(ground: Ground) -> Layers:
    steps: list[UploadObject | UpdateLayer] = []
    versions: dict[str, str | NewLayer] = {}
    blocked: list[str] = []
    changed: list[str] = []
    for id, _ in ground.resources(LAYER):
        package = ground.package(id, "Content")
        if package is None or not ground.exists(id) or ground.manifest.deployed.get(id) == package.sha256:
            continue
        changed.append(id)
        known = ground.direct(id)
        if known.get("Content") == package.sha256 and known.get("Arn"):
            versions[id] = str(known["Arn"])
            continue
        try:
            steps += _published(ground, id, package)
        except LookupError as error:
            blocked.append(f"{id}: {error}")
        versions[id] = NewLayer(id)
    return Layers(tuple(steps), versions, tuple(blocked), tuple(changed))


def _published(ground: Ground, id: str, package: Package) -> list[UploadObject | UpdateLayer]:
    settings = ground.resolved(id, {n: v for n, v in ground.wanted(id).items() if n in _SETTINGS})
    name = _name(ground, id)
    reason = "its content changed"
    if package.size < MOST_DIRECT:
        return [UpdateLayer(id, name, reason, package, settings=settings)]
    key = keys.code_key(keys.prefix(ground.stage), package)
    return [
        UploadObject(id, key, "too big for the call itself", package),
        UpdateLayer(id, name, reason, package, key, settings),
    ]


def _name(ground: Ground, id: str) -> str:
    """`arn:aws:lambda:REGION:ACCOUNT:layer:NAME:VERSION` says it best."""
    parts = ground.remote.physical(id).split(":")
    if len(parts) == 8:
        return parts[6]
    given = ground.value(id, "LayerName")
    return str(given) if given else parted(id)[1]


def version_arns(ground: Ground, id: str, versions: Mapping[str, str | NewLayer]) -> Any:
    """The `Layers` of a function with those versions in place of the stack's own. LookupError as `Resolve`."""
    raw = ground.wanted(id).get("Layers")
    path = parted(id)[0]
    if isinstance(raw, list):
        found: list[Any] = []
        for each in raw:
            match each:
                case {"Ref": str(name)} if path + name in versions:
                    found.append(versions[path + name])
                case _:
                    resolved = ground.resolved(id, {"Layers": [each]}).get("Layers") or []
                    found += [resolved] if isinstance(resolved, str) else resolved
    else:
        found = list(ground.value(id, "Layers") or ())
    if not all(isinstance(each, NewLayer) or each for each in found):
        raise LookupError("AWS does not tell the ARN of a layer")
    own = {ground.remote.physical(layer): version for layer, version in versions.items()}
    return [own.get(each, each) if isinstance(each, str) else each for each in found]
