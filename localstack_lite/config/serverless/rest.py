"""`http` events of a service → one REST API: a tree of resources, methods, CORS, authorizers, a deployment. Pure.

Recorded with osls 3.77: ids, the headers of `cors: true`, the template that picks one of several origins.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from localstack_lite.config.parameters import as_text
from localstack_lite.config.serverless.authorizers import authorization
from localstack_lite.config.serverless.integrations import integration, kind_of, method_responses
from localstack_lite.config.serverless.keys import add_keys
from localstack_lite.config.serverless.made import Made, Values, as_list, as_mapping, joined
from localstack_lite.config.serverless.models import parameters_of, validation
from localstack_lite.config.serverless.names import (
    normalized,
    permission_id,
    rest_method_id,
    rest_resource_id,
)
from localstack_lite.config.yaml_cfn import KeyPath

API = "ApiGatewayRestApi"
#: What `cors: true` allows.
HEADERS = (
    *("Content-Type", "X-Amz-Date", "Authorization", "X-Api-Key", "X-Amz-Security-Token"),
    *("X-Amz-User-Agent", "X-Amzn-Trace-Id"),
)

_ANY = "DELETE,GET,HEAD,PATCH,POST,PUT"
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY"})


@dataclass(frozen=True, slots=True)
class HttpEvent:
    """`path` has no slash at either end; `said` is the long form."""

    function: str
    method: str
    path: str
    said: Values
    origin: KeyPath


@dataclass(slots=True)
class _Preflight:
    """The OPTIONS method of one path, of all its events."""

    origins: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    credentials: bool = False
    age: object = None
    cache: object = None
    several: bool = False
    origin: KeyPath = ()


def http_event(made: Made, function: str, event: object, origin: KeyPath) -> HttpEvent | None:
    """None, and told, when it says no method and path."""
    if isinstance(event, str):
        method, _, path = event.strip().partition(" ")
        said: Values = {}
    else:
        said = as_mapping(event)
        method, path = as_text(said.get("method")), as_text(said.get("path"))
    method = "ANY" if method == "*" else method.strip().upper()
    if method not in _METHODS or (not path.strip() and not isinstance(event, dict)):
        what = f"function {function}: {method or 'nothing'} is no HTTP method"
        made.tell(origin, what, "write http: GET /path, or method and path", normalized(function), warning=False)
        return None
    return HttpEvent(function, method, path.strip().strip("/"), said, origin)


def add_rest_api(made: Made, events: Sequence[HttpEvent], stage: str) -> None:
    """`stage` is the API's stage. An API that is elsewhere is stood in for, unless it is for CloudFormation."""
    if not events:
        return
    gateway = as_mapping(made.service.provider.get("apiGateway"))
    elsewhere = gateway.get("restApiId")
    own = not (isinstance(elsewhere, dict) and elsewhere.get("Ref") in _declared(made))
    if elsewhere is None or (own and not made.deploying):
        _api(made, gateway, events[0].origin)
        reference: Any = {"Ref": API}
        root: Any = {"Fn::GetAtt": [API, "RootResourceId"]}
    else:
        reference, root = elsewhere, gateway.get("restApiRootResourceId")
        if isinstance(elsewhere, dict) and "Ref" in elsewhere and root is None:
            root = {"Fn::GetAtt": [elsewhere["Ref"], "RootResourceId"]}
    tree = _resources(made, events, reference, root)
    made_methods: list[str] = []
    preflights: dict[str, _Preflight] = {}
    for event in events:
        if cors := event.said.get("cors"):
            _allow(preflights.setdefault(event.path, _Preflight(origin=(*event.origin, "cors"))), event, cors)
    for path, preflight in preflights.items():
        made_methods.append(_options(made, path, preflight, tree[path], reference))
    for event in events:
        made_methods.append(_method(made, event, tree[event.path], reference, gateway))
    called = dict.fromkeys(event.function for event in events)
    for function in called:
        source = _execute(reference)
        made.permission(function, "ApiGateway", "apigateway.amazonaws.com", (), SourceArn=source)
    _deployment(made, reference, stage, made_methods)
    add_keys(made, gateway, reference, stage)


def _declared(made: Made) -> Values:
    return as_mapping(made.service.resources.get("Resources"))


def _execute(reference: Any) -> dict[str, Any]:
    place = (":execute-api:", {"Ref": "AWS::Region"}, ":", {"Ref": "AWS::AccountId"}, ":")
    return joined("arn:", {"Ref": "AWS::Partition"}, *place, reference, "/*/*")


def _api(made: Made, gateway: Values, origin: KeyPath) -> None:
    service, provider = made.service, made.service.provider
    first = gateway.get("shouldStartNameWithService", provider.get("shouldStartNameWithService"))
    usual = f"{service.name}-{service.stage}" if first is True else f"{service.stage}-{service.name}"
    endpoint = as_text(provider.get("endpointType") or gateway.get("endpointType") or "EDGE").upper()
    policy = gateway.get("resourcePolicy")
    size, source = gateway.get("minimumCompressionSize"), gateway.get("apiKeySourceType")
    properties = {
        "Name": provider.get("apiName") or usual,
        "Description": gateway.get("description"),
        "BinaryMediaTypes": gateway.get("binaryMediaTypes"),
        "EndpointConfiguration": {"Types": [endpoint]},
        "Policy": {"Version": "2012-10-17", "Statement": policy} if policy else None,
        "MinimumCompressionSize": size,
        "ApiKeySourceType": as_text(source).upper() if source else None,
        "DisableExecuteApiEndpoint": gateway.get("disableDefaultEndpoint"),
    }
    made.add(API, "AWS::ApiGateway::RestApi", properties, origin)
    url = ("https://", {"Ref": API}, ".execute-api.", {"Ref": "AWS::Region"}, ".", {"Ref": "AWS::URLSuffix"})
    stage = as_text(gateway.get("stage")) or service.stage
    made.outputs["ServiceEndpoint"] = {"Description": "URL of the service endpoint", "Value": joined(*url, f"/{stage}")}


def _resources(made: Made, events: Sequence[HttpEvent], api: Any, root: Any) -> dict[str, Any]:
    """What each path's methods hang on."""
    tree: dict[str, Any] = {"": root}
    for event in events:
        parts = event.path.split("/") if event.path else []
        for depth in range(1, len(parts) + 1):
            path = "/".join(parts[:depth])
            if path in tree:
                continue
            parent = "/".join(parts[: depth - 1])
            logical_id = rest_resource_id(path)
            properties = {"ParentId": tree[parent], "PathPart": parts[depth - 1], "RestApiId": api}
            made.add(logical_id, "AWS::ApiGateway::Resource", properties, event.origin)
            tree[path] = {"Ref": logical_id}
    return tree


def _method(made: Made, event: HttpEvent, resource: Any, api: Any, gateway: Values) -> str:
    said, request = event.said, as_mapping(event.said.get("request"))
    if (kind := kind_of(said)) != "AWS_PROXY" and made.deploying:
        what = f"{event.method} /{event.path}: an integration of type {kind} is not pushed by this version"
        made.tell(event.origin, what, "deploy it with serverless deploy", normalized(event.function), warning=False)
    properties = {
        "HttpMethod": event.method,
        "RequestParameters": parameters_of(request),
        "ResourceId": resource,
        "RestApiId": api,
        "ApiKeyRequired": bool(said.get("private")),
        **authorization(made, said.get("authorizer"), api, _execute(api), (*event.origin, "authorizer")),
        "Integration": integration(event.function, event.method, said, gateway),
        "MethodResponses": method_responses(said),
        **validation(made, event.path, event.method, request, api, event.origin),
        "OperationName": said.get("operationId") or said.get("operationName"),
    }
    logical_id = rest_method_id(event.path, event.method)
    waits = [permission_id(event.function, "ApiGateway")]
    made.add(logical_id, "AWS::ApiGateway::Method", properties, event.origin, DependsOn=waits)
    return logical_id


def _allow(preflight: _Preflight, event: HttpEvent, cors: object) -> None:
    said = as_mapping(cors)
    origins = said.get("origins", said.get("origin"))
    listed = [part.strip() for each in as_list(origins) for part in as_text(each).split(",")] or ["*"]
    preflight.several = preflight.several or isinstance(origins, list) or len(listed) > 1
    headers = [as_text(each) for each in as_list(said.get("headers"))] or list(HEADERS)
    methods = [as_text(each).upper() for each in as_list(said.get("methods"))] or ["OPTIONS"]
    for into, new in (
        (preflight.origins, listed),
        (preflight.headers, headers),
        (preflight.methods, [*methods, *(["OPTIONS"] if "OPTIONS" not in methods else []), event.method]),
    ):
        into += [one for one in dict.fromkeys(new) if one not in into]
    preflight.credentials = preflight.credentials or as_text(said.get("allowCredentials")) == "true"
    preflight.age = said.get("maxAge") or preflight.age
    preflight.cache = said.get("cacheControl") or preflight.cache


def _options(made: Made, path: str, preflight: _Preflight, resource: Any, api: Any) -> str:
    allowed = ",".join(_ANY if method == "ANY" else method for method in preflight.methods)
    headers = {
        "Access-Control-Allow-Origin": preflight.origins[0],
        "Access-Control-Allow-Headers": ",".join(preflight.headers),
        "Access-Control-Allow-Methods": allowed,
        **({"Access-Control-Allow-Credentials": "true"} if preflight.credentials else {}),
        **({"Access-Control-Max-Age": as_text(preflight.age)} if preflight.age else {}),
        **({"Cache-Control": as_text(preflight.cache)} if preflight.cache else {}),
    }
    responses = {f"method.response.header.{name}": True for name in headers}
    integration = {
        "Type": "MOCK",
        "RequestTemplates": {"application/json": "{statusCode:200}"},
        "ContentHandling": "CONVERT_TO_TEXT",
        "IntegrationResponses": [
            {
                "StatusCode": "200",
                "ResponseParameters": {
                    f"method.response.header.{name}": f"'{value}'" for name, value in headers.items()
                },
                "ResponseTemplates": {"application/json": _picks(preflight.origins) if preflight.several else ""},
            }
        ],
    }
    properties = {
        "AuthorizationType": "NONE",
        "HttpMethod": "OPTIONS",
        "MethodResponses": [{"StatusCode": "200", "ResponseParameters": responses, "ResponseModels": {}}],
        "RequestParameters": {},
        "Integration": integration,
        "ResourceId": resource,
        "RestApiId": api,
    }
    logical_id = rest_method_id(path, "options")
    made.add(logical_id, "AWS::ApiGateway::Method", properties, preflight.origin)
    return logical_id


def _picks(origins: Sequence[str]) -> str:
    """A mapping template that answers the origin that asked, when it is allowed."""
    fits = " || ".join(f'$origin.matches("{one.replace(".", "[.]").replace("*", ".+", 1)}")' for one in origins)
    return (
        '#set($origin = $input.params("Origin"))\n'
        '#if($origin == "") #set($origin = $input.params("origin")) #end\n'
        f"#if({fits}) #set($context.responseOverride.header.Access-Control-Allow-Origin = $origin) #end"
    )


def _deployment(made: Made, api: Any, stage: str, methods: Sequence[str]) -> None:
    """Another id for other methods: a deployment is never changed."""
    content = json.dumps([made.resources[one] for one in methods], sort_keys=True, default=str)
    logical_id = f"ApiGatewayDeployment{sha256(content.encode()).hexdigest()[:13]}"
    waits = list(dict.fromkeys(methods))
    properties: Mapping[str, Any] = {"RestApiId": api, "StageName": stage}
    made.add(logical_id, "AWS::ApiGateway::Deployment", properties, (), DependsOn=waits)
