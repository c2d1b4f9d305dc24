"""What this machine and this run say about environments."""

from __future__ import annotations

from pathlib import Path

from localstack_lite.lambdas.settings import Settings, cold_start
from localstack_lite.model.initialization import NO_DELAY, ColdStart
from tests.builders import function

PLAIN = Settings(4, Path("/s"), "run")


def test_recorded_cold_starts_come_one_after_the_other_and_then_again() -> None:
    slow = function(cold_starts=(1200.0, 800.0))
    assert [cold_start(slow, PLAIN, number) for number in (1, 2, 3)] == [
        ColdStart(0.0, 1.2),
        ColdStart(0.0, 0.8),
        ColdStart(0.0, 1.2),
    ]


def test_a_delay_is_for_every_function_and_comes_on_top() -> None:
    slower = Settings(4, Path("/s"), "run", cold_start_delay=0.5)
    assert cold_start(function(), slower, 1) == ColdStart(0.5, 0.0)
    assert cold_start(function(cold_starts=(800.0,)), slower, 7) == ColdStart(0.5, 0.8)
    assert cold_start(function(), PLAIN, 1) is NO_DELAY


def test_idle_time_and_lifetime_are_shorter_when_time_passes_faster() -> None:
    fast = Settings(4, Path("/s"), "run", idle_seconds=600, lifetime=7200, time_scale=60)
    assert (fast.idle, fast.life) == (10, 120)
    assert (PLAIN.idle, PLAIN.life) == (600, 7200)
