"""What has to be seen to now and then: environments that are idle are frozen, then ended; old ones are replaced.

Two rounds. The slow one goes every second. The fast one freezes: it goes only while something is idle and runs still,
so that back-to-back requests pay nothing for being frozen, and a quiet machine has nothing to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from localstack_lite.lambdas import pool
from localstack_lite.lambdas.environments.environment import Environment
from localstack_lite.lambdas.environments.events import Rested, Retired, StopRequested
from localstack_lite.lambdas.environments.phases import FROZEN, Phase
from localstack_lite.lambdas.environments.slot import Slot
from localstack_lite.lambdas.pools import Pools
from localstack_lite.lambdas.settings import Settings
from localstack_lite.model.initialization import Initialization
from localstack_lite.ports import Clock, Timer

#: How often environments are looked after, in seconds.
ROUND_SECONDS = 1.0
#: How long one is idle before its processes are stopped.
REST_SECONDS = 0.1


class Caretaking:
    """`also` is done every slow round."""

    def __init__(self, pools: Pools, clock: Clock, settings: Settings, also: Callable[[float], object]) -> None:
        self._pools = pools
        self._clock = clock
        self._settings = settings
        self._also = also
        self._born: dict[int, float] = {}
        self._sweep: Timer | None = None
        self._round = clock.call_later(ROUND_SECONDS, self._look_round)

    def born(self, environment: Environment) -> None:
        self._born[environment.key] = self._clock.now()

    def gone(self, environment: Environment) -> None:
        self._born.pop(environment.key, None)

    def stop(self) -> None:
        self._round.cancel()
        if self._sweep is not None:
            self._sweep.cancel()

    def not_debugged(self) -> Iterator[Environment]:
        """Those that nobody debugs now: one that somebody does is not idle, whatever it does itself."""
        slots = self._pools.slots.values()
        return (slot.environment for slot in slots if slot.debugging is None or not slot.debugging.attached)

    def on_demand(self) -> Iterator[Environment]:
        """Of those, the ones that nobody wants to keep."""
        return (one for one in self.not_debugged() if one.initialization is not Initialization.PROVISIONED)

    def recycle(self, slots: list[Slot]) -> int:
        """End those that are idle. Returns how many that were."""
        idle = [slot for slot in slots if pool.is_idle(slot.environment) and not slot.environment.stale]
        for slot in idle:
            slot.dispatch(Retired())
        return len(idle)

    # -- freezing

    def expect_rest(self) -> None:
        """Something may be idle soon."""
        if self._sweep is None:
            self._sweep = self._clock.call_later(REST_SECONDS, self._freeze)

    def _freeze(self) -> None:
        self._sweep = None
        now = self._clock.now()
        restless = False
        for one in list(self.not_debugged()):
            if one.phase is not FROZEN or one.suspended or one.initialization is Initialization.MANAGED:
                continue
            if now - one.last_used >= REST_SECONDS * 0.9 and not one.reserved:
                self._pools.slots[one.key].dispatch(Rested())
            else:
                restless = True
        if restless:
            self.expect_rest()

    # -- the slow round

    def _look_round(self) -> None:
        now = self._clock.now()
        self._round = self._clock.call_later(ROUND_SECONDS, self._look_round)
        for key in pool.expired(self.on_demand(), now, self._settings.idle):
            self._pools.slots[key].dispatch(StopRequested())
        for one in list(self.not_debugged()):
            if one.phase is FROZEN and not one.stale and now - self._born.get(one.key, now) >= self._settings.life:
                self._pools.slots[one.key].dispatch(Retired())
        if any(one.phase is FROZEN and not one.suspended for one in self._pools.environments()):
            self.expect_rest()
        self._also(now)


def is_initialising(slot: Slot) -> bool:
    return slot.phase in (Phase.INIT, Phase.RESET)
