"""`websocket` events of a service → a WebSocket API. Pure. Recorded with osls 3.77."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from localstack_lite.config.parameters import as_text
from localstack_lite.config.serverless.made import Made, Values, arn_of, as_list, as_mapping, invocation_uri
from localstack_lite.config.serverless.names import normalized
from localstack_lite.config.yaml_cfn import KeyPath

API = "WebsocketsApi"
_SOURCE = "route.request.header.Auth"
_REFERENCE = {"Ref": API}


@dataclass(frozen=True, slots=True)
class SocketEvent:
    function: str
    route: str
    said: Values
    origin: KeyPath


def socket_event(function: str, event: object, origin: KeyPath) -> SocketEvent:
    said = as_mapping(event)
    return SocketEvent(function, as_text(said.get("route") if said else event), said, origin)


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
    made.add(API, "AWS::ApiGatewayV2::Api", properties, events[0].origin)
    for function in dict.fromkeys(event.function for event in events):
        integration = {
            "ApiId": _REFERENCE,
            "IntegrationType": "AWS_PROXY",
            "IntegrationUri": invocation_uri(arn_of(function)),
        }
        origin = service.paths[function]
        made.add(_integration(function), "AWS::ApiGatewayV2::Integration", integration, origin)
        made.permission(function, "Websockets", "apigateway.amazonaws.com", origin)
    waits = [name for event in events for name in _route(made, event)]
    described = {"ApiId": _REFERENCE, "Description": "Serverless Websockets"}
    made.add("WebsocketsDeployment", "AWS::ApiGatewayV2::Deployment", described, (), DependsOn=waits)
    stage = {"ApiId": _REFERENCE, "StageName": service.stage, "DeploymentId": {"Ref": "WebsocketsDeployment"}}
    made.add("WebsocketsDeploymentStage", "AWS::ApiGatewayV2::Stage", stage, ())
    made.right(
        ("execute-api:ManageConnections",), {"Fn::Sub": "arn:${AWS::Partition}:execute-api:*:*:*/@connections/*"}
    )


def _integration(function: str) -> str:
    return f"{normalized(function)}WebsocketsIntegration"


def _route(made: Made, event: SocketEvent) -> list[str]:
    """The logical ids of what a deployment waits for. A reply goes back where an expression chooses one."""
    logical_id = f"{event.route.replace('$', 'S')}WebsocketsRoute"
    logical_id = "".join(sign for sign in logical_id if sign.isalnum())
    expression = event.said.get("routeResponseSelectionExpression")
    route = {
        "ApiId": _REFERENCE,
        "RouteKey": event.route,
        **_authorization(made, event),
        "Target": {"Fn::Join": ["/", ["integrations", {"Ref": _integration(event.function)}]]},
        "RouteResponseSelectionExpression": expression,
    }
    made.add(logical_id, "AWS::ApiGatewayV2::Route", route, event.origin)
    if not expression:
        return [logical_id]
    response = {"ApiId": _REFERENCE, "RouteId": {"Ref": logical_id}, "RouteResponseKey": "$default"}
    made.add(f"{logical_id}Response", "AWS::ApiGatewayV2::RouteResponse", response, event.origin)
    return [f"{logical_id}Response", logical_id]


def _authorization(made: Made, event: SocketEvent) -> dict[str, Any]:
    authorizer = event.said.get("authorizer")
    if not authorizer:
        return {"AuthorizationType": "NONE"}
    if isinstance(authorizer, str):
        if authorizer.upper() == "AWS_IAM":
            return {"AuthorizationType": "AWS_IAM"}
        authorizer = {"arn" if authorizer.startswith("arn:") else "name": authorizer}
    said, origin = as_mapping(authorizer), (*event.origin, "authorizer")
    arn, name = said.get("arn"), as_text(said.get("name"))
    if arn is None and name not in made.service.functions:
        made.tell(origin, f"there is no function {name} to authorize with", "name a function or an arn", name)
    shown = name or as_text(arn).rpartition(":")[2] or "Authorizer"
    logical_id = f"{normalized(shown)}WebsocketsAuthorizer"
    properties = {
        "ApiId": _REFERENCE,
        "Name": shown,
        "AuthorizerType": "REQUEST",
        "AuthorizerUri": invocation_uri(arn if arn is not None else arn_of(name)),
        "IdentitySource": as_list(said.get("identitySource")) or [_SOURCE],
    }
    made.add(logical_id, "AWS::ApiGatewayV2::Authorizer", properties, origin)
    if arn is None and name in made.service.functions:
        made.permission(name, "Websockets", "apigateway.amazonaws.com", origin)
    return {"AuthorizationType": "CUSTOM", "AuthorizerId": {"Ref": logical_id}}
