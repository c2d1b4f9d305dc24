"""Patterns of IAM policies: `*` is any number of characters, `?` exactly one, `${aws:KEY}` the value of a condition
key, in which neither means anything but itself. Source: AWS docs, "IAM JSON policy elements": Resource and variables.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, auto
from functools import lru_cache

Keys = Mapping[str, tuple[str, ...]]
"""Condition keys in lower case, and what is known of each: mostly one value."""

_VARIABLE = re.compile(r"\$\{\s*([^},]+?)\s*(?:,\s*'([^']*)'\s*)?\}")


class Wild(Enum):
    ONE = auto()
    MANY = auto()


Part = str | tuple[str | Wild, ...]
"""What stands between two stars: a text, or single characters where any one of them may be any."""

Pattern = tuple[Part, ...]
"""One part more than there are stars."""


class Unresolved(ValueError):
    """A pattern names a variable that has no value, so nobody can say what it matches."""


def pattern(text: str, keys: Keys, *, variables: bool) -> Pattern:
    """`text` with its variables put in, where the policy's version has variables. Raises `Unresolved`."""
    if not variables or "${" not in text:
        return _constant(text)
    pieces: list[str | Wild] = []
    done = 0
    for found in _VARIABLE.finditer(text):
        pieces += _wild(text[done : found.start()])
        pieces += _value(found[1], found[2], keys)
        done = found.end()
    return _parts([*pieces, *_wild(text[done:])])


def literal(text: str, keys: Keys, *, variables: bool) -> str:
    """The same where wildcards have no meaning. Raises `Unresolved`."""
    if not variables or "${" not in text:
        return text
    return _VARIABLE.sub(lambda found: _value(found[1], found[2], keys), text)


def fits(wanted: Pattern, text: str) -> bool:
    """Whether all of `text` is as the pattern says. Takes no longer than length times length."""
    first, last = wanted[0], wanted[-1]
    if len(wanted) == 1:
        return len(first) == len(text) and _stands(first, text, 0)
    at, end = len(first), len(text) - len(last)
    if at > end or not _stands(first, text, 0) or not _stands(last, text, end):
        return False
    for part in wanted[1:-1]:
        found = _found(part, text, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _stands(part: Part, text: str, at: int) -> bool:
    if isinstance(part, str):
        return text.startswith(part, at)
    return all(here is Wild.ONE or here == there for here, there in zip(part, text[at : at + len(part)], strict=True))


def _found(part: Part, text: str, at: int, end: int) -> int:
    """Where the part stands first, wholly between the two; -1: nowhere."""
    if isinstance(part, str):
        return text.find(part, at, end)
    places = range(at, end - len(part) + 1)
    return next((place for place in places if _stands(part, text, place)), -1)


@lru_cache(maxsize=1024)
def _constant(text: str) -> Pattern:
    return _parts(_wild(text))


def _parts(pieces: list[str | Wild]) -> Pattern:
    parts: list[list[str | Wild]] = [[]]
    for piece in pieces:
        if piece is Wild.MANY:
            parts.append([])
        else:
            parts[-1].append(piece)
    return tuple(tuple(part) if Wild.ONE in part else "".join(map(str, part)) for part in parts)


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
