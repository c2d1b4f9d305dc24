"""A runtime in a container, as the news of it come: by two ways, one of which may be behind."""

from __future__ import annotations

import asyncio

from localstack_lite.ports import SandboxExited
from localstack_lite.sandbox import warden
from localstack_lite.sandbox.container_cell import Cell
from localstack_lite.sandbox.container_runtime import ContainerRuntime, Tenure
from tests.live.sandboxes import Heard, becomes
from tests.sandbox.busy_engine import BusyEngine, play

TENURE = Tenure(("run",), {}, "/var/task", beside={})


def test_a_runtime_without_extensions_is_told_to_end_when_the_news_of_its_start_has_come() -> None:
    async def story(cell: Cell, engine: BusyEngine) -> None:
        heard = Heard()
        runtime = ContainerRuntime(256, heard, asyncio.get_running_loop(), lambda _: None)
        runtime.enter(cell, Tenure(("run",), {}, "/var/task"))
        await engine.told()
        engine.say("ready")
        runtime.terminate()
        engine.say("started 1 7")
        assert await engine.told() == warden.terminate(7)
        engine.say("exit 1 0", "swept 1")
        assert await heard.end() == SandboxExited(0)

    play(story)


def test_told_to_end_before_the_news_of_its_start_has_come_it_is_told_so_then() -> None:
    async def story(cell: Cell, engine: BusyEngine) -> None:
        heard = Heard()
        runtime = ContainerRuntime(256, heard, asyncio.get_running_loop(), lambda _: None)
        runtime.enter(cell, TENURE)
        await engine.told()
        engine.say("ready", "extension 1 one", "launched 1")
        await becomes(lambda: heard.launches, [("one",)])
        runtime.start_runtime()
        await engine.told()
        runtime.terminate()
        engine.say("started 1 7")
        assert await engine.told() == warden.terminate(7)
        engine.say("exit 1 143")
        await becomes(lambda: heard.runtime_exits, [SandboxExited(None, 15)])

    play(story)
