"""Stories of events: from their acceptance to their end, over minutes, kills and full disks."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.model.alias import EventInvoke
from localstack_lite.model.facts import EventMoved, EventStep
from localstack_lite.model.function import Function
from localstack_lite.model.invocation import Invocation, Outcome, Refused
from tests.builders import function, invocation
from tests.events.desk import Desk, answered, failed, throttled

QUEUE = "arn:aws:sqs:us-east-1:123456789012:done"
DEAD = "arn:aws:sqs:us-east-1:123456789012:dead"
OTHER = "arn:aws:lambda:us-east-1:123456789012:function:other"
Story = Callable[[Desk], Awaitable[None]]


@pytest.fixture
def play(tmp_path: Path) -> Callable[..., Desk]:
    def run(story: Story, *functions: Function, scale: float = 1.0, at_once: int = 99) -> Desk:
        desk = Desk(tmp_path, *functions, scale=scale, at_once=at_once)

        async def on_stage() -> None:
            try:
                await story(desk)
            finally:
                await desk.run.stop()

        asyncio.run(on_stage())
        return desk

    return run


Play = Callable[..., Desk]


def test_an_event_runs_once_when_it_succeeds(play: Play) -> None:
    async def story(desk: Desk) -> None:
        desk.run.accept(invocation("r1", b'{"a":1}', trace_id="Root=1"))
        assert desk.began == [], "accepting waits for nothing"
        await desk.settle()
        assert desk.began == [invocation("r1", b'{"a":1}', trace_id="Root=1")]
        assert [one.next_at for one in desk.run.pending()] == [None]
        desk.answer(answered("r1"))
        await desk.settle()
        assert desk.run.pending() == ()
        assert desk.views == [], "facts are heard only while an event runs"

    desk = play(story)
    assert desk.moves == ["r1 queued", "r1 done"]
    assert desk.last.tries == 1


def test_a_function_that_fails_is_tried_again_after_one_minute_and_two(play: Play) -> None:
    async def story(desk: Desk) -> None:
        desk.configs["Hello", "$LATEST"] = EventInvoke(on_failure=QUEUE)
        desk.at_once_answer = lambda one: failed(one.request_id, "intentional failure")
        begun = desk.clock.now()
        desk.run.accept(invocation("r1"))
        await desk.settle()
        assert desk.last.step is EventStep.RETRYING
        assert desk.last.next_at == begun + 60
        assert desk.last.why == "ValueError: intentional failure"
        await desk.after(59.9)
        assert len(desk.began) == 1
        await desk.after(0.2)
        assert len(desk.began) == 2
        await desk.after(119.8)
        assert len(desk.began) == 2
        await desk.after(0.3)
        assert len(desk.began) == 3
        await desk.after(10_000)

    desk = play(story)
    assert {one.request_id for one in desk.began} == {"r1"}
    assert desk.moves == ["r1 queued", "r1 retrying", "r1 retrying", "r1 given up", "r1 delivered"]
    (parcel,) = desk.sent
    record = json.loads(parcel.body)
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["requestContext"]["functionArn"].endswith(":function:hello:$LATEST")
    assert record["responsePayload"]["errorMessage"] == "intentional failure"


def test_minutes_pass_faster_on_a_scaled_clock_and_are_told_as_they_are(play: Play) -> None:
    async def story(desk: Desk) -> None:
        desk.at_once_answer = lambda one: failed(one.request_id)
        begun = desk.clock.now()
        desk.run.accept(invocation("r1"))
        await desk.settle()
        assert desk.last.next_at == pytest.approx(begun + 0.6)
        await desk.after(0.61)
        assert len(desk.began) == 2
        await desk.after(1.21)
        assert len(desk.began) == 3

    play(story, scale=100)


def test_an_event_that_gets_too_old_is_given_up_at_once(play: Play) -> None:
    """Recorded: Lambda does not wait for the minute to pass."""

    async def story(desk: Desk) -> None:
        desk.configs["Hello", "$LATEST"] = EventInvoke(age=60, on_failure=QUEUE)
        desk.run.accept(invocation("r1"))
        await desk.after(0.5)
        desk.answer(failed("r1"))
        await desk.settle()
        context = json.loads(desk.sent[0].body)["requestContext"]
        assert (context["condition"], context["approximateInvokeCount"]) == ("EventAgeExceeded", 1)

    play(story)


def test_a_throttled_function_is_left_alone_for_a_while_and_tries_are_not_used_up(play: Play) -> None:
    """One may run; ten events come."""

    async def story(desk: Desk) -> None:
        refusals = 0

        def one_at_a_time(one: Invocation) -> Outcome | None:
            nonlocal refusals
            if desk.waiting:
                refusals += 1
                return throttled(one.request_id)
            return None

        desk.at_once_answer = one_at_a_time
        for number in range(10):
            desk.run.accept(invocation(f"r{number}"))
        await desk.settle()
        assert (len(desk.began), refusals) == (1, 1), "nobody else is asked in vain"
        for _ in range(40):
            for request_id in tuple(desk.waiting):
                desk.answer(answered(request_id))
            await desk.after(1.0)
        assert len(desk.began) == 10
        assert refusals <= 10

    desk = play(story)
    ends = [fact for fact in desk.facts if isinstance(fact, EventMoved) and fact.step is EventStep.DONE]
    assert {fact.tries for fact in ends} == {1}
    assert len(ends) == 10


def test_system_errors_back_off_within_the_age_of_the_event(play: Play) -> None:
    async def story(desk: Desk) -> None:
        desk.configs["Hello", "$LATEST"] = EventInvoke(age=60, on_failure=QUEUE)
        desk.at_once_answer = lambda one: Refused(one.request_id, 500, "ServiceException", b'{"Message":"oh"}')
        desk.run.accept(invocation("r1"))
        await desk.after(100)

    desk = play(story, function("hello", dead_letter=DEAD))
    steps = [fact.next_at for fact in desk.facts if isinstance(fact, EventMoved) and fact.step is EventStep.RETRYING]
    start = desk.facts[0].at
    assert [at - start for at in steps if at is not None] == [1, 3, 7, 15, 31]
    record, letter = sorted(desk.sent, key=lambda one: one.kind, reverse=True)
    told = json.loads(record.body)
    assert told["requestContext"]["condition"] == "EventAgeExceeded"
    assert told["requestContext"]["approximateInvokeCount"] == 0
    assert "responseContext" not in told
    assert letter.target == DEAD
    assert dict(letter.attributes)["ErrorCode"] == ("Number", "500")


def test_a_function_that_is_switched_off_gets_nothing_and_its_events_go_on_at_once(play: Play) -> None:
    async def story(desk: Desk) -> None:
        desk.configs["Hello", "$LATEST"] = EventInvoke(on_failure=QUEUE)
        desk.reserved["Hello"] = 0
        desk.run.accept(invocation("r1"))
        await desk.settle()

    desk = play(story)
    assert desk.began == []
    record = json.loads(desk.sent[0].body)
    assert record["requestContext"]["condition"] == "ZeroReservedConcurrency"
    assert record["requestContext"]["approximateInvokeCount"] == 0
    assert "responseContext" not in record


def test_settings_are_those_of_the_qualifier_that_was_asked_for(play: Play) -> None:
    async def story(desk: Desk) -> None:
        desk.configs["Hello", "live"] = EventInvoke("live", retries=0, on_failure=QUEUE)
        desk.at_once_answer = lambda one: failed(one.request_id)
        desk.run.accept(invocation("r1", qualifier="live"))
        desk.run.accept(invocation("r2"))
        await desk.settle()

    desk = play(story)
    assert "r1 given up" in desk.moves
    assert "r2 retrying" in desk.moves
    assert json.loads(desk.sent[0].body)["requestContext"]["functionArn"].endswith(":function:hello:live")


def test_a_record_for_a_function_of_the_project_runs_it_here(play: Play) -> None:
    async def story(desk: Desk) -> None:
        desk.configs["Hello", "$LATEST"] = EventInvoke(on_success=f"{OTHER}:live")
        desk.at_once_answer = lambda one: answered(one.request_id)
        desk.run.accept(invocation("r1", b'{"a":1}', trace_id="Root=1"))
        await desk.settle()

    desk = play(story, function("hello"), function("other"))
    first, second = desk.began
    assert (second.function, second.qualifier, second.arn) == ("Other", "live", f"{OTHER}:live")
    assert second.request_id != first.request_id
    assert second.trace_id == "Root=1;other"
    assert json.loads(second.payload)["requestPayload"] == {"a": 1}
    assert desk.sent == []
    assert desk.moves[:3] == ["r1 queued", "r1 done", "r1 delivered"]


def test_a_circle_of_functions_is_stopped_and_its_record_dropped(play: Play) -> None:
    async def story(desk: Desk) -> None:
        desk.circle = True
        desk.configs["Hello", "$LATEST"] = EventInvoke(on_success=OTHER)
        desk.at_once_answer = lambda one: answered(one.request_id)
        desk.run.accept(invocation("r1"))
        await desk.settle()

    desk = play(story, function("hello"), function("other"))
    assert len(desk.began) == 1
    assert desk.last.step is EventStep.DROPPED
    assert "recursive loop" in desk.last.why
    assert desk.run.pending() == ()


def test_an_event_that_waits_can_be_forgotten(play: Play) -> None:
    async def story(desk: Desk) -> None:
        desk.at_once_answer = lambda one: throttled(one.request_id)
        desk.run.accept(invocation("r1"))
        desk.run.accept(invocation("r2"))
        await desk.settle()
        assert desk.run.forget("r1") == 1
        assert desk.run.forget("r1") == 0
        assert [one.request_id for one in desk.run.pending()] == ["r2"]
        desk.at_once_answer = lambda one: answered(one.request_id)
        await desk.killed()
        await desk.after(10)

    desk = play(story)
    assert [one.request_id for one in desk.began] == ["r2"]
    assert "r1 dropped" in desk.moves


def test_an_event_that_runs_is_not_forgotten(play: Play) -> None:
    async def story(desk: Desk) -> None:
        desk.run.accept(invocation("r1"))
        await desk.settle()
        assert desk.run.forget("r1") is None
        desk.answer(answered("r1"))
        await desk.settle()

    assert play(story).moves == ["r1 queued", "r1 done"]


def test_a_record_that_no_destination_takes_can_be_forgotten(play: Play) -> None:
    async def story(desk: Desk) -> None:
        desk.configs["Hello", "$LATEST"] = EventInvoke(on_success=QUEUE)
        desk.at_once_answer = lambda one: answered(one.request_id)
        desk.unreachable = "the queue is not there"
        for name in ("r1", "r2"):
            desk.run.accept(invocation(name))
        await desk.settle()
        assert desk.run.forget("r1") == 1
        desk.unreachable = ""
        await desk.killed()
        await desk.after(400)

    desk = play(story)
    assert len(desk.sent) == 1
    assert [move for move in desk.moves if move.endswith((" dropped", " delivered"))] == ["r1 dropped", "r2 delivered"]


def test_a_record_that_is_forgotten_on_its_way_is_not_sent_again(play: Play) -> None:
    async def story(desk: Desk) -> None:
        desk.configs["Hello", "$LATEST"] = EventInvoke(on_success=QUEUE)
        desk.at_once_answer = lambda one: answered(one.request_id)
        desk.unreachable, desk.sending = "nobody is there", asyncio.Event()
        desk.run.accept(invocation("r1"))
        await desk.settle()
        assert desk.run.forget("r1") == 1
        desk.sending.set()
        await desk.after(400)
        desk.run.accept(invocation("r2"))
        desk.unreachable = ""
        await desk.settle()

    desk = play(story)
    assert len(desk.sent) == 1
    assert [move for move in desk.moves if move.endswith(("delivered", "undelivered"))] == ["r2 delivered"]


def test_what_a_destination_does_not_take_is_kept_and_sent_again(play: Play) -> None:
    async def story(desk: Desk) -> None:
        desk.configs["Hello", "$LATEST"] = EventInvoke(on_success=QUEUE)
        desk.at_once_answer = lambda one: answered(one.request_id)
        desk.unreachable = "nobody is there"
        for number in range(5):
            desk.run.accept(invocation(f"r{number}"))
        await desk.settle()
        first = [fact for fact in desk.facts if isinstance(fact, EventMoved) and fact.step is EventStep.UNDELIVERED]
        assert {(one.target, one.why) for one in first} == {(QUEUE, "nobody is there")}
        assert first[0].next_at == desk.clock.now() + 1
        assert len(desk.run.pending()) == 5
        assert {one.target for one in desk.run.pending()} == {QUEUE}
        await desk.after(3600)
        assert desk.sent == []
        await desk.killed()
        desk.unreachable = ""
        await desk.after(400)
        assert len(desk.sent) == 5
        assert desk.run.pending() == ()

    desk = play(story)
    assert desk.moves.count("r0 delivered") == 1


def test_a_target_out_of_reach_is_asked_once_and_not_by_all_that_wait_for_it(play: Play) -> None:
    async def story(desk: Desk) -> None:
        desk.configs["Hello", "$LATEST"] = EventInvoke(on_success=QUEUE)
        desk.at_once_answer = lambda one: answered(one.request_id)
        desk.unreachable = "nobody is there"
        for number in range(50):
            desk.run.accept(invocation(f"r{number}"))
        await desk.settle()

    desk = play(story)
    assert sum("undelivered" in move for move in desk.moves) <= 8


def test_events_that_wait_are_there_after_a_kill_and_nothing_is_run_twice(play: Play) -> None:
    async def story(desk: Desk) -> None:
        for number in range(20):
            desk.run.accept(invocation(f"r{number}"))
        await desk.settle()
        for number in range(5):
            desk.answer(answered(f"r{number}"))
        await desk.settle()
        await desk.killed(down=3)
        assert len(desk.run.pending()) == 15
        while desk.waiting:
            for request_id in tuple(desk.waiting):
                desk.answer(answered(request_id))
            await desk.settle()
        assert desk.run.pending() == ()

    desk = play(story, at_once=10)
    runs = [one.request_id for one in desk.began]
    for number in range(20):
        cut = 5 <= number < 15
        assert runs.count(f"r{number}") == (2 if cut else 1), number


def test_an_event_that_only_waited_for_an_environment_has_used_up_no_try(play: Play) -> None:
    async def story(desk: Desk) -> None:
        desk.configs["Hello", "$LATEST"] = EventInvoke(retries=0, on_failure=QUEUE)
        desk.starts = False
        desk.run.accept(invocation("r1"))
        desk.run.accept(invocation("r2"))
        await desk.settle()
        assert len(desk.waiting) == 2
        desk.begin(invocation("r1"))
        desk.starts = True
        await desk.killed()

    desk = play(story)
    assert [one.request_id for one in desk.began] == ["r1", "r2"]
    assert "r1 given up" in desk.moves
    (parcel,) = desk.sent
    told = json.loads(parcel.body)
    assert told["requestContext"]["condition"] == "RetriesExhausted"
    assert told["requestContext"]["approximateInvokeCount"] == 1
    assert "responseContext" not in told


def test_a_last_try_that_was_cut_ends_with_what_was_known_before(play: Play) -> None:
    async def story(desk: Desk) -> None:
        desk.configs["Hello", "$LATEST"] = EventInvoke(retries=1, on_failure=QUEUE)
        desk.run.accept(invocation("r1"))
        await desk.settle()
        desk.answer(failed("r1", "the first time"))
        await desk.after(61)
        assert len(desk.began) == 2
        await desk.killed()
        await desk.settle()

    desk = play(story)
    assert len(desk.began) == 2
    told = json.loads(desk.sent[0].body)
    assert told["requestContext"]["approximateInvokeCount"] == 2
    assert told["responsePayload"]["errorMessage"] == "the first time"


def test_when_devserve_stops_what_runs_is_left_for_the_next_run(play: Play) -> None:
    async def story(desk: Desk) -> None:
        desk.run.accept(invocation("r1"))
        desk.run.accept(invocation("r2"))
        await desk.settle()
        desk.answer(answered("r1"))
        desk.answer(Refused("r2", 500, "ServiceException", b"{}", "Stopping"))
        await desk.run.stop()
        with pytest.raises(OSError, match="stopping"):
            desk.run.accept(invocation("r3"))
        await desk.killed()
        assert [one.request_id for one in desk.began] == ["r1", "r2", "r2"]

    desk = play(story)
    assert "r1 done" in desk.moves


def test_a_function_that_is_gone_is_waited_for_as_it_may_come_back(play: Play) -> None:
    async def story(desk: Desk) -> None:
        found = Refused("r1", 404, "ResourceNotFoundException", b"{}")
        desk.at_once_answer = lambda one: found if desk.project.function("Hello") is None else answered(one.request_id)
        before, desk.project = desk.project, replace(desk.project, functions=())
        desk.run.swap(desk.project)
        desk.run.accept(invocation("r1"))
        await desk.after(10)
        assert len(desk.run.pending()) == 1
        desk.project = before
        desk.run.swap(before)
        await desk.after(10)
        assert desk.run.pending() == ()

    play(story)


def test_a_function_in_the_stage_counts_as_begun_when_it_is_called(play: Play) -> None:
    async def story(desk: Desk) -> None:
        desk.starts = False
        desk.reserved["Hello"] = 0
        desk.run.accept(invocation("r1"))
        await desk.settle()
        await desk.killed()
        assert desk.run.pending()[0].tries == 2

    play(story, function("hello", in_stage=True))


def test_a_fault_of_ours_is_a_system_error_and_loses_nothing(play: Play) -> None:
    async def story(desk: Desk) -> None:
        desk.run.accept(invocation("r1"))
        await desk.settle()
        desk.waiting.pop("r1").set_exception(RuntimeError("a bug"))
        await desk.settle()
        assert desk.last.step is EventStep.RETRYING
        await desk.after(1.1)
        desk.answer(answered("r1"))
        await desk.settle()
        assert desk.run.pending() == ()

    play(story)


def test_an_event_that_cannot_be_kept_is_not_accepted(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.folder.rmdir()

    async def story() -> None:
        with pytest.raises(OSError, match="No such file"):
            desk.run.accept(invocation("r1"))
        desk.folder.mkdir()
        desk.run.accept(invocation("r2"))
        await desk.settle()
        await desk.run.stop()

    asyncio.run(story())
    assert [one.request_id for one in desk.began] == ["r2"]


def test_what_the_disk_does_not_take_is_told_and_written_later_in_its_order(play: Play) -> None:
    async def story(desk: Desk) -> None:
        desk.at_once_answer = lambda one: failed(one.request_id)
        desk.run.accept(invocation("r0"))
        await desk.settle()
        with closing(sqlite3.connect(desk.folder / "events.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(OSError, match="locked"):
                desk.run.accept(invocation("r1"))
            desk.at_once_answer = lambda one: answered(one.request_id)
            desk.clock.advance(60.1)
            await desk.settle()
            assert desk.last.step is EventStep.DONE, "what happened has happened"
            assert "cannot be written" in desk.problems[-1]
            other.execute("ROLLBACK")
        await desk.after(6)
        await desk.killed()
        assert desk.run.pending() == ()

    desk = play(story)
    assert len(desk.began) == 2


def test_a_queue_that_nobody_needs_makes_no_file(tmp_path: Path) -> None:
    desk = Desk(tmp_path)

    async def story() -> None:
        desk.run.start()
        await desk.settle()
        await desk.run.stop()

    asyncio.run(story())
    assert list(desk.folder.iterdir()) == []
