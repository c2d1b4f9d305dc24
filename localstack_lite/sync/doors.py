"""What the story of a push asks of AWS, as contracts: `aws` and `writer` keep them with boto3, tests with a scripted
cloud. All calls block and may be made from several threads; what AWS refuses is a RemoteError of one line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from localstack_lite.errors import RemoteError
from localstack_lite.model.stage import Stage
from localstack_lite.ports import Moved
from localstack_lite.sync.release import Release
from localstack_lite.sync.remote import RemoteFunction, RemoteResource, RemoteStack
from localstack_lite.sync.steps import (
    Change,
    DeployStack,
    PublishVersion,
    PushImage,
    UpdateAlias,
    UpdateApi,
    UpdateAsyncConfig,
    UpdateConcurrency,
    UpdateConfig,
    UpdateLayer,
    UpdateStateMachine,
    UploadCode,
    UploadObject,
)


class Superseded(RemoteError):
    """The function is not what it was when the plan was made: its revision is another one. `function` is its id, `now`
    what it is now."""

    def __init__(self, function: str, now: RemoteFunction | None, where: str, what: str, hint: str = "") -> None:
        super().__init__(where, what, hint)
        self.function = function
        self.now = now


class Taken(RemoteError):
    """That release number is somebody else's already."""

    def __init__(self, release: Release, where: str, what: str, hint: str = "") -> None:
        super().__init__(where, what, hint)
        self.release = release


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """One that was made and waits. `changes` are AWS's words for what it will do; empty when there is nothing to do."""

    id: str
    stack: str
    create: bool
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class StackProgress:
    """One event of a stack: `at` in epoch seconds."""

    at: float
    resource: str
    type: str
    status: str
    reason: str = ""


class RemoteReader(Protocol):
    """Calls that change nothing. `calls` counts them."""

    @property
    def calls(self) -> int: ...

    def account(self) -> str:
        """GetCallerIdentity: also the cheapest way to know whether the credentials work."""
        ...

    def stack(self, name: str) -> RemoteStack | None:
        """By name or id; None when there is none (or only a deleted one)."""
        ...

    def resources(self, stack: RemoteStack) -> tuple[RemoteResource, ...]:
        """Of the stack and all nested ones, each id with its path."""
        ...

    def templates(self, stack: RemoteStack, resources: Sequence[RemoteResource]) -> Mapping[str, Mapping[str, Any]]:
        """The processed templates of the stack and its nested ones, by path."""
        ...

    def functions(self, names: Mapping[str, str]) -> Mapping[str, RemoteFunction]:
        """`names` are physical names by id; those that do not exist are not in the answer. As few calls as possible:
        some by GetFunctionConfiguration, many by ListFunctions."""
        ...

    def function(self, id: str, name: str) -> RemoteFunction | None: ...

    def releases(self, bucket: str, prefix: str, after: int = 0) -> Sequence[Release]:
        """Release records in the bucket with a number above `after`, oldest first."""
        ...

    def release(self, bucket: str, prefix: str, number: int) -> Release | None: ...

    def objects(self, bucket: str, prefix: str = "", most: int = 0) -> Sequence[str]:
        """Keys in a bucket, in their order; none when there is no such bucket. With `most`, it need not list many more
        than that."""
        ...


class RemoteWriter(Protocol):
    """Calls that change something. `writes` counts those that did, `calls` all of them with the waiting in between.

    Calls on functions wait for the function's update before and after, and answer what it is then; they raise
    `Superseded` when the revision was another, and a RemoteError when `CodeSha256` is not what was sent."""

    @property
    def calls(self) -> int: ...

    @property
    def writes(self) -> int: ...

    def bucket(self, stage: Stage, account: str) -> str:
        """The stage's bucket: the one it names (which has to be there, in the right region), else ours, which is made
        when it is not there: private, encrypted, with a rule that ends old objects."""
        ...

    def upload(self, step: UploadObject, bucket: str, moved: Moved) -> None: ...

    def push_image(self, step: PushImage, moved: Moved) -> str:
        """The image's URI with its digest."""
        ...

    def update_code(self, step: UploadCode, bucket: str, moved: Moved) -> RemoteFunction: ...

    def update_config(self, step: UpdateConfig, layers: Mapping[str, str], moved: Moved) -> RemoteFunction:
        """`layers` are ARNs of new versions by the layer's id."""
        ...

    def update_concurrency(self, step: UpdateConcurrency) -> None: ...

    def update_async_config(self, step: UpdateAsyncConfig) -> None: ...

    def update_layer(self, step: UpdateLayer, bucket: str, moved: Moved) -> str:
        """The ARN of the new version."""
        ...

    def update_api(self, step: UpdateApi, moved: Moved) -> None: ...

    def update_state_machine(self, step: UpdateStateMachine) -> None: ...

    def publish_version(self, step: PublishVersion, moved: Moved) -> str:
        """The number of the version."""
        ...

    def update_alias(self, step: UpdateAlias, version: str) -> None: ...

    def change_set(self, step: DeployStack, stage: Stage, bucket: str, moved: Moved) -> ChangeSet:
        """Made and described; a template above 51,200 bytes goes through the bucket."""
        ...

    def execute(self, change_set: ChangeSet, told: Callable[[StackProgress], None]) -> RemoteStack:
        """Until it is over. A RemoteError with the first failed resource's reason when it was rolled back."""
        ...

    def drop(self, change_set: ChangeSet) -> None:
        """Delete what was not executed, and the empty stack that a first change set leaves."""
        ...

    def delete_stack(
        self, stack: RemoteStack, told: Callable[[StackProgress], None], retain: Sequence[str] = ()
    ) -> None:
        """Until it is over. `retain` are logical ids of what stays and could not be deleted the last time: AWS takes
        them only for a stack in DELETE_FAILED."""
        ...

    def delete_objects(self, bucket: str, keys: Sequence[str]) -> None: ...

    def claim(self, bucket: str, prefix: str, release: Release) -> None:
        """Write the record only if that number is free; `Taken` when it is not."""
        ...

    def finish(self, bucket: str, prefix: str, release: Release) -> None:
        """Write the record over our own claim."""
        ...
