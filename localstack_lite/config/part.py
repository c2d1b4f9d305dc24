"""One declaration, whichever form a template gives it: properties of a resource, or a part of an OpenAPI body. Pure.

CloudFormation writes `AuthorizerUri` where a body writes `authorizerUri`: keys are asked for as the body writes them,
and found either way. Values are still raw, so every one is resolved on its own; a Refusal knows its path.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from localstack_lite.config.intrinsics import NO_VALUE, Resolver
from localstack_lite.config.parameters import as_text
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource


@dataclass(frozen=True, slots=True)
class Part:
    """`content` as it stands in the template, `path` where that is inside the owner's properties."""

    owner: Resource
    content: Mapping[str, object]
    path: tuple[str, ...] = ()

    def has(self, key: str) -> bool:
        return self.raw(key) is not None

    def raw(self, *keys: str) -> object:
        """The first of these that is there, behind its choices (`Fn::If`); None when none is."""
        return self._first(keys)[1]

    def value(self, *keys: str) -> object:
        """The first of these resolved; None when none is there."""
        key, value = self._first(keys)
        return None if value is None else self.owner.resolve(value, (*self.path, key))

    def text(self, *keys: str, default: str = "") -> str:
        value = self.value(*keys)
        if isinstance(value, list | Mapping):
            raise Refusal("is not text", "", (*self.path, self._written(keys[0])))
        return default if value is None else as_text(value)

    def flag(self, key: str) -> bool:
        return self.text(key).lower() == "true"

    def number(self, key: str) -> float | None:
        text = self.text(key)
        try:
            found = float(text) if text else None
        except ValueError:
            found = math.nan
        if found is not None and not math.isfinite(found):
            raise Refusal(f"{text[:40]!r} is no number", "", (*self.path, self._written(key)))
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of text; one text is a list of one."""
        value = self.value(key)
        listed = value if isinstance(value, list) else [] if value is None else [value]
        return tuple(as_text(item) for item in listed)

    def pairs(self, key: str) -> dict[str, str]:
        """A mapping from text to text."""
        value = self.value(key)
        return {str(name): as_text(item) for name, item in value.items()} if isinstance(value, Mapping) else {}

    def child(self, key: str) -> Part | None:
        """A part of this one; None when it is not there, or no mapping."""
        written, value = self._first((key,))
        path = (*self.path, written)
        found = _head(self.owner, value, path)
        return Part(self.owner, found, path) if isinstance(found, Mapping) else None

    def children(self, key: str) -> Iterator[Part]:
        """The members of a list that are mappings."""
        written, value = self._first((key,))
        path = (*self.path, written)
        listed = _head(self.owner, value, path)
        for each in listed if isinstance(listed, list) else ():
            found = _head(self.owner, each, path)
            if isinstance(found, Mapping):
                yield Part(self.owner, found, path)

    def named(self, key: str) -> Iterator[tuple[str, Part]]:
        """The members of a mapping that are mappings, by their names."""
        if (around := self.child(key)) is None:
            return
        for name in around.content:
            path = (*around.path, str(name))
            found = _head(self.owner, around.content[name], path)
            if isinstance(found, Mapping):
                yield str(name), Part(self.owner, found, path)

    def _first(self, keys: tuple[str, ...]) -> tuple[str, object]:
        for key in keys:
            written = self._written(key)
            if written in self.content:
                try:
                    found = Resolver(self.owner.stack.scope).choice(self.content[written])
                except Refusal as refusal:
                    raise refusal.at((*self.path, written)) from None
                if found is not NO_VALUE and found is not None:
                    return written, found
        return keys[0], None

    def _written(self, key: str) -> str:
        return key if key in self.content else key[:1].upper() + key[1:]


def _head(owner: Resource, value: object, path: tuple[str, ...]) -> object:
    if value is None:
        return None
    try:
        found = Resolver(owner.stack.scope).head(value)
    except Refusal as refusal:
        raise refusal.at(path) from None
    return None if found is NO_VALUE else found
