"""What a gateway remembers from one request to the next: results of authorizers, keys of issuers.

One object for all APIs of a project, so a stage shares what it remembers with the custom domain names that lead to it.
What functions said belongs to the project that was served then; keys are for all that follow.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from localstack_lite.gateway.guards.authorizer_cache import AuthorizerCache

T = TypeVar("T")


class ApiMemory:
    __slots__ = ("_things",)

    def __init__(self) -> None:
        self._things: dict[tuple[object, str], object] = {}

    def of(self, kind: Callable[[], T], name: str = "") -> T:
        """The one thing of that kind and name: what `kind()` gave the first time."""
        key = (kind, name)
        if key not in self._things:
            self._things[key] = kind()
        return cast("T", self._things[key])

    def for_another_project(self) -> ApiMemory:
        """What is still true when the project was read again."""
        another = ApiMemory()
        another._things = {key: thing for key, thing in self._things.items() if not isinstance(thing, AuthorizerCache)}
        return another

    def forget(self, functions: frozenset[str]) -> None:
        """The code of these functions (logical ids) was reloaded: what they said as authorizers counts no more."""
        for thing in self._things.values():
            if isinstance(thing, AuthorizerCache):
                thing.forget(functions)
