"""JSONPath as API Gateway's templates and parameter mappings read it: Jayway's dialect, the part that people use. Pure.

A path that can mean one place only (`$.a.b[0]`) finds the value there, or `MISSING`; one that can mean several (`..`,
`[*]`, slices, several names, filters) finds a list. Understood: names with dots and in brackets, indexes (negative ones
count from the end), slices, wildcards, descendants, filters (`json_filter`), and the functions at a path's end that
`_FUNCTIONS` lists. Anything else is a `BadPath`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from localstack_lite.gateway.templates.json_filter import BadPath, Filter, filter_of

__all__ = ["MISSING", "BadPath", "find", "parsed"]


class _Missing:
    __slots__ = ()

    def __bool__(self) -> bool:
        return False


MISSING: Final = _Missing()

#: Values that one path may look at: a path is a line of a template, and must not stop the gateway.
LARGEST: Final = 200_000

_NAME = re.compile(r"[^.\[\]()'\"\s]+")
_QUOTED = re.compile(r"""\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*""", re.DOTALL)
_INDEXES = re.compile(r"\s*(-?\d{1,9})(?:\s*,\s*-?\d{1,9})*\s*\]")
_SLICE = re.compile(r"\s*(-?\d{1,9})?\s*:\s*(-?\d{1,9})?\s*(?::\s*(-?\d{1,9})?\s*)?\]")
_CALL = re.compile(r"(\w+)\(\)$")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)

Selector = Callable[[object], Iterable[object]]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path; `deep`: everywhere below, too. `one`: it can mean one place only."""

    select: Selector
    one: bool
    deep: bool = False


@dataclass(frozen=True, slots=True)
class JsonPath:
    steps: tuple[Step, ...]
    function: str = ""

    def find(self, value: object) -> object:
        nodes: list[object] = [value]
        one = True
        for step in self.steps:
            one = one and step.one and not step.deep
            found: list[object] = []
            for node in nodes:
                for place in _below(node) if step.deep else (node,):
                    found.extend(step.select(place))
                    if len(found) > LARGEST:
                        raise BadPath(f"the path means more than {LARGEST} values")
            nodes = found
        result: object = nodes if not one else nodes[0] if nodes else MISSING
        return _FUNCTIONS[self.function](result) if self.function else result


def find(path: str, value: object) -> object:
    """What the path means in a value. Raises `BadPath`."""
    return parsed(path).find(value)


@lru_cache(maxsize=512)
def parsed(path: str) -> JsonPath:
    """The path, read. Raises `BadPath`."""
    text = path.strip()
    if not text.startswith("$"):
        text = f"$.{text}" if text and text[0] != "[" else f"${text}"
    steps: list[Step] = []
    at, function = 1, ""
    while at < len(text):
        deep = text.startswith("..", at)
        at += 2 if deep else 1 if text[at] == "." else 0
        if at >= len(text):
            raise BadPath(f"{path!r} ends in the middle")
        if text[at] == "[":
            step, at = _bracket(path, text, at + 1)
        elif text[at] == "*":
            step, at = Step(_children, one=False), at + 1
        elif (call := _CALL.match(text, at)) and not deep:
            function, at = call[1], len(text)
            if function not in _FUNCTIONS:
                raise BadPath(f"{path!r}: no function {function}()")
            continue
        elif (name := _NAME.match(text, at)) and text[at - 1] == ".":
            step, at = Step(_named((name[0],)), one=True), name.end()
        else:
            raise BadPath(f"{path!r} cannot be read from {text[at : at + 20]!r} on")
        steps.append(Step(step.select, step.one, deep) if deep else step)
    return JsonPath(tuple(steps), function)


def _bracket(path: str, text: str, at: int) -> tuple[Step, int]:
    """What stands in brackets, from behind the first one; and where it ends."""
    if text.startswith("*]", at):
        return Step(_children, one=False), at + 2
    if text.startswith("?", at):
        wanted, end = filter_of(text, at + 1, lambda inner, value: parsed(inner).find(value), MISSING)
        return Step(_filtered(wanted), one=False), end
    if found := _SLICE.match(text, at):
        parts = [None if part is None else int(part) for part in found.groups()]
        if parts[2] == 0:
            raise BadPath(f"{path!r}: a step of 0")
        return Step(_sliced(slice(*parts)), one=False), found.end()
    if found := _INDEXES.match(text, at):
        numbers = tuple(int(part) for part in found[0].rstrip("] \t\r\n").split(","))
        return Step(_indexed(numbers), one=len(numbers) == 1), found.end()
    names: list[str] = []
    while quoted := _QUOTED.match(text, at):
        names.append(_ESCAPE.sub(r"\1", quoted[1] if quoted[1] is not None else quoted[2]))
        at = quoted.end()
        if not text.startswith(",", at):
            break
        at += 1
    if not names or not text.startswith("]", at):
        raise BadPath(f"{path!r} cannot be read from {text[at : at + 20]!r} on")
    return Step(_named(tuple(names)), one=len(names) == 1), at + 1


def _below(value: object) -> Iterator[object]:
    """The value and all below it, from the top."""
    waiting = [value]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(list(_children(node))))


def _children(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else ()


def _named(names: tuple[str, ...]) -> Selector:
    return lambda value: [value[name] for name in names if name in value] if isinstance(value, dict) else ()


def _indexed(numbers: tuple[int, ...]) -> Selector:
    def select(value: object) -> list[object]:
        if not isinstance(value, list):
            return []
        return [value[number] for number in numbers if -len(value) <= number < len(value)]

    return select


def _sliced(wanted: slice) -> Selector:
    return lambda value: value[wanted] if isinstance(value, list) else ()


def _filtered(wanted: Filter) -> Selector:
    return lambda value: [each for each in _children(value) if wanted(each)]


def _length(value: object) -> object:
    return len(value) if isinstance(value, (list, dict, str)) else MISSING


def _of_numbers(rule: Callable[[list[float]], float]) -> Callable[[object], object]:
    def function(value: object) -> object:
        items = value if isinstance(value, list) else []
        numbers = [each for each in items if isinstance(each, (int, float)) and not isinstance(each, bool)]
        return rule(numbers) if numbers else MISSING

    return function


_FUNCTIONS: Final[dict[str, Callable[[object], object]]] = {
    "length": _length,
    "size": _length,
    "keys": lambda value: list(value) if isinstance(value, dict) else MISSING,
    "min": _of_numbers(min),
    "max": _of_numbers(max),
    "sum": _of_numbers(sum),
    "avg": _of_numbers(lambda numbers: sum(numbers) / len(numbers)),
}
