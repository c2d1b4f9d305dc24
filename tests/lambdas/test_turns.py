"""Who initialises takes turns; the others wait without their time running."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from localstack_lite.lambdas.turns import LOOK_SECONDS, Turns, more
from localstack_lite.model.invocation import Answered
from localstack_lite.ports import SandboxExited, SandboxSpec
from localstack_lite.sandbox.scripted import Fail, Hang, ScriptedSandbox
from tests.builders import function
from tests.fakes import ManualClock
from tests.lambdas.stories import Lambda, echo, story


@pytest.mark.parametrize(
    ("spare", "cpus", "expected"), [(0.0, 8, 0), (0.29, 8, 0), (0.31, 2, 1), (0.5, 8, 4), (1.0, 8, 8)]
)
def test_as_many_more_start_as_processors_are_idle(spare: float, cpus: int, expected: int) -> None:
    assert more(spare, cpus) == expected


def spec(tag: str, *, debug: bool = False) -> SandboxSpec:
    return SandboxSpec(tag, "python3.13", "a.b", Path("/p"), {}, f"scripted:{tag}", 128, Path("/s"), debug=debug)


class Told:
    """A `ports.SandboxListener` that writes down what matters here."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def wrote(self, messages: list[str]) -> None:
        self.events += messages

    def extension_wrote(self, messages: list[str]) -> None:
        self.events += messages

    def launched(self, names: tuple[str, ...]) -> None:
        self.events += names

    def extension_exited(self, name: str, code: int | None, signal: int | None, *, denied: bool = False) -> None:
        self.events.append(f"{name} {code} {signal}")

    def runtime_exited(self, exit: SandboxExited) -> None:
        self.events.append(f"runtime {exit}")

    def started(self) -> None:
        self.events.append("started")

    def exited(self, exit: SandboxExited) -> None:
        self.events.append(f"exited {exit.signal}")


class Stage:
    def __init__(self, at_once: int = 1, spare: float = 0.0) -> None:
        self.clock = ManualClock()
        self.sandbox = ScriptedSandbox(echo)
        self.turns = Turns(self.sandbox, self.clock, at_once, cpus=2, spare=lambda: spare)

    @property
    def started(self) -> list[str]:
        return [one.tag for one in self.sandbox.started]


def test_one_starts_at_once_and_the_next_when_its_turn_comes() -> None:
    stage, told = Stage(), Told()
    first = stage.turns.start(spec("a"), Told())
    second = stage.turns.start(spec("b"), told)
    assert (first.pending, second.pending, stage.started) == (False, True, ["a"])
    assert (second.peak_memory(), second.debugger, second.inside(80)) == (0, None, None)
    second.drain()
    second.freeze()
    second.thaw()
    second.start_runtime()
    stage.turns.over("somebody")
    stage.clock.advance(0)
    assert stage.started == ["a"]
    stage.turns.over("a")
    stage.clock.advance(0)
    assert (stage.started, second.pending, told.events) == (["a", "b"], False, ["started"])
    assert second.peak_memory() == stage.sandbox.memory


def test_one_that_is_ended_while_it_waits_is_gone_and_never_starts() -> None:
    stage, killed, terminated = Stage(), Told(), Told()
    stage.turns.start(spec("a"), Told())
    stage.turns.start(spec("b"), killed).kill()
    stage.turns.start(spec("c"), terminated).terminate()
    stage.clock.advance(0)
    assert (killed.events, terminated.events) == (["exited 9"], ["exited 9"])
    stage.turns.over("a")
    stage.clock.advance(10)
    assert stage.started == ["a"]


def test_while_processors_are_idle_more_get_their_turn() -> None:
    stage = Stage(spare=1.0)
    for tag in "abcd":
        stage.turns.start(spec(tag), Told())
    assert repr(stage.turns) == "<Turns [1 of 1 initialise, 3 wait]>"
    stage.clock.advance(LOOK_SECONDS)
    assert stage.started == ["a", "b", "c"]
    stage.clock.advance(LOOK_SECONDS)
    assert stage.started == ["a", "b", "c", "d"]
    stage.clock.advance(LOOK_SECONDS)
    assert stage.clock.pending == 0


def test_one_that_waits_for_its_debugger_holds_up_nobody() -> None:
    stage = Stage()
    stage.turns.start(spec("a", debug=True), Told())
    stage.turns.start(spec("b"), Told())
    assert stage.started == ["a", "b"]


def test_one_that_starts_again_before_it_was_ready_does_not_wait_for_itself() -> None:
    stage = Stage()
    stage.turns.start(spec("a"), Told())
    stage.turns.start(spec("a"), Told())
    assert stage.started == ["a", "a"]


def test_closing_leaves_nobody_waiting() -> None:
    async def close() -> None:
        stage = Stage()
        stage.turns.start(spec("a"), Told())
        stage.turns.start(spec("b"), Told())
        await stage.turns.close()
        assert stage.clock.pending == 0

    asyncio.run(close())


@story
async def test_the_time_of_one_that_waits_for_its_turn_does_not_run() -> None:
    aws = Lambda(function("hello", timeout=3), init=lambda _: [Hang()], starts_at_once=1)
    calls = [aws.start(f"r{number}") for number in range(3)]
    await aws.advance(9)
    assert len(aws.sandbox.started) == 1
    aws.sandbox.init = lambda _: []
    await aws.advance(2)  # the first one's 10 seconds are over; it is tried again inside its invocation
    for _ in range(5):
        await aws.advance(0)
    outcomes = [await call for call in calls]
    assert [isinstance(one, Answered) and one.error for one in outcomes] == ["", "", ""]
    await aws.service.stop()


@story
async def test_a_storm_of_broken_starts_gives_everybody_a_turn() -> None:
    aws = Lambda(function("hello", timeout=3), init=lambda _: [Fail(b"{}", "Runtime.X")], starts_at_once=1)
    calls = [aws.start(f"r{number}") for number in range(5)]
    for _ in range(10):
        await aws.advance(0.1)
    assert all(call.done() for call in calls)
    await aws.service.stop()
    assert aws.clock.pending == 0
