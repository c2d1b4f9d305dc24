"""A runtime that is the test itself: it asks by hand, and looks at what it is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localstack_lite.lambdas.limits import Limits
from localstack_lite.lambdas.service import LambdaService, Settings
from localstack_lite.model.function import Function
from localstack_lite.model.invocation import Outcome
from localstack_lite.model.project import Problem
from localstack_lite.ports import (
    BodyFollower,
    Publish,
    RuntimeExchange,
    RuntimeListening,
    SandboxExited,
    SandboxListener,
    SandboxSpec,
)
from tests.builders import function, invocation, project
from tests.fakes import CountingIds, ManualClock

API = "/2018-06-01/runtime"
HELLO = function("hello", timeout=3)


@dataclass
class Asked:
    """A request of a runtime, written by hand; `status` is 0 while it is not answered."""

    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 0
    answer: bytes = b""
    answer_headers: dict[str, str] = field(default_factory=dict)
    gone: bool = False
    streaming: bool = False
    follower: BodyFollower | None = None

    def follow(self, follower: BodyFollower) -> None:
        self.follower = follower

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def reply(self, status: int, headers: Sequence[tuple[str, str]], body: bytes) -> bool:
        if self.gone:
            return False
        assert self.status == 0, "answered twice"
        self.status, self.answer, self.answer_headers = status, body, dict(headers)
        return True


class ByHand:
    """A sandbox whose runtime is the test, and the listener to it."""

    name = "by hand"
    pending = False
    debugger = None

    def __init__(self) -> None:
        self.receive: Callable[[RuntimeExchange], None] | None = None
        self.listener: SandboxListener | None = None
        self.killed = 0

    def listen(self, receive: Callable[[RuntimeExchange], None]) -> RuntimeListening:
        self.receive = receive
        return _Port()

    def start(self, spec: SandboxSpec, listener: SandboxListener) -> ByHand:
        self.listener = listener
        return self

    def remark(self, function: Function) -> None: ...

    async def prepare(self, functions: Sequence[Function], told: Publish) -> Sequence[Problem]:
        return ()

    def discard(self, spec: SandboxSpec) -> None: ...

    def drain(self) -> None: ...

    def freeze(self) -> None: ...

    def thaw(self) -> None: ...

    def start_runtime(self) -> None: ...

    def inside(self, port: int) -> None: ...

    def terminate(self) -> None:
        self.kill()

    def kill(self) -> None:
        self.killed += 1
        if self.listener is not None:
            listener, self.listener = self.listener, None
            asyncio.get_running_loop().call_soon(listener.exited, SandboxExited(signal=9))

    def peak_memory(self) -> int:
        return 40

    async def close(self) -> None:
        self.kill()

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Asked:
        asked = Asked(method, path, body, headers)
        assert self.receive is not None
        self.receive(asked)
        return asked


class _Port:
    address = "by-hand:1"

    def close(self) -> None: ...


Talk = Callable[[ByHand, asyncio.Future[Outcome], LambdaService], None]


def with_runtime(talk: Talk, one: Function = HELLO, **changes: Any) -> Outcome | None:
    """Starts one invocation (id `r1`, with `changes`) and lets the test be its runtime; returns the outcome if there is
    one. It has to end within the test."""

    async def main() -> Outcome | None:
        sandbox = ByHand()
        service = LambdaService(
            project(one),
            sandbox,
            sandbox.listen,
            lambda fact: None,
            ManualClock(),
            CountingIds(),
            Limits(),
            Settings(10, Path("/scratch"), "run"),
        )
        call = service.invoke(invocation("r1", b'{"a": 1}', **changes))
        await asyncio.sleep(0)
        talk(sandbox, call, service)
        await asyncio.sleep(0)
        outcome = call.result() if call.done() else None
        await service.stop()
        await call
        return outcome

    return asyncio.run(asyncio.wait_for(main(), 10))
