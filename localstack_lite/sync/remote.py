"""What a stage is right now, as AWS told it: values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class RemoteResource:
    """`id` is the logical id with the path of its nested stack (`Child/Orders`), `physical_id` AWS's name or ARN."""

    id: str
    type: str
    physical_id: str
    status: str = ""


@dataclass(frozen=True, slots=True)
class RemoteStack:
    """DescribeStacks. `updated` is `LastUpdatedTime`, else `CreationTime`, in ISO 8601: the stack's resources are what
    they were as long as it is the same. Values of NoEcho parameters are `****`."""

    id: str
    name: str
    status: str
    status_reason: str = ""
    updated: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def account(self) -> str:
        return self.id.split(":")[4]

    @property
    def region(self) -> str:
        return self.id.split(":")[3]


@dataclass(frozen=True, slots=True)
class RemoteFunction:
    """GetFunctionConfiguration or an entry of ListFunctions (which has no states: they are empty then).

    `id` is the logical id in the blueprint, `name` the physical one. `code_sha256` is `CodeSha256`: of an image it is
    the digest's hex. `configuration` is AWS's answer as it came."""

    id: str
    name: str
    arn: str
    code_sha256: str
    revision: str = ""
    modified: str = ""
    state: str = ""
    update_status: str = ""
    update_reason: str = ""
    configuration: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Remote:
    """All of it. `stack` is None when there is none. `templates` are the processed templates of the stack and its
    nested ones by path (`""`, `Child/`), as they were last deployed. `functions` are by id; one that the stack has and
    that does not exist any more is in `lost`."""

    account: str
    region: str
    stack: RemoteStack | None = None
    resources: tuple[RemoteResource, ...] = ()
    templates: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    functions: Mapping[str, RemoteFunction] = field(default_factory=dict)
    lost: tuple[str, ...] = ()

    def physical(self, id: str) -> str:
        return next((one.physical_id for one in self.resources if one.id == id), "")
