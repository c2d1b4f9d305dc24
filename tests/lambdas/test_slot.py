"""What is real about one environment: the Runtime API's answers, the tail of the log, the end of a sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from localstack_lite.lambdas.limits import Limits
from localstack_lite.lambdas.service import LambdaService, Settings
from localstack_lite.lambdas.slot import LOG_TAIL, tail
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


def with_runtime(talk: Callable[[ByHand, asyncio.Future[Outcome], LambdaService], None]) -> Outcome | None:
    """Starts one invocation (id `r1`) and lets the test be its runtime; returns the outcome if there is one."""

    async def main() -> Outcome | None:
        sandbox = ByHand()
        service = LambdaService(
            project(function("hello", timeout=3)),
            sandbox,
            sandbox.listen,
            lambda fact: None,
            ManualClock(),
            CountingIds(),
            Limits(),
            Settings(10, Path("/scratch"), "run"),
        )
        call = service.invoke(invocation("r1", b'{"a": 1}'))
        await asyncio.sleep(0)
        talk(sandbox, call, service)
        await asyncio.sleep(0)
        outcome = call.result() if call.done() else None
        await service.stop()
        await call
        return outcome

    return asyncio.run(asyncio.wait_for(main(), 10))


def test_next_is_answered_with_the_event_and_its_headers() -> None:
    def talk(runtime: ByHand, call: asyncio.Future[Outcome], service: LambdaService) -> None:
        following = runtime.ask("GET", f"{API}/invocation/next")
        assert (following.status, following.answer) == (200, b'{"a": 1}')
        headers = {name.lower(): value for name, value in following.answer_headers.items()}
        assert headers["lambda-runtime-aws-request-id"] == "r1"
        assert headers["lambda-runtime-invoked-function-arn"].endswith(":function:hello")
        assert int(headers["lambda-runtime-deadline-ms"]) > 0
        assert "lambda-runtime-client-context" not in headers

    with_runtime(talk)


def test_a_result_is_accepted_once_and_reaches_the_caller() -> None:
    def talk(runtime: ByHand, call: asyncio.Future[Outcome], service: LambdaService) -> None:
        runtime.ask("GET", f"{API}/invocation/next")
        assert runtime.ask("POST", f"{API}/invocation/r1/response", b'"done"').status == 202
        assert runtime.ask("POST", f"{API}/invocation/r1/response", b'"again"').status in (400, 403)

    outcome = with_runtime(talk)
    assert outcome is not None
    assert getattr(outcome, "payload", None) == b'"done"'


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", f"{API}/invocation/other/response", 400),
        ("POST", f"{API}/init/error", 403),
        ("GET", "/2018-06-01/ping", 200),
        ("POST", "/2018-06-01/ping", 405),
        ("GET", f"{API}/nothing", 404),
        ("GET", "/elsewhere", 404),
    ],
)
def test_other_requests_during_an_invocation_change_nothing(method: str, path: str, status: int) -> None:
    def talk(runtime: ByHand, call: asyncio.Future[Outcome], service: LambdaService) -> None:
        runtime.ask("GET", f"{API}/invocation/next")
        assert runtime.ask(method, path, b"{}").status == status
        assert runtime.ask("POST", f"{API}/invocation/r1/response", b"1").status == 202

    outcome = with_runtime(talk)
    assert getattr(outcome, "payload", None) == b"1"


def test_a_result_that_is_too_large_is_refused_and_the_caller_is_told() -> None:
    def talk(runtime: ByHand, call: asyncio.Future[Outcome], service: LambdaService) -> None:
        runtime.ask("GET", f"{API}/invocation/next")
        assert runtime.ask("POST", f"{API}/invocation/r1/response", b"1" * 6_291_557).status == 413

    outcome = with_runtime(talk)
    assert getattr(outcome, "error", "") == "Function.ResponseSizeTooLarge"


def test_a_runtime_that_lost_its_connection_gets_the_invocation_on_the_next() -> None:
    def talk(runtime: ByHand, call: asyncio.Future[Outcome], service: LambdaService) -> None:
        lost = Asked("GET", f"{API}/invocation/next", gone=True)
        assert runtime.receive is not None
        runtime.receive(lost)
        assert runtime.ask("GET", f"{API}/invocation/next").answer == b'{"a": 1}'
        assert runtime.ask("POST", f"{API}/invocation/r1/response", b"1").status == 202

    assert getattr(with_runtime(talk), "payload", None) == b"1"


@pytest.mark.parametrize("text", ["", "short\n", "x" * LOG_TAIL])
def test_a_log_that_fits_is_kept_whole(text: str) -> None:
    assert tail(text) == text


def test_a_longer_log_loses_its_beginning_and_no_half_characters() -> None:
    kept = tail("a" * 10 + "ü" * 3000)
    assert set(kept) == {"ü"}
    assert len(kept.encode()) <= LOG_TAIL
    assert tail("x" + "ü" * (LOG_TAIL // 2)).encode().decode() == "ü" * (LOG_TAIL // 2)
