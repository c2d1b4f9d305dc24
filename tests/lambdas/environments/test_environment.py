"""The execution environment: each phase against each event, conversations, and random storms with invariants."""

from __future__ import annotations

from collections.abc import Callable
from signal import SIGKILL, SIGSEGV, SIGTERM
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localstack_lite.lambdas.environments.actions import (
    Answer,
    DeliverInvoke,
    DeliverShutdown,
    Kill,
    StartSandbox,
    Terminate,
)
from localstack_lite.lambdas.environments.environment import Environment
from localstack_lite.lambdas.environments.events import (
    Assigned,
    DeadlineHit,
    DebuggerAttached,
    DebuggerLeft,
    ErrorPosted,
    Event,
    Exited,
    ExtensionExited,
    ExtensionFailed,
    ExtensionsLaunched,
    InitErrorPosted,
    Polled,
    Registered,
    Responded,
    ResponseBegun,
    ResponseEnded,
    Rested,
    RestoreErrorPosted,
    RestorePolled,
    Retired,
    RuntimeExited,
    SandboxAwaited,
    SandboxStarted,
    StopRequested,
    WarmRequested,
)
from localstack_lite.lambdas.environments.phases import TABLE, InvalidRequestID, InvalidTransition, Phase
from localstack_lite.model.facts import InvocationEnded
from localstack_lite.model.initialization import NO_DELAY, ColdStart, Initialization
from localstack_lite.model.invocation import Answered
from tests.lambdas import storm
from tests.lambdas.conversations import (
    HELLO,
    OTEL,
    R1,
    R2,
    START,
    Like,
    answer,
    conversation,
    deliver,
    environment,
    facts,
    log,
    phase,
    refused,
    timer,
)

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
    ExtensionsLaunched(("outside",)),
    ExtensionExited(OTEL, code=1),
    ExtensionFailed(OTEL, "exit", "Extension.Mine"),
    Rested(),
    RestorePolled(),
    RestoreErrorPosted(b"{}", "Runtime.AfterRestoreError"),
    ResponseBegun("r1"),
    ResponseEnded("r1"),
    RuntimeExited(code=1),
    Exited(code=1),
    StopRequested(),
    Retired(),
)


#: Listed, but these samples are refused for another reason: an invocation is reserved already, or the runtime polls
#: without having answered, or while all of it ends; no answer has begun; there is no extension and no snapshot.
CHECKED_FURTHER = {
    (Phase.INIT, Assigned),
    (Phase.INIT, RestorePolled),
    (Phase.INIT, RestoreErrorPosted),
    (Phase.INVOKE, Polled),
    (Phase.INVOKE, ResponseEnded),
    (Phase.RESET, Polled),
    (Phase.STOPPING, Polled),
    *((one, event) for one in Phase if one is not Phase.DRAIN for event in (ExtensionExited, ExtensionFailed)),
}


def reach(wanted: Phase) -> Environment:
    machine = environment()
    WAYS[wanted](lambda event: void(machine.handle(event, START)))
    assert phase(machine) is wanted
    return machine


def void(_: object) -> None:
    return None


def state(machine: Environment) -> dict[str, Any]:
    """Everything the machine remembers, but for the list it hands out."""
    return storm.state(machine)


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
        book.after(2).expect(Terminate(), timer(0.6))
        assert phase(machine) is Phase.RESET
        book.after(0.6).expect(timer(1.4))
        book.send(Polled(OTEL)).expect(DeliverShutdown(OTEL, "timeout", START + 5))
        book.after(1.4).expect(Kill())


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


def test_extensions_hear_of_the_end_after_the_runtime_and_have_two_seconds() -> None:
    machine = environment()
    with conversation(machine) as book:
        book.send(WarmRequested()).expect(timer(10), StartSandbox())
        book.send(Registered(OTEL), Registered("deaf", shutdown=False), Polled(OTEL), Polled("deaf"), Polled())
        book.send(StopRequested("spindown")).expect(Terminate(), timer(0.6))
        book.after(0.1).send(RuntimeExited(signal=SIGTERM))
        book.expect(DeliverShutdown(OTEL, "spindown", START + 2), timer(1.9))
        book.send(Polled(OTEL)).expect_nothing()
        book.after(1.9).expect(Kill())
        book.send(Exited(signal=SIGTERM)).expect_nothing()
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
        book.send(StopRequested()).expect(Terminate(), timer(0.6))
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


@settings(max_examples=300, deadline=None, database=None)
@given(
    kind=st.sampled_from((*[Initialization.ON_DEMAND] * 2, Initialization.PROVISIONED, Initialization.SNAP_START)),
    outside=st.sampled_from(((), (), ("outside",), ("outside", "silent"))),
    slow=st.sampled_from((NO_DELAY, NO_DELAY, ColdStart(added=2.0), ColdStart(least=5.0))),
    before=st.lists(st.sampled_from(storm.MOVES), min_size=25, max_size=60),
    ending=st.sampled_from(storm.ENDINGS),
    after=st.lists(st.sampled_from((*storm.MOVES, storm.stops)), min_size=5, max_size=20),
)
def test_no_storm_of_events_breaks_the_rules(
    kind: Initialization,
    outside: tuple[str, ...],
    slow: ColdStart,
    before: list[storm.Move],
    ending: storm.Move,
    after: list[storm.Move],
) -> None:
    whole = storm.Storm(Environment(1, "hello#1", HELLO, "stream", initialization=kind, cold_start=slow), outside)
    for move in (*before, ending, *after):
        move(whole)
        whole.check()
    whole.ends_well()
