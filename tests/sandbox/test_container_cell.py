"""A container whose engine fails now and then: it is frozen and thawed in the end all the same."""

from __future__ import annotations

import asyncio

from localstack_lite.sandbox import warden
from localstack_lite.sandbox.container_cell import Cell
from tests.live.sandboxes import becomes
from tests.sandbox.busy_engine import BusyEngine, play


def test_a_freeze_that_fails_is_tried_until_it_is_frozen() -> None:
    async def story(cell: Cell, engine: BusyEngine) -> None:
        engine.failures = {"pause": 5}
        cell.freeze(True)
        await becomes(lambda: engine.paused, True)
        assert engine.calls == ["pause"] * 6
        cell.freeze(False)
        await becomes(lambda: engine.paused, False)

    play(story)


def test_a_signal_waits_until_a_thaw_that_fails_has_succeeded() -> None:
    async def story(cell: Cell, engine: BusyEngine) -> None:
        cell.freeze(True)
        await becomes(lambda: engine.paused, True)
        engine.failures = {"unpause": 4}
        cell.terminate(7)
        assert await engine.told() == warden.terminate(7)
        assert not engine.paused
        assert engine.calls == ["pause", *["unpause"] * 5]

    play(story)


def test_what_an_engine_did_and_called_an_error_is_not_asked_for_again() -> None:
    async def story(cell: Cell, engine: BusyEngine) -> None:
        engine.failures, engine.late = {"pause": 1}, True
        cell.freeze(True)
        cell.limit(0.5)
        await becomes(lambda: (engine.paused, engine.quota), (True, 10_000))
        cell.freeze(False)
        await becomes(lambda: engine.paused, False)
        assert engine.calls == ["pause", "update", "unpause"]

    play(story)


def test_an_engine_that_cannot_hold_it_to_a_share_freezes_and_thaws_it_all_the_same() -> None:
    async def story(cell: Cell, engine: BusyEngine) -> None:
        engine.failures = {"update": 1_000_000}
        cell.limit(0.5)
        cell.freeze(True)
        await becomes(lambda: engine.paused, True)
        cell.freeze(False)
        await becomes(lambda: engine.paused, False)

    play(story)


def test_one_that_has_ended_is_not_asked_about_any_more() -> None:
    async def story(cell: Cell, engine: BusyEngine) -> None:
        engine.failures = {"pause": 1_000_000}
        cell.freeze(True)
        await becomes(lambda: len(engine.calls) >= 2, True)
        engine.far.close()
        await asyncio.wait_for(cell.gone, 5)
        assert cell._again is None

    play(story)
