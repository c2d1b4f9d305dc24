"""When an environment uses more memory than its function has. Decides over samples; takes none itself."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1024 * 1024
#: Seconds between two samples: at rest, and while memory grows (an allocation of 100 MB takes some 25 ms).
CALM, ALERT = 0.1, 0.01
_GROWTH = 2 * MB
#: So many samples in a row must be over the limit when children take part: a process that is being forked is counted
#: twice for a moment.
_PATIENCE = 3


@dataclass(slots=True)
class MemoryLimit:
    """`limit` in MB. Samples come in bytes: of the process alone, and of all its descendants together."""

    limit: int
    used: int = 0
    growing: bool = False
    _over: int = 0

    def sampled(self, own: int, below: int) -> bool:
        """Whether this sample means that it has to be killed."""
        total = own + below
        self.growing = total > self.used + _GROWTH
        self.used = total
        if total <= self.limit * MB:
            self._over = 0
            return False
        self.growing = True
        self._over += 1
        return own > self.limit * MB or self._over >= _PATIENCE

    def shown(self, peak: int) -> int:
        """`peak` bytes in whole MB, as REPORT says it: never more than there is."""
        return min(self.limit, -(-peak // MB))
