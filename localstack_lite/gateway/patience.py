"""How long a gateway goes on with a streamed answer that has begun. Pure.

AWS docs, "Stream the integration response for your proxy integrations": a REST API streams for 15 minutes at most, and
gives up when nothing came for 5 minutes (regional and private endpoints). A function URL has no limit of its own.
"""

from __future__ import annotations

from localstack_lite.model.api import ApiKind
from localstack_lite.model.record import record


@record
class Patience:
    """Seconds from the first byte to the last, and from one byte to the next."""

    whole: float
    idle: float

    def wait(self, begun: float, last: float) -> float:
        """The time at which to look again, when nothing came since `last`."""
        return min(begun + self.whole, last + self.idle)

    def note(self, begun: float, last: float, now: float) -> str:
        """Why the gateway gives up now; empty while it does not."""
        if now >= begun + self.whole:
            return f"gateway gave up after {self.whole:g} s of streaming; the function runs on"
        if now >= last + self.idle:
            return f"gateway gave up: nothing came for {self.idle:g} s; the function runs on"
        return ""


REST = Patience(900.0, 300.0)


def patience_of(kind: ApiKind) -> Patience | None:
    return REST if kind is ApiKind.REST else None
