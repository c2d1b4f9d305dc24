"""Which route a method and a path mean. The same order for REST and HTTP APIs.

A full match comes before a greedy one, static segments before variables, a longer greedy prefix before a shorter one,
the method before `ANY`, and `$default` last. A path whose method is not there falls through to the next candidate:
recorded on REST for `OPTIONS /test` with `POST /test` and `OPTIONS /{proxy+}`, documented for HTTP APIs. A greedy
variable takes at least one character.

Segments are compared decoded and handed out as sent. REST ignores one trailing slash (recorded: `/proxy-value/` has
the parameter `proxy-value`); for an HTTP API `/pets` and `/pets/` are two paths.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from urllib.parse import unquote

from localstack_lite.model.api import DEFAULT_ROUTE

T = TypeVar("T")
ANY = "ANY"
_NO_PARAMS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """The target, and the path parameters as sent (still encoded)."""

    target: T
    params: Mapping[str, str]


@dataclass(slots=True)
class _End(Generic[T]):
    """Where a pattern ends: its targets by method, and the names of the variables on the way."""

    targets: dict[str, tuple[T, tuple[str, ...]]] = field(default_factory=dict)

    def find(self, method: str) -> tuple[T, tuple[str, ...]] | None:
        return self.targets.get(method) or self.targets.get(ANY)


@dataclass(slots=True)
class _Node(Generic[T]):
    static: dict[str, _Node[T]] = field(default_factory=dict)
    variable: _Node[T] | None = None
    full: _End[T] = field(default_factory=_End)
    greedy: _End[T] = field(default_factory=_End)


class Matcher(Generic[T]):
    """`routes` are (method, path pattern, target); of two equal ones the first counts."""

    def __init__(self, routes: Iterable[tuple[str, str, T]], *, trailing_slash: bool) -> None:
        self._trailing_slash = trailing_slash
        self._root: _Node[T] = _Node()
        self._default: Match[T] | None = None
        self._static: dict[tuple[str, str], Match[T]] = {}
        self._longest_prefix = -1  # segments before a greedy variable; longer paths need not be tried deeper
        for method, path, target in routes:
            self._add(method.upper(), path, target)

    def find(self, method: str, path: str) -> Match[T] | None:
        """`path` as sent, without the stage, starting with `/`."""
        if not self._trailing_slash:
            path = without_trailing_slash(path)
        found = self._static.get((method, path)) or self._static.get((ANY, path))
        if found is not None:
            return found
        segments = path[1:].split("/")
        decoded = [unquote(s) for s in segments] if "%" in path else segments
        return self._full(method, segments, decoded) or self._greedy(method, segments, decoded) or self._default

    def _add(self, method: str, path: str, target: T) -> None:
        if path == DEFAULT_ROUTE:
            self._default = self._default or Match(target, _NO_PARAMS)
            return
        if not self._trailing_slash:
            path = without_trailing_slash(path)
        node, names = self._root, list[str]()
        segments = path.removeprefix("/").split("/")
        for depth, segment in enumerate(segments):
            if segment.startswith("{") and segment.endswith("+}"):
                node.greedy.targets.setdefault(method, (target, (*names, segment[1:-2])))
                self._longest_prefix = max(self._longest_prefix, depth)
                return
            if segment.startswith("{") and segment.endswith("}"):
                names.append(segment[1:-1])
                node.variable = node = node.variable or _Node()
            else:
                node = node.static.setdefault(segment, _Node())
        node.full.targets.setdefault(method, (target, tuple(names)))
        if not names:
            self._static.setdefault((method, path), Match(target, _NO_PARAMS))

    def _full(self, method: str, segments: list[str], decoded: list[str]) -> Match[T] | None:
        for node, values in _walk(self._root, segments, decoded, len(segments)):
            if end := node.full.find(method):
                return Match(end[0], dict(zip(end[1], values, strict=True)))
        return None

    def _greedy(self, method: str, segments: list[str], decoded: list[str]) -> Match[T] | None:
        for length in range(min(self._longest_prefix, len(segments) - 1), -1, -1):
            rest = "/".join(segments[length:])
            if not rest:
                continue
            for node, values in _walk(self._root, segments, decoded, length):
                if end := node.greedy.find(method):
                    return Match(end[0], dict(zip(end[1], (*values, rest), strict=True)))
        return None


def without_trailing_slash(path: str) -> str:
    return path[:-1] if len(path) > 1 and path.endswith("/") else path


def _walk(
    node: _Node[T], segments: list[str], decoded: list[str], length: int, at: int = 0, values: tuple[str, ...] = ()
) -> Iterator[tuple[_Node[T], tuple[str, ...]]]:
    """The nodes that the first `length` segments lead to, most specific first, with the variables on the way."""
    if at == length:
        yield node, values
        return
    if child := node.static.get(decoded[at]):
        yield from _walk(child, segments, decoded, length, at + 1, values)
    if node.variable is not None and segments[at]:
        yield from _walk(node.variable, segments, decoded, length, at + 1, (*values, segments[at]))
