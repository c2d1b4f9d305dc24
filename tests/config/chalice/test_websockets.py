"""Recorded with `chalice package` 1.34."""

from localstack_lite.config.chalice.app import ChaliceFunction
from localstack_lite.config.chalice.websockets import websocket_api


def function(kind):
    return ChaliceFunction("f", kind, "app.f", {}, "app.py", 1)


def test_each_decorator_is_a_route():
    functions = [function(kind) for kind in ("on_ws_connect", "on_ws_message", "on_ws_disconnect")]
    made = {logical_id: (kind, given) for logical_id, kind, given in websocket_api(functions, "shop-dev", "api")}
    assert made["WebsocketAPI"] == (
        "AWS::ApiGatewayV2::Api",
        {
            "Name": "shop-dev-websocket-api",
            "RouteSelectionExpression": "$request.body.action",
            "ProtocolType": "WEBSOCKET",
        },
    )
    routes = {name: given["RouteKey"] for name, (kind, given) in made.items() if kind.endswith("Route")}
    assert routes == {
        "WebsocketConnectRoute": "$connect",
        "WebsocketMessageRoute": "$default",
        "WebsocketDisconnectRoute": "$disconnect",
    }
    assert made["WebsocketConnectAPIIntegration"][1]["IntegrationUri"] == {"Fn::GetAtt": ["WebsocketConnect", "Arn"]}
    assert made["WebsocketAPIStage"][1]["StageName"] == "api"


def test_an_app_without_sockets_has_no_such_api():
    assert list(websocket_api([], "shop-dev", "api")) == []
