"""Schedules over hours, on a clock that is moved by hand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from localstack_lite.events.clockwork import Clockwork
from localstack_lite.model.facts import Fact, ProblemFound, ScheduleFired
from localstack_lite.model.invocation import Invocation
from localstack_lite.model.project import Project
from localstack_lite.model.trigger import InputTransformer, Schedule, Scheduler
from tests.builders import function, project
from tests.fakes import CountingIds, ManualClock

#: 2026-11-22T08:00:00Z, a Sunday.
NOW = 1_795_334_400.0
FIVE = Schedule("five", "Hello", "rate(5 minutes)", where="template.yaml:7")
NOON = Schedule("noon", "Other", "cron(0 12 * * ? *)", Scheduler.SCHEDULER, "Europe/Berlin", input='{"a": 1}')


def with_schedules(*schedules: Schedule) -> Project:
    return project(function("hello"), function("other"), schedules=schedules)


class Stage:
    """A clockwork with everything around it. `full` is what the queue says when it cannot keep an event."""

    def __init__(self, *schedules: Schedule, enabled: bool = True) -> None:
        self.clock = ManualClock(NOW)
        self.slept = 0.0
        self.full = ""
        self.invoked: list[Invocation] = []
        self.facts: list[Fact] = []
        self.clockwork = Clockwork(
            with_schedules(*schedules),
            self.accept,
            self.facts.append,
            self.clock,
            CountingIds(),
            enabled,
            wall=lambda: self.clock.now() + self.slept,
        )

    def accept(self, invocation: Invocation) -> None:
        if self.full:
            raise OSError(self.full)
        self.invoked.append(invocation)

    @property
    def fired(self) -> list[tuple[float, str]]:
        return [(fact.at - NOW, fact.name) for fact in self.facts if isinstance(fact, ScheduleFired)]

    @property
    def told(self) -> list[str]:
        return [fact.problem.what for fact in self.facts if isinstance(fact, ProblemFound)]


def play(story: Callable[[Stage], None], *schedules: Schedule, enabled: bool = True) -> Stage:
    """The story runs on an event loop, without waiting for anything."""

    async def on_stage() -> Stage:
        stage = Stage(*schedules, enabled=enabled)
        story(stage)
        return stage

    return asyncio.run(on_stage())


def test_a_morning_of_two_schedules() -> None:
    def story(stage: Stage) -> None:
        stage.clockwork.start()
        stage.clock.advance(3600 * 3.05)

    stage = play(story, replace(FIVE, expression="rate(1 hour)"), NOON)
    assert stage.fired == [(3600, "five"), (7200, "five"), (10800, "five"), (10800, "noon")]
    assert [(one.function, one.payload) for one in stage.invoked if one.function == "Other"] == [("Other", b'{"a": 1}')]
    event = json.loads(stage.invoked[0].payload)
    assert (event["time"], event["resources"]) == (
        "2026-11-22T09:00:00Z",
        ["arn:aws:events:us-east-1:123456789012:rule/five"],
    )
    assert stage.told == []


def test_the_fact_and_the_invocation_share_their_request_id_and_say_what_is_next() -> None:
    stage = play(lambda stage: (stage.clockwork.start(), stage.clock.advance(300)), FIVE)
    (fact,), (invocation,) = stage.facts, stage.invoked
    assert isinstance(fact, ScheduleFired)
    assert fact.request_id == invocation.request_id
    assert (fact.function, fact.expression, fact.by_hand, fact.next_at) == ("Hello", FIVE.expression, False, NOW + 600)
    assert invocation.arn == "arn:aws:lambda:us-east-1:123456789012:function:hello"
    assert invocation.trace_id.startswith(f"Root=1-{int(NOW + 300):08x}-")


def test_a_function_that_does_not_answer_holds_up_nobody() -> None:
    stage = play(lambda stage: (stage.clockwork.start(), stage.clock.advance(1500)), FIVE)
    assert len(stage.invoked) == 5


def test_two_at_one_time_both_run() -> None:
    other = replace(FIVE, name="other", function="Other")
    stage = play(lambda stage: (stage.clockwork.start(), stage.clock.advance(300)), FIVE, other)
    assert stage.fired == [(300, "five"), (300, "other")]


def test_a_disabled_one_does_not_run_but_can_be_fired_by_hand() -> None:
    def story(stage: Stage) -> None:
        stage.clockwork.start()
        stage.clock.advance(3600)
        assert stage.invoked == []
        stage.clockwork.fire("five")

    stage = play(story, replace(FIVE, enabled=False))
    (fact,) = stage.facts
    assert isinstance(fact, ScheduleFired)
    assert (fact.by_hand, fact.next_at, len(stage.invoked)) == (True, None, 1)


def test_firing_by_hand_moves_no_time_and_tells_the_event_the_time_it_is() -> None:
    def story(stage: Stage) -> None:
        stage.clockwork.start()
        stage.clock.advance(100)
        (request_id,) = stage.clockwork.fire("five")
        assert request_id == stage.invoked[0].request_id
        stage.clock.advance(200)

    stage = play(story, FIVE)
    assert stage.fired == [(100, "five"), (300, "five")]
    assert json.loads(stage.invoked[0].payload)["time"] == "2026-11-22T08:01:40Z"


def test_a_time_can_be_given_to_what_is_fired() -> None:
    stage = play(lambda stage: stage.clockwork.fire("five", at=0.0), FIVE)
    assert json.loads(stage.invoked[0].payload)["time"] == "1970-01-01T00:00:00Z"


def test_a_rule_with_two_functions_is_fired_at_both() -> None:
    stage = play(lambda stage: stage.clockwork.fire("five"), FIVE, replace(FIVE, function="Other"))
    assert [one.function for one in stage.invoked] == ["Hello", "Other"]


def test_firing_nobody_names_those_that_there_are() -> None:
    def story(stage: Stage) -> None:
        with pytest.raises(LookupError, match="'six'; this project has five, noon"):
            stage.clockwork.fire("six")

    play(story, NOON, FIVE)


def test_when_schedules_are_off_nothing_runs_by_itself() -> None:
    def story(stage: Stage) -> None:
        stage.clockwork.start()
        assert stage.clock.pending == 0
        assert stage.clockwork.upcoming() == ((FIVE, None),)
        stage.clockwork.fire("five")

    assert play(story, FIVE, enabled=False).fired == [(0, "five")]


def test_upcoming_tells_every_schedule_with_its_next_run() -> None:
    off = replace(FIVE, name="off", enabled=False)

    def story(stage: Stage) -> None:
        assert stage.clockwork.upcoming() == ((FIVE, None), (NOON, None), (off, None))
        stage.clockwork.start()
        assert stage.clockwork.upcoming() == ((FIVE, NOW + 300), (NOON, NOW + 3 * 3600), (off, None))

    play(story, FIVE, NOON, off)


def test_a_saved_template_keeps_the_time_of_what_it_did_not_change() -> None:
    def story(stage: Stage) -> None:
        stage.clockwork.start()
        stage.clock.advance(200)
        stage.clockwork.swap(with_schedules(replace(FIVE, input='"new"'), replace(FIVE, name="new")))
        stage.clock.advance(300)

    stage = play(story, FIVE, NOON)
    assert stage.fired == [(300, "five"), (500, "new")]
    assert stage.invoked[0].payload == b'"new"'


def test_a_schedule_that_is_gone_runs_no_more() -> None:
    def story(stage: Stage) -> None:
        stage.clockwork.start()
        stage.clockwork.swap(with_schedules())
        assert stage.clock.pending == 0
        stage.clock.advance(3600)

    assert play(story, FIVE).fired == []


def test_after_the_stop_nothing_is_left_that_waits() -> None:
    def story(stage: Stage) -> None:
        stage.clockwork.start()
        stage.clockwork.stop()
        assert stage.clock.pending == 0
        stage.clockwork.swap(with_schedules(FIVE))
        stage.clock.advance(3600)

    assert play(story, FIVE).fired == []


def test_a_laptop_that_slept_is_noticed_soon_and_what_it_missed_is_told_once() -> None:
    def story(stage: Stage) -> None:
        stage.clockwork.start()
        stage.clock.advance(10)
        stage.slept = 2 * 3600 + 150.0
        stage.clock.advance(20)
        assert stage.fired == []
        assert stage.told == ["five: its run of 2026-11-22T08:05:00Z was missed while this machine slept"]
        stage.clock.advance(120)

    stage = play(story, FIVE)
    assert stage.fired == [(150, "five")]  # 10:05:00 on the wall
    assert len(stage.told) == 1
    assert json.loads(stage.invoked[0].payload)["time"] == "2026-11-22T10:05:00Z"


def test_an_input_that_is_no_json_is_told_and_nothing_is_invoked() -> None:
    broken = replace(FIVE, transformer=InputTransformer({}, "hello"))
    stage = play(lambda stage: (stage.clockwork.start(), stage.clock.advance(600)), broken)
    assert stage.invoked == []
    assert "five: what its input makes for Hello is not JSON" in stage.told


def test_schedulers_placeholders_are_those_of_this_run() -> None:
    schedule = replace(NOON, input='["<aws.scheduler.scheduled-time>", "<aws.scheduler.execution-id>"]')
    stage = play(lambda stage: (stage.clockwork.start(), stage.clock.advance(3 * 3600)), schedule)
    time, execution = json.loads(stage.invoked[0].payload)
    assert time == "2026-11-22T11:00:00Z"
    assert len(execution) == 16


def test_an_event_that_cannot_be_kept_is_told() -> None:
    def story(stage: Stage) -> None:
        stage.full = "no space left on device"
        stage.clockwork.fire("five")

    stage = play(story, FIVE)
    assert stage.told == ["five does not run: its event cannot be kept: no space left on device"]
