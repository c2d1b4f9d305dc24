"""APIs behind authorizers whose functions and apps are written with the frameworks that people use for them.

`rest` has a TOKEN and a REQUEST authorizer and a user pool, `web` a simple one of payload 2.0 and a JWT one, `talk` one
on `$connect`. Every route answers what its framework makes of who calls.
"""

from __future__ import annotations

from typing import Any

from tests.live.templates import function

ISSUER = "https://cognito-idp.eu-west-2.amazonaws.com/eu-west-2_Ab12Cd34E"
POOL = "arn:aws:cognito-idp:eu-west-2:123456789012:userpool/eu-west-2_Ab12Cd34E"

GUARDS = """
from aws_lambda_powertools.utilities.data_classes import event_source
from aws_lambda_powertools.utilities.data_classes.api_gateway_authorizer_event import (
    APIGatewayAuthorizerEventV2,
    APIGatewayAuthorizerRequestEvent,
    APIGatewayAuthorizerResponse,
    APIGatewayAuthorizerResponseV2,
    APIGatewayAuthorizerResponseWebSocket,
    APIGatewayAuthorizerTokenEvent,
)

def policy(arn, principal, context):
    place = {"region": arn.region, "aws_account_id": arn.aws_account_id, "api_id": arn.api_id, "stage": arn.stage}
    return APIGatewayAuthorizerResponse(principal, context=context, **place)

@event_source(data_class=APIGatewayAuthorizerTokenEvent)
def token(event, context):
    if event.authorization_token == "nobody":
        raise Exception("Unauthorized")
    arn = event.parsed_arn
    made = policy(arn, "ann", {"tenant": "a", "level": 3, "admin": True, "verb": arn.http_method})
    made.allow_route("GET", "/*/token")
    if event.authorization_token == "wsgi only":
        made.deny_route("GET", "/asgi/*")
    return made.asdict()

@event_source(data_class=APIGatewayAuthorizerRequestEvent)
def asked(event, context):
    seen = [event.http_method, event.resource, event.path, event.path_parameters["app"],
            event.request_context.identity.source_ip, event.headers["x-mark"]]
    made = policy(event.parsed_arn, event.query_string_parameters["who"], {"seen": " ".join(seen)})
    made.allow_all_routes()
    return made.asdict()

@event_source(data_class=APIGatewayAuthorizerEventV2)
def simple(event, context):
    who = event.identity_source[0]
    seen = [event.route_key, event.raw_path, event.parsed_arn.resource, event.request_context.http.method]
    seen += event.cookies
    return APIGatewayAuthorizerResponseV2(who != "nobody", {"who": who, "seen": seen, "deep": {"n": 1}}).asdict()

@event_source(data_class=APIGatewayAuthorizerRequestEvent)
def connecting(event, context):
    arn = event.parsed_arn
    place = {"region": arn.region, "aws_account_id": arn.aws_account_id, "api_id": arn.api_id, "stage": arn.stage}
    room = event.query_string_parameters["room"]
    made = APIGatewayAuthorizerResponseWebSocket("bob", context={"room": room}, **place)
    made.allow_route("$connect")
    return made.asdict()
"""

WHO = """
import json
import boto3
from apig_wsgi import make_lambda_handler
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, APIGatewayRestResolver
from aws_lambda_powertools.utilities.data_classes import event_source
from aws_lambda_powertools.utilities.data_classes.api_gateway_websocket_event import APIGatewayWebSocketEvent
from mangum import Mangum

rest, web = APIGatewayRestResolver(), APIGatewayHttpResolver()

@rest.get("/power/<kind>")
def by_rest(kind):
    authorizer = rest.current_event.request_context.authorizer
    return {"principal": authorizer.principal_id, "claims": authorizer.claims, "all": authorizer.get_context()}

@web.get("/power/<kind>")
def by_web(kind):
    found = web.current_event.request_context.authorizer
    return {"claims": found.jwt_claim, "scopes": found.jwt_scopes, "all": found.get_lambda}

def power_rest(event, context):
    return rest.resolve(event, context)

def power_web(event, context):
    return web.resolve(event, context)

async def app(scope, receive, send):
    found = scope["aws.event"]["requestContext"]["authorizer"]
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": json.dumps({"all": found}).encode()})

asgi = Mangum(app, lifespan="off")

def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({"all": environ["apig_wsgi.request_context"]["authorizer"]}).encode()]

wsgi = make_lambda_handler(application)

@event_source(data_class=APIGatewayWebSocketEvent)
def talk(event, context):
    here = event.request_context
    if here.event_type == "MESSAGE":
        found = here["authorizer"]
        told = [here.route_key, here.identity.source_ip, event.json_body, found["principalId"], found["room"]]
        boto3.client("apigatewaymanagementapi").post_to_connection(
            ConnectionId=here.connection_id, Data=json.dumps(told).encode()
        )
    return {"statusCode": 200}
"""

_URI = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${%s.Arn}/invocations"


def _arn(name: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, "Arn"]}


def _behind(handler: str, kind: str, api: str, **routes: str) -> dict[str, Any]:
    """`routes`: the authorizer's name to the path."""
    made = function(handler, Timeout=30, MemorySize=512)
    made["Properties"]["Events"] = {
        name: {
            "Type": kind,
            "Properties": {
                "Method": "GET",
                "Path": path,
                "RestApiId" if kind == "Api" else "ApiId": {"Ref": api},
                "Auth": {"Authorizer": name},
            },
        }
        for name, path in routes.items()
    }
    return made


def _talk(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::ApiGatewayV2::{kind}", "Properties": {"ApiId": {"Ref": "Talk"}, **properties}}


def resources() -> dict[str, Any]:
    """For a template beside others; the functions are in `guards.py` and `who.py`."""
    rest = {
        "Tokens": {"FunctionArn": _arn("TokenGuard")},
        "Asked": {
            "FunctionArn": _arn("AskedGuard"),
            "FunctionPayloadType": "REQUEST",
            "Identity": {"QueryStrings": ["who"]},
        },
        "Pool": {"UserPoolArn": POOL},
    }
    web = {
        "Simple": {
            "FunctionArn": _arn("SimpleGuard"),
            "AuthorizerPayloadFormatVersion": "2.0",
            "EnableSimpleResponses": True,
            "Identity": {"Headers": ["X-Who"]},
        },
        "Jwt": {
            "IdentitySource": "$request.header.Authorization",
            "AuthorizationScopes": ["read"],
            "JwtConfiguration": {"issuer": ISSUER, "audience": ["shop"]},
        },
    }
    asking = {"Fn::Sub": _URI % "TalkGuard"}
    made: dict[str, Any] = {
        "Rest": {
            "Type": "AWS::Serverless::Api",
            "Properties": {"StageName": "live", "Auth": {"Authorizers": rest}},
        },
        "Web": {"Type": "AWS::Serverless::HttpApi", "Properties": {"Auth": {"Authorizers": web}}},
        **{
            f"{name}Guard": function(f"guards.{handler}", Timeout=30, MemorySize=512)
            for name, handler in (("Token", "token"), ("Asked", "asked"), ("Simple", "simple"), ("Talk", "connecting"))
        },
        "RestPower": _behind("who.power_rest", "Api", "Rest", Tokens="/power/token", Pool="/power/pool"),
        "RestWsgi": _behind("who.wsgi", "Api", "Rest", Tokens="/wsgi/token", Asked="/{app}/asked"),
        "RestAsgi": _behind("who.asgi", "Api", "Rest", Tokens="/asgi/token"),
        "WebPower": _behind("who.power_web", "HttpApi", "Web", Simple="/power/simple", Jwt="/power/jwt"),
        "WebWsgi": _behind("who.wsgi", "HttpApi", "Web", Simple="/wsgi/simple"),
        "WebAsgi": _behind("who.asgi", "HttpApi", "Web", Jwt="/asgi/jwt"),
        "TalkFunction": function("who.talk", Timeout=30, MemorySize=512),
        "Talk": {
            "Type": "AWS::ApiGatewayV2::Api",
            "Properties": {"Name": "talk", "ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "$request.body.do"},
        },
        "TalkStage": _talk("Stage", StageName="live", AutoDeploy=True),
        "TalkTo": _talk("Integration", IntegrationType="AWS_PROXY", IntegrationUri={"Fn::Sub": _URI % "TalkFunction"}),
        "TalkAuthorizer": _talk(
            "Authorizer",
            Name="rooms",
            AuthorizerType="REQUEST",
            AuthorizerUri=asking,
            IdentitySource=["route.request.querystring.room"],
        ),
    }
    for key in ("$connect", "say"):
        properties: dict[str, Any] = {"RouteKey": key, "Target": {"Fn::Sub": "integrations/${TalkTo}"}}
        if key == "$connect":
            properties |= {"AuthorizationType": "CUSTOM", "AuthorizerId": {"Ref": "TalkAuthorizer"}}
        made[f"Talk{key.strip('$')}"] = _talk("Route", **properties)
    return made
