"""A synthesised template → a plain CloudFormation template of local files, which the one reader understands. Pure.

The CDK writes code as an S3 object named by a hash and says beside it (`Metadata`) where the content lies. Here:

* content takes the place of the S3 object: `Code`, `Content` of layers, `TemplateURL`, `BodyS3Location`; found by
  `aws:asset:path`, or by the hash where that metadata is switched off;
* an image's asset becomes the `Metadata` that SAM has for a Dockerfile;
* functions without a name get one from their construct path (see `cdk.names`);
* the CDK's own functions go (see `cdk.framework`), and so do the bootstrap's parameter and rule and `CDKMetadata`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localstack_lite.config.cdk.assembly import Asset, joined
from localstack_lite.config.cdk.framework import is_framework
from localstack_lite.config.cdk.names import construct_path
from localstack_lite.config.functions import FUNCTION
from localstack_lite.config.references import references

LAYER = "AWS::Lambda::LayerVersion"
STACK = "AWS::CloudFormation::Stack"
#: The property that holds an asset, by type.
_PROPERTY = {
    FUNCTION: "Code",
    LAYER: "Content",
    STACK: "TemplateURL",
    "AWS::ApiGateway::RestApi": "BodyS3Location",
    "AWS::ApiGatewayV2::Api": "BodyS3Location",
    "AWS::StepFunctions::StateMachine": "DefinitionS3Location",
}
_HASH = re.compile(r"[0-9a-f]{64}")
#: What a function of the CDK's becomes: it exists for whoever refers to it, and no reader knows the type.
_LEFT_OUT = "AWS::CDK::Function"


@dataclass(frozen=True, slots=True)
class Use:
    """A resource whose content is an asset. `bundled` when synthesis made the content from something else, as esbuild
    and pip do; else it is a copy of a folder or file of the app. `runs` when it is code that is served: a function or
    a layer that one has."""

    logical_id: str
    kind: str
    asset: Asset
    bundled: bool
    runs: bool
    name: str
    """The construct's path, else the logical id: for messages."""


def uses(
    template: Mapping[str, Any], folder: Path, assets: Mapping[str, Asset], *, deploying: bool = False
) -> Iterator[Use]:
    """The assets that a template in `folder` uses, those of the CDK's own functions left out unless it is deployed."""
    own: set[str] = set() if deploying else _left_out(template)
    layers = _layers(template, framework=False)
    for logical_id, resource in _resources(template):
        kind = str(resource.get("Type"))
        name = _PROPERTY.get(kind)
        if name is None or logical_id in own:
            continue
        if asset := _asset(resource, name, folder, assets):
            bundled = _mapping(resource.get("Metadata")).get("aws:asset:is-bundled") is True
            runs = kind == FUNCTION or (kind == LAYER and logical_id in layers)
            yield Use(logical_id, kind, asset, bundled, runs, construct_path(resource) or logical_id)


def localised(
    template: Mapping[str, Any],
    folder: Path,
    assets: Mapping[str, Asset],
    names: Mapping[str, str],
    homes: Mapping[Path, Path],
    *,
    deploying: bool = False,
) -> dict[str, Any]:
    """The template with local files in place. `names` are by construct path; `homes` says for an asset's place which
    folder of the app it is a copy of, where that is known. For deploying, the CDK's own functions stay."""
    used = {use.logical_id: use for use in uses(template, folder, assets, deploying=deploying)}
    own: set[str] = set() if deploying else _left_out(template)
    resources: dict[str, Any] = {}
    for logical_id, resource in _resources(template):
        if resource.get("Type") == "AWS::CDK::Metadata":
            continue
        if logical_id in own:
            resource = {**resource, "Type": _LEFT_OUT}
        elif use := used.get(logical_id):
            resource = _with_asset(resource, use, homes.get(use.asset.place, use.asset.place))
        if resource.get("Type") == FUNCTION and (name := names.get(construct_path(resource))):
            resource = {**resource, "Properties": {"FunctionName": name, **_mapping(resource.get("Properties"))}}
        resources[logical_id] = resource
    parameters = {key: value for key, value in _mapping(template.get("Parameters")).items() if key != _BOOTSTRAP}
    kept = {key: value for key, value in template.items() if key not in ("Parameters", "Rules")}
    return {**kept, "Resources": resources, **({"Parameters": parameters} if parameters else {})}


_BOOTSTRAP = "BootstrapVersion"


def _left_out(template: Mapping[str, Any]) -> set[str]:
    """The CDK's own functions, and layers that only they have: one of them is a whole AWS CLI."""
    functions = {name for name, resource in _resources(template) if _is_own(name, resource)}
    return functions | (_layers(template, framework=True) - _layers(template, framework=False))


def _layers(template: Mapping[str, Any], *, framework: bool) -> set[str]:
    """Logical ids that the layers of functions refer to: of the CDK's own functions, or of all others."""
    found: set[str] = set()
    for logical_id, resource in _resources(template):
        if resource.get("Type") == FUNCTION and _is_own(logical_id, resource) is framework:
            found |= references(_mapping(resource.get("Properties")).get("Layers"))
    return found


def _is_own(logical_id: str, resource: Mapping[str, Any]) -> bool:
    return resource.get("Type") == FUNCTION and is_framework(logical_id, resource)


def _asset(resource: Mapping[str, Any], name: str, folder: Path, assets: Mapping[str, Asset]) -> Asset | None:
    value = _mapping(resource.get("Properties")).get(name)
    if value is None or isinstance(value, str) or "ZipFile" in _mapping(value):
        return None
    metadata = _mapping(resource.get("Metadata"))
    held = str(metadata.get("aws:asset:property", name)).partition(".")[0] == name
    match metadata.get("aws:asset:path"):
        case str(path) if held and "ImageUri" in _mapping(value):
            arguments = _mapping(metadata.get("aws:asset:docker-build-args"))
            return Asset(
                joined(folder, path),
                True,
                str(metadata.get("aws:asset:dockerfile-path") or ""),
                str(metadata.get("aws:asset:docker-build-target") or ""),
                {str(key): str(value) for key, value in arguments.items()},
            )
        case str(path) if held:
            return Asset(joined(folder, path))
    hashes = _HASH.findall(json.dumps(value, default=str))
    return next((assets[key] for key in hashes if key in assets), None)


def _with_asset(resource: Mapping[str, Any], use: Use, place: Path) -> dict[str, Any]:
    properties = dict(_mapping(resource.get("Properties")))
    if not use.asset.image:
        properties[_PROPERTY[use.kind]] = str(place)
        return {**resource, "Properties": properties}
    properties.pop("Code", None)
    metadata = {
        **_mapping(resource.get("Metadata")),
        "DockerContext": str(place),
        "Dockerfile": use.asset.dockerfile or "Dockerfile",
        **({"DockerBuildTarget": use.asset.target} if use.asset.target else {}),
        **({"DockerBuildArgs": dict(use.asset.arguments)} if use.asset.arguments else {}),
    }
    return {**resource, "Properties": {**properties, "PackageType": "Image"}, "Metadata": metadata}


def _resources(template: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for logical_id, resource in _mapping(template.get("Resources")).items():
        if isinstance(resource, Mapping):
            yield logical_id, resource


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
