"""DEBUG lines: a row each, and of many the first few."""

from __future__ import annotations

import pytest

from localstack_lite.observe.debug_lines import FIRST, MANY, START, ZAPPA, DebugLines, bare, fitted, is_debug
from localstack_lite.observe.palette import Palette

LAMBDA = "[DEBUG]\t2026-11-22T09:34:00.123Z\t5f1c\tZappa Event: {}"
PLAIN = Palette(False)


@pytest.mark.parametrize(
    "message",
    [LAMBDA, "DEBUG:botocore.hooks:Event", "DEBUG 2026-11-22 x", "\x1b[36m[DEBUG]\x1b[0m x", "\x1b[1mDEBUG:x"],
)
def test_lines_of_the_level_are_known_by_how_they_begin(message: str) -> None:
    assert is_debug(message)


@pytest.mark.parametrize(
    "message", ["", "DEBUGGING", "DEBUG=1", "debug: x", "[INFO]\t[DEBUG]", " [DEBUG]", "x DEBUG: y"]
)
def test_other_lines_are_none(message: str) -> None:
    assert not is_debug(message)


def kept(lines: DebugLines, *messages: str) -> list[tuple[float, str]]:
    return [(0.0, message) for message in messages if not lines.hold(message)]


def numbered(count: int) -> list[str]:
    return [f"DEBUG:x:{number}" for number in range(1, count + 1)]


def test_a_few_are_all_shown() -> None:
    lines = DebugLines()
    few = kept(lines, *numbered(MANY))
    assert lines.fold(few) == (few, [])
    assert lines.tell(100, PLAIN) == []


def test_of_one_more_the_first_are_shown_and_the_others_counted() -> None:
    lines = DebugLines()
    before, after = lines.fold(kept(lines, *numbered(MANY + 1)))
    assert [message for _, message in before] == numbered(FIRST)
    assert after == []
    assert lines.tell(100, PLAIN) == [f"{' ' * START}… 3 more DEBUG lines (--json shows them)"]
    assert lines.tell(100, PLAIN) == [], "told once"


def test_other_lines_stay_and_the_count_stands_where_the_first_hidden_one_was() -> None:
    lines = DebugLines()
    one, two, three, *others = numbered(40)
    before, after = lines.fold(kept(lines, "a", one, "b", two, three, "c", *others, "d", "[INFO] e"))
    assert [message for _, message in before] == ["a", one, "b", two, three, "c"]
    assert [message for _, message in after] == ["d", "[INFO] e"]
    assert "… 37 more" in lines.tell(100, PLAIN)[0]


def test_however_many_there_are_few_are_kept() -> None:
    lines = DebugLines()
    assert len(kept(lines, *numbered(10_000))) == MANY


def test_what_was_shown_while_it_ran_counts() -> None:
    lines = DebugLines()
    first = kept(lines, *numbered(4))
    assert lines.fold(first) == (first, [])
    then = kept(lines, "DEBUG:x:5", "a", "DEBUG:x:6")
    assert lines.fold(then) == ([], [(0.0, "a")])
    assert "… 2 more DEBUG lines" in lines.tell(100, PLAIN)[0]
    assert kept(lines, "DEBUG:x:7") == []
    assert lines.tell(100, PLAIN, who="orders#1: ") == [f"{' ' * START}orders#1: … 1 more DEBUG line (--json shows it)"]


def test_the_line_is_dim_and_the_hint_stands_behind_it_or_below() -> None:
    said = "… 2 more DEBUG lines (--json shows them)"
    one = DebugLines(held=2).tell(120, Palette(True), hint=ZAPPA)
    assert one == [f"{' ' * START}\x1b[2m{said} · {ZAPPA}\x1b[0m"]
    assert DebugLines(held=2).tell(80, PLAIN, hint=ZAPPA) == [" " * START + said, " " * START + ZAPPA]


def test_a_line_ends_with_the_row() -> None:
    assert fitted("DEBUG:" + "x" * 100, 40) == "DEBUG:" + "x" * 14 + "…"
    assert fitted("DEBUG:" + "x" * 15, 40) == "DEBUG:" + "x" * 15
    assert fitted("DEBUG:" + "x" * 15, 40, START + 1) == "DEBUG:" + "x" * 13 + "…"


def test_tabs_and_wide_characters_take_the_room_that_they_take() -> None:
    assert fitted("[DEBUG]\t" + "x" * 99, 40) == "[DEBUG]\t" + "x" * 7 + "…", "19 + 7, then up to column 32"
    assert fitted("DEBUG:" + "東" * 99, 40) == "DEBUG:" + "東" * 7 + "…"
    assert fitted("DEBUG:" + "e\u0301" * 15, 40) == "DEBUG:" + "e\u0301" * 15


def test_of_several_rows_the_first_is_shown() -> None:
    assert fitted("DEBUG:one\ntwo\n", 80) == "DEBUG:one…"
    assert fitted("DEBUG:one\n", 80) == "DEBUG:one\n"


def test_colours_stay_where_nothing_is_cut_and_count_for_nothing() -> None:
    coloured = "\x1b[36mDEBUG:\x1b[0m" + "x" * 15
    assert fitted(coloured, 40) == coloured
    assert fitted(coloured, 39) == "DEBUG:" + "x" * 13 + "…"


def test_lines_of_other_levels_are_never_cut() -> None:
    assert fitted("[INFO]\t" + "x" * 500 + "\ny", 40) == "[INFO]\t" + "x" * 500 + "\ny"


UUID = "003baba3-254e-4640-9549-ea95d12c2769"


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (f"[INFO]\t2026-11-22T09:56:40.399Z\t{UUID}\tGET /\tx\n", "[INFO] GET /\tx\n"),
        (f"2026-11-22T09:56:40.399Z\t{UUID}\tERROR\tno\n", "ERROR no\n"),
        ("[INFO]\t2026-11-22T09:56:40.399Z\tr1\tGET /\n", "[INFO]\t2026-11-22T09:56:40.399Z\tr1\tGET /\n"),
        ("2026-11-22T09:56:40.399Z mine\n", "2026-11-22T09:56:40.399Z mine\n"),
    ],
)
def test_what_the_row_says_anyway_is_left_out(message: str, shown: str) -> None:
    assert bare(message) == shown
