"""Frameworks people run on Lambda read our events and their answers reach the browser: Mangum and AWS Powertools."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.live.devserver import Devserve, devserve
from tests.live.templates import function, sam

pytestmark = pytest.mark.live

ASGI = """
import json
from mangum import Mangum

async def app(scope, receive, send):
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    answer = {
        "method": scope["method"],
        "path": scope["path"],
        "query": scope["query_string"].decode(),
        "host": dict(scope["headers"]).get(b"host", b"").decode(),
        "cookie": dict(scope["headers"]).get(b"cookie", b"").decode(),
        "body": body.decode("latin-1"),
        "client": scope["client"][0],
    }
    headers = [(b"content-type", b"application/json"), (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

handler = Mangum(app, lifespan="off")
"""

POWERTOOLS = """
from aws_lambda_powertools.event_handler import {resolver}, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

app = {resolver}()

@app.get("/{prefix}/orders/<order>")
def order(order: str):
    return {{
        "order": order,
        "q": app.current_event.get_query_string_value("q", ""),
        "ip": app.current_event.request_context.{source_ip},
        "agent": app.current_event.headers.get("user-agent") or app.current_event.headers.get("User-Agent"),
    }}

@app.post("/{prefix}/orders")
def create():
    return Response(
        status_code=201,
        content_type="application/json",
        body=app.current_event.body,
        headers={{"X-Made": "yes"}},
    )

@app.get("/{prefix}/missing")
def missing():
    raise NotFoundError("no such order")

def handler(event, context):
    return app.resolve(event, context)
"""

FILES = {
    "asgi.py": ASGI,
    "power_rest.py": POWERTOOLS.format(
        resolver="APIGatewayRestResolver", prefix="rest", source_ip="identity.source_ip"
    ),
    "power_http.py": POWERTOOLS.format(resolver="APIGatewayHttpResolver", prefix="http", source_ip="http.source_ip"),
    "template.json": sam(
        {
            "Asgi": function("asgi.handler", "ANY /asgi/{proxy+}", "REST ANY /asgi/{proxy+}", Timeout=30),
            "PowerHttp": function("power_http.handler", "ANY /http/{proxy+}", Timeout=30, MemorySize=512),
            "PowerRest": function("power_rest.handler", "REST ANY /rest/{proxy+}", Timeout=30, MemorySize=512),
        }
    ),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devserve]:
    with devserve(tmp_path_factory.mktemp("frameworks"), FILES) as running:
        yield running


def place(server: Devserve, kind: str) -> tuple[str, str]:
    """The virtual host of the API of that kind, in AWS's form, and the stage as a path prefix."""
    api = next(api for api in server.ready["apis"] if api["type"] == kind)
    stage = "" if api["stage"] == "$default" else f"/{api['stage']}"
    return f"{api['id']}.execute-api.localhost", stage


@pytest.mark.parametrize("kind", ["HTTP", "REST"])
def test_an_asgi_application_behind_mangum(server: Devserve, kind: str) -> None:
    host, stage = place(server, kind)
    headers = [("Content-Type", "text/plain"), ("Cookie", "x=1; y=2")]
    reply = server.request("POST", f"{stage}/asgi/a%20b/c?q=1&q=%C3%BC", headers, "grüße".encode(), host=host)
    assert reply.status == 201, reply.text
    answer = reply.json()
    assert answer["method"] == "POST"
    assert answer["path"].removeprefix(stage) == "/asgi/a b/c"
    assert answer["query"] in ("q=1&q=%C3%BC", "q=1&q=ü")
    assert answer["body"].encode("latin-1").decode() == "grüße"
    assert answer["host"].startswith(host)
    assert answer["client"] == "127.0.0.1"
    assert answer["cookie"].replace(";", "; ").split() == ["x=1;", "y=2"]
    assert sorted(reply.all("set-cookie")) == ["a=1", "b=2"]


@pytest.mark.parametrize(("kind", "prefix"), [("HTTP", "http"), ("REST", "rest")])
def test_a_powertools_resolver_routes_and_reads_our_events(server: Devserve, kind: str, prefix: str) -> None:
    host, stage = place(server, kind)
    got = server.get(f"{stage}/{prefix}/orders/7?q=x%20y", ("User-Agent", "tester"), host=host)
    assert (got.status, got.json()) == (200, {"order": "7", "q": "x y", "ip": "127.0.0.1", "agent": "tester"})
    body = json.dumps({"item": "Käse"})
    headers = [("Content-Type", "application/json")]
    made = server.request("POST", f"{stage}/{prefix}/orders", headers, body.encode(), host=host)
    assert (made.status, made.header("X-Made"), made.text) == (201, "yes", body)
    missing = server.get(f"{stage}/{prefix}/missing", host=host)
    assert (missing.status, missing.json()["message"]) == (404, "no such order")
