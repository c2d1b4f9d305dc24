"""The composition root: the only file that knows every part.

`serve` runs a project until it is told to stop, `invoke_once` runs one invocation. Starting is a list of steps that can
be read from top to bottom; a save enters at `App.changed`; stopping undoes the steps in reverse.
"""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
import traceback
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from localstack_lite.config.state import state_folder
from localstack_lite.console import hosts
from localstack_lite.errors import UserError
from localstack_lite.lambdas.limits import Limits, default_capacity
from localstack_lite.lambdas.service import LambdaService, Settings
from localstack_lite.lambdas.variables import user_settings
from localstack_lite.model.change import FileChange, ReloadPlan
from localstack_lite.model.facts import Fact, InitEnded, ProblemFound, ProjectRejected, Ready, Reloaded
from localstack_lite.model.invocation import Invocation, Outcome
from localstack_lite.model.options import ServeOptions
from localstack_lite.model.project import Problem, Project
from localstack_lite.observe.bus import Bus
from localstack_lite.ports import Clock, Ids, Publish, RuntimeListen, Sandbox
from localstack_lite.system import RandomIds, SystemClock, running_for
from localstack_lite.wire.messages import Request, Response
from localstack_lite.wire.runtime_listener import Listen

if TYPE_CHECKING:
    from localstack_lite.sandbox.process import ProcessSandbox
    from localstack_lite.wire.people import People

GATEWAY_PORT = 3000
LAMBDA_PORT = 3001


def serve(project: Project, read: Callable[[], Project], options: ServeOptions, views: Sequence[Publish]) -> int:
    """Serve until SIGINT or SIGTERM; `read` reads the project again. Raises `UserError` when it cannot start. Returns
    the exit code."""
    with _runner() as runner:
        return runner.run(_serve(project, read, options, views))


def invoke_once(
    project: Project, options: ServeOptions, invocation_of: Callable[[str], Invocation], view: Publish
) -> Outcome:
    """Run one invocation in an environment of its own. `invocation_of` makes it from a fresh request id."""
    with _runner() as runner:
        return runner.run(_invoke_once(project, options, invocation_of, view))


async def _serve(project: Project, read: Callable[[], Project], options: ServeOptions, views: Sequence[Publish]) -> int:
    ports = Ports(options)
    app = App(project, read, options, views, _machine(project, options, ports.lambda_url))
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _asked_to_stop, stop)
    await app.start(ports)
    await stop.wait()
    await app.stop()
    return 0


def _asked_to_stop(stop: asyncio.Event) -> None:
    if stop.is_set():
        # The second time: at once. The sandbox's guardian removes what is left.
        os._exit(130)
    stop.set()


async def _invoke_once(
    project: Project, options: ServeOptions, invocation_of: Callable[[str], Invocation], view: Publish
) -> Outcome:
    machine = _machine(project, options)
    service = LambdaService(
        project, machine.sandbox, machine.listen, view, machine.clock, machine.ids, Limits(), machine.settings
    )
    try:
        return await service.invoke(invocation_of(machine.ids.uuid()))
    finally:
        await service.stop()


@dataclass(frozen=True, slots=True)
class Machine:
    """What an app stands on: time, randomness, where user code runs and how it is reached. Tests bring their own."""

    clock: Clock
    ids: Ids
    sandbox: Sandbox
    sandbox_reason: str
    listen: RuntimeListen
    settings: Settings


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
    ) -> None:
        from localstack_lite.console.serve import Console
        from localstack_lite.gateway.serve import Gateway
        from localstack_lite.lambdas.invoke_api import InvokeApi
        from localstack_lite.observe.store import LogStore
        from localstack_lite.watch.watcher import Watcher

        self.project = project
        self._read = read
        self._options = options
        self._machine = machine
        self._reloads: list[_Reload] = []
        self._reading = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._listeners: list[People] = []

        clock, ids = machine.clock, machine.ids
        store, limits = LogStore(), Limits()
        self._bus = Bus(store, *views, self._finish_reloads, failed=lambda _, error: self._fault(error))
        publish = self._bus.publish
        self.service = LambdaService(
            project, machine.sandbox, machine.listen, publish, clock, ids, limits, machine.settings, self._loaded_files
        )
        self.gateway = Gateway(project, self.service.invoke, publish, clock, ids, options.allowed_hosts)
        self._invoke_api = InvokeApi(lambda: self.project, self.service.invoke, self._spawn, limits, ids)
        self._console = Console(lambda: self.project, store, options.allowed_hosts)
        self._watch = Watcher(lambda problem: publish(ProblemFound(clock.now(), problem)))

    async def start(self, ports: Ports) -> None:
        """Open the ports, watch the files, then say that a request sent now will be answered."""
        from localstack_lite.watch.targets import targets
        from localstack_lite.wire import people

        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: self._fault(context.get("exception")))
        self._listeners = [
            await people.serve(self.gateway, ports.gateway, self._fault),
            await people.serve(self.lambda_port, ports.lambdas, self._fault),
        ]
        if self._options.reload:
            self._watch.start(targets(self.project), self.changed)
        if self._options.eager:
            self.service.warm(self.project.functions)
        machine = self._machine
        self._bus.publish(
            Ready(
                machine.clock.now(),
                replace(self.project, problems=(*ports.moved, *self.project.problems)),
                ports.gateway_url,
                ports.lambda_url,
                machine.sandbox.name,
                machine.sandbox_reason,
                running_for() * 1000,
            )
        )

    async def stop(self) -> None:
        """Take nothing new, end every environment, answer whoever waits, close the ports."""
        self._watch.stop()
        for task in tuple(self._tasks):
            task.cancel()
        await self.service.stop()
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
        return answer if answer is not None else await self._invoke_api(request)

    def _spawn(self, invocation: Invocation) -> None:
        """Run an `Event` invocation in the background; its outcome is in the facts."""
        self._keep(self._run_event(invocation))

    async def _run_event(self, invocation: Invocation) -> None:
        await self.service.invoke(invocation)

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
        elif plan:
            self._apply(plan, self.project)

    async def _reread(self, plan: ReloadPlan) -> None:
        since = self._machine.clock.now()
        async with self._reading:
            try:
                project = await asyncio.to_thread(self._read)
            except UserError as error:
                self._bus.publish(ProjectRejected(self._machine.clock.now(), error.where, error.what, error.hint))
                return
            self._apply(plan, project, since)

    def _apply(self, plan: ReloadPlan, project: Project, since: float | None = None) -> None:
        """New values in one step; environments that hold old code finish and go, replacements start now."""
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
        self.project = project
        if plan.reread:
            self.service.swap(project)
            self.gateway.swap(project)
            known = set(before.problems)
            for problem in project.problems:
                if problem not in known:
                    self._bus.publish(ProblemFound(self._machine.clock.now(), problem))
            if self._options.reload and targets(project) != targets(before):
                self._watch.start(targets(project), self.changed)
        self.service.retire(sorted(plan.functions))
        self._tell_finished()

    def _finish_reloads(self, fact: Fact) -> None:
        if isinstance(fact, InitEnded) and self._reloads:
            for reload in self._reloads:
                reload.waiting.discard(fact.function)
            asyncio.get_running_loop().call_soon(self._tell_finished)

    def _tell_finished(self) -> None:
        """A reload is told when its replacements have initialised, well or not."""
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


def crash_log(project: Project, error: BaseException) -> Path:
    """Append the traceback to `.devserve/crash.log`."""
    path = state_folder(project.root) / "crash.log"
    with path.open("a", encoding="utf-8") as file:
        file.writelines(traceback.format_exception(error))
    return path


def remarked(project: Project, options: ServeOptions) -> Project:
    """The project with what the sandbox has to say about running it; the same remark is made once."""
    sandbox, _ = _sandbox(project, options)
    said: dict[str, Problem] = {}
    for function in project.functions:
        if (problem := sandbox.remark(function)) is not None:
            said.setdefault(problem.what, problem)
    return replace(project, problems=(*project.problems, *said.values()))


def _sandbox(project: Project, options: ServeOptions) -> tuple[ProcessSandbox, str]:
    """The sandbox and why this one."""
    from localstack_lite.sandbox.process import ProcessSandbox

    wanted = options.sandbox if options.sandbox != "auto" else project.sandbox or "auto"
    if wanted == "docker":
        raise UserError("--sandbox", "the docker sandbox is not in this version yet", "use --sandbox process")
    reason = "asked for" if wanted == "process" else "the one that this version has"
    return ProcessSandbox(project.root), reason


def _machine(project: Project, options: ServeOptions, lambda_url: str = "") -> Machine:
    """The real one. `lambda_url` is where functions reach the Lambda API."""
    import psutil

    ids = RandomIds()
    sandbox, reason = _sandbox(project, options)
    memory_mb = psutil.virtual_memory().total // (1 << 20)
    capacity = options.max_environments or default_capacity(os.cpu_count() or 1, memory_mb)
    run = f"devserve-{os.getpid()}-{ids.hex(8)}"
    scratch = Path(tempfile.gettempdir()) / run
    aws = Path(os.environ.get("HOME", "/nonexistent")) / ".aws"
    configured = (aws / "credentials").exists() or (aws / "config").exists()
    user = user_settings(os.environ, options.profile, options.credentials, configured)
    settings = Settings(capacity, scratch, run, user=tuple(user.items()), lambda_endpoint=lambda_url)
    return Machine(SystemClock(), ids, sandbox, reason, Listen(asyncio.get_running_loop()), settings)


class Ports:
    """The two ports, bound before anything starts: a port that is taken is found out first."""

    def __init__(self, options: ServeOptions) -> None:
        from localstack_lite.wire import people

        self.gateway = people.bind(options.host, options.port, GATEWAY_PORT, "the gateway")
        try:
            self.lambdas = people.bind(options.host, options.lambda_port, LAMBDA_PORT, "the Lambda API")
        except UserError:
            self.gateway.close()
            raise
        gateway_port, lambda_port = self.gateway.getsockname()[1], self.lambdas.getsockname()[1]
        self.gateway_url = _url(options.host, gateway_port)
        self.lambda_url = _url(options.host, lambda_port)
        self.moved = (
            *_moved(options.host, options.port, GATEWAY_PORT, gateway_port, "--port"),
            *_moved(options.host, options.lambda_port, LAMBDA_PORT, lambda_port, "--lambda-port"),
        )


def _moved(host: str, asked: int | None, default: int, got: int, option: str) -> tuple[Problem, ...]:
    """What to say when a default port was taken and the next free one is used."""
    if asked is not None or got == default:
        return ()
    return (Problem(f"{host}:{default}", f"is taken; using {got}", f"{option} chooses another", warning=True),)


def _url(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


def _runner() -> asyncio.Runner:
    try:
        import uvloop
    except ImportError:
        return asyncio.Runner()
    return asyncio.Runner(loop_factory=uvloop.new_event_loop)
