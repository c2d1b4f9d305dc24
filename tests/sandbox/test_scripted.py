"""The scripted sandbox speaks the Runtime API as a runtime does, and only that."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from localstack_lite.ports import RuntimeExchange, SandboxExited, SandboxSpec
from localstack_lite.sandbox.scripted import (
    Exit,
    Fail,
    Hang,
    Loaded,
    Respond,
    Script,
    Scripted,
    ScriptedSandbox,
    Step,
    Write,
    initialise_at_once,
)

OK: Sequence[tuple[str, str]] = ()
NEXT = "GET /2018-06-01/runtime/invocation/next"


class Host:
    """devserve's side of it: parks `next`, takes everything else with 202, writes down what came."""

    def __init__(self, script: Script, init: Script = initialise_at_once) -> None:
        self.sandbox = ScriptedSandbox(script, init)
        self.seen: list[str] = []
        self.parked: RuntimeExchange | None = None
        listening = self.sandbox.listen(self._receive)
        self.listening = listening
        self.spec = SandboxSpec("t", "python3.12", "a.b", Path("/p"), {}, listening.address, 128, Path("/tmp/x"))
        self.running = self.sandbox.start(self.spec, self)
        self.sandbox.run()

    def deliver(self, request_id: str, payload: bytes = b"{}") -> None:
        assert self.parked is not None
        parked, self.parked = self.parked, None
        assert parked.reply(200, [("Lambda-Runtime-Aws-Request-Id", request_id)], payload)
        self.sandbox.run()

    def wrote(self, messages: list[str]) -> None:
        self.seen += [f"wrote {message}" for message in messages]

    def exited(self, exit: SandboxExited) -> None:
        self.seen.append(f"exited {exit.code} {exit.signal} {exit.out_of_memory}")

    def _receive(self, exchange: RuntimeExchange) -> None:
        body = f" {exchange.body.decode()}" if exchange.body else ""
        self.seen.append(f"{exchange.method} {exchange.path}{body}")
        if exchange.path.endswith("/next"):
            self.parked = exchange
        else:
            exchange.reply(202, OK, b"")


def always(*steps: Step) -> Script:
    return lambda _: steps


def test_a_runtime_initialises_and_asks_for_an_invocation() -> None:
    host = Host(always(), always(Write("hello\n"), Loaded(("/p/a.py",))))
    assert host.seen == ["wrote hello\n", 'POST /devserve/loaded ["/p/a.py"]', NEXT]


def test_an_invocation_follows_its_script_and_then_the_next_is_asked_for() -> None:
    def script(invocation: Scripted) -> Sequence[Step]:
        return [Write(f"got {invocation.event}\n"), Respond(invocation.payload)]

    host = Host(script)
    host.seen.clear()
    host.deliver("r1", b"[1]")
    assert host.seen == ["wrote got [1]\n", "POST /2018-06-01/runtime/invocation/r1/response [1]", NEXT]


def test_errors_are_posted_where_they_belong() -> None:
    host = Host(always(Fail(b"bad")))
    host.deliver("r1")
    assert "POST /2018-06-01/runtime/invocation/r1/error bad" in host.seen
    broken = Host(always(), always(Fail(b"worse", "Runtime.ImportModuleError"), Exit(1)))
    assert broken.seen == ["POST /2018-06-01/runtime/init/error worse", "exited 1 None False"]


def test_a_hanging_invocation_ends_by_being_killed_and_no_sooner() -> None:
    host = Host(always(Hang(), Respond(b"never")))
    host.deliver("r1")
    host.seen.clear()
    assert not host.sandbox.step()
    host.running.kill()
    assert host.seen == []
    host.sandbox.run()
    assert host.seen == ["exited None 9 False"]
    assert host.sandbox.running == []


def test_an_exit_is_told_once_and_a_dead_runtime_takes_no_answer() -> None:
    host = Host(always(Exit(None, 9, True)))
    host.deliver("r1")
    host.running.kill()
    host.sandbox.run()
    assert host.seen[-1] == "exited None 9 True"
    assert len([line for line in host.seen if line.startswith("exited")]) == 1


def test_a_parked_runtime_that_was_killed_is_not_answered() -> None:
    host = Host(always(Respond(b"1")))
    host.running.kill()
    host.sandbox.run()
    assert host.parked is not None
    assert not host.parked.reply(200, OK, b"{}")


def test_a_runtime_whose_api_has_closed_exits() -> None:
    host = Host(always(Respond(b"1")))
    host.listening.close()
    host.deliver("r1")
    assert host.seen[-1] == "exited 0 None False"


def test_closing_ends_whatever_runs() -> None:
    host = Host(always())
    asyncio.run(host.sandbox.close())
    assert host.seen[-1] == "exited None 9 False"
    assert host.sandbox.started == [host.spec]
