"""What this machine knows of a stage once steps of a push were done: the manifest before → the manifest after. Pure.

May be called for the steps that were done when the others failed: what is not done is then found by the next plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from localstack_lite.model.blueprint import Blueprint
from localstack_lite.model.package import Package
from localstack_lite.sync.aliases import ALIAS, TARGET, UNPUBLISHED
from localstack_lite.sync.api_bodies import BODY
from localstack_lite.sync.async_configs import SETTINGS
from localstack_lite.sync.canonical import owners, properties, resource, resources
from localstack_lite.sync.changes import Templates
from localstack_lite.sync.function_needs import CODE
from localstack_lite.sync.function_settings import ARCHITECTURES, ARGUMENTS, CONCURRENCY
from localstack_lite.sync.ground import DOUBT, parted
from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.remote import RemoteFunction, RemoteResource, RemoteStack
from localstack_lite.sync.state_machines import DEFINITION
from localstack_lite.sync.steps import (
    DeployStack,
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
from localstack_lite.sync.values import digest, names, same, slot

CONTENT = "Content"
ARN = "Arn"
_PROPERTY = {argument: property for property, argument in ARGUMENTS.items()}


def after(
    manifest: Manifest,
    steps: Iterable[Step],
    blueprint: Blueprint,
    packages: Mapping[str, Package],
    *,
    functions: Mapping[str, RemoteFunction] | None = None,
    layers: Mapping[str, str] | None = None,
    versions: Mapping[str, str] | None = None,
    stack: RemoteStack | None = None,
    resources: Sequence[RemoteResource] | None = None,
    bucket: str = "",
) -> Manifest:
    """`steps` are those that were done, in their order. `functions` are what they are now, `layers` ARNs of new
    versions, `versions` numbers of published ones, all by id. `stack` and `resources` are given after a stack deploy;
    `bucket` when another one than the manifest's was used."""
    if bucket and bucket != manifest.bucket:
        manifest = replace(manifest, bucket=bucket, uploaded=frozenset())
    work = _Work(manifest, blueprint, packages, functions or {}, layers or {}, versions or {})
    for step in steps:
        work.done(step)
    made = work.manifest()
    if stack is not None:
        made = replace(made, stack_id=stack.id, stack_updated=stack.updated)
    return made if resources is None else replace(made, resources=tuple(resources))


def doubted(direct: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    """What was set directly, once somebody else deployed the stack: it may be so still or not. The code of functions
    and layers needs no doubt, as AWS tells it."""
    certain = (CODE, CONTENT, ARN)
    return {
        id: {name: value if name in certain else DOUBT for name, value in known.items()} for id, known in direct.items()
    }


class _Work:
    def __init__(
        self,
        manifest: Manifest,
        blueprint: Blueprint,
        packages: Mapping[str, Package],
        functions: Mapping[str, RemoteFunction],
        layers: Mapping[str, str],
        versions: Mapping[str, str],
    ) -> None:
        self._was = manifest
        self._blueprint, self._packages = blueprint, packages
        self._functions, self._layers, self._versions = functions, layers, versions
        self._templates: Templates = manifest.templates
        self._deployed = dict(manifest.deployed)
        self._images = dict(manifest.images)
        self._uploaded = set(manifest.uploaded)
        self._direct = {id: dict(known) for id, known in manifest.direct.items()}

    def manifest(self) -> Manifest:
        return replace(
            self._was,
            templates=self._templates,
            direct={id: known for id, known in self._direct.items() if known},
            uploaded=frozenset(self._uploaded),
            deployed=self._deployed,
            images=self._images,
        )

    def done(self, step: Step) -> None:
        match step:
            case UploadObject():
                self._uploaded.add(step.key)
            case UploadCode():
                self._code(step)
            case UpdateConfig():
                for argument in step.changes:
                    self._set(step.id, _PROPERTY[argument])
                self._unpublish(step.id)
            case UpdateConcurrency():
                self._set(step.id, CONCURRENCY)
            case UpdateAsyncConfig():
                for name in SETTINGS:
                    self._set(step.id, name)
            case UpdateApi():
                self._set(step.id, BODY)
            case UpdateStateMachine():
                for name in DEFINITION:
                    self._set(step.id, name)
            case UpdateLayer():
                self._direct[step.id] = {CONTENT: step.package.sha256, ARN: self._layers.get(step.id, "")}
            case UpdateAlias():
                self._of(step.id)[TARGET] = self._versions.get(step.function) or DOUBT
            case DeployStack():
                self._deploy()

    def _of(self, id: str) -> dict[str, Any]:
        return self._direct.setdefault(id, {})

    def _set(self, id: str, property: str) -> None:
        """The property is now what the project says. That is only noted where the stack's template says otherwise."""
        wanted = properties(self._blueprint.resource(id)).get(property)
        if same(wanted, _stated(self._templates, id).get(property)):
            self._of(id).pop(property, None)
        else:
            self._of(id)[property] = digest(wanted)

    def _code(self, step: UploadCode) -> None:
        tag = step.image.rpartition(":")[2]
        sha256 = f"sha256:{tag}" if step.image else step.sha256
        if self._deployed.get(step.id) == sha256:
            self._of(step.id).pop(CODE, None)
        else:
            self._of(step.id)[CODE] = sha256
        if step.image and "@" not in step.image:
            self._digest(step.id, sha256)
        if step.architecture:
            self._set(step.id, ARCHITECTURES)
        self._unpublish(step.id)

    def _digest(self, id: str, image: str) -> None:
        if (now := self._functions.get(id)) is not None:
            self._images[image] = now.code_sha256

    def _unpublish(self, function: str) -> None:
        """Aliases that follow the function are behind it until they are set."""
        for alias in self._aliases(function):
            self._of(alias)[TARGET] = UNPUBLISHED

    def _aliases(self, function: str) -> list[str]:
        path, logical = parted(function)
        template = next((stack.template for stack in self._blueprint.stacks if stack.path == path), {})
        of = owners(template)
        return [
            path + id
            for id, each in resources(template).items()
            if each.get("Type") == ALIAS
            and any(of.get(name) == logical for name in names(properties(each).get(TARGET)))
        ]

    def _deploy(self) -> None:
        """What CloudFormation saw a change of is what the new template says. What it did not see stays what it was set
        to, until a step after the deploy sets it."""
        new = {stack.path: stack.template for stack in self._blueprint.stacks}
        filled = {
            stack.path + id: self._packages[piece]
            for stack in self._blueprint.stacks
            for id, each in resources(stack.template).items()
            for value in properties(each).values()
            if (piece := slot(value)) in self._packages
        }
        kept: dict[str, dict[str, Any]] = {}
        for id, known in self._direct.items():
            old, wanted = _stated(self._templates, id), _stated(new, id)
            package = filled.get(id)
            left: dict[str, Any] = {}
            if package is not None and self._deployed.get(id) == package.sha256:
                left = {name: value for name, value in known.items() if name in (CODE, CONTENT, ARN)}
                if package.sha256 in left.values():
                    left = {}
            for name, value in known.items():
                unseen = name not in (CODE, CONTENT, ARN, TARGET) and same(old.get(name), wanted.get(name))
                if unseen and wanted and value != digest(wanted.get(name)):
                    left[name] = value
            if TARGET in known and wanted and self._stays_published(id, filled):
                left[TARGET] = known[TARGET]
            if left:
                kept[id] = left
        self._direct = kept
        self._templates = new
        self._deployed = {id: package.sha256 for id, package in filled.items()}
        for id, package in filled.items():
            if package.image:
                self._digest(id, package.sha256)

    def _stays_published(self, alias: str, filled: Mapping[str, Package]) -> bool:
        """Whether the deploy published no new version for the alias: its function had the wanted code before."""
        for function, package in filled.items():
            if alias in self._aliases(function):
                known = self._direct.get(function, {}).get(CODE, self._deployed.get(function))
                return bool(known == package.sha256)
        return False


def _stated(templates: Templates, id: str) -> Mapping[str, Any]:
    path, logical = parted(id)
    return properties(resource(templates.get(path, {}), logical))
