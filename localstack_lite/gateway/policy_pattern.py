"""Patterns of IAM policies: `*` is any number of characters, `?` exactly one, `${aws:KEY}` the value of a condition
key, in which neither means anything but itself. Source: AWS docs, "IAM JSON policy elements": Resource and variables.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum, auto

Keys = Mapping[str, tuple[str, ...]]
"""Condition keys in lower case, and what is known of each: mostly one value."""

_VARIABLE = re.compile(r"\$\{\s*([^},]+?)\s*(?:,\s*'([^']*)'\s*)?\}")


class Wild(Enum):
    ONE = auto()
    MANY = auto()


Pattern = Sequence[str | Wild]
"""Single characters and wildcards."""


class Unresolved(ValueError):
    """A pattern names a variable that has no value, so nobody can say what it matches."""


def pattern(text: str, keys: Keys, *, variables: bool) -> Pattern:
    """`text` with its variables put in, where the policy's version has variables. Raises `Unresolved`."""
    if not variables or "${" not in text:
        return _wild(text)
    pieces: list[str | Wild] = []
    done = 0
    for found in _VARIABLE.finditer(text):
        pieces += _wild(text[done : found.start()])
        pieces += _value(found[1], found[2], keys)
        done = found.end()
    return [*pieces, *_wild(text[done:])]


def literal(text: str, keys: Keys, *, variables: bool) -> str:
    """The same where wildcards have no meaning. Raises `Unresolved`."""
    if not variables or "${" not in text:
        return text
    return _VARIABLE.sub(lambda found: _value(found[1], found[2], keys), text)


def fits(wanted: Pattern, text: str) -> bool:
    """Whether all of `text` is as the pattern says. Takes no longer than length times length."""
    at = step = 0
    star, mark = -1, 0
    while at < len(text):
        here = wanted[step] if step < len(wanted) else None
        if here is Wild.MANY:
            star, mark = step, at
            step += 1
        elif here is Wild.ONE or here == text[at]:
            step += 1
            at += 1
        elif star >= 0:
            mark += 1
            step, at = star + 1, mark
        else:
            return False
    return all(piece is Wild.MANY for piece in wanted[step:])


def _wild(text: str) -> list[str | Wild]:
    return [Wild.MANY if c == "*" else Wild.ONE if c == "?" else c for c in text]


def _value(name: str, default: str | None, keys: Keys) -> str:
    if name in ("*", "?", "$"):
        return name
    values = keys.get(name.lower())
    if values is not None and len(values) == 1:
        return values[0]
    if default is None:
        raise Unresolved(f"${{{name}}} has no value")
    return default
