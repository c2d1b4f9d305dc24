"""Which environment takes an invocation: tables of what the pool sees, and what it chooses."""

from __future__ import annotations

import pytest

from localstack_lite.lambdas.environments.phases import Phase
from localstack_lite.lambdas.pool import (
    Choice,
    EnvironmentView,
    StartNew,
    Take,
    Wait,
    choose,
    evictable,
    expired,
    ready,
    summary,
)


def view(
    key: int,
    phase: Phase = Phase.FROZEN,
    last_used: float = 0.0,
    *,
    reserved: bool = False,
    stale: bool = False,
    extensions_busy: bool = False,
) -> EnvironmentView:
    return EnvironmentView(key, phase, reserved, stale, extensions_busy, last_used)


def test_the_warm_one_used_last_is_taken_so_that_the_others_grow_idle() -> None:
    assert choose([view(1, last_used=5), view(2, last_used=9), view(3, last_used=7)], True) == Take(2)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (Phase.FROZEN, Phase.DRAIN),
        (Phase.FROZEN, Phase.INIT),
        (Phase.FROZEN, Phase.COLD),
        (Phase.DRAIN, Phase.INIT),
        (Phase.DRAIN, Phase.COLD),
        (Phase.INIT, Phase.COLD),
        (Phase.COLD, Phase.RESET),
    ],
)
@pytest.mark.parametrize("better_first", [True, False])
def test_readier_environments_come_first_however_long_they_were_idle(
    better: Phase, worse: Phase, better_first: bool
) -> None:
    ready, other = view(1, better, last_used=1), view(2, worse, last_used=99)
    assert choose([ready, other] if better_first else [other, ready], True) == Take(1)


@pytest.mark.parametrize("phase", [Phase.FROZEN, Phase.DRAIN, Phase.INIT, Phase.COLD, Phase.RESET])
def test_each_phase_that_can_serve_is_preferred_to_a_new_environment(phase: Phase) -> None:
    assert choose([view(1, phase)], True) == Take(1)


@pytest.mark.parametrize("room", [True, False])
@pytest.mark.parametrize(
    "unfit",
    [
        view(1, reserved=True),
        view(1, stale=True),
        view(1, Phase.INIT, reserved=True),
        view(1, Phase.COLD, stale=True),
        view(1, Phase.DRAIN, extensions_busy=True),
        view(1, Phase.RESET, extensions_busy=True),
        view(1, Phase.DRAIN, reserved=True),
        view(1, Phase.INVOKE, reserved=True),
        view(1, Phase.RESET, reserved=True),
        view(1, Phase.STOPPING),
        view(1, Phase.DEAD),
    ],
    ids=repr,
)
def test_one_that_cannot_serve_is_never_taken(unfit: EnvironmentView, room: bool) -> None:
    expected: Choice = StartNew() if room else Wait()
    assert choose([unfit], room) == expected
    assert choose([unfit, view(2)], room) == Take(2)


def test_an_empty_pool_starts_or_waits() -> None:
    assert choose([], True) == StartNew()
    assert choose([], False) == Wait()


def test_a_client_that_sends_one_after_the_other_stays_on_its_environment_while_it_drains() -> None:
    answered_just_now = view(1, Phase.DRAIN, last_used=10)
    assert choose([answered_just_now], True) == Take(1)


def test_only_those_idle_for_long_enough_expire() -> None:
    pool = [
        view(1, last_used=40),
        view(2, last_used=41),
        view(3, Phase.COLD, last_used=0),
        view(4, Phase.INVOKE, last_used=0),
        view(5, Phase.DRAIN, last_used=0),
        view(6, last_used=0, reserved=True),
        view(7, Phase.INIT, last_used=0),
        view(8, Phase.DEAD, last_used=0),
    ]
    assert expired(pool, now=100, idle_seconds=60) == (1, 3)


def test_the_one_unused_for_longest_makes_room() -> None:
    pool = [view(1, last_used=7), view(2, last_used=3), view(3, Phase.INVOKE, last_used=0, reserved=True)]
    assert evictable(pool) == 2


@pytest.mark.parametrize("phase", [Phase.INIT, Phase.INVOKE, Phase.DRAIN, Phase.RESET, Phase.STOPPING])
def test_one_at_work_never_makes_room(phase: Phase) -> None:
    assert evictable([view(1, phase), view(2, reserved=True)]) is None


def test_a_pool_prints_how_it_stands() -> None:
    pool = [view(1, Phase.INVOKE, reserved=True), view(2), view(3, Phase.COLD), view(4, Phase.DEAD)]
    text = "<Pool [Invocations: 1 running, 0 waiting | Environments: 1 busy, 2 idle]>"
    assert repr(summary(pool, waiting=0)) == text
    assert repr(summary([], 3)) == "<Pool [Invocations: 0 running, 3 waiting | Environments: 0 busy, 0 idle]>"


def test_a_managed_instance_at_work_takes_more_while_it_has_room() -> None:
    assert choose([view(1, Phase.INVOKE, reserved=False)], True) == Take(1)
    assert choose([view(1, Phase.INVOKE, reserved=True)], True) == StartNew()


def test_a_provisioned_environment_is_ready_when_it_is_initialised_and_free() -> None:
    assert ready([view(1, reserved=True), view(2, Phase.INIT), view(3, stale=True), view(4, Phase.COLD)]) is None
    assert ready([view(1, Phase.DRAIN, extensions_busy=True), view(2, Phase.DRAIN)]) == 2
    assert ready([view(1, Phase.INIT), view(2)]) == 2
    assert ready([]) is None
