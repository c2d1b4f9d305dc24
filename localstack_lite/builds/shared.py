"""One layer for the Python packages that several functions of a stack have in common. Pure.

The same packages in 50 functions are uploaded 50 times, and again with every edit. In a layer they are uploaded once,
and an edit of the code carries the code alone. What differs on Lambda: they lie in `/opt/python`, after the code on the
path as before. Other packages are another layer, so a change of them is a stack deploy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from localstack_lite.model.blueprint import SLOT, Blueprint, Piece, PieceKind, StackBlueprint

#: What logical ids of such layers begin with, and the `build` of a function's piece whose packages are in one.
PREFIX, SHARED = "DevservePackages", "shared"
#: Layers that a function may have (AWS quotas).
_MOST_LAYERS = 5


def is_shared(piece: Piece) -> bool:
    """Whether a layer is one of these."""
    return piece.kind is PieceKind.LAYER and piece.build == SHARED


def with_shared_layers(blueprint: Blueprint, names: Mapping[str, str], folder: Path) -> Blueprint:
    """`names` say by a function's id which packages it needs (`packages_name`; empty for none), `folder` is where they
    are installed by that name. A function keeps what it has when nobody shares it, and when its layers are no list, or
    as many as it may have."""
    users: defaultdict[tuple[str, str], list[Piece]] = defaultdict(list)
    for piece in blueprint.pieces:
        name = names.get(piece.id, "")
        if name and piece.kind is PieceKind.FUNCTION and _takes_a_layer(blueprint.resource(piece.id)):
            users[piece.id.rpartition("/")[0], name].append(piece)
    shared = {key: pieces for key, pieces in users.items() if len(pieces) > 1}
    if not shared:
        return blueprint
    layer_of = {piece.id: f"{PREFIX}{name[:16]}" for (_, name), pieces in shared.items() for piece in pieces}
    layers = tuple(
        Piece(
            "/".join(part for part in (path, f"{PREFIX}{name[:16]}") if part),
            PieceKind.LAYER,
            folder / name,
            SHARED,
            (str(blueprint.resource(pieces[0].id)["Properties"]["Runtime"]),),
            pieces[0].architecture,
        )
        for (path, name), pieces in shared.items()
    )
    pieces = tuple(replace(piece, build=SHARED) if piece.id in layer_of else piece for piece in blueprint.pieces)
    stacks = tuple(_with_layers(stack, layers, layer_of) for stack in blueprint.stacks)
    return replace(blueprint, stacks=stacks, pieces=(*pieces, *layers))


def _takes_a_layer(resource: Mapping[str, Any]) -> bool:
    properties = resource.get("Properties")
    if not isinstance(properties, Mapping) or not isinstance(properties.get("Runtime"), str):
        return False
    layers = properties.get("Layers", [])
    return isinstance(layers, list) and len(layers) < _MOST_LAYERS


def _with_layers(stack: StackBlueprint, layers: tuple[Piece, ...], layer_of: Mapping[str, str]) -> StackBlueprint:
    """The stack with the layers of its path, and with its functions naming them."""
    resources = dict(stack.template.get("Resources", {}))
    for id, resource in resources.items():
        if name := layer_of.get(stack.path + id):
            properties = resource["Properties"]
            named = [*properties.get("Layers", []), {"Ref": name}]
            resources[id] = {**resource, "Properties": {**properties, "Layers": named}}
    own = [layer for layer in layers if layer.id.rpartition("/")[0] == stack.path.rstrip("/")]
    for layer in own:
        resources[layer.id.rpartition("/")[2]] = {
            "Type": "AWS::Lambda::LayerVersion",
            "Properties": {
                "Content": {SLOT: layer.id},
                "Description": "Python packages that functions of this stack share",
                "CompatibleRuntimes": list(layer.runtimes),
                "CompatibleArchitectures": [layer.architecture],
            },
        }
    if not own:
        return stack
    return replace(stack, template={**stack.template, "Resources": resources})
