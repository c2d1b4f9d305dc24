"""The whole app in one process: a scripted sandbox, a clock that moves when told, and every fact that happened."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

from localstack_lite.app.application import App
from localstack_lite.app.machine import Machine
from localstack_lite.lambdas.service import Settings
from localstack_lite.model.facts import Fact
from localstack_lite.model.options import ServeOptions
from localstack_lite.model.project import Project
from localstack_lite.ports import Builder, Publish
from localstack_lite.sandbox.scripted import Script, ScriptedSandbox, initialise_at_once
from localstack_lite.wire.messages import Headers, Request, Response
from tests.fakes import CountingIds, ManualClock

T = TypeVar("T", bound=Fact)


class Stage:
    def __init__(
        self,
        project: Project,
        script: Script,
        init: Script = initialise_at_once,
        *,
        capacity: int = 10,
        read: Callable[[], Project] | None = None,
        views: Sequence[Publish] = (),
        build: Builder | None = None,
    ) -> None:
        loop = asyncio.get_running_loop()
        self.clock = ManualClock()
        self.facts: list[Fact] = []
        self.sandbox = ScriptedSandbox(script, init, loop.call_soon)
        settings = Settings(capacity, Path("/scratch"), "run", idle_seconds=600)
        machine = Machine(self.clock, CountingIds(), self.sandbox, "scripted", self.sandbox.listen, settings, build)
        options = ServeOptions(reload=False)
        self.app = App(project, read or (lambda: project), options, [*views, self.hear], machine)
        self._news = asyncio.Event()

    def hear(self, fact: Fact) -> None:
        self.facts.append(fact)
        self._news.set()

    async def heard(self, kind: type[Fact]) -> None:
        """Wait for the first fact of that kind."""
        while not self.told(kind):
            self._news.clear()
            await self._news.wait()

    def request(
        self, path: str = "/hello", method: str = "GET", body: bytes = b"", **headers: str
    ) -> Coroutine[Any, Any, Response]:
        lines = {"Host": "127.0.0.1:3000", **headers}
        return self.app.gateway(Request(method, path, "", Headers(tuple(lines.items())), body))

    def start(self, work: Coroutine[Any, Any, Response]) -> asyncio.Task[Response]:
        return asyncio.get_running_loop().create_task(work)

    def told(self, kind: type[T]) -> list[T]:
        return [fact for fact in self.facts if isinstance(fact, kind)]

    async def settle(self) -> None:
        """Let everything happen that can happen without time passing."""
        for _ in range(50):
            await asyncio.sleep(0)

    async def advance(self, seconds: float) -> None:
        await self.settle()
        self.clock.advance(seconds)
        await self.settle()


def play(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(story())
