"""Environments that initialise take turns, so that starting many at once does not make each of them late.

A runtime has 10 seconds to initialise. When hundreds start in the same moment, none would make it; so at most a few at
a time are started, and the others wait for their turn without their time running. Those that initialise without using
a processor (they sleep, they wait for the network) do not hold up the others: as long as the machine has processors to
spare, more get their turn.

`Turns` is a `ports.Sandbox` in front of the real one. A start that has its turn at once is the real one's own, so what
runs afterwards pays nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from localstack_lite.model.facts import Fact
from localstack_lite.model.function import Function
from localstack_lite.model.project import Problem
from localstack_lite.ports import (
    Clock,
    RunningSandbox,
    Sandbox,
    SandboxExited,
    SandboxListener,
    SandboxSpec,
    Timer,
)

#: How often it is looked whether the machine can start more, in seconds.
LOOK_SECONDS = 0.25
#: The part of the processors that may be in use when more are started than have their turn.
BUSY = 0.7
_KILLED = 9


def more(spare: float, cpus: int) -> int:
    """How many get their turn early when that share of the processors is idle."""
    return max(1, int(spare * cpus)) if spare > 1 - BUSY else 0


class Turns:
    """`at_once` have their turn at a time; `spare` says which share of the machine's `cpus` is idle."""

    def __init__(self, sandbox: Sandbox, clock: Clock, at_once: int, cpus: int, spare: Callable[[], float]) -> None:
        self.name = sandbox.name
        self.held: set[str] = set()
        """Tags of those that initialise now. Empty when nothing does."""
        self._sandbox = sandbox
        self._clock = clock
        self._at_once = at_once
        self._cpus = cpus
        self._spare = spare
        self._line: dict[str, Awaited] = {}
        self._timer: Timer | None = None

    def start(self, spec: SandboxSpec, listener: SandboxListener) -> RunningSandbox:
        """One that waits for its debugger's client does not take a turn."""
        if spec.debug:
            return self._sandbox.start(spec, listener)
        self.held.discard(spec.tag)  # it starts again before it was initialised
        if len(self.held) < self._at_once and not self._line:
            self.held.add(spec.tag)
            return self._sandbox.start(spec, listener)
        waiting = self._line[spec.tag] = Awaited(self, spec, listener)
        if self._timer is None:
            self._timer = self._clock.call_later(LOOK_SECONDS, self._look)
        return waiting

    def over(self, tag: str) -> None:
        """It is initialised, or has ended: the next one's turn. Harmless when it had none."""
        if tag in self.held:
            self.held.discard(tag)
            if self._line:
                self._clock.call_later(0, self._next)

    @property
    def waiting(self) -> int:
        return len(self._line)

    def leave(self, tag: str, listener: SandboxListener) -> None:
        """One that waits is ended."""
        if self._line.pop(tag, None) is not None:
            self._clock.call_later(0, listener.exited, SandboxExited(signal=_KILLED))

    def _next(self) -> None:
        while self._line and len(self.held) < self._at_once:
            self._admit()

    def _look(self) -> None:
        self._timer = None
        if not self._line:
            return
        for _ in range(min(more(self._spare(), self._cpus), len(self._line))):
            self._admit()
        self._timer = self._clock.call_later(LOOK_SECONDS, self._look)

    def _admit(self) -> None:
        tag = next(iter(self._line))
        waiting = self._line.pop(tag)
        self.held.add(tag)
        waiting.begin(self._sandbox.start(waiting.spec, waiting.listener))

    # -- what has nothing to do with turns

    def remark(self, function: Function) -> Problem | None:
        return self._sandbox.remark(function)

    async def prepare(self, functions: Sequence[Function], told: Callable[[Fact], None]) -> Sequence[Problem]:
        return await self._sandbox.prepare(functions, told)

    def discard(self, spec: SandboxSpec) -> None:
        self._sandbox.discard(spec)

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._line.clear()
        await self._sandbox.close()

    def __repr__(self) -> str:
        return f"<Turns [{len(self.held)} of {self._at_once} initialise, {len(self._line)} wait]>"


class Awaited:
    """A `ports.RunningSandbox` that waits for its turn, and is the real one's double from then on."""

    def __init__(self, turns: Turns, spec: SandboxSpec, listener: SandboxListener) -> None:
        self.spec = spec
        self.listener = listener
        self._turns = turns
        self._real: RunningSandbox | None = None

    def begin(self, real: RunningSandbox) -> None:
        """Its turn. One that is still to come (a container) says itself when its runtime starts."""
        self._real = real
        if not real.pending:
            self.listener.started()

    @property
    def pending(self) -> bool:
        return self._real is None or self._real.pending

    @property
    def debugger(self) -> tuple[str, int] | None:
        return None if self._real is None else self._real.debugger

    def drain(self) -> None:
        if self._real is not None:
            self._real.drain()

    def start_runtime(self) -> None:
        if self._real is not None:
            self._real.start_runtime()

    def terminate(self) -> None:
        if self._real is not None:
            self._real.terminate()
        else:
            self._turns.leave(self.spec.tag, self.listener)

    def kill(self) -> None:
        if self._real is not None:
            self._real.kill()
        else:
            self._turns.leave(self.spec.tag, self.listener)

    def freeze(self) -> None:
        if self._real is not None:
            self._real.freeze()

    def thaw(self) -> None:
        if self._real is not None:
            self._real.thaw()

    def inside(self, port: int) -> tuple[str, int] | None:
        return None if self._real is None else self._real.inside(port)

    def peak_memory(self) -> int:
        return 0 if self._real is None else self._real.peak_memory()
