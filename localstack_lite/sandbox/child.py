"""One process of one environment while it runs, a runtime or an extension: its output, its end, its memory, the
signals it gets."""

from __future__ import annotations

import array
import asyncio
import contextlib
import fcntl
import os
import signal
import subprocess
import termios
import threading
from collections.abc import Callable, Iterable
from typing import Protocol

from localstack_lite.ports import SandboxExited
from localstack_lite.sandbox import census, guardian
from localstack_lite.sandbox.log_stream import LogStream
from localstack_lite.sandbox.memory import MB, MemoryLimit

#: The most that is read at once, in bytes: a flood of output must not keep the loop from everything else.
SLICE = 256 * 1024
_FRESH = 0.05
_STEP = 0.003
_PATIENCE = 2.0
#: Seconds after which one that was stopped goes on, whatever it does then.
_WAKING = 0.1


class ProcessListener(Protocol):
    """The part of a `ports.SandboxListener` that one process speaks to."""

    def wrote(self, messages: list[str]) -> None: ...

    def exited(self, exit: SandboxExited) -> None: ...


class Child:
    """A `ports.RunningSandbox`. `ended` is called after the listener has heard of the end, `froze` when the process was
    stopped with all that can be found at once: some of it may have hidden.

    `pipe` is the reading end of what the process writes; this object closes it.
    """

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        pipe: int,
        mark: str,
        limit: int,
        listener: ProcessListener,
        ended: Callable[[Child], None],
        froze: Callable[[Child], None] | None = None,
    ) -> None:
        self.pid = process.pid
        self.mark = mark
        self.pending = False
        self.debugger: tuple[str, int] | None = None
        self.alive = True
        self.frozen = False
        self._thawed = -_WAKING
        self.gone = asyncio.get_running_loop().create_future()
        self._loop = asyncio.get_running_loop()
        self._process = process
        self._listener = listener
        self._ended = ended
        self._froze = froze
        self._held: set[int] = set()
        """Processes outside of its group that were stopped with it."""
        self._stream = LogStream()
        self._memory = MemoryLimit(limit)
        self._peak = 0
        self._looked = 0.0
        self._out_of_memory = False
        self._pipe = pipe
        os.set_blocking(pipe, False)
        self._loop.add_reader(pipe, self._readable)
        self._watch_exit()

    # -- ports.RunningSandbox

    def drain(self) -> None:
        """Reads as much as lies in the pipe now: what was written before this call, and no more however much comes."""
        self._tell(self._read_now() + self._stream.flush())

    def start_runtime(self) -> None:
        """It runs already."""

    def terminate(self) -> None:
        self.thaw()  # a stopped process would not notice
        self._part()

    def _part(self) -> None:
        """While the threads of a process are only just going on, the kernel may interrupt any of them with a signal;
        most runtimes hear one in their first thread only. So it is sent when that one waits again."""
        if self._loop.time() - self._thawed < _WAKING and self.alive and not census.waits(self.pid):
            self._loop.call_later(_STEP, self._part)
        else:
            self._signal(signal.SIGTERM)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def freeze(self) -> None:
        if self.frozen or not self.alive:
            return
        self.frozen = True
        self._signal(signal.SIGSTOP)
        self.hold(census.children(self.pid))
        if self._froze is not None:
            self._froze(self)

    def hold(self, pids: Iterable[int]) -> None:
        """These belong to it: they stop and go on with it. Nothing when it is not frozen any more."""
        for pid in pids if self.frozen else ():
            with contextlib.suppress(OSError):  # it has just ended
                os.kill(pid, signal.SIGSTOP)
                self._held.add(pid)

    def thaw(self) -> None:
        if self.frozen:
            self.frozen = False
            self._thawed = self._loop.time()
        self._signal(signal.SIGCONT)
        for pid in self._held:
            with contextlib.suppress(OSError):  # somebody has killed it
                os.kill(pid, signal.SIGCONT)
        self._held.clear()

    def inside(self, port: int) -> tuple[str, int]:
        """It shares this machine's network."""
        return "127.0.0.1", port

    def peak_memory(self) -> int:
        return self._memory.limit if self._out_of_memory else self._memory.shown(self.peak())

    # -- memory

    def peak(self) -> int:
        """Bytes."""
        if self.alive and self._loop.time() - self._looked > _FRESH:
            self._looked = self._loop.time()
            self._peak = max(self._peak, census.peak(self.pid))
        return self._peak

    def sample(self, limit: int) -> tuple[int, int]:
        """Bytes that it uses now, and all below it together. Over `limit` bytes it is worth a closer look."""
        own = census.used(self.pid)
        family = census.children(self.pid)
        below = sum(map(census.used, family))
        if family and own + below > limit:
            own, below = census.proportional(self.pid), sum(map(census.proportional, family))
        self._peak = max(self._peak, own + below)
        return own, below

    def watch_memory(self) -> bool:
        """Take a sample, kill when it is over the limit. Whether memory grows, so that the next look should be soon."""
        if not self.alive or self.frozen or self._out_of_memory:
            return False
        if self._memory.sampled(*self.sample(self._memory.limit * MB)):
            self._out_of_memory = True
            self.kill()
        return self._memory.growing

    # -- output

    def _readable(self) -> None:
        try:
            data = os.read(self._pipe, SLICE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._tell(self._stream.feed(data))
        else:
            # Everybody has closed it; the process itself may well live on.
            self._close_pipe()

    def _read_now(self) -> list[str]:
        events: list[str] = []
        if self._pipe < 0:
            return events
        waiting = array.array("i", [0])
        fcntl.ioctl(self._pipe, termios.FIONREAD, waiting)
        left = waiting[0]
        while left > 0:
            data = os.read(self._pipe, min(left, SLICE))
            left -= len(data)
            events += self._stream.feed(data)
        return events

    def _tell(self, events: list[str]) -> None:
        if events:
            self._listener.wrote(events)

    def _close_pipe(self) -> None:
        if self._pipe >= 0:
            self._loop.remove_reader(self._pipe)
            os.close(self._pipe)
            self._pipe = -1

    # -- the end

    def _watch_exit(self) -> None:
        try:
            descriptor = os.pidfd_open(self.pid)
        except (AttributeError, OSError):
            # No such thing outside Linux: a thread waits for this one process.
            threading.Thread(target=self._wait, name=f"wait-{self.pid}", daemon=True).start()
        else:
            self._loop.add_reader(descriptor, self._ready, descriptor)

    def _wait(self) -> None:
        self._process.wait()
        with contextlib.suppress(RuntimeError):  # the loop has ended, nobody wants to know any more
            self._loop.call_soon_threadsafe(self._exited)

    def _ready(self, descriptor: int) -> None:
        self._loop.remove_reader(descriptor)
        os.close(descriptor)
        self._exited()

    def _exited(self) -> None:
        # Its group first, as long as the dead process still keeps the group's number from being used again.
        guardian.kill_group(self.pid)
        self.alive = False
        self._process.wait()
        self._sweep(self._loop.time() + _PATIENCE)

    def _sweep(self, deadline: float) -> None:
        """Kill whoever the process has left behind, until there is nobody."""
        left = census.members(self.mark, self.pid, self.pid)
        for pid in left:
            guardian.kill(pid)
        if left and self._loop.time() < deadline:
            self._loop.call_later(_STEP, self._sweep, deadline)
            return
        events = self._read_now()
        self._close_pipe()
        self._tell(events + self._stream.end())
        code = self._process.returncode
        killed = code == -signal.SIGKILL and self._out_of_memory
        self._listener.exited(SandboxExited(code, None) if code >= 0 else SandboxExited(None, -code, killed))
        self._ended(self)
        if not self.gone.done():
            self.gone.set_result(None)

    def _signal(self, number: signal.Signals) -> None:
        if self.alive:
            with contextlib.suppress(OSError):  # it has just ended, and its exit is on the way
                os.killpg(self.pid, number)
