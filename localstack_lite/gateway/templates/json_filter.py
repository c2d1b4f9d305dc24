"""Filters of JSONPath: `[?(@.price < 10 && @.kind == 'book')]`. Pure.

Understood: `@...` paths (relative to the element), texts, numbers, `true`, `false`, `null`, the comparisons `==`, `!=`,
`<`, `<=`, `>`, `>=`, `=~ /regex/`, `in [..]`, existence, `!`, `&&`, `||` and parentheses.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Final


class BadPath(ValueError):
    """The JSONPath cannot be read; the first argument says why."""


Filter = Callable[[object], bool]
Find = Callable[[str, object], object]
_Operand = Callable[[object], object]

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
      | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<regex>/(?:[^/\\]|\\.)*/i?)
      | (?P<path>@(?:\.{1,2}[\w*-]+(?:\(\))?|\[(?:'[^']*'|"[^"]*"|-?\d+|\*)\])*)
      | (?P<sign>&&|\|\||==|!=|=~|<=|>=|[<>!(),\[\]])
      | (?P<word>\w+)
    )""",
    re.VERBOSE | re.DOTALL,
)
_WORDS: Final[dict[str, object]] = {"true": True, "false": False, "null": None}
_ORDERS: Final[dict[str, Callable[..., bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
#: Parentheses in each other: more than anybody writes.
_DEEPEST: Final = 40


def filter_of(text: str, at: int, find: Find, missing: object) -> tuple[Filter, int]:
    """The filter that begins at its parenthesis, and where its bracket ends. Raises `BadPath`."""
    reader = _Reader(text, at, find, missing)
    found = reader.either()
    if reader.taken("]"):
        return found, reader.at
    raise reader.lost()


class _Reader:
    def __init__(self, text: str, at: int, find: Find, missing: object) -> None:
        self._text = text
        self.at = at
        self._find = find
        self._missing = missing
        self._depth = 0

    def lost(self) -> BadPath:
        return BadPath(f"the filter cannot be read from {self._text[self.at : self.at + 20]!r} on")

    def taken(self, sign: str) -> bool:
        found = _TOKEN.match(self._text, self.at)
        if found and found["sign"] == sign:
            self.at = found.end()
            return True
        return False

    def either(self) -> Filter:
        parts = [self._both()]
        while self.taken("||"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else lambda value: any(part(value) for part in parts)

    def _both(self) -> Filter:
        parts = [self._single()]
        while self.taken("&&"):
            parts.append(self._single())
        return parts[0] if len(parts) == 1 else lambda value: all(part(value) for part in parts)

    def _single(self) -> Filter:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise BadPath("the filter has too many parts in each other")
        try:
            if self.taken("!"):
                inner = self._single()
                return lambda value: not inner(value)
            if self.taken("("):
                inner = self.either()
                if not self.taken(")"):
                    raise self.lost()
                return inner
            return self._comparison()
        finally:
            self._depth -= 1

    def _comparison(self) -> Filter:
        left = self._operand()
        found = _TOKEN.match(self._text, self.at)
        sign = found["sign"] or found["word"] if found else ""
        if found is None or sign not in ("==", "!=", "=~", "in", *_ORDERS):
            return lambda value: left(value) is not self._missing
        self.at = found.end()
        if sign == "=~":
            return self._regex(left)
        if sign == "in":
            return self._in(left)
        right = self._operand()
        if sign == "==":
            return lambda value: _same(left(value), right(value))
        if sign == "!=":
            return lambda value: not _same(left(value), right(value))
        order = _ORDERS[sign]
        return lambda value: _ordered(order, left(value), right(value))

    def _operand(self) -> _Operand:
        found = _TOKEN.match(self._text, self.at)
        if found is None:
            raise self.lost()
        constant: object
        if found["path"]:
            path, find = f"${found['path'][1:]}", self._find
            self.at = found.end()
            return lambda value: find(path, value)
        if found["text"]:
            constant = re.sub(r"\\(.)", r"\1", found["text"][1:-1], flags=re.DOTALL)
        elif found["number"]:
            number = float(found["number"])
            constant = int(number) if number.is_integer() else number
        elif found["word"] in _WORDS:
            constant = _WORDS[found["word"]]
        else:
            raise self.lost()
        self.at = found.end()
        return lambda _: constant

    def _regex(self, left: _Operand) -> Filter:
        found = _TOKEN.match(self._text, self.at)
        if found is None or not found["regex"]:
            raise self.lost()
        self.at = found.end()
        body, _, flags = found["regex"][1:].rpartition("/")
        try:
            pattern = re.compile(body, re.IGNORECASE if flags else 0)
        except re.error as error:
            raise BadPath(f"the filter's regular expression: {error}") from None

        def matches(value: object) -> bool:
            text = left(value)
            return isinstance(text, str) and pattern.fullmatch(text) is not None

        return matches

    def _in(self, left: _Operand) -> Filter:
        if not self.taken("["):
            raise self.lost()
        items = [self._operand()]
        while self.taken(","):
            items.append(self._operand())
        if not self.taken("]"):
            raise self.lost()
        return lambda value: any(_same(left(value), item(value)) for item in items)


def _same(left: object, right: object) -> bool:
    return isinstance(left, bool) == isinstance(right, bool) and left == right


def _ordered(order: Callable[..., bool], left: object, right: object) -> bool:
    numbers = all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in (left, right))
    texts = isinstance(left, str) and isinstance(right, str)
    return order(left, right) if numbers or texts else False
