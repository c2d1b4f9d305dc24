"""Extensions beside a runtime, from their start to the end of the environment, over the service."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from localstack_lite.model.environment_facts import ExtensionTold, RuntimeDone
from localstack_lite.model.facts import InvocationEnded, LogWritten
from localstack_lite.model.function import LogFormat, Logging
from localstack_lite.sandbox.scripted import Exit, Hang, Register, Report, Script, Scripted, Step, Write
from tests.builders import function
from tests.lambdas.stories import Lambda, never, story


class Watcher:
    """An extension that registers, writes down its events and ends when it is told."""

    def __init__(self, *events: str, then: Sequence[Step] = ()) -> None:
        self.seen: list[str] = []
        self._events = events or ("INVOKE", "SHUTDOWN")
        self._then = then

    def __call__(self, call: Scripted) -> Sequence[Step]:
        if not call.payload:
            return [Register(self._events)]
        kind = call.event["eventType"]
        self.seen.append(f"{kind} {call.event['shutdownReason'] if kind == 'SHUTDOWN' else call.event['requestId']}")
        return [Exit(0)] if kind == "SHUTDOWN" else self._then


def beside(*functions: object, **extensions: Script) -> Lambda:
    on = Lambda(*functions)  # type: ignore[arg-type]
    on.sandbox.extensions = extensions
    return on


@story
async def test_an_extension_sees_each_invocation_and_the_end() -> None:
    watcher = Watcher(then=[Write("seen\n")])
    on = beside(watcher=watcher)
    assert (await on.answer("r1", payload=b"1")).payload == b"1"
    assert (await on.answer("r2", payload=b"2")).environment == "hello#1"
    await on.service.stop()
    assert watcher.seen == ["INVOKE r1", "INVOKE r2", "SHUTDOWN spindown"]
    assert on.sandbox.running == []
    written = [fact for fact in on.told(LogWritten) if fact.source == "extension"]
    assert [fact.message for fact in written] == ["seen\n", "seen\n"]
    assert [fact.state for fact in on.told(ExtensionTold)] == ["Ready"]


@story
async def test_a_caller_does_not_wait_for_an_extension_that_never_comes_back() -> None:
    on = beside(watcher=Watcher(then=[Hang()]))
    assert (await on.answer("r1")).error == ""
    assert on.told(InvocationEnded) == [], "its report waits"
    await on.advance(3)
    assert len(on.told(InvocationEnded)) == 1
    await on.advance(2)
    assert on.environments() == ["hello#1 COLD"]
    await on.service.stop()


@story
async def test_a_timeout_is_told_to_extensions_after_its_answer() -> None:
    watcher = Watcher()
    on = beside(watcher=watcher)
    on.sandbox.script = never
    late = on.start("r1")
    await on.advance(3)
    assert late.done()
    await on.advance(2)
    assert watcher.seen == ["INVOKE r1", "SHUTDOWN timeout"]
    assert on.environments() == ["hello#1 COLD"]
    await on.service.stop()


@story
async def test_a_crash_is_told_to_extensions_and_the_next_call_starts_all_again() -> None:
    watcher = Watcher()
    on = beside(watcher=watcher)
    script, on.sandbox.script = on.sandbox.script, lambda _: [Exit(3)]
    dead = await on.answer("r1")
    assert dead.error == "Runtime.ExitError"
    await on.settle()
    on.sandbox.script = script
    assert (await on.answer("r2")).error == ""
    assert watcher.seen == ["INVOKE r1", "SHUTDOWN failure", "INVOKE r2"]
    await on.service.stop()


@pytest.mark.parametrize(
    ("script", "error_type"),
    [
        (lambda _: [Register(), Exit(2)], "Extension.Crash"),
        (lambda _: [Exit(None)], "Extension.LaunchError"),
        (lambda _: [Register(), Report("init"), Exit(1)], "Extension.InitError"),
    ],
)
def test_an_extension_that_fails_at_init_fails_the_invocation(script: Script, error_type: str) -> None:
    @story
    async def tell() -> None:
        on = beside(watcher=script)
        assert (await on.answer("r1")).error == error_type
        await on.service.stop()

    tell()


@story
async def test_an_extension_that_crashes_during_an_invocation_fails_it() -> None:
    on = beside(watcher=Watcher(then=[Exit(1)]))
    on.sandbox.script = never
    answer = await on.answer("r1")
    assert answer.error == "Extension.Crash"
    await on.service.stop()


@story
async def test_extensions_are_frozen_with_their_runtime() -> None:
    watcher = Watcher()
    on = beside(watcher=watcher)
    await on.answer("r1")
    await on.advance(1)
    assert on.sandbox.running[0].frozen
    await on.answer("r2")
    assert watcher.seen == ["INVOKE r1", "INVOKE r2"]
    await on.service.stop()


@pytest.mark.parametrize(("level", "detailed"), [("INFO", 0), ("DEBUG", 1)])
def test_details_are_told_where_the_log_has_them(level: str, detailed: int) -> None:
    @story
    async def tell() -> None:
        logging = Logging(format=LogFormat.JSON, system_level=level)
        on = Lambda(function("hello", timeout=3, logging=logging))
        await on.answer("r1")
        assert len(on.told(RuntimeDone)) == detailed
        await on.service.stop()

    tell()
