"""Runs stories against a real process sandbox, and checks that each leaves nothing behind: no process, file descriptor,
thread or folder.

Functions are executables of the `provided` runtime, written in Python or shell, so that nothing but the sandbox is
under test.
"""

from __future__ import annotations

import asyncio
import os
import sys
import textwrap
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from localstack_lite.ports import RunningSandbox, SandboxExited, SandboxSpec
from localstack_lite.sandbox.process import ProcessSandbox
from tests.live.holdings import Holdings, held
from tests.live.processes import descendants

T = TypeVar("T")

STEP = 0.005


class Heard:
    """A `ports.SandboxListener` that remembers."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.exits: list[SandboxExited] = []
        self.launches: list[tuple[str, ...]] = []
        self.extension_log: list[str] = []
        self.extension_exits: list[tuple[str, int | None, int | None]] = []
        self.denied: list[str] = []
        self.runtime_exits: list[SandboxExited] = []

    def wrote(self, messages: list[str]) -> None:
        assert not self.exits, "output after the end"
        self.log += messages

    def extension_wrote(self, messages: list[str]) -> None:
        assert not self.exits, "output after the end"
        self.extension_log += messages

    def launched(self, names: tuple[str, ...]) -> None:
        self.launches.append(names)

    def extension_exited(self, name: str, code: int | None, signal: int | None, *, denied: bool = False) -> None:
        assert not self.exits, "an exit after the end"
        self.extension_exits.append((name, code, signal))
        self.denied += [name] if denied else []

    def runtime_exited(self, exit: SandboxExited) -> None:
        assert not self.exits, "an exit after the end"
        self.runtime_exits.append(exit)

    def started(self) -> None:
        pass

    def exited(self, exit: SandboxExited) -> None:
        self.exits.append(exit)

    async def end(self, seconds: float = 15.0) -> SandboxExited:
        await until(lambda: bool(self.exits), seconds)
        return self.exits[0]


class Stage:
    """What a story plays on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sandbox = ProcessSandbox(folder)
        self._number = 0

    def start(
        self, program: str, *, memory: int = 512, runtime: str = "provided.al2023", shell: bool = False
    ) -> tuple[RunningSandbox, Heard]:
        """Start `program`, which is Python unless it is shell."""
        self._number += 1
        code = self.folder / f"code{self._number}"
        code.mkdir()
        first = "#!/bin/sh\n" if shell else f"#!{sys.executable} -Bu\n"
        (code / "bootstrap").write_text(first + textwrap.dedent(program))
        (code / "bootstrap").chmod(0o755)
        return self.run(self.spec(code, memory=memory, runtime=runtime))

    def spec(self, code: Path, *, memory: int = 512, runtime: str = "provided.al2023") -> SandboxSpec:
        scratch = self.folder / "scratch" / code.name
        return SandboxSpec(f"f#{self._number}", runtime, "app.handler", code, {}, "127.0.0.1:9", memory, scratch)

    def run(self, spec: SandboxSpec) -> tuple[RunningSandbox, Heard]:
        heard = Heard()
        return self.sandbox.start(spec, heard), heard


def play(folder: Path, story: Callable[[Stage], Awaitable[None]]) -> None:
    """Play it, close the sandbox, look for what is left."""

    async def whole() -> None:
        stage = Stage(folder)
        try:
            await story(stage)
        finally:
            await stage.sandbox.close()

    before = _held()
    asyncio.run(whole())
    assert _held().since(before) == []
    assert not (folder / "scratch").exists()


async def until(look: Callable[[], bool], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < end, f"not within {seconds:g} s"
        await asyncio.sleep(STEP)


async def becomes(look: Callable[[], T], wanted: T, seconds: float = 15.0) -> None:
    """Wait until `look` gives that; fails with what it has given instead."""
    end = time.monotonic() + seconds
    seen = [look()]
    while seen[-1] != wanted:
        assert time.monotonic() < end, f"not {wanted!r} within {seconds:g} s, but {seen}"
        await asyncio.sleep(STEP)
        if (now := look()) != seen[-1]:
            seen.append(now)


def _held() -> Holdings:
    return held([f"process {process.pid}: {process.command}" for process in descendants(os.getpid())])
