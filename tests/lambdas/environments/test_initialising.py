"""Coming up: kinds of initialisation and their time, extensions, snapshots, simulated slow starts."""

from __future__ import annotations

import json
from signal import SIGKILL

import orjson
import pytest

from localstack_lite.lambdas.environments.actions import (
    Answer,
    Deliver,
    DeliverInvoke,
    DeliverRestore,
    Kill,
    SetTimer,
    StartRuntime,
    StartSandbox,
)
from localstack_lite.lambdas.environments.events import (
    Assigned,
    Exited,
    ExtensionExited,
    ExtensionFailed,
    ExtensionsLaunched,
    InitErrorPosted,
    Polled,
    Registered,
    Responded,
    RestoreErrorPosted,
    RestorePolled,
    SandboxAwaited,
    SandboxStarted,
    WarmRequested,
)
from localstack_lite.lambdas.environments.initialising import limit
from localstack_lite.lambdas.environments.phases import InvalidTransition, Phase
from localstack_lite.model.environment_facts import (
    ExtensionTold,
    InitEnded,
    InitRuntimeDone,
    InitStarted,
    RestoreEnded,
    RestoreRuntimeDone,
    RestoreStarted,
)
from localstack_lite.model.facts import InvocationEnded
from localstack_lite.model.initialization import ColdStart, Initialization
from localstack_lite.model.invocation import Report
from tests.lambdas.conversations import (
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
    phase,
    timer,
)
from tests.playbook import Playbook

SNAP = Initialization.SNAP_START


def report(book: Playbook) -> Report:
    ended = facts(book)[-1]
    assert isinstance(ended, InvocationEnded)
    return ended.report


@pytest.mark.parametrize(
    ("kind", "timeout", "seconds"),
    [
        (Initialization.ON_DEMAND, 60, 10),
        (Initialization.PROVISIONED, 3, 130),
        (Initialization.SNAP_START, 131, 131),
        (Initialization.MANAGED, 900, 900),
    ],
)
def test_each_kind_of_init_has_its_time(kind: Initialization, timeout: int, seconds: float) -> None:
    assert limit(kind, timeout) == seconds
    with conversation(environment(timeout, initialization=kind)) as book:
        book.send(WarmRequested()).expect(timer(seconds), StartSandbox())


def test_every_fact_of_init_names_its_kind_and_phase() -> None:
    machine = environment(initialization=Initialization.PROVISIONED)
    with conversation(machine) as book:
        book.send(WarmRequested()).expect(timer(130), StartSandbox())
        book.after(1).send(Exited(code=1)).expect_nothing()
        book.send(Assigned(R1)).expect(timer(3), StartSandbox())
    said = [(type(fact), fact.initialization, fact.phase) for fact in facts(book) if hasattr(fact, "initialization")]
    kind = Initialization.PROVISIONED
    assert said == [(InitStarted, kind, "init"), (InitEnded, kind, "init"), (InitStarted, kind, "invoke")]


def test_provisioned_init_is_told_and_billed_by_no_invocation() -> None:
    with conversation(environment(initialization=Initialization.PROVISIONED)) as book:
        book.send(WarmRequested()).expect(timer(130), StartSandbox())
        book.after(2).send(Polled()).expect_nothing()
        book.send(Assigned(R1)).expect(timer(3), deliver(R1, START + 5))
        book.after(0.5).send(Responded("r1", b"1")).expect(answer(R1, b"1"))
        assert (report(book).init_ms, report(book).billed_ms) == (None, 500)


def test_a_provisioned_environment_that_fails_says_so_and_is_cold() -> None:
    machine = environment(initialization=Initialization.PROVISIONED)
    with conversation(machine) as book:
        book.send(WarmRequested()).expect(timer(130), StartSandbox())
        book.send(InitErrorPosted(b"{}", "Runtime.Unknown")).expect(Kill())
        book.send(Exited(signal=SIGKILL)).expect_nothing()
        assert (machine.failed, phase(machine)) == (True, Phase.COLD)


def test_the_version_of_the_function_is_in_start_and_in_the_answer() -> None:
    with conversation(environment(version="7")) as book:
        book.send(Assigned(R1)).expect(timer(10), StartSandbox())
        book.send(Polled()).expect(timer(3), deliver(R1, START + 3))
        book.send(Responded("r1", b"1")).expect(Like(Answer, outcome__executed_version="7"))
    versions = {fact.version for fact in facts(book) if hasattr(fact, "version")}
    assert versions == {"7"}


# -- extensions


def test_the_runtime_starts_when_every_external_extension_has_registered() -> None:
    machine = environment()
    with conversation(machine) as book:
        book.send(Assigned(R1)).expect(timer(10), StartSandbox())
        book.send(ExtensionsLaunched(("a", "b"))).expect_nothing()
        book.refuses(Polled(), InvalidTransition).refuses(Polled("a"), InvalidTransition)
        book.send(Registered("a")).expect_nothing()
        book.send(Registered("b", invoke=False)).expect(StartRuntime())
        book.refuses(Registered("b"), InvalidTransition)
        book.send(Polled("a"), Polled("b"), Polled())
        book.expect(timer(3), deliver(R1, START + 3), DeliverInvoke("a", R1, START + 3))
        told = [(fact.name, fact.state, fact.events) for fact in facts(book) if isinstance(fact, ExtensionTold)]
        assert told == [("a", "Ready", ("INVOKE", "SHUTDOWN")), ("b", "Ready", ("SHUTDOWN",))]


def test_an_internal_extension_registers_until_the_runtime_has_polled() -> None:
    machine = environment()
    with conversation(machine) as book:
        book.send(WarmRequested()).expect(timer(10), StartSandbox())
        assert machine.registration_open
        book.send(Registered("inside", shutdown=False, internal=True), Polled()).expect_nothing()
        assert not machine.registration_open
        book.refuses(Registered("late", internal=True), InvalidTransition)
        book.send(Polled("inside")).expect_nothing()
        assert phase(machine) is Phase.FROZEN
        assert not machine.registration_open


def test_an_extension_that_never_polls_ends_init_at_its_limit() -> None:
    with conversation(environment()) as book:
        book.send(Assigned(R1)).expect(timer(10), StartSandbox())
        book.send(Registered(OTEL), Polled()).expect_nothing()
        book.after(10).expect(Kill())
        book.send(Exited(signal=SIGKILL)).expect(timer(3), StartSandbox())


def test_extensions_of_an_awaited_sandbox_have_no_time_without_end() -> None:
    with conversation(environment()) as book:
        book.send(Assigned(R1)).expect(timer(10), StartSandbox())
        book.send(SandboxAwaited()).expect_nothing()
        book.after(60).send(ExtensionsLaunched(("a",))).expect(timer(10))
        book.after(1).send(Registered("a")).expect(StartRuntime())
        book.send(SandboxStarted()).expect_nothing()
        book.after(9).expect(Kill())


@pytest.mark.parametrize(
    ("event", "state", "own", "text"),
    [
        (
            ExtensionExited("a"),
            "LaunchError",
            "UnknownError",
            "fork/exec /opt/extensions/a: no such file or directory",
        ),
        (
            ExtensionExited("a", denied=True),
            "LaunchError",
            "PermissionDenied",
            "fork/exec /opt/extensions/a: permission denied",
        ),
        (ExtensionExited("a", code=0), "Crash", "Extension.Crash", "exit code 0"),
        (ExtensionExited("a", code=3), "Crash", "Extension.Crash", "exit status 3"),
        (ExtensionExited("a", signal=9), "Crash", "Extension.Crash", "signal: killed"),
        (ExtensionFailed("a", "init", "Extension.Mine"), "InitError", "Extension.Mine", "exit code 0"),
    ],
)
def test_an_extension_that_fails_at_init_is_tried_again_and_then_answered(
    event: ExtensionExited | ExtensionFailed, state: str, own: str, text: str
) -> None:
    machine = environment()
    kind = f"Extension.{state}"
    with conversation(machine) as book:
        book.send(Assigned(R1)).expect(timer(10), StartSandbox())
        book.send(ExtensionsLaunched(("a",)), event).expect(Kill())
        told = [(fact.name, fact.state, fact.error_type) for fact in facts(book) if isinstance(fact, ExtensionTold)]
        assert told == [("a", state, own)]
        book.send(Exited(signal=SIGKILL)).expect(timer(3), StartSandbox())
        payload = orjson.dumps({"errorType": kind, "errorMessage": f"RequestId: r1 Error: {text}"})
        book.send(ExtensionsLaunched(("a",)), event).expect(answer(R1, payload, kind), Kill())
        book.send(Exited(signal=SIGKILL)).expect_nothing()
        assert phase(machine) is Phase.COLD


def test_an_extension_may_be_called_runtime() -> None:
    with conversation(environment()) as book:
        book.send(Assigned(R1)).expect(timer(10), StartSandbox())
        book.send(ExtensionsLaunched(("runtime",))).expect_nothing()
        book.send(Registered("runtime")).expect(StartRuntime())
        book.send(Polled("runtime")).expect_nothing()
        book.send(Polled()).expect(timer(3), deliver(R1, START + 3), DeliverInvoke("runtime", R1, START + 3))


# -- snapshots


def test_a_snapshot_is_restored_right_after_init_and_told_with_the_first_invocation() -> None:
    machine = environment(initialization=SNAP)
    with conversation(machine) as book:
        book.send(Assigned(R1)).expect(timer(130), StartSandbox())
        book.after(20).send(RestorePolled()).expect(timer(10), DeliverRestore())
        assert machine.restoring
        book.refuses(RestorePolled(), InvalidTransition).refuses(Registered("late"), InvalidTransition)
        book.after(0.2).send(Polled()).expect(timer(3), deliver(R1, pytest.approx(START + 23.2)))
        assert not machine.restoring
        book.after(0.1).send(Responded("r1", b"1")).expect(Like(Answer, outcome__cold=True))
        assert (report(book).init_ms, report(book).billed_ms) == (None, 300)
        assert report(book).restore_ms == pytest.approx(200)
        kinds = [type(fact) for fact in facts(book)][:4]
        assert kinds == [InitStarted, InitEnded, RestoreStarted, RestoreEnded]
        book.send(Polled(), Assigned(R2)).expect(timer(3), Like(Deliver, invocation=R2))
        book.send(Responded("r2", b"2")).expect(Like(Answer, outcome__cold=False))
        assert report(book).restore_ms is None


def test_a_snapshot_waits_for_the_extensions() -> None:
    with conversation(environment(initialization=SNAP)) as book:
        book.send(WarmRequested()).expect(timer(130), StartSandbox())
        book.send(Registered(OTEL), RestorePolled()).expect_nothing()
        book.send(Polled(OTEL)).expect(timer(10), DeliverRestore())


def test_a_runtime_without_hooks_is_restored_at_once() -> None:
    machine = environment(initialization=SNAP)
    with conversation(machine) as book:
        book.send(Assigned(R1)).expect(timer(130), StartSandbox())
        book.after(1).send(Polled()).expect(timer(3), deliver(R1, START + 4))
        book.send(Responded("r1", b"1")).expect(answer(R1, b"1"))
        assert report(book).restore_ms == 0.0


def test_a_hook_that_fails_is_the_answer_of_who_waits() -> None:
    machine = environment(initialization=SNAP)
    with conversation(machine) as book:
        book.send(Assigned(R1)).expect(timer(130), StartSandbox())
        book.send(RestorePolled()).expect(timer(10), DeliverRestore())
        book.send(RestoreErrorPosted(b'{"a":1}', "Runtime.AfterRestoreError"))
        book.expect(answer(R1, b'{"a":1}', "Runtime.AfterRestoreError"), Kill())
        book.send(Exited(code=65)).expect_nothing()
        assert (machine.failed, phase(machine)) == (True, Phase.COLD)
        ended = next(fact for fact in facts(book) if isinstance(fact, RestoreEnded))
        assert (ended.status, ended.error_type) == ("error", "Runtime.AfterRestoreError")


def test_hooks_have_ten_seconds_and_then_the_invocation_is_refused() -> None:
    machine = environment(initialization=SNAP)
    with conversation(machine) as book:
        book.send(Assigned(R1)).expect(timer(130), StartSandbox())
        book.send(RestorePolled()).expect(timer(10), DeliverRestore())
        book.after(10)
        refusal = book._pending[0].outcome
        assert (refusal.status, refusal.code, json.loads(refusal.body)["Type"]) == (
            408,
            "SnapStartTimeoutException",
            "User",
        )
        book.expect(Like(Answer, invocation=R1), Kill())
        book.send(Exited(signal=SIGKILL)).expect_nothing()
        assert phase(machine) is Phase.COLD


@pytest.mark.parametrize("kind", [Initialization.ON_DEMAND, Initialization.PROVISIONED, Initialization.MANAGED])
def test_only_a_function_with_snap_start_is_restored(kind: Initialization) -> None:
    with conversation(environment(initialization=kind)) as book:
        book.send(WarmRequested()).expect(Like(SetTimer), StartSandbox())
        book.refuses(RestorePolled(), InvalidTransition)
        book.refuses(RestoreErrorPosted(b"", ""), InvalidTransition)


# -- slow starts


@pytest.mark.parametrize(
    ("slow", "took", "more"), [(ColdStart(added=2), 1, 2), (ColdStart(least=5), 1, 4), (ColdStart(1, 5), 4.5, 1)]
)
def test_a_simulated_cold_start_is_part_of_init(slow: ColdStart, took: float, more: float) -> None:
    machine = environment(cold_start=slow)
    with conversation(machine) as book:
        book.send(Assigned(R1)).expect(timer(10), StartSandbox())
        book.after(took).send(Polled()).expect(timer(more))
        assert phase(machine) is Phase.INIT
        book.after(more).expect(timer(3), deliver(R1, pytest.approx(START + took + more + 3)))
        book.send(Responded("r1", b"1")).expect(answer(R1, b"1"))
        assert report(book).init_ms == pytest.approx((took + more) * 1000)


def test_no_limit_rings_for_what_was_added() -> None:
    with conversation(environment(cold_start=ColdStart(added=60))) as book:
        book.send(Assigned(R1)).expect(timer(10), StartSandbox())
        book.after(1).send(Polled()).expect(timer(60))
        book.after(60).expect(timer(3), deliver(R1, START + 64))


def test_one_that_was_slow_enough_is_not_held() -> None:
    with conversation(environment(cold_start=ColdStart(least=1))) as book:
        book.send(Assigned(R1)).expect(timer(10), StartSandbox())
        book.after(2).send(Polled()).expect(timer(3), deliver(R1, START + 5))


def test_inside_an_invocation_it_is_part_of_its_time_and_can_use_it_up() -> None:
    machine = environment(cold_start=ColdStart(added=2))
    with conversation(machine) as book:
        book.send(Assigned(R1)).expect(timer(10), StartSandbox())
        book.send(Exited(code=1)).expect(timer(3), StartSandbox())
        book.send(Polled()).expect(timer(2))
        book.after(2).expect(timer(1), deliver(R1, START + 3))
        book.after(1).expect(Like(Answer, outcome__error="Sandbox.Timedout"), Kill())
        book.send(Exited(signal=SIGKILL)).expect_nothing()
        book.send(Assigned(R2)).expect(timer(3), StartSandbox())
        book.after(1.5).send(Polled()).expect_nothing()
        book.after(1.5).expect(Like(Answer, outcome__error="Sandbox.Timedout"), Kill())


def test_a_runtime_that_ends_while_it_is_held_has_failed() -> None:
    machine = environment(cold_start=ColdStart(added=2))
    with conversation(machine) as book:
        book.send(WarmRequested()).expect(timer(10), StartSandbox())
        book.send(Polled()).expect(timer(2))
        book.send(Exited(code=1)).expect_nothing()
        assert (machine.failed, book.armed) == (True, None)


# -- for telemetry


@pytest.mark.parametrize("detailed", [False, True])
def test_that_the_runtime_is_done_is_told_to_who_wants_details(detailed: bool) -> None:
    machine = environment(initialization=SNAP)
    machine.detailed = detailed
    with conversation(machine) as book:
        book.send(WarmRequested()).expect(timer(130), StartSandbox())
        book.send(RestorePolled()).expect(timer(10), DeliverRestore())
        book.send(Polled()).expect_nothing()
    done = [type(fact) for fact in facts(book) if isinstance(fact, InitRuntimeDone | RestoreRuntimeDone)]
    assert done == ([InitRuntimeDone, RestoreRuntimeDone] if detailed else [])


def test_a_runtime_that_failed_is_done_with_its_error() -> None:
    machine = environment()
    machine.detailed = True
    with conversation(machine) as book:
        book.send(WarmRequested()).expect(timer(10), StartSandbox())
        book.send(Exited(code=1)).expect_nothing()
    (done,) = (fact for fact in facts(book) if isinstance(fact, InitRuntimeDone))
    assert (done.status, done.error_type, done.phase) == ("error", "Runtime.ExitError", "init")
