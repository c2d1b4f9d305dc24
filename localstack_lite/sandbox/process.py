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
from localstack_lite.ports import Publish, RunningSandbox, SandboxListener, SandboxSpec
from localstack_lite.sandbox import bootstrap, debugpy_folder, interpreter, memory
from localstack_lite.sandbox.child import Child
from localstack_lite.sandbox.guard import Guard
from localstack_lite.sandbox.interpreter import Interpreter
from localstack_lite.sandbox.node import Nodes
from localstack_lite.sandbox.not_started import NotStarted
from localstack_lite.sandbox.remarks import remark
from localstack_lite.sandbox.spec import (
    INVALID_ENTRYPOINT,
    WRAPPER,
    Found,
    Impossible,
    Launch,
    bytecode_folder,
    launch,
    unavailable,
    wrapper_of,
)


class ProcessSandbox:
    """A `ports.Sandbox`. `root` is the project's folder; `environ` devserve's own environment, unless given."""

    name = "process"

    def __init__(self, root: Path, environ: Mapping[str, str] | None = None) -> None:
        self._root = root
        self._environ = os.environ if environ is None else environ
        self._guard = Guard(f"devserve-{os.getpid()}-{secrets.token_hex(6)}/")
        self._nodes = Nodes(self._environ)
        self._machine = os.uname().machine
        self._children: set[Child] = set()
        self._refused: set[NotStarted] = set()
        self._started = 0
        self._timer: asyncio.TimerHandle | None = None

    def interpreter(self, runtime: str, folder: Path) -> Interpreter | None:
        """What runs functions of `runtime` whose code is in `folder`, and why that one; None when there is nothing."""
        if runtime.startswith("python"):
            return interpreter.find(runtime, folder, self._root, self._environ)
        if runtime.startswith("nodejs"):
            return self._nodes.find(runtime, folder, self._root)
        return None

    def remark(self, function: Function) -> Problem | None:
        """A warning when another version or machine than the function's runs it, a problem when nothing can."""
        return remark(function, self.interpreter(function.runtime, function.code.folder), self._machine)

    async def prepare(self, functions: Sequence[Function], told: Publish) -> Sequence[Problem]:  # noqa: ARG002
        """Nothing to fetch: what runs here is installed here."""
        return ()

    def start(self, spec: SandboxSpec, listener: SandboxListener) -> RunningSandbox:
        loop = asyncio.get_running_loop()
        self._started += 1
        mark = f"{self._guard.run}{spec.tag}/{self._started}"
        found = self._found(spec)
        plan = found if isinstance(found, Impossible) else launch(spec, mark, found, shipped.runtimes(), self._environ)
        if spec.strict_fs and not isinstance(plan, Impossible):
            from localstack_lite.sandbox.confining import confine

            plan = confine(plan, spec, self._root)
        if isinstance(plan, Impossible):
            return self._refuse(plan, spec, listener)
        try:
            self._make_scratch(spec.scratch)
            child = self._run(plan, spec, mark, listener)
        except OSError as error:
            why = f"{plan.command[0]} cannot be started: {error}"
            return self._refuse(Impossible(why, INVALID_ENTRYPOINT), spec, listener)
        if isinstance(found, Found) and found.debug_port:
            child.debugger = ("127.0.0.1", found.debug_port)
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
        while self._refused:
            await asyncio.wait([refused.gone for refused in self._refused])
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._guard.close()

    def _found(self, spec: SandboxSpec) -> Found | Impossible:
        """What this machine has to run it with."""
        custom = bootstrap.custom(spec.runtime)
        if spec.image is not None or not (custom or spec.runtime.startswith(("python", "nodejs"))):
            return unavailable("" if spec.image is not None else spec.runtime)
        if not spec.folder.is_dir():
            return Impossible(f"the function's code is not there: {spec.folder}")
        if custom:
            program = bootstrap.find(spec, self._machine)
            return program if isinstance(program, Impossible) else Found(bootstrap=program)
        script = wrapper_of(spec)
        if script is not None and (objection := bootstrap.wrapper(script, spec.environ[WRAPPER])) is not None:
            return objection
        chosen = self.interpreter(spec.runtime, spec.folder)
        if chosen is None:
            return Impossible(f"there is no Node.js to run {spec.runtime}: install it and put it on the PATH")
        return Found(
            chosen,
            source_maps=_has_source_map(spec),
            debug_port=debugpy_folder.free_port() if spec.debug else 0,
            debugpy=debugpy_folder.find(chosen) if spec.debug else None,
            bytecode=bytecode_folder(self._root),
        )

    def _refuse(self, impossible: Impossible, spec: SandboxSpec, listener: SandboxListener) -> NotStarted:
        refused = NotStarted(impossible, spec.runtime_api, listener)
        self._refused.add(refused)
        refused.gone.add_done_callback(lambda _: self._refused.discard(refused))
        return refused

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


def _has_source_map(spec: SandboxSpec) -> bool:
    """Whether the handler's file was made from another one, and says how."""
    if not spec.runtime.startswith("nodejs"):
        return False
    module = spec.folder / spec.handler.rpartition("/")[0] / spec.handler.rpartition("/")[2].partition(".")[0]
    return any(module.with_name(f"{module.name}{ending}.map").is_file() for ending in (".js", ".mjs", ".cjs"))
