"""`httpApi` and `websocket` events of a service → an HTTP API and a WebSocket API. Pure. Recorded with osls 3.77."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from localstack_lite.config.parameters import as_text
from localstack_lite.config.serverless_made import Made, Values, arn_of, as_list, as_mapping, invocation_uri, joined
from localstack_lite.config.serverless_names import http_route_id, normalized, plain, upper_first
from localstack_lite.config.serverless_rest import HEADERS
from localstack_lite.config.yaml_cfn import KeyPath

API, SOCKETS = "HttpApi", "WebsocketsApi"
_METHODS = ("OPTIONS", "GET", "POST", "PUT", "PATCH", "HEAD", "DELETE")


@dataclass(frozen=True, slots=True)
class HttpApiEvent:
    """`key` is the route key as AWS writes it."""

    function: str
    key: str
    said: Values
    origin: KeyPath


@dataclass(frozen=True, slots=True)
class SocketEvent:
    function: str
    route: str
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


def socket_event(function: str, event: object, origin: KeyPath) -> SocketEvent:
    said = as_mapping(event)
    return SocketEvent(function, as_text(said.get("route") if said else event), said, origin)


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
        _api(made, said, events[0].origin)
    authorizers = as_mapping(said.get("authorizers"))
    for function in dict.fromkeys(event.function for event in events):
        _integration(made, function, said, reference)
    for event in events:
        _route(made, event, reference, authorizers)


def _api(made: Made, said: Values, origin: KeyPath) -> None:
    service = made.service
    first = said.get("shouldStartNameWithService") is True
    usual = f"{service.name}-{service.stage}" if first else f"{service.stage}-{service.name}"
    properties = {
        "Name": said.get("name") or usual,
        "ProtocolType": "HTTP",
        "CorsConfiguration": _cors(said.get("cors")),
        "DisableExecuteApiEndpoint": said.get("disableDefaultEndpoint"),
    }
    made.add(API, "AWS::ApiGatewayV2::Api", properties, origin, {"CorsConfiguration": ("provider", "httpApi", "cors")})
    stage = {"ApiId": {"Ref": API}, "StageName": "$default", "AutoDeploy": True}
    made.add("HttpApiStage", "AWS::ApiGatewayV2::Stage", stage, origin)
    url = ("https://", {"Ref": API}, ".execute-api.", {"Ref": "AWS::Region"}, ".", {"Ref": "AWS::URLSuffix"})
    made.outputs["HttpApiId"] = {"Description": "Id of the HTTP API", "Value": {"Ref": API}}
    made.outputs["HttpApiUrl"] = {"Description": "URL of the HTTP API", "Value": joined(*url)}


def _cors(cors: object) -> dict[str, Any] | None:
    """True is everything; what a mapping leaves out is what true has."""
    if not cors:
        return None
    said = as_mapping(cors)
    found = {
        "AllowCredentials": said.get("allowCredentials"),
        "AllowHeaders": as_list(said.get("allowedHeaders")) or list(HEADERS),
        "AllowMethods": as_list(said.get("allowedMethods")) or list(_METHODS),
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


def add_websocket_api(made: Made, events: Sequence[SocketEvent]) -> None:
    if not events:
        return
    service, provider = made.service, made.service.provider
    properties = {
        "Name": provider.get("websocketsApiName") or f"{service.stage}-{service.name}-websockets",
        "RouteSelectionExpression": provider.get("websocketsApiRouteSelectionExpression") or "$request.body.action",
        "Description": provider.get("websocketsDescription") or "Serverless Websockets",
        "ProtocolType": "WEBSOCKET",
    }
    made.add(SOCKETS, "AWS::ApiGatewayV2::Api", properties, events[0].origin)
    reference = {"Ref": SOCKETS}
    waits: list[str] = []
    for function in dict.fromkeys(event.function for event in events):
        integration = {
            "ApiId": reference,
            "IntegrationType": "AWS_PROXY",
            "IntegrationUri": invocation_uri(arn_of(function)),
        }
        origin = service.paths[function]
        made.add(f"{normalized(function)}WebsocketsIntegration", "AWS::ApiGatewayV2::Integration", integration, origin)
        made.permission(function, "Websockets", "apigateway.amazonaws.com", origin)
    for event in events:
        logical_id = f"{event.route.replace('$', 'S')}WebsocketsRoute"
        logical_id = "".join(sign for sign in logical_id if sign.isalnum())
        target = {"Fn::Join": ["/", ["integrations", {"Ref": f"{normalized(event.function)}WebsocketsIntegration"}]]}
        authorizer = event.said.get("authorizer")
        by_iam = as_text(authorizer).upper() == "AWS_IAM" if isinstance(authorizer, str) else False
        if authorizer and not by_iam:  # it must not come to stand open
            what = f"the authorizer of the WebSocket route {event.route} is not read by this version"
            made.tell((*event.origin, "authorizer"), what, "the route is left out", event.route, warning=False)
            continue
        route = {
            "ApiId": reference,
            "RouteKey": event.route,
            "AuthorizationType": "AWS_IAM" if by_iam else "NONE",
            "Target": target,
            "RouteResponseSelectionExpression": event.said.get("routeResponseSelectionExpression"),
        }
        made.add(logical_id, "AWS::ApiGatewayV2::Route", route, event.origin)
        waits.append(logical_id)
    described = {"ApiId": reference, "Description": "Serverless Websockets"}
    made.add("WebsocketsDeployment", "AWS::ApiGatewayV2::Deployment", described, (), DependsOn=waits)
    stage = {"ApiId": reference, "StageName": service.stage, "DeploymentId": {"Ref": "WebsocketsDeployment"}}
    made.add("WebsocketsDeploymentStage", "AWS::ApiGatewayV2::Stage", stage, ())
    made.right(
        ("execute-api:ManageConnections",), {"Fn::Sub": "arn:${AWS::Partition}:execute-api:*:*:*/@connections/*"}
    )
