"""A request that the listener refused before anybody else saw it."""

from __future__ import annotations

from localstack_lite.model.record import record


@record
class UnreadRequest:
    """As far as it was understood: `method` and `target` (as sent) may be empty. `why` is for the user."""

    method: str
    target: str
    status: int
    why: str
