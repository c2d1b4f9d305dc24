"""Telemetry waits in order and in batches; nothing is lost or sent twice while there is room."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.lambdas.extensions.telemetry_buffer import WAITING, Dropped, Entry, TelemetryBuffer
from localstack_lite.lambdas.extensions.telemetry_subscription import Buffering

LIMITS = Buffering(max_items=4, max_bytes=100, timeout_ms=500)


def entry(text: str, at: float = 10.0, *, notice: bool = False) -> Entry:
    return Entry(at, text.encode(), notice)


def filled(*texts: str) -> TelemetryBuffer:
    buffer = TelemetryBuffer(LIMITS)
    for text in texts:
        assert buffer.add(entry(text))
    return buffer


def test_a_batch_is_due_when_its_oldest_event_has_waited() -> None:
    buffer = TelemetryBuffer(LIMITS)
    assert buffer.due is None
    buffer.add(entry("a", 10.0))
    buffer.add(entry("b", 10.3))
    assert buffer.due == 10.5
    assert buffer.depart() == (b"a", b"b")


def test_a_batch_is_due_at_once_when_it_is_full() -> None:
    assert filled("a", "b", "c", "d").due == 10.0
    assert filled("x" * 60, "y" * 40).due == 10.0


def test_only_one_batch_is_under_way() -> None:
    buffer = filled("a", "b", "c", "d", "e")
    assert buffer.depart() == (b"a", b"b", b"c", b"d")
    assert buffer.due is None
    buffer.arrived()
    assert buffer.due == 10.5


def test_hurrying_sends_what_waits_and_nothing_that_comes_later() -> None:
    buffer = filled("a", "b", "c", "d", "e")
    buffer.hurry()
    buffer.depart()
    buffer.add(entry("f", 11.0))
    buffer.arrived()
    assert buffer.due == 10.0
    assert buffer.depart() == (b"e", b"f")
    buffer.add(entry("g", 12.0))
    buffer.arrived()
    assert buffer.due == 12.5


def test_an_event_larger_than_a_batch_goes_alone() -> None:
    buffer = filled("a", "x" * 300, "b")
    assert [buffer.depart(), buffer.arrived(), buffer.depart()] == [(b"a",), None, (b"x" * 300,)]


def test_what_comes_when_too_much_waits_is_dropped() -> None:
    buffer = filled(*"abcdefghijklmnop")
    assert not buffer.add(entry("q"))
    assert buffer.depart() == (b"a", b"b", b"c", b"d")
    assert buffer.add(entry("q"))


def test_lambdas_own_events_have_room_behind_a_flood_of_log_lines() -> None:
    buffer = filled(*"abcdefghijklmnop")
    own = [Entry(10.0, text.encode(), platform=True) for text in ("report", "1", "2", "3", "4")]
    assert [buffer.add(each) for each in own] == [True] * 4 + [False]
    assert not buffer.add(entry("q"))
    sent = []
    while buffer.due is not None:
        sent += buffer.depart()
        buffer.arrived()
    assert sent[-4:] == [b"report", b"1", b"2", b"3"]


def test_a_lost_batch_is_counted_without_what_tells_of_lost_ones() -> None:
    buffer = filled("abc", "de")
    buffer.add(entry("told before", notice=True))
    buffer.depart()
    assert buffer.lost() == Dropped(2, 5)
    assert buffer.due is None


STEP = st.one_of(st.integers(0, 60), st.sampled_from(["depart", "arrived", "lost", "hurry"]))


@given(st.lists(STEP, max_size=80))
def test_nothing_is_lost_or_sent_twice_and_order_is_kept(steps: list[int | str]) -> None:
    buffer = TelemetryBuffer(LIMITS)
    sent: list[bytes] = []
    taken: list[bytes] = []
    lost = 0
    for number, step in enumerate(steps):
        match step:
            case int(length):
                event = Entry(float(number), f"{number}:".encode() + b"x" * length)
                if buffer.add(event):
                    taken.append(event.data)
            case "depart" if buffer.due is not None:
                batch = buffer.depart()
                assert 1 <= len(batch) <= LIMITS.max_items
                assert len(batch) == 1 or sum(map(len, batch)) <= LIMITS.max_bytes
                sent += batch
            case "arrived":
                buffer.arrived()
            case "lost":
                lost += buffer.lost().records
            case "hurry":
                buffer.hurry()
        waiting = len(taken) - len(sent)
        assert waiting <= WAITING * LIMITS.max_items
    buffer.arrived()
    while buffer.due is not None:
        sent += buffer.depart()
        buffer.arrived()
    assert sent == taken
    assert lost <= len(sent)
