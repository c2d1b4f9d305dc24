"""`serverless.yml` with every variable replaced by its value. Pure: files and stores come in as callables.

A variable alone keeps the type of its value; in a longer text it becomes text. The first source that has a value
counts. What has no value is told once, at its line, and left out: the rest of the project runs without it. Recorded
with osls 3.77 where the documents are silent.

Nothing is resolved that nobody asks for, so a value for another stage costs nothing and is not complained about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, Protocol

from localstack_lite.config.parameters import as_text
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.serverless.syntax import (
    Literal,
    Malformed,
    Source,
    Text,
    Variable,
    has_variables,
    parse_text,
)
from localstack_lite.config.yaml_cfn import KeyPath
from localstack_lite.errors import UserError
from localstack_lite.model.project import Problem

#: Lines of the n-th file that is included are counted from n times this, so that one figure says file and line.
NEXT_FILE: Final = 1_000_000
#: Variables inside of what variables stand for; values put in; signs of one text. Far more than anybody writes.
_MOST_LEVELS, _MOST_VALUES, _MOST_SIGNS = 60, 50_000, 1_000_000


class Missing(Enum):
    """No value, which somebody was told."""

    VALUE = "value"


MISSING: Final = Missing.VALUE


class Unfound(Exception):
    """A source has no value; another may. `what` is a clause, `hint` what to do."""

    def __init__(self, what: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in one of the files. The project's own file has the number 0."""

    file: int
    path: KeyPath = ()

    def __truediv__(self, key: str) -> Spot:
        return Spot(self.file, (*self.path, key))

    def __str__(self) -> str:
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Node:
    """A value as it stands, and where. Text in it has no variables left when it is a text itself."""

    value: Any
    spot: Spot


@dataclass(frozen=True, slots=True)
class File:
    """What one file says. `name` is for messages."""

    name: str
    value: Any
    lines: Mapping[KeyPath, int] = field(default_factory=dict)

    def line(self, path: KeyPath) -> int:
        return next((line for end in range(len(path), 0, -1) if (line := self.lines.get(path[:end]))), 0)


class Sources(Protocol):
    """Who answers for all sources but `self` and `file`, and reads files. Both raise Unfound and Refusal: the first
    when a fallback may help, the second when nothing does."""

    def load(self, path: str) -> File: ...

    def value(self, source: str, params: tuple[str, ...], address: str, own: Own) -> object: ...


class Own(Protocol):
    """The project's own values."""

    def follow(self, *keys: str) -> object:
        """The value at a path, resolved as far as it is text; None when there is none."""
        ...


@dataclass(slots=True)
class Resolver:
    """`lines` grows with the places of what was resolved, by its path in the result."""

    files: list[File]
    sources: Sources
    problems: list[Problem] = field(default_factory=list)
    lines: dict[KeyPath, int] = field(default_factory=dict)
    _names: dict[str, int] = field(default_factory=dict)
    _texts: dict[Spot, Node | Missing] = field(default_factory=dict)
    _active: list[Spot] = field(default_factory=list)
    _inside: list[Spot] = field(default_factory=list)
    _count: int = 0

    def whole(self, *keys: str) -> Any:
        """What stands at a path with all variables replaced; None when nothing does."""
        try:
            node = self._at(Node(self.files[0].value, Spot(0)), keys)
        except Unfound:
            return None
        if node is MISSING:
            return None
        self.lines[keys] = self.line(Spot(0, keys))
        found = self._deep(node, keys)
        return None if found is MISSING else found

    def follow(self, *keys: str) -> object:
        try:
            node = self._at(Node(self.files[0].value, Spot(0)), keys)
        except Unfound:
            return None
        return None if node is MISSING else node.value

    def line(self, spot: Spot) -> int:
        line = self.files[spot.file].line(spot.path)
        return spot.file * NEXT_FILE + line if line else 0

    def where(self, spot: Spot) -> str:
        file = self.files[spot.file]
        line = file.line(spot.path)
        return f"{file.name}:{line}" if line else file.name

    def _deep(self, node: Node, at: KeyPath) -> Any:
        value, spot = node.value, node.spot
        if isinstance(value, str):
            found = self._string(value, spot)
            if found is MISSING or isinstance(found.value, str):
                return found if found is MISSING else found.value
            return self._deep(found, at)
        if not isinstance(value, dict | list):
            return value
        if spot in self._inside or len(self._inside) > _MOST_LEVELS:
            self._tell(spot, f"{spot} stands inside of itself", "take the variable out that leads back")
            return MISSING
        self._inside.append(spot)
        try:
            items = value.items() if isinstance(value, dict) else enumerate(value)
            made = {}
            for key, item in items:
                below, here = spot / str(key), (*at, str(key))
                if line := self.line(below):
                    self.lines[here] = line
                if (found := self._deep(Node(item, below), here)) is not MISSING:
                    made[key] = found
            return made if isinstance(value, dict) else list(made.values())
        finally:
            self._inside.pop()

    def _string(self, text: str, spot: Spot) -> Node | Missing:
        """The value of a text: what a variable alone leads to may be anything, of which no text was looked into."""
        if spot in self._texts:
            return self._texts[spot]
        if not has_variables(text):
            return Node(text, spot)
        if spot in self._active or len(self._active) > _MOST_LEVELS:
            ring = (
                [str(one) for one in (*self._active[self._active.index(spot) :], spot)] if spot in self._active else []
            )
            what = f"variables lead in a circle: {' → '.join(ring)}" if ring else "variables lead too far"
            self._tell(spot, what, "give one of them a value of its own")
            return MISSING
        with self._within(spot):
            try:
                found = self._value(parse_text(text), spot)
            except Malformed as error:
                self._tell(spot, str(error), "write ${source:name, 'default'}")
                found = MISSING
            except Unfound as error:
                self._tell(spot, error.what, error.hint)
                found = MISSING
            except Refusal as refusal:
                self._tell(spot, refusal.what, refusal.hint)
                found = MISSING
            except UserError as error:
                self.problems.append(Problem(error.where, error.what, error.hint, str(spot)))
                found = MISSING
        self._texts[spot] = found
        return found

    @contextmanager
    def _within(self, spot: Spot) -> Iterator[None]:
        self._active.append(spot)
        try:
            yield
        finally:
            self._active.pop()

    def _value(self, text: Text, spot: Spot) -> Node | Missing:
        if text.whole is not None:
            return self._variable(text.whole, spot)
        made = ""
        for part in text.parts:
            if isinstance(part, str):
                made += part
                continue
            found = self._variable(part, spot)
            if found is MISSING:
                return MISSING
            if isinstance(found.value, dict | list):
                what = f"{part.text} in a longer text is no text"
                raise Refusal(what, "let the variable stand alone, or name a value inside of it")
            made += "null" if found.value is None else as_text(found.value)
            if len(made) > _MOST_SIGNS:
                raise Refusal(f"{spot} becomes longer than {_MOST_SIGNS} signs", "")
        return Node(made, spot)

    def _variable(self, variable: Variable, spot: Spot) -> Node | Missing:
        self._count += 1
        if self._count > _MOST_VALUES:
            raise Refusal("there are too many variables", "")
        missed: list[Unfound] = []
        lost = False
        for source in variable.sources:
            try:
                match source:
                    case Variable():
                        found = self._variable(source, spot)
                    case Literal(Text() as inner):
                        found = self._value(inner, spot)
                    case Literal(plain):
                        return Node(plain, spot)
                    case Source():
                        found = self._source(source, spot)
            except Unfound as error:
                missed.append(error)
                continue
            if found is MISSING:
                lost = True
            elif found.value is not None:
                return found
        if lost:
            return MISSING
        first = next((one for one in missed if one.what), Unfound("has no value", "give it a default: ${..., 'value'}"))
        raise Unfound(f"{variable.text}: {first.what}", first.hint)

    def _source(self, source: Source, spot: Spot) -> Node | Missing:
        params = [self._argument(param, spot) for param in source.params]
        address = self._argument(source.address, spot) if source.address is not None else ""
        if address is MISSING or any(param is MISSING for param in params):
            return MISSING
        if source.kind == "self":
            keys = address.split(".") if address else []
            return self._at(Node(self.files[0].value, Spot(0)), keys)
        if source.kind == "file":
            if not params or not params[0]:
                raise Refusal("${file()} names no file", "write ${file(./values.yml):key}")
            return self._file(str(params[0]), address)
        return Node(self.sources.value(source.kind, tuple(map(str, params)), address, self), spot)

    def _argument(self, text: Text, spot: Spot) -> str | Missing:
        found = self._value(text, spot)
        return found if found is MISSING else as_text(found.value)

    def _file(self, path: str, address: str) -> Node | Missing:
        if path not in self._names:
            file = self.sources.load(path)
            same = next((number for number, one in enumerate(self.files) if one.name == file.name), None)
            if same is None:
                self.files.append(file)
            self._names[path] = len(self.files) - 1 if same is None else same
        number = self._names[path]
        return self._at(Node(self.files[number].value, Spot(number)), address.split(".") if address else [])

    def _at(self, node: Node, keys: list[str] | KeyPath) -> Node | Missing:
        """Follows keys through what variables stand for. Unfound when there is nothing."""
        found = node
        for key in (*keys, None):
            if isinstance(found.value, str):
                text = self._string(found.value, found.spot)
                if text is MISSING:
                    return MISSING
                found = text
            if key is None:
                break
            match found.value:
                case dict() as names if key in names:
                    found = Node(names[key], found.spot / key)
                case list() as listed if key.isdecimal() and int(key) < len(listed):
                    found = Node(listed[int(key)], found.spot / key)
                case _:
                    place = ".".join(keys)
                    if node.spot.file:
                        place = f"{place} in {self.files[node.spot.file].name}"
                    raise Unfound(f"there is no {place}", "define it, or give a default: ${..., 'value'}")
        return found

    def _tell(self, spot: Spot, what: str, hint: str) -> None:
        path = str(spot)
        self.problems.append(Problem(self.where(spot), f"{path}: {what}; it is left out", hint, path))
