"""An environment of managed instances: workers, timeouts of their own, crashes that end all, and a random storm."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localstack_lite.lambdas.environments.actions import (
    Answer,
    BeginAnswer,
    CancelTimer,
    Deliver,
    Kill,
    SetTimer,
    StartSandbox,
    Tell,
)
from localstack_lite.lambdas.environments.events import (
    Assigned,
    DeadlineHit,
    ErrorPosted,
    Event,
    Exited,
    InitErrorPosted,
    Polled,
    Responded,
    ResponseBegun,
    ResponseEnded,
    Rested,
    Retired,
    StopRequested,
    WarmRequested,
)
from localstack_lite.lambdas.environments.managed import ManagedEnvironment
from localstack_lite.lambdas.environments.phases import InvalidRequestID, InvalidTransition, Phase
from localstack_lite.model.environment_facts import InitStarted
from localstack_lite.model.function import Code, Function
from localstack_lite.model.initialization import NO_DELAY, ColdStart
from localstack_lite.model.invocation import Answered, Invocation, Refused, Status
from tests.playbook import Playbook, play

BESIDE = (Tell, SetTimer, CancelTimer)
TIMEOUT = 3


def environment(most: int = 3, cold_start: ColdStart = NO_DELAY) -> ManagedEnvironment:
    function = Function(
        "Fn", "fn", "python3.13", "app.handler", Code(Path("/app")), timeout=TIMEOUT, managed=True, max_concurrency=most
    )
    return ManagedEnvironment(1, "fn#1", function, "stream", cold_start=cold_start)


def call(name: str) -> Invocation:
    return Invocation("Fn", b"{}", name)


@pytest.fixture
def book() -> Iterator[Playbook]:
    """One that serves, with two workers that wait."""
    with play(environment(), DeadlineHit, beside=(Tell,)) as book:
        book.send(WarmRequested()).expect(SetTimer(130.0, 1), StartSandbox())
        book.send(Polled()).expect(CancelTimer())
        book.send(Polled()).expect_nothing()
        yield book


def answers(actions: object) -> dict[str, str]:
    """Error type by request id; empty: a result."""
    assert isinstance(actions, list)
    found = {}
    for action in actions:
        if isinstance(action, Answer):
            outcome = action.outcome
            found[action.invocation.request_id] = "" if not isinstance(outcome, Answered) else outcome.error
    return found


def ready(most: int = 3, workers: int = 2) -> ManagedEnvironment:
    one = environment(most)
    one.handle(WarmRequested(), 0.0)
    for _ in range(workers):
        one.handle(Polled(), 0.0)
    return one


def test_each_waiting_worker_gets_an_invocation_and_more_wait_for_the_next_worker(book: Playbook) -> None:
    machine = book.machine
    assert isinstance(machine, ManagedEnvironment)
    book.send(Assigned(call("a"))).expect(Deliver(call("a"), book.now + 3), SetTimer(3.0, 3))
    book.send(Assigned(call("b"))).expect(Deliver(call("b"), book.now + 3))
    assert machine.phase is Phase.INVOKE
    assert not machine.reserved
    book.send(Assigned(call("c"))).expect_nothing()
    assert machine.reserved
    book.refuses(Assigned(call("d")), InvalidTransition)
    book.send(Polled()).expect(Deliver(call("c"), book.now + 3))
    assert {one.request_id for one in machine.running} == {"a", "b", "c"}


def test_answers_come_in_any_order_and_free_their_place() -> None:
    one = ready()
    for name in "ab":
        one.handle(Assigned(call(name)), 0.0)
    assert answers(one.handle(Responded("b", b"1"), 1.0)) == {"b": ""}
    assert answers(one.handle(ErrorPosted("a", b"{}", "Function.Bad"), 1.0)) == {"a": "Function.Bad"}
    assert one.phase is Phase.FROZEN
    with pytest.raises(InvalidRequestID):
        one.handle(Responded("a", b"1"), 1.0)


def test_an_invocation_that_comes_first_waits_for_the_first_worker() -> None:
    one = environment()
    started = one.handle(Assigned(call("a")), 0.0)
    assert [type(action) for action in started if not isinstance(action, Tell)] == [SetTimer, StartSandbox]
    assert one.phase is Phase.INIT
    delivered = one.handle(Polled(), 2.0)
    assert Deliver(call("a"), 2.0 + TIMEOUT) in delivered


def test_an_invocation_waits_for_the_end_of_a_simulated_cold_start() -> None:
    one = environment(cold_start=ColdStart(added=2))
    one.handle(Assigned(call("a")), 0.0)
    assert not answers(one.handle(Polled(), 1.0))
    assert one.phase is Phase.INIT
    delivered = one.handle(DeadlineHit(one.countdown.generation), 3.0)
    assert Deliver(call("a"), 3.0 + TIMEOUT) in delivered


def test_a_timeout_is_told_to_its_caller_and_nothing_else_is_disturbed() -> None:
    one = ready()
    one.handle(Assigned(call("a")), 0.0)
    one.handle(Assigned(call("b")), 1.0)
    actions = one.handle(DeadlineHit(one.countdown.generation), 3.0)
    assert answers(actions) == {"a": "Sandbox.Timedout"}
    assert Kill() not in actions
    assert one.phase is Phase.INVOKE
    timer = [action for action in actions if isinstance(action, SetTimer)]
    assert [action.seconds for action in timer] == [1.0]
    answer = next(action.outcome for action in actions if isinstance(action, Answer))
    assert isinstance(answer, Answered)
    assert answer.report.status is Status.TIMEOUT
    assert orjson.loads(answer.payload)["errorMessage"] == "RequestId: a Error: Task timed out after 3.00 seconds"


def test_what_is_late_holds_its_worker_and_is_dropped() -> None:
    one = ready(most=2)
    one.handle(Assigned(call("a")), 0.0)
    one.handle(DeadlineHit(one.countdown.generation), 3.0)
    one.handle(Assigned(call("b")), 3.0)
    assert one.reserved  # a's worker is still at it
    assert one.handle(Responded("a", b"late"), 4.0) == []
    assert not one.reserved
    with pytest.raises(InvalidRequestID):
        one.handle(Responded("a", b"twice"), 4.0)


def test_a_worker_that_died_leaves_room_for_the_others_only() -> None:
    one = ready(most=2)
    one.handle(Assigned(call("a")), 0.0)
    one.handle(ErrorPosted("a", b"{}", "Runtime.ExitError"), 1.0)
    one.handle(Assigned(call("b")), 1.0)
    assert one.reserved


def test_a_worker_that_has_answered_is_on_its_way_back() -> None:
    one = ready(most=2)
    for name in "ab":
        one.handle(Assigned(call(name)), 0.0)
    one.handle(Responded("a", b"1"), 1.0)
    assert not one.reserved  # so nobody starts another environment for want of a millisecond
    one.handle(Assigned(call("c")), 1.0)
    assert Deliver(call("c"), 1.1 + TIMEOUT) in one.handle(Polled(), 1.1)
    assert one.reserved


def test_an_invocation_that_no_worker_takes_is_timed_out_too() -> None:
    one = ready(workers=1)
    one.handle(Assigned(call("a")), 0.0)
    one.handle(Assigned(call("b")), 1.0)
    assert answers(one.handle(DeadlineHit(one.countdown.generation), 3.0)) == {"a": "Sandbox.Timedout"}
    assert answers(one.handle(DeadlineHit(one.countdown.generation), 4.0)) == {"b": "Sandbox.Timedout"}
    assert one.phase is Phase.FROZEN


def test_a_crash_answers_all_that_ran_and_what_waits_starts_anew() -> None:
    one = ready(workers=1)
    one.handle(Assigned(call("a")), 0.0)
    one.handle(Assigned(call("b")), 0.0)
    actions = one.handle(Exited(code=3), 1.0)
    assert answers(actions) == {"a": "Runtime.ExitError"}
    assert StartSandbox() in actions
    assert one.phase is Phase.INIT
    assert answers(one.handle(Polled(), 2.0)) == {}
    assert answers(one.handle(Responded("b", b"1"), 2.5)) == {"b": ""}


FAILED: dict[str, tuple[Event, str]] = {
    "posted": (InitErrorPosted(b'{"errorType":"X"}', "Runtime.X"), "Runtime.X"),
    "exited": (Exited(code=1), "Runtime.ExitError"),
}


@pytest.mark.parametrize("case", FAILED)
def test_an_init_that_fails_is_told_to_those_who_wait(case: str) -> None:
    event, kind = FAILED[case]
    one = environment()
    one.handle(Assigned(call("a")), 0.0)
    one.handle(Assigned(call("b")), 0.0)
    assert answers(one.handle(event, 1.0)) == {"a": kind, "b": kind}
    if one.phase is Phase.RESET:
        one.handle(Exited(signal=9), 1.0)
    assert one.phase is Phase.COLD
    assert any(isinstance(action, StartSandbox) for action in one.handle(Assigned(call("c")), 2.0))


def test_an_init_that_takes_too_long_is_a_timeout() -> None:
    one = environment()
    one.handle(Assigned(call("a")), 0.0)
    assert answers(one.handle(DeadlineHit(one.countdown.generation), 130.0)) == {"a": "Sandbox.Timedout"}
    assert one.phase is Phase.RESET


def test_one_that_is_out_of_date_ends_when_it_is_empty() -> None:
    one = ready()
    one.handle(Assigned(call("a")), 0.0)
    assert [action for action in one.handle(Retired(), 0.5) if isinstance(action, Kill)] == []
    with pytest.raises(InvalidTransition):
        one.handle(Assigned(call("b")), 0.6)
    assert Kill() in one.handle(Responded("a", b"1"), 1.0)
    assert one.phase is Phase.STOPPING
    one.handle(Exited(signal=9), 1.0)
    assert one.phase is Phase.DEAD


def test_stopping_answers_everyone() -> None:
    one = ready(workers=1)
    one.handle(Assigned(call("a")), 0.0)
    one.handle(Assigned(call("b")), 0.0)
    told = [action.outcome for action in one.handle(StopRequested(), 1.0) if isinstance(action, Answer)]
    assert [type(outcome) for outcome in told] == [Refused, Refused]


def test_it_is_never_frozen() -> None:
    one = ready()
    assert one.handle(Rested(), 9.0) == []
    assert not one.suspended


def test_a_streamed_answer_begins_and_ends_beside_the_others() -> None:
    one = ready()
    one.handle(Assigned(call("a")), 0.0)
    one.handle(Assigned(call("b")), 0.0)
    assert BeginAnswer(call("a"), "text/plain", cold=False) in one.handle(ResponseBegun("a", "text/plain"), 1.0)
    with pytest.raises(InvalidTransition):
        one.handle(Responded("a", b"1"), 1.0)
    assert answers(one.handle(Responded("b", b"1"), 1.0)) == {"b": ""}
    assert answers(one.handle(ResponseEnded("a", size=5), 2.0)) == {"a": ""}


def test_its_initialisation_is_called_what_it_is() -> None:
    facts = [action.fact for action in environment().handle(WarmRequested(), 0.0) if isinstance(action, Tell)]
    assert [str(fact.initialization) for fact in facts if isinstance(fact, InitStarted)] == ["lambda-managed-instances"]


STEPS = st.lists(
    st.sampled_from(
        ["call", "poll", "answer", "fail", "begin", "end", "exit", "ring", "retire", "stop", "warm", "init"]
    ),
    max_size=60,
)


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_whatever_happens_each_invocation_is_answered_exactly_once(steps: list[str]) -> None:
    one = environment()
    given_, answered, now, living = 0, [], 0.0, False

    def feed(event: Event) -> None:
        nonlocal living
        living = living and not isinstance(event, Exited)
        for action in one.handle(event, now):
            if isinstance(action, StartSandbox):
                assert not living
                living = True
            elif isinstance(action, Answer):
                answered.append(action.invocation.request_id)

    for step in [*steps, "stop", "exit"]:
        now += 0.7
        running = [call_.request_id for call_ in one.running]
        name = running[-1] if running else "nobody"
        events: dict[str, Event] = {
            "call": Assigned(call(f"r{given_}")),
            "poll": Polled(),
            "answer": Responded(name, b"1"),
            "fail": ErrorPosted(name, b"{}", "Function.Bad"),
            "begin": ResponseBegun(name),
            "end": ResponseEnded(name),
            "exit": Exited(code=1),
            "ring": DeadlineHit(one.countdown.generation),
            "retire": Retired(),
            "stop": StopRequested(),
            "warm": WarmRequested(),
            "init": InitErrorPosted(b"{}", "Runtime.X"),
        }
        if step in ("poll", "exit", "init") and not living:
            continue
        if step == "ring" and not one.countdown.armed:
            continue
        before = repr(one), one.running
        try:
            feed(events[step])
        except (InvalidTransition, InvalidRequestID):
            assert (repr(one), one.running) == before
            continue
        given_ += step == "call"
        assert len(answered) == len(set(answered))
        assert len(one.running) <= one.function.max_concurrency
        assert one.phase is not Phase.INVOKE or one.countdown.armed
    assert one.phase in (Phase.DEAD, Phase.STOPPING)
    assert sorted(answered) == sorted(f"r{number}" for number in range(given_))
