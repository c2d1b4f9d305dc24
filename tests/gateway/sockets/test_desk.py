"""Open connections of a gateway: a fake `Invoke`, a clock turned by hand, lines that write down what is sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from localstack_lite.gateway.serve import Gateway
from localstack_lite.gateway.settings import Settings
from localstack_lite.gateway.sockets.desk import Conversation
from localstack_lite.gateway.sockets.machine import AT_ONCE, PATIENCE
from localstack_lite.model.api import Api
from localstack_lite.model.facts import Fact, RequestAnswered
from localstack_lite.model.invocation import Invocation, Outcome
from localstack_lite.model.socket import Accepted
from localstack_lite.wire.messages import Headers, Request, Response
from tests.fakes import CountingIds, ManualClock
from tests.gateway.sockets.shared import WrittenLine, chat, upgrade
from tests.gateway.tale import http, project, returned

SIGNED = ("Authorization", "AWS4-HMAC-SHA256 Credential=x")


class Stage:
    """A gateway with its surroundings. `answers` are what functions return, `held` those that do not answer yet."""

    def __init__(self, *apis: Api, settings: Settings | None = None) -> None:
        self.clock = ManualClock(1722641683.0)
        self.facts: list[Fact] = []
        self.events: list[dict[str, Any]] = []
        self.answers: dict[str, object] = {"Echo": {"statusCode": 200, "body": "reply"}}
        self.held: dict[str, asyncio.Event] = {}
        self.gateway = Gateway(
            project(*(apis or (chat(),))),
            self._invoke,
            self.facts.append,
            self.clock,
            CountingIds(),
            settings=settings,
        )

    async def _invoke(self, invocation: Invocation) -> Outcome:
        self.events.append(json.loads(invocation.payload))
        if (held := self.held.get(invocation.function)) is not None:
            await held.wait()
        return returned(self.answers.get(invocation.function, {"statusCode": 200}))

    async def enter(self, target: str = "/dev", **more: Any) -> tuple[Conversation, WrittenLine]:
        found = await self.gateway.upgrade(upgrade(target, **more))
        assert isinstance(found, Accepted)
        assert isinstance(found.listener, Conversation)
        line = WrittenLine()
        found.listener.opened(line)
        return found.listener, line

    async def ask(self, method: str, path: str, body: bytes = b"", *lines: tuple[str, str]) -> Response:
        headers = Headers((("Host", "127.0.0.1:3000"), *(lines or (SIGNED,))))
        return await self.gateway(Request(method, path, headers=headers, body=body))

    def routes(self) -> list[tuple[str, int]]:
        return [(fact.path, fact.status) for fact in self.facts if isinstance(fact, RequestAnswered)]

    def kinds(self) -> list[str]:
        return [event["requestContext"]["eventType"] for event in self.events]


def play(story: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        await asyncio.wait_for(asyncio.ensure_future(story()), 10)

    asyncio.run(bounded())


async def settled() -> None:
    """What can run has run."""
    for _ in range(20):
        await asyncio.sleep(0)


def test_a_connection_lives_and_each_step_is_told() -> None:
    stage = Stage()

    async def story() -> None:
        one, line = await stage.enter("/dev?token=x")
        one.text('{"action":"echo"}')
        await settled()
        assert line.sent == ["reply"]
        one.left(1000, "bye")
        assert line.closed == [(1000, "bye")]
        one.vanished()
        await settled()

    play(story)
    assert stage.kinds() == ["CONNECT", "MESSAGE", "DISCONNECT"]
    assert len({event["requestContext"]["connectionId"] for event in stage.events}) == 1
    assert stage.routes() == [("$connect", 101), ("echo", 200), ("$disconnect", 1000)]
    fact = stage.facts[0]
    assert isinstance(fact, RequestAnswered)
    assert (fact.method, fact.api, fact.function) == ("WS", "Chat", "In")


def test_who_is_refused_was_never_there() -> None:
    stage = Stage()
    stage.answers["In"] = {"statusCode": 403}

    async def story() -> None:
        found = await stage.gateway.upgrade(upgrade())
        assert isinstance(found, Response)
        assert found.status == 403
        await settled()

    play(story)
    assert (stage.kinds(), stage.routes()) == (["CONNECT"], [("$connect", 403)])


def test_a_client_that_is_gone_before_it_was_let_in_is_disconnected() -> None:
    stage = Stage()

    async def story() -> None:
        found = await stage.gateway.upgrade(upgrade())
        assert isinstance(found, Accepted)
        found.listener.vanished()
        await settled()

    play(story)
    assert stage.routes() == [("$connect", 101), ("$disconnect", 1006)]


def test_a_malformed_upgrade_reaches_nobody() -> None:
    stage = Stage()

    async def story() -> None:
        lines = tuple(line for line in upgrade().headers.lines if line[0] != "Sec-WebSocket-Key")
        found = await stage.gateway.upgrade(Request("GET", "/dev", headers=Headers(lines)))
        assert isinstance(found, Response)
        assert found.status == 400

    play(story)
    assert (stage.events, stage.routes()) == ([], [("$connect", 400)])


def test_where_a_websocket_api_answers() -> None:
    stage = Stage(http({"GET /x": "Fn"}), chat(), chat(name="Second", stage="prod"))

    async def story() -> None:
        for target, host, api in (
            ("/", "localhost:3000", "Chat"),
            ("/dev/", "127.0.0.1", "Chat"),
            ("/prod", "localhost", "Second"),
            ("/prod", "second.localhost", "Second"),
            ("/", "second.localhost", "Second"),
            ("/dev", "chat.execute-api.localhost:3000", "Chat"),
        ):
            one, _ = await stage.enter(target, host=host)
            assert one.logical_id == api
        for target, host in (
            ("/", "chat.execute-api.localhost"),
            ("/prod", "chat.execute-api.localhost"),
            ("/dev/more", "chat.execute-api.localhost"),
            ("/other", "localhost"),
            ("/dev", "evil.example"),
        ):
            found = await stage.gateway.upgrade(upgrade(target, host=host))
            assert isinstance(found, Response)
            assert found.status in (403, 404)

    play(story)


def test_a_request_that_asks_for_no_websocket_is_refused_and_told_why() -> None:
    stage = Stage()
    reply = asyncio.run(stage.ask("GET", "/dev"))
    assert reply.status == 403
    (fact,) = stage.facts
    assert isinstance(fact, RequestAnswered)
    assert "is a WebSocket API" in fact.note


def test_a_missing_sub_protocol_is_noted() -> None:
    stage = Stage()

    async def story() -> None:
        found = await stage.gateway.upgrade(upgrade("/dev", ("Sec-WebSocket-Protocol", "graphql-ws")))
        assert isinstance(found, Accepted)
        assert found.protocol == ""

    play(story)
    (fact,) = stage.facts
    assert isinstance(fact, RequestAnswered)
    assert "graphql-ws" in fact.note


def test_a_backend_sends_looks_and_disconnects() -> None:
    stage = Stage()

    async def story() -> None:
        one, line = await stage.enter()
        path = f"/dev/@connections/{one.link.id}"
        assert (await stage.ask("POST", path, b"news")).status == 200
        assert (await stage.ask("POST", f"/@connections/{one.link.id}", b"\xff")).status == 200
        assert line.sent == ["news", b"\xff"]
        seen = json.loads((await stage.ask("GET", path)).body)
        assert seen["identity"] == {"sourceIp": "192.0.2.7", "userAgent": "browser"}
        line.full = True
        assert (await stage.ask("POST", path, b"more")).status == 429
        line.full = False
        assert (await stage.ask("DELETE", path)).status == 204
        assert line.closed == [(1000, "Connection Closed Normally")]
        assert (await stage.ask("POST", path, b"late")).status == 410
        one.left(1000, "")
        await settled()
        assert (await stage.ask("GET", path)).status == 410

    play(story)
    assert stage.kinds() == ["CONNECT", "DISCONNECT"]


def test_an_unsigned_request_is_told_and_refused_where_that_is_asked_for() -> None:
    for strict, status in ((False, 200), (True, 403)):
        stage = Stage(settings=Settings(strict_auth=strict))

        async def story(stage: Stage = stage, status: int = status) -> None:
            one, _ = await stage.enter()
            reply = await stage.ask("GET", f"/dev/@connections/{one.link.id}", b"", ("Accept", "*/*"))
            assert reply.status == status

        play(story)
        fact = stage.facts[-1]
        assert isinstance(fact, RequestAnswered)
        assert fact.differences[0].kind == "unsigned-connections"


def test_in_awss_form_only_the_own_api_reaches_a_connection() -> None:
    stage = Stage(chat(), chat(name="Second"))

    async def story() -> None:
        one, _ = await stage.enter()
        for host, path, status in (
            ("chat.execute-api.localhost", "/dev", 200),
            ("chat.execute-api.localhost", "/prod", 410),
            ("second.execute-api.localhost", "/dev", 410),
        ):
            headers = Headers((("Host", host), SIGNED))
            reply = await stage.gateway(Request("GET", f"{path}/@connections/{one.link.id}", headers=headers))
            assert reply.status == status
        assert stage.gateway.connections(Request("GET", f"/dev/@connections/{one.link.id}")) is not None
        assert stage.gateway.connections(Request("GET", "/else")) is None

    play(story)


def test_a_connection_cannot_be_reached_while_connect_runs() -> None:
    stage = Stage()
    stage.held["In"] = asyncio.Event()

    async def story() -> None:
        coming = asyncio.ensure_future(stage.gateway.upgrade(upgrade()))
        await settled()
        (event,) = stage.events
        path = f"/dev/@connections/{event['requestContext']['connectionId']}"
        assert (await stage.ask("POST", path, b"early")).status == 410
        stage.held["In"].set()
        await coming
        assert (await stage.ask("GET", path)).status == 200

    play(story)


def test_a_flood_runs_a_few_at_once_and_stops_the_client() -> None:
    stage = Stage()
    stage.held["Echo"] = asyncio.Event()

    async def story() -> None:
        one, line = await stage.enter()
        for _ in range(AT_ONCE + 5):
            one.text('{"action":"echo"}')
        await settled()
        assert stage.kinds().count("MESSAGE") == AT_ONCE
        assert line.paused
        stage.held["Echo"].set()
        await settled()
        assert line.sent == ["reply"] * (AT_ONCE + 5)
        assert not line.paused

    play(story)


def test_idle_connections_end_at_the_pace_of_the_time_scale() -> None:
    stage = Stage(chat(idle=600.0), settings=Settings(time_scale=10.0))

    async def story() -> None:
        one, line = await stage.enter()
        stage.clock.advance(59.0)
        one.touched()
        stage.clock.advance(59.0)
        assert line.closed == []
        stage.clock.advance(1.0)
        assert line.closed == [(1001, "Going away")]
        stage.clock.advance(PATIENCE)
        assert line.dropped
        await settled()
        assert stage.clock.pending == 0

    play(story)
    assert stage.events[-1]["requestContext"]["disconnectStatusCode"] == 1001


def test_a_saved_project_keeps_connections_and_gives_them_its_new_routes() -> None:
    stage = Stage()

    async def story() -> None:
        one, line = await stage.enter()
        stage.gateway.swap(project(chat({"new": "Echo"}, responds=("new",))))
        one.text('{"action":"new"}')
        await settled()
        assert line.sent == ["reply"]
        stage.gateway.swap(project(http({"GET /x": "Fn"})))
        assert line.closed == [(1001, "Going away")]
        one.left(1001, "")
        await settled()

    play(story)
    assert stage.routes()[-1] == ("$disconnect", 1001)


def test_a_project_that_gets_its_first_websocket_api_serves_it() -> None:
    stage = Stage(http({"GET /x": "Fn"}))

    async def story() -> None:
        assert isinstance(await stage.gateway.upgrade(upgrade("/dev")), Response)
        stage.gateway.swap(project(chat()))
        assert isinstance(await stage.gateway.upgrade(upgrade("/dev")), Accepted)

    play(story)


def test_the_end_says_goodbye_and_tells_disconnect() -> None:
    stage = Stage()

    async def story() -> None:
        (one, line), (_, rude) = await stage.enter(), await stage.enter()
        ending = asyncio.ensure_future(stage.gateway.close())
        await settled()
        assert line.closed == rude.closed == [(1001, "Going away")]
        one.left(1001, "")
        await ending
        assert rude.dropped
        found = await stage.gateway.upgrade(upgrade())
        assert isinstance(found, Response)
        assert found.status == 503

    play(story)
    assert stage.kinds().count("DISCONNECT") == 2
