"""The gateway as a `Handler`: stamps each request, tells its story, waits for the invocations it asks for.

The only module of this package that waits. A swap of the project is one assignment; a request in flight ends on the
project it began with. What is told of a streamed answer is told when its last byte is through.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from localstack_lite.gateway import differences, static
from localstack_lite.gateway.controls.meters import Meters
from localstack_lite.gateway.exchange import Answer, error_name, exchange
from localstack_lite.gateway.memory import ApiMemory
from localstack_lite.gateway.outflow import Outflow
from localstack_lite.gateway.prelude import PreludeReader
from localstack_lite.gateway.settings import Settings
from localstack_lite.gateway.sites import Site, Sites
from localstack_lite.gateway.sockets.handshake import is_upgrade
from localstack_lite.gateway.steps import Begin, Begun, Call, Came, Post, Step, Telling, TimedOut
from localstack_lite.gateway.visit import Stamp
from localstack_lite.model.facts import RequestAnswered
from localstack_lite.model.invocation import Answered, Outcome
from localstack_lite.model.outgoing import Outgoing, Returned, ServiceRequest, Unreached
from localstack_lite.model.project import Project
from localstack_lite.model.unread_request import UnreadRequest
from localstack_lite.ports import Accept, Clock, Ids, Invoke, Outside, Publish
from localstack_lite.wire.messages import Request, Response

if TYPE_CHECKING:
    from localstack_lite.gateway.sockets.desk import SocketDesk
    from localstack_lite.model.socket import Accepted

T = TypeVar("T")

#: What is said of a request that asks for a WebSocket and was answered as any other.
NO_SOCKETS = "it asked for a WebSocket, which no REST or HTTP API and no function URL carries"


class Gateway:
    """Answers for all APIs and function URLs of a project. `allowed_hosts` are served beside loopback names, the files
    of `files` beside the first API. `patient`: functions run under a debugger, so it never gives up on one. `outside`
    sends what the gateway sends itself; without it nothing is reached. `accept` takes asynchronous invocations."""

    def __init__(
        self,
        project: Project,
        invoke: Invoke,
        publish: Publish,
        clock: Clock,
        ids: Ids,
        allowed_hosts: Iterable[str] = (),
        *,
        files: static.StaticFiles | None = None,
        patient: bool = False,
        settings: Settings | None = None,
        outside: Outside | None = None,
        accept: Accept | None = None,
    ) -> None:
        self._invoke = invoke
        self._publish = publish
        self._clock = clock
        self._ids = ids
        self._allowed_hosts = tuple(allowed_hosts)
        self._files = files
        self._patient = patient
        self._settings = settings if settings is not None else Settings()
        self._outside = outside
        self._accept = accept
        self._remarked: set[tuple[str, str]] = set()
        self._meters = Meters()
        self._memory = ApiMemory()
        self._sites = Sites(project, self._allowed_hosts, self._settings, self._meters, self._memory)
        self._desk = self._desk_for(self._sites)

    def swap(self, project: Project) -> None:
        """Serve another project from the next request on. What is used of rates and quotas stays used."""
        self._memory = self._memory.for_another_project()
        self._sites = Sites(project, self._allowed_hosts, self._settings, self._meters, self._memory)
        if self._desk is None:
            self._desk = self._desk_for(self._sites)
        else:
            self._desk.swap(self._sites)

    async def close(self) -> None:
        """End all WebSockets."""
        if self._desk is not None:
            await self._desk.close()

    def connections(self, request: Request) -> Response | None:
        """The answer to a request to `@connections`, whatever host it names; None when it is none."""
        began = self._clock.now()
        if self._desk is None or (managed := self._desk.manage(request)) is None:
            return None
        self._tell(request, managed, began)
        return managed.response

    async def upgrade(self, request: Request) -> Response | Accepted:
        """As `OpenSocket`: of hosts and paths where no WebSocket API is, such a request is one as any other."""
        site = self._sites.at(request.headers.get("host"))
        api = site.socket(request.path) if self._desk is not None and is_upgrade(request.headers) else None
        if api is None or self._desk is None:
            return await self(request)
        return await self._desk.open(site, api, request)

    def refused(self, unread: UnreadRequest) -> None:
        """The listener refused this one: the user hears of it as of any other."""
        request = Request(unread.method or "?", unread.target or "?")
        self._tell(request, Answer(Response(unread.status), note=unread.why), self._clock.now())

    def forget(self, functions: Iterable[str]) -> None:
        """The code of these functions (logical ids) was reloaded: what they said as authorizers counts no more."""
        self._sites.forget(functions)

    async def __call__(self, request: Request) -> Response:
        began = self._clock.now()
        site = self._sites.at(request.headers.get("host"))
        if self._desk is not None and site.apis and (managed := self._desk.manage(request, site)) is not None:
            self._tell(request, managed, began)
            return managed.response
        if self._files is not None and (found := await self._static(self._files, site, request)) is not None:
            self._tell(request, Answer(found, note="static file"), began)
            return found
        answer, begun = await self._told(exchange(site, request, self._stamp(began)), began)
        if answer.differences and self._settings.strict and (faults := differences.faults(answer.differences)):
            answer = replace(answer, response=differences.strictly(answer.response, faults))
        if begun is None:
            self._tell(request, answer, began)
        elif answer.response.stream is None:
            begun.rest.close()
            self._tell(request, answer, began)
        elif isinstance(begun.rest, Outflow):
            begun.rest.told = partial(self._tell_streamed, request, answer, began)
        return answer.response

    def _desk_for(self, sites: Sites) -> SocketDesk | None:
        """None while no project had a WebSocket API."""
        if not sites.has_sockets:
            return None
        from localstack_lite.gateway.sockets.desk import SocketDesk

        return SocketDesk(sites, self._settings, self._clock, self._ids, self._whole, self._stamp, self._tell)

    async def _whole(self, story: Telling[T], began: float) -> T:
        return (await self._told(story, began))[0]

    async def _told(self, story: Telling[T], began: float) -> tuple[T, Begun | None]:
        """The story's end, and the stream that it began."""
        begun: Begun | None = None
        try:
            step = next(story)
            while True:
                came = await (self._outcome(step) if isinstance(step, Call) else self._asked(step, began))
                begun = came if isinstance(came, Begun) else None
                step = story.send(came)
        except StopIteration as end:
            return end.value, begun

    async def _asked(self, step: Step, began: float) -> Came:
        """What came of a step that is no call."""
        match step:
            case Begin():
                return await self._beginning(step, began)
            case Outgoing() if self._outside is not None:
                return await self._outside.fetch(step)
            case ServiceRequest() if self._outside is not None:
                return await self._outside.service(step)
            case Post():
                return self._posted(step)
        return Unreached("nothing outside is in reach")

    def _posted(self, step: Post) -> Returned | Unreached:
        if self._accept is None:
            return Unreached("there is no queue for asynchronous invocations")
        try:
            self._accept(step.invocation)
        except OSError as error:
            return Unreached(f"the event cannot be kept: {error}")
        return Returned(202)

    async def _static(self, files: static.StaticFiles, site: Site, request: Request) -> Response | None:
        name = static.wanted(site, request)
        file = await files.read(name) if name else None
        return None if file is None else static.respond(request, name, file)

    async def _outcome(self, call: Call) -> Outcome | TimedOut:
        """What came of the call, or that nobody waits for it any more. A wait that the timer ends is told from one
        that was cancelled with this request by who else is being cancelled: then this task is, too."""
        outcome = self._invoke(call.invocation)
        if self._patient:
            return await outcome
        if not isinstance(outcome, asyncio.Future):
            outcome = asyncio.ensure_future(outcome)
        timer = self._clock.call_later(call.timeout, outcome.cancel)
        try:
            return await outcome
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            return TimedOut()
        finally:
            timer.cancel()

    async def _beginning(self, begin: Begin, asked: float) -> Answered | Begun | TimedOut:
        """How a streamed answer begins, or all of it when it ended before that was clear. The client waits since
        `asked`."""
        ran, body = begin.streaming, begin.streaming.body
        given_up: list[TimedOut] = []

        def give_up() -> None:
            given_up.append(TimedOut())
            body.close()

        timer = None if self._patient else self._clock.call_later(self._left(begin.timeout, asked), give_up)
        reader = PreludeReader(begin.prelude)
        pieces = aiter(body)
        begun: Begun | None = None
        try:
            async for piece in pieces:
                if (opening := reader.took(piece)) is not None:
                    patience = None if self._patient else begin.patience
                    begun = Begun(ran, opening, Outflow(opening.body, pieces, body, self._clock, patience))
                    return begun
        finally:
            if timer is not None:
                timer.cancel()
            if begun is None:
                body.close()
        ended = body.ended
        if given_up or ended is None:
            return TimedOut()
        return ended if ended.error else replace(ended, payload=bytes(reader.came), content_type=ran.content_type)

    def _left(self, timeout: float, since: float) -> float:
        return max(since + timeout - self._clock.now(), 0.0)

    def _stamp(self, now: float) -> Stamp:
        ids = self._ids
        digits = ids.hex(48)
        root = f"1-{int(now):08x}-{digits[:24]}"
        return Stamp(now, ids.uuid(), ids.extended(), ids.uuid(), root, digits[24:40], digits[40:])

    def _tell_streamed(self, request: Request, answer: Answer, began: float, ended: Answered | None, note: str) -> None:
        if ended is not None:
            if ended.error:
                note = f"the stream broke off: {error_name(ended.payload) or ended.error}"
            answer = replace(answer, report=ended.report)
        self._tell(request, replace(answer, note=note or answer.note), began)

    def _tell(self, request: Request, answer: Answer, began: float) -> None:
        now = self._clock.now()
        self._publish(
            RequestAnswered(
                at=now,
                method=request.method,
                path=f"{request.path}?{request.query}" if request.query else request.path,
                status=answer.response.status,
                duration_ms=(now - began) * 1000,
                api=answer.api,
                route=answer.route,
                function=answer.function,
                request_id=answer.request_id,
                environment=answer.environment,
                cold=answer.cold,
                report=answer.report,
                note=self._note(request, answer),
                differences=answer.differences,
            )
        )

    def _note(self, request: Request, answer: Answer) -> str:
        said = self._remark(answer) if answer.remark else answer.note
        wants_socket = (request.headers.get("upgrade") or "").lower() == "websocket"
        return said or (NO_SOCKETS if wants_socket else "")

    def _remark(self, answer: Answer) -> str:
        """The note, with what is said once for each API."""
        key = (answer.api, answer.remark)
        if key in self._remarked:
            return answer.note
        self._remarked.add(key)
        return f"{answer.note}; {answer.remark}" if answer.note else answer.remark
