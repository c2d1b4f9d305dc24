"""Layers: what the template declares, what a function names, and where `/opt` is. Pure: the disk is behind `Files`.

Content is known by digest: an edited layer is another value, with another `/opt`, and so its functions start again. A
layer that cannot be had is told; its functions run without it.

* A folder is itself: when it is a function's only layer, an edit is there at once.
* A zip is unpacked. What has to be built or fetched is made later, at the place that is named here.
* Several are merged later: `/opt` is then a copy, named by the digests of all of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from localstack_lite.config.declaration import Awaited, Files
from localstack_lite.config.intrinsics import NO_VALUE, Resolver
from localstack_lite.config.metadata import build_folder, layer_build
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource, Stack
from localstack_lite.config.standins import arn as standin_arn
from localstack_lite.config.text_functions import text
from localstack_lite.model.function import Function, Layer

LAYER = "AWS::Lambda::LayerVersion"
#: Layers of a function; bytes of its code and layers, unpacked (AWS quotas).
MOST_LAYERS = 5
MOST_BYTES = 250 * 1024 * 1024
ARN = re.compile(r"arn:aws[a-z-]*:lambda:([a-z0-9-]+):(\d{12}|aws):layer:([A-Za-z0-9_-]+):(\d+)")


@dataclass(frozen=True, slots=True)
class Declared:
    """The layers of a stack. `sources` are the files and folders that they come from, those not there yet included."""

    by_id: Mapping[str, Layer] = field(default_factory=dict)
    sources: tuple[Path, ...] = ()

    @property
    def by_arn(self) -> dict[str, Layer]:
        return {layer.arn: layer for layer in self.by_id.values()}


def declared_layers(stack: Stack, files: Files) -> Declared:
    """What is wrong with one is told once, here."""
    layers: dict[str, Layer] = {}
    sources: list[Path] = []
    for resource in stack.of_type(LAYER):
        arn = _arn(resource)
        try:
            layers[resource.logical_id], source = _content(resource, files, arn)
            sources.append(source)
        except Refusal as refusal:
            layers[resource.logical_id] = Layer(arn)
            without = Refusal(f"{refusal.what}; functions run without it", refusal.hint, refusal.path)
            resource.leave_out(without)
            sources += [refusal.file] if isinstance(refusal, Awaited) else []
    return Declared(layers, tuple(dict.fromkeys(sources)))


def named_layers(resource: Resource, declared: Declared, files: Files) -> tuple[Layer, ...]:
    """The layers that a function names, in its order."""
    try:
        listed = resource.raw("Layers")
    except Refusal as refusal:
        resource.warn(refusal, "; it runs without layers")
        return ()
    if listed is None:
        return ()
    if not isinstance(listed, list):
        resource.warn(Refusal("is not a list of layers", "write one under another, with -", ("Layers",)))
        return ()
    found: list[Layer] = []
    for item in listed:
        try:
            layer = _named(resource, item, declared, files)
        except Refusal as refusal:
            resource.warn(refusal.at(("Layers",)), "; it runs without this layer")
            continue
        found += [layer] if layer is not None else []
    if len(found) > MOST_LAYERS:
        resource.warn(Refusal(f"AWS takes {MOST_LAYERS} layers, not {len(found)}", "all are used here", ("Layers",)))
    size = sum(layer.size for layer in found)
    if size > MOST_BYTES:
        resource.warn(Refusal(f"{size >> 20} MB of layers; AWS takes 250 MB with the code", "", ("Layers",)))
    return tuple(found)


def published(arn: str, state: Path) -> Layer:
    """A layer that is fetched. Its version never changes, so its ARN says it all. A Refusal when it is no such ARN."""
    if ARN.fullmatch(arn) is None:
        without = re.fullmatch(r"arn:.*:layer:[^:]+", arn)
        raise Refusal(
            f"{arn} {'names no version' if without else 'is no layer'}",
            "a layer is named by its ARN with the version at the end, or by its logical id",
        )
    return Layer(arn, state / "cache" / "layers" / f"arn-{_digest(arn)}", digest=arn)


def local(path: str, files: Files) -> tuple[Layer, Path]:
    """A layer that is a folder or zip without a declaration of its own, and what it comes from."""
    content = files.layer(path)
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", content.source.stem).strip("-") or "layer"
    arn = f"arn:aws:lambda:us-east-1:123456789012:layer:{name}:1"
    return Layer(arn, content.folder, content.size, digest=content.digest), content.source


def opt_of(layers: Sequence[Layer], state: Path) -> Path | None:
    """What `/opt` is: the layer's own folder when there is one and it is there, else a copy that is made later."""
    there = [layer for layer in layers if layer.folder is not None]
    match there:
        case []:
            return None
        case [only] if only.build is None and only.size:
            return only.folder
    return state / "cache" / "layers" / f"opt-{_digest(*(layer.digest for layer in there))}"


def adopted(function: Function, by_arn: Mapping[str, Layer], state: Path) -> Function:
    """The function with layers that another stack of the project declares, which it names only by ARN."""
    if not any(layer.arn in by_arn and layer.folder != by_arn[layer.arn].folder for layer in function.layers):
        return function
    layers = tuple(by_arn.get(layer.arn, layer) for layer in function.layers)
    return replace(function, layers=layers, opt=opt_of(layers, state))


def _named(resource: Resource, item: object, declared: Declared, files: Files) -> Layer | None:
    chosen = Resolver(resource.stack.scope).choice(item)
    if chosen is NO_VALUE:
        return None
    match chosen:
        case {"Ref": str(name)} if name in declared.by_id:
            return declared.by_id[name]
    arn = text(resource.resolve(chosen, ("Layers",)), "a layer")
    return declared.by_id.get(arn) or declared.by_arn.get(arn) or published(arn, files.state)


def _arn(resource: Resource) -> str:
    """What a `Ref` to it answers, wherever that stands."""
    try:
        return text(resource.resolve({"Ref": resource.logical_id}, ()), "a layer")
    except Refusal:  # its name cannot be resolved, which is told where it matters
        return standin_arn(LAYER, resource.given_id, resource.stack.scope.place)


def _content(resource: Resource, files: Files, arn: str) -> tuple[Layer, Path]:
    # SAM's property has another name, and messages point to what the user wrote.
    is_uri = ("Resources", resource.given_id, "Properties", "ContentUri") in resource.stack.source.lines
    path = ("ContentUri",) if is_uri else ("Content",)
    place = resource.value("Content")
    if not isinstance(place, str) or place.startswith(("s3://", "https://")):
        raise Refusal("its content is not here", "give a local folder or zip", path)
    try:
        content = files.layer(place)
    except Refusal as refusal:
        raise refusal.at(path) from None
    build = layer_build(resource, content.folder) if content.folder == content.source else None
    if build is None:
        return Layer(arn, content.folder, content.size, digest=content.digest), content.source
    folder = build_folder(files.state, resource.given_id, build, content.digest)
    return Layer(arn, folder, content.size, build, f"{folder.name}-{content.digest}"), content.source


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()[:16]
