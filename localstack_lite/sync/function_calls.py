"""Writes to functions and layers: each waits until Lambda is through with it, and is checked.

Lambda refuses a change while an earlier one is on its way (409): so nothing is asked before, only when that happens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from localstack_lite.errors import Bug, RemoteError
from localstack_lite.ports import Moved
from localstack_lite.sync.answers import function_of
from localstack_lite.sync.bucket import read
from localstack_lite.sync.calls import Answered, Ask, Calls, telling
from localstack_lite.sync.doors import Superseded
from localstack_lite.sync.failure import is_updating
from localstack_lite.sync.refusals import refusal
from localstack_lite.sync.remote import RemoteFunction
from localstack_lite.sync.steps import (
    NewLayer,
    PublishVersion,
    UpdateAlias,
    UpdateAsyncConfig,
    UpdateConcurrency,
    UpdateConfig,
    UpdateLayer,
    UploadCode,
)
from localstack_lite.sync.waits import FUNCTION, Settled, settled

_RACE = "run it again: the plan is then made from what is there now"
_PRECONDITION = "PreconditionFailedException"
#: How often a layer is published anew after an answer got lost, having looked each time whether it was done.
_LAYER_TRIES = 3

Fits = Callable[[RemoteFunction, Mapping[str, Any]], bool]
"""Whether a function is what it was to become. The second is `Code` of GetFunction, empty when it was not asked."""


class FunctionCalls:
    """Shared by threads; calls on one function are made one after the other by its caller."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._session = calls.session

    def update_code(self, step: UploadCode, bucket: str, moved: Moved) -> RemoteFunction:
        wanted: dict[str, Any] = {"FunctionName": step.name}
        size = 0
        if step.image:
            wanted["ImageUri"] = step.image
        elif step.key:
            wanted |= {"S3Bucket": bucket, "S3Key": step.key}
        elif step.package is not None and step.package.file is not None:
            body = read(step.package.file, step.id)
            wanted["ZipFile"], size = body, len(body)
        else:
            raise Bug(f"{step.id}: there is nothing to upload")
        if step.architecture:
            wanted["Architectures"] = [step.architecture]
        moved(step.kind, step.id, "uploading" if size else "updating", 0, size)

        def sent(at: int, of: int) -> None:
            # The body is JSON with the zip in base64: told in the zip's own bytes.
            moved(step.kind, step.id, "uploading" if at < of else "updating", size * at // of, size)

        self._session.sending(sent if size else None)
        try:
            now = self._update(step, "UpdateFunctionCode", wanted, moved, lambda *now: _has_code(step, *now))
        finally:
            self._session.sending(None)
        return now

    def update_config(self, step: UpdateConfig, layers: Mapping[str, str], moved: Moved) -> RemoteFunction:
        wanted = dict(step.changes)
        if "Layers" in wanted:
            wanted["Layers"] = [_layer(each, layers) for each in wanted["Layers"]]
        moved(step.kind, step.id, "updating")
        arguments = {"FunctionName": step.name, **wanted}
        operation = "UpdateFunctionConfiguration"
        return self._update(step, operation, arguments, moved, lambda now, _: _has_settings(now, wanted))

    def _update(
        self, step: UploadCode | UpdateConfig, operation: str, arguments: dict[str, Any], moved: Moved, fits: Fits
    ) -> RemoteFunction:
        """The function once the update is through. A retry after a lost answer meets its own new revision."""
        if step.revision:
            arguments = {**arguments, "RevisionId": step.revision}
        code: Mapping[str, Any] = {}
        try:
            now = function_of(step.id, self._patiently(step, operation, arguments, moved, expect=(_PRECONDITION,)))
        except Answered as answered:
            now, code = self._settle(step.id, step.name, step.kind, moved)
            if not (answered.unsure and fits(now, code)):
                what = f"somebody else changed the function since the plan was made{_when(now)}"
                raise Superseded(step.id, now, step.id, what, _RACE) from None
        if settled(now) is Settled.NOT_YET:
            now, code = self._settle(step.id, step.name, step.kind, moved)
        if settled(now) is Settled.FAILED:
            what = f"Lambda's update of it failed: {now.update_reason or 'it gives no reason'}"
            raise RemoteError(step.id, what, "the function runs as it was before; put that right and push again")
        if isinstance(step, UploadCode) and not self._fits(step, now, code, fits):
            what = "its code is not what was sent: somebody else pushed at the same time"
            raise RemoteError(step.id, what, _RACE)
        return now

    def _fits(self, step: UploadCode, now: RemoteFunction, code: Mapping[str, Any], fits: Fits) -> bool:
        # Of an image the update's own answer may not say enough.
        return fits(now, code) or (bool(step.image) and not code and fits(*self._look(step.id, step.name)))

    def _patiently(
        self,
        step: UploadCode | UpdateConfig | PublishVersion,
        operation: str,
        arguments: Mapping[str, Any],
        moved: Moved,
        expect: tuple[str, ...] = (),
    ) -> dict[str, Any]:
        """The call, made again when an update that was on its way is through."""
        waits = telling(moved, step.kind, step.id)
        codes = (*expect, "ResourceConflictException")
        began = self._session.now()
        while True:
            try:
                return self._calls.make(Ask("lambda", operation, step.id, arguments, True, expect=codes, waits=waits))
            except Answered as answered:
                if answered.failure.code in expect:
                    raise
                over = self._session.now() - began > FUNCTION.total
                if over or not is_updating(answered.failure):
                    raise refusal(answered.failure, step.id, self._session.stage.name) from None
            self._settle(step.id, step.name, step.kind, moved)

    def _settle(self, id: str, name: str, kind: str, moved: Moved) -> tuple[RemoteFunction, Mapping[str, Any]]:
        """The function and its `Code`, when no update of it is on its way any more."""
        began = self._session.now()
        while True:
            function, code = self._look(id, name)
            if settled(function) is not Settled.NOT_YET:
                return function, code
            moved(kind, id, "waiting")
            pause = FUNCTION.pause(self._session.now() - began)
            if pause is None:
                what = f"its update is not through after {FUNCTION.total / 60:.0f} minutes"
                raise RemoteError(id, what, "look at it in the console; run it again when it is")
            if self._session.pause(pause):
                raise RemoteError(id, "stopped while Lambda updates it", "run it again: it goes on where it stopped")

    def _look(self, id: str, name: str) -> tuple[RemoteFunction, Mapping[str, Any]]:
        # GetFunction has a limit of its own, so waiting takes nothing from what all other calls share.
        answer = self._calls.make(Ask("lambda", "GetFunction", id, {"FunctionName": name}))
        return function_of(id, answer.get("Configuration") or {}), answer.get("Code") or {}

    def update_concurrency(self, step: UpdateConcurrency) -> None:
        name = {"FunctionName": step.name}
        if step.reserved is None:
            self._calls.make(Ask("lambda", "DeleteFunctionConcurrency", step.id, name, True))
        else:
            wanted = {**name, "ReservedConcurrentExecutions": step.reserved}
            self._calls.make(Ask("lambda", "PutFunctionConcurrency", step.id, wanted, True))

    def update_async_config(self, step: UpdateAsyncConfig) -> None:
        wanted = {"FunctionName": step.name, **step.settings}
        if step.qualifier:
            wanted["Qualifier"] = step.qualifier
        self._calls.make(Ask("lambda", "PutFunctionEventInvokeConfig", step.id, wanted, True))

    def publish_version(self, step: PublishVersion, moved: Moved) -> str:
        moved(step.kind, step.id, "updating")
        answer = self._patiently(step, "PublishVersion", {"FunctionName": step.name}, moved)
        version = str(answer["Version"])
        if answer.get("State") == "Pending":  # SnapStart takes its snapshot first
            ready, _ = self._settle(step.id, f"{step.name}:{version}", step.kind, moved)
            if settled(ready) is Settled.FAILED:
                what = f"version {version} cannot start: {ready.update_reason}"
                raise RemoteError(step.id, what, "its alias stays where it was; put that right and push again")
        return version

    def update_alias(self, step: UpdateAlias, version: str) -> None:
        wanted = {"FunctionName": step.name, "Name": step.alias, "FunctionVersion": version}
        self._calls.make(Ask("lambda", "UpdateAlias", step.id, wanted, True))

    def update_layer(self, step: UpdateLayer, bucket: str, moved: Moved) -> str:
        content: dict[str, Any] = {"S3Bucket": bucket, "S3Key": step.key}
        size = step.package.size
        if not step.key:
            if step.package.file is None:
                raise Bug(f"{step.id}: there is nothing to upload")
            content = {"ZipFile": read(step.package.file, step.id)}
        name = _layer_name(step.name)
        wanted = {"LayerName": name, "Content": content, **step.settings}
        moved(step.kind, step.id, "uploading", 0, size)
        self._session.sending(lambda at, of: moved(step.kind, step.id, "uploading", size * at // of, size))
        try:
            answer = self._published(step, name, wanted, moved)
        finally:
            self._session.sending(None)
        if str((answer.get("Content") or {}).get("CodeSha256")) != step.package.sha256:
            raise RemoteError(step.id, "the new version's content is not what was sent (CodeSha256)", "run it again")
        return str(answer["LayerVersionArn"])

    def _published(self, step: UpdateLayer, name: str, wanted: Mapping[str, Any], moved: Moved) -> dict[str, Any]:
        """Every PublishLayerVersion makes a version: when an answer got lost, it is looked whether there is one."""
        waits = telling(moved, step.kind, step.id)
        ask = Ask("lambda", "PublishLayerVersion", step.id, wanted, True, repeats=False, waits=waits)
        for tried in range(1, _LAYER_TRIES + 1):
            try:
                return self._calls.make(ask)
            except Answered as answered:
                if (made := self._made_meanwhile(step, name)) is not None:
                    return made
                if tried == _LAYER_TRIES:
                    raise refusal(answered.failure, step.id, self._session.stage.name) from None
        raise Bug("a layer's tries have an end")

    def _made_meanwhile(self, step: UpdateLayer, name: str) -> dict[str, Any] | None:
        newest = {"LayerName": name, "MaxItems": 1}
        versions = self._calls.make(Ask("lambda", "ListLayerVersions", step.id, newest)).get("LayerVersions") or ()
        if not versions:
            return None
        wanted = {"LayerName": name, "VersionNumber": versions[0]["Version"]}
        found = self._calls.make(Ask("lambda", "GetLayerVersion", step.id, wanted))
        same = str((found.get("Content") or {}).get("CodeSha256")) == step.package.sha256
        return found if same and all(found.get(key, value) == value for key, value in step.settings.items()) else None


def _has_code(step: UploadCode, now: RemoteFunction, code: Mapping[str, Any]) -> bool:
    if not step.image:
        return now.code_sha256 == step.sha256
    digest = step.image.partition("@sha256:")[2]
    # Lambda names an image by its digest; some that speak its API do not, but say which image it is.
    return (bool(digest) and now.code_sha256 == digest) or code.get("ImageUri") == step.image


def _has_settings(now: RemoteFunction, wanted: Mapping[str, Any]) -> bool:
    """Whether the configuration has what was asked for; Lambda adds to some of it, and answers layers as objects."""
    return all(_has(now.configuration.get(name), value) for name, value in wanted.items())


def _has(there: Any, wanted: Any) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(there, Mapping) and all(_has(there.get(key), value) for key, value in wanted.items())
    if isinstance(wanted, list | tuple) and isinstance(there, list):
        return [one.get("Arn") if isinstance(one, Mapping) and "Arn" in one else one for one in there] == list(wanted)
    return bool(there == wanted) or (not there and not wanted)


def _layer(each: Any, layers: Mapping[str, str]) -> Any:
    return layers[each.id] if isinstance(each, NewLayer) else each


def _layer_name(name: str) -> str:
    """Of a layer's name, its ARN or one of its versions'."""
    return name.partition(":layer:")[2].partition(":")[0] if ":layer:" in name else name


def _when(now: RemoteFunction) -> str:
    return f" (at {now.modified})" if now.modified else ""
