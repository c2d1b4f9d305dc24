"""A page and the APIs that it calls from its own origin: what a browser, and no other client, holds a gateway to.

`site` serves the page, `orders` is a REST API whose preflights are the MOCK methods that SAM makes of `Cors`, `items`
an HTTP API with `CorsConfiguration`, `chat` a WebSocket API.
"""

from __future__ import annotations

from typing import Any

from tests.live.templates import function, sam

PAGE = """<!doctype html><meta charset=utf-8><title>gateway</title>
<style>body { font: 15px system-ui; margin: 2em } dt { font-weight: 600 } dd { margin-bottom: .4em }</style>
<h1>What the browser saw</h1><dl id=seen></dl><p id=end>…</p>
<script>
const port = location.port, secure = location.protocol === "https:";
const at = name => `${location.protocol}//${name}.localhost:${port}`;
const seen = {};
const tell = (name, value) => {
  seen[name] = value;
  document.getElementById("seen").insertAdjacentHTML("beforeend", "<dt></dt><dd></dd>");
  document.querySelector("dt:last-of-type").textContent = name;
  document.querySelector("dd:last-of-type").textContent = JSON.stringify(value);
};
async function call(url, options = {}) {
  try {
    const reply = await fetch(url, options);
    return [reply.status, await reply.json(), reply.headers.get("X-Made"), reply.headers.get("X-Hidden")];
  } catch (error) { return error.name; }
}
const json = {method: "POST", credentials: "include", headers: {"Content-Type": "application/json"}, body: '{"n": 1}'};
const marked = {...json, headers: {...json.headers, "X-Mark": "me"}};
function chat(path, protocols, messages) {
  return new Promise(resolve => {
    const got = [], socket = new WebSocket(at("chat").replace("http", "ws") + path, protocols);
    socket.onopen = () => { got.push(["open", socket.protocol]); socket.send(messages.shift()); };
    socket.onmessage = message => {
      got.push(message.data);
      const next = messages.shift();
      next === undefined ? socket.close(4001, "enough") : socket.send(next);
    };
    socket.onclose = close => { got.push(["close", close.code, close.reason, close.wasClean]); resolve(got); };
  });
}
(async () => {
  tell("page cookies", document.cookie);
  tell("own", await call("/own"));
  for (const api of ["orders", "items"]) {
    tell(`${api} first`, await call(`${at(api)}/${api}`, json));
    tell(`${api} again`, await call(`${at(api)}/${api}`, marked));
    tell(`${api} without credentials`, await call(`${at(api)}/${api}`, {...json, credentials: "omit"}));
    tell(`${api} method not allowed`, await call(`${at(api)}/${api}`, {...json, method: "DELETE"}));
    tell(`${api} header not allowed`, await call(`${at(api)}/${api}`, {...json, headers: {"X-Other": "1"}}));
  }
  tell("chat", await chat("/dev", ["old", "chat.v2"], ['{"action":"echo","text":"grüße"}', '{"action":"push"}']));
  tell("chat ended by the backend", await chat("/dev", [], ['{"action":"echo"}', '{"action":"end"}']));
  tell("chat refused", await chat("/dev?refuse=1", [], []));
  document.getElementById("end").textContent = "end";
})();
</script>"""

APP = f'''
import json
import os

PAGE = """{PAGE}"""
ORIGIN = os.environ["ORIGIN"]
SECURE = "SameSite=None; Secure; HttpOnly; Partitioned"

def page(event, context):
    cookies = ["hidden=1; HttpOnly; SameSite=Strict", "shown=2; SameSite=Lax"]
    headers = {{"Content-Type": "text/html; charset=utf-8"}}
    return {{"statusCode": 200, "headers": headers, "cookies": cookies, "body": PAGE}}

def own(event, context):
    return {{"statusCode": 200, "body": json.dumps(sorted(event.get("cookies", [])))}}

def orders(event, context):
    """A REST API: CORS headers are the function's own affair."""
    cookies = event["headers"].get("Cookie") or event["headers"].get("cookie") or ""
    answer = {{"cookies": sorted(filter(None, cookies.split("; "))), "mark": event["headers"].get("X-Mark")}}
    headers = {{"Access-Control-Allow-Origin": ORIGIN, "Access-Control-Allow-Credentials": "true",
               "Access-Control-Expose-Headers": "X-Made", "X-Made": "rest", "X-Hidden": "yes"}}
    several = {{"Set-Cookie": ["far=1; " + SECURE, "lax=2; SameSite=Lax"]}}
    return {{"statusCode": 201, "headers": headers, "multiValueHeaders": several, "body": json.dumps(answer)}}

def items(event, context):
    """An HTTP API: the gateway says it, whatever the function does."""
    answer = {{"cookies": sorted(event.get("cookies", [])), "mark": event["headers"].get("x-mark")}}
    headers = {{"Access-Control-Allow-Origin": "http://wrong.example", "X-Made": "http", "X-Hidden": "yes"}}
    cookies = ["far=1; " + SECURE, "lax=2; SameSite=Lax"]
    return {{"statusCode": 201, "headers": headers, "cookies": cookies, "body": json.dumps(answer)}}

def connect(event, context):
    if event.get("queryStringParameters"):
        return {{"statusCode": 403}}
    offered = event["headers"].get("Sec-WebSocket-Protocol", "")
    if "chat.v2" not in offered:
        return {{"statusCode": 200}}
    return {{"statusCode": 200, "headers": {{"Sec-WebSocket-Protocol": "chat.v2"}}}}

def message(event, context):
    import boto3
    api = boto3.client("apigatewaymanagementapi")
    connection = event["requestContext"]["connectionId"]
    route = event["requestContext"]["routeKey"]
    if route == "push":
        api.post_to_connection(ConnectionId=connection, Data="pushed Ω".encode())
    if route == "end":
        api.delete_connection(ConnectionId=connection)
    echo = json.dumps({{"echo": json.loads(event["body"]).get("text")}}, ensure_ascii=False)
    return {{"statusCode": 200, "body": echo}}
'''

_URI = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${%s.Arn}/invocations"


def _chat(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::ApiGatewayV2::{kind}", "Properties": {"ApiId": {"Ref": "Chat"}, **properties}}


def _called(handler: str, api: str, kind: str, *routes: str, origin: str) -> dict[str, Any]:
    made = function(handler, *routes, Environment={"Variables": {"ORIGIN": origin}})
    for event in made["Properties"]["Events"].values():
        event["Type"] = kind
        event["Properties"]["RestApiId" if kind == "Api" else "ApiId"] = {"Ref": api}
    return made


def files(origin: str) -> dict[str, str]:
    """`origin` is that of the page: the others allow it and nobody else."""
    cors = {
        "AllowOrigin": f"'{origin}'",
        "AllowHeaders": "'Content-Type,X-Mark'",
        "AllowMethods": "'POST,OPTIONS'",
        "AllowCredentials": True,
    }
    configured = {
        "AllowOrigins": [origin],
        "AllowHeaders": ["content-type", "x-mark"],
        "AllowMethods": ["POST"],
        "ExposeHeaders": ["x-made"],
        "AllowCredentials": True,
    }
    resources: dict[str, Any] = {
        "Site": {"Type": "AWS::Serverless::HttpApi"},
        "Orders": {"Type": "AWS::Serverless::Api", "Properties": {"StageName": "live", "Cors": cors}},
        "Items": {"Type": "AWS::Serverless::HttpApi", "Properties": {"CorsConfiguration": configured}},
        "Page": _called("app.page", "Site", "HttpApi", "GET /", origin=origin),
        "Own": _called("app.own", "Site", "HttpApi", "GET /own", origin=origin),
        "Order": _called("app.orders", "Orders", "Api", "POST /orders", "DELETE /orders", origin=origin),
        "Item": _called("app.items", "Items", "HttpApi", "POST /items", "DELETE /items", origin=origin),
        "Connect": function("app.connect", Environment={"Variables": {"ORIGIN": origin}}),
        "Message": function("app.message", Environment={"Variables": {"ORIGIN": origin}}),
        "Chat": {
            "Type": "AWS::ApiGatewayV2::Api",
            "Properties": {
                "Name": "chat",
                "ProtocolType": "WEBSOCKET",
                "RouteSelectionExpression": "$request.body.action",
            },
        },
        "Stage": _chat("Stage", StageName="dev", AutoDeploy=True),
    }
    for name in ("Connect", "Message"):
        uri = {"Fn::Sub": _URI % name}
        resources[f"{name}Integration"] = _chat("Integration", IntegrationType="AWS_PROXY", IntegrationUri=uri)
    for key in ("$connect", "echo", "push", "end"):
        target = {"Ref": "ConnectIntegration" if key == "$connect" else "MessageIntegration"}
        properties: dict[str, Any] = {"RouteKey": key, "Target": {"Fn::Join": ["/", ["integrations", target]]}}
        route = f"Route{key.strip('$')}"
        if key == "echo":
            properties["RouteResponseSelectionExpression"] = "$default"
            resources["Reply"] = _chat("RouteResponse", RouteId={"Ref": route}, RouteResponseKey="$default")
        resources[route] = _chat("Route", **properties)
    return {"template.json": sam(resources), "app.py": APP}
