"""Log events of many groups in one stream: none twice, in the order of their times as far as that is known. Pure.

CloudWatch hands events over late and not in order, so each look goes back a little and what was seen is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

#: Seconds that each look goes back: events become visible later than they were written.
OVERLAP = 15.0


@dataclass(frozen=True, slots=True)
class CloudEvent:
    """One log event. `at` in epoch seconds; `id` is CloudWatch's, unique in its group; `source` says who wrote it."""

    at: float
    id: str
    source: str
    stream: str
    message: str


class Merge:
    """What was seen of each group. Remembers ids only as far back as a look may go."""

    def __init__(self, since: float) -> None:
        self._since = since
        self._newest: dict[str, float] = {}
        self._seen: dict[str, dict[str, float]] = {}

    def start(self, source: str) -> float:
        """The time from which on that group is to be asked for."""
        return max(self._since, self._newest.get(source, self._since) - OVERLAP)

    def take(self, events: Iterable[CloudEvent]) -> list[CloudEvent]:
        """Those that are new, oldest first."""
        new = []
        for event in events:
            seen = self._seen.setdefault(event.source, {})
            if event.id in seen or event.at < self._since:
                continue
            seen[event.id] = event.at
            self._newest[event.source] = max(self._newest.get(event.source, event.at), event.at)
            new.append(event)
        for source, seen in self._seen.items():
            edge = self.start(source)
            self._seen[source] = {id: at for id, at in seen.items() if at >= edge}
        return sorted(new, key=lambda event: event.at)
