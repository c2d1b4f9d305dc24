"""One start of a function's runtime in a container, from the wish for it to the end of its last process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from localstack_lite.ports import SandboxExited, SandboxListener
from localstack_lite.sandbox import census
from localstack_lite.sandbox.container import share
from localstack_lite.sandbox.container_cell import PATIENCE, Cell
from localstack_lite.sandbox.log_stream import LogStream
from localstack_lite.sandbox.memory import MemoryLimit
from localstack_lite.sandbox.tenancy import Step, Tenancy
from localstack_lite.sandbox.warden import Message, Said

#: The status of a shell that could not start a command.
NOT_STARTED = 127
#: Seconds by which output from an engine elsewhere may be behind.
BEHIND = 0.05
_FRESH = 0.05
_LOST = "devserve: the container has ended: it was removed by someone else, or the Docker engine has stopped\n"


@dataclass(frozen=True, slots=True)
class Tenure:
    """What is started. `folder` is a path in the container."""

    command: tuple[str, ...]
    environ: Mapping[str, str]
    folder: str
    beside: Mapping[str, str] | None = None
    """The variables of external extensions, when there may be some."""


class ContainerRuntime:
    """A `ports.RunningSandbox` and a `container_cell.Tenant`. `ended` is called when the listener knows of the end."""

    def __init__(
        self,
        memory: int,
        listener: SandboxListener,
        loop: asyncio.AbstractEventLoop,
        ended: Callable[[ContainerRuntime], None],
    ) -> None:
        self.pending = True
        self.debugger: tuple[str, int] | None = None
        self.alive = True
        self._listener = listener
        self._loop = loop
        self._ended = ended
        self._cell: Cell | None = None
        self._run = Tenancy(0)
        self._tenure: Tenure | None = None
        self._voices: dict[int, LogStream] = {}
        """What the extensions write, by their numbers."""
        self._stream = LogStream()
        self._memory = MemoryLimit(memory)
        self._peak = 0
        self._looked = 0.0
        self._process = 0
        self._held = False
        self._leaving = False
        """It is to end as soon as its process is known."""
        self._sweeping: asyncio.TimerHandle | None = None

    def enter(self, cell: Cell, tenure: Tenure) -> None:
        """Its container is there."""
        self._cell = cell
        self.debugger = cell.debugger
        self._tenure = tenure
        if tenure.beside is None:
            number = cell.run(self, tenure.command, tenure.environ, tenure.folder)
        else:
            number = cell.accompany(self, tenure.beside)
        self._run = Tenancy(number, cell.kills)

    def at_once(self) -> None:
        """Nobody has to wait: the container was there already."""
        self.pending = False

    def fail(self, lines: list[str]) -> None:
        """There will be no container; `lines` say why."""
        if self.alive:
            self._listener.wrote([f"devserve: {line}\n" for line in lines])
            self._over(SandboxExited(NOT_STARTED))

    def remark(self, line: str) -> None:
        self._listener.wrote([f"devserve: {line}\n"])

    # -- ports.RunningSandbox

    def drain(self) -> None:
        """Exact where the engine runs on this machine; elsewhere what has arrived by now."""
        if self._cell is None or not self.alive:
            return
        self._cell.drain()
        self._tell(self._stream.flush())
        if not self._held:
            # The first answer: the function has initialised, and from now on it has its share of the processors only.
            self._held = True
            self._cell.limit(share(self._cell.plan.memory))

    def start_runtime(self) -> None:
        run, tenure, cell = self._run, self._tenure, self._cell
        if cell is None or tenure is None or tenure.beside is None or run.run_asked or run.asked or not self.alive:
            return
        run.run_asked = True
        cell.follow(tenure.command, tenure.environ, tenure.folder)

    def terminate(self) -> None:
        if not self.alive:
            return
        alone = self._tenure is not None and self._tenure.beside is None
        if self._cell is None or (self._run.pid == 0 and not alone and not self._run.accompanied):
            self.kill()
        elif self._run.pid == 0:
            # The news of its start may be behind what it has written already: that comes by another way.
            self._leaving = alone or self._run.run_asked
            self.thaw()
        else:
            self._cell.terminate(self._run.pid)

    def kill(self) -> None:
        if not self.alive:
            return
        if self._cell is None:
            self._loop.call_soon(self._over, SandboxExited(None, 9))
        else:
            self._do(self._run.kill())

    def freeze(self) -> None:
        if self._cell is not None and self.alive:
            self._cell.freeze(True)

    def thaw(self) -> None:
        if self._cell is not None and self.alive:
            self._cell.freeze(False)

    def inside(self, port: int) -> tuple[str, int] | None:
        address = self._cell.address if self._cell is not None else ""
        return (address, port) if address else None

    def peak_memory(self) -> int:
        if self.alive and self._process and self._loop.time() - self._looked > _FRESH:
            self._looked = self._loop.time()
            self._peak = max(self._peak, census.peak(self._process))
        return self._memory.limit if self._run.out_of_memory else self._memory.shown(self._peak)

    # -- memory

    def watch_memory(self) -> bool:
        """Take a sample, kill when it is over the limit. Whether memory grows, so that the next look should be soon."""
        cell = self._cell
        if cell is None or cell.group is None or not self.alive or self._run.asked:
            return False
        used = cell.group.used()
        self._peak = max(self._peak, used)
        if self._memory.sampled(used, 0):
            self._do(self._run.kill(over_limit=True))
        return self._memory.growing

    def measured(self, peak: int) -> None:
        """The engine, which is elsewhere, says how much memory the container uses, in bytes."""
        self._peak = max(self._peak, peak)

    @property
    def measured_elsewhere(self) -> str:
        """The container's id when only the engine can tell its memory; empty otherwise."""
        cell = self._cell
        return cell.id if cell is not None and cell.group is None and self.alive else ""

    # -- container_cell.Tenant

    def said(self, message: Message) -> None:
        if isinstance(message, Said):
            if self.alive:
                self._tell_beside(self._voices.setdefault(message.number, LogStream()).feed(message.text))
            return
        step = self._run.told(message)
        if step is Step.LAUNCHED:
            self._arrived()
            self._listener.launched(tuple(sorted(self._run.names)))
        for name, code, signal in self._run.take_gone():
            if code is None and signal is None:
                self._tell_beside([f"devserve: the extension {name} may not be run, or is no program\n"])
            self._listener.extension_exited(name, code, signal, denied=name in self._run.denied)
        self._do(step)

    def output(self, data: bytes) -> None:
        if self.alive:
            self._tell(self._stream.feed(data))

    def evicted(self) -> None:
        if not self.alive:
            return
        if self._run.lost():
            words = self._cell.last_words.decode("utf-8", "replace") if self._cell is not None else ""
            self._tell([*self._stream.end(), *words.splitlines(keepends=True), _LOST])
        self._over(self._run.result)

    def _do(self, step: Step) -> None:
        cell = self._cell
        if cell is None:
            return
        match step:
            case Step.RUN:
                self.start_runtime()
            case Step.LEFT:
                self.drain()
                self._listener.runtime_exited(self._run.result)
            case Step.BEGUN:
                self._begun(cell)
            case Step.WATCH:
                cell.watch(self._run.pid)
            case Step.SWEEP:
                cell.sweep()
                if self._sweeping is None:
                    self._sweeping = self._loop.call_later(PATIENCE, cell.force)
            case Step.OVER if cell.fifo:
                self._leave(cell)
            case Step.OVER:
                # What it wrote comes by another pipe than the news of its end, and may be a moment behind.
                self._loop.call_later(BEHIND, self._leave, cell)
            case Step.LAUNCHED | Step.NOTHING:
                pass

    def _leave(self, cell: Cell) -> None:
        if self.alive:
            cell.drain()
            cell.vacate()
            self._over(self._run.result)

    def _begun(self, cell: Cell) -> None:
        if cell.group is not None:
            self._process = cell.group.process(self._run.pid)
        self._arrived()
        if self._leaving:
            self.terminate()

    def _arrived(self) -> None:
        if self.pending:
            self.pending = False
            self._listener.started()

    def _over(self, exit: SandboxExited) -> None:
        if not self.alive:
            return
        self._tell(self._stream.end())
        for voice in self._voices.values():
            self._tell_beside(voice.end())
        self.alive = False
        if self._sweeping is not None:
            self._sweeping.cancel()
        self._listener.exited(exit)
        self._ended(self)

    def _tell(self, events: list[str]) -> None:
        if events:
            self._listener.wrote(events)

    def _tell_beside(self, events: list[str]) -> None:
        if events:
            self._listener.extension_wrote(events)
