"""How a container is wanted (frozen or not, with which share of the processors) and what makes it so. Decides; asks
nobody.

An engine under load fails to freeze or thaw a container now and then. What failed is tried again after a pause that
grows, as long as it is still wanted. Nothing else waits for it meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thaw:
    pass


@dataclass(frozen=True, slots=True)
class Limit:
    cpus: float


@dataclass(frozen=True, slots=True)
class Freeze:
    pass


Change = Thaw | Limit | Freeze

#: Seconds after the first failure; twice as long after each that follows, up to so many.
FIRST_PAUSE = 0.05
LONGEST_PAUSE = 30.0
#: Somebody waits for what is to run again.
LONGEST_PAUSE_OF_THAW = 1.0


class Condition:
    """Of one container, which runs in the beginning, with so many `cpus`. All times are seconds of one clock."""

    def __init__(self, cpus: float) -> None:
        self._frozen = False
        self._cpus = cpus
        self._is_frozen: bool | None = False
        self._has_cpus: float | None = cpus
        """Both None when it is not known: what failed may be done all the same."""
        self._doing: Change | None = None
        self._failures: dict[type[Change], int] = {}
        self._not_before: dict[type[Change], float] = {}

    @property
    def runs(self) -> bool:
        """Whether all that is in it runs: it is not frozen, nor just being frozen or thawed."""
        return self._is_frozen is False and not isinstance(self._doing, Freeze)

    def freeze(self, frozen: bool) -> None:
        if frozen != self._frozen:
            self._frozen = frozen
            self._forget(Freeze)
            self._forget(Thaw)

    def limit(self, cpus: float) -> None:
        if cpus != self._cpus:
            self._cpus = cpus
            self._forget(Limit)

    def next(self, now: float) -> Change | None:
        """What is to be done now, one at a time: `done` or `failed` follows."""
        if self._doing is None:
            self._doing = next((each for each in self._missing() if self._due(each) <= now), None)
            return self._doing
        return None

    def pause(self, now: float) -> float | None:
        """Seconds until something that failed is to be tried again; None when there is no such thing."""
        if self._doing is not None:
            return None
        return min((max(0.0, self._due(each) - now) for each in self._missing()), default=None)

    def done(self) -> None:
        match self._doing:
            case Thaw():
                self._is_frozen = False
            case Freeze():
                self._is_frozen = True
            case Limit(cpus):
                self._has_cpus = cpus
        if self._doing is not None:
            self._forget(type(self._doing))
        self._doing = None

    def failed(self, now: float, frozen: bool | None) -> None:
        """`frozen` is what the engine says of it after a freeze or a thaw; None when it does not say."""
        if self._doing is not None:
            kind = type(self._doing)
            failures = self._failures[kind] = self._failures.get(kind, 0) + 1
            longest = LONGEST_PAUSE_OF_THAW if kind is Thaw else LONGEST_PAUSE
            # The exponent is bounded because a float is.
            self._not_before[kind] = now + min(FIRST_PAUSE * 2.0 ** min(failures - 1, 64), longest)
        if isinstance(self._doing, Limit):
            self._has_cpus = None
        else:
            self._is_frozen = frozen
        self._doing = None

    def _missing(self) -> list[Change]:
        """In the order in which it is done: who waits for it to run comes first."""
        changes: list[Change] = [Thaw()] if not self._frozen and self._is_frozen is not False else []
        if self._has_cpus != self._cpus:
            changes.append(Limit(self._cpus))
        if self._frozen and self._is_frozen is not True:
            changes.append(Freeze())
        return changes

    def _due(self, change: Change) -> float:
        return self._not_before.get(type(change), 0.0)

    def _forget(self, kind: type[Change]) -> None:
        self._failures.pop(kind, None)
        self._not_before.pop(kind, None)
