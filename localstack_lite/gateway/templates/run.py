"""One run of a template: its variables, what it has written, and how much it may still do. Pure.

A template is a line of configuration and must not stop the gateway: steps, text, loops and nesting are bounded, and
what goes beyond ends as AWS's 500 does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from localstack_lite.gateway.templates.methods import method
from localstack_lite.gateway.templates.values import LARGEST_TEXT, CannotGoOn, Thing, Value

#: Parts of a template that one run may do; a template of 300 KB with full loops stays below.
MOST_STEPS: Final = 500_000
#: Iterations of a `#foreach` (AWS quotas).
MOST_ITERATIONS: Final = 1_000
#: Macros, definitions and `#evaluate` in each other (Velocity's own limit for macros).
DEEPEST: Final = 20


class Stopped(Exception):
    """`#stop`."""


class Broken(Exception):
    """`#break`."""


class Located(Exception):
    """What could not go on, and at which character of the template."""

    def __init__(self, cause: str, at: int) -> None:
        super().__init__(cause)
        self.cause = cause
        self.at = at


class Run:
    """`names` are the variables. `left`: steps that may still be done."""

    __slots__ = ("_written", "depth", "left", "names", "parts")

    def __init__(self, names: dict[str, Value]) -> None:
        self.names = names
        self.parts: list[str] = []
        self.left = MOST_STEPS
        self.depth = 0
        self._written = 0

    def step(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise CannotGoOn(f"it does more than {MOST_STEPS} steps")

    def write(self, text: str) -> None:
        self._written += len(text)
        if self._written > LARGEST_TEXT:
            raise CannotGoOn(f"it writes more than {LARGEST_TEXT} characters")
        self.parts.append(text)

    def aside(self, work: Callable[[Run], None]) -> str:
        """What the work writes, instead of writing it."""
        before, self.parts = self.parts, []
        try:
            work(self)
            return "".join(self.parts)
        finally:
            self.parts = before

    def deeper(self, work: Callable[[Run], None]) -> None:
        """Work in other work."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise CannotGoOn(f"more than {DEEPEST} macros in each other")
        try:
            work(self)
        finally:
            self.depth -= 1


class Defined:
    """What `#define` named: written anew wherever it stands."""

    __slots__ = ("work",)

    def __init__(self, work: Callable[[Run], None]) -> None:
        self.work = work


class Loop(Thing):
    """`$foreach`."""

    __slots__ = ("_index", "_parent", "_size")

    def __init__(self, index: int, size: int, parent: Value) -> None:
        self._index = index
        self._size = size
        self._parent = parent

    def member(self, name: str) -> Value:
        match name:
            case "count":
                return self._index + 1
            case "index":
                return self._index
            case "hasNext":
                return self._index + 1 < self._size
            case "first":
                return self._index == 0
            case "last":
                return self._index + 1 == self._size
            case "parent":
                return self._parent
        return None

    def call(self, name: str, arguments: list[Value]) -> Value:  # noqa: ARG002  (one signature for all of its kind)
        return self.member(name)


def member(value: Value, name: str) -> Value:
    """`$value.name`: of a map its entry, of a thing its member, and `empty` of what has `isEmpty()`."""
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, Thing):
        return value.member(name)
    return not value if name == "empty" and isinstance(value, (str, list)) else None


def call(value: Value, name: str, arguments: list[Value]) -> Value:
    """`$value.name(...)`. Without such a method it is null, as in Velocity."""
    if isinstance(value, Thing):
        return value.call(name, arguments)
    found = method(value, name)
    if found is None:
        return None
    try:
        return found(value, *arguments)
    except TypeError:
        given = len(arguments)
        raise CannotGoOn(
            f"{name}() cannot be called with {given} argument{'' if given == 1 else 's'} like these"
        ) from None
