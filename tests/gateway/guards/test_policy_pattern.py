"""Patterns of policies: wildcards and variables."""

from __future__ import annotations

import fnmatch
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.guards.policy_pattern import Unresolved, fits, literal, pattern

KEYS = {"aws:username": ("al*ce",), "aws:many": ("a", "b")}


@pytest.mark.parametrize(
    ("wanted", "text", "expected"),
    [
        ("*", "", True),
        ("*", "anything/at:all", True),
        ("", "", True),
        ("", "a", False),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("a*c", "ac", True),
        ("a*c", "abcbc", True),
        ("a*c", "abcb", False),
        ("a*b*c", "a-b-b-c", True),
        ("*/GET/*", "arn:x/prod/GET/pets/1", True),
        ("*/GET/*", "arn:x/prod/POST/pets/1", False),
        ("a.c", "abc", False),
        ("A", "a", False),
        ("a", "a ", False),
        ("**?", "", False),
    ],
)
def test_a_star_is_any_number_and_a_question_mark_one_character(wanted: str, text: str, expected: bool) -> None:
    assert fits(pattern(wanted, {}, variables=True), text) is expected


@given(st.text("ab*?/", max_size=8), st.text("ab/", max_size=8))
def test_patterns_match_as_everybody_elses_do(wanted: str, text: str) -> None:
    assert fits(pattern(wanted, {}, variables=False), text) is bool(re.match(fnmatch.translate(wanted), text))


def test_many_stars_take_no_time() -> None:
    assert not fits(pattern("*a" * 200 + "b", {}, variables=False), "a" * 5000)


def test_the_value_of_a_variable_means_itself() -> None:
    wanted = pattern("/${aws:username}/*", KEYS, variables=True)
    assert fits(wanted, "/al*ce/x")
    assert not fits(wanted, "/alice/x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("${*}", "*"), ("${?}", "?"), ("${$}", "$"), ("${AWS:UserName}", "al*ce"), ("${aws:none, 'you'}", "you")],
)
def test_what_variables_become(text: str, expected: str) -> None:
    assert literal(text, KEYS, variables=True) == expected
    assert fits(pattern(text, KEYS, variables=True), expected)


@pytest.mark.parametrize("text", ["${aws:none}", "${aws:many}"])
def test_a_variable_without_exactly_one_value_is_unresolved(text: str) -> None:
    with pytest.raises(Unresolved):
        literal(text, KEYS, variables=True)
    with pytest.raises(Unresolved):
        pattern(text, KEYS, variables=True)


def test_old_policies_have_no_variables() -> None:
    assert literal("${aws:username}", KEYS, variables=False) == "${aws:username}"
    assert fits(pattern("${aws:username}", KEYS, variables=False), "${aws:username}")
