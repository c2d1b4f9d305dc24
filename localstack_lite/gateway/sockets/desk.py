"""All open WebSockets of a gateway: lets clients in, runs what their messages ask for, sends what backends post.

The machines decide what happens to a connection (`sockets.machine`), stories what is answered (`sockets.story`); here
they are driven. An open connection has no task: a timer, and one task for each message while that is run. A swap of the
project leaves connections open, which use the new routes from their next message on; those of an API that is not there
any more are closed.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Protocol, TypeVar

from localstack_lite.gateway import differences, limits
from localstack_lite.gateway.caller import Caller
from localstack_lite.gateway.exchange import Answer
from localstack_lite.gateway.settings import Settings
from localstack_lite.gateway.sites import ServedApi, Site, Sites
from localstack_lite.gateway.sockets import connections_api
from localstack_lite.gateway.sockets import handshake as socket_handshake
from localstack_lite.gateway.sockets import story as socket_story
from localstack_lite.gateway.sockets.machine import (
    DELETED,
    GOING_AWAY,
    Action,
    Broke,
    Close,
    Disconnect,
    Drop,
    Ended,
    Event,
    Left,
    Pause,
    Phase,
    Posted,
    Replied,
    Resume,
    Run,
    Send,
    SocketMachine,
    TextCame,
    TimeUp,
    Touched,
    Vanished,
    Wake,
)
from localstack_lite.gateway.sockets.moment import Link
from localstack_lite.gateway.steps import Telling
from localstack_lite.gateway.visit import Stamp
from localstack_lite.model.api import SOCKET
from localstack_lite.model.difference import Difference
from localstack_lite.model.socket import Accepted, SocketLine
from localstack_lite.model.websocket import CONNECT, DISCONNECT, WebSocket
from localstack_lite.ports import Clock, Ids, Timer
from localstack_lite.wire.messages import Request, Response

#: Seconds that clients have to answer their close frames when the gateway ends, and `$disconnect` has after that.
LEAVING = 1.0
LAST_WORDS = 2.0

T = TypeVar("T")
_ENDING = Response(503, (("Content-Type", "application/json"),), b'{"message":"Service Unavailable"}')
_UNSIGNED = Difference(differences.UNSIGNED, "a request to @connections without a signature is refused (403)")


class Told(Protocol):
    """Tells a story that began at that time, to its end."""

    async def __call__(self, story: Telling[T], began: float, /) -> T: ...


class Conversation:
    """One connection that was let in. Is a `SocketListener`."""

    __slots__ = ("_desk", "_line", "_machine", "_timer", "caller", "link", "logical_id", "stage")

    def __init__(self, desk: SocketDesk, api: ServedApi, link: Link, caller: Caller | None, machine: SocketMachine):
        self._desk = desk
        self._line: SocketLine | None = None
        self._machine = machine
        self._timer: Timer | None = None
        self.logical_id = api.api.logical_id
        self.stage = api.api.stage
        self.link = link
        self.caller = caller

    # -- the client's side

    def opened(self, line: SocketLine) -> None:
        self._line = line
        self._do(self._machine.begin())

    def text(self, text: str) -> None:
        self.feed(TextCame(text))

    def touched(self) -> None:
        self.feed(Touched())

    def broke(self, code: int, reason: str) -> None:
        self.feed(Broke(code, reason))

    def left(self, code: int, reason: str) -> None:
        self.feed(Left(code, reason))

    def vanished(self) -> None:
        self.feed(Vanished())
        self._line = None

    # -- this side

    @property
    def full(self) -> bool:
        return self._line is None or self._line.full

    @property
    def active(self) -> float:
        return self._machine.active

    @property
    def is_open(self) -> bool:
        return self._machine.phase is Phase.OPEN

    def feed(self, event: Event) -> None:
        for action in self._machine.handle(event, self._desk.now()):
            self._do(action)

    def _do(self, action: Action) -> None:
        line = self._line
        match action:
            case Run(text=text):
                self._desk.run(self, text)
            case Wake(at=at):
                self._rest()
                self._timer = self._desk.wake(self, at)
            case Disconnect(code=code, reason=reason):
                self._rest()
                self._desk.over(self, code, reason)
            case _ if line is None:
                pass
            case Send(data=data):
                line.send(data)
            case Close(code=code, reason=reason):
                line.close(code, reason)
            case Pause():
                line.pause()
            case Resume():
                line.resume()
            case Drop():
                line.drop()

    def _rest(self) -> None:
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()


class SocketDesk:
    """`told` tells a story to its end; `stamp` makes the ids of an event; `tell` publishes what came of it."""

    def __init__(
        self,
        sites: Sites,
        settings: Settings,
        clock: Clock,
        ids: Ids,
        told: Told,
        stamp: Callable[[float], Stamp],
        tell: Callable[[Request, Answer, float], None],
    ) -> None:
        self._sites = sites
        self._settings = settings
        self._clock = clock
        self._ids = ids
        self._told = told
        self._stamp = stamp
        self._tell = tell
        self._open: dict[str, Conversation] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._ending = False
        self._empty: asyncio.Event | None = None

    async def open(self, site: Site, api: ServedApi, request: Request) -> Response | Accepted:
        """The answer to an upgrade request."""
        if self._ending:
            return _ENDING
        began = self._clock.now()
        stamp = self._stamp(began)
        event = Request(SOCKET, CONNECT)
        mask = api.aws_mask if site.aws_form else api.mask
        asked = request if mask is None else mask.inward(request)
        if wrong := self._wrong(api, asked, stamp):
            answer = Answer(wrong[0], api.api.logical_id, CONNECT, note=wrong[1])
            self._tell(event, answer, began)
            return wrong[0]
        headers = asked.headers
        host = headers.get("host") or ""
        link = Link(self._ids.extended(), began, asked.client, headers.get("user-agent"), host)
        connected = await self._told(socket_story.connect(api, link, asked, stamp), began)
        answer = connected.answer
        if connected.refusal is not None:
            self._tell(event, answer, began)
            return connected.refusal
        if note := socket_handshake.protocol_note(socket_handshake.wanted(headers), connected.protocol):
            answer = replace(answer, note=f"{answer.note}; {note}" if answer.note else note)
        self._tell(event, answer, began)
        limit = api.api.websocket or WebSocket()
        pace = self._settings.time_scale
        machine = SocketMachine(self._clock.now(), limit.idle / pace, limit.duration / pace)
        conversation = Conversation(self, api, link, connected.caller, machine)
        self._open[link.id] = conversation
        if self._ending or self._sites.socket(conversation.logical_id, conversation.stage) is None:
            asyncio.get_running_loop().call_soon(conversation.feed, Ended(*GOING_AWAY))
        return Accepted(conversation, connected.protocol)

    def manage(self, request: Request, site: Site | None = None) -> Answer | None:
        """What is answered to a request to `@connections`; None when it is none. `site` is what its host means, where
        that matters."""
        found = connections_api.asked(request.path)
        if found is None:
            return None
        stage, connection = found
        stamp = self._stamp(self._clock.now())
        api = self._api_of(connection)
        response = self._managed(request, site, stage, connection, stamp)
        different = () if connections_api.signed(request) else (_UNSIGNED,)
        return Answer(response, api, f"{request.method} @connections", differences=different)

    def swap(self, sites: Sites) -> None:
        self._sites = sites
        for one in tuple(self._open.values()):
            if sites.socket(one.logical_id, one.stage) is None:
                one.feed(Ended(*GOING_AWAY))

    async def close(self) -> None:
        """End all connections. Those who do not say goodbye are cut, and `$disconnect` has a moment to run."""
        self._ending = True
        self._empty = asyncio.Event()
        for one in tuple(self._open.values()):
            one.feed(Ended(*GOING_AWAY))
        if self._open:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), LEAVING)
        for one in tuple(self._open.values()):
            one.feed(TimeUp())
        if self._tasks:
            await asyncio.wait(tuple(self._tasks), timeout=LAST_WORDS)
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- what a conversation asks for

    def now(self) -> float:
        return self._clock.now()

    def wake(self, conversation: Conversation, at: float) -> Timer:
        return self._clock.call_later(max(at - self._clock.now(), 0.0), conversation.feed, TimeUp())

    def run(self, conversation: Conversation, text: str) -> None:
        self._keep(self._run(conversation, text))

    def over(self, conversation: Conversation, code: int, reason: str) -> None:
        self._open.pop(conversation.link.id, None)
        self._keep(self._disconnect(conversation, code, reason))
        if not self._open and self._empty is not None:
            self._empty.set()

    # -- inside

    async def _run(self, conversation: Conversation, text: str) -> None:
        data: str | bytes | None = None
        try:
            api = self._sites.socket(conversation.logical_id, conversation.stage)
            if api is not None:
                began = self._clock.now()
                link, caller = conversation.link, conversation.caller
                story = socket_story.message(api, link, caller, text, self._ids.extended(), self._stamp(began))
                answer, data = await self._told(story, began)
                self._tell(Request(SOCKET, answer.route), answer, began)
        finally:
            conversation.feed(Replied(data))

    async def _disconnect(self, conversation: Conversation, code: int, reason: str) -> None:
        api = self._sites.socket(conversation.logical_id, conversation.stage)
        began = self._clock.now()
        if api is None:
            answer = Answer(Response(code), conversation.logical_id, DISCONNECT, note="its API is not there any more")
            self._tell(Request(SOCKET, DISCONNECT), answer, began)
            return
        link, caller = conversation.link, conversation.caller
        story = socket_story.disconnect(api, link, caller, code, reason, self._stamp(began))
        answer = await self._told(story, began)
        self._tell(Request(SOCKET, answer.route), answer, began)

    def _managed(self, request: Request, site: Site | None, stage: str, connection: str, stamp: Stamp) -> Response:
        if self._settings.strict_auth and not connections_api.signed(request):
            return connections_api.unsigned(stamp)
        if refused := connections_api.refusal(request.method, connection, len(request.body), stamp):
            return refused
        one = self._open.get(connection)
        if one is None or not one.is_open or (site is not None and site.aws_form and not _reaches(site, stage, one)):
            return connections_api.gone(connection, stamp)
        match request.method:
            case "GET":
                return connections_api.described(one.link, one.active, stamp)
            case "DELETE":
                one.feed(Ended(*DELETED))
                return connections_api.deleted(stamp)
        if one.full:
            return connections_api.full(connection, stamp)
        one.feed(Posted(socket_story.text_or_bytes(request.body)))
        return connections_api.sent(stamp)

    def _api_of(self, connection: str) -> str:
        one = self._open.get(connection)
        return "" if one is None else one.logical_id

    def _wrong(self, api: ServedApi, request: Request, stamp: Stamp) -> tuple[Response, str] | None:
        """What is wrong with the request before anybody is asked."""
        if found := limits.excess(api.kind, request):
            return api.refusals.trouble(found[0], stamp, request), found[1]
        return socket_handshake.fault(request)

    def _keep(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _reaches(site: Site, stage: str, one: Conversation) -> bool:
    """Whether that address is the connection's own API and stage."""
    return any(api.api.logical_id == one.logical_id and api.api.stage == one.stage == stage for api in site.apis)
