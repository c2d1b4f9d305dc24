"""Web apps that tell what they see, one for each framework, and what every one of them has to see and to answer.

Each has `/echo/...` (what came, as JSON), `/back` (the body as it came, as bytes), `/cookies` (two of them), `/link` (a
link that the app makes to itself), `/stream` (an answer in pieces) and `/boom` (an error).
"""

from __future__ import annotations

import hashlib
import re

from tests.live.devserver import Devserve

KINDS = ("rest", "http", "http1", "url", "alb")
#: Those whose addresses have a stage in front.
STAGED = ("rest", "http", "http1")
BINARY = bytes(range(256)) * 40
QUERY = "a=1&a=2&b=x%20y&c=%C3%BC"

FLASK = """
import hashlib
from flask import Flask, Response, jsonify, request, url_for

app = Flask(__name__)

@app.route("/echo/<path:rest>", methods=["GET", "POST", "PUT", "DELETE"])
def echo(rest):
    return jsonify(
        method=request.method, path=request.path, root=request.script_root, full=request.full_path,
        query=[[name, value] for name, value in request.args.items(multi=True)],
        digest=hashlib.sha256(request.get_data()).hexdigest(), cookies=request.cookies, host=request.host,
        agent=request.headers.get("X-Agent"), ip=request.remote_addr,
    )

@app.post("/back")
def back():
    return Response(request.get_data(), mimetype="image/png")

@app.get("/cookies")
def cookies():
    answer = Response("cookies")
    answer.set_cookie("a", "1")
    answer.set_cookie("b", "2", path="/x")
    return answer

@app.get("/link")
def link():
    return url_for("cookies")

@app.get("/stream")
def stream():
    return Response((f"{n}," for n in range(5)), mimetype="text/plain")

@app.get("/boom")
def boom():
    raise RuntimeError("boom in flask")
"""

STARLETTE = """
import hashlib
from contextlib import asynccontextmanager
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

started = []

@asynccontextmanager
async def lifespan(app):
    started.append(True)
    yield

async def echo(request):
    body = await request.body()
    return JSONResponse({
        "method": request.method, "path": request.scope["path"].removeprefix(request.scope["root_path"]),
        "root": request.scope["root_path"], "full": str(request.url),
        "query": [list(pair) for pair in request.query_params.multi_items()],
        "digest": hashlib.sha256(body).hexdigest(), "cookies": request.cookies, "host": request.headers["host"],
        "agent": request.headers.get("x-agent"), "ip": request.client.host, "started": started,
    })

async def back(request):
    return Response(await request.body(), media_type="image/png")

async def cookies(request):
    answer = PlainTextResponse("cookies")
    answer.set_cookie("a", "1")
    answer.set_cookie("b", "2", path="/x")
    return answer

async def link(request):
    return PlainTextResponse(request.url_for("cookies").path)

async def stream(request):
    async def pieces():
        for n in range(5):
            yield f"{n},"
    return StreamingResponse(pieces(), media_type="text/plain")

async def boom(request):
    raise RuntimeError("boom in starlette")

app = Starlette(lifespan=lifespan, routes=[
    Route("/echo/{rest:path}", echo, methods=["GET", "POST", "PUT", "DELETE"]),
    Route("/back", back, methods=["POST"]), Route("/cookies", cookies), Route("/link", link),
    Route("/stream", stream), Route("/boom", boom),
])
"""

FASTAPI = """
import hashlib
from fastapi import FastAPI, Request, Response, UploadFile
from fastapi.responses import PlainTextResponse, StreamingResponse

app = FastAPI(title="Shop")

@app.api_route("/echo/{rest:path}", methods=["GET", "POST", "PUT", "DELETE"])
async def echo(rest: str, request: Request):
    body = await request.body()
    return {
        "method": request.method, "path": "/echo/" + rest, "root": request.scope["root_path"],
        "full": str(request.url), "query": [list(pair) for pair in request.query_params.multi_items()],
        "digest": hashlib.sha256(body).hexdigest(), "cookies": request.cookies, "host": request.headers["host"],
        "agent": request.headers.get("x-agent"), "ip": request.client.host,
    }

@app.post("/back")
async def back(request: Request):
    return Response(await request.body(), media_type="image/png")

@app.post("/upload")
async def upload(file: UploadFile):
    content = await file.read()
    return {"name": file.filename, "size": len(content), "digest": hashlib.sha256(content).hexdigest()}

@app.get("/cookies")
def cookies(response: Response):
    response.set_cookie("a", "1")
    response.set_cookie("b", "2", path="/x")
    return "cookies"

@app.get("/link", response_class=PlainTextResponse)
def link(request: Request):
    return request.url_for("cookies").path

@app.get("/stream")
def stream():
    return StreamingResponse((f"{n}," for n in range(5)), media_type="text/plain")

@app.get("/boom")
def boom():
    raise RuntimeError("boom in fastapi")
"""

QUART = """
from quart import Quart, request, url_for

app = Quart(__name__)

@app.get("/echo/<path:rest>")
async def echo(rest):
    return {"path": request.path, "root": request.root_path, "query": list(request.args.items(multi=True))}

@app.post("/back")
async def back():
    return await request.get_data(), 200, {"Content-Type": "image/png"}

@app.get("/link")
async def link():
    return url_for("echo", rest="x")
"""


def multipart(name: str, content: bytes) -> tuple[list[tuple[str, str]], bytes]:
    """A form with one file, as a browser sends it."""
    edge = "----devserve7MA4YWxk"
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    body = f"{head}Content-Type: image/png\r\n\r\n".encode() + content + f"\r\n--{edge}--\r\n".encode()
    return [("Content-Type", f"multipart/form-data; boundary={edge}")], body


def sees_what_was_sent(server: Devserve, kind: str, prefix: str = "") -> None:
    """Method, path, query, headers, cookies, body and caller reach the app; `prefix` is in front of every path."""
    headers = [("Content-Type", "application/x-thing"), ("Cookie", "x=1; y=2"), ("X-Agent", "tester")]
    reply = server.request("PUT", f"{prefix}/echo/a%20b/%C3%BC?{QUERY}", headers, BINARY)
    assert reply.status == 200, reply.text
    seen = reply.json()
    assert (seen["method"], seen["path"], seen["root"]) == ("PUT", "/echo/a b/ü", prefix)
    # A load balancer without multi-value headers keeps the last of several values (AWS docs).
    several = [["a", "2"]] if kind == "alb" else [["a", "1"], ["a", "2"]]
    assert sorted(seen["query"]) == [*several, ["b", "x y"], ["c", "ü"]]
    assert seen["digest"] == hashlib.sha256(BINARY).hexdigest()
    assert seen["cookies"] == {"x": "1", "y": "2"}
    assert (seen["agent"], seen["ip"]) == ("tester", "127.0.0.1")
    aws = bool(prefix)
    assert (re.fullmatch(r"\w+\.execute-api\.[\w-]+\.amazonaws\.com", seen["host"]) is not None) is aws
    assert aws or seen["host"] == f"127.0.0.1:{server.port}"


def answers_as_it_is(server: Devserve, prefix: str = "") -> None:
    """Bytes, cookies, pieces and errors of the app reach the caller; links have the prefix."""
    back = server.request("POST", f"{prefix}/back", [("Content-Type", "image/png")], BINARY)
    assert (back.status, back.header("Content-Type"), back.body) == (200, "image/png", BINARY)
    assert [line.partition(";")[0] for line in sorted(server.get(f"{prefix}/cookies").all("set-cookie"))] == [
        "a=1",
        "b=2",
    ]
    assert server.get(f"{prefix}/link").text == f"{prefix}/cookies"
    assert server.get(f"{prefix}/stream").text == "0,1,2,3,4,"
    assert server.get(f"{prefix}/none").status == 404
    assert server.get(f"{prefix}/boom").status == 500
