"""The Lambda service: takes invocations, finds each an environment, answers when it is done. The package's I/O shell.

All of it runs on the event loop's thread and every step is synchronous, so that no one ever sees a decision half done.
`invoke` is a `ports.Invoke`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from localstack_lite.lambdas import pool
from localstack_lite.lambdas.debugging import Debuggers
from localstack_lite.lambdas.environment import Environment
from localstack_lite.lambdas.events import Assigned, Retired, StopRequested, WarmRequested
from localstack_lite.lambdas.failures import stopping
from localstack_lite.lambdas.limits import Limits, Throttled, has_room, refusal
from localstack_lite.lambdas.phases import DEAD, Phase
from localstack_lite.lambdas.slot import Slot, Surroundings
from localstack_lite.lambdas.spec import spec_of, stream_of
from localstack_lite.model.arn import function_arn
from localstack_lite.model.facts import InvocationRefused, InvocationWaits, ProblemFound
from localstack_lite.model.function import Function
from localstack_lite.model.invocation import Invocation, Outcome, Refused
from localstack_lite.model.project import Problem, Project
from localstack_lite.ports import Clock, DebugDoors, Ids, Publish, RuntimeListen, Sandbox, SandboxSpec

#: How often idle and silent environments are looked after, in seconds.
ROUND_SECONDS = 1.0
_NOBODY: dict[int, Environment] = {}
#: Silence after which the user is told what is waited for.
SILENCE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Settings:
    """`capacity` is the number of environments this machine carries; `idle_seconds` how long an unused one lives;
    `user` the user's AWS settings that reach functions; `scratch` the folder that their `/tmp`s are made in."""

    capacity: int
    scratch: Path
    run: str
    idle_seconds: float = 600.0
    user: tuple[tuple[str, str], ...] = ()
    lambda_endpoint: str = ""
    strict_fs: bool = False
    """Whether functions can write to `/tmp` only."""


class _Pending:
    """An invocation that somebody waits for."""

    __slots__ = ("function", "future", "since", "told")

    def __init__(self, future: asyncio.Future[Outcome], function: Function, since: float) -> None:
        self.future = future
        self.function = function
        self.since = since
        self.told = False


class LambdaService:
    def __init__(
        self,
        project: Project,
        sandbox: Sandbox,
        listen: RuntimeListen,
        publish: Publish,
        clock: Clock,
        ids: Ids,
        limits: Limits,
        settings: Settings,
        loaded: Callable[[frozenset[str]], None] | None = None,
        doors: DebugDoors | None = None,
    ) -> None:
        """`loaded` is told the user's files that a runtime says it has read. With `doors` functions run under a
        debugger."""
        self._project = project
        self._clock = clock
        self._ids = ids
        self._limits = limits
        self._settings = settings
        self._publish = publish
        self._loop = asyncio.get_running_loop()
        self._debuggers = None if doors is None else Debuggers(doors, self._nothing_to_debug)
        self._around = Surroundings(
            clock, sandbox, listen, publish, self._answered, self._changed, loaded, self._debuggers
        )
        self._sandbox = sandbox
        self._functions = {function.logical_id: function for function in project.functions}
        self._slots: dict[int, Slot] = {}
        self._pools: dict[str, dict[int, Environment]] = {}
        self._numbers: dict[str, int] = {}
        self._keys = 0
        self._pending: dict[str, _Pending] = {}
        self._queue: deque[Invocation] = deque()
        self._stopped: asyncio.Future[None] | None = None
        self._round = clock.call_later(ROUND_SECONDS, self._look_round)

    # -- callers

    def invoke(self, invocation: Invocation) -> asyncio.Future[Outcome]:
        """Run it, begun when this returns. What goes wrong is in the outcome; cancelling the wait does not stop the
        function."""
        future: asyncio.Future[Outcome] = self._loop.create_future()
        function = self._functions.get(invocation.function)
        if function is None or self._stopped is not None:
            future.set_result(stopping(invocation.request_id) if function else self._unknown(invocation))
            return future
        now = self._clock.now()
        admission = self._limits.admit(function, self._project.functions)
        if isinstance(admission, Throttled):
            request_id = invocation.request_id
            self._publish(InvocationRefused(now, function.logical_id, request_id, admission.reason, admission.limit))
            future.set_result(refusal(request_id, admission))
            return future
        self._pending[invocation.request_id] = _Pending(future, function, now)
        behind = self._queue and any(one.function == invocation.function for one in self._queue)
        if behind or not self._place(function, invocation):
            self._queue.append(invocation)
            self._make_room(function)
        return future

    def _unknown(self, invocation: Invocation) -> Refused:
        arn = function_arn(self._project.region, self._project.account, invocation.function)
        body = f'{{"Type":"User","Message":"Function not found: {arn}"}}'.encode()
        code = "ResourceNotFoundException"
        return Refused(invocation.request_id, 404, code, body, code, (("x-amzn-ErrorType", code),))

    def _answered(self, slot: Slot, invocation: Invocation, outcome: Outcome) -> None:
        pending = self._pending.pop(invocation.request_id, None)
        self._limits.release(slot.environment.function)
        if pending is not None and not pending.future.done():
            pending.future.set_result(outcome)

    # -- environments

    def environments(self) -> Iterator[Environment]:
        return (slot.environment for slot in self._slots.values())

    def loaded(self, function: str) -> tuple[frozenset[str] | None, bool, bool] | None:
        """What reload has to know about a function's environments that are not out of date: the files that they have
        read (None: unknown), whether one failed to initialise, whether one is doing so. None when there is none."""
        slots = self._with_code(function)
        if not slots:
            return None
        known = [slot.loaded for slot in slots if slot.loaded is not None]
        files = frozenset().union(*known) if known else None
        failed = any(slot.environment.failed for slot in slots)
        initialising = any(slot.phase in (Phase.INIT, Phase.RESET) for slot in slots)
        return files, failed, initialising

    def _with_code(self, function: str) -> list[Slot]:
        """The environments that may have read code that is out of date after a save: not those that wait for their
        debugger's client first."""
        slots = (self._slots[key] for key, one in self._pools.get(function, {}).items() if not one.stale)
        return [slot for slot in slots if slot.debugging is None or slot.debugging.came]

    def _place(self, function: Function, invocation: Invocation) -> bool:
        """Give it to an environment, reserving in the same step. False: there is no room, it has to wait."""
        environments = self._pools.get(function.logical_id, _NOBODY)
        match pool.choose(environments.values(), has_room(len(self._slots), self._settings.capacity)):
            case pool.Take(key=key):
                slot = self._slots[key]
            case pool.StartNew():
                slot = self._open(function)
            case pool.Wait():
                return False
        slot.dispatch(Assigned(invocation))
        return True

    def _open(self, function: Function) -> Slot:
        self._keys += 1
        number = self._numbers[function.logical_id] = self._numbers.get(function.logical_id, 0) + 1
        stream = stream_of(self._clock.now(), self._ids.hex(32))
        environment = Environment(
            self._keys, f"{function.name}#{number}", function, stream, self._runtime_version(function)
        )
        debug = self._debugged(function, environment.key)

        def spec(address: str) -> SandboxSpec:
            name = str(environment.key)
            return spec_of(
                function, self._project, self._settings, name=name, stream=stream, address=address, debug=debug
            )

        slot = Slot(environment, self._project, self._around, spec)
        self._slots[environment.key] = slot
        self._pools.setdefault(function.logical_id, {})[environment.key] = environment
        return slot

    def _runtime_version(self, function: Function) -> tuple[str, str]:
        name, family = function.runtime, function.language
        if not name:
            return "", ""  # an image brings its own
        number = name.removeprefix(family).removeprefix(".").removesuffix(".x")
        version = f"{family}:{number}.v1" if number else f"{family}:v1"
        digest = sha256(version.encode()).hexdigest()
        return version, f"arn:aws:lambda:{self._project.region}::runtime:{digest}"

    def _make_room(self, function: Function) -> None:
        """The machine is full: stop an idle environment of another function, or say that we wait."""
        if has_room(len(self._slots), self._settings.capacity):
            return
        if any(one.phase is Phase.STOPPING for one in self.environments()):
            return  # room is being made already
        others = (one for one in self._not_debugged() if one.function.logical_id != function.logical_id)
        key = pool.evictable(others)
        if key is not None:
            self._slots[key].dispatch(StopRequested())

    def _changed(self, slot: Slot) -> None:
        """After every step of an environment: forget a dead one, let those that wait try again."""
        environment = slot.environment
        if environment.phase is DEAD and environment.key in self._slots:
            del self._slots[environment.key]
            siblings = self._pools[environment.function.logical_id]
            del siblings[environment.key]
            if self._debuggers is not None:
                self._debuggers.leave(environment.function, environment.key)
            if not siblings:
                del self._pools[environment.function.logical_id]
            if self._stopped is not None and not self._slots and not self._stopped.done():
                self._stopped.set_result(None)
        if self._queue:
            self._loop.call_soon(self._serve_queue)

    def _serve_queue(self) -> None:
        """First come, first served, per function: one that must wait does not hold up another."""
        blocked: set[str] = set()
        left: deque[Invocation] = deque()
        queue, self._queue = self._queue, deque()
        for invocation in queue:
            pending = self._pending.get(invocation.request_id)
            if pending is None:
                continue
            function = self._functions.get(invocation.function, pending.function)
            if invocation.function in blocked or not self._place(function, invocation):
                blocked.add(invocation.function)
                left.append(invocation)
        self._queue = left + self._queue
        if left and (first := self._functions.get(left[0].function)) is not None:
            self._make_room(first)

    # -- reload

    def swap(self, project: Project) -> None:
        """Take a new project. Environments whose function changed or is gone are retired and, when it changed,
        replaced."""
        self._project = project
        before, self._functions = self._functions, {one.logical_id: one for one in project.functions}
        for name, function in before.items():
            if self._functions.get(name) != function:
                self._replace(name, [self._slots[key] for key in self._pools.get(name, ())])

    def retire(self, functions: Iterable[str]) -> None:
        """Their code changed: running ones finish, idle ones end, and a replacement starts before it is asked for."""
        for name in functions:
            self._replace(name, self._with_code(name))

    def _replace(self, name: str, slots: list[Slot]) -> None:
        slots = [slot for slot in slots if not slot.environment.stale]
        function = self._functions.get(name)
        for slot in slots:
            self._give_up_debugger(slot)
        if function is not None and slots and self._stopped is None:
            self._open(function).dispatch(WarmRequested())
        for slot in slots:
            slot.dispatch(Retired())

    def recycle(self) -> int:
        """End all idle environments; nothing starts in their place. Returns how many there were."""
        idle = [slot for slot in self._slots.values() if slot.phase is Phase.FROZEN and not slot.environment.stale]
        for slot in idle:
            slot.dispatch(Retired())
        return len(idle)

    def warm(self, functions: Iterable[Function]) -> None:
        """Start one environment of each now (`--warm-containers EAGER`)."""
        for function in functions:
            if function.logical_id not in self._pools:
                self._open(function).dispatch(WarmRequested())

    # -- debuggers

    def _debugged(self, function: Function, key: int) -> bool:
        """Whether an environment starts under the debugger."""
        if self._debuggers is None:
            return False
        if (problem := self._debuggers.refusal(function)) is not None:
            self._publish(ProblemFound(self._clock.now(), problem))
        return self._debuggers.take(function, key)

    def _give_up_debugger(self, slot: Slot) -> None:
        if self._debuggers is not None:
            self._debuggers.leave(slot.environment.function, slot.environment.key)
            slot.give_up_debugger()

    def _not_debugged(self) -> Iterator[Environment]:
        """Those that nobody debugs now: one that somebody does is not idle, whatever it does itself."""
        slots = self._slots.values()
        return (slot.environment for slot in slots if slot.debugging is None or not slot.debugging.attached)

    def _nothing_to_debug(self, address: str) -> None:
        what = "a debugger is connected, and no function runs that it could debug"
        problem = Problem(address, what, "it waits; send a request", warning=True)
        self._publish(ProblemFound(self._clock.now(), problem))

    # -- looking after

    def _look_round(self) -> None:
        now = self._clock.now()
        for key in pool.expired(self._not_debugged(), now, self._settings.idle_seconds):
            self._slots[key].dispatch(StopRequested())
        having = ((given, one) for one in self.environments() for given in (one.current, one.waiting))
        running = {given.request_id: one for given, one in having if given is not None}
        for request_id, pending in self._pending.items():
            if pending.told or now - pending.since < SILENCE_SECONDS:
                continue
            pending.told = True
            self._publish(self._silence(request_id, pending, running.get(request_id), now))
        self._round = self._clock.call_later(ROUND_SECONDS, self._look_round)

    def _silence(
        self, request_id: str, pending: _Pending, environment: Environment | None, now: float
    ) -> InvocationWaits:
        name = environment.name if environment else ""
        debugging = self._slots[environment.key].debugging if environment else None
        if debugging is not None and not debugging.came:
            what = f"waiting for a debugger at {debugging.address}"
        elif debugging is not None and debugging.attached:
            what = f"held by the debugger at {debugging.address}"
        elif environment is None and any(one.request_id == request_id for one in self._queue):
            what = f"waiting for room: {len(self._slots)} environments run (--max-environments)"
        elif environment is None or environment.phase is Phase.INIT:
            what = "still initialising"
        else:
            what = f"still running, timeout {pending.function.timeout} s"
        return InvocationWaits(now, pending.function.logical_id, name, request_id, what, now - pending.since)

    async def stop(self, patience: float = 3.0) -> None:
        """End all environments; whoever waits is answered. After `patience` seconds what is left is killed."""
        if self._stopped is not None:
            return
        self._round.cancel()
        self._stopped = self._loop.create_future()
        for invocation in self._queue:
            pending = self._pending.pop(invocation.request_id, None)
            if pending is not None and not pending.future.done():
                self._limits.release(pending.function)
                pending.future.set_result(stopping(invocation.request_id))
        self._queue.clear()
        for slot in tuple(self._slots.values()):
            slot.dispatch(StopRequested("spindown"))
        if self._slots:
            await asyncio.wait([self._stopped], timeout=patience)
        await self._sandbox.close()
        if self._debuggers is not None:
            self._debuggers.close()
