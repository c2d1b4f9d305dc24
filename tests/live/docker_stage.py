"""Runs stories against a real Docker sandbox, and checks that each leaves nothing behind: no container, file
descriptor, thread or folder.

Functions are executables of the `provided` runtime, written in Python or shell, in the test image of Python.
"""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
import textwrap
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from localstack_lite.model.function import Code, Function, Image
from localstack_lite.ports import RunningSandbox, SandboxSpec
from localstack_lite.sandbox.docker import DockerSandbox
from localstack_lite.sandbox.engine import Engine
from localstack_lite.sandbox.images import Images
from tests.live import docker_engine
from tests.live.holdings import Holdings, held
from tests.live.sandboxes import Heard

OS_ONLY = "provided.al2023"
#: A Python expression: which container this is. All have the same host name.
CONTAINER = (
    'next(line.split("/containers/")[1][:12] for line in open("/proc/self/mountinfo") if " /etc/hosts " in line)'
)
PYTHON_IMAGE = docker_engine.IMAGES[docker_engine.PYTHON_RUNTIME]


class HeardFromAfar(Heard):
    """A listener of a sandbox that may take its time."""

    def __init__(self) -> None:
        super().__init__()
        self.starts = 0

    def started(self) -> None:
        self.starts += 1


class DockerStage:
    def __init__(self, folder: Path, engine: Engine) -> None:
        self.folder = folder
        self.engine = engine
        self.images = Images(engine, {OS_ONLY: PYTHON_IMAGE, docker_engine.PYTHON_RUNTIME: PYTHON_IMAGE}, {})
        self.sandbox = DockerSandbox(engine, self.images, folder)
        self._number = 0

    @property
    def run(self) -> str:
        return f"devserve.run={self.sandbox._yard.run}"

    def containers(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = self.engine.client.api.containers(all=True, filters={"label": [self.run]})
        return listed

    def facts(self, spec: SandboxSpec) -> dict[str, Any]:
        """What the engine says of the container of this environment. There may be others: a while after a start the
        sandbox prepares the next one."""
        facts: dict[str, Any] = self.engine.client.api.inspect_container(self.sandbox._homes[spec.tag].id)
        return facts

    def state(self, spec: SandboxSpec) -> str:
        """`running`, `paused`."""
        return str(self.facts(spec)["State"]["Status"])

    def function(
        self,
        program: str,
        *,
        memory: int = 256,
        storage: int = 512,
        shell: bool = False,
        runtime: str = OS_ONLY,
        image: Image | None = None,
    ) -> Function:
        """A function whose bootstrap is `program`, which is Python unless it is shell; known to the sandbox."""
        self._number += 1
        code = self.folder / f"code{self._number}"
        code.mkdir()
        first = "#!/bin/sh\n" if shell else "#!/usr/bin/env -S python3 -u\n"
        (code / "bootstrap").write_text(first + textwrap.dedent(program))
        (code / "bootstrap").chmod(0o755)
        name = f"F{self._number}"
        function = Function(
            name, name, runtime, "app.handler", Code(code), memory, ephemeral_storage=storage, image=image
        )
        self.sandbox.remark(function)
        return function

    def spec(self, function: Function, environment: int = 1, **more: Any) -> SandboxSpec:
        return SandboxSpec(
            f"{function.name}#{environment}",
            function.runtime,
            function.handler,
            function.code.folder,
            more.pop("environ", {}),
            more.pop("runtime_api", f"{self.sandbox.reach.name}:9"),
            function.memory,
            self.folder / "scratch" / function.name,
            function.logical_id,
            storage=function.ephemeral_storage,
            image=function.image,
            **more,
        )

    def start(self, program: str, **more: Any) -> tuple[RunningSandbox, HeardFromAfar, SandboxSpec]:
        spec = self.spec(self.function(program, **more))
        return *self.again(spec), spec

    def again(self, spec: SandboxSpec) -> tuple[RunningSandbox, HeardFromAfar]:
        heard = HeardFromAfar()
        return self.sandbox.start(spec, heard), heard


def play(folder: Path, story: Callable[[DockerStage], Awaitable[None]], *, far: bool = False) -> None:
    """Play it, close the sandbox, look for what is left. `far`: as if the engine were on another machine."""
    docker_engine.require_images()

    async def whole(engine: Engine) -> None:
        stage = DockerStage(folder, replace(engine, local=False, mounts=False) if far else engine)
        try:
            await story(stage)
        finally:
            await stage.sandbox.close()
        assert [(each["Names"], each["State"]) for each in stage.containers()] == []

    before = _held()
    with docker_engine.connected() as engine:
        asyncio.run(whole(engine))
    assert _held().since(before) == []


def _held() -> Holdings:
    mine = f"devserve-docker-{socket.gethostname()}-{os.getpid()}-"
    return held([name for name in os.listdir(tempfile.gettempdir()) if name.startswith(mine)])
