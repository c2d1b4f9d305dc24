"""The table of phases: complete, and as the life of an execution environment is described."""

from __future__ import annotations

from typing import get_args

import pytest

from localstack_lite.lambdas.environments import events
from localstack_lite.lambdas.environments.events import (
    Assigned,
    DeadlineHit,
    ErrorPosted,
    Event,
    Exited,
    ExtensionExited,
    ExtensionFailed,
    ExtensionsLaunched,
    InitErrorPosted,
    Registered,
    Responded,
    ResponseBegun,
    ResponseEnded,
    Rested,
    RestoreErrorPosted,
    RestorePolled,
    Retired,
    RuntimeExited,
    StopRequested,
)
from localstack_lite.lambdas.environments.phases import TABLE, Phase

EVENTS: tuple[type[Event], ...] = get_args(events.Event)
LIVING = [phase for phase in Phase if phase is not Phase.DEAD]


def test_every_phase_has_a_row_and_every_entry_is_an_event_and_a_phase() -> None:
    assert set(TABLE) == set(Phase)
    for row in TABLE.values():
        assert set(row) <= set(EVENTS)
        assert set(row.values()) <= set(Phase)


@pytest.mark.parametrize(
    ("phase", "event", "target"),
    [
        (Phase.INIT, InitErrorPosted, Phase.RESET),
        (Phase.INIT, Exited, Phase.RESET),
        (Phase.INIT, DeadlineHit, Phase.RESET),
        (Phase.FROZEN, Exited, Phase.RESET),
        (Phase.INVOKE, Responded, Phase.DRAIN),
        (Phase.INVOKE, ErrorPosted, Phase.DRAIN),
        (Phase.INVOKE, Exited, Phase.RESET),
        (Phase.INVOKE, DeadlineHit, Phase.RESET),
        (Phase.DRAIN, Exited, Phase.RESET),
        (Phase.INIT, RestorePolled, Phase.INIT),
        (Phase.INIT, RestoreErrorPosted, Phase.RESET),
        (Phase.INVOKE, ResponseBegun, Phase.INVOKE),
        (Phase.INVOKE, ResponseEnded, Phase.DRAIN),
        (Phase.INVOKE, RuntimeExited, Phase.RESET),
        (Phase.INVOKE, ExtensionExited, Phase.RESET),
        (Phase.DRAIN, ExtensionFailed, Phase.RESET),
        (Phase.STOPPING, RuntimeExited, Phase.STOPPING),
        (Phase.DRAIN, DeadlineHit, Phase.RESET),
        (Phase.RESET, Exited, Phase.RESET),
        (Phase.STOPPING, Exited, Phase.STOPPING),
        (Phase.STOPPING, DeadlineHit, Phase.STOPPING),
    ],
)
def test_each_event_leads_where_the_life_cycle_says(phase: Phase, event: type[Event], target: Phase) -> None:
    assert TABLE[phase][event] is target


@pytest.mark.parametrize("phase", LIVING)
def test_every_living_environment_can_be_stopped_and_retired(phase: Phase) -> None:
    assert TABLE[phase][StopRequested] is Phase.STOPPING
    assert TABLE[phase][Retired] is phase, "being out of date changes nothing by itself"


@pytest.mark.parametrize("phase", [Phase.INVOKE, Phase.STOPPING, Phase.DEAD])
def test_one_that_runs_or_ends_takes_no_invocation(phase: Phase) -> None:
    assert Assigned not in TABLE[phase]


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.INVOKE])
def test_results_are_only_taken_while_an_invocation_runs(phase: Phase) -> None:
    assert not {Responded, ErrorPosted, ResponseBegun, ResponseEnded} & TABLE[phase].keys()


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.INIT])
def test_init_errors_and_registrations_belong_to_init(phase: Phase) -> None:
    early = {InitErrorPosted, Registered, ExtensionsLaunched, RestorePolled, RestoreErrorPosted}
    assert not early & TABLE[phase].keys()


def test_only_the_idle_rest() -> None:
    assert [phase for phase in Phase if Rested in TABLE[phase]] == [Phase.FROZEN]


def test_the_dead_take_nothing() -> None:
    assert TABLE[Phase.DEAD] == {}
