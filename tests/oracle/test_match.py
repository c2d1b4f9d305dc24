"""The matchers themselves: a wildcard that matches too much would make every recorded case worthless."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oracle.match import Bindings, differences, expand

MATCHES: list[tuple[str, Any, Any]] = [
    ("a star is any value", {"a": "*"}, {"a": None}),
    ("further keys are free", {"a": 1}, {"a": 1, "b": 2}),
    ("an absent key", {"a": {"$absent": True}}, {"b": 1}),
    ("a regular expression searches", {"$regex": "b+"}, "abbc"),
    ("a part", {"$contains": "bb"}, "abbc"),
    ("one of several", {"$oneOf": [1, "x"]}, "x"),
    ("a repeated string", {"$repeat": ["ab", 2]}, "abab"),
    ("joined parts", {"$concat": ["a", {"$repeat": ["b", 2]}]}, "abb"),
    ("a JSON text", {"$json": {"a": [1]}}, '{"a": [1], "b": 2}'),
    ("a last element", {"$last": {"a": 1}}, [0, {"a": 1, "b": 2}]),
    ("null", None, None),
    ("nested lists", [[1, "*"], []], [[1, 2], []]),
]

DIFFERS: list[tuple[str, Any, Any]] = [
    ("a star needs the key", {"a": "*"}, {}),
    ("an absent key that is there, even as null", {"a": {"$absent": True}}, {"a": None}),
    ("a regular expression on a number", {"$regex": "1"}, 1),
    ("a part that is not there", {"$contains": "x"}, "abc"),
    ("none of several", {"$oneOf": [1, 2]}, 3),
    ("a string repeated too often", {"$repeat": ["ab", 2]}, "ababab"),
    ("text that is not JSON", {"$json": {}}, "{"),
    ("an object where JSON text is due", {"$json": {}}, {}),
    ("the last element of nothing", {"$last": 1}, []),
    ("true is not 1", True, 1),
    ("1 is not true", 1, True),
    ("a number is not its text", 200, "200"),
    ("0 is not null", None, 0),
    ("a longer list", [1], [1, 2]),
    ("a shorter list", [1, 2], [1]),
    ("an object is not a list", {"a": 1}, [1]),
    ("a different string", "a", "b"),
    ("a missing key deep inside", {"a": {"b": {"c": 1}}}, {"a": {"b": {}}}),
]


@pytest.mark.parametrize(("expected", "actual"), [row[1:] for row in MATCHES], ids=[row[0] for row in MATCHES])
def test_matches(expected: Any, actual: Any) -> None:
    assert differences(expected, actual, Bindings()) == []


@pytest.mark.parametrize(("expected", "actual"), [row[1:] for row in DIFFERS], ids=[row[0] for row in DIFFERS])
def test_differs(expected: Any, actual: Any) -> None:
    assert differences(expected, actual, Bindings())


def test_exact_refuses_further_keys_at_every_depth() -> None:
    assert differences({"a": {"b": 1}}, {"a": {"b": 1}}, Bindings(), exact=True) == []
    assert differences({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}, Bindings(), exact=True) == [
        "$.a: unexpected keys ['c']"
    ]


def test_a_difference_names_its_place() -> None:
    assert differences({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, Bindings()) == ["$.a[0].b: expected 1, got 2"]


def test_the_first_value_met_binds_a_name_and_the_next_must_agree() -> None:
    lines = ["START ${request_id} v", "END ${request_id}"]
    bindings = Bindings()
    assert differences(lines, ["START 12-ab v", "END 12-ab"], bindings) == []
    assert bindings["request_id"] == "12-ab"
    assert differences(lines, ["START 12-ab v", "END 99-zz"], Bindings())


def test_a_bound_name_is_literal_in_a_regular_expression() -> None:
    assert differences({"$regex": "^${id}$"}, "a.b", Bindings(id="a.b")) == []
    assert differences({"$regex": "^${id}$"}, "axb", Bindings(id="a.b"))


def test_an_unbound_name_in_a_regular_expression_binds() -> None:
    bindings = Bindings()
    assert differences({"$regex": "^REPORT ${rid}\\t"}, "REPORT 7\tx", bindings) == []
    assert bindings["rid"] == "7"


def test_expand_spells_out_the_given_side() -> None:
    given = {"n": {"$concat": ["arn:${region}:", {"$repeat": ["a", 3]}]}, "l": ["${region}", 1]}
    assert expand(given, Bindings(region="r")) == {"n": "arn:r:aaa", "l": ["r", 1]}


def test_the_name_of_a_header_is_found_in_any_case() -> None:
    assert Bindings({"header:x-id": "7"}).fill("${header:X-Id}") == "7"


def test_expand_refuses_a_name_that_nothing_has_bound() -> None:
    with pytest.raises(KeyError):
        expand("${nobody}", Bindings())


def test_a_wildcard_that_is_misspelt_is_refused() -> None:
    with pytest.raises(ValueError, match="no such wildcard"):
        differences({"$contain": "x"}, "x", Bindings())
