"""Values print as Java prints them."""

from __future__ import annotations

import pytest

from localstack_lite.gateway.templates.values import (
    LARGEST_TEXT,
    CannotGoOn,
    JsonList,
    limited,
    of_json,
    text_of,
    to_json,
    true,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"foo": "bar"}, "{foo=bar}"),
        ({"a": 1, "b": [{"c": 5}]}, '{a=1, b=[{"c":5}]}'),
        ([{"foo": "bar"}, "x", None], '[{"foo":"bar"},"x",null]'),
        ({"a": {"b": None}, "t": True}, "{a={b=null}, t=true}"),
        ([], "[]"),
        ({}, "{}"),
        ("é", "é"),
    ],
)
def test_what_came_out_of_json_prints_as_recorded(value: object, text: str) -> None:
    assert text_of(of_json(value)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (False, "false"),
        (12, "12"),
        (1.0, "1.0"),
        (-0.5, "-0.5"),
        (0.001, "0.001"),
        (0.0001, "1.0E-4"),
        (0.00012, "1.2E-4"),
        (9999999.0, "9999999.0"),
        (12345678.9, "1.23456789E7"),
        (1e10, "1.0E10"),
        (-2.5e21, "-2.5E21"),
        (1e-7, "1.0E-7"),
        (0.0, "0.0"),
        (float("nan"), "NaN"),
        (float("inf"), "Infinity"),
        ([1, "a"], "[1, a]"),
        (object(), ""),
    ],
)
def test_numbers_and_lists_of_templates_print_as_in_java(value: object, text: str) -> None:
    assert text_of(value) == text


def test_parsed_json_is_copied() -> None:
    given = {"a": [1]}
    made = of_json(given)
    made["a"].append(2)
    assert given == {"a": [1]}
    assert isinstance(made["a"], JsonList)


def test_json_has_no_blanks_and_keeps_letters() -> None:
    assert to_json({"a": [1, "é"]}) == '{"a":[1,"é"]}'


def test_a_value_inside_of_itself_is_no_json() -> None:
    loop: dict[str, object] = {}
    loop["me"] = loop
    with pytest.raises(CannotGoOn):
        to_json(loop)


def test_no_text_is_larger_than_a_payload() -> None:
    most = "x" * LARGEST_TEXT
    assert limited(most) is most
    with pytest.raises(CannotGoOn):
        limited(most + "x")
    with pytest.raises(CannotGoOn):
        text_of({"a": most, "b": "x"})


@pytest.mark.parametrize(("value", "expected"), [(None, False), (False, False), ("", True), (0, True), ([], True)])
def test_all_but_null_and_false_is_true(value: object, expected: bool) -> None:
    assert true(value) is expected
