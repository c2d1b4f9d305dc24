"""The shim beside the Zappa that it is modelled on: the same events at the same project, and the answers must be equal.

An oracle that is not us: what 0.63.0 answers is right, whatever it is.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live import zappa_events as events
from tests.live import zappa_runtime
from tests.live.zappa_projects import ASGI, ASGI_APP, DJANGO, FLASK, FLASK_APP, FUNCTIONS
from tests.live.zappa_runtime import NEW, SHIM, Zappa

pytestmark = pytest.mark.live

_FOUND = sorted(Path.home().glob(".pyenv/versions/3.*/bin/python"))
PYTHONS = [path for path in _FOUND if int(path.parents[1].name.split(".")[1]) >= 9] or [Path(sys.executable)]
PLAIN_APP = """
def app(environ, start):
    lines = [("Content-Type", "text/plain"), ("Set-Cookie", "a=1"), ("X-One", "1")]
    write = start("200 OK", lines)
    write(environ["PATH_INFO"].encode())
    return []
"""
QUEUE = "arn:aws:sqs:us-east-1:123456789012:orders"
Pair = tuple[Zappa, Zappa]

LINES = [("Cookie", "a=1"), ("cookie", "b=2"), ("X-One", "1"), ("X-One", "2"), ("X-Amzn-Trace-Id", "Root=1")]
IAM = {"identity": {"userArn": "arn:aws:iam::123456789012:user/ann", "sourceIp": "192.0.2.7"}}
PLAIN = {"X-Api": "apiId", "X-Ip": "identity.sourceIp", "X-Http": "http.method", "X-Too-Deep": "apiId.x"}

REQUESTS: dict[str, events.Event] = {
    "rest": events.rest("/echo/x", query="a=1&a=2&b=%20", headers=LINES),
    "rest on localhost": events.rest("/echo/x", host="localhost:3000"),
    "rest of the console": events.rest("/echo/x", host=""),
    "rest with a stage twice": events.rest("/dev/echo/x"),
    "rest from CloudFront": events.rest(
        "/link", host="abc.lambda-url.us-east-1.on.aws", headers=[("cloudfront-host", "shop.example.com")]
    ),
    "rest without several": {
        name: value for name, value in events.rest("/echo/x", query="a=1").items() if not name.startswith("multi")
    },
    "rest without headers": {**events.rest("/echo/x"), "headers": None, "multiValueHeaders": None},
    "rest with a picture": events.rest(
        "/echo/x", "POST", body=bytes(range(256)), headers=[("content-type", "image/png")]
    ),
    "rest with text": events.rest("/echo/x", "PUT", body="ü", headers=[("Content-Type", "text/plain")]),
    "rest delete": events.rest("/echo/x", "DELETE"),
    "rest options": events.rest("/echo/x", "OPTIONS", body=b"x"),
    "rest by IAM": events.rest("/echo/x", context=IAM),
    "rest authorized": events.rest("/echo/x", context={"authorizer": {"principalId": "ann"}}),
    "rest forwarded once": events.rest("/echo/x", headers=[("x-forwarded-for", "192.0.2.9")]),
    "http": events.http("/echo/x", query="a=1&a=2", headers=LINES, cookies=["c=3", "d=4"]),
    "http with a stage": events.http("/dev/link", stage="dev"),
    "http at the stage": events.http("/dev", stage="dev"),
    "http beside the stage": events.http("/devices", stage="dev"),
    "http without a raw query": {
        name: value for name, value in events.http("/echo/x", query="a=1").items() if name != "rawQueryString"
    },
    "http posting": events.http("/echo/x", "POST", body=b"\xff", headers=[("content-type", "a/b")]),
    "http by a Lambda authorizer": events.http("/echo/x", context={"authorizer": {"lambda": {"principalId": "a"}}}),
    "http by a JWT": events.http("/echo/x", context={"authorizer": {"jwt": {"claims": {"sub": "a"}}}}),
    "http by IAM": events.http("/echo/x", context={"authorizer": {"iam": {"userArn": "arn:x"}}}),
    "balancer": events.alb("/echo/x", query="a=1"),
    "balancer with several": events.alb("/echo/x", several=True, query="a=1&a=2"),
    **{
        f"{name} {path}": make(path)
        for name, make in (("rest", events.rest), ("http", events.http), ("balancer", events.alb))
        for path in ("/cookies", "/several", "/packed", "/empty", "/away", "/crash", "/missing", "/bytes/image/png")
    },
    "an accent": events.rest("/echo/%C3%BC%2F"),
    "not readable": {"version": "2.0", "requestContext": {}},
    "no path": {"httpMethod": "GET", "headers": {}},
}
OTHERS: dict[str, Any] = {
    "schedule": events.scheduled("shop-dev-work.both", kwargs={"a": 1}),
    "schedule of nothing": events.scheduled("shop"),
    "keep warm": events.scheduled("shop-dev-zappa-keep-warm-handler.keep_warm_callback"),
    "command": {"command": "work.both"},
    "command of one": {"command": "work.one"},
    "command of none": {"command": "work.none"},
    "command that fails": {"command": "work.breaks"},
    "command that is wrong inside": {"command": "work.wrong_inside"},
    "command that is wrong inside with two": {"command": "work.wrong_with_two"},
    "command of no module": {"command": "nowhere.at_all"},
    "command without a module": {"command": "nowhere"},
    "raw": {"raw_command": "1 + 1"},
    "raw that fails": {"raw_command": "1 / 0"},
    "queue": events.sqs(QUEUE),
    "queue of nobody": events.sqs("arn:x"),
    "topic": events.sns(QUEUE, "x"),
    "topic with a command": events.sns("arn:x", '{"command": "work.none"}'),
    "topic with a list": events.sns("arn:x", "[1]"),
    "table": events.dynamodb(QUEUE),
    "stream": events.kinesis(QUEUE),
    "bucket": events.s3("x"),
    "bucket by id": events.s3("x", "a:work.none"),
    "records of mail": events.records({"eventSource": "aws:ses", "ses": {}}),
    "no records": {"Records": []},
    "bot": events.bot("Order", "X"),
    "bot of nobody": events.bot("Y", "X"),
    "bot without an intent": {"bot": {"name": "x"}},
    "token": events.token(),
    "cognito": events.cognito("A"),
    "cognito of nobody": events.cognito("B"),
    "socket": events.socket("CONNECT", "$connect"),
    "nothing": {"a": 1},
    "empty": {},
    "a list": [1],
    "text": "x",
}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    settings: dict[str, Any] = {
        **FLASK_APP,
        "AWS_EVENT_MAPPING": {QUEUE: ["work.first", "work.both"], "arn:aws:s3:::x": "work.both"},
        "AWS_BOT_EVENT_MAPPING": {"Order:X": "work.both"},
        "COGNITO_TRIGGER_MAPPING": {"A": "work.on_cognito"},
        "AUTHORIZER_FUNCTION": "work.authorize",
        "CONTEXT_HEADER_MAPPINGS": PLAIN,
    }
    folder = tmp_path_factory.mktemp("pair")
    with (
        zappa_runtime.running(folder / "real", NEW, FLASK | FUNCTIONS, **settings) as real,
        zappa_runtime.running(folder / "shim", SHIM, FLASK | FUNCTIONS, **settings) as shim,
    ):
        yield real, shim


@pytest.fixture(scope="module")
def asgi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("asgi")
    settings: dict[str, Any] = {**ASGI_APP, "CONTEXT_HEADER_MAPPINGS": PLAIN}
    with (
        zappa_runtime.running(folder / "real", NEW, ASGI, **settings) as real,
        zappa_runtime.running(folder / "shim", SHIM, ASGI, **settings) as shim,
    ):
        yield real, shim


def both(pair: Pair, event: object) -> tuple[Any, Any]:
    return tuple(_result(zappa, event) for zappa in pair)  # type: ignore[return-value]


def _result(zappa: Zappa, event: object) -> Any:
    posted = zappa.runtime.ask(event)
    result = posted.json()
    if posted.kind == "error":
        return result["errorType"], result["errorMessage"]
    if isinstance(result, dict) and str(result.get("body")).startswith(("{", '"')):
        # Zappa asks for headers in the order of a set: JSON is compared as what it means.
        result["body"] = json.loads(result["body"])
        if isinstance(result["body"], str) and "traceback" in result["body"]:
            told = ast.literal_eval(result["body"])  # a dict as Python writes it; its files are each one's own
            result["body"] = sorted(told), told["message"], told["traceback"][0], told["traceback"][-1]
    return result


@pytest.mark.parametrize("name", REQUESTS)
def test_the_shim_answers_requests_as_zappa_does(pair: Pair, name: str) -> None:
    real, shim = both(pair, REQUESTS[name])
    assert shim == real


@pytest.mark.parametrize("name", OTHERS)
def test_the_shim_answers_other_events_as_zappa_does(pair: Pair, name: str) -> None:
    for zappa in pair:
        zappa.ask({"raw_command": "import work; del work.calls[:]; work.entered = 0"})
    real, shim = both(pair, OTHERS[name])
    assert shim == real


@pytest.mark.parametrize("name", [*REQUESTS, "image", "crash"])
def test_the_shim_answers_requests_to_an_asgi_app_as_zappa_does(asgi: Pair, name: str) -> None:
    extra = {"image": events.rest("/image"), "crash": events.http("/crash")}
    real, shim = both(asgi, extra.get(name) or REQUESTS[name])
    assert shim == real


@pytest.mark.parametrize("kind", ["wsgi", "asgi"])
def test_the_shim_serves_django_as_zappa_does(kind: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("django")
    settings: dict[str, Any] = {"DJANGO_SETTINGS": "site1.settings"}
    if kind == "asgi":
        settings |= {"APP_MODULE": "site1.asgi", "APP_FUNCTION": "application"}
    with (
        zappa_runtime.running(folder / "real", NEW, DJANGO, **settings) as real,
        zappa_runtime.running(folder / "shim", SHIM, DJANGO, **settings) as shim,
    ):
        for event in (events.rest("/hello/"), events.http("/dev/hello/", stage="dev"), events.rest("/hello")):
            one, other = both((real, shim), event)
            assert one == other
        one, other = both((real, shim), {"manage": "say a b"})
        assert one == other == {}
        for zappa in (real, shim):
            zappa.says("2 words: a | b")


def test_access_lines_are_the_same(pair: Pair) -> None:
    event = events.rest("/echo/lines", query="q=1", headers=[("User-Agent", "curl/8"), ("Referer", "http://x/")])
    lines = []
    for zappa in pair:
        zappa.ask(event)
        found = [line for line in zappa.says("/echo/lines?q=1 HTTP").splitlines() if "/echo/lines?q=1 HTTP" in line]
        # Time and length of time differ, and the first part is the logger's own.
        lines.append(re.sub(r"\[\d\d/.*?\]|\d+/\d+$", "", found[-1].partition("192.0.2.7")[2]))
    assert lines[0] == lines[1]


@pytest.mark.parametrize("python", PYTHONS, ids=lambda path: path.parents[1].name)
def test_the_shim_and_the_remarks_run_on_every_python_without_any_package(python: Path, tmp_path: Path) -> None:
    files = {"plain.py": PLAIN_APP} | FUNCTIONS
    settings: dict[str, Any] = {"APP_MODULE": "plain", "APP_FUNCTION": "app"}
    with zappa_runtime.running(tmp_path, SHIM, files, python=python, **settings) as zappa:
        answer = zappa.ask(events.rest("/x", "POST", body=b"\xff"))
        assert (answer["statusCode"], answer["body"], answer["headers"]["X-One"]) == (200, "/x", "1")
        assert len(answer["multiValueHeaders"]["Set-Cookie"]) == 2
        zappa.says("devserve: each cookie is sent 4×")
        assert zappa.ask({"command": "work.one"}) == ["one", ["command"]]
        assert zappa.failure({"command": "work.wrong_inside"})["errorType"] == "RuntimeError"
        zappa.says("was entered 2 times")
        assert zappa.ask({"source": "x"}) is None
        zappa.says("no Zappa branch matched")
