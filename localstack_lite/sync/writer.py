"""Writes to a stage: every call of a push that changes something, by boto3.

What belongs together has a module of its own: `bucket`, `function_calls`, `api_calls`, `stack`, `registry`. They share
one `Calls`, so that all are counted and queued as one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence

from localstack_lite.model.stage import Stage
from localstack_lite.ports import Moved
from localstack_lite.sync.api_calls import ApiCalls
from localstack_lite.sync.bucket import Bucket
from localstack_lite.sync.bucket_name import our_bucket
from localstack_lite.sync.calls import Calls
from localstack_lite.sync.doors import ChangeSet, StackProgress
from localstack_lite.sync.function_calls import FunctionCalls
from localstack_lite.sync.registry import Engine, Registry
from localstack_lite.sync.release import Release
from localstack_lite.sync.remote import RemoteFunction, RemoteStack
from localstack_lite.sync.session import Session
from localstack_lite.sync.stack import StackCalls
from localstack_lite.sync.steps import (
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


class Writer:
    """`doors.RemoteWriter`, by boto3. `engine` makes the Docker client that images are pushed with; without it that is
    the one that the `docker` command would talk to."""

    def __init__(self, session: Session, engine: Engine | None = None) -> None:
        self._session = session
        self._calls = Calls(session)
        self._bucket = Bucket(self._calls)
        self._functions = FunctionCalls(self._calls)
        self._apis = ApiCalls(self._calls)
        self._stacks = StackCalls(self._calls, self._bucket)
        self._registry = Registry(self._calls, engine)
        self._lock = threading.Lock()
        self._there: set[str] = set()

    @property
    def calls(self) -> int:
        return self._calls.made

    @property
    def writes(self) -> int:
        return self._calls.writes

    @property
    def throttled(self) -> int:
        """Calls that AWS refused for being too many; they were made again."""
        return self._calls.throttled

    def bucket(self, stage: Stage, account: str) -> str:
        """One call the first time, some more when it has to be made; none after that."""
        name = stage.s3_bucket or our_bucket(account, self._session.region)
        with self._lock:
            if name not in self._there:
                self._bucket.there(name)
                self._there.add(name)
        return name

    def upload(self, step: UploadObject, bucket: str, moved: Moved) -> None:
        self._bucket.upload(step, bucket, moved)

    def push_image(self, step: PushImage, moved: Moved) -> str:
        return self._registry.push(step, moved)

    def update_code(self, step: UploadCode, bucket: str, moved: Moved) -> RemoteFunction:
        return self._functions.update_code(step, bucket, moved)

    def update_config(self, step: UpdateConfig, layers: Mapping[str, str], moved: Moved) -> RemoteFunction:
        return self._functions.update_config(step, layers, moved)

    def update_concurrency(self, step: UpdateConcurrency) -> None:
        self._functions.update_concurrency(step)

    def update_async_config(self, step: UpdateAsyncConfig) -> None:
        self._functions.update_async_config(step)

    def update_layer(self, step: UpdateLayer, bucket: str, moved: Moved) -> str:
        return self._functions.update_layer(step, bucket, moved)

    def update_api(self, step: UpdateApi, moved: Moved) -> None:
        self._apis.update_api(step, moved)

    def update_state_machine(self, step: UpdateStateMachine) -> None:
        self._apis.update_state_machine(step)

    def publish_version(self, step: PublishVersion, moved: Moved) -> str:
        return self._functions.publish_version(step, moved)

    def update_alias(self, step: UpdateAlias, version: str) -> None:
        self._functions.update_alias(step, version)

    def change_set(self, step: DeployStack, stage: Stage, bucket: str, moved: Moved) -> ChangeSet:
        return self._stacks.change_set(step, stage, bucket, moved)

    def execute(self, change_set: ChangeSet, told: Callable[[StackProgress], None]) -> RemoteStack:
        return self._stacks.execute(change_set, told)

    def drop(self, change_set: ChangeSet) -> None:
        self._stacks.drop(change_set)

    def delete_stack(
        self, stack: RemoteStack, told: Callable[[StackProgress], None], retain: Sequence[str] = ()
    ) -> None:
        self._stacks.delete_stack(stack, told, retain)

    def delete_objects(self, bucket: str, keys: Sequence[str]) -> None:
        self._bucket.delete(bucket, keys)

    def claim(self, bucket: str, prefix: str, release: Release) -> None:
        self._bucket.claim(bucket, prefix, release)

    def finish(self, bucket: str, prefix: str, release: Release) -> None:
        self._bucket.finish(bucket, prefix, release)
