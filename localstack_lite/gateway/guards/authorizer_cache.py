"""What a Lambda authorizer said before, kept for its time to live.

As on AWS the key is the values of the identity sources and nothing else: not the path, not the method. So what was
said about one route counts for all routes of the API with this authorizer, and a policy that names only the path it
was made for refuses the others until it is forgotten (AWS docs; the way out is a wildcard in the policy's resource, or
`$context.routeKey` among the sources of an HTTP API). The policy is kept, not the decision.

Otherwise than on AWS, where a new deployment of the function changes nothing here, everything is forgotten when the
authorizer's function is reloaded: nobody should wait five minutes for the code that was just saved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstack_lite.model.record import record

if TYPE_CHECKING:  # projects without authorizers have the memory for this, and not what reads policies
    from localstack_lite.gateway.guards.authorizer_result import Granted

#: Results kept for one authorizer. AWS says no number; this one bounds the memory that tokens without end take.
SIZE = 1000

Key = tuple[str, ...]


@record
class _Kept:
    until: float
    granted: Granted


class AuthorizerCache:
    """Of one authorizer of one stage of an API, made with `ApiMemory.of`; times are epoch seconds. `generation` counts
    how often all was forgotten: what a function began to say before that is not kept."""

    __slots__ = ("_function", "_kept", "generation")

    def __init__(self) -> None:
        self._function = ""
        self._kept: dict[Key, _Kept] = {}
        self.generation = 0

    def asking(self, function: str) -> int:
        """`function` (logical id) is about to be asked. Returns the generation for `put`."""
        self._function = function
        return self.generation

    def get(self, key: Key, now: float) -> Granted | None:
        kept = self._kept.get(key)
        if kept is None:
            return None
        if now < kept.until:
            return kept.granted
        del self._kept[key]
        return None

    def put(self, key: Key, granted: Granted, until: float, generation: int) -> None:
        """The oldest entry goes when there are too many."""
        if generation != self.generation:
            return
        self._kept.pop(key, None)
        while len(self._kept) >= SIZE:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = _Kept(until, granted)

    def forget(self, functions: frozenset[str]) -> None:
        if self._function in functions:
            self._kept.clear()
            self.generation += 1

    def __len__(self) -> int:
        return len(self._kept)
