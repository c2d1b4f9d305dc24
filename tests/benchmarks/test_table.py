"""The table says honestly whether a target was met."""

from __future__ import annotations

from tests.benchmarks.table import Row, lines


def test_a_ratio_is_judged_against_the_target() -> None:
    assert Row("a", "req/s", 3.0, 10.0, target=0.3, at_least=True).met is True
    assert Row("a", "req/s", 2.9, 10.0, target=0.3, at_least=True).met is False
    assert Row("a", "ms", 26.0, 10.0, target=2.5).met is False
    assert Row("a", "ms", 25.0, 10.0, target=2.5).met is True


def test_without_a_reference_the_value_itself_is_judged() -> None:
    assert Row("a", "s", 0.5, target=0.5).met is True
    assert Row("a", "s", 0.51, target=0.5).met is False


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    row = Row("load", "req/s", None, note="wrk is not installed")
    assert row.met is None
    assert lines([row])[1].split(None, 1)[0] == "load"
    assert "wrk is not installed" in lines([row])[1]


def test_columns_are_aligned() -> None:
    printed = lines([Row("a", "ms", 1.0, 2.0, target=1), Row("a longer name", "ms", 1234.0)])
    assert [line.index(cell) for line, cell in zip(printed, ("devserve", "1.00", "1,234"), strict=True)] == [15, 15, 15]
