"""Who waits: all callers whose invocation is not over, and the queues of those that no environment has taken.

First come, first served, per pool: one that must wait does not hold up another function, version or tenant.
"""

from __future__ import annotations

import asyncio
from collections import deque
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
        self.queues: dict[Key, deque[Pending]] = {}
        """Of each pool that somebody waits for; none of them is empty."""

    def behind(self, key: Key) -> bool:
        """Whether somebody stands in the queue for that pool."""
        return key in self.queues

    def enqueue(self, one: Pending) -> None:
        one.queued = True
        queue = self.queues.get(one.key)
        if queue is None:
            queue = self.queues[one.key] = deque()
        queue.append(one)

    def serve(self, place: Callable[[Pending], bool]) -> Pending | None:
        """Let those that can go. `place` says whether one found its place. Returns the first that has to stay."""
        stays: Pending | None = None
        # Whose first has waited longest comes first: the pools compete for the same room.
        for key, queue in sorted(self.queues.items(), key=_since):
            while queue and place(queue[0]):
                queue.popleft().queued = False
            if not queue:
                del self.queues[key]
            elif stays is None:
                stays = queue[0]
        return stays

    def give_up(self) -> list[Pending]:
        """Nobody in the queues will be served any more."""
        left = [one for queue in self.queues.values() for one in queue]
        self.queues.clear()
        for one in left:
            self.pending.pop(one.invocation.request_id, None)
        return left

    def silent(self, now: float) -> Iterator[Pending]:
        """Those that have heard nothing for long, each once."""
        for one in self.pending.values():
            if not one.told and now - one.since >= SILENCE_SECONDS and not one.future.done():
                one.told = True
                yield one


def _since(entry: tuple[Key, deque[Pending]]) -> float:
    return entry[1][0].since
