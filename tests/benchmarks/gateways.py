"""What the gateway costs: kinds of API side by side, authorizers asked and remembered, templates, large bodies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks import load, server
from tests.benchmarks.table import Row, middle
from tests.live.devserver import write
from tests.live.wire import send

APP = """\
import json

def handler(event, context):
    return {"statusCode": 200, "body": json.dumps({"message": "hello"})}

def guard(event, context):
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "*"}
    return {"principalId": "me", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}

def echo(event, context):
    return {"statusCode": 200, "headers": {"Content-Type": "text/plain"}, "body": event["body"]}
"""
CONNECTIONS = 8
ROUNDS = 3
PLAIN, CACHED, ASKED, MOCK, HTTP = "/plain", "/cached", "/asked", "/mock", "/http"
#: Bytes of the bodies that go there and back.
BODIES = (64 * 1024, 1024 * 1024)


def project() -> dict[str, str]:
    resources: dict[str, Any] = {
        name: {
            "Type": "AWS::Serverless::Function",
            "Properties": {"Runtime": "python3.11", "Handler": f"app.{name.lower()}", "CodeUri": ".", "Timeout": 10},
        }
        for name in ("Handler", "Guard", "Echo")
    }
    resources["Http"] = {"Type": "AWS::Serverless::HttpApi", "Properties": {}}
    resources["Handler"]["Properties"]["Events"] = {
        "Http": {"Type": "HttpApi", "Properties": {"ApiId": {"Ref": "Http"}, "Path": HTTP, "Method": "get"}}
    }
    guards = {
        name: {
            "type": "apiKey",
            "name": "Authorization",
            "in": "header",
            "x-amazon-apigateway-authtype": "custom",
            "x-amazon-apigateway-authorizer": {
                "type": "token",
                "authorizerUri": uri("Guard"),
                "authorizerResultTtlInSeconds": seconds,
            },
        }
        for name, seconds in (("cached", 300), ("asked", 0))
    }
    mock = {
        "type": "mock",
        "requestTemplates": {"application/json": '{"statusCode": 200}'},
        "responses": {
            "default": {"statusCode": "200", "responseTemplates": {"application/json": '{"message": "hello"}'}}
        },
    }
    body = {
        "swagger": "2.0",
        "info": {"title": "bench", "version": "1.0"},
        "paths": {
            PLAIN: {"get": proxied("Handler")},
            CACHED: {"get": proxied("Handler") | {"security": [{"cached": []}]}},
            ASKED: {"get": proxied("Handler") | {"security": [{"asked": []}]}},
            MOCK: {"get": {"x-amazon-apigateway-integration": mock, "responses": {"200": {"description": ""}}}},
            "/echo": {"post": proxied("Echo")},
        },
        "securityDefinitions": guards,
    }
    resources["Rest"] = {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": body}}
    resources["Stage"] = {
        "Type": "AWS::ApiGateway::Stage",
        "Properties": {"RestApiId": {"Ref": "Rest"}, "StageName": "dev"},
    }
    return {
        "template.json": json.dumps({"Transform": "AWS::Serverless-2016-10-31", "Resources": resources}),
        "app.py": APP,
    }


def uri(name: str) -> dict[str, str]:
    path = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions"
    return {"Fn::Sub": f"{path}/${{{name}.Arn}}/invocations"}


def proxied(name: str) -> dict[str, Any]:
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": uri(name)}
    return {"x-amazon-apigateway-integration": integration, "responses": {"200": {"description": ""}}}


def gateway(folder: Path) -> Iterator[Row]:
    """Each beside a REST route that does nothing but call the function, in the same minutes."""
    if load.wrk() is None:
        yield Row("gateway", "", None, note="wrk is not installed (Debian package wrk)")
        return
    write(folder, project())
    with server.devserve(folder) as url:
        paths = {
            PLAIN: "REST, Lambda proxy",
            HTTP: "HTTP API, Lambda proxy",
            CACHED: "REST, authorizer remembered",
            ASKED: "REST, authorizer asked each time",
            MOCK: "REST, MOCK with templates",
        }
        for path in paths:
            load.run(url + path, CONNECTIONS, seconds=1, headers=AUTHORIZED)
        found = {path: [] for path in paths}  # type: dict[str, list[load.Load]]
        for _ in range(ROUNDS):
            for path in paths:
                found[path].append(load.run(url + path, CONNECTIONS, seconds=2, headers=AUTHORIZED))
        beside = middle(each.rate for each in found[PLAIN])
        for path, what in paths.items():
            errors = sum(each.errors for each in found[path])
            note = f"{errors} errors!" if errors else "" if path == PLAIN else "beside REST, Lambda proxy"
            rate = middle(each.rate for each in found[path])
            yield Row(f"{what}, {CONNECTIONS} connections", "req/s", rate, None if path == PLAIN else beside, note=note)
        for size in BODIES:
            body = b"x" * size
            if send(url, "POST", "/echo", [("Content-Type", "text/plain")], body).body != body:
                raise AssertionError("the body did not come back")
            rates = [load.run(f"{url}/echo", CONNECTIONS, seconds=2, body=size) for _ in range(ROUNDS)]
            errors = sum(each.errors for each in rates)
            note = f"{errors} errors!" if errors else f"p50 {middle(each.p50 for each in rates):.1f} ms"
            rate = middle(each.rate for each in rates)
            yield Row(f"POST and back, {size // 1024} KB", "req/s", rate, note=note)


AUTHORIZED = (("Authorization", "allow"),)
