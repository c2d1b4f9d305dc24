"""What is kept of an invocation until it is printed."""

from __future__ import annotations

import pytest

from localstack_lite.observe.debug_lines import MANY
from localstack_lite.observe.running import LINES_PER_REQUEST, Entry, Running
from tests.observe.given import answered, ended, raised


def running() -> Running:
    return Running("Orders", "orders#1", 0.0)


def test_more_lines_than_anybody_reads_are_counted() -> None:
    it = running()
    for number in range(LINES_PER_REQUEST + 7):
        it.add(0.0, str(number))
    assert (len(it.logs), it.unshown) == (LINES_PER_REQUEST, 7)


def test_debug_lines_take_no_room_from_the_others() -> None:
    it = running()
    for number in range(LINES_PER_REQUEST * 2):
        it.add(0.0, f"DEBUG:x:{number}")
    it.add(1.0, "[INFO] what matters")
    assert len(it.logs) == MANY + 1
    assert it.logs[-1] == (1.0, "[INFO] what matters")
    assert it.unshown == 0


def test_an_invocation_begins_with_the_start_of_its_environment() -> None:
    start = running()
    for number in range(MANY + 2):
        start.add(0.1, f"DEBUG:x:{number}")
    it = Running("Orders", "orders#1", 3.0)
    it.follow(start)
    it.add(3.1, "DEBUG:x:its own")
    assert (it.started, len(it.logs), it.debug.held) == (0.0, MANY, 3)


def test_after_the_answer_it_counts_on_and_tells_for_itself() -> None:
    it = running()
    for number in range(MANY + 2):
        it.add(0.1, f"DEBUG:x:{number}")
    late = it.late()
    assert late.debug.hold("DEBUG:x:late")
    assert (it.debug.held, late.debug.held, late.logs) == (2, 1, [])


@pytest.mark.parametrize(("status", "broken"), [(200, False), (404, False), (500, True)])
def test_a_request_is_broken_by_its_status(status: int, broken: bool) -> None:
    assert Entry(answered(status=status), None).broken is broken


def test_a_call_is_broken_by_its_error() -> None:
    it = running()
    it.ended = ended()
    assert not Entry(None, it).broken
    it.ended = ended(error=raised("E", "m"))
    assert Entry(None, it).broken
