"""Invocations in their environment: streamed answers, what extensions add, processes stopped in between."""

from __future__ import annotations

from signal import SIGKILL

import pytest

from localstack_lite.lambdas.environments.actions import (
    Answer,
    BeginAnswer,
    DeliverInvoke,
    Freeze,
    Kill,
    StartSandbox,
    Terminate,
    Thaw,
)
from localstack_lite.lambdas.environments.events import (
    Assigned,
    DebuggerAttached,
    DebuggerLeft,
    ErrorPosted,
    Exited,
    Polled,
    Registered,
    Responded,
    ResponseBegun,
    ResponseEnded,
    Rested,
    Retired,
    StopRequested,
    WarmRequested,
)
from localstack_lite.lambdas.environments.phases import InvalidRequestID, InvalidTransition, Phase
from localstack_lite.model.environment_facts import RuntimeDone
from localstack_lite.model.facts import InvocationEnded
from localstack_lite.model.initialization import Initialization
from localstack_lite.model.invocation import Report, Status
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


def ready(book: Playbook) -> None:
    """Initialised, with nothing to do."""
    book.send(WarmRequested()).expect(timer(10), StartSandbox())
    book.send(Polled()).expect_nothing()


def running(book: Playbook) -> None:
    ready(book)
    book.send(Assigned(R1)).expect(timer(3), deliver(R1, book.now + 3))


def reported(book: Playbook) -> Report:
    ended = facts(book)[-1]
    assert isinstance(ended, InvocationEnded)
    return ended.report


# -- streamed


def test_a_streamed_answer_begins_once_and_is_whole_when_its_last_byte_came() -> None:
    machine = environment()
    with conversation(machine) as book:
        running(book)
        book.after(0.1).send(ResponseBegun("r1", "text/html")).expect(BeginAnswer(R1, "text/html", cold=True))
        assert phase(machine) is Phase.INVOKE
        book.refuses(ResponseBegun("r1"), InvalidTransition)
        book.after(1).send(ResponseEnded("r1", size=12)).expect(
            Like(Answer, outcome__payload=b"", outcome__error="", outcome__content_type="text/html")
        )
        assert reported(book).duration_ms == pytest.approx(1100)
        book.send(Polled()).expect_nothing()
        assert phase(machine) is Phase.FROZEN


def test_a_stream_ends_with_the_error_of_its_trailers() -> None:
    with conversation(environment()) as book:
        running(book)
        book.send(ResponseBegun("r1")).expect(Like(BeginAnswer))
        book.send(ResponseEnded("r1", "Function.Mine", b'{"a":1}')).expect(answer(R1, b'{"a":1}', "Function.Mine"))


def test_a_deadline_in_the_middle_of_a_stream_is_its_end() -> None:
    machine = environment()
    with conversation(machine) as book:
        running(book)
        book.send(ResponseBegun("r1")).expect(Like(BeginAnswer))
        book.after(3).expect(Like(Answer, outcome__error="Sandbox.Timedout"), Kill())
        book.refuses(ResponseEnded("r1"), InvalidTransition)


def test_a_runtime_that_is_killed_in_the_middle_of_a_stream_is_its_end() -> None:
    machine = environment()
    with conversation(machine) as book:
        running(book)
        book.send(ResponseBegun("r1")).expect(Like(BeginAnswer))
        book.send(Exited(signal=SIGKILL)).expect(Like(Answer, outcome__error="Runtime.ExitError"))
        book.send(Assigned(R2)).expect(timer(3), StartSandbox())
        book.send(Polled()).expect(deliver(R2, START + 3))
        book.send(Responded("r2", b"2")).expect(answer(R2, b"2"))


@pytest.mark.parametrize(
    "event", [Responded("r1", b"1"), ErrorPosted("r1", b"{}", "Function.Unknown"), ResponseBegun("r1")]
)
def test_an_answer_that_has_begun_takes_no_other(event: Responded | ErrorPosted | ResponseBegun) -> None:
    with conversation(environment()) as book:
        running(book)
        book.send(ResponseBegun("r1")).expect(Like(BeginAnswer))
        book.refuses(event, InvalidTransition)


@pytest.mark.parametrize("event", [ResponseBegun("other"), ResponseEnded("other")])
def test_a_stream_for_another_invocation_is_refused(event: ResponseBegun | ResponseEnded) -> None:
    with conversation(environment()) as book:
        running(book)
        book.refuses(event, InvalidRequestID)


def test_no_stream_ends_that_has_not_begun_and_none_begins_after_the_answer() -> None:
    with conversation(environment()) as book:
        running(book)
        book.refuses(ResponseEnded("r1"), InvalidTransition)
        book.send(Responded("r1", b"1")).expect(answer(R1, b"1"))
        book.refuses(ResponseBegun("r1"), InvalidTransition).refuses(Responded("r1", b"2"), InvalidTransition)


# -- extensions


def answered_beside_an_extension(book: Playbook) -> None:
    """After 100 ms; the extension works on."""
    book.send(WarmRequested()).expect(timer(10), StartSandbox())
    book.send(Registered(OTEL), Polled(OTEL), Polled()).expect_nothing()
    book.send(Assigned(R1)).expect(timer(3), deliver(R1, START + 3), DeliverInvoke(OTEL, R1, START + 3))
    book.after(0.1).send(Responded("r1", b"1"))
    book.expect(Like(Answer, outcome__report__duration_ms=pytest.approx(100)))
    book.send(Polled()).expect_nothing()


def test_what_extensions_add_is_part_of_the_duration_and_billed() -> None:
    with conversation(environment()) as book:
        answered_beside_an_extension(book)
        book.after(0.25).send(Polled(OTEL)).expect_nothing()
        report = reported(book)
        assert (report.duration_ms, report.overhead_ms) == (pytest.approx(350), pytest.approx(250))
        assert report.billed_ms == 350


def test_an_extension_that_works_on_until_the_timeout_makes_it_one() -> None:
    with conversation(environment()) as book:
        answered_beside_an_extension(book)
        book.after(2.9).expect(Terminate(), timer(0.6))
        report = reported(book)
        assert (report.status, report.error_type) == (Status.TIMEOUT, "")
        assert (report.duration_ms, report.billed_ms) == (3000, 3000)


def test_without_extensions_nothing_is_added() -> None:
    with conversation(environment()) as book:
        running(book)
        book.after(0.1).send(Responded("r1", b"1")).expect(answer(R1, b"1"))
        book.after(1).send(Polled()).expect_nothing()
        assert (reported(book).duration_ms, reported(book).overhead_ms) == (pytest.approx(100), None)


# -- details for telemetry


@pytest.mark.parametrize("detailed", [False, True])
def test_that_the_runtime_is_done_is_told_to_who_wants_details(detailed: bool) -> None:
    machine = environment()
    machine.detailed = detailed
    with conversation(machine) as book:
        running(book)
        book.after(0.1).send(ResponseBegun("r1")).expect(Like(BeginAnswer))
        book.after(0.2).send(ResponseEnded("r1", size=7)).expect(Like(Answer))
    done = [fact for fact in facts(book) if isinstance(fact, RuntimeDone)]
    assert len(done) == detailed
    for fact in done:
        assert (fact.status, fact.produced_bytes) == ("success", 7)
        times = (fact.latency_ms, fact.response_ms, fact.duration_ms)
        assert times == (pytest.approx(100), pytest.approx(200), pytest.approx(300))


# -- stopped in between


def test_an_idle_environment_is_frozen_when_it_rested_and_thawed_before_it_is_used() -> None:
    machine = environment()
    with conversation(machine) as book:
        ready(book)
        book.send(Rested()).expect(Freeze())
        assert machine.suspended
        book.send(Rested()).expect_nothing()
        book.after(60).send(Assigned(R1)).expect(Thaw(), timer(3), deliver(R1, START + 63))
        assert not machine.suspended
        book.refuses(Rested(), InvalidTransition)


def test_back_to_back_invocations_freeze_nothing() -> None:
    with conversation(environment()) as book:
        running(book)
        book.send(Responded("r1", b"1")).expect(answer(R1, b"1"))
        book.send(Polled(), Assigned(R2)).expect(timer(3), deliver(R2, START + 3))


@pytest.mark.parametrize("event", [Retired(), StopRequested()])
def test_one_that_ends_is_thawed_first(event: Retired | StopRequested) -> None:
    with conversation(environment()) as book:
        ready(book)
        book.send(Rested()).expect(Freeze())
        book.send(event).expect(Thaw(), Kill())


def test_extensions_of_a_frozen_environment_are_thawed_to_hear_of_the_end() -> None:
    with conversation(environment()) as book:
        book.send(WarmRequested()).expect(timer(10), StartSandbox())
        book.send(Registered(OTEL), Polled(OTEL), Polled(), Rested()).expect(Freeze())
        book.send(StopRequested()).expect(Thaw(), Terminate(), timer(0.6))


def test_nothing_is_frozen_while_somebody_debugs_it() -> None:
    with conversation(environment()) as book:
        ready(book)
        book.send(DebuggerAttached(), Rested()).expect_nothing()
        book.send(DebuggerLeft(), Rested()).expect(Freeze())
        book.send(DebuggerAttached()).expect(Thaw())


def test_managed_instances_are_never_frozen() -> None:
    with conversation(environment(initialization=Initialization.MANAGED)) as book:
        book.send(WarmRequested()).expect(timer(130), StartSandbox())
        book.send(Polled(), Rested()).expect_nothing()


def test_one_that_is_killed_while_it_is_frozen_starts_anew_and_runs() -> None:
    machine = environment()
    with conversation(machine) as book:
        ready(book)
        book.send(Rested()).expect(Freeze())
        book.send(Exited(signal=SIGKILL)).expect_nothing()
        assert not machine.suspended
        book.send(Assigned(R1)).expect(timer(3), StartSandbox())
