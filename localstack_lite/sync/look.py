"""Reads what a stage is right now, asking for nothing that this machine knows already."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from localstack_lite.model.blueprint import StackBlueprint
from localstack_lite.sync.afterwards import doubted
from localstack_lite.sync.doors import RemoteReader
from localstack_lite.sync.fill import codes
from localstack_lite.sync.function_needs import FUNCTION
from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.remote import Remote, RemoteResource, RemoteStack
from localstack_lite.sync.slots import with_slots

Templates = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Sight:
    """The stage, and the manifest with what had to be read anew in it."""

    remote: Remote
    manifest: Manifest


def look(
    reader: RemoteReader,
    account: str,
    region: str,
    stack: RemoteStack | None,
    manifest: Manifest,
    stacks: Callable[[], Sequence[StackBlueprint]],
    prefix: str,
) -> Sight:
    """`stacks` are the blueprint's, once it is read. The functions are always asked for; the stack's resources
    and templates only when it is another one than the manifest knows, or was changed since."""
    if stack is None:
        known = Manifest(bucket=manifest.bucket, uploaded=manifest.uploaded, release=manifest.release)
        return Sight(Remote(account, region), known)
    if (manifest.stack_id, manifest.stack_updated) != (stack.id, stack.updated):
        manifest = _read(reader, stack, manifest, stacks, prefix)
    names = function_names(manifest.resources)
    functions = reader.functions(names) if names else {}
    lost = tuple(id for id in names if id not in functions)
    remote = Remote(account, region, stack, manifest.resources, manifest.templates, functions, lost)
    return Sight(remote, manifest)


def _read(
    reader: RemoteReader,
    stack: RemoteStack,
    manifest: Manifest,
    stacks: Callable[[], Sequence[StackBlueprint]],
    prefix: str,
) -> Manifest:
    resources = reader.resources(stack)
    deployed = reader.templates(stack, resources)
    return replace(
        manifest,
        stack_id=stack.id,
        stack_updated=stack.updated,
        bucket=manifest.bucket or bucket_of(deployed, prefix),
        resources=resources,
        templates=with_slots(deployed, stacks()),
        deployed=codes(deployed),
        # What was set directly in a stack that does not exist any more is gone with it.
        direct=doubted(manifest.direct) if manifest.stack_id == stack.id else {},
    )


def function_names(resources: Sequence[RemoteResource]) -> Mapping[str, str]:
    """Physical names of a stack's functions by id."""
    return {one.id: one.physical_id for one in resources if one.type == FUNCTION and one.physical_id}


def bucket_of(deployed: Templates, prefix: str) -> str:
    """The bucket that this program's earlier stack deploy took its zips from, when another machine made it."""
    for template in deployed.values():
        for resource in template.get("Resources", {}).values():
            for value in (resource.get("Properties") or {}).values():
                if isinstance(value, Mapping) and isinstance(bucket := value.get("S3Bucket"), str):
                    key = value.get("S3Key")
                    if isinstance(key, str) and key.startswith(f"{prefix}/code/"):
                        return bucket
    return ""
