"""APIs whose definition changed, and nothing else of them: a call each, in place of a stack deploy. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from localstack_lite.sync.canonical import properties
from localstack_lite.sync.ground import Ground, parted
from localstack_lite.sync.steps import UpdateApi
from localstack_lite.sync.values import names

REST = "AWS::ApiGateway::RestApi"
HTTP = "AWS::ApiGatewayV2::Api"
BODY = "Body"
_STAGES = {REST: ("AWS::ApiGateway::Stage", "RestApiId"), HTTP: ("AWS::ApiGatewayV2::Stage", "ApiId")}
#: Putting a body over an API also resets what CloudFormation sets by properties beside it. So it is said in the body as
#: well, in API Gateway's OpenAPI extensions.
_BESIDE = {
    "ApiKeySourceType": "x-amazon-apigateway-api-key-source",
    "BinaryMediaTypes": "x-amazon-apigateway-binary-media-types",
    "MinimumCompressionSize": "x-amazon-apigateway-minimum-compression-size",
    "Policy": "x-amazon-apigateway-policy",
}
_CORS = "x-amazon-apigateway-cors"
_CLOSED = "DisableExecuteApiEndpoint"
_ENDPOINT = "x-amazon-apigateway-endpoint-configuration"


def api_step(ground: Ground, id: str, type: str) -> UpdateApi:
    """LookupError when the body cannot be known without CloudFormation."""
    name = ground.remote.physical(id)
    if not name:
        raise LookupError("AWS does not tell its id")
    body = ground.value(id, BODY)
    if not isinstance(body, Mapping):
        raise LookupError("it has no body in the template any more")
    told = _rest(ground, id, body) if type == REST else _http(ground, id, body)
    text = json.dumps(told, separators=(",", ":"), default=str)
    return UpdateApi(id, name, text, "its body changed", type == HTTP, _stages(ground, id, type))


def _rest(ground: Ground, id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    told = (*_BESIDE, _CLOSED, "Name", "Description")
    beside = ground.resolved(id, {name: value for name, value in ground.wanted(id).items() if name in told})
    made = _titled(body, beside)
    if str(beside.get(_CLOSED)).lower() == "true":
        made.setdefault(_ENDPOINT, {"disableExecuteApiEndpoint": True})
    for name, extension in _BESIDE.items():
        if name in beside:
            made.setdefault(extension, beside[name])
    return made


def _http(ground: Ground, id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    told = ("Name", "Description", "CorsConfiguration")
    beside = ground.resolved(id, {name: value for name, value in ground.wanted(id).items() if name in told})
    made = _titled(body, beside)
    if isinstance(cors := beside.get("CorsConfiguration"), Mapping):
        made.setdefault(_CORS, {name[:1].lower() + name[1:]: value for name, value in cors.items()})
    return made


def _titled(body: Mapping[str, Any], beside: Mapping[str, Any]) -> dict[str, Any]:
    info = body.get("info")
    told = dict(info) if isinstance(info, Mapping) else {"version": "1.0"}
    if beside.get("Name"):
        told["title"] = beside["Name"]
    if beside.get("Description"):
        told["description"] = beside["Description"]
    return {**body, "info": told}


def _stages(ground: Ground, id: str, type: str) -> tuple[str, ...]:
    """Names of the API's stages that do not deploy by themselves."""
    kind, owner = _STAGES[type]
    path, logical = parted(id)
    found = []
    for stage, resource in ground.resources(kind):
        of = properties(resource).get(owner)
        if parted(stage)[0] != path or logical not in names(of) or not ground.exists(stage):
            continue
        automatic = ground.value(stage, "AutoDeploy") if type == HTTP else False
        if str(automatic).lower() != "true":
            found.append(str(ground.value(stage, "StageName") or ground.remote.physical(stage)))
    return tuple(found)
