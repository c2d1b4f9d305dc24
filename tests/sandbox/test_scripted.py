"""The scripted sandbox speaks the Runtime API as a runtime does, and only that."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from localstack_lite.ports import RuntimeExchange, SandboxExited, SandboxSpec
from localstack_lite.sandbox.scripted import (
    AskRestore,
    Begin,
    CutStream,
    EndStream,
    Exit,
    Fail,
    FailRestore,
    Hang,
    Loaded,
    Piece,
    Register,
    Report,
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

    def __init__(
        self, script: Script, init: Script = initialise_at_once, extensions: Mapping[str, Script] | None = None
    ) -> None:
        self.sandbox = ScriptedSandbox(script, init, extensions=extensions)
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

    def extension_wrote(self, messages: list[str]) -> None:
        self.seen += [f"extension wrote {message}" for message in messages]

    def launched(self, names: tuple[str, ...]) -> None:
        self.seen.append(f"launched {' '.join(names)}")

    def extension_exited(self, name: str, code: int | None, signal: int | None, *, denied: bool = False) -> None:
        self.seen.append(f"{name} exited {code} {signal}")

    def runtime_exited(self, exit: SandboxExited) -> None:
        self.seen.append(f"runtime exited {exit.code} {exit.signal}")

    def started(self) -> None:
        self.seen.append("started")

    def exited(self, exit: SandboxExited) -> None:
        self.seen.append(f"exited {exit.code} {exit.signal} {exit.out_of_memory}")

    def piece(self, data: bytes) -> None:
        self.seen.append(f"piece {data.decode()}")

    def ended(self, trailers: Mapping[str, str]) -> None:
        self.seen.append(f"ended {dict(trailers)}")

    def cut(self) -> None:
        self.seen.append("cut")

    def _receive(self, exchange: RuntimeExchange) -> None:
        body = f" {exchange.body.decode()}" if exchange.body else ""
        self.seen.append(f"{exchange.method} {exchange.path}{body}")
        if exchange.streaming:
            exchange.follow(self)
            self.parked = exchange
        elif exchange.path.endswith("/next"):
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


RESPONSE = "POST /2018-06-01/runtime/invocation/r1/response"


def test_a_streamed_result_comes_in_pieces_and_ends_or_is_cut() -> None:
    host = Host(always(Begin("text/html"), Piece(b"one"), EndStream({"a": "b"})))
    host.deliver("r1")
    assert host.seen[1:5] == [RESPONSE, "piece one", "ended {'a': 'b'}", NEXT]
    host = Host(always(Begin(), Piece(b"one"), CutStream(), Exit(1)))
    host.deliver("r1")
    assert host.seen[1:] == [RESPONSE, "piece one", "cut", "exited 1 None False"]


def test_a_runtime_asks_to_be_restored_or_says_that_it_cannot() -> None:
    host = Host(always(), always(AskRestore(), FailRestore(b"no")))
    assert host.seen == ["GET /2018-06-01/runtime/restore/next"]
    assert host.parked is not None
    host.parked.reply(200, OK, b"")
    host.sandbox.run()
    assert host.seen[1] == "POST /2018-06-01/runtime/restore/error no"


def test_the_runtime_waits_for_the_extensions_to_be_started() -> None:
    host = Host(always(), extensions={"a": always(Register(("INVOKE",)), Write("hi\n"), Hang())})
    register = 'POST /2020-01-01/extension/register {"events": ["INVOKE"]}'
    assert host.seen == ["launched a", register, "extension wrote hi\n"]
    host.running.start_runtime()
    host.sandbox.run()
    assert host.seen[-1] == NEXT


def test_what_ends_ends_alone_until_all_is_killed() -> None:
    host = Host(always(), always(Exit(3)), {"a": always(Hang()), "b": always(Report("init"), Exit(1))})
    assert host.seen == ["launched a b", "POST /2020-01-01/extension/init/error {}", "b exited 1 None"]
    host.running.start_runtime()
    host.sandbox.run()
    assert host.seen[-1] == "runtime exited 3 None"
    host.running.kill()
    host.sandbox.run()
    assert host.seen[-1] == "exited 3 None False"


def test_a_frozen_sandbox_goes_on_where_it_was_when_it_is_thawed() -> None:
    host = Host(always(Write("1"), Respond(b"1")))
    host.running.freeze()
    host.deliver("r1")
    assert "wrote 1" not in host.seen
    host.running.thaw()
    host.sandbox.run()
    assert host.seen[-3:] == ["wrote 1", f"{RESPONSE} 1", NEXT]
