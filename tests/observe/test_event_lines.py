import pytest

from localstack_lite.model.environment_facts import ExtensionTold, LogsDropped
from localstack_lite.model.facts import EventMoved, EventStep
from localstack_lite.observe.event_lines import lines
from localstack_lite.observe.palette import Palette

ARN = "arn:aws:sqs:us-east-1:123456789012:orders-failed"
ID = "01234567-89ab-4000-8000-000000000000"


def said(fact):
    return lines(fact, {"Hello": "shop-hello"}, "10:00:00", lambda at: f"at {at:g}", Palette(color=False))


def moved(step, **rest):
    return EventMoved(1.0, "Hello", ID, step, **rest)


@pytest.mark.parametrize(
    ("fact", "line"),
    [
        (
            moved(EventStep.RETRYING, tries=1, next_at=61.0, why="ValueError"),
            "10:00:00 ↻ shop-hello: event 01234567 waits, after 1 try, next try at 61: ValueError",
        ),
        (
            moved(EventStep.RETRYING, next_at=2.0, why="throttled"),
            "10:00:00 ↻ shop-hello: event 01234567 waits, not run yet, next try at 2: throttled",
        ),
        (
            moved(EventStep.GIVEN_UP, tries=3, why="RetriesExhausted"),
            "10:00:00 ✗ shop-hello: event 01234567 given up after 3 tries: RetriesExhausted",
        ),
        (
            moved(EventStep.DELIVERED, target=ARN),
            "10:00:00 → shop-hello: event 01234567 → sqs orders-failed",
        ),
        (
            moved(EventStep.UNDELIVERED, tries=1, target=ARN, why="connection refused", next_at=9.0),
            "10:00:00 ↻ shop-hello: event 01234567 cannot be sent to sqs orders-failed, next try at 9: "
            "connection refused",
        ),
        (
            moved(EventStep.DROPPED, target=ARN, why="it was forgotten on demand"),
            "10:00:00 ✗ shop-hello: event 01234567 dropped, for sqs orders-failed: it was forgotten on demand",
        ),
        (
            moved(EventStep.DROPPED, tries=1, why="it was forgotten on demand"),
            "10:00:00 ✗ shop-hello: event 01234567 dropped: it was forgotten on demand",
        ),
    ],
)
def test_what_became_of_an_event(fact, line):
    assert said(fact) == [line]


@pytest.mark.parametrize("step", [EventStep.QUEUED, EventStep.DONE])
def test_what_goes_as_it_should_is_not_told(step):
    assert said(moved(step)) == []


def test_a_failed_extension_is_told_and_a_ready_one_is_not():
    where = (1.0, "Hello", "shop-hello#1", "stream", "tracer")
    assert said(ExtensionTold(*where, "Ready", ("INVOKE",))) == []
    assert said(ExtensionTold(*where, "Crash", error_type="Extension.Crash")) == [
        "10:00:00 ✗ shop-hello#1: the extension tracer failed: Crash (Extension.Crash)"
    ]


def test_dropped_telemetry_is_counted():
    fact = LogsDropped(1.0, "Hello", "shop-hello#1", "stream", "tracer", 120, 1, "the subscriber did not answer")
    (line,) = said(fact)
    assert line.endswith("telemetry for tracer: 1 record dropped: the subscriber did not answer")


def test_what_cannot_be_sent_is_said_less_and_less_often():
    tries = [number for number in range(1, 70) if said(moved(EventStep.UNDELIVERED, tries=number, target=ARN))]
    assert tries == [1, 4, 16, 64]
