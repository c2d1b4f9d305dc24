"""Pages of each framework in a real browser: a form, a session, a redirect, a picture, a script that asks for JSON."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from tests.live import browser, venvs
from tests.live.devserver import devserve
from tests.live.pictures import png

pytestmark = [*browser.MARKS, pytest.mark.timeout(240)]

PAGE = """<!doctype html><title>guests</title>
<link rel=stylesheet href="{style}"><p id=who>{who}</p><img id=picture src="{picture}">
<form method=post><input name=who><button>sign</button></form><output id=count></output>
<script>
fetch("{count}").then(r => r.json()).then(j => {{ document.getElementById("count").value = j.count }})
</script>"""
PNG = base64.b64encode(png(8, 8)).decode()
FLASK = f'''
import base64
from flask import Flask, Response, redirect, request, session, url_for

PAGE = """{PAGE}"""
app = Flask(__name__)
app.secret_key = "of a test"

@app.route("/", methods=["GET", "POST"])
def guests():
    if request.method == "POST":
        session["who"] = request.form["who"]
        session["count"] = session.get("count", 0) + 1
        return redirect(url_for("guests"))
    addresses = {{name: url_for(name) for name in ("style", "picture", "count")}}
    return PAGE.format(who=session.get("who", "nobody"), **addresses)

@app.get("/style.css")
def style():
    return Response("#who {{ color: rgb(1, 2, 3) }}", mimetype="text/css")

@app.get("/picture.png")
def picture():
    return Response(base64.b64decode("{PNG}"), mimetype="image/png")

@app.get("/count")
def count():
    return {{"count": session.get("count", 0)}}
'''
FASTAPI = f'''
import base64
from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

PAGE = """{PAGE}"""
app = FastAPI()

@app.get("/", response_class=HTMLResponse)
def guests(request: Request):
    root = request.scope.get("root_path", "")
    addresses = {{"style": f"{{root}}/style.css", "picture": f"{{root}}/picture.png", "count": f"{{root}}/count"}}
    return PAGE.format(who=request.cookies.get("who", "nobody"), **addresses)

@app.post("/")
def sign(request: Request, who: str = Form()):
    answer = RedirectResponse(f"{{request.scope.get('root_path', '')}}/", 303)
    answer.set_cookie("who", who)
    answer.set_cookie("count", str(int(request.cookies.get("count", 0)) + 1))
    return answer

@app.get("/style.css")
def style():
    return Response("#who {{ color: rgb(1, 2, 3) }}", media_type="text/css")

@app.get("/picture.png")
def picture():
    return Response(base64.b64decode("{PNG}"), media_type="image/png")

@app.get("/count")
def count(request: Request):
    return {{"count": int(request.cookies.get("count", 0))}}
'''
APPS = {"flask": (FLASK, ("flask>=3",)), "fastapi": (FASTAPI, ("fastapi>=0.110", "python-multipart"))}


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    with browser.page(tmp_path_factory.mktemp("browser") / "profile") as page:
        yield page.context


@pytest.mark.parametrize("kind", [("http",), ("rest", "--stage-prefix"), ("alb",)], ids=lambda kind: kind[0])
@pytest.mark.parametrize("framework", APPS)
def test_a_guest_signs_the_book(
    tmp_path: Path, chromium: BrowserContext, framework: str, kind: tuple[str, ...]
) -> None:
    source, requirements = APPS[framework]
    venvs.use(tmp_path / "project", venvs.python(f"browser-{framework}", *requirements))
    chromium.clear_cookies()  # somebody else: those of an address are there whatever its port is
    # A browser asks for four things at once: as many cold starts, which nothing here is about.
    with (
        devserve(tmp_path, {"app.py": source}, "--as", *kind, "--max-environments", "2") as server,
        chromium.new_page() as page,
    ):
        failed: list[str] = []
        page.on("response", lambda reply: failed.append(f"{reply.status} {reply.url}") if reply.status >= 400 else None)
        root = server.ready["apis"][0]["url"]
        browser.visit(page, root)
        assert page.inner_text("#who") == "nobody"
        for count, who in enumerate(("Ada Ö", "Grace <b>"), 1):
            page.fill("input", who)
            page.click("button")
            page.wait_for_function(f"document.getElementById('count').value === '{count}'")
            assert page.url == root
        assert "Grace" in page.inner_text("#who")
        assert page.evaluate("getComputedStyle(document.getElementById('who')).color") == "rgb(1, 2, 3)"
        page.wait_for_load_state("load")
        assert page.evaluate("document.getElementById('picture').naturalWidth") == 8
        assert [each for each in failed if "favicon" not in each] == []
