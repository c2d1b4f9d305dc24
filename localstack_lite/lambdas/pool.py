"""Which environment takes an invocation.

A decision over values: given what the environments of one function look like now, take one of them, start another, or
wait. The caller reserves what was chosen **in the same synchronous step**, before anything else can look at the pool;
so two invocations never land in one environment. Nothing here starts, stops or remembers anything.

Two limits are kept apart. Refusing is AWS's rule and lives in `limits`; waiting is this machine's rule (how many
environments it can carry at all), and all that is known of it here is `room_for_new`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from localstack_lite.lambdas.environments.phases import DRAIN, FROZEN, Phase
from localstack_lite.model.record import record


class EnvironmentLike(Protocol):
    """What the pool reads of an environment. The service may pass its live objects instead of making views."""

    @property
    def key(self) -> int:
        """Unique over all environments, never used again."""
        ...

    @property
    def phase(self) -> Phase: ...

    @property
    def reserved(self) -> bool:
        """An invocation was given to it and is not answered yet; a managed instance: as many as it takes at once."""
        ...

    @property
    def stale(self) -> bool:
        """Its code or configuration was replaced: it may finish, but takes nothing new."""
        ...

    @property
    def extensions_busy(self) -> bool:
        """The answer is sent, but an extension has not asked for its next event yet, or shuts down."""
        ...

    @property
    def last_used(self) -> float:
        """Epoch seconds of its last invocation, or of its start."""
        ...


@dataclass(frozen=True, slots=True)
class EnvironmentView:
    """An environment as a value: see `EnvironmentLike` for what the fields mean."""

    key: int
    phase: Phase
    reserved: bool = False
    stale: bool = False
    extensions_busy: bool = False
    last_used: float = 0.0


@record
class Take:
    """This environment takes it; reserve it now."""

    key: int


@dataclass(frozen=True, slots=True)
class StartNew:
    """No environment can take it, and there is room for one more."""


@dataclass(frozen=True, slots=True)
class Wait:
    """No environment can take it and there is no room: ask again when one is answered or gone."""


Choice = Take | StartNew | Wait

START_NEW = StartNew()
WAIT = Wait()

#: Best first. A warm one answers at once. One that still drains is about to be free, so a client that sends one
#: request after the other never meets a second cold start. One that is initialising ahead of time is partly there. A
#: reset one is initialised again rather than replaced, because on AWS it is the same environment with the same `/tmp`;
#: last comes one whose processes are still being killed. One that is at work is a managed instance with room for more.
_PREFERENCE = {Phase.FROZEN: 0, Phase.INVOKE: 0, Phase.DRAIN: 1, Phase.INIT: 2, Phase.COLD: 3, Phase.RESET: 4}
_UNFIT = len(_PREFERENCE)
#: Where extensions may still be at work, for up to two seconds when the environment is being reset.
_WORKING = (Phase.DRAIN, Phase.RESET)


def choose(environments: Iterable[EnvironmentLike], room_for_new: bool) -> Choice:
    """Who takes the next invocation of the function that these environments belong to.

    Among equals the most recently used one: that lets the others grow idle and expire, as on AWS.
    """
    best = _UNFIT
    found: EnvironmentLike | None = None
    for one in environments:
        if one.reserved or one.stale or (one.phase in _WORKING and one.extensions_busy):
            continue
        rank = _PREFERENCE.get(one.phase, _UNFIT)
        if rank < best or (rank == best and found is not None and one.last_used > found.last_used):
            best, found = rank, one
    if found is not None:
        return Take(found.key)
    return START_NEW if room_for_new else WAIT


def ready(environments: Iterable[EnvironmentLike]) -> int | None:
    """A provisioned environment that can take an invocation now; None: what comes runs on demand."""
    for one in environments:
        if one.reserved or one.stale:
            continue
        if one.phase is FROZEN or (one.phase is DRAIN and not one.extensions_busy):
            return one.key
    return None


def expired(environments: Iterable[EnvironmentLike], now: float, idle_seconds: float) -> tuple[int, ...]:
    """The keys of environments that were idle for that long, to be stopped. `now` in epoch seconds."""
    return tuple(one.key for one in environments if is_idle(one) and now - one.last_used >= idle_seconds)


def evictable(environments: Iterable[EnvironmentLike]) -> int | None:
    """The idle environment to stop when the machine is full and another function needs room: the one that was not
    used for longest. None when all are at work; then the other function waits."""
    idle = [one for one in environments if is_idle(one)]
    return min(idle, key=lambda one: one.last_used).key if idle else None


def is_idle(one: EnvironmentLike) -> bool:
    """Whether nobody misses it when it ends."""
    return not one.reserved and one.phase in (Phase.FROZEN, Phase.COLD)


@dataclass(frozen=True, slots=True, repr=False)
class PoolState:
    """How a pool stands, as it prints itself: in logs, in the console and in tests."""

    running: int
    waiting: int
    busy: int
    idle: int

    def __repr__(self) -> str:
        return (
            f"<Pool [Invocations: {self.running} running, {self.waiting} waiting | "
            f"Environments: {self.busy} busy, {self.idle} idle]>"
        )


def summary(environments: Iterable[EnvironmentLike], waiting: int) -> PoolState:
    """`waiting` is the number of invocations that no environment has taken yet. Dead environments do not count."""
    living = [one for one in environments if one.phase is not Phase.DEAD]
    idle = sum(map(is_idle, living))
    return PoolState(sum(one.reserved for one in living), waiting, len(living) - idle, idle)
