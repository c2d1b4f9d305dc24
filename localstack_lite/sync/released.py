"""Which code every function has at the end of a push, and where it can be had again: what a release remembers. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from localstack_lite.model.package import Package
from localstack_lite.model.stage import Stage
from localstack_lite.sync import keys
from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.release import Code, Release
from localstack_lite.sync.remote import RemoteFunction


def codes(
    stage: Stage,
    functions: Mapping[str, RemoteFunction],
    packages: Mapping[str, Package],
    manifest: Manifest,
    previous: Release | None,
) -> Mapping[str, Code]:
    """`functions` are what they are now, by id; `manifest` is that of after the push, `previous` the release before."""
    known = previous.functions if previous else {}
    return {id: _code(stage, one, packages.get(id), manifest, known.get(id)) for id, one in functions.items()}


def _code(
    stage: Stage, function: RemoteFunction, package: Package | None, manifest: Manifest, known: Code | None
) -> Code:
    sha256 = function.code_sha256
    if package is not None and package.image:
        if stage.image_repository and manifest.images.get(package.sha256) == sha256:
            return Code(sha256, image=keys.image_target(stage.image_repository, package))
    elif package is not None and package.sha256 == sha256:
        key = keys.code_key(keys.prefix(stage), package)
        # What the stack's own template takes from the bucket is there, whoever put it there.
        there = key in manifest.uploaded or manifest.deployed.get(function.id) == sha256
        return Code(sha256, key if there else "")
    return known if known is not None and known.sha256 == sha256 else Code(sha256)
