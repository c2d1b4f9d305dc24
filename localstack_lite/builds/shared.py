"""One layer for the Python packages that several functions of a stack have in common. Pure.

The same packages in 50 functions are uploaded 50 times, and again with every edit. In a layer they are uploaded once,
and an edit of the code carries the code alone. What differs on Lambda: they lie in `/opt/python`, after the code on the
path as before.

A layer is named after the first of its functions, not after the packages: other packages are a new version of it, which
is published and named to its functions directly. Who shares with whom is what takes a stack deploy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from localstack_lite.model.blueprint import SLOT, Blueprint, Piece, PieceKind, StackBlueprint
from localstack_lite.model.project import Problem

#: What logical ids of such layers begin with, and the `build` of a function's piece whose packages are in one.
PREFIX, SHARED = "DevservePackages", "shared"
#: Layers that a function may have (AWS quotas).
MOST_LAYERS = 5


def is_shared(piece: Piece) -> bool:
    """Whether a layer is one of these."""
    return piece.kind is PieceKind.LAYER and piece.build == SHARED


def with_shared_layers(blueprint: Blueprint, names: Mapping[str, str], folder: Path, stack: str) -> Blueprint:
    """`names` say by a function's id which packages it needs (`packages_name`; empty for none), `folder` is where they
    are installed by that name, `stack` the stage's stack, after which the layers are called. A function keeps what it
    has when nobody shares it; and, with a warning, when its layers are no list, or as many as it may have."""
    users: defaultdict[tuple[str, str], list[Piece]] = defaultdict(list)
    for piece in blueprint.pieces:
        name = names.get(piece.id, "")
        if name and piece.kind is PieceKind.FUNCTION:
            users[piece.id.rpartition("/")[0], name].append(piece)
    shared: dict[str, tuple[str, list[Piece]]] = {}
    problems: list[Problem] = []
    for (path, name), alike in users.items():
        why = {piece.id: _objection(blueprint.resource(piece.id)) for piece in alike}
        fitting = [piece for piece in alike if not why[piece.id]]
        if len(alike) > 1:
            problems += [_told(blueprint, id, reason) for id, reason in why.items() if reason]
        if len(fitting) > 1:
            first = min(piece.id for piece in fitting)
            own = f"{PREFIX}{sha256(first.encode()).hexdigest()[:8]}"
            shared["/".join(part for part in (path, own) if part)] = (name, fitting)
    if not shared:
        return replace(blueprint, problems=(*blueprint.problems, *problems)) if problems else blueprint
    layer_of = {piece.id: id.rpartition("/")[2] for id, (_, alike) in shared.items() for piece in alike}
    layers = tuple(
        Piece(
            id,
            PieceKind.LAYER,
            folder / name,
            SHARED,
            (str(blueprint.resource(alike[0].id)["Properties"]["Runtime"]),),
            alike[0].architecture,
        )
        for id, (name, alike) in shared.items()
    )
    pieces = tuple(replace(piece, build=SHARED) if piece.id in layer_of else piece for piece in blueprint.pieces)
    stacks = tuple(_with_layers(one, layers, layer_of, stack) for one in blueprint.stacks)
    told = (*blueprint.problems, *problems)
    return replace(blueprint, stacks=stacks, pieces=(*pieces, *layers), problems=told)


def _objection(resource: Mapping[str, Any]) -> str:
    """Why a function cannot have one more layer; empty when it can."""
    properties = resource.get("Properties")
    if not isinstance(properties, Mapping) or not isinstance(properties.get("Runtime"), str):
        return "its Runtime is not known before the stack is there"
    layers = properties.get("Layers", [])
    if not isinstance(layers, list):
        return "its Layers are not a list"
    return f"it has {len(layers)} layers, and AWS takes {MOST_LAYERS}" if len(layers) >= MOST_LAYERS else ""


def _told(blueprint: Blueprint, id: str, why: str) -> Problem:
    function = next((one for one in blueprint.functions if one.logical_id == id), None)
    where = (function.where or function.name) if function is not None else id
    what = f"{id}: its packages are in its own zip, not in the shared layer: {why}"
    return Problem(where, what, "take a layer out, or leave it as it is", id, warning=True)


def _with_layers(
    stack: StackBlueprint, layers: tuple[Piece, ...], layer_of: Mapping[str, str], whole: str
) -> StackBlueprint:
    """The stack with the layers of its path, and with its functions naming them. `whole` is the stage's stack."""
    resources = dict(stack.template.get("Resources", {}))
    for id, resource in resources.items():
        if name := layer_of.get(stack.path + id):
            properties = resource["Properties"]
            named = [*properties.get("Layers", []), {"Ref": name}]
            resources[id] = {**resource, "Properties": {**properties, "Layers": named}}
    own = [layer for layer in layers if layer.id.rpartition("/")[0] == stack.path.rstrip("/")]
    for layer in own:
        logical_id = layer.id.rpartition("/")[2]
        resources[logical_id] = {
            "Type": "AWS::Lambda::LayerVersion",
            "Properties": {
                "LayerName": f"{whole}-packages-{logical_id.removeprefix(PREFIX)}",
                "Content": {SLOT: layer.id},
                "Description": "Python packages that functions of this stack share",
                "CompatibleRuntimes": list(layer.runtimes),
                "CompatibleArchitectures": [layer.architecture],
            },
        }
    if not own:
        return stack
    return replace(stack, template={**stack.template, "Resources": resources})
