"""The queue's file: what was written is there, whatever happened to who wrote it."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.events.destination_record import Parcel, Response
from localstack_lite.events.event_queue import CARRY_OVER, BrokenFile, EventQueue
from tests.builders import invocation
from tests.fakes import ManualClock

EVENT = invocation(
    "r1",
    b'{"a": 1}',
    arn="arn:aws:lambda:us-east-1:123456789012:function:hello:live",
    qualifier="live",
    client_context="{}",
    trace_id="Root=1-2-3",
    tenant_id="acme",
)
PARCEL = Parcel(
    "arn:aws:sqs:us-east-1:123456789012:dead",
    "dead letter",
    b"\x00body",
    "arn:source",
    "hello",
    1234.5,
    "token",
    {"ErrorCode": ("Number", "200")},
    "Root=1-2-3",
)
WALL = 1_795_345_478.0


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def queue(tmp_path: Path, clock: ManualClock) -> Iterator[EventQueue]:
    one = EventQueue(tmp_path / "events.sqlite", clock.now, lambda: WALL)
    yield one
    one.close()


def killed(queue: EventQueue, tmp_path: Path, clock: ManualClock, wall: float = WALL) -> EventQueue:
    """The queue as the next process finds it when this one does not come to closing it."""
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in queue.file.parent.glob("events.sqlite*"):
        shutil.copy(file, copy)
    return EventQueue(copy / "events.sqlite", clock.now, lambda: wall)


def test_an_event_is_kept_whole(queue: EventQueue, tmp_path: Path, clock: ManualClock) -> None:
    accepted = queue.accept(EVENT)
    with closing(killed(queue, tmp_path, clock)) as after:
        assert after.waiting() == [accepted]
        assert after.event(accepted.seq) == (EVENT, None)
    assert (accepted.tries, accepted.running, accepted.next_at) == (0, False, clock.now())


def test_events_are_kept_in_the_order_in_which_they_were_accepted(queue: EventQueue) -> None:
    made = [queue.accept(replace(EVENT, request_id=f"r{number}")) for number in range(5)]
    assert queue.waiting() == made
    assert [one.request_id for one in made] == ["r0", "r1", "r2", "r3", "r4"]


def test_a_try_that_was_cut_is_known(queue: EventQueue, tmp_path: Path, clock: ManualClock) -> None:
    event = queue.accept(EVENT)
    queue.began(event.seq, 1)
    with closing(killed(queue, tmp_path, clock)) as after:
        assert after.waiting() == [replace(event, tries=1, running=True)]


def test_an_event_that_waits_for_its_next_try_keeps_what_the_last_one_answered(
    queue: EventQueue, tmp_path: Path, clock: ManualClock
) -> None:
    event = queue.accept(EVENT)
    queue.began(event.seq, 1)
    answer = Response(200, b'{"errorMessage":"no"}', "7", failed=True)
    queue.again(replace(event, tries=1, refusals=3, next_at=clock.now() + 60), answer)
    queue.again(replace(event, tries=1, refusals=4, next_at=clock.now() + 90), None)
    with closing(killed(queue, tmp_path, clock)) as after:
        assert after.waiting() == [replace(event, tries=1, refusals=4, next_at=clock.now() + 90)]
        assert after.event(event.seq) == (EVENT, answer)


def test_with_its_end_an_event_is_what_is_to_be_sent(queue: EventQueue, tmp_path: Path, clock: ManualClock) -> None:
    event = queue.accept(EVENT)
    (sending,) = queue.ended(event, [PARCEL])
    with closing(killed(queue, tmp_path, clock)) as after:
        assert after.waiting() == []
        assert after.sending() == [sending]
        assert after.parcel(sending.seq) == PARCEL
        with pytest.raises(LookupError):
            after.event(event.seq)
    sending.attempts, sending.next_at = 1, clock.now() + 1
    queue.postponed(sending)
    assert queue.sending() == [sending]
    assert not queue.empty
    queue.sent(sending.seq)
    assert queue.empty


def test_a_parcel_for_a_function_becomes_an_event_in_one_step(queue: EventQueue) -> None:
    (sending,) = queue.ended(queue.accept(EVENT), [PARCEL])
    made = queue.handed_on(sending.seq, replace(EVENT, request_id="r2"))
    assert queue.sending() == []
    assert queue.waiting() == [made]


def test_what_fails_in_the_middle_has_not_happened(queue: EventQueue) -> None:
    event = queue.accept(EVENT)
    broken = replace(PARCEL, token=object())  # type: ignore[arg-type]
    with pytest.raises((OSError, sqlite3.Error)):
        queue.ended(event, [PARCEL, broken])
    assert queue.waiting() == [event]
    assert queue.sending() == []


def test_times_go_on_by_the_time_of_day_when_the_next_run_counts_otherwise(queue: EventQueue, tmp_path: Path) -> None:
    """The run before counted sixty times as fast, or its machine slept."""
    event = queue.accept(EVENT)
    queue.again(replace(event, next_at=event.accepted_at + 120), None)
    queue.ended(queue.accept(EVENT), [PARCEL])
    later = ManualClock(5000.0)
    with closing(killed(queue, tmp_path, later, wall=WALL + 30)) as after:
        (found,) = after.waiting()
        assert (found.accepted_at, found.next_at) == (5000 - 30, 5000 + 90)
        assert after.sending()[0].next_at == 5000 - 30


def test_a_time_of_day_that_goes_back_makes_no_event_younger(queue: EventQueue, tmp_path: Path) -> None:
    queue.accept(EVENT)
    with closing(killed(queue, tmp_path, ManualClock(5000.0), wall=WALL - 3600)) as after:
        assert after.waiting()[0].accepted_at == 5000


def test_what_was_written_is_carried_into_the_file_and_the_log_begins_anew(queue: EventQueue) -> None:
    log = queue.file.with_name("events.sqlite-wal")
    sizes = []
    for number in range(3):
        for _ in range(CARRY_OVER):
            queue.sent(number)
        assert queue._carrying is not None
        queue._carrying.join()
        sizes.append(log.stat().st_size)
    assert sizes[0] == sizes[1] == sizes[2]


@pytest.mark.parametrize("content", [b"no database at all, but a text of some length" * 99, b"SQLite format 3\x00"])
def test_a_file_that_is_no_queue_is_refused(tmp_path: Path, clock: ManualClock, content: bytes) -> None:
    file = tmp_path / "events.sqlite"
    file.write_bytes(content)
    with pytest.raises(BrokenFile):
        EventQueue(file, clock.now, lambda: WALL)


def test_a_file_that_is_broken_in_the_middle_is_refused(tmp_path: Path, clock: ManualClock) -> None:
    file = tmp_path / "events.sqlite"
    with closing(EventQueue(file, clock.now, lambda: WALL)) as whole:
        for number in range(200):
            whole.accept(replace(EVENT, request_id=f"r{number}"))
    content = file.read_bytes()
    half = len(content) // 2
    file.write_bytes(content[:half] + b"\xff" * 8192 + content[half + 8192 :])
    with pytest.raises(BrokenFile):
        EventQueue(file, clock.now, lambda: WALL)


def test_a_file_of_another_version_is_refused(tmp_path: Path, clock: ManualClock) -> None:
    file = tmp_path / "events.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE events (x)")
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(BrokenFile, match="another version"):
        EventQueue(file, clock.now, lambda: WALL)


def test_a_folder_that_is_not_there_is_an_error_of_the_system(tmp_path: Path, clock: ManualClock) -> None:
    with pytest.raises(OSError, match=r"events\.sqlite: unable to open"):
        EventQueue(tmp_path / "gone" / "events.sqlite", clock.now, lambda: WALL)


def test_a_file_that_somebody_else_holds_is_an_error_that_says_so(queue: EventQueue) -> None:
    with closing(sqlite3.connect(queue.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OSError, match="locked"):
            queue.accept(EVENT)
        other.execute("ROLLBACK")
    queue.accept(EVENT)
    assert len(queue.waiting()) == 1


WRITER = """
import sys, time
from pathlib import Path
from localstack_lite.events.event_queue import EventQueue
from localstack_lite.model.invocation import Invocation
queue = EventQueue(Path(sys.argv[1]), time.time, time.time)
number = 0
while True:
    event = queue.accept(Invocation("Hello", b"{}", f"r{number}"))
    queue.began(event.seq, 1)
    print(number, flush=True)
    number += 1
"""


def test_nothing_that_was_accepted_is_lost_by_a_kill(tmp_path: Path, clock: ManualClock) -> None:
    file = tmp_path / "events.sqlite"
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(file)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    told = [int(writer.stdout.readline()) for _ in range(700)]
    writer.send_signal(signal.SIGKILL)
    told += [int(line) for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    assert writer.wait() == -signal.SIGKILL
    writer.stdout.close()
    with closing(EventQueue(file, clock.now, lambda: WALL)) as after:
        found = after.waiting()
    assert [one.request_id for one in found[: len(told)]] == [f"r{number}" for number in told]
    assert len(found) - len(told) in (0, 1)
    assert all(one.tries == 1 and one.running for one in found[: len(told)])
