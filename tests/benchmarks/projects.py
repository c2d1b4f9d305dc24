"""The projects that are measured."""

from __future__ import annotations

import json
from typing import Any

from tests.live.templates import function, sam

HELLO = """import json

def handler(event, context):
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps({"message": "%s"})}
"""


def hello(**properties: Any) -> dict[str, str]:
    return {
        "template.json": sam({"Hello": function("app.handler", "GET /hello", **properties)}),
        "app.py": HELLO % "hello",
    }


def many(count: int = 50, **properties: Any) -> dict[str, str]:
    resources = {f"Fn{n}": function("app.handler", f"GET /fn{n}/{{id}}", **properties) for n in range(count)}
    return {"template.json": sam(resources), "app.py": HELLO % "hello"}


NODE = """exports.handler = async () => ({
  statusCode: 200,
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ message: "hello" }),
});
"""


def node_and_python(**properties: Any) -> dict[str, str]:
    """The same answer from both, at `/node` and `/python`."""
    resources = {
        "Node": function("index.handler", "GET /node", Runtime="nodejs20.x", **properties),
        "Python": function("app.handler", "GET /python", **properties),
    }
    return {"template.json": sam(resources), "app.py": HELLO % "hello", "index.js": NODE}


def staged(endpoint: str, count: int = 50) -> dict[str, str]:
    """Functions with code and a route each, behind one REST API, and a stage `dev` at that endpoint."""
    api = {"Type": "AWS::Serverless::Api", "Properties": {"Name": "bench", "StageName": "dev"}}
    resources: dict[str, Any] = {"Api": api}
    files = {}
    for n in range(count):
        made = function("app.handler", f"REST GET /fn{n}/{{id}}", CodeUri=f"fn{n}")
        made["Properties"]["Events"]["Route0"]["Properties"]["RestApiId"] = {"Ref": "Api"}
        resources[f"Fn{n}"] = made
        files[f"fn{n}/app.py"] = HELLO % f"hello from {n}"
    stage = {"stack_name": "bench-dev", "region": "eu-west-2", "endpoint_url": endpoint}
    lines = [
        'template = "template.json"',
        "[stages.dev]",
        *(f"{key} = {json.dumps(value)}" for key, value in stage.items()),
    ]
    return {"template.json": sam(resources), "devserve.toml": "\n".join(lines) + "\n", **files}
