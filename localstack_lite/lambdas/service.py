"""The Lambda service: takes invocations, finds each an environment, answers when it is done. The package's I/O shell.

All of it runs on the event loop's thread and every step is synchronous, so that no one ever sees a decision half done.
`invoke` is a `ports.Invoke`.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable, Iterable, Iterator

from localstack_lite.lambdas import pool
from localstack_lite.lambdas.caretaking import Caretaking, is_initialising
from localstack_lite.lambdas.catalogue import Catalogue
from localstack_lite.lambdas.environments.debugging import Debuggers
from localstack_lite.lambdas.environments.environment import Environment
from localstack_lite.lambdas.environments.events import Assigned, Retired, StopRequested, WarmRequested
from localstack_lite.lambdas.environments.failures import stopping
from localstack_lite.lambdas.environments.phases import DEAD, Phase
from localstack_lite.lambdas.environments.slot import Slot, Surroundings
from localstack_lite.lambdas.keeping import Keeping
from localstack_lite.lambdas.limits import ADMITTED_PROVISIONED, Limits, Throttled, has_room, refusal
from localstack_lite.lambdas.opening import Opening
from localstack_lite.lambdas.pools import Pools, having
from localstack_lite.lambdas.provisioned import Provisioning
from localstack_lite.lambdas.settings import Settings
from localstack_lite.lambdas.silence import silence
from localstack_lite.lambdas.spare import Spare
from localstack_lite.lambdas.tenant import refused
from localstack_lite.lambdas.turns import Turns
from localstack_lite.lambdas.waiting import Pending, Waiting
from localstack_lite.model.arn import LATEST, function_arn
from localstack_lite.model.facts import InvocationRefused, ProblemFound
from localstack_lite.model.function import Function
from localstack_lite.model.invocation import Invocation, Outcome, Refused, Streaming
from localstack_lite.model.project import Problem, Project
from localstack_lite.ports import Clock, DebugDoors, Ids, Publish, RuntimeListen, Sandbox

__all__ = ["LambdaService", "Settings"]


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
        *,
        catalogue: Catalogue | None = None,
        provisioning: Provisioning | None = None,
        roll: Callable[[], float] = random.random,
        spare: Callable[[], float] | None = None,
    ) -> None:
        """`loaded` is told the user's files that a runtime says it has read. With `doors` functions run under a
        debugger. A `catalogue` that is given is kept up to date by whoever gave it; `roll` gives numbers from 0 up to
        1, for aliases with weights; `spare` says which share of the machine's processors is idle."""
        self._project = project
        self._clock = clock
        self._limits = limits
        self._settings = settings
        self._publish = publish
        self._roll = roll
        self._loop = asyncio.get_running_loop()
        self._own = None if catalogue is not None else Catalogue(project)
        self._catalogue = catalogue or self._own or Catalogue(project)
        self._provisioning = provisioning or Provisioning()
        self._debuggers = None if doors is None else Debuggers(doors, self._nothing_to_debug)
        cpus = os.cpu_count() or 1
        at_once = settings.starts_at_once or 2 * cpus
        self._sandbox = Turns(sandbox, clock, at_once, cpus, spare or Spare().share)
        around = Surroundings(
            clock,
            self._sandbox,
            listen,
            publish,
            self._answered,
            self._changed,
            loaded,
            self._debuggers,
            begun=self._begun,
            ids=ids,
        )
        self._pools = Pools()
        self._opening = Opening(around, ids, settings)
        self._waiting = Waiting()
        self._keeping = Keeping(
            self._pools, self._provisioning, limits, settings.capacity, self._start_ahead, self._problem
        )
        self._caretaking = Caretaking(self._pools, clock, settings, self._look_round)
        self._provisioning.changed = self.provision
        self._keeping_due = self._serving_due = False
        self._stopped: asyncio.Future[None] | None = None
        limits.follow(project)

    # -- callers

    def invoke(self, invocation: Invocation) -> asyncio.Future[Outcome]:
        """Run it, begun when this returns. What goes wrong is in the outcome; cancelling the wait does not stop the
        function."""
        future: asyncio.Future[Outcome] = self._loop.create_future()
        function = self._catalogue.resolve(invocation.function, invocation.qualifier, self._roll)
        if function is None or self._stopped is not None:
            future.set_result(stopping(invocation.request_id) if function else self._unknown(invocation))
            return future
        if (function.tenancy or invocation.tenant_id) and (wrong := refused(function, invocation)) is not None:
            future.set_result(wrong)
            return future
        now = self._clock.now()
        key = (function.logical_id, function.version, invocation.tenant_id)
        mates = self._pools.get(key)
        ahead = pool.ready(mates.ahead.values()) if mates is not None and mates.ahead else None
        admission = self._limits.admit(function, self._project.functions, now, ahead is not None)
        if isinstance(admission, Throttled):
            request_id = invocation.request_id
            self._publish(InvocationRefused(now, function.logical_id, request_id, admission.reason, admission.limit))
            future.set_result(refusal(request_id, admission))
            return future
        one = Pending(future, invocation, function, key, admission, now)
        self._waiting.pending[invocation.request_id] = one
        if ahead is not None:
            self._pools.slots[ahead].dispatch(Assigned(invocation))
        elif self._waiting.behind(key):
            self._waiting.enqueue(one)
        elif not self._place(one):
            self._waiting.enqueue(one)
            self._make_room(one)
        return future

    def _unknown(self, invocation: Invocation) -> Refused:
        qualifier = "" if invocation.qualifier == LATEST else invocation.qualifier
        arn = function_arn(self._project.region, self._project.account, invocation.function, qualifier)
        body = f'{{"Type":"User","Message":"Function not found: {arn}"}}'.encode()
        code = "ResourceNotFoundException"
        return Refused(invocation.request_id, 404, code, body, code, (("x-amzn-ErrorType", code),))

    def _begun(self, slot: Slot, invocation: Invocation, streaming: Streaming) -> None:  # noqa: ARG002  (as `Surroundings` calls it)
        """The first byte of a streamed answer. Nobody reads it when the caller has gone."""
        pending = self._waiting.pending.get(invocation.request_id)
        if pending is None or pending.future.done():
            streaming.body.close()
        else:
            pending.future.set_result(streaming)

    def _answered(self, slot: Slot, invocation: Invocation, outcome: Outcome) -> None:  # noqa: ARG002  (the same)
        pending = self._waiting.pending.pop(invocation.request_id, None)
        if pending is not None:
            self._limits.release(pending.function, pending.admitted)
            if not pending.future.done():
                pending.future.set_result(outcome)
        self._caretaking.expect_rest()

    # -- environments

    def environments(self) -> Iterator[Environment]:
        return self._pools.environments()

    def loaded(self, function: str) -> tuple[frozenset[str] | None, bool, bool] | None:
        """What reload has to know about a function's environments that are not out of date: the files that they have
        read (None: unknown), whether one failed to initialise, whether one is doing so. None when there is none."""
        slots = self._with_code(function)
        if not slots:
            # What was provisioned and did not initialise is gone, and waits for other code.
            return (None, True, False) if self._provisioning.failing(function) else None
        known = [slot.loaded for slot in slots if slot.loaded is not None]
        files = frozenset().union(*known) if known else None
        failed = any(slot.environment.failed for slot in slots)
        return files, failed, any(map(is_initialising, slots))

    def _with_code(self, function: str) -> list[Slot]:
        """The environments that may have read code that is out of date after a save: not those of published versions,
        which keep theirs, and not those that wait for their debugger's client first."""
        slots = (slot for slot in self._pools.of(function) if not slot.environment.stale)
        return [
            slot
            for slot in slots
            if (slot.debugging is None or slot.debugging.came) and self._catalogue.is_live(slot.environment.function)
        ]

    def _place(self, one: Pending) -> bool:
        """Give it to an environment, reserving in the same step. False: there is no room, it has to wait."""
        mates = self._pools.get(one.key)
        environments = mates.on_demand.values() if mates is not None else ()
        match pool.choose(environments, has_room(len(self._pools), self._settings.capacity)):
            case pool.Take(key=key):
                slot = self._pools.slots[key]
            case pool.StartNew():
                slot = self._open(one.function, one.key[2])
            case pool.Wait():
                return False
        slot.dispatch(Assigned(one.invocation))
        return True

    def _place_waiting(self, one: Pending) -> bool:
        """One that stood in the queue: the code may be new, and a provisioned environment free."""
        one.function = self._catalogue.now(one.function) or one.function
        one.key = (one.function.logical_id, one.function.version, one.key[2])
        mates = self._pools.get(one.key)
        ahead = pool.ready(mates.ahead.values()) if mates is not None else None
        if ahead is None:
            return self._place(one)
        self._limits.convert(one.function)
        one.admitted = ADMITTED_PROVISIONED
        self._pools.slots[ahead].dispatch(Assigned(one.invocation))
        return True

    def _open(self, function: Function, tenant: str = "", *, ahead: bool = False) -> Slot:
        slot = self._opening.open(function, tenant, self._project, ahead=ahead)
        self._pools.add(slot)
        self._caretaking.born(slot.environment)
        return slot

    def _start_ahead(self, function: Function) -> Slot:
        return self._open(function, ahead=True)

    def _make_room(self, one: Pending) -> None:
        """The machine is full: stop an idle environment of another pool, or say that we wait."""
        if has_room(len(self._pools), self._settings.capacity):
            return
        if any(other.phase is Phase.STOPPING for other in self.environments()):
            return  # room is being made already
        mates = self._pools.get(one.key)
        own = mates.on_demand.keys() if mates is not None else ()
        key = pool.evictable(other for other in self._caretaking.on_demand() if other.key not in own)
        if key is not None:
            self._pools.slots[key].dispatch(StopRequested())

    def _changed(self, slot: Slot) -> None:
        """After every step of an environment: forget a dead one, let those that wait try again."""
        environment = slot.environment
        if self._sandbox.held and environment.phase is not Phase.INIT:
            self._sandbox.over(f"{self._settings.run}-{environment.key}")
        if self._keeping.starting and environment.key in self._keeping.starting and not is_initialising(slot):
            self._keeping.starting.discard(environment.key)
            self._look_at_provisioned()
        if environment.phase is DEAD and environment.key in self._pools.slots:
            self._forget(slot)
        if self._waiting.queues and not self._serving_due:
            self._serving_due = True
            self._loop.call_soon(self._serve_queues)

    def _forget(self, slot: Slot) -> None:
        environment = slot.environment
        if self._pools.remove(slot):
            self._limits.shrunk(environment.function.logical_id)
        self._caretaking.gone(environment)
        if self._debuggers is not None:
            self._debuggers.leave(environment.function, environment.key)
        if self._stopped is not None and not self._pools and not self._stopped.done():
            self._stopped.set_result(None)
        self._look_at_provisioned()

    def _serve_queues(self) -> None:
        self._serving_due = False
        left = self._waiting.serve(self._place_waiting)
        if left is not None:
            self._make_room(left)

    # -- provisioned ones

    def provision(self) -> None:
        """What is provisioned, or where an alias points, may have changed: start and end environments accordingly.
        Called once when the first request may come, too."""
        if self._stopped is None:
            self._keeping.follow(self._project.functions, self._catalogue)

    def _look_at_provisioned(self) -> None:
        """Soon, and once for all that happens in this step."""
        if not self._keeping.idle and not self._keeping_due:
            self._keeping_due = True
            self._loop.call_soon(self._keep)

    def _keep(self) -> None:
        self._keeping_due = False
        if self._stopped is None:
            self._keeping.look(self._catalogue)

    # -- reload

    def swap(self, project: Project) -> None:
        """Take a new project. Environments whose function changed or is gone are retired and, when it changed,
        replaced."""
        before, self._project = self._project, project
        if self._own is not None:
            self._own.swap(project)
        self._limits.follow(project)
        stale = [
            slot
            for slot in self._pools.slots.values()
            if self._catalogue.now(slot.environment.function) != slot.environment.function
        ]
        self._replace(stale, [one.logical_id for one in project.functions if before.function(one.logical_id) != one])

    def retire(self, functions: Iterable[str]) -> None:
        """Their code changed: running ones finish, idle ones end, and a replacement starts before it is asked for."""
        names = list(functions)
        self._replace([slot for name in names for slot in self._with_code(name)], names)

    def _replace(self, slots: list[Slot], functions: list[str]) -> None:
        """One replacement for each version and tenant; provisioned ones are replaced in their number. `functions` are
        all that changed."""
        slots = [slot for slot in slots if not slot.environment.stale]
        for slot in slots:
            self._give_up_debugger(slot)
        done = set()
        for slot in slots:
            environment = slot.environment
            function = self._catalogue.now(environment.function)
            if function is None or environment.key in self._pools.ahead or self._stopped is not None:
                continue
            wanted = (function.logical_id, function.version, environment.tenant)
            if wanted not in done:
                done.add(wanted)
                self._open(function, environment.tenant).dispatch(WarmRequested())
        for slot in slots:
            slot.dispatch(Retired())
        self._provisioning.retry(functions)
        self.provision()

    def recycle(self, function: str | None = None) -> int:
        """End all idle environments, or those of one function (its name or logical id): the next call is a cold start.
        Returns how many there were."""
        slots = self._pools.slots.values()
        return self._caretaking.recycle(
            [
                slot
                for slot in slots
                if function is None
                or function in (slot.environment.function.name, slot.environment.function.logical_id)
            ]
        )

    def warm(self, functions: Iterable[Function]) -> None:
        """Start one environment of each now (`--warm-containers EAGER`). Whose it would be of a function with tenants,
        nobody knows."""
        for function in functions:
            if not function.tenancy and not self._pools.of(function.logical_id):
                self._open(function).dispatch(WarmRequested())

    # -- debuggers

    def _give_up_debugger(self, slot: Slot) -> None:
        if self._debuggers is not None:
            self._debuggers.leave(slot.environment.function, slot.environment.key)
            slot.give_up_debugger()

    def _nothing_to_debug(self, address: str) -> None:
        what = "a debugger is connected, and no function runs that it could debug"
        self._problem(Problem(address, what, "it waits; send a request", warning=True))

    # -- looking after

    def _problem(self, problem: Problem) -> None:
        self._publish(ProblemFound(self._clock.now(), problem))

    def _look_round(self, now: float) -> None:
        if not self._keeping.idle:
            self.provision()
        silent = list(self._waiting.silent(now))
        if not silent:
            return
        running = {given.request_id: slot for slot in self._pools.slots.values() for given in having(slot.environment)}
        for pending in silent:
            slot = running.get(pending.invocation.request_id)
            self._publish(silence(pending, slot, len(self._pools), now))

    async def stop(self, patience: float = 3.0) -> None:
        """End all environments; whoever waits is answered. After `patience` seconds what is left is killed."""
        if self._stopped is not None:
            return
        self._caretaking.stop()
        self._stopped = self._loop.create_future()
        for one in self._waiting.give_up():
            self._limits.release(one.function, one.admitted)
            if not one.future.done():
                one.future.set_result(stopping(one.invocation.request_id))
        for slot in tuple(self._pools.slots.values()):
            slot.dispatch(StopRequested("spindown"))
        if self._pools:
            await asyncio.wait([self._stopped], timeout=patience)
        await self._sandbox.close()
        if self._debuggers is not None:
            self._debuggers.close()
