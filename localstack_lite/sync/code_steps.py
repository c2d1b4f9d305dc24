"""How new code gets into functions: in the call itself, through the bucket, or as an image. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from localstack_lite.errors import UserError
from localstack_lite.model.package import MOST_DIRECT, Package
from localstack_lite.model.stage import Stage
from localstack_lite.sync import keys
from localstack_lite.sync.function_needs import Needs
from localstack_lite.sync.ground import Ground
from localstack_lite.sync.steps import PushImage, Step, UploadCode, UploadObject

#: More functions than this with one zip of more bytes than that: it is sent once, to the bucket.
FEW = 3
SMALL = 1024 * 1024


def code_steps(ground: Ground, functions: Sequence[Needs]) -> tuple[tuple[Step, ...], Mapping[str, tuple[Step, ...]]]:
    """What is brought to the bucket or the registry first, each once; and the steps of each function, by id."""
    prefix = keys.prefix(ground.stage)
    uses = Counter(one.package.sha256 for one in functions if one.package)
    before: dict[str, Step] = {}
    chains: dict[str, tuple[Step, ...]] = {}
    for one in functions:
        package = one.package
        if package is None:
            continue
        key = image = ""
        if package.image:
            image = target(ground.stage, one.id, package)
            known = ground.manifest.images.get(package.sha256, "")
            before.setdefault(image, PushImage(one.id, package, image, "a function needs it"))
        elif package.size >= MOST_DIRECT or (uses[package.sha256] > FEW and package.size > SMALL):
            key = keys.code_key(prefix, package)
            big = package.size >= MOST_DIRECT
            reason = "too big for the call itself" if big else f"{uses[package.sha256]} functions have this code"
            before.setdefault(key, UploadObject(one.id, key, reason, package))
        chains[one.id] = (
            UploadCode(
                one.id,
                one.function.name,
                known if package.image else package.sha256,
                _reason(one),
                None if key or image else package,
                key,
                image,
                architecture=one.architecture,
            ),
        )
    return tuple(before.values()), chains


def target(stage: Stage, id: str, package: Package) -> str:
    """Where the image is pushed to: `REPOSITORY:TAG`."""
    if not stage.image_repository:
        what = f"{id} is a container image, and the stage {stage.name} names no repository for images"
        raise UserError(stage.where or stage.name, what, "give the stage an image_repository (SAM: image_repositories)")
    return keys.image_target(stage.image_repository, package)


def _reason(one: Needs) -> str:
    return f"its architecture becomes {one.architecture}" if one.architecture else "its code changed"
