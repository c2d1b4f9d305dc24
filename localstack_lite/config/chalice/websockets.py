"""The WebSocket API of a Chalice app: `on_ws_connect`, `on_ws_message`, `on_ws_disconnect` → resources. Pure.

Recorded with `chalice package` 1.34. Nothing goes back to the client but what the app sends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from localstack_lite.config.chalice.app import ChaliceFunction

API = "WebsocketAPI"
_REFERENCE = {"Ref": API}


@dataclass(frozen=True, slots=True)
class SocketRoute:
    """`name` is the function's, whatever the app calls it."""

    key: str
    name: str
    logical_id: str


#: By the decorator.
ROUTES = {
    "on_ws_connect": SocketRoute("$connect", "websocket_connect", "WebsocketConnect"),
    "on_ws_message": SocketRoute("$default", "websocket_message", "WebsocketMessage"),
    "on_ws_disconnect": SocketRoute("$disconnect", "websocket_disconnect", "WebsocketDisconnect"),
}


def websocket_api(
    functions: Sequence[ChaliceFunction], name: str, stage: str
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Logical id, type and properties of each resource; none when no function is of such an API. `name` is
    `APP-STAGE`."""
    if not functions:
        return
    properties = {
        "Name": f"{name}-websocket-api",
        "RouteSelectionExpression": "$request.body.action",
        "ProtocolType": "WEBSOCKET",
    }
    yield API, "AWS::ApiGatewayV2::Api", properties
    for route in dict.fromkeys(ROUTES[one.kind] for one in functions):
        integration = f"{route.logical_id}APIIntegration"
        called = {"Fn::GetAtt": [route.logical_id, "Arn"]}
        yield (
            integration,
            "AWS::ApiGatewayV2::Integration",
            {"ApiId": _REFERENCE, "IntegrationType": "AWS_PROXY", "IntegrationUri": called},
        )
        target = {"Fn::Join": ["/", ["integrations", {"Ref": integration}]]}
        yield (
            f"{route.logical_id}Route",
            "AWS::ApiGatewayV2::Route",
            {"ApiId": _REFERENCE, "RouteKey": route.key, "Target": target},
        )
    yield "WebsocketAPIStage", "AWS::ApiGatewayV2::Stage", {"ApiId": _REFERENCE, "StageName": stage}
