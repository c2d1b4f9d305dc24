"""The gateway as a `Handler`: stamps each request, tells its story, waits for the invocations it asks for.

The only module of this package that waits. A swap of the project is one assignment; a request in flight ends on the
project it began with. What is told of a streamed answer is told when its last byte is through.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from localstack_lite.gateway import differences, static
from localstack_lite.gateway.exchange import Answer, Story, error_name, exchange
from localstack_lite.gateway.outflow import Outflow
from localstack_lite.gateway.prelude import PreludeReader
from localstack_lite.gateway.settings import Settings
from localstack_lite.gateway.sites import Site, Sites
from localstack_lite.gateway.steps import Begin, Begun, Call, Came, Step, TimedOut
from localstack_lite.gateway.visit import Stamp
from localstack_lite.model.facts import RequestAnswered
from localstack_lite.model.invocation import Answered, Outcome
from localstack_lite.model.outgoing import Outgoing, ServiceRequest, Unreached
from localstack_lite.model.project import Project
from localstack_lite.ports import Clock, Ids, Invoke, Outside, Publish
from localstack_lite.wire.messages import Request, Response

#: What is said of a request that asks for a WebSocket and was answered as any other.
NO_SOCKETS = "it asked for a WebSocket, which no REST or HTTP API and no function URL carries"


class Gateway:
    """Answers for all APIs and function URLs of a project. `allowed_hosts` are served beside loopback names, the files
    of `files` beside the first API. `patient`: functions run under a debugger, so it never gives up on one. `outside`
    sends what the gateway sends itself; without it nothing is reached."""

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
        self._remarked: set[tuple[str, str]] = set()
        self._sites = Sites(project, self._allowed_hosts, self._settings)

    def swap(self, project: Project) -> None:
        """Serve another project from the next request on."""
        self._sites = Sites(project, self._allowed_hosts, self._settings)

    async def __call__(self, request: Request) -> Response:
        began = self._clock.now()
        site = self._sites.at(request.headers.get("host"))
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

    async def _told(self, story: Story, began: float) -> tuple[Answer, Begun | None]:
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
        return Unreached("nothing outside is in reach")

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
