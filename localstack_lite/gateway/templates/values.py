"""Values as templates have them, and how they print: as Java prints them, in which API Gateway's Velocity runs.

A template knows texts, whole and broken numbers, `true` and `false`, null (`None`), maps (`dict`), lists (`list`), and
a few things of ours that speak `Thing`. Recorded: a map prints as `{foo=bar}`, a list that came out of JSON as JSON.
Pure.
"""

from __future__ import annotations

import json
from typing import Any, Final

Value = Any

#: Characters that a template may make: API Gateway's limit for a payload (AWS quotas).
LARGEST_TEXT: Final = 10 * 1024 * 1024


class CannotGoOn(Exception):
    """The template asks for something that cannot be done; the first argument says what. AWS answers 500."""


class Thing:
    """A value with members and methods of its own. Nothing else of a Python object can be reached."""

    __slots__ = ()

    def member(self, name: str) -> Value:  # noqa: ARG002  (one signature for all of its kind)
        """None where there is none."""
        return None

    def call(self, name: str, arguments: list[Value]) -> Value:  # noqa: ARG002  (one signature for all of its kind)
        """None where there is no such method. Raises `CannotGoOn`."""
        return None


class JsonList(list[Value]):
    """A list that came out of JSON: prints as JSON."""


def of_json(value: object) -> Value:
    """Parsed JSON as a template has it; a copy, because templates may change it."""
    if isinstance(value, dict):
        return {name: of_json(item) for name, item in value.items()}
    if isinstance(value, list):
        return JsonList(of_json(item) for item in value)
    return value


def text_of(value: Value) -> str:
    """What a value prints as. Raises `CannotGoOn` when that is more than a payload may have."""
    match value:
        case str():
            return value
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return _broken_number(value)
        case JsonList():
            return to_json(value)
        case dict():
            return _joined([f"{text_of(name)}={text_of(item)}" for name, item in value.items()], "{}")
        case list():
            return _joined([text_of(item) for item in value], "[]")
        case _:
            return ""


def to_json(value: Value) -> str:
    """A value as JSON, without blanks between its parts."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=text_of)
    except (ValueError, TypeError) as error:
        raise CannotGoOn(f"a value cannot be written as JSON: {error}") from None


def limited(text: str) -> str:
    if len(text) > LARGEST_TEXT:
        raise CannotGoOn(f"a text of more than {LARGEST_TEXT} characters")
    return text


def true(value: Value) -> bool:
    """What `#if` makes of a value: everything is true but `false` and null (Velocity 1: the empty text, too)."""
    return value is not None and value is not False


def _joined(parts: list[str], braces: str) -> str:
    if sum(map(len, parts)) > LARGEST_TEXT:
        raise CannotGoOn(f"a text of more than {LARGEST_TEXT} characters")
    return f"{braces[0]}{', '.join(parts)}{braces[1]}"


def _broken_number(value: float) -> str:
    """As `Double.toString`: at least one digit behind the point, an exponent from 10^7 on and below 10^-3."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        plain = repr(value)
        return plain if "e" not in plain else f"{value:.20f}".rstrip("0")
    digits, _, exponent = repr(value).partition("e")
    if not exponent:
        known = len(digits.replace(".", "").strip("-0"))
        digits, _, exponent = f"{value:.{max(known - 1, 1)}e}".partition("e")
    return f"{digits if '.' in digits else f'{digits}.0'}E{int(exponent)}"
