"""Environments are shared within one function, version and tenant, and never beyond."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from localstack_lite.lambdas.environments.environment import Environment
from localstack_lite.lambdas.environments.slot import Slot, Surroundings
from localstack_lite.lambdas.pools import Pools, having, key_of
from localstack_lite.model.initialization import Initialization
from localstack_lite.ports import SandboxSpec
from localstack_lite.sandbox.scripted import ScriptedSandbox
from tests.builders import function, invocation, project
from tests.fakes import ManualClock
from tests.lambdas.stories import echo

HELLO = function("hello")


def nobody(*_: Any) -> None:
    pass


def slot(key: int, tenant: str = "", version: str = "$LATEST", *, ahead: bool = False) -> Slot:
    sandbox = ScriptedSandbox(echo)
    kind = Initialization.PROVISIONED if ahead else Initialization.ON_DEMAND
    one = replace(HELLO, version=version)
    environment = Environment(key, f"hello#{key}", one, "stream", initialization=kind, tenant=tenant)
    around = Surroundings(ManualClock(), sandbox, sandbox.listen, nobody, nobody, nobody)

    def spec(address: str) -> SandboxSpec:
        return SandboxSpec(str(key), "python3.13", "a.b", Path("/p"), {}, address, 128, Path("/s"))

    return Slot(environment, project(HELLO), around, spec)


def test_versions_and_tenants_do_not_share() -> None:
    pools = Pools()
    for one in (slot(1), slot(2), slot(3, "blue"), slot(4, version="7")):
        pools.add(one)
    keys = [("Hello", "$LATEST", ""), ("Hello", "$LATEST", "blue"), ("Hello", "7", "")]
    found = [pools.get(key) for key in keys]
    assert [list(pool.on_demand) for pool in found if pool is not None] == [[1, 2], [3], [4]]
    assert pools.get(("Hello", "8", "")) is None
    assert [one.environment.key for one in pools.of("Hello")] == [1, 2, 3, 4]
    assert pools.of("Other") == []
    assert len(pools) == 4


def test_provisioned_ones_stand_apart() -> None:
    pools = Pools()
    pools.add(slot(1, version="7", ahead=True))
    pools.add(slot(2, version="7"))
    pool = pools.get(key_of(replace(HELLO, version="7"), ""))
    assert pool is not None
    assert (list(pool.ahead), list(pool.on_demand), list(pools.ahead)) == ([1], [2], [1])
    assert repr(pool) == "<Pool Hello/7: 1 on demand, 1 ahead>"


def test_a_function_has_none_left_when_the_last_of_all_its_pools_is_gone() -> None:
    pools, first, second = Pools(), slot(1), slot(2, "blue", ahead=True)
    pools.add(first)
    pools.add(second)
    assert pools.remove(first) is False
    assert pools.remove(second) is True
    assert (len(pools), list(pools.ahead), pools.get(("Hello", "$LATEST", ""))) == (0, [], None)


def test_what_an_environment_has_is_what_it_runs_and_what_it_was_given() -> None:
    environment = slot(1).environment
    assert having(environment) == ()
    environment.waiting = invocation("r1")
    assert [one.request_id for one in having(environment)] == ["r1"]
