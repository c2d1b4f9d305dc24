"""What this machine knows of a stage from the last time: so that a push need not ask for what cannot have changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from localstack_lite.sync.remote import RemoteResource


@dataclass(frozen=True, slots=True)
class Manifest:
    """`resources` and `templates` are those of the stack `stack_id` as of `stack_updated` (see `Remote`): while a stack
    is what it was, they need not be read again. The templates have slots in place of code (`blueprint.SLOT`).

    `direct` is the drift: properties that were set by a direct call since the last stack deploy, by resource id. A
    resource whose code was pushed directly has `Code` there, with the sha256. `uploaded` are S3 keys that are known to
    exist in `bucket`. `release` is the newest number this machine knows.

    `deployed` is what the stack's own templates give: the sha256 of the package (`Package.sha256`) that fills a
    resource's slot, by resource id; what is not known is not there. `images` are `CodeSha256`s that a function has with
    an image in it, by the image's `Package.sha256`: AWS knows an image by its digest, the engine by its id."""

    stack_id: str = ""
    stack_updated: str = ""
    bucket: str = ""
    resources: tuple[RemoteResource, ...] = ()
    templates: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    direct: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    uploaded: frozenset[str] = frozenset()
    release: int = 0
    deployed: Mapping[str, str] = field(default_factory=dict)
    images: Mapping[str, str] = field(default_factory=dict)
