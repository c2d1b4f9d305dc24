"""A stage as values: what AWS would have after each step, so that plans can be made, done and made again.

CloudFormation here changes exactly what differs between the template it has and the one it gets, which is the least
that it does: what a plan leaves to it has to be seen by it.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from localstack_lite.model.blueprint import SLOT, Blueprint, Piece, PieceKind, StackBlueprint
from localstack_lite.model.package import Package
from localstack_lite.model.stage import Stage
from localstack_lite.sync.afterwards import after
from localstack_lite.sync.canonical import properties, resources
from localstack_lite.sync.fill import codes
from localstack_lite.sync.function_settings import ARGUMENTS, architecture_of, form
from localstack_lite.sync.keys import code_of
from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.plan import plan
from localstack_lite.sync.remote import Remote, RemoteFunction, RemoteResource, RemoteStack
from localstack_lite.sync.slots import with_slots
from localstack_lite.sync.steps import (
    DeployStack,
    NewLayer,
    Plan,
    PublishVersion,
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

ACCOUNT = "111122223333"
REGION = "eu-west-2"
STACK = "shop-dev"
STACK_ID = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{STACK}/1"
STAGE = Stage("dev", STACK, image_repository="111122223333.dkr.ecr.eu-west-2.amazonaws.com/shop")
BUCKET = "shop-artifacts"

FUNCTION, LAYER = "AWS::Lambda::Function", "AWS::Lambda::LayerVersion"


def sha(content: str) -> str:
    """As AWS writes the hash of code."""
    return b64encode(sha256(content.encode()).digest()).decode()


def package(id: str, content: str, size: int = 4300) -> Package:
    return Package(id, sha(content), size=size)


def image(id: str, content: str) -> Package:
    return Package(id, "sha256:" + sha256(content.encode()).hexdigest(), image=f"{id.lower()}:latest")


def function(id: str, **stated: Any) -> dict[str, Any]:
    """The resource of a zip function with that logical id (with the path of its stack)."""
    return {
        "Type": FUNCTION,
        "Properties": {
            "Code": {SLOT: id},
            "Handler": "app.handler",
            "Runtime": "python3.13",
            "Role": "arn:r",
            **stated,
        },
    }


def layer(id: str, **stated: Any) -> dict[str, Any]:
    return {"Type": LAYER, "Properties": {"Content": {SLOT: id}, "LayerName": id, **stated}}


def alias(function: str) -> dict[str, dict[str, Any]]:
    """A version and an alias `live` of it, as SAM makes them."""
    version = f"{function}Version16cbcbe095"
    return {
        version: {
            "Type": "AWS::Lambda::Version",
            "DeletionPolicy": "Retain",
            "Properties": {"FunctionName": {"Ref": function}},
        },
        f"{function}Aliaslive": {
            "Type": "AWS::Lambda::Alias",
            "Properties": {
                "Name": "live",
                "FunctionName": {"Ref": function},
                "FunctionVersion": {"Fn::GetAtt": [version, "Version"]},
            },
        },
    }


def blueprint(found: Mapping[str, Any], parameters: Mapping[str, str] | None = None, **sections: Any) -> Blueprint:
    """One stack of these resources. Its pieces are those that the slots name."""
    template = {**sections, "Resources": dict(found)}
    return Blueprint((StackBlueprint("", template, parameters or {}),), tuple(pieces("", template)))


def pieces(path: str, template: Mapping[str, Any]) -> Iterable[Piece]:
    from pathlib import Path

    kinds = {"Code": PieceKind.FUNCTION, "Content": PieceKind.LAYER, "TemplateURL": PieceKind.TEMPLATE}
    for id, resource in resources(template).items():
        for name, kind in kinds.items():
            if SLOT in (resource.get("Properties", {}).get(name) or {}):
                yield Piece(path + id, kind, Path("/project"))


class ModelledStage:
    """`remember`: the manifest is kept from one push to the next, as on one machine."""

    def __init__(self) -> None:
        self.stack: RemoteStack | None = None
        self.templates: dict[str, Mapping[str, Any]] = {}
        self.functions: dict[str, dict[str, Any]] = {}
        self.settings: dict[str, Any] = {}
        self.layers: dict[str, list[str]] = {}
        self.stack_layers: dict[str, str] = {}
        self.published: dict[str, list[str]] = {}
        self.versions: dict[str, str] = {}
        self.aliases: dict[str, str] = {}
        self.objects: dict[str, str] = {}
        self.manifest = Manifest(bucket=BUCKET)
        self.deploys = 0
        self.last = Plan()

    # Asking.

    def remote(self, wanted: Blueprint) -> Remote:
        found = [
            RemoteResource(id, str(resource.get("Type")), self._physical(id, resource))
            for id, resource in resources(self.templates.get("", {})).items()
        ]
        functions = {id: self._function(id) for id in self.functions}
        slotted = with_slots(self.templates, wanted.stacks)
        return Remote(ACCOUNT, REGION, self.stack, tuple(found), slotted, functions)

    def _physical(self, id: str, resource: Mapping[str, Any]) -> str:
        if resource.get("Type") == LAYER:
            return self.stack_layers[id]
        return f"{STACK}-{id}"

    def _function(self, id: str) -> RemoteFunction:
        one = self.functions[id]
        name = f"{STACK}-{id}"
        return RemoteFunction(id, name, f"arn:{name}", one["sha"], one["revision"], configuration=one["configuration"])

    def resolver(self, wanted: Blueprint) -> Any:
        parameters = {**(self.stack.parameters if self.stack else {}), **wanted.stacks[0].parameters}
        return lambda path, value: self._resolved(value, parameters)

    def _resolved(self, value: Any, parameters: Mapping[str, str]) -> Any:
        match value:
            case {"Ref": "AWS::NoValue"}:
                return None
            case {"Ref": str(name)}:
                if name in parameters:
                    return parameters[name]
                if name in self.stack_layers:
                    return self.stack_layers[name]
                if name not in resources(self.templates.get("", {})):
                    raise LookupError(f"{name} is not there yet")
                return f"{STACK}-{name}"
            case {"Fn::GetAtt": [str(name), "Secret"]}:
                raise LookupError(f"only CloudFormation knows {name}.Secret")
            case {"Fn::GetAtt": [str(name), *_]}:
                if name not in resources(self.templates.get("", {})):
                    raise LookupError(f"{name} is not there yet")
                return f"arn:{STACK}-{name}"
            case Mapping():
                made = {key: self._resolved(inner, parameters) for key, inner in value.items()}
                return {key: inner for key, inner in made.items() if inner is not None}
            case list():
                return [self._resolved(inner, parameters) for inner in value]
            case _:
                return value

    # Pushing.

    def plan(self, wanted: Blueprint, packages: Mapping[str, Package], stage: Stage = STAGE, **options: Any) -> Plan:
        remote = self.remote(wanted)
        if not self.manifest.templates:
            self.manifest = replace(self.manifest, templates=remote.templates)
        return plan(stage, wanted, packages, remote, self.manifest, self.resolver(wanted), BUCKET, **options)

    def push(self, wanted: Blueprint, packages: Mapping[str, Package], most: int | None = None, **options: Any) -> Plan:
        """Make the plan, do it (or only its first steps), remember."""
        self.last = self.plan(wanted, packages, **options)
        self.do(self.last.steps[:most], wanted, packages)
        return self.last

    def do(self, steps: Iterable[Step], wanted: Blueprint, packages: Mapping[str, Package]) -> None:
        layers: dict[str, str] = {}
        versions: dict[str, str] = {}
        done = []
        for step in steps:
            self._do(step, wanted, layers, versions)
            done.append(step)
        deployed = any(isinstance(step, DeployStack) for step in done)
        self.manifest = after(
            self.manifest,
            done,
            wanted,
            packages,
            functions={id: self._function(id) for id in self.functions},
            layers=layers,
            versions=versions,
            stack=self.stack if deployed else None,
            resources=self.remote(wanted).resources if deployed else None,
        )

    def forget(self) -> None:
        """Another machine pushes next."""
        self.manifest = Manifest(bucket=BUCKET, deployed=codes(self.templates))

    def _do(self, step: Step, wanted: Blueprint, layers: dict[str, str], versions: dict[str, str]) -> None:
        match step:
            case UploadObject():
                self.objects[step.key] = step.text or (step.package.sha256 if step.package else "")
            case UploadCode():
                one = self._guarded(step.id, step.revision)
                if step.key:
                    assert step.key in self.objects, "the code is not in the bucket"
                one["sha"] = sha(step.image) if step.image else step.sha256
                if step.architecture:
                    one["configuration"]["Architectures"] = [step.architecture]
            case UpdateConfig():
                one = self._guarded(step.id, step.revision)
                changes = dict(step.changes)
                if "Layers" in changes:
                    changes["Layers"] = [layers[x.id] if isinstance(x, NewLayer) else x for x in changes["Layers"]]
                for argument, value in changes.items():
                    self._configure(one, argument, value)
            case UpdateLayer():
                layers[step.id] = self._publish_layer(step.id, step.package.sha256)
            case PublishVersion():
                versions[step.id] = self._publish(step.id)
            case UpdateAlias():
                self.aliases[step.id] = versions[step.function]
            case DeployStack():
                self._deploy(step, wanted)
            case _:
                self._set(step)

    def _set(self, step: Step) -> None:
        """What is one value here."""
        match step:
            case UpdateConcurrency():
                self.settings[f"{step.id}.concurrency"] = step.reserved
            case UpdateAsyncConfig():
                self.settings[step.id] = dict(step.settings)
            case UpdateApi():
                self.settings[step.id] = json.loads(step.body)["paths"]
            case UpdateStateMachine():
                self.settings[step.id] = step.definition

    def _guarded(self, id: str, revision: str) -> dict[str, Any]:
        one = self.functions[id]
        assert revision in ("", one["revision"]), "the revision is another one"
        one["revision"] = str(int(one["revision"]) + 1)
        return one

    @staticmethod
    def _configure(one: dict[str, Any], argument: str, value: Any) -> None:
        if argument == "Layers":
            value = [{"Arn": arn, "CodeSize": 1} for arn in value]
        one["configuration"][argument] = value

    def _publish_layer(self, id: str, content: str) -> str:
        every = self.layers.setdefault(id, [])
        every.append(content)
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:{id}:{len(every)}"

    def snapshot(self, id: str) -> str:
        one = self.functions[id]
        return json.dumps([one["sha"], one["configuration"]], sort_keys=True)

    def _publish(self, id: str) -> str:
        """AWS publishes nothing new when nothing changed since."""
        every = self.published.setdefault(id, [])
        if not every or every[-1] != self.snapshot(id):
            every.append(self.snapshot(id))
        return str(len(every))

    # CloudFormation.

    def _deploy(self, step: DeployStack, wanted: Blueprint) -> None:
        old, new = resources(self.templates.get("", {})), resources(step.template)
        was = dict(self.stack.parameters) if self.stack else {}
        declared = step.template.get("Parameters") or {}
        assert step.create is (self.stack is None)
        assert set(step.kept) <= set(was), "AWS refuses to keep what is not there"
        now = {name: str(entry["Default"]) for name, entry in declared.items() if "Default" in entry}
        now |= {name: was[name] for name in step.kept} | dict(step.parameters)
        self.deploys += 1
        self.stack = RemoteStack(STACK_ID, STACK, "UPDATE_COMPLETE", "", str(self.deploys), now, tags=dict(STAGE.tags))
        before = self.templates.get("", {})
        self.templates[""] = step.template
        for id in [id for id in self.functions if id not in new]:
            for known in (self.functions, self.published):
                known.pop(id, None)
        # What functions refer to is made first.
        for id, resource in sorted(new.items(), key=lambda item: item[1]["Type"] != LAYER):
            if resource["Type"] == LAYER:
                content = code_of(properties(resource)["Content"]["S3Key"])
                if id not in old or properties(resource) != properties(old[id]):
                    self._there(properties(resource)["Content"])
                    self.stack_layers[id] = self._publish_layer(id, content)
        for id, resource in new.items():
            if resource["Type"] == FUNCTION:
                self._deploy_function(id, properties(resource), properties(old.get(id, {})), was, now, before)
        for id, resource in new.items():
            self._deploy_other(id, resource, old.get(id))

    def _there(self, place: Mapping[str, str]) -> None:
        assert place["S3Key"] in self.objects, "CloudFormation does not find the object"

    def _deploy_function(
        self,
        id: str,
        new: Mapping[str, Any],
        old: Mapping[str, Any],
        was: Mapping[str, str],
        now: Mapping[str, str],
        before: Mapping[str, Any],
    ) -> None:
        made = id not in self.functions
        one = self.functions.setdefault(id, {"sha": "", "revision": "0", "configuration": {}})
        if made or new["Code"] != old.get("Code"):
            code = new["Code"]
            if "ImageUri" in code:
                one["sha"] = sha(code["ImageUri"])
            elif "ZipFile" in code:
                one["sha"] = sha(code["ZipFile"])
            else:
                self._there(code)
                one["sha"] = code_of(code["S3Key"])
        for property, argument in ARGUMENTS.items():
            wanted = self._given(new.get(property), now)
            had = self._given(old.get(property), was) if not made else None
            if (made and wanted is not None) or wanted != had or self._replaced(property, new):
                self._configure(one, argument, form(property, wanted, f"{STACK}-{id}"))
        if made or new.get("Architectures") != old.get("Architectures"):
            one["configuration"]["Architectures"] = [architecture_of(new.get("Architectures"))]
        if made or str(new.get("ReservedConcurrentExecutions")) != str(old.get("ReservedConcurrentExecutions")):
            reserved = new.get("ReservedConcurrentExecutions")
            self.settings[f"{id}.concurrency"] = None if reserved is None else int(reserved)
        one["revision"] = str(int(one["revision"]) + 1)

    def _given(self, value: Any, parameters: Mapping[str, str]) -> Any:
        if isinstance(value, Mapping) and "Fn::GetAtt" in value and value["Fn::GetAtt"][1] == "Secret":
            return "secret"
        match value:
            case {"Ref": str()} | {"Fn::GetAtt": _}:
                return self._resolved(value, parameters)
            case Mapping():
                return {key: self._given(inner, parameters) for key, inner in value.items()}
            case list():
                return [self._given(inner, parameters) for inner in value]
            case _:
                return value

    def _replaced(self, property: str, new: Mapping[str, Any]) -> bool:
        """A layer that is made anew has another ARN, which CloudFormation hands on."""
        return property == "Layers" and "Layers" in new

    def _deploy_other(self, id: str, resource: Mapping[str, Any], old: Mapping[str, Any] | None) -> None:
        stated, was = properties(resource), properties(old or {})
        match resource["Type"]:
            case "AWS::Lambda::Version" if old is None:
                function = stated["FunctionName"]["Ref"]
                every = self.published.setdefault(function, [])
                last = every[-1] if every else None
                assert last != self.snapshot(function), "CloudFormation: a version for this function exists"
                self.versions[id] = self._publish(function)
            case "AWS::Lambda::Alias" if old is None or stated != was:
                self.aliases[id] = self.versions[stated["FunctionVersion"]["Fn::GetAtt"][0]]
            case "AWS::Lambda::EventInvokeConfig" if old is None or stated != was:
                names = ("DestinationConfig", "MaximumEventAgeInSeconds", "MaximumRetryAttempts")
                self.settings[id] = {name: stated[name] for name in names if name in stated}
            case "AWS::ApiGateway::RestApi" if old is None or stated != was:
                self.settings[id] = stated["Body"]["paths"]
            case "AWS::StepFunctions::StateMachine" if old is None or stated != was:
                self.settings[id] = stated["DefinitionString"]
