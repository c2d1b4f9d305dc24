"""Provisioned environments are kept at their number: started ahead, replaced when they end, ended when not wanted.

They never end for being idle. One that crashed is initialised again before it is asked for. A version whose code does
not initialise is left alone until the code changes: it counts as failed. All of them together leave a place for what
is not provisioned; what this machine has no room for is told, and runs on demand.
"""

from __future__ import annotations

from collections.abc import Callable

from localstack_lite.lambdas import pool
from localstack_lite.lambdas.catalogue import Catalogue
from localstack_lite.lambdas.environments.events import Retired, StopRequested, WarmRequested
from localstack_lite.lambdas.environments.phases import DRAIN, FROZEN, INVOKE, Phase
from localstack_lite.lambdas.environments.slot import Slot
from localstack_lite.lambdas.limits import Limits
from localstack_lite.lambdas.pools import Pools
from localstack_lite.lambdas.provisioned import INIT_FAILURE, Provisioning, Version, totals
from localstack_lite.model.arn import LATEST
from localstack_lite.model.function import Function
from localstack_lite.model.project import Problem

NO_ROOM = "This machine has no room for all of them (--max-environments)"

_INITIALISED = frozenset({FROZEN, INVOKE, DRAIN})


class Keeping:
    """`start` makes one more environment of a function ahead of time; `told` takes problems."""

    def __init__(
        self,
        pools: Pools,
        provisioning: Provisioning,
        limits: Limits,
        capacity: int,
        start: Callable[[Function], Slot],
        told: Callable[[Problem], None],
    ) -> None:
        self.starting: set[int] = set()
        """Keys of those that initialise ahead now: the next look is due when one of them is done."""
        self._pools = pools
        self._provisioning = provisioning
        self._limits = limits
        self._capacity = capacity
        self._start = start
        self._told = told
        self._wanted: dict[Version, int] = {}
        self._crowded: frozenset[Version] = frozenset()

    @property
    def idle(self) -> bool:
        """Whether nothing is provisioned, and nothing was."""
        return not self._wanted and not self._pools.ahead

    def follow(self, functions: tuple[Function, ...], catalogue: Catalogue) -> None:
        """What is wanted now, as the configurations and the aliases say."""

        def version_of(function: Function, qualifier: str) -> str | None:
            version = catalogue.version_of(function.logical_id, qualifier)
            return None if version == LATEST else version

        here = (function for function in functions if not function.in_stage)
        self._wanted = self._provisioning.wanted(here, version_of)
        self._limits.provision(totals(self._wanted))
        self.look(catalogue)

    def look(self, catalogue: Catalogue) -> None:
        """Start what is missing, end what is too much, and write down how it stands."""
        there = self._there()
        for version, slots in there.items():
            for slot in slots:
                self._examine(version, slot)
        there = self._there()
        budget = max(self._capacity - 1, 0)
        crowded: set[Version] = set()
        for version, wanted in self._wanted.items():
            share = min(wanted, budget)
            budget -= share
            if share < wanted:
                crowded.add(version)
            self._keep_one(version, share, there.get(version, []), catalogue)
        for version in there.keys() - self._wanted.keys():
            for slot in there[version]:
                slot.dispatch(Retired())
        self._tell_crowded(frozenset(crowded), catalogue)
        self._provisioning.stands({version: sum(map(_ready, slots)) for version, slots in self._there().items()})

    def _there(self) -> dict[Version, list[Slot]]:
        """Those that count: not the ones on their way out."""
        found: dict[Version, list[Slot]] = {}
        for slot in self._pools.ahead.values():
            environment = slot.environment
            if not environment.stale and environment.phase not in (Phase.STOPPING, Phase.DEAD):
                version = environment.function.logical_id, environment.function.version
                found.setdefault(version, []).append(slot)
        return found

    def _examine(self, version: Version, slot: Slot) -> None:
        environment = slot.environment
        if environment.phase is not Phase.COLD or environment.reserved:
            return
        if environment.failed:
            self._provisioning.failed(*version)
            slot.dispatch(StopRequested())
        else:
            self._warm(slot)

    def _keep_one(self, version: Version, wanted: int, slots: list[Slot], catalogue: Catalogue) -> None:
        for slot in slots[wanted:]:
            slot.dispatch(Retired())
        missing = wanted - len(slots)
        function = catalogue.at(*version)
        if missing <= 0 or function is None or self._provisioning.failure(*version) == INIT_FAILURE:
            return
        room = self._capacity - len(self._pools)
        for _ in range(missing - room):
            self._make_room()
        for _ in range(min(missing, room)):
            self._warm(self._start(function))

    def _make_room(self) -> None:
        """Idle environments that nobody asked for give way. When they are gone it is looked again."""
        others = (one for one in self._pools.environments() if one.key not in self._pools.ahead)
        key = pool.evictable(others)
        if key is not None:
            self._pools.slots[key].dispatch(StopRequested())

    def _warm(self, slot: Slot) -> None:
        self.starting.add(slot.environment.key)
        slot.dispatch(WarmRequested())

    def _tell_crowded(self, crowded: frozenset[Version], catalogue: Catalogue) -> None:
        for version in crowded - self._crowded:
            self._provisioning.failed(*version, NO_ROOM)
            function = catalogue.at(*version)
            name = version[0] if function is None else function.name
            wanted = self._wanted[version]
            what = f"{wanted} provisioned environments of version {version[1]} do not fit on this machine"
            hint = (
                f"it carries {self._capacity} environments in all; calls beyond those that fit run on demand; "
                f"raise it with --max-environments {sum(self._wanted.values()) + 1}"
            )
            self._told(Problem(name, what, hint, warning=True))
        for version in self._crowded - crowded:
            if self._provisioning.failure(*version) == NO_ROOM:
                self._provisioning.retry([version[0]])
        self._crowded = crowded


def _ready(slot: Slot) -> bool:
    return slot.phase in _INITIALISED
