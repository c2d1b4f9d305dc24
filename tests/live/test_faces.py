"""An app that knows itself by its address on AWS, used at this machine's: logins, redirects, cookies."""

from __future__ import annotations

import http.cookiejar
import json
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from tests.live.devserver import Devserve, devserve, run, write
from tests.live.templates import function, sam

pytestmark = pytest.mark.live

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

# What frameworks do, in short: the stage in front when the host is AWS's, absolute redirects to the own host, secure
# cookies for the own domain, and a form that is refused when its Origin is not the own address or it came without TLS.
APP = '''
import base64
from http.cookies import SimpleCookie
from urllib.parse import parse_qs

FORM = """<!doctype html><form method="post" action="{prefix}/login"><input name="token" value="t1"></form>
<script>if (!document.cookie.includes("tried")) {{
  document.cookie = "tried=1; Path=/"; document.forms[0].submit();
}}</script>"""

def handler(event, context):
    headers = {name.lower(): value for name, value in event["headers"].items()}
    host, prefix = headers["host"], ""
    if "amazonaws.com" in host:
        prefix = "/" + event["requestContext"]["stage"]
    own = f"{headers['x-forwarded-proto']}://{host}"
    cookies = {name: morsel.value for name, morsel in SimpleCookie(headers.get("cookie", "")).items()}
    secure = "; Secure; HttpOnly; Path=/" + (f"; Domain={host}" if prefix else "")
    match event["httpMethod"], event["path"]:
        case "GET", "/login":
            return page(FORM.format(prefix=prefix), cookies=["csrf=t1" + secure])
        case "POST", "/login":
            body = event["body"]
            form = parse_qs(base64.b64decode(body).decode() if event["isBase64Encoded"] else body)
            if headers.get("origin") != own:
                return page(f"wrong origin {headers.get('origin')}, this is {own}", 403)
            if form["token"] != [cookies.get("csrf")]:
                return page("no csrf cookie", 403)
            return page("", 302, {"Location": f"{own}{prefix}/home"}, ["session=ada" + secure, "theme=dark; Path=/"])
        case "GET", "/home":
            return page(f"<p>welcome {cookies.get('session')} ({cookies.get('theme')}) at {prefix or '/'}</p>")
    return page(repr(event), 404)

def page(body, status=200, headers={}, cookies=()):
    lines = {"Content-Type": ["text/html; charset=utf-8"], "Set-Cookie": list(cookies)}
    return {"statusCode": status, "body": body, "multiValueHeaders": {**lines, **{k: [v] for k, v in headers.items()}}}
'''
ECHO = """
import json

def handler(event, context):
    if event.get("path") == "/broken":
        return {"body": "no status"}
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(event)}
"""


def log_in(server: Devserve, prefix: str) -> tuple[str, str]:
    """Where a client with a cookie jar ends up that follows redirects, and what it reads there."""
    jar = http.cookiejar.CookieJar()
    client = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    client.open(f"{server.gateway}{prefix}/login", timeout=30).read()
    form = urllib.parse.urlencode({"token": "t1"}).encode()
    send = urllib.request.Request(f"{server.gateway}{prefix}/login", form, {"Origin": server.gateway})
    with client.open(send, timeout=30) as reply:
        return reply.url, reply.read().decode()


def test_a_login_with_redirects_and_cookies_works_under_the_stage(tmp_path: Path) -> None:
    with devserve(tmp_path, {"app.py": APP}, "--as", "rest", "--stage-prefix", "--plain-cookies") as server:
        assert server.ready["apis"][0]["url"] == f"{server.gateway}/dev/"
        where, text = log_in(server, "/dev")
        assert where == f"{server.gateway}/dev/home"
        assert text == "<p>welcome ada (dark) at /dev</p>"
        outside = server.get("/login")
        assert (outside.status, outside.body) == (403, b'{"message":"Forbidden"}')
        told = server.fact("request", lambda fact: fact["path"] == "/login")
        assert told["note"] == f"outside of /dev; the app is at {server.gateway}/dev/"


def test_a_form_from_another_page_is_refused_as_on_aws(tmp_path: Path) -> None:
    with devserve(tmp_path, {"app.py": APP}, "--as", "rest", "--stage-prefix") as server:
        reply = server.request("POST", "/dev/login", [("Origin", "https://evil.example")], b"token=t1")
        assert reply.status == 403
        assert "wrong origin https://evil.example" in reply.text


def test_without_the_stage_the_same_app_knows_itself_as_this_machine(tmp_path: Path) -> None:
    with devserve(tmp_path, {"app.py": APP}, "--as", "rest", "--plain-cookies") as server:
        assert log_in(server, "") == (f"{server.gateway}/home", "<p>welcome ada (dark) at /</p>")


def test_secure_cookies_stay_and_are_noted_once(tmp_path: Path) -> None:
    with devserve(tmp_path, {"app.py": APP}, "--as", "rest", "--stage-prefix") as server:
        for _ in range(2):
            assert server.get("/dev/login").all("set-cookie") == ["csrf=t1; Secure; HttpOnly; Path=/"]
        notes = [fact["note"] for fact in server.facts("request")]
        assert sum("cookie csrf is Secure" in note for note in notes) == 1


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_browser_logs_in_under_the_stage_with_secure_cookies(tmp_path: Path, host: str) -> None:
    assert CHROMIUM is not None
    quiet = ["--disable-sync", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
    line = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", *quiet]
    with devserve(tmp_path, {"app.py": APP}, "--as", "rest", "--stage-prefix") as server:
        done = subprocess.run(
            [
                *line,
                f"--user-data-dir={tmp_path / 'profile'}",
                "--virtual-time-budget=5000",
                "--dump-dom",
                f"http://{host}:{server.port}/dev/login",
            ],
            capture_output=True,
            text=True,
            timeout=90,
            check=True,
        )
        assert "<p>welcome ada (dark) at /dev</p>" in done.stdout, (done.stdout, server.facts("request"))


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("rest", {"resource", "multiValueHeaders"}),
        ("http", {"rawPath", "routeKey"}),
        ("http1", {"version", "multiValueHeaders", "resource"}),
        ("url", {"rawPath", "routeKey"}),
        ("alb", {"httpMethod", "headers"}),
    ],
)
def test_every_front_door_sends_its_event(tmp_path: Path, kind: str, keys: set[str]) -> None:
    with devserve(tmp_path, {"app.py": ECHO}, "--as", kind) as server:
        reply = server.get("/a%20b?q=%20")
        got = json.loads(reply.body)
        assert keys <= got.keys()
        assert got["requestContext"].keys() >= ({"elb"} if kind == "alb" else {"apiId"})
        assert (kind == "alb") == (reply.header("server") == "awselb/2.0")


def test_a_load_balancers_own_answers_are_pages(tmp_path: Path) -> None:
    with devserve(tmp_path, {"app.py": ECHO}, "--as", "alb") as server:
        broken = server.get("/broken", host="loadbalancer.elb.localhost")
        assert (broken.status, broken.header("content-type"), len(broken.body)) == (502, "text/html", 122)
        large = server.request("POST", "/x", body=bytes(1024 * 1024 + 1))
        assert (large.status, b"413 Request Entity Too Large" in large.body) == (413, True)


def test_a_front_door_that_does_not_exist_is_refused_with_those_that_do(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": ECHO})
    for command in ([], ["routes"], ["validate"], ["invoke"]):
        done = run(tmp_path, *command, "--as", "soap")
        assert done.code == 2
        assert "'soap' is not one of rest, http, http1, url, alb" in done.stderr


def test_declared_apis_are_not_switched_and_that_is_said(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": ECHO, "template.json": sam({"Hello": function("app.handler", "GET /hello")})})
    done = run(tmp_path, "validate", "--as", "alb")
    assert done.code == 0
    assert "--as alb: warning: has nothing to switch: the project declares its APIs" in done.stdout


def test_routes_are_shown_where_they_answer(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": ECHO})
    done = run(tmp_path, "routes", "--as", "rest", "--stage-prefix", "--json")
    urls = [row["url"] for row in json.loads(done.stdout)["routes"]]
    assert urls == ["http://127.0.0.1:3000/dev/", "http://127.0.0.1:3000/dev/{proxy+}"]
