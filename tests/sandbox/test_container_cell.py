"""A container whose engine fails now and then: it is frozen and thawed in the end all the same."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from localstack_lite.sandbox import warden
from localstack_lite.sandbox.container import Blueprint
from localstack_lite.sandbox.container_cell import Cell
from localstack_lite.sandbox.workers import Workers
from tests.live.sandboxes import becomes

PLAN = Blueprint("F", "image", (), 1769, 512, "bridge", "x86_64")


class BusyEngine:
    """Of the SDK's client what a cell uses, with one container. The next `failures` calls of each kind fail; `late`:
    although what they ask for is done."""

    def __init__(self) -> None:
        self.near, self.far = socket.socketpair()
        self.failures: dict[str, int] = {}
        self.late = False
        self.paused = False
        self.quota = 0
        self.calls: list[str] = []

    def create_container_from_config(self, body: Mapping[str, Any], name: str) -> Mapping[str, str]:
        return {"Id": "c"}

    def attach_socket(self, container: str, params: Mapping[str, int]) -> socket.socket:
        return self.near

    def start(self, container: str) -> None:
        pass

    def pause(self, container: str) -> None:
        self._do("pause", paused=True)

    def unpause(self, container: str) -> None:
        self._do("unpause", paused=False)

    def update_container(self, container: str, cpu_period: int, cpu_quota: int) -> None:
        self._do("update", quota=cpu_quota)

    def inspect_container(self, container: str) -> Mapping[str, Any]:
        return {"State": {"Paused": self.paused}}

    def _do(self, what: str, **change: object) -> None:
        self.calls.append(what)
        fails = self.failures.get(what, 0) > 0
        if fails:
            self.failures[what] -= 1
        if self.late or not fails:
            for name, value in change.items():
                setattr(self, name, value)
        if fails:
            raise RuntimeError(f"500 Server Error: cannot {what} container: unable to freeze")


def play(story: Callable[[Cell, BusyEngine], Awaitable[None]]) -> None:
    async def whole() -> None:
        engine, workers, loop = BusyEngine(), Workers(1, "test-cell"), asyncio.get_running_loop()
        with engine.far:
            cell = Cell(engine, PLAN, 2, workers, loop, "", lambda _: None)
            cell.launch({}, "name")
            cell.moved_in()
            try:
                await story(cell, engine)
            finally:
                engine.far.close()
                await asyncio.wait_for(cell.gone, 5)
                workers.shutdown()

    asyncio.run(whole())


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
        engine.far.settimeout(5)
        cell.terminate(7)
        assert await asyncio.to_thread(engine.far.recv, 100) == warden.terminate(7)
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
