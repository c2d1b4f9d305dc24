"""The Lambda service with a scripted sandbox and a clock that stands still, and tests that are told as coroutines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from localstack_lite.lambdas.catalogue import Catalogue
from localstack_lite.lambdas.limits import Limits
from localstack_lite.lambdas.provisioned import Provisioning
from localstack_lite.lambdas.service import LambdaService, Settings
from localstack_lite.model.facts import Fact
from localstack_lite.model.function import Function
from localstack_lite.model.invocation import Answered, Outcome
from localstack_lite.sandbox.scripted import (
    Hang,
    Respond,
    Script,
    Scripted,
    ScriptedSandbox,
    Step,
    Write,
    initialise_at_once,
)
from tests.builders import function, invocation, project
from tests.fakes import CountingIds, ManualClock
from tests.lambdas.doors import FakeDoors


def echo(call: Scripted) -> Sequence[Step]:
    return [Write(f"got {call.event}\n"), Respond(call.payload)]


def never(_: Scripted) -> Sequence[Step]:
    return [Hang()]


class Lambda:
    """The service and everything around it, on the running loop."""

    def __init__(
        self,
        *functions: Function,
        script: Script = echo,
        init: Script = initialise_at_once,
        capacity: int = 10,
        pending: bool = False,
        debug: bool = False,
        account: int = 1000,
        roll: Callable[[], float] = lambda: 0.0,
        spare: Callable[[], float] = lambda: 0.0,
        **settings: Any,
    ) -> None:
        self.clock = ManualClock()
        self.facts: list[Fact] = []
        self.loaded: list[frozenset[str]] = []
        self.sandbox = ScriptedSandbox(
            script, init, asyncio.get_running_loop().call_soon, pending=pending, debugger=("127.0.0.1", 40_000)
        )
        self.doors = FakeDoors()
        self.project = project(*(functions or (function("hello", timeout=3),)), account_concurrency=account)
        self.limits = Limits()
        self.provisioning = Provisioning()
        self.catalogue = Catalogue(self.project)
        self.service = LambdaService(
            self.project,
            self.sandbox,
            self.sandbox.listen,
            self.facts.append,
            self.clock,
            CountingIds(),
            self.limits,
            Settings(capacity, Path("/scratch"), "run", **{"idle_seconds": 600, "starts_at_once": 100, **settings}),
            self.loaded.append,
            self.doors if debug else None,
            catalogue=self.catalogue,
            provisioning=self.provisioning,
            roll=roll,
            spare=spare,
        )

    def swap(self, *functions: Function) -> None:
        """The project was read again."""
        self.project = project(*functions, account_concurrency=self.project.account_concurrency)
        self.catalogue.swap(self.project)
        self.service.swap(self.project)

    def save(self, name: str = "Hello") -> None:
        """The function's code was saved."""
        self.catalogue.saved([name])
        self.service.retire([name])

    def start(
        self, request_id: str, name: str = "Hello", payload: bytes = b"{}", **more: Any
    ) -> asyncio.Future[Outcome]:
        return self.service.invoke(invocation(request_id, payload, name, **more))

    async def answer(self, request_id: str, name: str = "Hello", payload: bytes = b"{}", **more: Any) -> Answered:
        outcome = await self.start(request_id, name, payload, **more)
        assert isinstance(outcome, Answered)
        return outcome

    async def settle(self) -> None:
        for _ in range(50):
            await asyncio.sleep(0)

    async def advance(self, seconds: float) -> None:
        await self.settle()
        self.clock.advance(seconds)
        await self.settle()

    def told(self, kind: type[Fact]) -> list[Any]:
        return [fact for fact in self.facts if isinstance(fact, kind)]

    def environments(self) -> list[str]:
        return [f"{one.name} {one.phase}" for one in self.service.environments()]


Story = Callable[[], Coroutine[Any, Any, None]]


def story(tell: Story) -> Callable[[], None]:
    """A test that is told as a coroutine."""

    def test() -> None:
        asyncio.run(asyncio.wait_for(tell(), 10))

    test.__name__ = tell.__name__
    return test
