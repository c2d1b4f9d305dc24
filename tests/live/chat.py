"""A project with a WebSocket API as CloudFormation has it, for live tests and the benchmark."""

from __future__ import annotations

from typing import Any

from tests.live.templates import function, sam

APP = '''
import json, os, urllib.parse, urllib.request

def answer(event, context):
    """$connect, $disconnect and every message."""
    context = event["requestContext"]
    print(context["routeKey"], context.get("disconnectStatusCode", ""), context.get("disconnectReason", ""), flush=True)
    if context["routeKey"] == "$connect":
        reply = {"statusCode": int((event.get("queryStringParameters") or {}).get("status", "200"))}
        if protocol := event["headers"].get("Sec-WebSocket-Protocol"):
            reply["headers"] = {"Sec-WebSocket-Protocol": protocol.split(",")[-1].strip()}
        return reply
    if context["routeKey"] == "later":
        url = os.environ["AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI"]
        to = f"{url}/@connections/{urllib.parse.quote(context['connectionId'])}"
        urllib.request.urlopen(urllib.request.Request(to, data=b"sent later", method="POST")).close()
        return {"statusCode": 200}
    if context["routeKey"] == "usual":
        import boto3
        url = f"https://{context['domainName']}/{context['stage']}"
        boto3.client("apigatewaymanagementapi", endpoint_url=url).post_to_connection(
            ConnectionId=context["connectionId"], Data=b"sent as on AWS"
        )
        return {"statusCode": 200}
    if context["routeKey"] == "fail":
        raise ValueError("no")
    return {"statusCode": 200, "body": json.dumps(event)}

def allow(event, context):
    token = (event.get("queryStringParameters") or {}).get("token", "")
    effect = "Allow" if token == "good" else "Deny"
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": event["methodArn"]}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": "user-1", "policyDocument": policy, "context": {"team": "red"}}
'''

NODE = """
const https = require('https');
exports.answer = (event) => new Promise((resolve, reject) => {
  const { domainName, stage, connectionId } = event.requestContext;
  const path = `/${stage}/@connections/${encodeURIComponent(connectionId)}`;
  const options = { host: domainName, path, method: 'POST', headers: { host: domainName }, agent: new https.Agent() };
  const sent = https.request(options, (reply) => {
    reply.resume();
    reply.on('end', () => resolve({ statusCode: reply.statusCode }));
  });
  sent.on('error', reject);
  sent.end('sent by Node');
});
"""

_URI = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${%s.Arn}/invocations"


def _of(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::ApiGatewayV2::{kind}", "Properties": {"ApiId": {"Ref": "Chat"}, **properties}}


def template(*, authorizer: bool = True) -> str:
    """`whoami` has a route response; `$connect` has an authorizer where one is wanted."""
    api = {"Name": "chat", "ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "$request.body.action"}
    resources: dict[str, Any] = {
        "Answer": function("app.answer"),
        "Allow": function("app.allow"),
        "Node": function("node.answer", Runtime="nodejs20.x"),
        "Chat": {"Type": "AWS::ApiGatewayV2::Api", "Properties": api},
        "Stage": _of("Stage", StageName="dev", AutoDeploy=True),
        "Integration": _of("Integration", IntegrationType="AWS_PROXY", IntegrationUri={"Fn::Sub": _URI % "Answer"}),
        "NodeIntegration": _of("Integration", IntegrationType="AWS_PROXY", IntegrationUri={"Fn::Sub": _URI % "Node"}),
        "Authorizer": _of(
            "Authorizer",
            Name="token",
            AuthorizerType="REQUEST",
            AuthorizerUri={"Fn::Sub": _URI % "Allow"},
            IdentitySource=["route.request.querystring.token"],
        ),
    }
    for name in ("$connect", "$disconnect", "whoami", "later", "usual", "node", "fail"):
        to = {"Ref": "NodeIntegration" if name == "node" else "Integration"}
        properties: dict[str, Any] = {"RouteKey": name, "Target": {"Fn::Join": ["/", ["integrations", to]]}}
        if name == "$connect" and authorizer:
            properties |= {"AuthorizationType": "CUSTOM", "AuthorizerId": {"Ref": "Authorizer"}}
        if name == "whoami":
            properties["RouteResponseSelectionExpression"] = "$default"
            resources["Reply"] = _of("RouteResponse", RouteId={"Ref": "Routewhoami"}, RouteResponseKey="$default")
        resources[f"Route{name.strip('$')}"] = _of("Route", **properties)
    return sam(resources)


def files(*, authorizer: bool = True) -> dict[str, str]:
    return {"template.json": template(authorizer=authorizer), "app.py": APP, "node.js": NODE}
