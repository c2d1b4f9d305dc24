"""One batch out of a burst of file events.

Editors save by writing, by deleting and creating, or by renaming over the file; git replaces hundreds at once. The
batch is handed over when nothing came for `quiet` seconds, and at the latest `hold` seconds after its first event.
Time is passed in; this module never looks at a clock.
"""

from __future__ import annotations

from pathlib import Path

from localstack_lite.model.change import ChangeKind, FileChange

QUIET = 0.016
HOLD = 0.15


class Debounce:
    def __init__(self, quiet: float = QUIET, hold: float = HOLD) -> None:
        self._quiet = quiet
        self._hold = hold
        self._kinds: dict[str, tuple[ChangeKind, ChangeKind]] = {}
        self._first = 0.0
        self._last = 0.0

    def add(self, kind: ChangeKind, path: str, now: float) -> None:
        if not self._kinds:
            self._first = now
        self._last = now
        first = self._kinds[path][0] if path in self._kinds else kind
        self._kinds[path] = (first, kind)

    @property
    def due(self) -> float | None:
        """When the batch is complete, on the clock of `add`; None while there is nothing."""
        if not self._kinds:
            return None
        return min(self._last + self._quiet, self._first + self._hold)

    def take(self) -> tuple[FileChange, ...]:
        """The batch, one change per path, in the order of the paths."""
        kinds, self._kinds = self._kinds, {}
        return tuple(FileChange(merge(*kinds[path]), Path(path)) for path in sorted(kinds))


def merge(first: ChangeKind, last: ChangeKind) -> ChangeKind:
    """What a path went through between the first and the last event of a burst.

    Created and gone again still counts as deleted: a file renamed over another one reports a creation only, so nobody
    can know that there was nothing before.
    """
    if last is ChangeKind.DELETED:
        return ChangeKind.DELETED
    if first is ChangeKind.CREATED:
        return ChangeKind.CREATED
    return ChangeKind.MODIFIED
