"""Functions as processes of this machine.

Each gets a session of its own, so that one signal reaches it and its children; a mark in its environment, by which
also those are found that have left the group; one pipe for all it writes; and a limit of memory that is watched. So
does each external extension of it. A guardian clears up when devserve is killed.
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
from localstack_lite.sandbox import bootstrap, debugpy_folder, extensions, housing, interpreter, memory
from localstack_lite.sandbox.accompanied import Accompanied
from localstack_lite.sandbox.child import Child, ProcessListener
from localstack_lite.sandbox.extensions import Extension, unresolved
from localstack_lite.sandbox.guard import Guard
from localstack_lite.sandbox.housing import Housing
from localstack_lite.sandbox.interpreter import Interpreter
from localstack_lite.sandbox.node import Nodes
from localstack_lite.sandbox.not_started import NotStarted
from localstack_lite.sandbox.remarks import remark
from localstack_lite.sandbox.spec import (
    INVALID_ENTRYPOINT,
    MARK,
    WRAPPER,
    Found,
    Impossible,
    Launch,
    bytecode_folder,
    launch,
    unavailable,
    wrapper_of,
)
from localstack_lite.sandbox.stragglers import Stragglers


class ProcessSandbox:
    """A `ports.Sandbox`. `root` is the project's folder; `environ` devserve's own environment, unless given."""

    name = "process"

    def __init__(self, root: Path, environ: Mapping[str, str] | None = None) -> None:
        self._root = root
        self._environ = os.environ if environ is None else environ
        self._guard = Guard(f"devserve-{os.getpid()}-{secrets.token_hex(6)}/")
        self._nodes = Nodes(self._environ)
        self._machine = os.uname().machine
        self._stragglers = Stragglers(self._guard.run)
        self._housing = Housing(root, self._guard.folder_made)
        self._children: set[Child | Accompanied] = set()
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
        """Nothing to fetch: what runs here is installed here. What this machine allows is tried before the first
        start has to wait for it."""
        if all(function.opt is None for function in functions):
            return ()
        unknown = await asyncio.to_thread(housing.unknown)
        return unresolved(functions, self._machine) if unknown else ()

    def start(self, spec: SandboxSpec, listener: SandboxListener) -> RunningSandbox:
        loop = asyncio.get_running_loop()
        self._started += 1
        mark = f"{self._guard.run}{spec.tag}/{self._started}"
        found = self._found(spec)
        plan = found if isinstance(found, Impossible) else launch(spec, mark, found, shipped.runtimes(), self._environ)
        beside: tuple[Extension, ...] = ()
        if spec.opt is not None or spec.extensions is not None:
            beside = extensions.found(spec.opt, spec.extensions, self._machine)
        if isinstance(plan, Impossible):
            return self._refuse(plan, spec.runtime_api, listener)
        debugger = ("127.0.0.1", found.debug_port) if isinstance(found, Found) and found.debug_port else None
        try:
            self._make_scratch(spec.scratch)
            child: Child | Accompanied
            if beside:
                child = self._accompany(plan, spec, mark, beside, listener)
            else:
                child = self._run(self._housed(plan, spec), mark, spec.memory, listener)
        except OSError as error:
            return self._refuse(_why(plan, error), spec.runtime_api, listener)
        child.debugger = debugger
        self._children.add(child)
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
        self._stragglers.close()
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

    def _refuse(self, impossible: Impossible, runtime_api: str, listener: ProcessListener) -> NotStarted:
        refused = NotStarted(impossible, runtime_api, listener)
        self._refused.add(refused)
        refused.gone.add_done_callback(lambda _: self._refused.discard(refused))
        return refused

    def _accompany(
        self, plan: Launch, spec: SandboxSpec, mark: str, beside: Sequence[Extension], listener: SandboxListener
    ) -> Accompanied:
        """The extensions now, the runtime when they have registered."""
        housed = self._housed(plan, spec)

        def launch(number: int, extension: Extension, side: ProcessListener) -> Child:
            own = f"{mark}/{number}"
            environ = {**extensions.variables(plan.environ, spec.environ), MARK: own}
            process = Launch((str(extension.file),), environ, Path("/"))
            return self._run(self._housed(process, spec), own, spec.memory, side)

        def begin(side: ProcessListener) -> Child | NotStarted:
            try:
                return self._run(housed, mark, spec.memory, side)
            except OSError as error:
                return self._refuse(_why(plan, error), spec.runtime_api, side)

        return Accompanied(beside, launch, begin, spec.memory, listener, self._children.discard)

    def _housed(self, plan: Launch, spec: SandboxSpec) -> Launch:
        """The same process with what it sees of this machine's files as it should be. Raises OSError."""
        if spec.strict_fs:
            from localstack_lite.sandbox.confining import confine

            confined = confine(plan, spec, self._root)
            if isinstance(confined, Impossible):
                raise _Unable(confined)
            plan = confined
        return plan if spec.opt is None and spec.extensions is None else self._housing.housed(plan, spec)

    def _run(self, plan: Launch, mark: str, limit: int, listener: ProcessListener) -> Child:
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
        child = Child(process, read, mark, limit, listener, self._ended, self._stragglers.froze)
        self._guard.group_started(child.pid)
        return child

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


class _Unable(OSError):
    def __init__(self, impossible: Impossible) -> None:
        super().__init__(impossible.why)
        self.impossible = impossible


def _why(plan: Launch, error: OSError) -> Impossible:
    if isinstance(error, _Unable):
        return error.impossible
    return Impossible(f"{plan.command[0]} cannot be started: {error}", INVALID_ENTRYPOINT)


def _has_source_map(spec: SandboxSpec) -> bool:
    """Whether the handler's file was made from another one, and says how."""
    if not spec.runtime.startswith("nodejs"):
        return False
    module = spec.folder / spec.handler.rpartition("/")[0] / spec.handler.rpartition("/")[2].partition(".")[0]
    return any(module.with_name(f"{module.name}{ending}.map").is_file() for ending in (".js", ".mjs", ".cjs"))
