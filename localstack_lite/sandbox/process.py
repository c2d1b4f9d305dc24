"""Functions as processes of this machine.

Each gets a session of its own, so that one signal reaches it and its children; a mark in its environment, by which
also those are found that have left the group; one pipe for all it writes; and a limit of memory that is watched. A
guardian clears up when devserve is killed.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from localstack_lite import shipped
from localstack_lite.model.function import Function
from localstack_lite.model.project import Problem
from localstack_lite.ports import Publish, RunningSandbox, SandboxExited, SandboxListener, SandboxSpec
from localstack_lite.sandbox import interpreter, memory
from localstack_lite.sandbox.child import Child
from localstack_lite.sandbox.guard import Guard
from localstack_lite.sandbox.interpreter import Interpreter
from localstack_lite.sandbox.spec import Impossible, Launch, launch

#: The status of a shell that could not start a command.
NOT_STARTED = 127


class ProcessSandbox:
    """A `ports.Sandbox`. `root` is the project's folder; `environ` devserve's own environment, unless given."""

    name = "process"

    def __init__(self, root: Path, environ: Mapping[str, str] | None = None) -> None:
        self._root = root
        self._environ = os.environ if environ is None else environ
        self._guard = Guard(f"devserve-{os.getpid()}-{secrets.token_hex(6)}/")
        self._children: set[Child] = set()
        self._started = 0
        self._timer: asyncio.TimerHandle | None = None

    def interpreter(self, runtime: str, folder: Path) -> Interpreter:
        """The Python that runs functions of `runtime` whose code is in `folder`, and why that one."""
        return interpreter.find(runtime, folder, self._root, self._environ)

    def remark(self, function: Function) -> Problem | None:
        """A warning when the Python that is here is another than the runtime's."""
        if function.language != "python" or not (
            said := self.interpreter(function.runtime, function.code.folder).warning
        ):
            return None
        hint = "a virtual environment of the runtime's version beside the project is used when there is one"
        return Problem(function.name, said, hint, function.logical_id, warning=True)

    async def prepare(self, functions: Sequence[Function], told: Publish) -> Sequence[Problem]:  # noqa: ARG002
        """Nothing to fetch: what runs here is installed here."""
        return ()

    def start(self, spec: SandboxSpec, listener: SandboxListener) -> RunningSandbox:
        loop = asyncio.get_running_loop()
        self._started += 1
        mark = f"{self._guard.run}{spec.tag}/{self._started}"
        python = self.interpreter(spec.runtime, spec.folder) if spec.runtime.startswith("python") else None
        plan = launch(spec, mark, python, shipped.runtimes(), self._environ)
        if isinstance(plan, Impossible):
            return NotStarted(loop, plan.why, listener)
        if not spec.folder.is_dir():
            return NotStarted(loop, f"the function's code is not there: {spec.folder}", listener)
        try:
            self._make_scratch(spec.scratch)
            child = self._run(plan, spec, mark, listener)
        except OSError as error:
            return NotStarted(loop, f"{plan.command[0]} cannot be started: {error}", listener)
        self._children.add(child)
        self._guard.group_started(child.pid)
        loop.call_soon(self._guard.start)
        self._watch_memory(loop)
        return child

    def discard(self, spec: SandboxSpec) -> None:
        self._guard.remove_folder(spec.scratch)

    async def close(self) -> None:
        for child in tuple(self._children):
            child.kill()
        while self._children:
            await next(iter(self._children)).gone
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._guard.close()

    def _run(self, plan: Launch, spec: SandboxSpec, mark: str, listener: SandboxListener) -> Child:
        read, write = os.pipe()
        try:
            # A second descriptor for the same pipe: log records as frames among what is printed, in one order.
            frames = os.dup(write)
            try:
                process = subprocess.Popen(
                    plan.command,
                    cwd=plan.folder,
                    env={**plan.environ, "_LAMBDA_TELEMETRY_LOG_FD": str(frames)},
                    stdin=subprocess.DEVNULL,
                    stdout=write,
                    stderr=write,
                    pass_fds=(frames,),
                    start_new_session=True,
                )
            finally:
                os.close(frames)
        except BaseException:
            os.close(read)
            raise
        finally:
            os.close(write)
        return Child(process, read, mark, spec.memory, listener, self._ended)

    def _ended(self, child: Child) -> None:
        self._children.discard(child)
        self._guard.group_ended(child.pid)

    def _make_scratch(self, folder: Path) -> None:
        """Made when the first sandbox of an environment starts; whatever of its path is new goes in the end."""
        if folder.is_dir():
            return
        made = folder
        while not made.parent.exists():
            made = made.parent
        folder.mkdir(parents=True, exist_ok=True)
        self._guard.folder_made(made)

    def _watch_memory(self, loop: asyncio.AbstractEventLoop) -> None:
        """One timer for all, and none when nothing runs."""
        if self._timer is None:
            self._timer = loop.call_later(memory.CALM, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        growing = [child.watch_memory() for child in tuple(self._children)]
        self._timer = None
        if self._children:
            self._timer = loop.call_later(memory.ALERT if any(growing) else memory.CALM, self._look, loop)


class NotStarted:
    """What `start` gives back when there is nothing to run: it writes why and is over."""

    pending = False
    debugger = None

    def __init__(self, loop: asyncio.AbstractEventLoop, why: str, listener: SandboxListener) -> None:
        loop.call_soon(self._end, why, listener)

    @staticmethod
    def _end(why: str, listener: SandboxListener) -> None:
        listener.wrote([f"devserve: {why}\n"])
        listener.exited(SandboxExited(code=NOT_STARTED))

    def drain(self) -> None: ...

    def terminate(self) -> None: ...

    def kill(self) -> None: ...

    def freeze(self) -> None: ...

    def thaw(self) -> None: ...

    def peak_memory(self) -> int:
        return 0
