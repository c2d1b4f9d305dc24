"""A Docker engine with one container, which fails when it is told to."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from localstack_lite.sandbox.attach_stream import OUTPUT
from localstack_lite.sandbox.container import Blueprint
from localstack_lite.sandbox.container_cell import Cell
from localstack_lite.sandbox.workers import Workers

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

    def say(self, *lines: str) -> None:
        """What the first process of the container says."""
        text = "".join(f"{line}\n" for line in lines).encode()
        self.far.sendall(bytes([OUTPUT, 0, 0, 0]) + len(text).to_bytes(4, "big") + text)

    async def told(self) -> bytes:
        """What devserve says to it next."""
        self.far.settimeout(5)
        return await asyncio.to_thread(self.far.recv, 10_000)


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
