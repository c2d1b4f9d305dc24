"""JSONPath finds what Jayway's finds."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.templates.jsonpath import MISSING, BadPath, find

SHOP = {
    "a": {"b": [1, 2, {"c": 5}]},
    "books": [{"p": 8, "t": "x"}, {"p": 12, "t": "y"}],
    "k-x": 1,
    "x y": 2,
    "nothing": None,
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", SHOP),
        ("$.a.b[0]", 1),
        ("$.a.b[-1].c", 5),
        ("a.b[1]", 2),
        ("$['x y']", 2),
        ('$["a"]["b"][1]', 2),
        ("$.k-x", 1),
        ("$.nothing", None),
        ("$.a.b.length()", 3),
        ("$..c", [5]),
        ("$.books[*].t", ["x", "y"]),
        ("$.books[0,1].p", [8, 12]),
        ("$.books[0]['p','t']", [8, "x"]),
        ("$.a.b[0:2]", [1, 2]),
        ("$.a.b[-2:]", [2, {"c": 5}]),
        ("$.a.b[::2]", [1, {"c": 5}]),
        ("$.a.*", [[1, 2, {"c": 5}]]),
        ("$..b[0]", [1]),
        ("$.books[?(@.p<10)].t", ["x"]),
        ("$..p.sum()", 20),
        ("$..p.max()", 12),
        ("$.a.keys()", ["b"]),
        ("$.none[*]", []),
    ],
)
def test_a_path_finds_its_place_or_all_its_places(path: str, found: object) -> None:
    assert find(path, SHOP) == found


@pytest.mark.parametrize("path", ["$.none", "$.a.none.none", "$.a.b[3]", "$.a[0]", "$.k-x.y", "$.a.none.length()"])
def test_a_path_to_one_place_that_is_not_there_finds_nothing(path: str) -> None:
    assert find(path, SHOP) is MISSING


@pytest.mark.parametrize(
    "path", ["$.", "$[", "$.a[b]", "$..", "$a", "$.a[::0]", "$.a.nope()", "$['a'", "$.a[?(@.x", "$.a b"]
)
def test_what_is_no_path_is_said_to_be_none(path: str) -> None:
    with pytest.raises(BadPath):
        find(path, SHOP)


def test_a_path_that_means_too_much_ends() -> None:
    deep: object = [1]
    for _ in range(40):
        deep = [deep, deep]
    with pytest.raises(BadPath, match="more than"):
        find("$..*", deep)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@given(path=st.text(alphabet="$.[]*?()@'\",:-ab01 =<>&|!", max_size=24), value=VALUES)
def test_any_text_is_a_path_or_none(path: str, value: object) -> None:
    with contextlib.suppress(BadPath):
        find(path, value)


@given(names=st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=4), value=VALUES)
def test_every_name_can_be_written_in_brackets(names: list[str], value: object) -> None:
    whole = value
    for name in reversed(names):
        whole = {name: whole}
    quoted = ["'" + name.replace("\\", "\\\\").replace("'", "\\'") + "'" for name in names]
    path = "$" + "".join(f"[{each}]" for each in quoted)
    assert find(path, json.loads(json.dumps(whole))) == json.loads(json.dumps(value))
