"""A runtime and the external extensions beside it: several processes that are one sandbox.

The extensions run first; the runtime waits until it is told that all have registered. Each process writes to a pipe of
its own. The memory of all counts together, and one `kill` ends all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from localstack_lite.ports import SandboxExited, SandboxListener
from localstack_lite.sandbox.child import Child, ProcessListener
from localstack_lite.sandbox.extensions import Extension
from localstack_lite.sandbox.memory import MB, MemoryLimit
from localstack_lite.sandbox.not_started import NotStarted

_KILLED = SandboxExited(None, 9)
Begin = Callable[[ProcessListener], Child | NotStarted]
Launch = Callable[[int, Extension, ProcessListener], Child]


class Accompanied:
    """A `ports.RunningSandbox`. `launch` starts an extension (and raises OSError), `begin` the runtime; `ended` is
    called after the listener has heard of the end. `limit` is the memory of all in MB."""

    pending = False

    def __init__(
        self,
        extensions: Sequence[Extension],
        launch: Launch,
        begin: Begin,
        limit: int,
        listener: SandboxListener,
        ended: Callable[[Accompanied], None],
    ) -> None:
        loop = asyncio.get_running_loop()
        self.debugger: tuple[str, int] | None = None
        self.gone: asyncio.Future[None] = loop.create_future()
        self._loop = loop
        self._begin = begin
        self._listener = listener
        self._ended = ended
        self._memory = MemoryLimit(limit)
        self._out_of_memory = False
        self._killed = False
        self._frozen = False
        self._runtime: Child | NotStarted | None = None
        self._exit: SandboxExited | None = None
        self._peak = 0
        self._extensions: dict[str, Child] = {}
        problems: dict[str, str] = {}
        denied = {extension.name for extension in extensions if extension.denied}
        for number, extension in enumerate(extensions):
            problem = extension.problem
            if not problem:
                try:
                    side = _Side(listener.extension_wrote, extension.name, self._extension_exited)
                    self._extensions[extension.name] = launch(number, extension, side)
                except OSError as error:
                    problem = str(error)
                    denied |= {extension.name} if isinstance(error, PermissionError) else set()
            if problem:
                problems[extension.name] = problem
        # Not within the call that starts it: whoever is told may want to answer.
        loop.call_soon(self._announce, tuple(each.name for each in extensions), problems, denied)

    def _announce(self, names: tuple[str, ...], problems: dict[str, str], denied: set[str]) -> None:
        if self._killed:
            return
        self._listener.launched(names)
        for name, problem in problems.items():
            self._listener.extension_wrote([f"devserve: the extension {name} {problem}\n"])
            self._listener.extension_exited(name, None, None, denied=name in denied)

    # -- ports.RunningSandbox

    def start_runtime(self) -> None:
        if self._runtime is None and not self._killed:
            self._runtime = self._begin(_Side(self._listener.wrote, "", self._runtime_exited))

    def drain(self) -> None:
        for child in self._alive():
            child.drain()

    def terminate(self) -> None:
        self.thaw()  # the extensions are told, too
        if self._runtime is not None:
            self._runtime.terminate()

    def kill(self) -> None:
        self._killed = True
        for child in self._alive():
            child.kill()
        if not self._alive():
            self._loop.call_soon(self._look_whether_over)

    def freeze(self) -> None:
        self._frozen = True
        for child in self._alive():
            child.freeze()

    def thaw(self) -> None:
        self._frozen = False
        for child in self._alive():
            child.thaw()

    def inside(self, port: int) -> tuple[str, int]:
        """All of it shares this machine's network."""
        return "127.0.0.1", port

    def peak_memory(self) -> int:
        self._peak = max(self._peak, sum(child.peak() for child in self._alive()))
        return self._memory.limit if self._out_of_memory else self._memory.shown(self._peak)

    # -- memory

    def watch_memory(self) -> bool:
        """As `Child.watch_memory`, for all together."""
        if self._frozen or self._out_of_memory or self._killed:
            return False
        samples = [child.sample(self._memory.limit * MB) for child in self._alive()]
        own, below = sum(sample[0] for sample in samples), sum(sample[1] for sample in samples)
        self._peak = max(self._peak, own + below)
        if self._memory.sampled(own, below):
            self._out_of_memory = True
            self.kill()
        return self._memory.growing

    # -- the end

    def _alive(self) -> list[Child]:
        runtime = [self._runtime] if isinstance(self._runtime, Child) and self._exit is None else []
        return [*runtime, *self._extensions.values()]

    def _extension_exited(self, name: str, exit: SandboxExited) -> None:
        self._extensions.pop(name, None)
        if not self._killed:
            self._listener.extension_exited(name, exit.code, exit.signal)
        self._look_whether_over()

    def _runtime_exited(self, _: str, exit: SandboxExited) -> None:
        self._exit = replace(exit, out_of_memory=self._out_of_memory and exit.signal == _KILLED.signal)
        if self._extensions and not self._killed:
            self._listener.runtime_exited(self._exit)
        self._look_whether_over()

    def _look_whether_over(self) -> None:
        """A runtime that never ran was killed: it waited for the extensions."""
        waiting = self._runtime is None and not self._killed
        if self._extensions or waiting or (self._runtime is not None and self._exit is None) or self.gone.done():
            return
        never_ran = replace(_KILLED, out_of_memory=self._out_of_memory)
        self._listener.exited(never_ran if self._exit is None else self._exit)
        self._ended(self)
        self.gone.set_result(None)


class _Side:
    """The listener of one of the processes."""

    def __init__(
        self, wrote: Callable[[list[str]], None], name: str, exited: Callable[[str, SandboxExited], None]
    ) -> None:
        self.wrote = wrote
        self._name = name
        self._exited = exited

    def exited(self, exit: SandboxExited) -> None:
        self._exited(self._name, exit)
