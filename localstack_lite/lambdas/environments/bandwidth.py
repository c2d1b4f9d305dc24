"""How fast a streamed answer leaves Lambda: the first 6 MB as fast as it can, the rest at 2 MB a second (AWS docs,
"Response streaming for Lambda functions"). Pure."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Bandwidth:
    """`free` bytes at any speed, then `rate` bytes a second."""

    free: int = 6 * MB
    rate: int = 2 * MB


class Passage:
    """One answer's way through it."""

    __slots__ = ("_bandwidth", "_capped_since", "_passed")

    def __init__(self, bandwidth: Bandwidth) -> None:
        self._bandwidth = bandwidth
        self._passed = 0
        self._capped_since = 0.0

    def wait(self, size: int, now: float) -> float:
        """Seconds from `now` until a piece of `size` bytes, the next one, is through. A function that was slower than
        the rate has saved nothing up."""
        before = self._passed
        self._passed += size
        over = self._passed - max(before, self._bandwidth.free)
        if over <= 0:
            return 0.0
        start = max(self._capped_since, now)
        self._capped_since = start + over / self._bandwidth.rate
        return self._capped_since - now
