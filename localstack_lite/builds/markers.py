"""Environment markers of requirements, compared with Lambda's machine and not with this one. Pure.

Source: the PyPA specification "Dependency specifiers" (PEP 508); versions are ordered as PEP 440 has it, as far as
markers use them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>'[^']*'|"[^"]*")|(?P<sign>===|==|!=|<=|>=|~=|<|>|\(|\))|(?P<word>[A-Za-z_][\w.]*))"""
)
_VERSIONS = frozenset({"python_version", "python_full_version", "implementation_version", "platform_release"})
_RELEASE = re.compile(r"v?(\d+(?:\.\d+)*)(.*)", re.I)
_EARLIER = re.compile(r"[-_.]?(a|b|c|rc|alpha|beta|pre|dev)", re.I)
_ORDER = {"dev": -4, "a": -3, "alpha": -3, "b": -2, "beta": -2, "c": -1, "rc": -1, "pre": -1}

Version = tuple[tuple[int, ...], int, int]


def holds(marker: str, environment: Mapping[str, str]) -> bool:
    """Whether a marker is true there. Raises ValueError for what is no marker. An empty one is true."""
    if not marker.strip():
        return True
    reader = _Reader(_tokens(marker), environment)
    answer = reader.either()
    if reader.rest:
        raise ValueError(f"no marker: {marker}")
    return answer


def version(text: str) -> Version:
    """Something that versions can be ordered by."""
    found = _RELEASE.match(text.strip())
    if found is None:
        return (), 0, 0
    figures = [int(figure) for figure in found[1].split(".")]
    while len(figures) > 1 and figures[-1] == 0:
        figures.pop()
    early = _EARLIER.match(found[2])
    number = re.search(r"\d+", found[2])
    return tuple(figures), _ORDER[early[1].lower()] if early else 0, int(number[0]) if number else 0


def compared(left: str, sign: str, right: str) -> bool:
    """Two versions. `==3.11.*`, `!=3.11.*` and `~=3.11` as PEP 440 has them."""
    if right.endswith(".*"):
        beginning = right[:-2].split(".")
        same = left.split(".")[: len(beginning)] == beginning
        return same if sign == "==" else not same
    a, b = version(left), version(right)
    match sign:
        case "==" | "===":
            return a == b
        case "!=":
            return a != b
        case "<":
            return a < b
        case "<=":
            return a <= b
        case ">":
            return a > b
        case ">=":
            return a >= b
        case "~=":
            beginning = right.split(".")[:-1]
            return a >= b and left.split(".")[: len(beginning)] == beginning
    raise ValueError(f"no comparison: {sign}")


def _tokens(marker: str) -> list[str]:
    tokens, at = [], 0
    text = marker.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ValueError(f"no marker: {marker}")
        tokens.append(found[found.lastgroup or 0])
        at = found.end()
    return tokens


class _Reader:
    """`or` binds weakest, then `and`. All of it is read, whatever its first part says."""

    def __init__(self, tokens: list[str], environment: Mapping[str, str]) -> None:
        self.rest = tokens
        self._environment = environment

    def either(self) -> bool:
        answer = self._both()
        while self._take("or"):
            answer = self._both() or answer
        return answer

    def _both(self) -> bool:
        answer = self._one()
        while self._take("and"):
            answer = self._one() and answer
        return answer

    def _one(self) -> bool:
        if self._take("("):
            answer = self.either()
            if not self._take(")"):
                raise ValueError("a marker lacks a bracket")
            return answer
        left, sign, right = self._next(), self._next(), ""
        if sign == "not":
            sign = f"not {self._next()}"
        right = self._next()
        a, b = self._value(left), self._value(right)
        match sign:
            case "in":
                return a in b
            case "not in":
                return a not in b
        if left in _VERSIONS or right in _VERSIONS:
            return compared(a, sign, b)
        match sign:
            case "==" | "===" | "~=":
                return a == b
            case "!=":
                return a != b
            case "<" | "<=" | ">" | ">=":
                return compared(a, sign, b)
        raise ValueError(f"no comparison: {sign}")

    def _value(self, token: str) -> str:
        if token[0] in "'\"":
            return token[1:-1]
        if token not in self._environment:
            raise ValueError(f"no such variable: {token}")
        return self._environment[token]

    def _take(self, token: str) -> bool:
        if self.rest and self.rest[0] == token:
            del self.rest[0]
            return True
        return False

    def _next(self) -> str:
        if not self.rest:
            raise ValueError("a marker ends too early")
        return self.rest.pop(0)
