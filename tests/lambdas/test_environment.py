"""The execution environment: each phase against each event, conversations, and random storms with invariants."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from signal import SIGKILL, SIGSEGV
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localstack_lite.lambdas.actions import (
    Action,
    Answer,
    CancelTimer,
    Deliver,
    DeliverInvoke,
    DeliverShutdown,
    Kill,
    SetTimer,
    StartSandbox,
    Tell,
    Terminate,
)
from localstack_lite.lambdas.environment import Environment
from localstack_lite.lambdas.events import (
    RUNTIME,
    Assigned,
    DeadlineHit,
    DebuggerAttached,
    DebuggerLeft,
    ErrorPosted,
    Event,
    Exited,
    InitErrorPosted,
    Polled,
    Registered,
    Responded,
    Retired,
    SandboxAwaited,
    SandboxStarted,
    StopRequested,
    WarmRequested,
)
from localstack_lite.lambdas.phases import TABLE, InvalidRequestID, InvalidTransition, Phase
from localstack_lite.model import platform_log
from localstack_lite.model.facts import Fact, InvocationEnded, InvocationStarted
from localstack_lite.model.function import Code, Function
from localstack_lite.model.invocation import Answered, Invocation, Refused
from tests.playbook import Playbook, play

START = 1_000.0
OTEL = "otel"


def environment(timeout: int = 3, memory: int = 128) -> Environment:
    function = Function(
        "Hello", "hello", "python3.13", "app.handler", Code(Path("/code")), memory=memory, timeout=timeout
    )
    return Environment(1, "hello#1", function, "2026/11/21/[$LATEST]ab", ("python:3.13.v1", "arn:runtime"))


def invocation(request_id: str = "r1") -> Invocation:
    return Invocation("Hello", b"{}", request_id)


R1, R2 = invocation("r1"), invocation("r2")


class Like:
    """Equals an action of this type whose attributes (dotted names) have these values."""

    def __init__(self, kind: type, **values: Any) -> None:
        self.kind = kind
        self.values = {name.replace("__", "."): value for name, value in values.items()}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, self.kind) and all(_get(other, name) == value for name, value in self.values.items())

    def __hash__(self) -> int:
        return hash(self.kind)

    def __repr__(self) -> str:
        return f"{self.kind.__name__}({', '.join(f'{name}={value!r}' for name, value in self.values.items())})"


def _get(value: Any, name: str) -> Any:
    for part in name.split("."):
        value = getattr(value, part)
    return value


def timer(seconds: float) -> Any:
    return Like(SetTimer, seconds=seconds)


def answer(to: Invocation, payload: bytes, error: str = "") -> Any:
    return Like(Answer, invocation=to, outcome__payload=payload, outcome__error=error)


def refused(to: Invocation) -> Any:
    return Like(Answer, invocation=to, outcome__status=500)


def deliver(what: Invocation, deadline: float) -> Deliver:
    return Deliver(what, deadline)


def conversation(machine: Environment) -> Any:
    """What is done. Log lines and timers that are given up have tests of their own."""
    return play(machine, DeadlineHit, beside=(Tell, CancelTimer), start=START)


def facts(book: Playbook) -> list[Fact]:
    return [action.fact for action in book.aside if isinstance(action, Tell)]


def log(book: Playbook) -> list[str]:
    """The log events so far, as CloudWatch would have them."""
    return [line for fact in facts(book) for line in platform_log.lines(fact)]


def phase(machine: Environment) -> Phase:
    """Read through a call, so that the type checker does not remember an earlier answer."""
    return machine.phase


# -- the table, phase by phase


def _cold(send: Callable[[Event], None]) -> None:
    pass


def _init(send: Callable[[Event], None]) -> None:
    send(Assigned(R1))


def _frozen(send: Callable[[Event], None]) -> None:
    send(WarmRequested())
    send(Polled())


def _invoke(send: Callable[[Event], None]) -> None:
    send(Assigned(R1))
    send(Polled())


def _drain(send: Callable[[Event], None]) -> None:
    send(WarmRequested())
    send(Registered(OTEL))
    send(Polled(OTEL))
    send(Polled())
    send(Assigned(R1))
    send(Responded("r1", b"1"))


def _reset(send: Callable[[Event], None]) -> None:
    send(WarmRequested())
    send(InitErrorPosted(b"{}", "Runtime.Unknown"))


def _stopping(send: Callable[[Event], None]) -> None:
    send(WarmRequested())
    send(StopRequested())


def _dead(send: Callable[[Event], None]) -> None:
    send(StopRequested())


WAYS = {
    Phase.COLD: _cold,
    Phase.INIT: _init,
    Phase.FROZEN: _frozen,
    Phase.INVOKE: _invoke,
    Phase.DRAIN: _drain,
    Phase.RESET: _reset,
    Phase.STOPPING: _stopping,
    Phase.DEAD: _dead,
}
SAMPLES: tuple[Event, ...] = (
    Assigned(R2),
    WarmRequested(),
    SandboxAwaited(),
    SandboxStarted(),
    DebuggerAttached(),
    DebuggerLeft(),
    Registered("late"),
    Polled(),
    Responded("r1", b"1"),
    ErrorPosted("r1", b"{}", "Function.Unknown"),
    InitErrorPosted(b"{}", "Runtime.Unknown"),
    Exited(code=1),
    StopRequested(),
    Retired(),
)


#: Listed, but these samples are refused for another reason: an invocation is reserved already, or the runtime polls
#: without having answered, or while it is being stopped.
CHECKED_FURTHER = {(Phase.INIT, Assigned), (Phase.INVOKE, Polled), (Phase.STOPPING, Polled)}


def reach(wanted: Phase) -> Environment:
    machine = environment()
    WAYS[wanted](lambda event: void(machine.handle(event, START)))
    assert phase(machine) is wanted
    return machine


def void(_: object) -> None:
    return None


def state(machine: Environment) -> dict[str, Any]:
    """Everything the machine remembers, but for the list it hands out."""
    kept = {name: value for name, value in vars(machine).items() if name != "_actions"}
    return {name: dict(value) if isinstance(value, dict) else value for name, value in kept.items()}


@pytest.mark.parametrize("wanted", Phase)
@pytest.mark.parametrize("event", SAMPLES, ids=lambda event: type(event).__name__)
def test_what_the_table_lists_is_taken_and_all_else_is_refused_and_changes_nothing(wanted: Phase, event: Event) -> None:
    machine = reach(wanted)
    before = state(machine)
    if type(event) in TABLE[wanted] and (wanted, type(event)) not in CHECKED_FURTHER:
        machine.handle(event, START + 1)
    else:
        with pytest.raises(InvalidTransition):
            machine.handle(event, START + 1)
        assert state(machine) == before


@pytest.mark.parametrize("wanted", Phase)
def test_a_timer_that_rings_late_is_ignored_everywhere(wanted: Phase) -> None:
    machine = reach(wanted)
    before = state(machine)
    assert machine.handle(DeadlineHit(generation=-1), START + 99) == []
    assert state(machine) == before


@pytest.mark.parametrize("event", [Responded("other", b""), ErrorPosted("other", b"{}", "Function.Unknown")])
def test_a_result_for_another_invocation_is_refused_and_changes_nothing(event: Event) -> None:
    machine = reach(Phase.INVOKE)
    before = state(machine)
    with pytest.raises(InvalidRequestID):
        machine.handle(event, START + 1)
    assert state(machine) == before


def test_a_party_nobody_knows_is_refused() -> None:
    machine = reach(Phase.INIT)
    with pytest.raises(InvalidTransition):
        machine.handle(Polled("stranger"), START)


def test_an_extension_registers_once_and_before_the_runtime_is_ready() -> None:
    with conversation(environment()) as book:
        book.send(WarmRequested()).expect(timer(10), StartSandbox())
        book.send(Registered(OTEL), Polled())
        book.refuses(Registered(OTEL), InvalidTransition).refuses(Registered("second"), InvalidTransition)


# -- conversations


def test_the_time_that_a_sandbox_takes_to_come_is_none_of_init() -> None:
    machine = environment()
    with conversation(machine) as book:
        book.send(Assigned(R1)).expect(timer(10), StartSandbox())
        book.send(SandboxAwaited()).expect_nothing()
        assert book.armed is None
        book.after(60).send(SandboxStarted()).expect(timer(10))
        book.after(0.2).send(Polled()).expect(timer(3), deliver(R1, START + 63.2))
        book.send(Responded("r1", b"1", memory=40)).expect(answer(R1, b"1"))
        assert "Init Duration: 200.00 ms" in log(book)[-1]


def test_a_debugger_stops_the_deadline_of_init_and_of_the_invocation() -> None:
    with conversation(environment()) as book:
        book.send(Assigned(R1)).expect(timer(10), StartSandbox())
        book.after(1).send(DebuggerAttached()).expect_nothing()
        book.after(30).send(Polled()).expect(deliver(R1, START + 34))
        book.after(600).send(DebuggerLeft()).expect(timer(3))
        book.after(3).expect(Like(Answer, outcome__error="Sandbox.Timedout"), Kill())


def test_a_cold_start_initialises_and_then_runs() -> None:
    machine = environment()
    with conversation(machine) as book:
        book.send(Assigned(R1)).expect(timer(10), StartSandbox())
        book.after(0.2).send(Polled()).expect(timer(3), deliver(R1, START + 3.2))
        book.after(0.05).send(Responded("r1", b"1", memory=40)).expect(answer(R1, b"1"))
        book.send(Polled()).expect_nothing()
        assert phase(machine) is Phase.FROZEN
        assert log(book) == [
            "INIT_START Runtime Version: python:3.13.v1\tRuntime Version ARN: arn:runtime\n",
            "START RequestId: r1 Version: $LATEST\n",
            "END RequestId: r1\n",
            "REPORT RequestId: r1\tDuration: 50.00 ms\tBilled Duration: 250 ms\tMemory Size: 128 MB\t"
            "Max Memory Used: 40 MB\tInit Duration: 200.00 ms\t\n",
        ]


def test_a_warm_start_delivers_at_once_and_has_no_init_duration() -> None:
    machine = reach(Phase.FROZEN)
    with conversation(machine) as book:
        book.send(Assigned(R1)).expect(timer(3), deliver(R1, START + 3))
        book.send(Responded("r1", b"1")).expect(answer(R1, b"1"))
        book.send(Polled(), Assigned(R2)).expect(timer(3), deliver(R2, START + 3))
        book.after(0.01).send(Responded("r2", b"2")).expect(answer(R2, b"2"))
        assert "Init Duration" in log(book)[2]
        assert log(book)[-1] == (
            "REPORT RequestId: r2\tDuration: 10.00 ms\tBilled Duration: 10 ms\tMemory Size: 128 MB\t"
            "Max Memory Used: 0 MB\t\n"
        )


def test_an_answer_says_whether_it_was_a_cold_start_and_where_it_ran() -> None:
    outcomes = []
    machine = environment()
    for event in (Assigned(R1), Polled(), Responded("r1", b"1"), Polled(), Assigned(R2), Responded("r2", b"2")):
        outcomes += [one.outcome for one in machine.handle(event, START) if isinstance(one, Answer)]
    first, second = outcomes
    assert isinstance(first, Answered)
    assert isinstance(second, Answered)
    assert (first.cold, second.cold) == (True, False)
    assert (first.environment, first.executed_version) == ("hello#1", "$LATEST")


def test_an_invocation_given_while_the_answer_drains_is_delivered_when_the_runtime_polls() -> None:
    with conversation(reach(Phase.FROZEN)) as book:
        book.send(Assigned(R1)).expect(timer(3), deliver(R1, START + 3))
        book.send(Responded("r1", b"1")).expect(answer(R1, b"1"))
        book.send(Assigned(R2)).expect_nothing()
        book.after(0.001).send(Polled()).expect(timer(3), deliver(R2, START + 3.001))


def test_a_function_error_is_an_answer_and_keeps_the_environment() -> None:
    machine = reach(Phase.INVOKE)
    with conversation(machine) as book:
        book.send(ErrorPosted("r1", b'{"errorType":"E"}', "Function.Unknown"))
        book.expect(answer(R1, b'{"errorType":"E"}', "Function.Unknown"))
        book.send(Polled()).expect_nothing()
        assert phase(machine) is Phase.FROZEN
        ended = facts(book)[-1]
        assert isinstance(ended, InvocationEnded)
        assert (ended.report.status, ended.error) == ("error", '{"errorType":"E"}')


def test_a_timeout_answers_at_the_deadline_kills_and_starts_anew_inside_the_next_invocation() -> None:
    machine = reach(Phase.FROZEN)
    text = {"errorType": "Sandbox.Timedout", "errorMessage": "RequestId: r1 Error: Task timed out after 3.00 seconds"}
    with conversation(machine) as book:
        book.send(Assigned(R1)).expect(timer(3), deliver(R1, START + 3))
        book.after(3).expect(answer(R1, orjson.dumps(text), "Sandbox.Timedout"), Kill())
        assert log(book)[-1] == (
            "REPORT RequestId: r1\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\t"
            "Max Memory Used: 0 MB\tInit Duration: 0.00 ms\tStatus: timeout\n"
        )
        assert phase(machine) is Phase.RESET
        book.send(Exited(signal=SIGKILL)).expect_nothing()
        assert phase(machine) is Phase.COLD
        book.send(Assigned(R2)).expect(timer(3), StartSandbox())
        book.after(1).send(Polled()).expect(deliver(R2, START + 6))
        book.after(1).send(Responded("r2", b"2")).expect(answer(R2, b"2"))
        assert log(book)[-1].startswith("REPORT RequestId: r2\tDuration: 2000.00 ms\tBilled Duration: 2000 ms\t")
        assert "Init Duration" not in log(book)[-1]


def test_a_suppressed_init_counts_against_the_functions_timeout() -> None:
    machine = reach(Phase.RESET)
    with conversation(machine) as book:
        book.send(Exited(signal=SIGKILL)).expect_nothing()
        book.send(Assigned(R1)).expect(timer(3), StartSandbox())
        book.after(2.5).send(Polled()).expect(deliver(R1, START + 3))
        book.after(0.5).expect(Like(Answer, outcome__error="Sandbox.Timedout"), Kill())


def test_an_invocation_given_while_processes_are_still_killed_waits_for_their_end() -> None:
    with conversation(reach(Phase.RESET)) as book:
        book.send(Assigned(R1)).expect_nothing()
        book.send(Exited(signal=SIGKILL)).expect(timer(3), StartSandbox())


@pytest.mark.parametrize(
    ("exit", "message"),
    [
        (Exited(code=0), "Runtime exited without providing a reason"),
        (Exited(code=127), "Runtime exited with error: exit status 127"),
        (Exited(signal=SIGKILL), "Runtime exited with error: signal: killed"),
        (Exited(signal=SIGKILL, out_of_memory=True), "Runtime exited with error: signal: killed"),
    ],
)
def test_a_crash_answers_with_how_the_runtime_ended(exit: Exited, message: str) -> None:
    machine = reach(Phase.INVOKE)
    with conversation(machine) as book:
        book.send(exit)
        (got,) = book._pending
        assert orjson.loads(got.outcome.payload) == {
            "errorType": "Runtime.ExitError",
            "errorMessage": f"RequestId: r1 Error: {message}",
        }
        book.expect(Like(Answer, invocation=R1))
        assert phase(machine) is Phase.COLD
        kind = "Runtime.OutOfMemory" if exit.out_of_memory else "Runtime.ExitError"
        assert log(book)[-1].endswith(f"Status: error\tError Type: {kind}\n")


def test_a_segmentation_fault_is_answered_only_at_the_timeout() -> None:
    machine = reach(Phase.FROZEN)
    with conversation(machine) as book:
        book.send(Assigned(R1)).expect(timer(3), deliver(R1, START + 3))
        book.after(1).send(Exited(signal=SIGSEGV)).expect_nothing()
        book.after(2).expect(Like(Answer, invocation=R1, outcome__error="Sandbox.Timedout"))
        assert phase(machine) is Phase.COLD


def test_an_init_that_fails_is_tried_again_inside_the_invocation() -> None:
    machine = environment()
    error = b'{"errorMessage":"no","errorType":"ValueError","requestId":""}'
    with conversation(machine) as book:
        book.send(Assigned(R1)).expect(timer(10), StartSandbox())
        book.after(0.1).send(InitErrorPosted(error, "Runtime.Unknown")).expect(Kill())
        book.send(Exited(code=1)).expect(timer(3), StartSandbox())
        book.after(0.1).send(InitErrorPosted(error, "Runtime.Unknown"))
        book.expect(answer(R1, error, "Runtime.Unknown"), Kill())
        book.send(Exited(code=1)).expect_nothing()
        assert phase(machine) is Phase.COLD
        assert [line.split("\t")[0] for line in log(book)] == [
            "INIT_START Runtime Version: python:3.13.v1",
            "INIT_REPORT Init Duration: 100.00 ms",
            "INIT_REPORT Init Duration: 100.00 ms",
            "START RequestId: r1 Version: $LATEST\n",
            "END RequestId: r1\n",
            "REPORT RequestId: r1",
        ]
        assert "Phase: init\tStatus: error" in log(book)[1]
        assert "Phase: invoke\tStatus: error" in log(book)[2]


def test_the_second_try_of_an_init_can_succeed() -> None:
    with conversation(environment()) as book:
        book.send(Assigned(R1)).expect(timer(10), StartSandbox())
        book.send(Exited(code=1)).expect(timer(3), StartSandbox())
        book.send(Polled()).expect(deliver(R1, START + 3))
        book.send(Responded("r1", b"1")).expect(answer(R1, b"1"))


def test_an_init_has_ten_seconds_and_then_goes_on_under_the_functions_timeout() -> None:
    machine = environment(timeout=30)
    with conversation(machine) as book:
        book.send(Assigned(R1)).expect(timer(10), StartSandbox())
        book.after(10).expect(Kill())
        assert log(book)[-1].startswith("INIT_REPORT Init Duration: 10000.00 ms\tPhase: init\tStatus: timeout")
        book.send(Exited(signal=SIGKILL)).expect(timer(30), StartSandbox())
        book.after(12).send(Polled()).expect(deliver(R1, START + 40))
        book.after(1).send(Responded("r1", b"1")).expect(answer(R1, b"1"))


def test_an_environment_that_is_warmed_ahead_of_time_waits_frozen_and_tells_its_init_with_the_first_use() -> None:
    machine = environment()
    with conversation(machine) as book:
        book.send(WarmRequested()).expect(timer(10), StartSandbox())
        book.after(0.3).send(Polled()).expect_nothing()
        assert phase(machine) is Phase.FROZEN
        assert book.armed is None, "a frozen environment has no deadline"
        book.after(60).send(Assigned(R1)).expect(timer(3), deliver(R1, START + 63.3))
        book.send(Responded("r1", b"1")).expect(answer(R1, b"1"))
        assert "Init Duration: 300.00 ms" in log(book)[-1]


def test_a_warming_that_fails_leaves_a_cold_environment_that_serves_later() -> None:
    machine = environment()
    with conversation(machine) as book:
        book.send(WarmRequested()).expect(timer(10), StartSandbox())
        book.send(Exited(code=1)).expect_nothing()
        assert phase(machine) is Phase.COLD
        assert machine.failed
        book.send(Assigned(R1)).expect(timer(3), StartSandbox())


def test_init_is_over_when_the_runtime_and_every_extension_polled() -> None:
    with conversation(environment()) as book:
        book.send(Assigned(R1)).expect(timer(10), StartSandbox())
        book.send(Registered(OTEL), Registered("quiet", invoke=False), Polled(), Polled("quiet")).expect_nothing()
        book.send(Polled(OTEL)).expect(timer(3), deliver(R1, START + 3), DeliverInvoke(OTEL, R1, START + 3))


def test_the_caller_does_not_wait_for_extensions_but_the_environment_and_its_report_do() -> None:
    machine = reach(Phase.DRAIN)
    with conversation(machine) as book:
        assert machine.extensions_busy
        book.send(Polled()).expect_nothing()
        assert phase(machine) is Phase.DRAIN
        assert log(book) == []
        book.after(0.5).send(Polled(OTEL)).expect_nothing()
        assert phase(machine) is Phase.FROZEN
        assert [line.split(" ")[0] for line in log(book)] == ["END", "REPORT"]


def test_an_extension_that_never_comes_back_is_killed_at_the_functions_deadline() -> None:
    machine = environment()
    with conversation(machine) as book:
        book.send(WarmRequested()).expect(timer(10), StartSandbox())
        book.send(Registered(OTEL), Polled(OTEL), Polled())
        book.send(Assigned(R1)).expect(timer(3), deliver(R1, START + 3), DeliverInvoke(OTEL, R1, START + 3))
        book.after(1).send(Responded("r1", b"1")).expect(answer(R1, b"1"))
        book.send(Polled()).expect_nothing()
        book.after(2).expect(Kill())
        assert phase(machine) is Phase.RESET


def test_a_runtime_that_answers_and_never_polls_again_is_killed_at_the_functions_deadline() -> None:
    machine = reach(Phase.FROZEN)
    with conversation(machine) as book:
        book.send(Assigned(R1)).expect(timer(3), deliver(R1, START + 3))
        book.send(Responded("r1", b"1")).expect(answer(R1, b"1"))
        book.send(Assigned(R2)).expect_nothing()
        book.after(3).expect(Kill())
        book.send(Exited(signal=SIGKILL)).expect(timer(3), StartSandbox())
        book.send(Polled()).expect(deliver(R2, START + 6))


def test_an_exit_after_the_answer_takes_nothing_from_the_caller() -> None:
    machine = reach(Phase.INVOKE)
    with conversation(machine) as book:
        book.send(Responded("r1", b"1")).expect(answer(R1, b"1"))
        book.send(Exited(code=0)).expect_nothing()
        assert phase(machine) is Phase.COLD


def test_code_saved_during_an_invocation_waits_for_the_answer() -> None:
    machine = reach(Phase.INVOKE)
    with conversation(machine) as book:
        book.send(Retired()).expect_nothing()
        book.send(Responded("r1", b"1")).expect(answer(R1, b"1"))
        book.refuses(Assigned(R2), InvalidTransition)
        book.send(Polled()).expect(Kill())
        book.send(Exited(signal=SIGKILL)).expect_nothing()
        assert phase(machine) is Phase.DEAD


def test_code_saved_during_init_still_serves_the_one_that_waits() -> None:
    machine = reach(Phase.INIT)
    with conversation(machine) as book:
        book.send(Retired()).expect_nothing()
        book.send(Polled()).expect(timer(3), deliver(R1, START + 3))
        book.send(Responded("r1", b"1")).expect(answer(R1, b"1"))
        book.send(Polled()).expect(Kill())


def test_an_idle_environment_that_is_out_of_date_ends_at_once() -> None:
    machine = reach(Phase.FROZEN)
    with conversation(machine) as book:
        book.send(Retired()).expect(Kill())
        assert phase(machine) is Phase.STOPPING
    machine = reach(Phase.COLD)
    with conversation(machine) as book:
        book.send(Retired()).expect_nothing()
        assert phase(machine) is Phase.DEAD


def test_without_extensions_there_is_no_time_to_say_goodbye() -> None:
    with conversation(reach(Phase.FROZEN)) as book:
        book.send(StopRequested()).expect(Kill())


def test_extensions_hear_of_the_end_and_have_two_seconds() -> None:
    machine = environment()
    with conversation(machine) as book:
        book.send(WarmRequested()).expect(timer(10), StartSandbox())
        book.send(Registered(OTEL), Registered("deaf", shutdown=False), Polled(OTEL), Polled("deaf"), Polled())
        book.send(StopRequested("spindown"))
        book.expect(DeliverShutdown(OTEL, "spindown", START + 2), Terminate(), timer(2))
        book.send(Polled(OTEL)).expect_nothing()
        book.after(2).expect(Kill())
        book.send(Exited(signal=SIGKILL)).expect_nothing()
        assert phase(machine) is Phase.DEAD


@pytest.mark.parametrize("wanted", [Phase.INIT, Phase.INVOKE])
def test_whoever_waits_is_answered_when_the_environment_is_stopped(wanted: Phase) -> None:
    machine = reach(wanted)
    with conversation(machine) as book:
        book.send(StopRequested()).expect(refused(R1), Kill())
        book.send(StopRequested()).expect(Kill())
        book.send(Exited(signal=SIGKILL)).expect_nothing()
        assert phase(machine) is Phase.DEAD
        assert book.armed is None


def test_one_stopped_while_extensions_work_still_writes_its_report() -> None:
    with conversation(reach(Phase.DRAIN)) as book:
        book.send(StopRequested()).expect(Like(DeliverShutdown, party=OTEL), Terminate(), timer(2))
        assert [line.split(" ")[0] for line in log(book)] == ["END", "REPORT"]


def test_one_stopped_after_a_segmentation_fault_answers_at_once() -> None:
    machine = reach(Phase.INVOKE)
    with conversation(machine) as book:
        book.send(Exited(signal=SIGSEGV)).expect_nothing()
        book.send(StopRequested()).expect(refused(R1))
        assert phase(machine) is Phase.DEAD


def test_a_failed_environment_counts_as_used_so_that_it_is_not_taken_for_an_idle_one() -> None:
    machine = environment()
    with conversation(machine) as book:
        book.send(WarmRequested()).expect(timer(10), StartSandbox())
        book.after(1).send(Exited(code=1)).expect_nothing()
    assert machine.last_used >= START


# -- storms


class Storm:
    """Any event at any time that the outside world can cause, with the shell's side played faithfully: a process can
    only speak while it lives, and what was killed may take its time to go. A move that is impossible now is left out.
    """

    def __init__(self) -> None:
        self.now = START
        self.machine = environment()
        self.sandbox = False
        self.dying = False
        self.polled: set[str] = set()
        self.armed: int | None = None
        self.rung: list[int] = []
        self.assigned: list[Invocation] = []
        self.answers: dict[str, list[Answered | Refused]] = {}
        self.started: list[str] = []
        self.ended: list[str] = []

    def send(self, event: Event) -> bool:
        before = state(self.machine)
        self.now += 0.25
        try:
            actions = self.machine.handle(event, self.now)
        except (InvalidTransition, InvalidRequestID):
            assert state(self.machine) == before, f"{event!r} was refused but changed something"
            return False
        if isinstance(event, Assigned):
            self.assigned.append(event.invocation)
        if isinstance(event, Polled):
            self.polled.add(event.party)
        for action in actions:
            self.apply(action)
        return True

    def apply(self, action: Action) -> None:
        match action:
            case StartSandbox():
                assert not self.sandbox, "two sandboxes at once"
                self.sandbox, self.dying, self.polled = True, False, set()
            case Kill():
                assert self.sandbox, "killed what is not there"
                self.dying = True
            case Terminate():
                assert self.sandbox, "asked to end what is not there"
            case Deliver(invocation=what):
                assert RUNTIME in self.polled, "delivered to a runtime that did not ask"
                self.polled.discard(RUNTIME)
                assert what in self.assigned, "delivered what nobody assigned"
                assert what.request_id not in self.answers, "delivered after it was answered"
            case DeliverInvoke(party=party):
                assert party in self.polled, "delivered to an extension that did not ask"
                self.polled.discard(party)
            case Answer(invocation=what, outcome=outcome):
                assert what in self.assigned, "answered what nobody assigned"
                self.answers.setdefault(what.request_id, []).append(outcome)
            case SetTimer(seconds=seconds, generation=generation):
                assert seconds > 0
                assert generation not in self.rung, "a generation used twice"
                self.armed = generation
            case CancelTimer():
                self.armed = None
            case Tell(fact=InvocationStarted(request_id=request_id)):
                self.started.append(request_id)
            case Tell(fact=InvocationEnded(report=report)):
                self.ended.append(report.request_id)

    # what always holds

    def check(self) -> None:
        self.an_invocation_is_answered_once_and_kept_until_then()
        self.nothing_waits_without_a_deadline_or_an_end_in_sight()
        self.a_sandbox_is_there_exactly_when_the_phase_needs_one()
        self.start_and_report_come_once_and_in_this_order()

    def an_invocation_is_answered_once_and_kept_until_then(self) -> None:
        assert all(len(outcomes) == 1 for outcomes in self.answers.values())
        kept = {one for one in (self.machine.waiting, self.machine.current) if one is not None}
        assert {one.request_id for one in kept} == {one.request_id for one in self.assigned} - self.answers.keys()
        assert self.machine.reserved == bool(kept)

    def nothing_waits_without_a_deadline_or_an_end_in_sight(self) -> None:
        match self.machine.phase:
            case Phase.INIT | Phase.INVOKE | Phase.DRAIN:
                assert self.armed is not None, f"{self.machine!r} may hang"
            case Phase.RESET | Phase.STOPPING:
                assert self.dying or self.armed is not None, f"{self.machine!r} may hang"
            case Phase.COLD | Phase.FROZEN:
                assert not self.machine.reserved
                assert not self.machine.stale
                assert self.armed is None, "an idle environment has no deadline"
            case Phase.DEAD:
                assert not self.machine.reserved
                assert self.armed is None

    def a_sandbox_is_there_exactly_when_the_phase_needs_one(self) -> None:
        match self.machine.phase:
            case Phase.COLD | Phase.DEAD:
                assert not self.sandbox
            case Phase.INIT | Phase.FROZEN | Phase.INVOKE | Phase.DRAIN | Phase.STOPPING:
                assert self.sandbox

    def start_and_report_come_once_and_in_this_order(self) -> None:
        assert len(set(self.started)) == len(self.started)
        assert len(set(self.ended)) == len(self.ended)
        assert set(self.ended) <= set(self.started)

    def ends_well(self) -> None:
        """Stopped, and every process gone: it is dead, everyone was answered, every START has its REPORT."""
        self.send(StopRequested())
        if self.sandbox:
            self.sandbox = False
            self.send(Exited(signal=SIGKILL))
        assert self.machine.phase is Phase.DEAD
        self.an_invocation_is_answered_once_and_kept_until_then()
        assert self.answers.keys() == {one.request_id for one in self.assigned}
        ran = {key for key, (outcome,) in self.answers.items() if isinstance(outcome, Answered)}
        assert ran == set(self.ended)


# What can happen. Hypothesis makes a failing storm small by putting `calm` where a move is not needed.


def calm(storm: Storm) -> None:
    pass


def assign(storm: Storm) -> None:
    storm.send(Assigned(invocation(f"r{len(storm.assigned) + 1}")))


def warm(storm: Storm) -> None:
    storm.send(WarmRequested())


def otel_registers(storm: Storm) -> None:
    if storm.sandbox and not storm.dying:
        storm.send(Registered(OTEL))


def quiet_registers(storm: Storm) -> None:
    if storm.sandbox and not storm.dying:
        storm.send(Registered("quiet", invoke=False, shutdown=False))


def runtime_polls(storm: Storm) -> None:
    if storm.sandbox and not storm.dying:
        storm.send(Polled())


def everybody_polls(storm: Storm) -> None:
    for party in tuple(storm.machine.parties):
        if storm.sandbox and not storm.dying:
            storm.send(Polled(party))


def responds(storm: Storm) -> None:
    if storm.sandbox and storm.assigned:
        storm.send(Responded(storm.assigned[-1].request_id, b"1"))


def responds_to_the_one_before(storm: Storm) -> None:
    if storm.sandbox and len(storm.assigned) > 1:
        storm.send(Responded(storm.assigned[-2].request_id, b"1"))


def posts_an_error(storm: Storm) -> None:
    if storm.sandbox and storm.assigned:
        storm.send(ErrorPosted(storm.assigned[-1].request_id, b"{}", "Function.Unknown"))


def posts_an_init_error(storm: Storm) -> None:
    if storm.sandbox:
        storm.send(InitErrorPosted(b"{}", "Runtime.Unknown"))


def exits(storm: Storm, exit: Exited | None = None) -> None:
    if storm.sandbox:
        storm.sandbox = storm.dying = False
        assert storm.send(exit or Exited(code=1)), "the end of a sandbox can never be refused"


def crashes(storm: Storm) -> None:
    exits(storm, Exited(signal=SIGSEGV))


def rings(storm: Storm) -> None:
    if storm.armed is not None:
        generation, storm.armed = storm.armed, None
        storm.rung.append(generation)
        assert storm.send(DeadlineHit(generation)), "an armed timer can never be refused"


def rings_late(storm: Storm) -> None:
    if storm.rung:
        before = state(storm.machine)
        assert storm.machine.handle(DeadlineHit(storm.rung[0]), storm.now) == []
        assert state(storm.machine) == before


def retires(storm: Storm) -> None:
    assert storm.send(Retired()) or storm.machine.phase is Phase.DEAD


def stops(storm: Storm) -> None:
    assert storm.send(StopRequested()) or storm.machine.phase is Phase.DEAD


MOVES = (
    *(calm, assign, assign, assign, warm, otel_registers, quiet_registers),
    *(runtime_polls, everybody_polls, everybody_polls, everybody_polls, responds, responds, responds),
    *(responds_to_the_one_before, posts_an_error, posts_an_init_error, exits, exits, crashes, rings, rings_late),
)
ENDINGS = (calm, retires, stops)


@settings(max_examples=300, deadline=None, database=None)
@given(
    before=st.lists(st.sampled_from(MOVES), min_size=25, max_size=50),
    ending=st.sampled_from(ENDINGS),
    after=st.lists(st.sampled_from((*MOVES, stops)), min_size=5, max_size=20),
)
def test_no_storm_of_events_breaks_the_rules(
    before: list[Callable[[Storm], None]],
    ending: Callable[[Storm], None],
    after: list[Callable[[Storm], None]],
) -> None:
    storm = Storm()
    for move in (*before, ending, *after):
        move(storm)
        storm.check()
    storm.ends_well()
