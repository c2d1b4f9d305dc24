from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from localstack_lite.gateway.controls.schema_words import places, worded


@pytest.mark.parametrize(
    ("schema", "value", "words"),
    [
        ({"required": ["b", "a", "c"]}, {"c": 1}, 'object has missing required properties (["a","b"])'),
        (
            {"type": "integer"},
            "x",
            'instance type (string) does not match any allowed primitive type (allowed: ["integer"])',
        ),
        (
            {"type": ["null", "number"]},
            True,
            'instance type (boolean) does not match any allowed primitive type (allowed: ["integer","null","number"])',
        ),
        (
            {"type": "string"},
            None,
            'instance type (null) does not match any allowed primitive type (allowed: ["string"])',
        ),
        ({"enum": ["dog", 1]}, "cat", 'instance value ("cat") not found in enum (possible values: ["dog",1])'),
        (
            {"properties": {"a": {}}, "additionalProperties": False},
            {"a": 1, "z": 2},
            'object instance has properties which are not allowed by the schema: ["z"]',
        ),
        ({"minimum": 5}, 4, "numeric instance is lower than the required minimum (minimum: 5, found: 4)"),
        ({"maximum": 5}, 6, "numeric instance is greater than the required maximum (maximum: 5, found: 6)"),
        (
            {"minimum": 5, "exclusiveMinimum": True},
            5,
            "numeric instance is not strictly greater than the required minimum 5",
        ),
        (
            {"maximum": 5, "exclusiveMaximum": True},
            5,
            "numeric instance is not strictly lower than the required maximum 5",
        ),
        ({"minLength": 3}, "ab", 'string "ab" is too short (length: 2, required minimum: 3)'),
        ({"maxLength": 1}, "ab", 'string "ab" is too long (length: 2, maximum allowed: 1)'),
        ({"pattern": "^a$"}, "b", 'ECMA 262 regex "^a$" does not match input string "b"'),
        ({"minItems": 2}, [1], "array is too short: must have at least 2 elements but instance has 1 elements"),
        ({"maxItems": 0}, [1], "array is too long: must have at most 0 elements but instance has 1 elements"),
        ({"uniqueItems": True}, [1, 1], "array must not contain duplicate elements"),
        ({"multipleOf": 3}, 4, "remainder of division is not zero (4 / 3)"),
        ({"minProperties": 1}, {}, "object has too few properties (found 0 but schema requires at least 1)"),
        ({"maxProperties": 0}, {"a": 1}, "object has too many properties (found 1 but schema requires at most 0)"),
        (
            {"anyOf": [{"type": "null"}, {"type": "string"}]},
            1,
            "instance failed to match at least one required schema among 2",
        ),
        ({"not": {}}, 1, "instance matched a schema which it should not have"),
    ],
)
def test_the_words_of_each_keyword(schema: dict[str, Any], value: Any, words: str) -> None:
    assert worded(Draft4Validator(schema).iter_errors(value)) == [words]


def test_objects_that_lack_the_same_are_told_each() -> None:
    schema = {"items": {"required": ["a", "b"]}}
    words = 'object has missing required properties (["a","b"])'
    assert worded(Draft4Validator(schema).iter_errors([{}, {}])) == [words, words]


def test_places_show_no_values() -> None:
    schema = {"required": ["b", "c"], "properties": {"pin": {"minLength": 9}}}
    assert places(Draft4Validator(schema).iter_errors({"pin": "1234"})) == "$ (required), $.pin (minLength)"


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=6,
)
SCHEMA = {
    "type": ["object", "array", "string"],
    "required": ["a"],
    "additionalProperties": False,
    "patternProperties": {"^x": {"type": "null"}},
    "items": {"oneOf": [{"type": "integer"}, {"minimum": 3}]},
    "enum": [1],
    "dependencies": {"a": ["b"]},
    "maxLength": 1,
}


@given(JSON_VALUES)
def test_whatever_is_wrong_has_words(value: Any) -> None:
    words = worded(Draft4Validator(SCHEMA).iter_errors(value))
    assert words
    assert all(words)
