"""Local files that a template takes in: OpenAPI definitions and `AWS::Include`. Pure: loading is a callable.

In the cloud they come from S3 after packaging; here they are put in place before anything else is read.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

Load = Callable[[str], Mapping[str, Any] | None]
"""The content of a file by its path relative to the template; None when there is no such file."""

#: The property that names a definition, and the one that holds it, by type.
_DEFINITIONS = {
    "AWS::Serverless::Api": ("DefinitionUri", "DefinitionBody"),
    "AWS::Serverless::HttpApi": ("DefinitionUri", "DefinitionBody"),
    "AWS::ApiGateway::RestApi": ("BodyS3Location", "Body"),
    "AWS::ApiGatewayV2::Api": ("BodyS3Location", "Body"),
}


def include(document: Mapping[str, Any], load: Load) -> Mapping[str, Any]:
    """The document itself when nothing is taken in, else a copy with every local file in place."""
    resources = document.get("Resources")
    if not isinstance(resources, Mapping):
        return document
    changed = {name: put for name, resource in resources.items() if (put := _resource(resource, load)) is not None}
    return {**document, "Resources": {**resources, **changed}} if changed else document


def _resource(resource: object, load: Load) -> dict[str, Any] | None:
    if not isinstance(resource, Mapping):
        return None
    properties = resource.get("Properties")
    named, held = _DEFINITIONS.get(str(resource.get("Type")), ("", ""))
    if not named or not isinstance(properties, Mapping):
        return None
    made = {key: copy.deepcopy(value) for key, value in properties.items()}
    uri = made.get(named)
    content = load(uri) if isinstance(uri, str) and not uri.startswith("s3://") else None
    if content is not None:
        del made[named]
        made[held] = content
    if held in made:
        made[held] = _included(made[held], load)
    return {**resource, "Properties": made} if made != properties else None


def _included(value: Any, load: Load, depth: int = 0) -> Any:
    if depth > 100:
        return value
    if isinstance(value, list):
        return [_included(item, load, depth + 1) for item in value]
    if not isinstance(value, Mapping):
        return value
    rest = dict(value)
    match rest.get("Fn::Transform"):
        case {"Name": "AWS::Include", "Parameters": {"Location": str(location)}} if (
            not location.startswith("s3://") and (content := load(location)) is not None
        ):
            del rest["Fn::Transform"]
            rest = {**content, **rest}
    return {key: _included(item, load, depth + 1) for key, item in rest.items()}
