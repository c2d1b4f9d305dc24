"""An asynchronous invocation that is not over yet, as people are shown it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PendingEvent:
    """`function` is a logical id; `tries` counts the invocations so far; `since` and `next_at` are epoch seconds
    (`next_at` None: it runs now). With a `target` (a destination's ARN) it is over, and what came of it waits to be
    sent there: then tries are those to send it, and it has no qualifier and no `since`."""

    request_id: str
    function: str
    qualifier: str
    tries: int
    since: float | None = None
    next_at: float | None = None
    target: str = ""
