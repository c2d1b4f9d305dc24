"""What is wrong with a body, in the words of the JSON schema library that AWS uses, which
`$context.error.validationErrorString` and the execution log show. AWS documents only a few of them; the others are that
library's own (Java, "json-schema-validator"). Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from jsonschema import ValidationError

Words = Callable[[Any, Any, Mapping[str, Any]], str]


def worded(errors: Iterable[ValidationError]) -> list[str]:
    """A line for each, and one for all properties that an object lacks. What has no words here is in English."""
    found: dict[tuple[str, str], str] = {}
    for error in errors:
        words = _words(error)
        found[error.json_path, words] = words
    return list(found.values())


def places(errors: Iterable[ValidationError]) -> str:
    """Where they are and which rule each is about, without any value: `$.name (minLength), $ (required)`."""
    return ", ".join(dict.fromkeys(f"{error.json_path} ({error.validator})" for error in errors))


def _words(error: ValidationError) -> str:
    known = _WORDS.get(str(error.validator))
    if known is None or not isinstance(error.schema, Mapping):
        return error.message
    return known(error.validator_value, error.instance, error.schema) or error.message


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _required(rule: Any, value: Any, _schema: Mapping[str, Any]) -> str:
    missing = sorted(name for name in rule if name not in value)
    return f"object has missing required properties ({_json(missing)})"


def _type(rule: Any, value: Any, _schema: Mapping[str, Any]) -> str:
    allowed = {rule} if isinstance(rule, str) else set(rule)
    if "number" in allowed:
        allowed.add("integer")
    return (
        f"instance type ({_kind(value)}) does not match any allowed primitive type (allowed: {_json(sorted(allowed))})"
    )


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
    return "object"


def _minimum(rule: Any, value: Any, schema: Mapping[str, Any]) -> str:
    if schema.get("exclusiveMinimum"):
        return f"numeric instance is not strictly greater than the required minimum {rule}"
    return f"numeric instance is lower than the required minimum (minimum: {rule}, found: {value})"


def _maximum(rule: Any, value: Any, schema: Mapping[str, Any]) -> str:
    if schema.get("exclusiveMaximum"):
        return f"numeric instance is not strictly lower than the required maximum {rule}"
    return f"numeric instance is greater than the required maximum (maximum: {rule}, found: {value})"


def _more(_rule: Any, value: Any, schema: Mapping[str, Any]) -> str:
    if "patternProperties" in schema:
        return ""
    more = [name for name in value if name not in schema.get("properties", {})]
    return f"object instance has properties which are not allowed by the schema: {_json(more)}"


_WORDS: dict[str, Words] = {
    "required": _required,
    "type": _type,
    "minimum": _minimum,
    "maximum": _maximum,
    "additionalProperties": _more,
    "enum": lambda rule, value, _: (
        f"instance value ({_json(value)}) not found in enum (possible values: {_json(rule)})"
    ),
    "minLength": lambda rule, value, _: (
        f"string {_json(value)} is too short (length: {len(value)}, required minimum: {rule})"
    ),
    "maxLength": lambda rule, value, _: (
        f"string {_json(value)} is too long (length: {len(value)}, maximum allowed: {rule})"
    ),
    "minItems": lambda rule, value, _: (
        f"array is too short: must have at least {rule} elements but instance has {len(value)} elements"
    ),
    "maxItems": lambda rule, value, _: (
        f"array is too long: must have at most {rule} elements but instance has {len(value)} elements"
    ),
    "minProperties": lambda rule, value, _: (
        f"object has too few properties (found {len(value)} but schema requires at least {rule})"
    ),
    "maxProperties": lambda rule, value, _: (
        f"object has too many properties (found {len(value)} but schema requires at most {rule})"
    ),
    "uniqueItems": lambda *_: "array must not contain duplicate elements",
    "multipleOf": lambda rule, value, _: f"remainder of division is not zero ({value} / {rule})",
    "pattern": lambda rule, value, _: f"ECMA 262 regex {_json(rule)} does not match input string {_json(value)}",
    "anyOf": lambda rule, *_: f"instance failed to match at least one required schema among {len(rule)}",
    "not": lambda *_: "instance matched a schema which it should not have",
}
