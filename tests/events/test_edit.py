"""Rules of `--set PATH=VALUE`."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.errors import UserError
from localstack_lite.events.edit import edited

EVENT: dict[str, Any] = {
    "Records": [{"body": "one", "attributes": {"count": "1"}}, {"body": "two", "size": 3}],
    "path": "/a",
    "query": None,
    "detail": {"a.b": 1, "ok": True},
}


@pytest.mark.parametrize(
    ("assignment", "path", "value"),
    [
        ("Records.0.body=hi", ("Records", 0, "body"), "hi"),
        ("Records.1.size=4", ("Records", 1, "size"), 4),
        ("Records.0.attributes.count=2", ("Records", 0, "attributes", "count"), "2"),
        ('Records.0.body={"a":1}', ("Records", 0, "body"), '{"a":1}'),
        ('Records.0.body="quoted"', ("Records", 0, "body"), "quoted"),
        ("path=null", ("path",), None),
        ("query.name=Ada", ("query", "name"), "Ada"),
        ("new.deep.value=1", ("new", "deep", "value"), 1),
        ("detail.a\\.b=2", ("detail", "a.b"), 2),
        ("detail.ok=[1,2]", ("detail", "ok"), [1, 2]),
        ("path=a=b", ("path",), "a=b"),
        ("path=", ("path",), ""),
    ],
)
def test_a_value_is_put_where_the_path_says(assignment: str, path: tuple[str | int, ...], value: object) -> None:
    found = edited(EVENT, [assignment])
    for part in path:
        found = found[part]
    assert found == value


def test_an_index_at_the_end_of_a_list_adds_to_it() -> None:
    assert edited([1], ["1=2"]) == [1, 2]


def test_assignments_are_applied_in_order() -> None:
    assert edited({}, ["a.b=1", "a.c=2", "a.b=3"]) == {"a": {"b": 3, "c": 2}}


def test_the_event_itself_is_not_changed() -> None:
    before = copy.deepcopy(EVENT)
    edited(EVENT, ["Records.0.attributes.count=9", "new=1"])
    assert before == EVENT


@pytest.mark.parametrize(
    ("assignment", "what"),
    [
        ("Records", "is not PATH=VALUE"),
        ("=1", "is not PATH=VALUE"),
        ("Records.5.body=x", "index 5 is past the end of a list of 2"),
        ("Records.body=x", "`body` is not an index, and there is a list"),
        ("path.deeper=x", "there is a string where `deeper` is looked for"),
        ("Records.1.size.x=1", "there is a number where `x` is looked for"),
        ("detail.ok.x=1", "there is true or false where `x` is looked for"),
    ],
)
def test_a_path_that_leads_nowhere_is_named(assignment: str, what: str) -> None:
    with pytest.raises(UserError) as raised:
        edited(EVENT, [assignment])
    assert raised.value.what == what
    assert raised.value.hint


names = st.text(st.characters(categories=["L"], max_codepoint=0x17F), min_size=1, max_size=5)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | names,
    lambda inner: st.lists(inner) | st.dictionaries(names, inner),
    max_leaves=8,
)


@given(st.dictionaries(names, values), st.lists(names, min_size=1, max_size=4), values)
def test_whatever_the_event_a_value_is_put_or_the_path_is_refused(event: Any, path: list[str], value: Any) -> None:
    try:
        found = edited(event, [f"{'.'.join(path)}={json.dumps(value)}"])
    except UserError:
        return
    for part in path:
        found = found[part]
    assert found in (value, json.dumps(value))
