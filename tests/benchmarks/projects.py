"""The projects that are measured."""

from __future__ import annotations

from tests.live.templates import function, sam

HELLO = """import json

def handler(event, context):
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps({"message": "%s"})}
"""


def hello() -> dict[str, str]:
    return {"template.json": sam({"Hello": function("app.handler", "GET /hello")}), "app.py": HELLO % "hello"}


def many(count: int = 50) -> dict[str, str]:
    resources = {f"Fn{n}": function("app.handler", f"GET /fn{n}/{{id}}") for n in range(count)}
    return {"template.json": sam(resources), "app.py": HELLO % "hello"}
