"""Asynchronous invocations with everything around them: a clock that is moved by hand, functions and destinations that
answer when and what the test says, and kills."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from localstack_lite.events.async_invocations import AsyncInvocations, Surroundings
from localstack_lite.events.destination_record import Parcel
from localstack_lite.events.sender import Undeliverable
from localstack_lite.model.alias import EventInvoke
from localstack_lite.model.facts import EventMoved, Fact, InvocationStarted, ProblemFound
from localstack_lite.model.function import Function
from localstack_lite.model.invocation import Answered, Invocation, Outcome, Refused, Report
from localstack_lite.model.project import Project
from localstack_lite.ports import Publish
from localstack_lite.system import ScaledClock
from tests.builders import function, project
from tests.fakes import CountingIds, ManualClock


def answered(request_id: str, payload: bytes = b'{"ok":true}', error: str = "") -> Answered:
    return Answered(request_id, payload, Report(request_id, 1.0, 1, 128, 30), error)


def failed(request_id: str, message: str = "no") -> Answered:
    return answered(request_id, f'{{"errorMessage":"{message}","errorType":"ValueError"}}'.encode(), "ValueError")


def throttled(request_id: str) -> Refused:
    body = b'{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}'
    return Refused(request_id, 429, "TooManyRequestsException", body, "Reserved")


class Desk:
    """`run` is the devserve that runs now; its folder stays when it is killed."""

    def __init__(self, folder: Path, *functions: Function, scale: float = 1.0, at_once: int = 99) -> None:
        self.clock = ManualClock()
        self.scale = scale
        self.folder = folder / ".devserve"
        self.folder.mkdir(parents=True)
        self.at_once = at_once
        self.project: Project = project(*(functions or (function("hello"),)), root=folder)
        self.configs: dict[tuple[str, str], EventInvoke] = {}
        self.reserved: dict[str, int] = {}
        self.circle = False
        self.facts: list[Fact] = []
        self.views: list[Publish] = []
        self.began: list[Invocation] = []
        self.waiting: dict[str, asyncio.Future[Outcome]] = {}
        self.at_once_answer: Callable[[Invocation], Outcome | None] = lambda _: None
        self.starts = True
        self.at_work: set[str] = set()
        self.sent: list[Parcel] = []
        self.unreachable = ""
        self.sending: asyncio.Event | None = None
        """What is sent is on its way until this is set."""
        self.ids = CountingIds()
        self.run = self._new()

    def _new(self) -> AsyncInvocations:
        around = Surroundings(
            lambda name, qualifier: self.configs.get((name, qualifier)),
            self.reserved.get,
            self._subscribe,
            lambda trace, one: None if self.circle else f"{trace};{one.name}",
        )
        pace = ScaledClock(self.clock, self.scale)
        return AsyncInvocations(
            self.project,
            self._invoke,
            self.publish,
            self.clock,
            pace,
            self.ids,
            lambda: self.folder,
            self._send,
            around,
            wall=self.clock.now,
            at_once=self.at_once,
        )

    def publish(self, fact: Fact) -> None:
        self.facts.append(fact)
        for view in tuple(self.views):
            view(fact)

    def _subscribe(self, view: Publish) -> Callable[[], None]:
        self.views.append(view)

        def unsubscribe() -> None:
            self.views = [each for each in self.views if each != view]

        return unsubscribe

    def _invoke(self, invocation: Invocation) -> asyncio.Future[Outcome]:
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        outcome = self.at_once_answer(invocation)
        if isinstance(outcome, Refused):
            future.set_result(outcome)
            return future
        self.waiting[invocation.request_id] = future
        if self.starts:
            self.begin(invocation)
        if outcome is not None:
            self.answer(outcome)
        return future

    def begin(self, invocation: Invocation) -> None:
        self.began.append(invocation)
        self.at_work.add(invocation.request_id)
        name = invocation.function
        self.publish(InvocationStarted(self.clock.now(), name, f"{name}#1", "s", invocation.request_id, "$LATEST"))

    def answer(self, outcome: Outcome) -> None:
        self.at_work.discard(outcome.request_id)
        self.waiting.pop(outcome.request_id).set_result(outcome)

    async def _send(self, parcel: Parcel) -> None:
        if self.sending is not None:
            await self.sending.wait()
        if self.unreachable:
            raise Undeliverable(self.unreachable)
        self.sent.append(parcel)

    async def settle(self) -> None:
        for _ in range(12):
            await asyncio.sleep(0)

    async def after(self, seconds: float) -> None:
        """Let time pass, from one timer to the next, so that what follows from one is there before the other."""
        await self.settle()
        end = self.clock.now() + seconds
        while (due := self.clock.next_due) is not None and due <= end:
            self.clock.advance(max(due - self.clock.now(), 0.0))
            await self.settle()
        self.clock.advance(end - self.clock.now())
        await self.settle()

    async def killed(self, down: float = 0.0) -> None:
        """`kill -9`, some time, and the next devserve of the same project."""
        found = {file.name: file.read_bytes() for file in self.folder.glob("events*.sqlite*")}
        kept, self.views = self.facts, []
        self.facts = []
        await self.run.stop()
        for file in self.folder.glob("events*.sqlite*"):
            file.unlink()
        for name, content in found.items():
            (self.folder / name).write_bytes(content)
        self.facts = kept
        self.waiting, self.at_work = {}, set()
        self.clock.forget()
        await self.after(down)
        self.run = self._new()
        self.run.start()
        await self.settle()

    @property
    def moves(self) -> list[str]:
        """`step` of the facts, with the request id's first characters."""
        return [f"{fact.request_id} {fact.step}" for fact in self.facts if isinstance(fact, EventMoved)]

    @property
    def last(self) -> EventMoved:
        return [fact for fact in self.facts if isinstance(fact, EventMoved)][-1]

    @property
    def problems(self) -> list[str]:
        return [one.problem.what for one in self.facts if isinstance(one, ProblemFound)]
