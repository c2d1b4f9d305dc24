"""Differences to AWS in the terminal: each kind once."""

from __future__ import annotations

from localstack_lite.model.difference import Difference
from localstack_lite.observe.difference_lines import DifferenceLines
from localstack_lite.observe.palette import Palette

PLAIN = Palette(False)


def test_each_kind_is_told_once() -> None:
    lines = DifferenceLines()
    first = Difference("remapped-header", "Server is renamed")
    assert [line.strip() for line in lines.of((first,), PLAIN)] == ["≠ AWS Server is renamed"]
    again = Difference("remapped-header", "Date is renamed")
    other = Difference("malformed-result", "no statusCode")
    assert [line.strip() for line in lines.of((again, other), PLAIN)] == ["≠ AWS no statusCode"]
    assert lines.of((again, other), PLAIN) == []


def test_what_the_requests_own_line_says_is_not_said_again() -> None:
    lines = DifferenceLines()
    malformed = Difference("malformed-result", "no statusCode")
    assert lines.of((malformed,), PLAIN, "malformed result: no statusCode; AWS answers 502") == []
    assert len(lines.of((malformed,), PLAIN, "as alice")) == 1


def test_control_characters_of_a_function_do_not_reach_the_terminal() -> None:
    (line,) = DifferenceLines().of((Difference("x", "a\x1b[31mb"),), PLAIN)
    assert "\x1b" not in line
