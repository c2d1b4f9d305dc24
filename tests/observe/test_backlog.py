"""What waits for a reader, and what is left out when it waits too long."""

from __future__ import annotations

from localstack_lite.observe.backlog import Backlog


def backlog(most: int) -> Backlog:
    return Backlog(lambda lines: b"-%d\n" % lines, most)


def read(waiting: Backlog, piece: int = 1000) -> bytes:
    text = b""
    while waiting:
        taken = waiting.piece(piece)
        waiting.wrote(len(taken))
        text += taken
    return text


def test_a_piece_is_whole_lines() -> None:
    waiting = backlog(100)
    waiting.put(b"one\n")
    waiting.put(b"two\nthree\n")
    assert waiting.piece(9) == b"one\ntwo\n"
    waiting.wrote(8)
    assert waiting.piece(9) == b"three\n"


def test_a_line_longer_than_a_piece_is_cut_and_the_next_piece_ends_with_it() -> None:
    waiting = backlog(100)
    waiting.put(b"123456789\nab\ncdef\n")
    pieces = []
    while waiting:
        pieces.append(waiting.piece(6))
        waiting.wrote(len(pieces[-1]))
    assert pieces == [b"123456", b"789\n", b"ab\n", b"cdef\n"]


def test_a_piece_that_was_taken_in_part_goes_on_where_it_ended() -> None:
    waiting = backlog(100)
    waiting.put(b"one\ntwo\n")
    waiting.wrote(2)
    assert waiting.piece(100) == b"e\ntwo\n"


def test_beyond_the_limit_lines_are_left_out_and_counted_where_they_are_missing() -> None:
    waiting = backlog(12)
    for line in (b"one\n", b"two\n", b"six\n", b"ten\n", b"4\n5\n"):
        waiting.put(line)
    assert len(waiting) == 12
    waiting.wrote(4)
    waiting.put(b"no\n")  # less than half has been read: one gap, not many
    waiting.wrote(4)
    waiting.put(b"in\n")
    assert read(waiting) == b"six\n-4\nin\n"


def test_a_reader_that_reads_everything_is_told_without_a_further_text() -> None:
    waiting = backlog(4)
    waiting.put(b"one\n")
    waiting.put(b"two\n")
    assert read(waiting) == b"one\n-1\n"
    waiting.put(b"three\n")
    assert read(waiting) == b"three\n"


def test_the_first_text_is_kept_whatever_its_size() -> None:
    waiting = backlog(4)
    waiting.put(b"longer than four\n")
    waiting.put(b"x\n")
    assert read(waiting) == b"longer than four\n-1\n"


def test_what_has_no_line_in_it_leaves_no_gap() -> None:
    waiting = backlog(4)
    waiting.put(b"one\n")
    waiting.put(b"a bar")
    assert read(waiting) == b"one\n"


def test_at_the_end_what_is_missing_is_said_and_cleared_is_empty() -> None:
    waiting = backlog(4)
    waiting.put(b"one\n")
    waiting.put(b"two\n")
    waiting.reopen()
    assert read(waiting) == b"one\n-1\n"
    waiting.put(b"one\n")
    waiting.put(b"two\n")
    waiting.clear()
    waiting.reopen()
    assert not waiting
