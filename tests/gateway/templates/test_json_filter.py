"""Filters keep the elements that they are true of."""

from __future__ import annotations

import pytest

from localstack_lite.gateway.templates.jsonpath import BadPath, find

ITEMS = [
    {"n": 1, "t": "one", "ok": True},
    {"n": 2, "t": "two"},
    {"n": 3, "t": "Three", "in": {"x": None}},
    "text",
]


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ("@.n > 1", [2, 3]),
        ("@.n >= 2 && @.n < 3", [2]),
        ("@.n == 1 || @.t == 'two'", [1, 2]),
        ("!(@.n <= 2) && @.n", [3]),
        ("@.ok", [1]),
        ("@.ok == true", [1]),
        ("@.n != 2 && @.n", [1, 3]),
        ("@.t =~ /t.*/i", [2, 3]),
        ("@.t =~ /t.*/", [2]),
        ("@.t in ['one', \"Three\"]", [1, 3]),
        ("@.n in [2.0]", [2]),
        ("@.in.x == null", [3]),
        ("@['t'] == 'one'", [1]),
        ("@.n == '1'", []),
        ("@.t > 1", []),
        ("@.ok == 1", []),
    ],
)
def test_a_filter_keeps_what_it_is_true_of(wanted: str, numbers: list[int]) -> None:
    assert find(f"$[?({wanted})].n", ITEMS) == numbers


@pytest.mark.parametrize(
    "wanted", ["", "@.n >", "@.n = 1", "@.t =~ 'x'", "@.t =~ /(/", "@.n in 3", "@.n in [1", "(@.n", "or"]
)
def test_what_is_no_filter_is_said_to_be_none(wanted: str) -> None:
    with pytest.raises(BadPath):
        find(f"$[?({wanted})]", ITEMS)


def test_parentheses_have_an_end() -> None:
    with pytest.raises(BadPath):
        find(f"$[?({'(' * 500}@.n{')' * 500})]", ITEMS)
