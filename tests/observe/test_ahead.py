"""Environments that initialise ahead are told in one line for each function, and no others."""

from __future__ import annotations

from localstack_lite.model.environment_facts import InitEnded
from localstack_lite.model.initialization import Initialization
from localstack_lite.observe.ahead import Ahead
from localstack_lite.observe.palette import Palette

AHEAD = Initialization.PROVISIONED


def ended(
    number: int = 1, ms: float = 300.0, kind: Initialization = AHEAD, phase: str = "init", status: str = "success"
) -> InitEnded:
    return InitEnded(float(number), "Orders", f"orders#{number}", "s", phase, status, ms, initialization=kind)


def told(*batch: InitEnded) -> list[str]:
    ahead = Ahead()
    for fact in batch:
        ahead.take(fact)
    said = ahead.told({"Orders": "orders"}, lambda at: f"at {at:g}", Palette(False))
    assert ahead.told({}, str, Palette(False)) == [], "each batch is told once"
    return said


def test_one_environment_is_named() -> None:
    assert told(ended()) == ["at 1 orders#1 initialised ahead of any call, 300 ms"]


def test_several_are_counted_with_what_they_usually_took() -> None:
    assert told(ended(1, 100), ended(2, 300), ended(3, 900, Initialization.MANAGED)) == [
        "at 3 3 environments of orders initialised ahead of any call, 300 ms"
    ]


def test_what_a_call_waits_for_or_what_failed_is_told_elsewhere() -> None:
    assert told(ended(kind=Initialization.ON_DEMAND), ended(phase="invoke"), ended(status="error")) == []
