"""AWS's own Python runtime client attached to our Runtime API: the proof that any runtime can attach the same way.

The Lambda service runs in this process; the sandbox below starts `python -m awslambdaric` and knows nothing of our
bootstrap.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from localstack_lite.lambdas.limits import Limits
from localstack_lite.lambdas.service import LambdaService, Settings
from localstack_lite.model.arn import function_arn
from localstack_lite.model.facts import Fact, InvocationEnded
from localstack_lite.model.function import Code, Function
from localstack_lite.model.invocation import Answered, Invocation, Status
from localstack_lite.model.project import Project
from localstack_lite.ports import SandboxExited, SandboxListener, SandboxSpec
from localstack_lite.system import RandomIds, SystemClock
from localstack_lite.wire.runtime_listener import Listen
from tests.live.devserver import write

pytestmark = pytest.mark.live


class RunningRic:
    """A process of AWS's client. Two threads bring its output and its end to the event loop."""

    pending = False
    debugger = None

    def __init__(self, spec: SandboxSpec, listener: SandboxListener) -> None:
        self._loop = asyncio.get_running_loop()
        self._listener = listener
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "awslambdaric", spec.handler],
            cwd=spec.folder,
            env={"PATH": os.defpath, **spec.environ, "LAMBDA_TASK_ROOT": str(spec.folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.ended = self._loop.create_future()
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                self._loop.call_soon_threadsafe(self._listener.wrote, [line.decode("utf-8", "replace")])
        self._loop.call_soon_threadsafe(self._exited, self._process.wait())

    def _exited(self, code: int) -> None:
        self._listener.exited(SandboxExited(signal=-code) if code < 0 else SandboxExited(code=code))
        self.ended.set_result(None)

    def _send(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def freeze(self) -> None:
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        self._send(signal.SIGCONT)

    def drain(self) -> None:
        """Output is brought by a thread; there is nothing to fetch."""

    def peak_memory(self) -> int:
        return 1


class RicSandbox:
    """`ports.Sandbox` over AWS's client."""

    name = "awslambdaric"

    def __init__(self) -> None:
        self._started: list[RunningRic] = []

    def start(self, spec: SandboxSpec, listener: SandboxListener) -> RunningRic:
        running = RunningRic(spec, listener)
        self._started.append(running)
        return running

    def discard(self, spec: SandboxSpec) -> None:
        """Nothing was made there."""

    async def close(self) -> None:
        for running in self._started:
            running.kill()
            await running.ended


APP = """
import os, sys, time

def handler(event, context):
    do = event.get("do")
    if do == "fail":
        raise KeyError("gone")
    if do == "exit":
        os._exit(3)
    if do == "loop":
        while True:
            time.sleep(0.01)
    if do == "big":
        return "a" * (7 * 1024 * 1024)
    if do == "context":
        return {
            "id": context.aws_request_id,
            "name": context.function_name,
            "arn": context.invoked_function_arn,
            "memory": context.memory_limit_in_mb,
            "custom": context.client_context.custom,
            "left": 0 < context.get_remaining_time_in_millis() <= 2000,
            "trace": os.environ["_X_AMZN_TRACE_ID"],
        }
    print("seen", event)
    return {"event": event, "pid": os.getpid()}
"""

Call = Callable[..., Awaitable[Answered]]


def with_ric(folder: Path, talk: Callable[[Call, list[Fact]], Awaitable[None]], handler: str = "app.handler") -> None:
    """Runs one function behind the Lambda service with AWS's client and talks to it."""
    code = write(folder / "code", {"app.py": APP, "broken.py": "import no_such_module_of_ours\n"})
    function = Function("Fn", "fn", "python3.11", handler, Code(code), memory=256, timeout=2)
    project = Project(code, (function,))

    async def main() -> None:
        facts: list[Fact] = []
        settings = Settings(capacity=4, scratch=folder / "scratch", run="ric-test")
        ids = RandomIds()
        service = LambdaService(
            project,
            RicSandbox(),
            Listen(asyncio.get_running_loop()),
            facts.append,
            SystemClock(),
            ids,
            Limits(),
            settings,
        )

        async def call(event: Any, **extra: Any) -> Answered:
            arn = function_arn(project.region, project.account, "fn")
            outcome = await service.invoke(Invocation("Fn", json.dumps(event).encode(), ids.uuid(), arn, **extra))
            assert isinstance(outcome, Answered)
            return outcome

        try:
            await asyncio.wait_for(talk(call, facts), 60)
        finally:
            await service.stop()

    asyncio.run(main())


def test_it_answers_cold_and_warm(tmp_path: Path) -> None:
    async def talk(call: Call, facts: list[Fact]) -> None:
        first, second = await call({"n": "ü"}), await call({"n": 2})
        assert (first.cold, second.cold) == (True, False)
        assert json.loads(first.payload)["event"] == {"n": "ü"}
        assert json.loads(first.payload)["pid"] == json.loads(second.payload)["pid"]
        assert first.report.init_ms is not None
        assert second.report.init_ms is None
        assert len([fact for fact in facts if isinstance(fact, InvocationEnded)]) == 2

    with_ric(tmp_path, talk)


def test_it_reads_every_header_of_an_invocation(tmp_path: Path) -> None:
    async def talk(call: Call, facts: list[Fact]) -> None:
        trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
        context = json.dumps({"custom": {"a": "b"}, "client": {}, "env": {}})
        answer = await call({"do": "context"}, client_context=context, trace_id=trace)
        assert json.loads(answer.payload) == {
            "id": answer.request_id,
            "name": "fn",
            "arn": "arn:aws:lambda:us-east-1:123456789012:function:fn",
            "memory": "256",
            "custom": {"a": "b"},
            "left": True,
            "trace": trace,
        }

    with_ric(tmp_path, talk)


def test_its_errors_are_the_functions_errors(tmp_path: Path) -> None:
    async def talk(call: Call, facts: list[Fact]) -> None:
        answer = await call({"do": "fail"})
        assert answer.error
        body = json.loads(answer.payload)
        assert (body["errorType"], body["errorMessage"], body["requestId"]) == ("KeyError", "'gone'", answer.request_id)
        assert (await call({})).error == ""

    with_ric(tmp_path, talk)


def test_an_import_error_is_told_to_every_caller(tmp_path: Path) -> None:
    async def talk(call: Call, facts: list[Fact]) -> None:
        for _ in range(2):
            answer = await call({})
            assert json.loads(answer.payload)["errorType"] == "Runtime.ImportModuleError"

    with_ric(tmp_path, talk, "broken.handler")


def test_it_is_killed_at_the_timeout_and_started_again(tmp_path: Path) -> None:
    async def talk(call: Call, facts: list[Fact]) -> None:
        first = await call({})
        late = await call({"do": "loop"})
        assert late.report.status is Status.TIMEOUT
        assert json.loads(late.payload)["errorType"] == "Sandbox.Timedout"
        again = await call({})
        assert json.loads(again.payload)["pid"] != json.loads(first.payload)["pid"]

    with_ric(tmp_path, talk)


def test_its_death_is_an_answer(tmp_path: Path) -> None:
    async def talk(call: Call, facts: list[Fact]) -> None:
        dead = await call({"do": "exit"})
        assert json.loads(dead.payload) == {
            "errorType": "Runtime.ExitError",
            "errorMessage": f"RequestId: {dead.request_id} Error: Runtime exited with error: exit status 3",
        }
        assert (await call({})).error == ""

    with_ric(tmp_path, talk)


def test_a_result_that_is_too_large_does_not_break_it(tmp_path: Path) -> None:
    async def talk(call: Call, facts: list[Fact]) -> None:
        big = await call({"do": "big"})
        assert json.loads(big.payload)["errorType"] == "Function.ResponseSizeTooLarge"
        assert (await call({})).error == ""

    with_ric(tmp_path, talk)
