"""Frameworks people run on Lambda read our events and their answers reach the browser: Mangum, apig-wsgi and AWS
Powertools; behind authorizers that are written with Powertools, too."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.sync.client import connect

from tests.live import framework_guards
from tests.live.devserver import Devserve, devserve
from tests.live.templates import function, sam
from tests.live.wire import Reply
from tests.oidc import Keys

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

KEYS = Keys()
FILES = {
    "devserve.toml": f'template = "template.json"\n[issuers]\n"{framework_guards.ISSUER}" = "jwks.json"\n',
    "jwks.json": json.dumps(KEYS.jwks),
    "guards.py": framework_guards.GUARDS,
    "who.py": framework_guards.WHO,
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
            **framework_guards.resources(),
        }
    ),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devserve]:
    with devserve(tmp_path_factory.mktemp("frameworks"), FILES) as running:
        yield running


def place(server: Devserve, kind: str) -> tuple[str, str]:
    """The virtual host of the API of that kind, in AWS's form, and the stage as a path prefix."""
    guarded = ("Rest", "Web", "Talk")
    api = next(api for api in server.ready["apis"] if api["type"] == kind and api["logicalId"] not in guarded)
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


def token(use: str, **claims: Any) -> str:
    """What a user pool gives somebody, signed with the key that the project names."""
    now = int(time.time())
    given = {"iss": framework_guards.ISSUER, "sub": "ann", "token_use": use, "iat": now, "exp": now + 600}
    return KEYS.token({**given, **claims})


def asked(server: Devserve, api: str, path: str, **headers: str) -> Reply:
    sent = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return server.get(path, *sent, host=f"{api}.localhost")


@pytest.mark.parametrize("app", ["power", "asgi", "wsgi"])
def test_a_token_authorizer_made_with_powertools_tells_every_framework_who_calls(server: Devserve, app: str) -> None:
    reply = asked(server, "rest", f"/{app}/token", Authorization="good")
    assert reply.status == 200, reply.text
    told = reply.json()
    found = dict(told["all"])
    assert isinstance(found.pop("integrationLatency"), int)
    assert found == {"principalId": "ann", "tenant": "a", "level": "3", "admin": "true", "verb": "GET"}
    assert told.get("principal", "ann") == "ann"


def test_what_its_policy_denies_stays_closed_and_nobody_is_unauthorized(server: Devserve) -> None:
    assert asked(server, "rest", "/wsgi/token", Authorization="wsgi only").status == 200
    denied = asked(server, "rest", "/asgi/token", Authorization="wsgi only")
    assert (denied.status, "explicit deny" in denied.text) == (403, True)
    assert asked(server, "rest", "/asgi/token", Authorization="nobody").status == 401


def test_a_request_authorizer_made_with_powertools_reads_the_whole_request(server: Devserve) -> None:
    reply = asked(server, "rest", "/shop/asked?who=ann", X_Mark="m")
    assert reply.status == 200, reply.text
    found = reply.json()["all"]
    assert (found["principalId"], found["seen"]) == ("ann", "GET /{app}/asked /shop/asked shop 127.0.0.1 m")


def test_claims_of_a_user_pool_reach_powertools(server: Devserve) -> None:
    reply = asked(server, "rest", "/power/pool", Authorization=token("id", aud="shop", email="ann@example.com"))
    assert reply.status == 200, reply.text
    claims = reply.json()["claims"]
    assert (claims["sub"], claims["email"], claims["token_use"]) == ("ann", "ann@example.com", "id")


@pytest.mark.parametrize("app", ["power", "wsgi"])
def test_a_simple_authorizer_of_an_http_api_hands_over_its_context(server: Devserve, app: str) -> None:
    reply = asked(server, "web", f"/{app}/simple", X_Who="ann", Cookie="c=1")
    assert reply.status == 200, reply.text
    found = reply.json()["all"]
    found = found.get("lambda", found)
    seen = [f"GET /{app}/simple", f"/{app}/simple", f"{app}/simple", "GET", "c=1"]
    assert found == {"who": "ann", "seen": seen, "deep": {"n": 1}}
    assert asked(server, "web", f"/{app}/simple", X_Who="nobody", Cookie="c=1").status == 403


@pytest.mark.parametrize("app", ["power", "asgi"])
def test_claims_and_scopes_of_a_token_reach_the_frameworks(server: Devserve, app: str) -> None:
    given = {"client_id": "shop", "cognito:groups": ["a", "b"]}
    reply = asked(server, "web", f"/{app}/jwt", Authorization=f"Bearer {token('access', scope='read all', **given)}")
    assert reply.status == 200, reply.text
    told = reply.json()
    found = told["all"]["jwt"] if app == "asgi" else told
    assert (found["claims"]["sub"], found["claims"]["cognito:groups"]) == ("ann", "[a b]")
    assert "read" in found["scopes"]
    unscoped = token("access", scope="write", **given)
    assert asked(server, "web", f"/{app}/jwt", Authorization=f"Bearer {unscoped}").status == 403


def test_powertools_reads_the_events_of_a_websocket_and_who_connected(server: Devserve) -> None:
    with connect(f"ws://127.0.0.1:{server.port}/live?room=7", open_timeout=20) as client:
        client.send('{"do": "say", "text": "x"}')
        assert json.loads(client.recv(20)) == ["say", "127.0.0.1", {"do": "say", "text": "x"}, "bob", "7"]
