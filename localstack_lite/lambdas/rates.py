"""How often something may happen: buckets of tokens that fill up by themselves, never beyond their brim.

Lambda counts two things so (AWS docs, "Lambda scaling behavior" and "Lambda quotas"): how fast a function may grow,
1,000 environments in 10 s, and how many requests it may get in a second, ten for each of its concurrent executions.
"""

from __future__ import annotations

#: Environments by which one function may grow at once, and how many of them come back in a second.
SCALING_BURST = 1000
SCALING_PER_SECOND = 100.0
#: Requests in a second for each concurrent execution.
REQUESTS_PER_CONCURRENCY = 10


class Bucket:
    """Holds `most` tokens when full, and gets `per_second` back, bit by bit. Full at first."""

    __slots__ = ("_at", "_left", "most", "per_second")

    def __init__(self, most: float, per_second: float, now: float) -> None:
        self.most = most
        self.per_second = per_second
        self._left = most
        self._at = now

    def take(self, now: float) -> bool:
        """Take one token at second `now`; whether there was one."""
        left = self._left + (now - self._at) * self.per_second
        if left > self.most:
            left = self.most
        self._at = now
        if left < 1:
            self._left = left
            return False
        self._left = left - 1
        return True

    def __repr__(self) -> str:
        return f"<Bucket [{self._left:g} of {self.most:g}, {self.per_second:g} a second]>"


def scaling(now: float) -> Bucket:
    """Of one function: every environment that it grows by is a token."""
    return Bucket(SCALING_BURST, SCALING_PER_SECOND, now)


def requests(concurrency: int, now: float) -> Bucket:
    """Of one function that may run `concurrency` times at once: every request is a token."""
    tokens = float(REQUESTS_PER_CONCURRENCY * concurrency)
    return Bucket(tokens, tokens, now)
