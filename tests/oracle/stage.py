"""From cases to one project: for each case its own function and, where one is given, its own API or function URL.

Everything is plain CloudFormation beside SAM functions, as a real template mixes them. What a case gives and this
stage does not know how to build is `NotPlayable`: nothing of a case is ever left out silently. Facts about AWS's
container are cases that need `docker`: they are the same project, in the Docker sandbox.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.oracle.case import Case

HANDLERS = Path(__file__).with_name("handlers")
MEMORY, TIMEOUT, RUNTIME = 128, 30, "python3.12"
EXTENSIONS = {"python": "py", "nodejs": "js"}
NODE_RUNTIME = "nodejs22.x"
"""For cases that name no version: the last one that has callbacks."""


class NotPlayable(Exception):
    """The case gives or asks for something that this runner does not build yet."""


def project(cases: Iterable[Case]) -> dict[str, str]:
    """The files of a project that holds everything the cases need; cases that cannot be staged are left out."""
    resources: dict[str, Any] = {}
    files: dict[str, str] = {}
    for case in cases:
        try:
            more, code = stage(case)
        except NotPlayable:
            continue
        resources |= more
        files |= code
    template = {"Transform": "AWS::Serverless-2016-10-31", "Resources": resources}
    return files | {"template.json": json.dumps(template, indent=1)}


def stage(case: Case) -> tuple[dict[str, Any], dict[str, str]]:
    """The resources and the files of one case."""
    given = case.given
    if not isinstance(given, dict):
        raise NotPlayable("nothing is given")
    if set(case.needs) - {"docker"}:
        raise NotPlayable(f"needs {', '.join(case.needs)}")
    if unknown := given.keys() - KNOWN:
        raise NotPlayable(f"given {', '.join(sorted(unknown))}")
    api = given.get("api")
    handler = _handler(given)
    resources: dict[str, Any] = {}
    files: dict[str, str] = {}
    if handler:
        settings = given.get("function") or {}
        resources[_function(case)], files = _code(case, handler, settings), _files(case, handler, given)
    if api is not None:
        resources |= _rest(case, api) if api["type"] == "REST" else _http(case, api)
    if "function_url" in given:
        resources |= _url(case, given["function_url"], open_to_all=given.get("resource_policy") != "none")
    return resources, files


KNOWN = {
    "function",
    "api",
    "function_url",
    "handler_returns",
    "request",
    "steps",
    "precondition",
    "resource_policy",
}


def function_name(case: Case) -> str:
    return case.slug[:64]


def _function(case: Case) -> str:
    return f"{case.logical_id}Fn"


def _handler(given: Mapping[str, Any]) -> str:
    """The name of the handler's file, empty when the case has no function at all."""
    api = given.get("api")
    if "function" in given and "handler" in given["function"]:
        name = given["function"]["handler"]
    elif api is None:
        # operations on a function that do not run it
        return "echo" if _wants_a_function(given) else ""
    elif not isinstance(api, dict):
        raise NotPlayable("the API is only described")
    elif "routes" in api:
        (name,) = set(api["routes"].values())
    else:
        names = {resource["integration"].get("function") for resource in api["resources"]} - {None}
        if not names:
            return ""
        (name,) = names
    if not (HANDLERS / f"{name}.{_extension(_runtime(given.get('function') or {}))}").exists():
        raise NotPlayable(f"handler {name!r}")
    return str(name)


def _runtime(settings: Mapping[str, Any]) -> str:
    runtime = str(settings.get("runtime", RUNTIME))
    return NODE_RUNTIME if runtime == "nodejs" else runtime


def _extension(runtime: str) -> str:
    for language, extension in EXTENSIONS.items():
        if runtime.startswith(language):
            return extension
    raise NotPlayable(f"runtime {runtime}")


def _wants_a_function(given: Mapping[str, Any]) -> bool:
    request = given.get("request", {})
    return (
        "function_url" in given
        or "steps" in given
        or ("op" in request and "${fn}" in str(request.get("FunctionName", "${fn}")))
    )


def _code(case: Case, handler: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := settings.keys() - {"runtime", "handler", "memory", "timeout", "sleeps"}:
        raise NotPlayable(f"function {', '.join(sorted(unknown))}")
    return {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "FunctionName": function_name(case),
            "Runtime": _runtime(settings),
            "Handler": f"{handler}.handler",
            "CodeUri": f"code/{case.slug}",
            "MemorySize": settings.get("memory", MEMORY),
            "Timeout": settings.get("timeout", TIMEOUT),
        },
    }


def _files(case: Case, handler: str, given: Mapping[str, Any]) -> dict[str, str]:
    folder = f"code/{case.slug}"
    source = f"{handler}.{_extension(_runtime(given.get('function') or {}))}"
    files = {f"{folder}/{source}": (HANDLERS / source).read_text(encoding="utf-8")}
    if "handler_returns" in given:
        files[f"{folder}/returns.json"] = json.dumps(given["handler_returns"])
    return files


def _uri(case: Case) -> dict[str, str]:
    path = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions"
    return {"Fn::Sub": f"{path}/${{{_function(case)}.Arn}}/invocations"}


def _rest(case: Case, api: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := api.keys() - {"type", "stage", "resources", "binaryMediaTypes", "endpoint"}:
        raise NotPlayable(f"REST API with {', '.join(sorted(unknown))}")
    paths: dict[str, Any] = {}
    for resource in api["resources"]:
        if unknown := resource.keys() - {"path", "method", "integration"}:
            raise NotPlayable(f"REST method with {', '.join(sorted(unknown))}")
        methods = paths.setdefault(resource["path"], {})
        methods[_method(resource["method"])] = _integration(case, resource["integration"])
    body: dict[str, Any] = {"swagger": "2.0", "info": {"title": case.slug, "version": "1.0"}, "paths": paths}
    if "binaryMediaTypes" in api:
        body["x-amazon-apigateway-binary-media-types"] = api["binaryMediaTypes"]
    name = case.logical_id
    return {
        name: {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": case.slug, "Body": body}},
        f"{name}Deployment": {"Type": "AWS::ApiGateway::Deployment", "Properties": {"RestApiId": {"Ref": name}}},
        f"{name}Stage": {
            "Type": "AWS::ApiGateway::Stage",
            "Properties": {
                "RestApiId": {"Ref": name},
                "DeploymentId": {"Ref": f"{name}Deployment"},
                "StageName": api["stage"],
            },
        },
    }


def _method(method: str) -> str:
    return "x-amazon-apigateway-any-method" if method == "ANY" else method.lower()


def _integration(case: Case, given: Mapping[str, Any]) -> dict[str, Any]:
    match given["type"]:
        case "AWS_PROXY":
            integration = {
                "type": "aws_proxy",
                "httpMethod": given.get("integrationHttpMethod", "POST"),
                "uri": _uri(case),
            }
            return {"x-amazon-apigateway-integration": integration, "responses": {}}
        case "MOCK":
            reply = {
                "statusCode": "200",
                "responseTemplates": given.get("responseTemplates", {"application/json": "{}\n"}),
                "responseParameters": given.get("responseParameters", {}),
            }
            headers = {name.rpartition(".")[2]: {"type": "string"} for name in reply["responseParameters"]}
            integration = {
                "type": "mock",
                "requestTemplates": given["requestTemplates"],
                "responses": {"default": reply},
            }
            return {
                "x-amazon-apigateway-integration": integration,
                "responses": {"200": {"description": "default", "headers": headers}},
            }
    raise NotPlayable(f"integration {given['type']}")


def _http(case: Case, api: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := api.keys() - {"type", "stage", "payloadFormatVersion", "routes", "cors"}:
        raise NotPlayable(f"HTTP API with {', '.join(sorted(unknown))}")
    paths: dict[str, Any] = {}
    for key in api["routes"]:
        method, _, path = key.rpartition(" ")
        operation: dict[str, Any] = {
            "x-amazon-apigateway-integration": {
                "type": "aws_proxy",
                "httpMethod": "POST",
                "uri": _uri(case),
                "payloadFormatVersion": api["payloadFormatVersion"],
            },
            "responses": {},
        }
        if path == "$default":
            operation["isDefaultRoute"] = True
        paths.setdefault(path, {})[_method(method or "ANY")] = operation
    body: dict[str, Any] = {"openapi": "3.0.1", "info": {"title": case.slug, "version": "1.0"}, "paths": paths}
    if "cors" in api:
        body["x-amazon-apigateway-cors"] = api["cors"]
    name = case.logical_id
    return {
        name: {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Body": body}},
        f"{name}Stage": {
            "Type": "AWS::ApiGatewayV2::Stage",
            "Properties": {"ApiId": {"Ref": name}, "StageName": api["stage"], "AutoDeploy": True},
        },
    }


def _url(case: Case, url: Mapping[str, Any], *, open_to_all: bool) -> dict[str, Any]:
    if unknown := url.keys() - {"AuthType", "Cors"}:
        raise NotPlayable(f"function URL with {', '.join(sorted(unknown))}")
    function = {"Fn::GetAtt": [_function(case), "Arn"]}
    resources: dict[str, Any] = {
        f"{case.logical_id}Url": {"Type": "AWS::Lambda::Url", "Properties": {"TargetFunctionArn": function, **url}}
    }
    if open_to_all:
        resources[f"{case.logical_id}Permission"] = {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "FunctionName": function,
                "Action": "lambda:InvokeFunctionUrl",
                "Principal": "*",
                "FunctionUrlAuthType": url["AuthType"],
            },
        }
    return resources
