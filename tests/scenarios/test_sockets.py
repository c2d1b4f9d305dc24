"""A storm over one WebSocket: the gateway's desk and machine, the wire's frames, a transport and functions that are not
there. Whatever comes, in whatever order, nothing raises, `$disconnect` is told once, and nothing follows a close frame.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st
from wsproto.connection import Connection, ConnectionType
from wsproto.events import CloseConnection, Message, Ping

from localstack_lite.gateway.serve import Gateway
from localstack_lite.model.invocation import Invocation, Outcome, Refused
from localstack_lite.model.socket import Accepted
from localstack_lite.wire.messages import Headers, Request
from localstack_lite.wire.socket_protocol import SocketProtocol
from tests.fakes import CountingIds, ManualClock
from tests.gateway.sockets.shared import chat, upgrade
from tests.gateway.tale import project, returned

ROUTES = {"$connect": "In", "$disconnect": "Out", "echo": "Echo", "slow": "Slow", "$default": "Odd"}
API = chat(ROUTES, responds=("echo",))


class Transport:
    """What the server writes, and whether it may still."""

    def __init__(self) -> None:
        self.wrote: list[bytes] = []
        self.closing = False
        self.reading = True

    def write(self, data: bytes) -> None:
        self.wrote.append(bytes(data))

    def is_closing(self) -> bool:
        return self.closing

    def close(self) -> None:
        self.closing = True

    abort = close

    def pause_reading(self) -> None:
        assert self.reading
        self.reading = False

    def resume_reading(self) -> None:
        assert not self.reading
        self.reading = True


class Storm:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.events: list[dict[str, Any]] = []
        self.slow = asyncio.Event()
        self.gateway = Gateway(project(API), self._invoke, lambda _: None, self.clock, CountingIds())
        self.transport = Transport()
        self.client = Connection(ConnectionType.CLIENT)
        self.wire: SocketProtocol | None = None
        self.gone = False

    async def _invoke(self, invocation: Invocation) -> Outcome:
        self.events.append(json.loads(invocation.payload))
        match invocation.function:
            case "Slow":
                await self.slow.wait()
                return returned({"statusCode": 200, "body": "x" * 1000})
            case "Odd":
                return Refused("id", 429, "TooManyRequestsException", b"{}")
            case "Echo":
                return returned({"statusCode": 200, "body": "reply"})
        return returned({"statusCode": 200})

    async def enter(self) -> None:
        found = await self.gateway.upgrade(upgrade())
        assert isinstance(found, Accepted)
        self.wire = SocketProtocol(found.listener, cast("asyncio.Transport", self.transport), set())
        found.listener.opened(self.wire)

    def came(self, data: bytes) -> None:
        if self.wire is not None and self.transport.reading and not self.transport.closing and not self.gone:
            self.wire.data_received(data)

    def lost(self) -> None:
        if self.wire is not None and not self.gone:
            self.gone = self.transport.closing = True
            self.wire.connection_lost(None)

    async def step(self, what: str, text: str, number: int) -> None:
        assert self.wire is not None
        match what:
            case "message":
                self.came(bytes(self._sent(Message(json.dumps({"action": text})))))
            case "pieces":
                self.came(bytes(self._sent(Message(text, message_finished=False))))
            case "binary":
                self.came(bytes(self._sent(Message(b"\0" * number))))
            case "large":
                self.came(bytes(self._sent(Message("l" * number * 40))))
            case "ping":
                self.came(bytes(self._sent(Ping())))
            case "goodbye":
                self.came(bytes(self._sent(CloseConnection(1000, text))))
            case "noise":
                self.came(bytes((number + at * 7) % 256 for at in range(number % 40 + 1)))
            case "slow" | "fast":
                (self.wire.pause_writing if what == "slow" else self.wire.resume_writing)()
            case "time":
                for _ in range(10):  # who was called has been called
                    await asyncio.sleep(0)
                self.clock.advance(number)
            case "answers":
                self.slow.set()
            case "POST" | "DELETE" | "GET":
                connection = self.events[0]["requestContext"]["connectionId"]
                headers = Headers((("Host", "localhost"),))
                await self.gateway(Request(what, f"/@connections/{connection}", headers=headers, body=text.encode()))
            case "lost":
                self.lost()
        await asyncio.sleep(0)

    def _sent(self, event: Any) -> bytes:
        try:
            return self.client.send(event)
        except Exception:  # the client's side has ended, or is in the middle of a message
            return b""

    async def end(self) -> None:
        self.slow.set()
        for _ in range(50):
            await asyncio.sleep(0)
        self.lost()
        for _ in range(50):
            await asyncio.sleep(0)


WHATS = (
    [
        "message",
        "pieces",
        "binary",
        "large",
        "ping",
        "goodbye",
        "noise",
        "slow",
        "fast",
        "time",
        "answers",
        "POST",
        "DELETE",
        "GET",
        "lost",
    ]
    + ["message"] * 6  # what is usual comes more often
)
STEPS = st.lists(st.tuples(st.sampled_from(WHATS), st.sampled_from(["echo", "slow", "odd", "é"]), st.integers(1, 999)))


@given(STEPS)
@settings(max_examples=80, deadline=None)
def test_no_storm_breaks_a_connections_story(steps: list[tuple[str, str, int]]) -> None:
    async def story() -> Storm:
        storm = Storm()
        await storm.enter()
        for what, text, number in steps:
            await storm.step(what, text, number)
        await storm.end()
        assert storm.clock.pending == 0
        return storm

    storm = asyncio.run(story())
    kinds = [event["requestContext"]["eventType"] for event in storm.events]
    assert kinds[0] == "CONNECT"
    assert kinds.count("CONNECT") == kinds.count("DISCONNECT") == 1
    first = [data[0] & 0x0F for data in storm.transport.wrote]
    assert first.count(8) <= 1
    if 8 in first:
        assert first.index(8) == len(first) - 1
