"""What the tests of WebSockets have in common: a small API, its stories told, a line that writes down what is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from localstack_lite.gateway.sites import ServedApi, Sites
from localstack_lite.gateway.sockets.moment import Link
from localstack_lite.gateway.steps import Call, Came, Telling
from localstack_lite.model.api import SOCKET, Api, ApiKind, Integration, LambdaProxy, Route
from localstack_lite.model.websocket import WebSocket
from localstack_lite.wire.messages import Headers, Request
from tests.gateway.tale import STAMP, project

T = TypeVar("T")

LINK = Link("L0SM9cOFvHcCIhw=", STAMP.now - 10, "192.0.2.7", "browser", "localhost:3000")
KEY = "dGhlIHNhbXBsZSBub25jZQ=="


def chat(
    spec: Mapping[str, Integration | str] | None = None,
    *,
    responds: Sequence[str] = (),
    selection: str = "$request.body.action",
    stage: str = "dev",
    name: str = "Chat",
    idle: float = 600.0,
) -> Api:
    """A WebSocket API: route keys to functions; by default `$connect`, `$disconnect` and `echo`, which replies."""
    if spec is None:
        spec, responds = {"$connect": "In", "$disconnect": "Out", "echo": "Echo", "quiet": "Quiet"}, ("echo",)
    routes = []
    for key, value in spec.items():
        integration = LambdaProxy(value, timeout=29.0) if isinstance(value, str) else value
        routes.append(Route(SOCKET, key, integration, responds=key in responds))
    settings = WebSocket(selection, idle=idle)
    return Api(name, name.lower(), ApiKind.WEBSOCKET, tuple(routes), stage, websocket=settings)


def served(api: Api) -> ServedApi:
    found = Sites(project(api)).socket(api.logical_id, api.stage)
    assert found is not None
    return found


def upgrade(target: str = "/dev", *more: tuple[str, str], host: str = "localhost:3000") -> Request:
    path, _, query = target.partition("?")
    lines = (
        ("Host", host),
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", KEY),
        ("Sec-WebSocket-Version", "13"),
        ("User-Agent", "browser"),
        *more,
    )
    return Request("GET", path, query, Headers(lines), client="192.0.2.7")


def told(story: Telling[T], came: Callable[[Call], Came]) -> tuple[list[Call], T]:
    """The calls that the story made, and its end."""
    calls: list[Call] = []
    try:
        step = next(story)
        while True:
            assert isinstance(step, Call)
            calls.append(step)
            step = story.send(came(step))
    except StopIteration as end:
        result: T = end.value
        return calls, result


class WrittenLine:
    """Is a `SocketLine`."""

    def __init__(self) -> None:
        self.full = False
        self.sent: list[str | bytes] = []
        self.closed: list[tuple[int, str]] = []
        self.dropped = False
        self.paused = False

    def send(self, data: str | bytes) -> None:
        assert not self.closed
        self.sent.append(data)

    def close(self, code: int, reason: str) -> None:
        self.closed.append((code, reason))

    def drop(self) -> None:
        self.dropped = True

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False
