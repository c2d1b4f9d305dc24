"""How much of this machine's processors is not in use."""

from __future__ import annotations


class Spare:
    """Asked now and then: each answer is about the time since the one before."""

    def __init__(self) -> None:
        self._asked = False

    def share(self) -> float:
        """0 to 1. 0 at first, when nothing is known yet."""
        import psutil

        busy = psutil.cpu_percent()
        if not self._asked:
            self._asked = True
            return 0.0
        return max(0.0, 1.0 - busy / 100)
