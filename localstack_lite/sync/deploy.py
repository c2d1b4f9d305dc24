"""A deploy of the whole stack: what has to lie in the bucket first, and the template with everything in it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from localstack_lite.errors import UserError
from localstack_lite.model.blueprint import PieceKind
from localstack_lite.model.package import Package
from localstack_lite.sync import keys
from localstack_lite.sync.aliases import versions
from localstack_lite.sync.canonical import VERSION, owners, resources
from localstack_lite.sync.code_steps import target
from localstack_lite.sync.fill import Place, fill
from localstack_lite.sync.function_needs import CODE, FUNCTION, needs
from localstack_lite.sync.ground import Ground
from localstack_lite.sync.layer_versions import LAYER
from localstack_lite.sync.parameters import Parameters, parameters
from localstack_lite.sync.steps import Change, DeployStack, PushImage, Step, UploadObject
from localstack_lite.sync.values import names, pieces_in

_REASON = "the stack needs it"


def deploy_steps(
    ground: Ground, bucket: str, reason: str, changes: Sequence[Change], given: Parameters | None
) -> tuple[Step, ...]:
    """`given` is None when the stack is made."""
    stage = ground.stage
    place = Place(
        bucket,
        keys.prefix(stage),
        ground.remote.region or stage.region,
        stage.image_repository,
    )
    known = ground.manifest.uploaded if ground.manifest.bucket == bucket else frozenset()
    before = list(_before(ground, place, known))
    filled = fill(ground.blueprint, ground.packages, place, _kept_versions(ground))
    for key, text in filled.children.items():
        if key not in known:
            before.append(UploadObject(stage.stack_name, key, "a nested stack's template", text=text))
    asked = given or Parameters(parameters(ground).given)
    step = DeployStack(
        stage.stack_name,
        reason,
        given is None,
        filled.template,
        asked.given,
        asked.kept,
        (*changes, *_of_content(ground, changes)),
    )
    return (*before, step)


def _before(ground: Ground, place: Place, known: frozenset[str]) -> Iterator[Step]:
    kinds = {piece.id: piece.kind for piece in ground.blueprint.pieces}
    seen: set[str] = set()
    for stack in ground.blueprint.stacks:
        for id in pieces_in(stack.template):
            if kinds.get(id) is PieceKind.TEMPLATE:
                continue
            package = ground.packages.get(id)
            if package is None:
                raise UserError(id, "there is nothing to push for it", "look at what was said about its code")
            if package.image:
                image = target(ground.stage, id, package)
                if image not in seen and not _pushed(ground, id, package):
                    yield PushImage(id, package, image, _REASON)
                seen.add(image)
                continue
            make = keys.file_key if kinds.get(id) is PieceKind.FILE else keys.code_key
            key = make(place.prefix, package)
            if key not in known and key not in seen:
                yield UploadObject(id, key, _REASON, package)
            seen.add(key)


def _pushed(ground: Ground, id: str, package: Package) -> bool:
    return package.sha256 in ground.manifest.images or ground.manifest.deployed.get(id) == package.sha256


def _kept_versions(ground: Ground) -> Mapping[str, str]:
    """Versions of functions whose code this deploy does not change. A version that CloudFormation is asked to make anew
    although nothing changed since the last one was published is an error to it."""
    kept: dict[str, str] = {}
    for stack in ground.blueprint.stacks:
        wanted = versions(ground, stack.path)
        old = ground.deployed.get(stack.path, {})
        kinds = resources(old)
        for id, owner in owners(old).items():
            function = ground.remote.functions.get(stack.path + owner)
            if kinds[id].get("Type") != VERSION or owner not in wanted.values() or function is None:
                continue
            found = needs(ground, function.id, function, {})
            package = ground.package(function.id, CODE)
            unseen = package is not None and ground.manifest.deployed.get(function.id) == package.sha256
            # Code that is no package of ours is what the templates say.
            same_code = ground.unseen(function.id, CODE) if package is None else not found.other_code
            if unseen or same_code:
                kept[function.id] = id
    return kept


def _of_content(ground: Ground, changes: Sequence[Change]) -> Iterator[Change]:
    """Resources that stay as they are but for what fills their slot."""
    named = {change.id for change in changes}
    for kind, property, replaced in ((FUNCTION, CODE, "no"), (LAYER, "Content", "yes")):
        for id, _ in ground.resources(kind):
            package = ground.package(id, property)
            if package is None or id in named or not ground.exists(id):
                continue
            if ground.manifest.deployed.get(id) != package.sha256:
                yield Change(id, kind, "modify", replaced, (property,))


def touched(
    ground: Ground, changes: Sequence[Change], given: Parameters, changed_layers: Sequence[str]
) -> frozenset[str]:
    """Ids of all that this deploy may give another value, with their path: resources, parameters, conditions."""
    found = {change.id for change in changes} | set(given.changed) | set(changed_layers)
    for stack in ground.blueprint.stacks:
        path = stack.path
        conditions = stack.template.get("Conditions")
        for name, condition in conditions.items() if isinstance(conditions, Mapping) else ():
            if any(path + each in found for each in names(condition)):
                found.add(path + name)
        for id, resource in resources(stack.template).items():
            if resource.get("Type") == "AWS::CloudFormation::Stack":
                given_on = resource.get("Properties", {}).get("Parameters")
                for name, value in given_on.items() if isinstance(given_on, Mapping) else ():
                    if any(path + each in found for each in names(value)):
                        found.add(f"{path}{id}/{name}")
    return frozenset(found)
