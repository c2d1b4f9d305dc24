"""How single things look, to the character."""

from __future__ import annotations

from typing import Any

import pytest

from localstack_lite.model.facts import ProjectRejected, Reloaded
from localstack_lite.model.project import Problem
from localstack_lite.observe import lines
from localstack_lite.observe.failure import Failure, Frame
from localstack_lite.observe.palette import Palette
from tests.observe.given import T0, report

PLAIN = Palette(False)


def row(columns: int = 100, **changes: Any) -> list[str]:
    values: dict[str, Any] = {
        "at": "14:02:11",
        "method": "GET",
        "path": "/dev/orders/7",
        "status": "200",
        "code": 200,
        "took": "  18 ms",
        "environment": "orders#1",
        **changes,
    }
    return lines.row(lines.Row(**values), PLAIN, 19, 9, columns)


@pytest.mark.parametrize(
    ("ms", "expected"),
    [
        (0.04, " 0.0 ms"),
        (0.64, " 0.6 ms"),
        (1, "   1 ms"),
        (18.4, "  18 ms"),
        (412, " 412 ms"),
        (999.7, " 1.0 s "),
        (29_000, "29.0 s "),
        (900_000, "900.0 s "),
    ],
)
def test_a_duration_has_few_digits_and_its_unit_in_place(ms: float, expected: str) -> None:
    assert lines.duration(ms) == expected


def test_a_warm_request() -> None:
    assert row(bill=lines.figures(report())) == [
        "14:02:11 GET  /dev/orders/7       200   18 ms  orders#1            billed 19 ms · 94/512 MB"
    ]


def test_a_cold_request() -> None:
    note = lines.note("", report(init_ms=371.2), cold=True)
    assert row(80, took=" 412 ms", environment="orders#2", note=note, cold=True) == [
        "14:02:11 GET  /dev/orders/7       200  412 ms  orders#2  COLD init 371 ms"
    ]


def test_a_throttled_request() -> None:
    throttled = row(
        method="POST", status="429", code=429, environment="orders", note="throttled: reserved concurrency 2"
    )
    assert throttled == ["14:02:11 POST /dev/orders/7       429   18 ms  orders    throttled: reserved concurrency 2"]


@pytest.mark.parametrize(
    ("columns", "tail"),
    [
        (91, "          billed 19 ms · 94/512 MB"),
        (90, "          billed 19 ms"),
        (79, "          billed 19 ms"),
        (78, "billed 19 ms"),
        (68, ""),
    ],
)
def test_the_bill_is_as_long_as_there_is_room(columns: int, tail: str) -> None:
    (line,) = row(columns, bill=lines.figures(report()))
    assert line == f"14:02:11 GET  /dev/orders/7       200   18 ms  orders#1  {tail}".rstrip()


def test_a_note_longer_than_the_screen_goes_on_below_itself() -> None:
    said = (
        "as alice (X-Devserve-Identity); on AWS Pool would be asked, who is not here, at https://idp.example/eu-west-2"
    )
    first, *note = row(80, note=said)
    assert "alice" not in first
    assert note == [
        f"{lines.INDENT}as alice (X-Devserve-Identity); on AWS Pool would be asked, who is",
        f"{lines.INDENT}not here, at https://idp.example/eu-west-2",
    ]


def test_on_a_narrow_screen_the_note_has_its_own_line() -> None:
    assert row(70, note="gateway gave up at 29 s") == [
        "14:02:11 GET  /dev/orders/7       200   18 ms  orders#1",
        "           gateway gave up at 29 s",
    ]


def test_a_long_path_is_cut_and_its_escapes_are_harmless() -> None:
    (line,) = row(80, path="/\x1b[2J" + "x" * 500)
    assert len(line) <= 80
    assert "…" in line
    assert "\x1b" not in line


def test_a_cold_start_without_an_init_duration_is_still_cold() -> None:
    assert lines.note("", report(), cold=True) == "COLD"
    assert lines.note("Error", None, cold=True) == "COLD · Error"
    assert lines.note("Error", report(), cold=False) == "Error"


def test_colours_mark_time_status_and_cold_starts() -> None:
    it = lines.Row("14:02:11", "GET", "/x", "502", 502, "  18 ms", "a#1", "COLD init 3 ms · Error", (), True)
    (line,) = lines.row(it, Palette(True), 4, 4, 100)
    assert line == (
        "\x1b[2m14:02:11\x1b[0m GET  /x   \x1b[31;1m502\x1b[0m   18 ms  a#1  \x1b[36mCOLD init 3 ms\x1b[0m · Error"
    )


def test_a_log_event_stands_beside_its_time_and_its_other_lines_below() -> None:
    assert lines.logged("+3 ms", "loading report 7\n", 1, PLAIN) == ["           +3 ms   loading report 7"]
    assert lines.logged("+29.9 s", "a\n\xa0 b\n", 1, PLAIN) == ["           +29.9 s a", "                     b"]
    assert lines.logged("+3 ms", "", 1, PLAIN) == ["           +3 ms"]


def test_repeats_are_counted() -> None:
    assert lines.logged("+3 ms", "again\n", 3, PLAIN) == ["           +3 ms   again (×3)"]
    assert lines.logged("+3 ms", "a\nb\n", 2, PLAIN) == ["           +3 ms   a", "                   b (×2)"]


SOURCE = ((11, "def handler(event, context):"), (12, '    order = event["id"]'), (13, "    return order"))


def test_an_error_says_cause_place_code_and_what_became_of_the_environment() -> None:
    it = Failure("KeyError", "'id'", Frame("/shop/app.py", 12, "handler", 'order = event["id"]'), fatal=False)
    assert lines.failed(it, "orders#1", lambda file, line: SOURCE, PLAIN) == [
        "           KeyError: 'id'",
        "           ↳ app.py:12 in handler",
        "                 11 │ def handler(event, context):",
        '             >   12 │     order = event["id"]',
        "                 13 │     return order",
        "           orders#1 goes on",
    ]


def test_without_the_source_the_trace_shows_its_one_line() -> None:
    it = Failure("E", "", Frame("/var/task/app.py", 3, "", "boom()"), fatal=True)
    assert lines.failed(it, "a#1", lambda file, line: (), PLAIN) == [
        "           E",
        "           ↳ app.py:3",
        "             >    3 │ boom()",
        "           a#1 was reset: its next use starts it again",
    ]


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        (Reloaded(T0, ("orders",), ("src/app.py",), 41.3), "orders reloaded in 41 ms (app.py)"),
        (Reloaded(T0, ("a", "b", "c", "d"), ("x.py", "x.py"), 1200), "a, b and 2 more reloaded in 1.2 s (x.py)"),
        (Reloaded(T0, (), ("template.yaml",), 90, True), "project read again in 90 ms (template.yaml)"),
        (Reloaded(T0, ("a",), ("t.yaml",), 90, True), "project read again, a reloaded in 90 ms (t.yaml)"),
    ],
)
def test_a_reload_is_one_line(fact: Reloaded, expected: str) -> None:
    assert lines.reloaded(fact, "14:02:11", PLAIN) == f"14:02:11 {expected}"


def test_a_broken_project_says_where_and_that_the_old_one_serves() -> None:
    fact = ProjectRejected(T0, "template.yaml:12", "a key is there twice", "remove one")
    assert lines.rejected(fact, "14:02:11", PLAIN) == [
        "14:02:11 template.yaml:12: a key is there twice",
        "           hint: remove one",
        "           the project as it was keeps serving",
    ]


def test_a_problem_is_a_warning_or_a_loss() -> None:
    assert lines.problem(Problem("t.yaml:3", "what", "do that"), PLAIN) == ["✗ t.yaml:3: what", "  hint: do that"]
    assert lines.problem(Problem("", "what", warning=True), PLAIN) == ["! what"]


def test_what_to_do_stands_before_what_became_of_the_environment() -> None:
    said = lines.failed(Failure("E", "m", None, fatal=False), "a#1", lambda file, line: (), PLAIN, "install it")
    assert said == ["           E: m", "           hint: install it", "           a#1 goes on"]
