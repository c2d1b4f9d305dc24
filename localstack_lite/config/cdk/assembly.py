"""A CDK app's output (a cloud assembly, `cdk.out`) → its stacks and assets. Pure: files come in through `load`.

A `manifest.json` lists artifacts. Those that count here: stacks (`aws:cloudformation:stack`), the assemblies of stages
(`cdk:cloud-assembly`, each a folder with a manifest of its own) and asset manifests (`cdk:asset-manifest`), which say
where the content behind a hash lies. Everything else, and every schema version since CDK 1, is left alone.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localstack_lite.errors import UserError

MANIFEST = "manifest.json"
SYNTH = "run `cdk synth`"
#: Stages cannot be nested in the CDK's own model more than a few times; a manifest that names its parent can.
_MOST_ASSEMBLIES = 200

Load = Callable[[Path], Mapping[str, Any]]
"""A JSON object from a file. A UserError when it is not there or not JSON."""


@dataclass(frozen=True, slots=True)
class Asset:
    """What lies behind a hash: a folder or file, or (with `image`) the folder that an image is built from."""

    place: Path
    image: bool = False
    dockerfile: str = ""
    target: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CdkStack:
    """`name` is the stack's construct path, as `Shop` or `Prod/Shop`; `region` and `account` are empty where the app
    leaves them to the environment; `needs` names stacks that are deployed before it."""

    name: str
    template: Path
    stack_name: str = ""
    region: str = ""
    account: str = ""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assembly:
    """`assets` are by hash; `files` are all manifests that were read."""

    stacks: tuple[CdkStack, ...]
    assets: Mapping[str, Asset]
    files: tuple[Path, ...]


def open_assembly(folder: Path, load: Load) -> Assembly:
    """The stacks of the app first, those of its stages after them. A UserError when the folder is no assembly."""
    stacks: list[CdkStack] = []
    assets: dict[str, Asset] = {}
    files: list[Path] = []
    waiting, seen = [folder], {folder}
    while waiting:
        place = waiting.pop(0)
        files.append(place / MANIFEST)
        artifacts = _artifacts(place, load(place / MANIFEST))
        inside = {key: stack for key, artifact in artifacts.items() if (stack := _stack(key, artifact, place))}
        stacks += [_with_needs(stack, artifacts[key], inside) for key, stack in inside.items()]
        for artifact in artifacts.values():
            properties = _mapping(artifact.get("properties"))
            match artifact.get("type"), properties:
                case "cdk:asset-manifest", {"file": str(name)}:
                    files.append(place / name)
                    assets.update(_assets(place, load(place / name)))
                case "cdk:cloud-assembly", {"directoryName": str(name)}:
                    below = joined(place, name)
                    if below not in seen and len(seen) < _MOST_ASSEMBLIES:
                        seen.add(below)
                        waiting.append(below)
    if not stacks:
        raise UserError(str(folder / MANIFEST), "has no stacks", f"{SYNTH} in the app's folder")
    return Assembly(tuple(stacks), assets, tuple(dict.fromkeys(files)))


def is_manifest(values: Mapping[str, Any]) -> bool:
    """Whether a JSON object is an assembly's manifest; web apps and browsers have other files of that name."""
    return isinstance(values.get("version"), str) and isinstance(values.get("artifacts"), Mapping)


def joined(folder: Path, path: str) -> Path:
    """A path of the assembly, which may lead out of the folder (`../asset.1`) or be absolute."""
    return Path(posixpath.normpath((folder / path).as_posix()))


def in_order(stacks: tuple[CdkStack, ...]) -> tuple[CdkStack, ...]:
    """Every stack after those that it needs; a circle is broken somewhere."""
    done: dict[str, CdkStack] = {}
    left = list(stacks)
    while left:
        names = {stack.name for stack in left}
        free = [stack for stack in left if not names & set(stack.needs) - {stack.name}] or left[:1]
        done.update((stack.name, stack) for stack in free)
        left = [stack for stack in left if stack.name not in done]
    return tuple(done.values())


def _artifacts(folder: Path, manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    if not is_manifest(manifest):
        raise UserError(str(folder / MANIFEST), "is not the manifest of a CDK app's output", f"{SYNTH} again")
    if str(manifest["version"]).startswith("0."):
        raise UserError(
            str(folder / MANIFEST), f"was made by a CDK before 1.0 ({manifest['version']})", f"{SYNTH} with a newer one"
        )
    return {key: artifact for key, artifact in manifest["artifacts"].items() if isinstance(artifact, Mapping)}


def _stack(key: str, artifact: Mapping[str, Any], folder: Path) -> CdkStack | None:
    properties = _mapping(artifact.get("properties"))
    if artifact.get("type") != "aws:cloudformation:stack" or not isinstance(properties.get("templateFile"), str):
        return None
    account, _, region = str(artifact.get("environment", "")).removeprefix("aws://").partition("/")
    return CdkStack(
        name=str(artifact.get("displayName") or key),
        template=joined(folder, properties["templateFile"]),
        stack_name=str(properties.get("stackName") or key),
        region="" if region == "unknown-region" else region,
        account="" if account == "unknown-account" else account,
    )


def _with_needs(stack: CdkStack, artifact: Mapping[str, Any], inside: Mapping[str, CdkStack]) -> CdkStack:
    needs = artifact.get("dependencies")
    listed = needs if isinstance(needs, list) else []
    named = tuple(inside[key].name for key in listed if isinstance(key, str) and key in inside)
    return CdkStack(stack.name, stack.template, stack.stack_name, stack.region, stack.account, named)


def _assets(folder: Path, manifest: Mapping[str, Any]) -> dict[str, Asset]:
    found: dict[str, Asset] = {}
    for key, entry in _mapping(manifest.get("files")).items():
        match entry:
            case {"source": {"path": str(path)}}:
                found[key] = Asset(joined(folder, path))
    for key, entry in _mapping(manifest.get("dockerImages")).items():
        match entry:
            case {"source": {"directory": str(path), **source}}:
                arguments = {str(name): str(value) for name, value in _mapping(source.get("dockerBuildArgs")).items()}
                target = str(source.get("dockerBuildTarget") or "")
                found[key] = Asset(joined(folder, path), True, str(source.get("dockerFile") or ""), target, arguments)
    return found


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
