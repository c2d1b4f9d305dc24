"""Runs an ASGI app for a request: one event loop, no lifespan, no streaming, as Zappa does it."""

import asyncio

from devserve_zappa_shim.answers import Answer


def run(app, request, event, context, trailing_slash):
    answer = Answer("200")
    given = []

    async def receive():
        if given:
            return {"type": "http.disconnect"}
        given.append(True)
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def send(message):
        if message["type"] == "http.response.start":
            answer.status = str(message["status"])
            pairs = message.get("headers", [])
            answer.headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs]
        elif message["type"] == "http.response.body":
            answer.body += message.get("body") or b""

    scope = _scope(request, trailing_slash)
    scope.update({"lambda.event": event, "lambda.context": context})
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(app(scope, receive, send))
    return answer


def _scope(request, trailing_slash):
    front = request.script_name
    path = request.path
    if front and path.startswith(front):
        path = path[len(front) :]
    if trailing_slash and not path.endswith("/"):
        path += "/"
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        port = int(headers.get("x-forwarded-port", "443"))
    except (TypeError, ValueError):
        port = 443
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "path": path or "/",
        "root_path": front,
        "scheme": "https",
        "query_string": request.query.encode("latin-1"),
        "headers": [(name.encode("latin-1"), str(value).encode("latin-1")) for name, value in headers.items()],
        "server": (headers.get("host", "zappa"), port),
        "client": (request.client, 0),
    }
    if request.authorizer:
        scope["authorizer"] = request.authorizer
    if request.user:
        scope["remote_user"] = request.user
    return scope
