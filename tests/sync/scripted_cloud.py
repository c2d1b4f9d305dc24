"""A cloud of plain values that keeps the contracts of `sync.doors`: one account with stacks, functions and a bucket.

Every call has a number. A test may let the Nth call fail, before or after its effect, or do something of its own before
a call: a second deployer, a newer save, Ctrl-C.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from localstack_lite.errors import RemoteError
from localstack_lite.model.package import Package
from localstack_lite.model.stage import Stage
from localstack_lite.ports import Moved
from localstack_lite.sync.doors import ChangeSet, StackProgress, Superseded, Taken
from localstack_lite.sync.release import Release
from localstack_lite.sync.remote import RemoteFunction, RemoteResource, RemoteStack
from localstack_lite.sync.steps import (
    Change,
    DeployStack,
    NewLayer,
    PublishVersion,
    PushImage,
    Step,
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
from localstack_lite.sync.words import named

ACCOUNT = "111122223333"
REGION = "eu-west-2"
BUCKET = "devserve-111122223333-eu-west-2"
FUNCTION = "AWS::Lambda::Function"
ORDER = {"AWS::Lambda::LayerVersion": 0, FUNCTION: 1, "AWS::Lambda::Version": 2, "AWS::Lambda::Alias": 3}
OF_THE_CONFIGURATION = ("Handler", "Runtime", "MemorySize", "Timeout", "Environment", "Layers", "Description")


class Ended(BaseException):
    """The program is killed here: nobody may catch it."""


@dataclass
class Deployed:
    """One function. `revision` grows with everything that happens to it."""

    name: str
    sha256: str
    configuration: dict[str, Any] = field(default_factory=dict)
    revision: int = 1
    reserved: int | None = None
    versions: list[tuple[str, str]] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)

    def publish(self) -> str:
        """The number of the version: as on AWS, the last one's when nothing changed since."""
        now = (self.sha256, json.dumps(self.configuration, sort_keys=True))
        if not self.versions or self.versions[-1] != now:
            self.versions.append(now)
        return str(len(self.versions))


@dataclass
class Stack:
    remote: RemoteStack
    resources: list[RemoteResource] = field(default_factory=list)
    template: Mapping[str, Any] = field(default_factory=dict)


class ScriptedCloud:
    """`reader` and `writer` are its two doors. `log` lists calls that changed something, as short texts."""

    def __init__(self) -> None:
        self.stacks: dict[str, Stack] = {}
        self.functions: dict[str, Deployed] = {}
        self.layers: dict[str, list[str]] = {}
        self.apis: dict[str, str] = {}
        self.machines: dict[str, str] = {}
        self.buckets: dict[str, dict[str, str]] = {}
        self.records: dict[int, Release] = {}
        self.log: list[str] = []
        self.asked: list[str] = []
        self.number = 0
        self.failures: dict[int, tuple[BaseException, bool]] = {}
        self.before: dict[str, Callable[[], object]] = {}
        self.death: Callable[[], object] = lambda: None
        """Called when the program is killed (`Ended`): after it, no call gets through."""
        self.dead = False
        self.stuck: set[str] = set()
        """Resources that CloudFormation cannot delete."""
        self.did: set[tuple[int, str]] = set()
        """Steps that had their effect, by the release that was newest then."""
        self.changes: tuple[Change, ...] | None = None
        """What change sets say, instead of what can be seen."""
        self._lock = threading.RLock()
        self.reader = Reader(self)
        self.writer = Writer(self)

    def fail(self, call: int, error: BaseException | None = None, *, after: bool = False) -> None:
        """Let the call of that number (from now on: 1 is the next) fail, after its effect if so."""
        self.failures[self.number + call] = (error or RemoteError("eu-west-2", "the connection was cut"), after)

    def restart(self) -> None:
        """Counters and doors as a new process has them."""
        self.log, self.asked, self.dead = [], [], False
        self.failures.clear()
        self.before.clear()
        self.reader, self.writer = Reader(self), Writer(self)

    def function(self, id: str, stack: str = "shop-dev") -> Deployed:
        return self.functions[self.physical(id, stack)]

    def physical(self, id: str, stack: str = "shop-dev") -> str:
        return next(one.physical_id for one in self.stacks[stack].resources if one.id == id)

    def call(self, name: str, effect: Callable[[], Any], change: str = "") -> Any:
        with self._lock:
            if self.dead:
                raise Ended
            self.number += 1
            error, after = self.failures.pop(self.number, (None, False))
        if (hook := self.before.pop(name, None)) is not None:
            hook()
        with self._lock:
            if self.dead:
                raise Ended
            self.asked.append(name)
            if error is not None and not after:
                self._end(error)
            result = effect()
            if change:
                self.log.append(change)
            if error is not None:
                self._end(error)
            return result

    def _end(self, error: BaseException) -> None:
        if isinstance(error, Ended):
            self.dead = True
            self.death()
        raise error

    def remote_function(self, id: str, one: Deployed) -> RemoteFunction:
        return RemoteFunction(
            id,
            one.name,
            f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{one.name}",
            one.sha256,
            f"r{one.revision}",
            f"2026-11-22T05:00:{one.revision:02}.000+0000",
            configuration={
                **one.configuration,
                "FunctionName": one.name,
                "CodeSha256": one.sha256,
                "RevisionId": f"r{one.revision}",
            },
        )

    # What CloudFormation does with a template: enough of it.

    def deploy(self, name: str, template: Mapping[str, Any], tags: Mapping[str, str]) -> RemoteStack:
        old = self.stacks.get(name)
        version = 1 if old is None else int(old.remote.updated.rpartition(":")[2]) + 1
        stack_id = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{name}/1"
        status = "CREATE_COMPLETE" if old is None else "UPDATE_COMPLETE"
        remote = RemoteStack(
            stack_id,
            name,
            status,
            updated=f"2026-11-22T05:{version:02}",
            outputs={key: str(one["Value"]) for key, one in template.get("Outputs", {}).items()},
            tags=tags,
        )
        self.stacks[name] = Stack(remote, self._deployed(name, old, template), template)
        return remote

    def _deployed(self, name: str, old: Stack | None, template: Mapping[str, Any]) -> list[RemoteResource]:
        """As CloudFormation does it: touched is only what the template says anew, and what refers to that."""
        wanted: Mapping[str, Any] = template.get("Resources", {})
        had: Mapping[str, Any] = old.template.get("Resources", {}) if old else {}
        ids = {one.id: one.physical_id for one in old.resources} if old else {}
        for id in ids.keys() - wanted.keys():
            self.functions.pop(ids.pop(id), None)
        replaced: set[str] = set()
        for id in sorted(wanted, key=lambda each: ORDER.get(wanted[each]["Type"], 9)):
            properties = wanted[id].get("Properties", {})
            refers = any(f'"{other}"' in json.dumps(properties) for other in replaced)
            if id in ids and had.get(id) == wanted[id] and not refers:
                continue
            ids[id] = self._resource(name, id, wanted[id]["Type"], properties, ids, replaced)
        return [RemoteResource(id, wanted[id]["Type"], ids[id], "CREATE_COMPLETE") for id in wanted]

    def _resource(
        self, name: str, id: str, type: str, properties: Mapping[str, Any], ids: dict[str, str], replaced: set[str]
    ) -> str:
        physical = ids.get(id, f"{name}-{id}-X1")
        match type:
            case "AWS::Lambda::LayerVersion":
                replaced.add(id)
                return self.publish_layer(properties["LayerName"], self._content(properties["Content"]))
            case "AWS::Lambda::Function":
                layers = [{"Arn": ids[one["Ref"]]} for one in properties.get("Layers", ())]
                self._deploy_function(physical, {**properties, "Layers": layers})
            case "AWS::Lambda::Version":
                function = self.functions[ids[properties["FunctionName"]["Ref"]]]
                replaced.add(id)
                return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function.name}:{function.publish()}"
            case "AWS::Lambda::Alias":
                function = self.functions[ids[properties["FunctionName"]["Ref"]]]
                version = ids[properties["FunctionVersion"]["Fn::GetAtt"][0]].rpartition(":")[2]
                function.aliases[properties["Name"]] = version
        return physical

    def _content(self, code: Mapping[str, Any]) -> str:
        return self.buckets[code["S3Bucket"]][code["S3Key"]] if "S3Key" in code else str(code.get("ZipFile", ""))

    def publish_layer(self, name: str, content: str) -> str:
        versions = self.layers.setdefault(name, [])
        versions.append(content)
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:{name}:{len(versions)}"

    def _deploy_function(self, physical: str, properties: Mapping[str, Any]) -> None:
        sha = self._content(properties.get("Code", {}))
        one = self.functions.setdefault(physical, Deployed(physical, sha, revision=0))
        one.sha256 = sha
        one.configuration = {key: properties[key] for key in OF_THE_CONFIGURATION if key in properties}
        one.configuration.setdefault("MemorySize", 128)
        one.configuration.setdefault("Timeout", 3)
        one.reserved = properties.get("ReservedConcurrentExecutions")
        one.revision += 1

    def published(self, id: str, alias: str = "live") -> str:
        """The `CodeSha256` that an alias of the function leads to."""
        function = self.function(id)
        return function.versions[int(function.aliases[alias]) - 1][0]

    def layer_of(self, id: str) -> str:
        """The content of the one layer that the function has."""
        ((arn),) = (layer["Arn"] for layer in self.function(id).configuration["Layers"])
        parts = str(arn).split(":")
        return self.layers[parts[6]][int(parts[7]) - 1]


class Reader:
    def __init__(self, cloud: ScriptedCloud) -> None:
        self._cloud = cloud
        self._calls = 0

    @property
    def calls(self) -> int:
        return self._calls

    def _call(self, name: str, effect: Callable[[], Any]) -> Any:
        self._calls += 1
        return self._cloud.call(name, effect)

    def account(self) -> str:
        return str(self._call("account", lambda: ACCOUNT))

    def stack(self, name: str) -> RemoteStack | None:
        key = name.split("/")[1] if name.startswith("arn:") else name
        found: Stack | None = self._call("stack", lambda: self._cloud.stacks.get(key))
        return found.remote if found else None

    def resources(self, stack: RemoteStack) -> tuple[RemoteResource, ...]:
        return tuple(self._call("resources", lambda: list(self._cloud.stacks[stack.name].resources)))

    def templates(self, stack: RemoteStack, resources: Sequence[RemoteResource]) -> Mapping[str, Mapping[str, Any]]:
        return {"": self._call("templates", lambda: self._cloud.stacks[stack.name].template)}

    def functions(self, names: Mapping[str, str]) -> Mapping[str, RemoteFunction]:
        def effect() -> dict[str, RemoteFunction]:
            cloud = self._cloud
            there = {id: cloud.functions[name] for id, name in names.items() if name in cloud.functions}
            return {id: cloud.remote_function(id, one) for id, one in there.items()}

        answer: dict[str, RemoteFunction] = self._call("functions", effect)
        return answer

    def function(self, id: str, name: str) -> RemoteFunction | None:
        return self.functions({id: name}).get(id)

    def releases(self, bucket: str, prefix: str, after: int = 0) -> Sequence[Release]:
        records = self._cloud.records
        answer: list[Release] = self._call(
            "releases", lambda: [records[number] for number in sorted(records) if number > after]
        )
        return answer

    def objects(self, bucket: str, prefix: str = "", most: int = 0) -> Sequence[str]:
        def effect() -> list[str]:
            there = sorted(self._cloud.buckets.get(bucket, {}))
            if bucket == BUCKET:
                there += [f"shop-dev/releases/{number:06}.json" for number in sorted(self._cloud.records)]
            return [key for key in there if key.startswith(prefix)]

        answer: list[str] = self._call("objects", effect)
        return answer

    def release(self, bucket: str, prefix: str, number: int) -> Release | None:
        found: Release | None = self._call("release", lambda: self._cloud.records.get(number))
        return found


class Writer:
    def __init__(self, cloud: ScriptedCloud) -> None:
        self._cloud = cloud
        self._calls = 0
        self._writes = 0

    @property
    def calls(self) -> int:
        return self._calls

    @property
    def writes(self) -> int:
        return self._writes

    def _call(self, name: str, effect: Callable[[], Any], change: str = "", step: Step | None = None) -> Any:
        def noted() -> Any:
            answer = effect()
            if step is not None:
                self._cloud.did.add((max(self._cloud.records, default=0), named(step)))
            return answer

        self._calls += 1
        answer = self._cloud.call(name, noted, change)
        self._writes += 1 if change else 0
        return answer

    def bucket(self, stage: Stage, account: str) -> str:
        name = stage.s3_bucket or BUCKET
        made = "" if name in self._cloud.buckets else f"bucket {name}"
        self._call("bucket", lambda: self._cloud.buckets.setdefault(name, {}), made)
        return name

    def upload(self, step: UploadObject, bucket: str, moved: Moved) -> None:
        content = step.package.sha256 if step.package else step.text
        moved(step.kind, step.id, "uploading", 0, len(content))
        there = self._cloud.buckets[bucket]
        self._call("upload", lambda: there.update({step.key: content}), f"upload {step.key}", step)

    def push_image(self, step: PushImage, moved: Moved) -> str:
        self._call("push_image", lambda: None, f"push_image {step.target}", step)
        return f"{step.target.rpartition(':')[0]}@{step.package.sha256}"

    def _guarded(self, id: str, name: str, revision: str) -> Deployed:
        one = self._cloud.functions.get(name)
        if one is None:
            raise RemoteError(id, "the function does not exist")
        if revision and revision != f"r{one.revision}":
            raise Superseded(id, self._cloud.remote_function(id, one), id, "somebody else changed it meanwhile")
        return one

    def update_code(self, step: UploadCode, bucket: str, moved: Moved) -> RemoteFunction:
        def effect() -> RemoteFunction:
            one = self._guarded(step.id, step.name, step.revision)
            if step.key:
                assert step.key in self._cloud.buckets[bucket], f"{step.key} is not in {bucket}"
            one.sha256 = step.sha256
            one.revision += 1
            return self._cloud.remote_function(step.id, one)

        moved(step.kind, step.id, "updating")
        answer: RemoteFunction = self._call("update_code", effect, f"update_code {step.id}", step)
        return answer

    def update_config(self, step: UpdateConfig, layers: Mapping[str, str], moved: Moved) -> RemoteFunction:
        def effect() -> RemoteFunction:
            one = self._guarded(step.id, step.name, step.revision)
            for key, value in step.changes.items():
                if key == "Layers":
                    arns = [layers[each.id] if isinstance(each, NewLayer) else each for each in value]
                    one.configuration[key] = [{"Arn": arn} for arn in arns]
                else:
                    one.configuration[key] = value
            one.revision += 1
            return self._cloud.remote_function(step.id, one)

        answer: RemoteFunction = self._call("update_config", effect, f"update_config {step.id}", step)
        return answer

    def update_concurrency(self, step: UpdateConcurrency) -> None:
        def effect() -> None:
            self._cloud.functions[step.name].reserved = step.reserved

        self._call("update_concurrency", effect, f"update_concurrency {step.id}", step)

    def update_async_config(self, step: UpdateAsyncConfig) -> None:
        self._call("update_async_config", lambda: None, f"update_async_config {step.id}", step)

    def update_layer(self, step: UpdateLayer, bucket: str, moved: Moved) -> str:
        def effect() -> str:
            return self._cloud.publish_layer(step.name, step.package.sha256)

        return str(self._call("update_layer", effect, f"update_layer {step.id}", step))

    def update_api(self, step: UpdateApi, moved: Moved) -> None:
        self._call("update_api", lambda: self._cloud.apis.update({step.name: step.body}), f"update_api {step.id}", step)

    def update_state_machine(self, step: UpdateStateMachine) -> None:
        def effect() -> None:
            self._cloud.machines[step.name] = step.definition

        self._call("update_state_machine", effect, f"update_state_machine {step.id}", step)

    def publish_version(self, step: PublishVersion, moved: Moved) -> str:
        def effect() -> str:
            return self._cloud.functions[step.name].publish()

        return str(self._call("publish_version", effect, f"publish_version {step.id}", step))

    def update_alias(self, step: UpdateAlias, version: str) -> None:
        def effect() -> None:
            self._cloud.functions[step.name].aliases[step.alias] = version

        self._call("update_alias", effect, f"update_alias {step.id} {version}", step)

    def change_set(self, step: DeployStack, stage: Stage, bucket: str, moved: Moved) -> ChangeSet:
        changes = self._cloud.changes
        if changes is None:
            changes = self._seen(stage.stack_name, step)
        self._planned = (stage, step)
        made = ChangeSet("change-set-1", stage.stack_name, step.create, changes)
        answer: ChangeSet = self._call("change_set", lambda: made, "change_set")
        return answer

    def _seen(self, name: str, step: DeployStack) -> tuple[Change, ...]:
        old = self._cloud.stacks.get(name)
        before = old.template.get("Resources", {}) if old else {}
        after = step.template.get("Resources", {})
        found = []
        for id in sorted({*before, *after}):
            kind = (after.get(id) or before.get(id))["Type"]
            if id not in before:
                found.append(Change(id, kind, "add"))
            elif id not in after:
                found.append(Change(id, kind, "remove"))
            elif before[id] != after[id]:
                found.append(Change(id, kind, "modify"))
        return tuple(found)

    def execute(self, change_set: ChangeSet, told: Callable[[StackProgress], None]) -> RemoteStack:
        stage, step = self._planned

        def effect() -> RemoteStack:
            told(StackProgress(0.0, stage.stack_name, "AWS::CloudFormation::Stack", "UPDATE_IN_PROGRESS"))
            return self._cloud.deploy(stage.stack_name, step.template, stage.tags)

        answer: RemoteStack = self._call("execute", effect, "execute", step)
        return answer

    def drop(self, change_set: ChangeSet) -> None:
        self._call("drop", lambda: None, "drop")

    def delete_stack(
        self, stack: RemoteStack, told: Callable[[StackProgress], None], retain: Sequence[str] = ()
    ) -> None:
        cloud = self._cloud

        def effect() -> None:
            told(StackProgress(0.0, stack.name, "AWS::CloudFormation::Stack", "DELETE_IN_PROGRESS"))
            there = cloud.stacks[stack.name]
            if retain and there.remote.status != "DELETE_FAILED":
                raise RemoteError(stack.name, "resources are retained only when they could not be deleted")
            stuck = cloud.stuck - set(retain)
            if stuck:
                there.remote = replace(there.remote, status="DELETE_FAILED")
                there.resources = [
                    replace(one, status="DELETE_FAILED" if one.id in stuck else "DELETE_COMPLETE")
                    for one in there.resources
                ]
                raise RemoteError(stack.name, f"{sorted(stuck)[0]} failed: it is not empty")
            gone = cloud.stacks.pop(stack.name)
            for one in gone.resources:
                cloud.functions.pop(one.physical_id, None)

        self._call("delete_stack", effect, " ".join(["delete_stack", stack.name, *retain]))

    def delete_objects(self, bucket: str, keys: Sequence[str]) -> None:
        def effect() -> None:
            for key in keys:
                self._cloud.buckets[bucket].pop(key, None)
                if "/releases/" in key:
                    self._cloud.records.pop(int(key[-11:-5]))

        self._call("delete_objects", effect, f"delete_objects {len(keys)}")

    def claim(self, bucket: str, prefix: str, release: Release) -> None:
        def effect() -> None:
            assert bucket in self._cloud.buckets, f"no bucket {bucket}"
            if (there := self._cloud.records.get(release.number)) is not None:
                raise Taken(there, bucket, f"release {release.number} is {there.by}'s")
            self._cloud.records[release.number] = release

        self._call("claim", effect, f"claim {release.number}")

    def finish(self, bucket: str, prefix: str, release: Release) -> None:
        def effect() -> None:
            mine = self._cloud.records.get(release.number)
            assert mine is not None, "finished without a claim"
            assert mine.token == release.token, "finished somebody else's release"
            self._cloud.records[release.number] = release

        self._call("finish", effect, f"finish {release.number} {release.state}")


def package(id: str, content: str) -> Package:
    """A package whose hash stands for that content."""
    from base64 import b64encode
    from hashlib import sha256

    return Package(id, b64encode(sha256(content.encode()).digest()).decode(), size=len(content))


def as_json(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def released(number: int, **changes: Any) -> Release:
    return replace(Release(number, 1000.0, "mia@desk", f"token-{number}"), **changes)
