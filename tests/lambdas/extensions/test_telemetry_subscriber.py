"""A subscription at work, on a clock that moves when told: sent, tried again, given up, told."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from localstack_lite.lambdas.extensions.telemetry_buffer import Dropped
from localstack_lite.lambdas.extensions.telemetry_subscriber import (
    NO_ACKNOWLEDGEMENT,
    PATIENCE,
    PAUSES,
    TOO_SLOW,
    Subscriber,
)
from localstack_lite.lambdas.extensions.telemetry_subscription import Buffering, Destination, Subscription
from localstack_lite.model.environment_facts import LogsDropped
from localstack_lite.model.facts import InvocationStarted, LogWritten
from localstack_lite.model.function import Code, Function
from localstack_lite.model.platform_events import Schema
from tests.fakes import ManualClock

FUNCTION = Function("Hello", "hello", "python3.13", "app.handler", Code(Path("/nowhere")))
USUAL = Buffering()
WHERE = (1_700_000_000.0, "Hello", "hello#1", "stream")


class Told:
    """A sender that keeps what it was given and is answered by hand."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.abandoned = 0
        self.closed = False
        self._answered: Callable[[bool], None] = lambda _: None

    def send(self, batch: Sequence[bytes], answered: Callable[[bool], None]) -> None:
        self.batches.append([str(json.loads(event)["record"]) for event in batch])
        self._answered = answered

    def answer(self, taken: bool) -> None:
        self._answered(taken)

    def abandon(self) -> None:
        self.abandoned += 1

    def close(self) -> None:
        self.closed = True


class Bench:
    def __init__(self, buffering: Buffering = USUAL, types: tuple[str, ...] = ("function",)) -> None:
        self.clock = ManualClock()
        self.sender = Told()
        self.frozen = False
        self.dropped: list[tuple[Dropped, str]] = []
        self.subscriber = Subscriber(
            Subscription(Destination(8080), types, Schema.NEWEST, buffering),
            FUNCTION,
            self.sender,
            self.clock,
            lambda: self.frozen,
            lambda dropped, reason: self.dropped.append((dropped, reason)),
        )

    def write(self, *messages: str) -> None:
        for message in messages:
            self.subscriber.take(LogWritten(*WHERE, "r1", message))


def test_events_leave_together_when_the_first_has_waited() -> None:
    bench = Bench()
    bench.write("a")
    bench.clock.advance(0.6)
    bench.write("b")
    assert bench.sender.batches == []
    bench.clock.advance(0.4)
    assert bench.sender.batches == [["a", "b"]]


def test_what_was_not_subscribed_to_is_not_sent() -> None:
    bench = Bench(types=("extension",))
    bench.write("a")
    bench.subscriber.take(InvocationStarted(*WHERE, "r1", "$LATEST"))
    bench.subscriber.take(LogWritten(*WHERE, "r1", "mine", "extension"))
    bench.subscriber.flush()
    assert bench.sender.batches == [["mine"]]


def test_the_next_batch_leaves_when_the_one_before_was_taken() -> None:
    bench = Bench()
    bench.write("a")
    bench.subscriber.flush()
    bench.write("b")
    bench.subscriber.flush()
    assert bench.sender.batches == [["a"]]
    bench.sender.answer(True)
    assert bench.sender.batches == [["a"], ["b"]]


def test_a_refused_batch_is_tried_again_and_then_given_up_and_told() -> None:
    bench = Bench()
    bench.write("abc", "de")
    bench.subscriber.flush()
    for pause in PAUSES:
        bench.sender.answer(False)
        bench.clock.advance(pause)
    assert bench.sender.batches == [["abc", "de"]] * 3
    assert bench.dropped == []
    bench.sender.answer(False)
    ((dropped, reason),) = bench.dropped
    assert (dropped.records, reason) == (2, NO_ACKNOWLEDGEMENT)
    assert bench.clock.pending == 0


def test_a_subscriber_that_never_answers_is_given_up_in_the_same_way() -> None:
    bench = Bench()
    bench.write("a")
    bench.subscriber.flush()
    bench.clock.advance(3 * PATIENCE + sum(PAUSES))
    assert bench.sender.batches == [["a"]] * 3
    assert bench.sender.abandoned == 3
    assert [dropped.records for dropped, _ in bench.dropped] == [1]


def test_being_told_of_drops_is_never_a_drop_itself() -> None:
    bench = Bench(types=("platform",))
    bench.subscriber.take(LogsDropped(*WHERE, "agent", 5, 1, NO_ACKNOWLEDGEMENT))
    bench.subscriber.flush()
    bench.clock.advance(60)
    assert len(bench.sender.batches) == 3
    assert bench.dropped == []


def test_what_overflows_while_a_batch_is_under_way_is_told_after_it() -> None:
    bench = Bench(Buffering(max_items=1_000))
    bench.write(*["x"] * 1_000)
    bench.write(*["y"] * 4_010)
    assert bench.dropped == []
    bench.sender.answer(True)
    ((dropped, reason),) = bench.dropped
    assert (dropped.records, reason) == (10, TOO_SLOW)


def test_a_frozen_subscriber_has_all_the_time_it_needs() -> None:
    bench = Bench()
    bench.write("a")
    bench.subscriber.flush()
    bench.frozen = True
    bench.clock.advance(100 * PATIENCE)
    bench.frozen = False
    bench.clock.advance(PATIENCE)
    assert bench.sender.abandoned == 0
    bench.sender.answer(True)
    assert bench.sender.batches == [["a"]]
    assert bench.dropped == []


def test_nothing_is_sent_after_the_end() -> None:
    bench = Bench()
    bench.write("a")
    bench.subscriber.close()
    bench.write("b")
    bench.subscriber.flush()
    bench.clock.advance(60)
    assert bench.sender.batches == []
    assert bench.sender.closed
    assert bench.clock.pending == 0
