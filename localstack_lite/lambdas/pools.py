"""All environments that are not dead, and who shares which: those of one function, at one version, for one tenant."""

from __future__ import annotations

from collections.abc import Iterator

from localstack_lite.lambdas.environments.environment import Environment
from localstack_lite.lambdas.environments.managed import ManagedEnvironment
from localstack_lite.lambdas.environments.slot import Slot
from localstack_lite.model.function import Function
from localstack_lite.model.initialization import Initialization
from localstack_lite.model.invocation import Invocation

Key = tuple[str, str, str]
"""Logical id, version, tenant (empty for a function without tenant isolation)."""


class Pool:
    """`ahead` are those that were provisioned; they take invocations of their own share only."""

    __slots__ = ("ahead", "key", "on_demand")

    def __init__(self, key: Key) -> None:
        self.key = key
        self.on_demand: dict[int, Environment] = {}
        self.ahead: dict[int, Environment] = {}

    def __repr__(self) -> str:
        return f"<Pool {'/'.join(filter(None, self.key))}: {len(self.on_demand)} on demand, {len(self.ahead)} ahead>"


class Pools:
    def __init__(self) -> None:
        self.slots: dict[int, Slot] = {}
        self.ahead: dict[int, Slot] = {}
        """The provisioned ones of all pools."""
        self._pools: dict[Key, Pool] = {}

    def __len__(self) -> int:
        """How many environments there are."""
        return len(self.slots)

    def get(self, key: Key) -> Pool | None:
        return self._pools.get(key)

    def environments(self) -> Iterator[Environment]:
        return (slot.environment for slot in self.slots.values())

    def of(self, logical_id: str) -> list[Slot]:
        """Of one function: all versions and tenants."""
        pools = (pool for key, pool in self._pools.items() if key[0] == logical_id)
        return [self.slots[key] for pool in pools for key in (*pool.on_demand, *pool.ahead)]

    def add(self, slot: Slot) -> None:
        environment = slot.environment
        key = key_of(environment.function, environment.tenant)
        pool = self._pools.get(key)
        if pool is None:
            pool = self._pools[key] = Pool(key)
        self.slots[environment.key] = slot
        if environment.initialization is Initialization.PROVISIONED:
            pool.ahead[environment.key] = environment
            self.ahead[environment.key] = slot
        else:
            pool.on_demand[environment.key] = environment

    def remove(self, slot: Slot) -> bool:
        """It is dead. Whether its function has none left."""
        environment = slot.environment
        del self.slots[environment.key]
        self.ahead.pop(environment.key, None)
        key = key_of(environment.function, environment.tenant)
        pool = self._pools[key]
        pool.ahead.pop(environment.key, None)
        pool.on_demand.pop(environment.key, None)
        if not pool.ahead and not pool.on_demand:
            del self._pools[key]
        return not any(other[0] == key[0] for other in self._pools)


def key_of(function: Function, tenant: str) -> Key:
    return function.logical_id, function.version, tenant


def having(environment: Environment) -> tuple[Invocation, ...]:
    """The invocations that it runs, or was given."""
    if isinstance(environment, ManagedEnvironment):
        return environment.running
    return tuple(one for one in (environment.current, environment.waiting) if one is not None)
