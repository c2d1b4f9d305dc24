"""The steps of a push, frozen: shown, tested and executed alike. Each says why it is there.

`id` is the logical id (`Child/Orders`), `name` the physical name or ARN that the call takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from localstack_lite.model.package import Package


@dataclass(frozen=True, slots=True)
class UploadObject:
    """PutObject of a package (or of `text`) into the stage's bucket; nothing when the key is there already."""

    kind: ClassVar[str] = "upload_object"
    id: str
    key: str
    reason: str
    package: Package | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class PushImage:
    """Tag and push the local image; `target` is `REPOSITORY:TAG`, the tag being the content's hash."""

    kind: ClassVar[str] = "push_image"
    id: str
    package: Package
    target: str
    reason: str


@dataclass(frozen=True, slots=True)
class UploadCode:
    """UpdateFunctionCode: with the zip itself, or with the object `key` of the bucket, or with the image `image`.
    Refused by AWS when the function's revision is not `revision` any more (empty: whatever it is). `sha256` is what
    the function has to have afterwards."""

    kind: ClassVar[str] = "upload_code"
    id: str
    name: str
    sha256: str
    reason: str
    package: Package | None = None
    key: str = ""
    image: str = ""
    revision: str = ""
    architecture: str = ""
    """`Architectures` of the new code, where it differs from what the function has."""


@dataclass(frozen=True, slots=True)
class NewLayer:
    """Stands for the ARN of the version that an `UpdateLayer` of this plan will make."""

    id: str


@dataclass(frozen=True, slots=True)
class UpdateConfig:
    """UpdateFunctionConfiguration with these arguments (AWS's names). `Layers` may hold `NewLayer`s."""

    kind: ClassVar[str] = "update_config"
    id: str
    name: str
    changes: Mapping[str, Any]
    reason: str
    revision: str = ""


@dataclass(frozen=True, slots=True)
class UpdateConcurrency:
    """PutFunctionConcurrency, or DeleteFunctionConcurrency for None."""

    kind: ClassVar[str] = "update_concurrency"
    id: str
    name: str
    reserved: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class UpdateAsyncConfig:
    """PutFunctionEventInvokeConfig with these arguments, which replaces what was there. `qualifier` as in AWS."""

    kind: ClassVar[str] = "update_async_config"
    id: str
    name: str
    qualifier: str
    settings: Mapping[str, Any]
    reason: str


@dataclass(frozen=True, slots=True)
class UpdateLayer:
    """PublishLayerVersion: with the zip itself, or with the object `key`. `settings` are its other arguments."""

    kind: ClassVar[str] = "update_layer"
    id: str
    name: str
    reason: str
    package: Package
    key: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UpdateApi:
    """A new body: PutRestApi (overwrite) and CreateDeployment to `stages` for REST, ReimportApi for HTTP APIs (whose
    stages deploy by themselves, else CreateDeployment)."""

    kind: ClassVar[str] = "update_api"
    id: str
    name: str
    body: str
    reason: str
    http: bool = False
    stages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UpdateStateMachine:
    """UpdateStateMachine with a new definition (JSON text, substitutions made)."""

    kind: ClassVar[str] = "update_state_machine"
    id: str
    name: str
    definition: str
    reason: str


@dataclass(frozen=True, slots=True)
class PublishVersion:
    """PublishVersion of `$LATEST` once its updates are through."""

    kind: ClassVar[str] = "publish_version"
    id: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class UpdateAlias:
    """UpdateAlias to the version that `PublishVersion` of the function `function` makes."""

    kind: ClassVar[str] = "update_alias"
    id: str
    function: str
    name: str
    alias: str
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a stack deploy does to a resource. `action` is `add`, `modify` or `remove`; `replacement` `no`, `maybe` or
    `yes`; `properties` are those that change."""

    id: str
    type: str
    action: str
    replacement: str = "no"
    properties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeployStack:
    """A change set over the whole stack, made, looked at and executed. `templates` are by path with their slots filled
    for `""`; `changes` are what we expect from comparing templates, AWS's own list is shown before it is executed."""

    kind: ClassVar[str] = "deploy_stack"
    id: str
    reason: str
    create: bool
    template: Mapping[str, Any]
    parameters: Mapping[str, str] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    """Parameters of the stack that keep their value (`UsePreviousValue`)."""
    changes: tuple[Change, ...] = ()


Step = (
    UploadObject
    | PushImage
    | UploadCode
    | UpdateConfig
    | UpdateConcurrency
    | UpdateAsyncConfig
    | UpdateLayer
    | UpdateApi
    | UpdateStateMachine
    | PublishVersion
    | UpdateAlias
    | DeployStack
)


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in an order in which they can be done: those of one function one after the other, different functions at
    once. `drift` says what will differ from the stack's template afterwards, a line each."""

    steps: tuple[Step, ...] = ()
    drift: tuple[str, ...] = ()
