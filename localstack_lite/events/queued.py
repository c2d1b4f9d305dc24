"""What is in the queue of asynchronous invocations, without what is large. `next_at` is when its turn comes, in seconds
of the queue's clock."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Waiting:
    """An event of the queue, without what is large. `tries` counts the times that the function began to run it,
    `refusals` those in a row that Lambda did not let it; `running`: its last try has no end yet."""

    seq: int
    request_id: str
    function: str
    qualifier: str
    accepted_at: float
    next_at: float
    tries: int = 0
    refusals: int = 0
    running: bool = False


@dataclass(slots=True)
class Sending:
    """A parcel of the queue, without its content."""

    seq: int
    request_id: str
    function: str
    target: str
    next_at: float
    attempts: int = 0
