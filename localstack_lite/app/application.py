"""A served project: two handlers, the Lambda service between them, and what keeps them up to date.

Starting is a list of steps that can be read from top to bottom; a save enters at `App.changed`; stopping undoes the
steps in reverse.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import orjson

from localstack_lite.app.crash import crash_log
from localstack_lite.app.doors import Doors
from localstack_lite.app.fitting import fitted
from localstack_lite.app.lambda_side import LambdaSide
from localstack_lite.app.machine import Machine
from localstack_lite.app.preparation import prepare, takes_time
from localstack_lite.app.staged import CallsCloud
from localstack_lite.console import hosts
from localstack_lite.errors import RemoteError, UserError
from localstack_lite.model import exposure
from localstack_lite.model.api import ApiKind
from localstack_lite.model.change import FileChange, ReloadPlan
from localstack_lite.model.environment_facts import InitEnded
from localstack_lite.model.facts import DebuggerWaits, Fact, ProblemFound, ProjectRejected, Ready, Reloaded
from localstack_lite.model.options import ServeOptions
from localstack_lite.model.project import Problem, Project
from localstack_lite.observe.bus import Bus
from localstack_lite.ports import DebugDoors, Publish
from localstack_lite.system import make_room, running_for
from localstack_lite.wire.messages import Request, Response

if TYPE_CHECKING:
    from localstack_lite.wire.people import People


class App:
    """A served project: two handlers, the Lambda service between them, and what keeps them up to date.

    Made whole by the constructor and usable without a port; `start` opens the ports and watches the files.
    """

    def __init__(
        self,
        project: Project,
        read: Callable[[], Project],
        options: ServeOptions,
        views: Sequence[Publish],
        machine: Machine,
        problems: Sequence[Problem] = (),
        debug: DebugDoors | None = None,
        cloud: CallsCloud | None = None,
        saved: Callable[[], None] = lambda: None,
    ) -> None:
        """`problems` are what getting the project's functions ready came to; `cloud` runs those that are in the stage;
        `saved` is called when a save has been taken over."""
        from localstack_lite.app.known_secrets import KnownSecrets
        from localstack_lite.console.serve import Console
        from localstack_lite.events.clockwork import Clockwork
        from localstack_lite.gateway.integrations.outside import Outside
        from localstack_lite.gateway.serve import Gateway
        from localstack_lite.gateway.settings import Settings
        from localstack_lite.gateway.static_folder import StaticFolder
        from localstack_lite.observe.store import LogStore
        from localstack_lite.watch.watcher import Watcher

        self._kind = ""
        self._prefix: bool | None = None
        self.gateway_url = ""
        self._declared = self.project = project = fitted(project, machine)
        self._problems = tuple(problems)
        self._read = read
        self._options = options
        self._machine = machine
        self._saved = saved
        self._reloads: list[_Reload] = []
        self._reading = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._listeners: list[People] = []

        clock, ids = machine.clock, machine.ids
        store = LogStore(function=lambda logical_id: self.project.function(logical_id))
        self._bus = Bus(store, *views, self._finish_reloads, failed=lambda _, error: self._fault(error))
        self.publish = publish = self._bus.publish
        self._lambda = side = LambdaSide(
            project,
            options,
            machine,
            publish,
            self._bus.subscribe,
            self._loaded_files,
            lambda: self.gateway_url,
            self._expose,
            debug=debug,
            cloud=cloud,
            lost=self._lost,
        )
        self._problems = (*self._problems, *side.problems)
        self.service = side.service
        self._secrets = KnownSecrets(dict(machine.settings.user), os.environ)
        files = StaticFolder(options.static_dir) if options.static_dir is not None else None
        self._outside = Outside(options.profile or project.profile, project.endpoint_url)
        self.gateway = Gateway(
            side.exposed(project),
            side.invoke,
            publish,
            clock,
            ids,
            options.allowed_hosts,
            files=files,
            patient=debug is not None,
            settings=Settings(
                plain_cookies=options.plain_cookies,
                strict_auth=options.strict_auth,
                secret=self._secrets,
                open=options.disable_authorizer,
                strict=options.strict,
                time_scale=options.time_scale,
            ),
            outside=self._outside,
            accept=side.accept,
        )
        self.clockwork = Clockwork(project, side.accept, publish, clock, ids, options.schedules, wall=machine.wall)
        self._console = Console(
            lambda: self.project,
            store,
            options.allowed_hosts,
            upcoming=self.clockwork.upcoming,
            fire=self.clockwork.fire,
            recycle=side.service.recycle,
            pending=side.pending,
            forget=side.forget,
        )
        self._watch = Watcher(lambda problem: publish(ProblemFound(clock.now(), problem)))

    async def start(self, doors: Doors, *, keys: bool = False) -> None:
        """Open the ports, watch the files, then say that a request sent now will be answered."""
        from localstack_lite.app.known_secrets import signed
        from localstack_lite.watch.targets import targets
        from localstack_lite.wire import people

        self.gateway_url = doors.gateway_url
        if any(api.kind is ApiKind.WEBSOCKET for api in self.project.apis):
            make_room()
        if self._secrets.asks and signed(self.project):
            await asyncio.to_thread(self._secrets.load)
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: self._fault(context.get("exception")))
        self._listeners = [
            await people.serve(
                self.gateway,
                doors.gateway,
                self._fault,
                pair=doors.pair,
                sockets=self.gateway.upgrade,
                refused=self.gateway.refused,
            ),
            await people.serve(self.lambda_port, doors.lambdas, self._fault),
        ]
        if doors.containers is not None:
            self._listeners.append(await people.serve(self._containers_port, doors.containers, self._fault))
        if self._options.reload:
            self._watch.start(targets(self.project), self.changed)
        if self._options.eager:
            self.service.warm([function for function in self.project.functions if not function.in_stage])
        machine = self._machine
        self._lambda.start()
        self.clockwork.start()
        # What getting ready came to is told whole and once; the banner is for what is in the project.
        for problem in self._problems:
            self._bus.publish(ProblemFound(machine.clock.now(), problem))
        problems = (*doors.moved, *(one for one in self.project.problems if one not in self._problems))
        self._bus.publish(
            Ready(
                machine.clock.now(),
                replace(self.project, problems=tuple(dict.fromkeys(problems))),
                doors.gateway_url,
                doors.lambda_url,
                machine.sandbox.name,
                machine.sandbox_reason,
                running_for() * 1000,
                tuple((schedule.name, at) for schedule, at in self.clockwork.upcoming()),
                keys,
            )
        )

    async def stop(self) -> None:
        """Take nothing new, end every environment, answer whoever waits, close the ports."""
        self._watch.stop()
        self.clockwork.stop()
        for task in tuple(self._tasks):
            task.cancel()
        if self._machine.build is not None:
            self._machine.build.close()
        await self.gateway.close()  # while there are functions to tell it
        await self._lambda.stop()
        await self._outside.close()
        await asyncio.gather(*(listener.close() for listener in self._listeners))
        self._bus.close()

    def _fault(self, error: BaseException | None) -> None:
        """A fault of devserve itself: told in one line, kept in full; whatever else runs goes on."""
        if error is None:
            return
        details = crash_log(self.project, error)
        problem = Problem("internal error", f"{type(error).__name__}: {error}", f"not your fault; details: {details}")
        self._bus.publish(ProblemFound(self._machine.clock.now(), problem))

    # -- the Lambda port

    async def lambda_port(self, request: Request) -> Response:
        if why := hosts.refusal(request, self._options.allowed_hosts):
            return Response(403, (("Content-Type", "application/json"),), orjson.dumps({"message": why}))
        answer = await self._console(request)
        return answer if answer is not None else await self._containers_port(request)

    async def _containers_port(self, request: Request) -> Response:
        """The Lambda API as containers reach it: on an address of theirs, which the console is not meant for. What
        functions send to WebSockets comes here, too, where they cannot reach the gateway."""
        managed = self.gateway.connections(request)
        return managed if managed is not None else await self._lambda.api(request)

    def _lost(self, error: RemoteError | UserError) -> None:
        """Functions in the stage cannot be reached."""
        self._bus.publish(ProblemFound(self._machine.clock.now(), Problem(error.where, error.what, error.hint)))

    def _expose(self) -> None:
        """Serve the project as it is now, and the function URLs that were made over the API."""
        self.gateway.swap(self._lambda.exposed(self.project))

    def throttle(self) -> bool:
        """Every function to 0, or back. Whether they are throttled now."""
        return self._lambda.throttle()

    # -- at the keys

    def switch(self, *, kind: str = "", prefix: bool | None = None) -> None:
        """Another front door for what has none of its own, from the next request on; it stays so when files are saved.
        Environments know nothing of it."""
        self._kind = kind or self._kind
        self._prefix = self._prefix if prefix is None else prefix
        self.project = self._exposed(self._declared)
        self._lambda.catalogue.swap(self.project)
        self._expose()

    def reload(self) -> None:
        """Read everything again, and start every environment anew."""
        self._keep(
            self._reread(ReloadPlan(reread=True, functions=frozenset(f.logical_id for f in self.project.functions)))
        )

    def _exposed(self, project: Project) -> Project:
        """Another kind or face changes nothing that was declared, so going round through all of them loses nothing."""
        if self._kind:
            project = exposure.switched(project, self._kind)
        return project if self._prefix is None else exposure.faced(project, self._prefix)

    # -- reload

    def changed(self, changes: tuple[FileChange, ...]) -> None:
        """Files were saved: the third walk, from change to new code in place."""
        from localstack_lite.watch import impact

        loaded = {}
        for function in self.project.functions:
            state = self.service.loaded(function.logical_id)
            if state is not None:
                loaded[function.logical_id] = impact.Loaded(*state)
        plan = impact.plan(changes, self.project, loaded, os.path.realpath)
        if plan.reread:
            self._keep(self._reread(plan))
        elif any(takes_time(self._machine, one) for one in self.project.functions if one.logical_id in plan.functions):
            self._keep(self._rebuild(plan))
        elif plan:
            self._apply(plan, self.project)
        if changes:
            self._saved()

    async def _reread(self, plan: ReloadPlan) -> None:
        since = self._machine.clock.now()
        async with self._reading:
            try:
                project = await asyncio.to_thread(self._read)
            except UserError as error:
                self._bus.publish(ProjectRejected(self._machine.clock.now(), error.where, error.what, error.hint))
                return
            project = fitted(project, self._machine)
            changed = [one for one in project.functions if self.project.function(one.logical_id) != one]
            touched = [one for one in project.functions if one.logical_id in plan.functions and one not in changed]
            problems = await prepare(self._machine, (*changed, *touched), self._bus.publish)
            for problem in problems:
                self._bus.publish(ProblemFound(self._machine.clock.now(), problem))
            self._apply(plan, project, since, problems)

    async def _rebuild(self, plan: ReloadPlan) -> None:
        """Build first, then take over. What does not build goes on running as it was."""
        since = self._machine.clock.now()
        async with self._reading:
            functions = [one for one in self.project.functions if one.logical_id in plan.functions]
            problems = await prepare(self._machine, functions, self._bus.publish)
            for problem in problems:
                self._bus.publish(ProblemFound(self._machine.clock.now(), problem))
            lost = {problem.subject for problem in problems if not problem.warning}
            if built := plan.functions - lost:
                self._apply(replace(plan, functions=built), self.project, since)

    def _apply(
        self, plan: ReloadPlan, project: Project, since: float | None = None, said: Sequence[Problem] = ()
    ) -> None:
        """New values in one step; environments that hold old code finish and go, replacements start now. `said` are
        problems that the user has been told."""
        from localstack_lite.watch.targets import targets

        before = self.project
        since = since if since is not None else self._machine.clock.now()
        names = {function.logical_id: function.name for function in project.functions}
        old = {function.logical_id: function for function in before.functions}
        touched = set(plan.functions)
        if plan.reread:
            touched |= {one.logical_id for one in project.functions if old.get(one.logical_id) != one}
        root = str(project.root)
        files = tuple(os.path.relpath(path, root) for path in plan.files)
        started = {name for name in touched & names.keys() if self.service.loaded(name) is not None}
        told = tuple(names[name] for name in sorted(touched & names.keys()))
        self._reloads.append(_Reload(since, told, files, started, plan.reread))
        if plan.reread:
            self._declared, self.project = project, self._exposed(project)
            project = self.project
            self._lambda.swap(project)
            self._expose()
            self.clockwork.swap(project)
            known = {*before.problems, *said}
            for problem in project.problems:
                if problem not in known:
                    self._bus.publish(ProblemFound(self._machine.clock.now(), problem))
            if self._options.reload and targets(project) != targets(before):
                self._watch.start(targets(project), self.changed)
        self._lambda.saved(plan.functions)
        self.gateway.forget(touched)
        self._tell_finished()

    def _finish_reloads(self, fact: Fact) -> None:
        if isinstance(fact, InitEnded | DebuggerWaits) and self._reloads:
            for reload in self._reloads:
                reload.waiting.discard(fact.function)
            asyncio.get_running_loop().call_soon(self._tell_finished)

    def _tell_finished(self) -> None:
        """A reload is told when its replacements have initialised, well or not, or wait for a debugger."""
        now = self._machine.clock.now()
        done = [reload for reload in self._reloads if not reload.waiting]
        self._reloads = [reload for reload in self._reloads if reload.waiting]
        for reload in done:
            ms = (now - reload.since) * 1000
            self._bus.publish(Reloaded(now, reload.functions, reload.files, ms, reload.reread))

    def _loaded_files(self, files: frozenset[str]) -> None:
        if self._options.reload:
            self._watch.also(files)

    def _keep(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class _Reload:
    """A reload on its way: told when no function waits for its replacement any more."""

    __slots__ = ("files", "functions", "reread", "since", "waiting")

    def __init__(
        self, since: float, functions: tuple[str, ...], files: tuple[str, ...], waiting: set[str], reread: bool
    ) -> None:
        self.since = since
        self.functions = functions
        self.files = files
        self.waiting = waiting
        self.reread = reread
