"""A project without a template → the SAM template that somebody would have written for it. Pure.

Functions get no name of their own: CloudFormation makes one of the stack's name and the logical id, so that two stages
can be in one account. The role of each is SAM's: its logs, nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from localstack_lite.config.opening import SAM_TRANSFORM
from localstack_lite.config.parameters import as_text
from localstack_lite.model.api import DEFAULT_ROUTE, Api, ApiKind, Cors, LambdaProxy
from localstack_lite.model.function import Function, Image, Layer, LogFormat, Logging
from localstack_lite.model.project import Project

_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9]+")


def resource_ids(project: Project) -> dict[str, str]:
    """Logical ids for CloudFormation, which takes letters and digits only, by those of the project's functions: the
    same where that is possible, else `send-mail` is `SendMail`."""
    taken = {_NOT_IN_AN_ID.sub("", api.logical_id) for api in project.apis}
    names = [function.logical_id for function in project.functions]
    found: dict[str, str] = {}
    # Those that need no change first: nothing that is changed takes their place.
    for name in sorted(names, key=lambda name: bool(_NOT_IN_AN_ID.search(name))):
        made = name
        if _NOT_IN_AN_ID.search(name):
            made = "".join(part[:1].upper() + part[1:] for part in _NOT_IN_AN_ID.split(name))
        if not made or made in taken:
            made = f"{made or 'Function'}{_digest(name)}"
        taken.add(made)
        found[name] = made
    return {name: found[name] for name in names}


def sam_template(project: Project, ids: Mapping[str, str]) -> dict[str, Any]:
    """`ids` are the functions' logical ids in the template. Paths in it are absolute."""
    layers = _layers(project.functions)
    apis = [api for api in project.apis if api.kind is ApiKind.HTTP]
    resources: dict[str, Any] = {}
    for function in project.functions:
        events = {name: event for api in apis for name, event in _events(api, function.logical_id)}
        resources[ids[function.logical_id]] = _function(function, {layer.arn: id for id, layer in layers}, events)
    resources |= {id: _layer(layer) for id, layer in layers}
    resources |= {_api_id(api): _api(api) for api in apis}
    return {"Transform": SAM_TRANSFORM, "Resources": resources, "Outputs": _outputs(ids.values(), apis)}


def _function(function: Function, layers: Mapping[str, str], events: Mapping[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "MemorySize": function.memory,
        "Timeout": function.timeout,
        "Architectures": [function.architecture],
    }
    if function.description:
        properties["Description"] = function.description
    # The adapter of an app is in the package, and is told there what it is told here.
    adapted = function.adapter.stage_variables if function.adapter is not None else {}
    if variables := {**function.environment, **adapted}:
        properties["Environment"] = {"Variables": variables}
    if function.reserved_concurrency is not None:
        properties["ReservedConcurrentExecutions"] = function.reserved_concurrency
    if function.ephemeral_storage != 512:
        properties["EphemeralStorage"] = {"Size": function.ephemeral_storage}
    if function.tags:
        properties["Tags"] = dict(function.tags)
    if function.logging != Logging():
        properties["LoggingConfig"] = _logging(function.logging)
    if events:
        properties["Events"] = dict(events)
    if function.image is not None:
        return _image(function.image, properties)
    properties |= {"Runtime": function.runtime, "Handler": function.handler or "bootstrap"}
    properties["CodeUri"] = str(function.code.source or function.code.watched)
    if function.layers:
        properties["Layers"] = [
            {"Ref": layers[layer.arn]} if layer.arn in layers else layer.arn for layer in function.layers
        ]
    return {"Type": "AWS::Serverless::Function", "Properties": properties}


def _image(image: Image, properties: dict[str, Any]) -> dict[str, Any]:
    properties |= {"PackageType": "Image", "ImageUri": image.uri}
    settings = {
        "EntryPoint": list(image.entry_point),
        "Command": list(image.command),
        "WorkingDirectory": image.working_directory,
    }
    if given := {name: value for name, value in settings.items() if value}:
        properties["ImageConfig"] = given
    made: dict[str, Any] = {"Type": "AWS::Serverless::Function", "Properties": properties}
    if image.dockerfile is not None:
        made["Metadata"] = {"DockerContext": str(image.dockerfile.context), "Dockerfile": image.dockerfile.file}
    return made


def _logging(logging: Logging) -> dict[str, Any]:
    made: dict[str, Any] = {"LogFormat": logging.format.value}
    if logging.format is LogFormat.JSON:
        made |= {"ApplicationLogLevel": logging.application_level, "SystemLogLevel": logging.system_level}
    return {**made, "LogGroup": logging.group} if logging.group else made


def _layers(functions: Iterable[Function]) -> list[tuple[str, Layer]]:
    """The layers that are folders here, by the logical id that each gets. A published one is its ARN."""
    found: dict[str, Layer] = {}
    for function in functions:
        for layer in function.layers:
            if layer.digest != layer.arn and layer.folder is not None:
                found.setdefault(layer.arn, layer)
    return [(f"Layer{_digest(arn)}", layer) for arn, layer in sorted(found.items())]


def _layer(layer: Layer) -> dict[str, Any]:
    name = layer.arn.split(":")[-2]
    return {
        "Type": "AWS::Lambda::LayerVersion",
        "Properties": {"Content": str(layer.folder), "LayerName": {"Fn::Sub": f"${{AWS::StackName}}-{name}"}},
    }


def _events(api: Api, function: str) -> Iterable[tuple[str, dict[str, Any]]]:
    for number, route in enumerate(api.routes):
        match route.integration:
            case LambdaProxy(function=target, payload=payload) if target == function:
                properties: dict[str, Any] = {"ApiId": {"Ref": _api_id(api)}, "PayloadFormatVersion": payload}
                if route.path != DEFAULT_ROUTE:  # without either it is the default route
                    properties |= {"Path": route.path, "Method": route.method}
                yield f"Route{number}", {"Type": "HttpApi", "Properties": properties}


def _api(api: Api) -> dict[str, Any]:
    properties: dict[str, Any] = {"CorsConfiguration": _cors(api.cors)} if api.cors is not None else {}
    if api.stage_variables:
        properties["StageVariables"] = {name: as_text(value) for name, value in api.stage_variables.items()}
    return {"Type": "AWS::Serverless::HttpApi", "Properties": properties}


def _cors(cors: Cors) -> dict[str, Any]:
    made: dict[str, Any] = {
        "AllowOrigins": list(cors.allow_origins),
        "AllowMethods": list(cors.allow_methods),
        "AllowHeaders": list(cors.allow_headers),
        "ExposeHeaders": list(cors.expose_headers),
        "AllowCredentials": cors.allow_credentials,
        "MaxAge": cors.max_age,
    }
    return {name: value for name, value in made.items() if value not in ([], None, False)}


def _outputs(functions: Iterable[str], apis: Iterable[Api]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for api in apis:
        id = _api_id(api)
        url = f"https://${{{id}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}/"
        found[f"{id}Url"] = {"Value": {"Fn::Sub": url}}
    for function in functions:
        found[f"{function}Name"] = {"Value": {"Ref": function}}
    return found


def _api_id(api: Api) -> str:
    return _NOT_IN_AN_ID.sub("", api.logical_id)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:8]
