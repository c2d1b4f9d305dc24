"""The gateway as a `Handler`: stamps each request, tells its story, waits for the invocations it asks for.

The only module of this package that waits. A swap of the project is one assignment; a request in flight ends on the
project it began with.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from localstack_lite.gateway import static
from localstack_lite.gateway.exchange import Answer, Call, Stamp, TimedOut, exchange
from localstack_lite.gateway.sites import Site, Sites
from localstack_lite.model.facts import RequestAnswered
from localstack_lite.model.invocation import Outcome
from localstack_lite.model.project import Project
from localstack_lite.ports import Clock, Ids, Invoke, Publish
from localstack_lite.wire.messages import Request, Response

#: What is said of a request that asks for a WebSocket and was answered as any other.
NO_SOCKETS = "it asked for a WebSocket, which no REST or HTTP API and no function URL carries"


class Gateway:
    """Answers for all APIs and function URLs of a project. `allowed_hosts` are served beside loopback names, the files
    of `files` beside the first API. `patient`: functions run under a debugger, so it never gives up on one.
    `plain_cookies`: `Secure` is taken off the cookies that functions set."""

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
        plain_cookies: bool = False,
    ) -> None:
        self._invoke = invoke
        self._publish = publish
        self._clock = clock
        self._ids = ids
        self._allowed_hosts = tuple(allowed_hosts)
        self._files = files
        self._patient = patient
        self._plain_cookies = plain_cookies
        self._remarked: set[tuple[str, str]] = set()
        self._sites = Sites(project, self._allowed_hosts, plain_cookies)

    def swap(self, project: Project) -> None:
        """Serve another project from the next request on."""
        self._sites = Sites(project, self._allowed_hosts, self._plain_cookies)

    async def __call__(self, request: Request) -> Response:
        began = self._clock.now()
        site = self._sites.at(request.headers.get("host"))
        if self._files is not None and (found := await self._static(self._files, site, request)) is not None:
            self._tell(request, Answer(found, note="static file"), began)
            return found
        story = exchange(site, request, self._stamp(began))
        try:
            call = next(story)
            while True:
                call = story.send(await self._outcome(call))
        except StopIteration as end:
            answer: Answer = end.value
        self._tell(request, answer, began)
        return answer.response

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

    def _stamp(self, now: float) -> Stamp:
        ids = self._ids
        digits = ids.hex(48)
        root = f"1-{int(now):08x}-{digits[:24]}"
        return Stamp(now, ids.uuid(), ids.extended(), ids.uuid(), root, digits[24:40], digits[40:])

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
