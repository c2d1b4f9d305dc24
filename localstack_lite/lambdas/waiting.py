"""Who waits: all callers whose invocation is not over, and among them the queue of those that no environment has taken.

First come, first served, per pool: one that must wait does not hold up another function, version or tenant.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

from localstack_lite.lambdas.limits import Admitted
from localstack_lite.lambdas.pools import Key
from localstack_lite.model.function import Function
from localstack_lite.model.invocation import Invocation, Outcome

#: Silence after which the user is told what is waited for, in seconds.
SILENCE_SECONDS = 2.0


class Pending:
    """An invocation that is not over. `admitted` is the share that it counts for."""

    __slots__ = ("admitted", "function", "future", "invocation", "key", "queued", "since", "told")

    def __init__(
        self,
        future: asyncio.Future[Outcome],
        invocation: Invocation,
        function: Function,
        key: Key,
        admitted: Admitted,
        since: float,
    ) -> None:
        self.future = future
        self.invocation = invocation
        self.function = function
        self.key = key
        self.admitted = admitted
        self.since = since
        self.queued = False
        self.told = False


class Waiting:
    def __init__(self) -> None:
        self.pending: dict[str, Pending] = {}
        """By request id."""
        self.queue: list[Pending] = []

    def behind(self, key: Key) -> bool:
        """Whether somebody stands in the queue for that pool."""
        return bool(self.queue) and any(one.key == key for one in self.queue)

    def enqueue(self, one: Pending) -> None:
        one.queued = True
        self.queue.append(one)

    def serve(self, place: Callable[[Pending], bool]) -> Pending | None:
        """Let those that can go. `place` says whether one found its place. Returns the first that has to stay."""
        blocked: set[Key] = set()
        left: list[Pending] = []
        queue, self.queue = self.queue, []
        for one in queue:
            if one.key in blocked or not place(one):
                blocked.add(one.key)
                left.append(one)
            else:
                one.queued = False
        self.queue = left + self.queue
        return left[0] if left else None

    def give_up(self) -> list[Pending]:
        """Nobody in the queue will be served any more."""
        queue, self.queue = self.queue, []
        for one in queue:
            self.pending.pop(one.invocation.request_id, None)
        return queue

    def silent(self, now: float) -> Iterator[Pending]:
        """Those that have heard nothing for long, each once."""
        for one in self.pending.values():
            if not one.told and now - one.since >= SILENCE_SECONDS and not one.future.done():
                one.told = True
                yield one
