"""`httpApi` events of a service → an HTTP API. Pure. Recorded with osls 3.77."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from localstack_lite.config.parameters import as_text
from localstack_lite.config.serverless.made import Made, Values, arn_of, as_list, as_mapping, invocation_uri, joined
from localstack_lite.config.serverless.names import http_route_id, normalized, plain, upper_first
from localstack_lite.config.serverless.rest import HEADERS
from localstack_lite.config.yaml_cfn import KeyPath

API = "HttpApi"
#: What `cors` allows where a route takes any method; else it is what the routes take.
_METHODS = ("OPTIONS", "GET", "POST", "PUT", "PATCH", "HEAD", "DELETE")


@dataclass(frozen=True, slots=True)
class HttpApiEvent:
    """`key` is the route key as AWS writes it."""

    function: str
    key: str
    said: Values
    origin: KeyPath


def http_api_event(made: Made, function: str, event: object, origin: KeyPath) -> HttpApiEvent | None:
    """None, and told, when it says no route."""
    said = as_mapping(event)
    text = as_text(event).strip() if isinstance(event, str) else ""
    method, path = (as_text(said.get("method")) or "*", as_text(said.get("path"))) if said else ("", text)
    if not said and text != "*":
        method, _, path = text.partition(" ")
    if path.strip() == "*":
        return HttpApiEvent(function, "$default", said, origin)
    if not path.strip().startswith("/"):
        what = f"function {function}: httpApi {text or path or 'without a path'} is no route"
        made.tell(origin, what, "write httpApi: GET /path, or '*'", normalized(function), warning=False)
        return None
    verb = "ANY" if method.strip().upper() in ("*", "ANY") else method.strip().upper()
    return HttpApiEvent(function, f"{verb} {path.strip()}", said, origin)


def add_http_api(made: Made, events: Sequence[HttpApiEvent]) -> None:
    """An API that is elsewhere is stood in for, unless it is for CloudFormation."""
    if not events:
        return
    said = as_mapping(made.service.provider.get("httpApi"))
    elsewhere = said.get("id")
    declared = as_mapping(made.service.resources.get("Resources"))
    here = isinstance(elsewhere, dict) and elsewhere.get("Ref") in declared
    reference: Any = {"Ref": API}
    if elsewhere is not None and (made.deploying or here):
        reference = elsewhere
    else:
        _api(made, said, events)
    authorizers = as_mapping(said.get("authorizers"))
    for function in dict.fromkeys(event.function for event in events):
        _integration(made, function, said, reference)
    for event in events:
        _route(made, event, reference, authorizers)


def _api(made: Made, said: Values, events: Sequence[HttpApiEvent]) -> None:
    service, origin = made.service, events[0].origin
    first = said.get("shouldStartNameWithService") is True
    usual = f"{service.name}-{service.stage}" if first else f"{service.stage}-{service.name}"
    properties = {
        "Name": said.get("name") or usual,
        "ProtocolType": "HTTP",
        "CorsConfiguration": _cors(said.get("cors"), events),
        "DisableExecuteApiEndpoint": said.get("disableDefaultEndpoint"),
    }
    made.add(API, "AWS::ApiGatewayV2::Api", properties, origin, {"CorsConfiguration": ("provider", "httpApi", "cors")})
    stage = {"ApiId": {"Ref": API}, "StageName": "$default", "AutoDeploy": True}
    made.add("HttpApiStage", "AWS::ApiGatewayV2::Stage", stage, origin)
    url = ("https://", {"Ref": API}, ".execute-api.", {"Ref": "AWS::Region"}, ".", {"Ref": "AWS::URLSuffix"})
    made.outputs["HttpApiId"] = {"Description": "Id of the HTTP API", "Value": {"Ref": API}}
    made.outputs["HttpApiUrl"] = {"Description": "URL of the HTTP API", "Value": joined(*url)}


def _cors(cors: object, events: Sequence[HttpApiEvent]) -> dict[str, Any] | None:
    """True is everything that the routes take; what a mapping leaves out is what true has."""
    if not cors:
        return None
    said = as_mapping(cors)
    verbs = ["ANY" if event.key == "$default" else event.key.partition(" ")[0] for event in events]
    taken = _METHODS if "ANY" in verbs else tuple(dict.fromkeys(("OPTIONS", *verbs)))
    found = {
        "AllowCredentials": said.get("allowCredentials"),
        "AllowHeaders": as_list(said.get("allowedHeaders")) or list(HEADERS),
        "AllowMethods": as_list(said.get("allowedMethods")) or list(taken),
        "AllowOrigins": as_list(said.get("allowedOrigins")) or ["*"],
        "ExposeHeaders": as_list(said.get("exposedResponseHeaders")) or None,
        "MaxAge": said.get("maxAge"),
    }
    return {name: value for name, value in found.items() if value is not None}


def _integration(made: Made, function: str, said: Values, api: Any) -> None:
    own = as_mapping(made.service.functions[function].get("httpApi"))
    payload = as_text(own.get("payload") or said.get("payload") or "2.0")
    properties = {
        "ApiId": api,
        "IntegrationType": "AWS_PROXY",
        "IntegrationUri": arn_of(function),
        "PayloadFormatVersion": payload,
        "TimeoutInMillis": 30000,
    }
    origin = made.service.paths[function]
    made.add(f"HttpApiIntegration{normalized(function)}", "AWS::ApiGatewayV2::Integration", properties, origin)
    place = (":execute-api:", {"Ref": "AWS::Region"}, ":", {"Ref": "AWS::AccountId"}, ":")
    source = joined("arn:", {"Ref": "AWS::Partition"}, *place, api, "/*")
    made.permission(function, "HttpApi", "apigateway.amazonaws.com", origin, SourceArn=source)


def _route(made: Made, event: HttpApiEvent, api: Any, authorizers: Values) -> None:
    integration = f"HttpApiIntegration{normalized(event.function)}"
    properties: dict[str, Any] = {
        "ApiId": api,
        "RouteKey": event.key,
        "Target": {"Fn::Join": ["/", ["integrations", {"Ref": integration}]]},
    }
    authorizer = event.said.get("authorizer")
    if authorizer:
        said = as_mapping(authorizer) if not isinstance(authorizer, str) else {"name": authorizer}
        properties |= _authorization(made, said, authorizers, api, (*event.origin, "authorizer"))
    made.add(http_route_id(event.key), "AWS::ApiGatewayV2::Route", properties, event.origin, DependsOn=integration)


def _authorization(made: Made, said: Values, authorizers: Values, api: Any, origin: KeyPath) -> dict[str, Any]:
    name, kind = as_text(said.get("name")), as_text(said.get("type")).lower()
    if "aws_iam" in (kind, name.lower()):
        return {"AuthorizationType": "AWS_IAM"}
    if said.get("id") is not None:
        return {"AuthorizationType": "CUSTOM" if kind == "request" else "JWT", "AuthorizerId": said["id"]}
    declared = as_mapping(authorizers.get(name))
    if not declared:
        made.tell(origin, f"there is no authorizer {name}", "define it in provider.httpApi.authorizers", name)
    logical_id = f"HttpApiAuthorizer{plain(upper_first(name))}"
    custom = as_text(declared.get("type")).lower() == "request"
    if logical_id not in made.resources:
        _authorizer(made, logical_id, name, declared, api, custom=custom)
    return {
        "AuthorizationType": "CUSTOM" if custom else "JWT",
        "AuthorizerId": {"Ref": logical_id},
        "AuthorizationScopes": said.get("scopes"),
    }


def _authorizer(made: Made, logical_id: str, name: str, said: Values, api: Any, *, custom: bool) -> None:
    origin = ("provider", "httpApi", "authorizers", name)
    properties: dict[str, Any] = {
        "ApiId": api,
        "Name": name,
        "IdentitySource": as_list(said.get("identitySource")),
        "AuthorizerType": "REQUEST" if custom else "JWT",
    }
    if custom:
        function = as_text(said.get("functionName"))
        arn = said.get("functionArn") or (arn_of(function) if function in made.service.functions else function)
        properties |= {
            "AuthorizerUri": invocation_uri(arn),
            "AuthorizerPayloadFormatVersion": as_text(said.get("payloadVersion")) or "2.0",
            "EnableSimpleResponses": said.get("enableSimpleResponses"),
            "AuthorizerResultTtlInSeconds": said.get("resultTtlInSeconds"),
        }
        if function in made.service.functions:
            made.permission(function, "HttpApiAuthorizer", "apigateway.amazonaws.com", origin)
    else:
        properties["JwtConfiguration"] = {"Audience": as_list(said.get("audience")), "Issuer": said.get("issuerUrl")}
    made.add(logical_id, "AWS::ApiGatewayV2::Authorizer", properties, origin)
