"""The variables in a text of `serverless.yml`: `${self:custom.x, opt:y, 'default'}` → values. Pure.

A variable begins with `${`, the name of a source in lower case, and `:` or `(`; everything else, `${AWS::Region}` and
`${Name}` included, is CloudFormation's. A backslash before it keeps it as text; a `$` before it is swallowed. Recorded
from the parser of osls 3.77. A variable among the fallbacks of another, which that parser refuses, is taken here: older
versions took it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_START = re.compile(r"\$\{(?=[a-z][A-Za-z0-9]*[:(])")
_NAME = re.compile(r"[a-z][A-Za-z0-9]*")
_PLAIN = re.compile(r"(?:true|false|null|-?\d+(?:\.\d+)?)(?=\s*[,}])")
_QUOTES = "'\""
#: Variables inside variables. Nobody writes five.
_MOST_LEVELS = 40


class Malformed(Exception):
    """`str()` says in one clause what is wrong with a text."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text in parts; what is no plain text is a variable."""

    parts: tuple[str | Variable, ...]

    @property
    def plain(self) -> str | None:
        """The text when no variable is in it."""
        texts = [part for part in self.parts if isinstance(part, str)]
        return "".join(texts) if len(texts) == len(self.parts) else None

    @property
    def whole(self) -> Variable | None:
        """The variable when there is nothing beside it: its value keeps its type."""
        match self.parts:
            case (Variable() as only,):
                return only
        return None


@dataclass(frozen=True, slots=True)
class Source:
    """`KIND(PARAMS):ADDRESS`."""

    kind: str
    params: tuple[Text, ...] = ()
    address: Text | None = None


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, true, false, null, or a text in quotes, in which there may be variables."""

    value: Text | float | int | bool | None


@dataclass(frozen=True, slots=True)
class Variable:
    """The first source that has a value counts. `text` is the variable as it was written."""

    sources: tuple[Source | Literal | Variable, ...]
    text: str


def parse_text(text: str) -> Text:
    """Raises Malformed."""
    return _Scanner(text).text("")


def has_variables(text: str) -> bool:
    """Whether there is anything to parse."""
    return _START.search(text) is not None


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._level = 0

    def text(self, ends: str) -> Text:
        """Up to one of the signs in `ends`, which is left."""
        parts: list[str | Variable] = []
        plain = ""
        while self._at < len(self._text) and self._text[self._at] not in ends:
            if not _START.match(self._text, self._at):
                plain += self._text[self._at]
                self._at += 1
                continue
            kept = plain.rstrip("\\")
            slashes = len(plain) - len(kept)
            plain = kept + "\\" * (slashes // 2)
            if slashes % 2:
                plain += "${"
                self._at += 2
                continue
            parts.append(plain.removesuffix("$"))
            plain = ""
            parts.append(self._variable())
        return Text(tuple(part for part in (*parts, plain) if part != ""))

    def _variable(self) -> Variable:
        begin = self._at
        self._at += 2
        self._level += 1
        if self._level > _MOST_LEVELS:
            raise Malformed("variables are nested too deep")
        sources = [self._source()]
        while (sign := self._next()) == ",":
            self._at += 1
            sources.append(self._source())
        if sign != "}":
            said = f"{sign} is not expected" if sign else "its closing } is missing"
            raise Malformed(f"{self._text[begin : begin + 60]}: {said}")
        self._at += 1
        self._level -= 1
        return Variable(tuple(sources), self._text[begin : self._at])

    def _source(self) -> Source | Literal | Variable:
        sign = self._next()
        if sign and sign in _QUOTES:
            return Literal(self._quoted())
        if _START.match(self._text, self._at):
            return self._variable()
        if plain := _PLAIN.match(self._text, self._at):
            self._at = plain.end()
            return Literal(_value(plain[0]))
        name = _NAME.match(self._text, self._at)
        if name is None or self._text[name.end() : name.end() + 1] not in (":", "("):
            rest = re.split(r"[,}]", self._text[self._at :])[0].strip()[:40]
            raise Malformed(f"{rest or 'nothing'} is no source of a value and no text in quotes")
        self._at = name.end()
        params: list[Text] = []
        if self._text[self._at] == "(":
            self._at += 1
            while (sign := self._next()) != ")":
                params.append(self._argument(",)"))
                if self._next() == ",":
                    self._at += 1
                elif self._next() != ")":
                    raise Malformed(f"the parentheses of {name[0]} are not closed")
            self._at += 1
        address = None
        if self._text[self._at : self._at + 1] == ":":
            self._at += 1
            address = self._argument(",}")
        return Source(name[0], tuple(params), address if address and address.parts else None)

    def _argument(self, ends: str) -> Text:
        sign = self._next()
        return self._quoted() if sign and sign in _QUOTES else _stripped(self.text(ends))

    def _quoted(self) -> Text:
        quote = self._text[self._at]
        self._at += 1
        found = self.text(quote)
        if self._at >= len(self._text):
            raise Malformed("a quote is not closed")
        self._at += 1
        return found

    def _next(self) -> str:
        while self._text[self._at : self._at + 1].isspace():
            self._at += 1
        return self._text[self._at : self._at + 1]


def _stripped(text: Text) -> Text:
    parts = list(text.parts)
    if parts and isinstance(parts[-1], str):
        parts[-1] = parts[-1].rstrip()
    return Text(tuple(part for part in parts if part != ""))


def _value(word: str) -> float | int | bool | None:
    if word in ("true", "false"):
        return word == "true"
    if word == "null":
        return None
    return float(word) if "." in word else int(word)
