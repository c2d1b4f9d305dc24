"""Ends that extensions have a part in: they crash, the runtime does, time runs out; and all of it is ended."""

from __future__ import annotations

from signal import SIGKILL, SIGSEGV

import orjson
import pytest

from localstack_lite.lambdas.environments.actions import (
    Answer,
    DeliverInvoke,
    DeliverShutdown,
    Kill,
    StartRuntime,
    StartSandbox,
    Terminate,
)
from localstack_lite.lambdas.environments.environment import Environment
from localstack_lite.lambdas.environments.events import (
    Assigned,
    DebuggerAttached,
    Exited,
    ExtensionExited,
    ExtensionFailed,
    ExtensionsLaunched,
    Polled,
    Registered,
    Responded,
    RuntimeExited,
    StopRequested,
    WarmRequested,
)
from localstack_lite.lambdas.environments.phases import InvalidTransition, Phase
from localstack_lite.model.environment_facts import ExtensionTold
from localstack_lite.model.facts import LogWritten
from tests.lambdas.conversations import (
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
    timer,
)
from tests.playbook import Playbook


def ready(book: Playbook, *others: str) -> None:
    """Idle, with the external extension `a`, which wants all, and `others`, which want nothing."""
    book.send(WarmRequested()).expect(timer(10), StartSandbox())
    book.send(ExtensionsLaunched(("a", *others)))
    for name in others:
        book.send(Registered(name, invoke=False, shutdown=False)).expect_nothing()
    book.send(Registered("a")).expect(StartRuntime())
    for name in ("a", *others):
        book.send(Polled(name))
    book.send(Polled()).expect_nothing()


def running(book: Playbook) -> None:
    ready(book)
    book.send(Assigned(R1)).expect(timer(3), deliver(R1, START + 3), DeliverInvoke("a", R1, START + 3))


def over(book: Playbook, machine: Environment) -> None:
    """All of it is gone, and it can be used again."""
    book.send(Exited(signal=SIGKILL)).expect_nothing()
    assert phase(machine) is Phase.COLD
    assert book.armed is None
    book.send(Assigned(R2)).expect(timer(3), StartSandbox())


@pytest.mark.parametrize(
    ("event", "kind", "text"),
    [
        (ExtensionExited("a", code=2), "Extension.Crash", "exit status 2"),
        (ExtensionFailed("a", "exit", "Extension.Mine"), "Extension.ExitError", "exit code 0"),
    ],
)
def test_an_extension_that_ends_ends_the_invocation_and_resets_the_environment(
    event: ExtensionExited | ExtensionFailed, kind: str, text: str
) -> None:
    machine = environment()
    payload = orjson.dumps({"errorType": kind, "errorMessage": f"RequestId: r1 Error: {text}"})
    with conversation(machine) as book:
        running(book)
        book.send(event).expect(
            answer(R1, payload, kind), *([Kill()] if "Crash" in kind else [Terminate(), timer(0.6)])
        )
        written = [fact.message for fact in facts(book) if isinstance(fact, LogWritten)]
        assert written == [f"RequestId: r1 Error: {text}\n{kind}\n"]
        told = [fact for fact in facts(book) if isinstance(fact, ExtensionTold)][-1]
        own = event.error_type if isinstance(event, ExtensionFailed) else kind
        assert (told.state, told.error_type) == (kind.removeprefix("Extension."), own)
        over(book, machine)


def test_the_others_hear_of_the_failure_of_one() -> None:
    machine = environment()
    with conversation(machine) as book:
        ready(book, "b")
        book.send(ExtensionExited("b", code=1)).expect(Terminate(), timer(0.6))
        told = [fact for fact in facts(book) if isinstance(fact, ExtensionTold)][-1]
        assert (told.name, told.state, told.error_type) == ("b", "Crash", "Extension.Crash")
        book.send(RuntimeExited(signal=15)).expect(DeliverShutdown("a", "failure", START + 2), timer(2))
        book.send(ExtensionExited("a", code=0)).expect(Kill())
        over(book, machine)


def test_a_crash_is_answered_at_once_and_extensions_are_told_after_it() -> None:
    machine = environment()
    with conversation(machine) as book:
        running(book)
        book.send(Polled("a"))
        book.send(RuntimeExited(code=1)).expect(
            Like(Answer, outcome__error="Runtime.ExitError"), DeliverShutdown("a", "failure", START + 2), timer(2)
        )
        book.send(Assigned(R2)).expect_nothing()
        book.after(2).expect(Kill())
        book.send(Exited(code=1)).expect(timer(3), StartSandbox())


def test_a_timeout_is_answered_at_once_and_extensions_have_their_time_after_it() -> None:
    machine = environment()
    with conversation(machine) as book:
        running(book)
        book.after(3).expect(Like(Answer, outcome__error="Sandbox.Timedout"), Terminate(), timer(0.6))
        book.after(0.6).expect(timer(1.4))
        book.after(0.4).send(Polled("a")).expect(DeliverShutdown("a", "timeout", START + 5))
        book.after(1).expect(Kill())
        over(book, machine)


def test_a_segmentation_fault_beside_extensions_is_answered_at_the_timeout_too() -> None:
    machine = environment()
    with conversation(machine) as book:
        running(book)
        book.after(1).send(RuntimeExited(signal=SIGSEGV)).expect_nothing()
        book.send(Polled("a")).expect_nothing()
        told = DeliverShutdown("a", "timeout", START + 5)
        book.after(2).expect(Like(Answer, outcome__error="Sandbox.Timedout"), told, timer(2))
        book.after(2).expect(Kill())
        over(book, machine)


def test_a_runtime_that_ends_while_it_initialises_takes_its_extensions_with_it() -> None:
    with conversation(environment()) as book:
        book.send(Assigned(R1)).expect(timer(10), StartSandbox())
        book.send(ExtensionsLaunched(("a",)), Registered("a")).expect(StartRuntime())
        book.send(RuntimeExited(code=1)).expect(Kill())
        book.send(Exited(code=1)).expect(timer(3), StartSandbox())


def test_an_end_after_the_answer_is_nobodys_error() -> None:
    machine = environment()
    with conversation(machine) as book:
        running(book)
        book.send(Responded("r1", b"1")).expect(answer(R1, b"1"))
        book.send(RuntimeExited(code=0)).expect(timer(2))
        assert [line.split(" ")[0] for line in log(book)][-2:] == ["END", "REPORT"]
        book.send(StopRequested()).expect_nothing()
        book.after(2).expect(Kill())
        book.send(Exited(code=0)).expect_nothing()
        assert phase(machine) is Phase.DEAD


def test_the_end_of_an_extension_after_the_answer_is_logged_with_the_invocation_it_worked_on() -> None:
    with conversation(environment()) as book:
        running(book)
        book.send(Responded("r1", b"1")).expect(answer(R1, b"1"))
        book.send(ExtensionExited("a", code=4)).expect(Kill())
        assert "RequestId: r1 Error: exit status 4\nExtension.Crash\n" in log(book)


def test_one_that_is_stopped_twice_is_killed() -> None:
    with conversation(environment()) as book:
        ready(book)
        book.send(StopRequested()).expect(Terminate(), timer(0.6))
        book.send(StopRequested()).expect(Kill())


def test_what_somebody_debugs_is_killed_without_a_word() -> None:
    with conversation(environment()) as book:
        ready(book)
        book.send(DebuggerAttached(), StopRequested()).expect(Kill())


def test_what_has_ended_says_nothing_more() -> None:
    machine = environment()
    with conversation(machine) as book:
        ready(book)
        book.send(ExtensionExited("a", code=0)).expect(Kill())
        book.refuses(Polled("a"), InvalidTransition).refuses(ExtensionExited("a", code=0), InvalidTransition)
        book.refuses(ExtensionFailed("a", "exit", ""), InvalidTransition).refuses(Polled(), InvalidTransition)
