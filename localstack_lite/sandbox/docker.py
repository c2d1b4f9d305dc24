"""Functions in containers of a Docker engine.

Each environment has a container of its own: AWS's image of the runtime or the function's own, the code read-only at
`/var/task`, a `/tmp` of its size. The first process in it is a script of ours (`runtimes/docker/warden.sh`) that starts
the runtime when it is told to. So a container can be made before it is needed, a crashed runtime starts again in the
same container with its `/tmp`, as on AWS, and a container ends with devserve, however that ends.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Coroutine, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

from localstack_lite.model.facts import Progress
from localstack_lite.model.function import Function
from localstack_lite.model.project import Problem
from localstack_lite.ports import Publish, RunningSandbox, SandboxListener, SandboxSpec
from localstack_lite.sandbox import memory
from localstack_lite.sandbox.bare_cell import BareCell
from localstack_lite.sandbox.container import Blueprint, Direct
from localstack_lite.sandbox.container_cell import LAST_PATIENCE, PATIENCE, Cell
from localstack_lite.sandbox.container_plan import ContainerPlan, attachment
from localstack_lite.sandbox.container_runtime import ContainerRuntime
from localstack_lite.sandbox.engine import Engine
from localstack_lite.sandbox.engine_error import in_words, lacks_shell
from localstack_lite.sandbox.image_fetch import ImageFetch
from localstack_lite.sandbox.images import Images, Missing, ReadyImage
from localstack_lite.sandbox.prepared import Prepared
from localstack_lite.sandbox.workers import Workers
from localstack_lite.sandbox.yard import Yard

#: Seconds after a start until the next container is prepared: the function that just started goes first.
LATER = 0.3
#: Seconds between two looks at the memory of containers on another machine.
_FAR_LOOK = 1.0
_WORKERS = 4
#: So many containers are started at once, one for each processor: more take just as long in all, and the first one
#: longer (measured on two).
_LAUNCHES = range(2, 9)


class DockerSandbox:
    """A `ports.Sandbox`. `root` is the project's folder, `extensions` the folder of them that every start will name."""

    name = "docker"

    def __init__(self, engine: Engine, images: Images, root: Path, extensions: Path | None = None) -> None:
        self.reach = engine.reach
        self._engine = engine
        self._images = images
        self._fetched = ImageFetch(images)
        self._plan = ContainerPlan(engine, os.environ, extensions)
        self._yard = Yard(engine, root)
        self._workers = Workers(_WORKERS, "devserve-docker")
        at_once = min(max(engine.cpus, _LAUNCHES[0]), _LAUNCHES[-1])
        self._launchers = Workers(at_once, "devserve-launch")
        self._background = Workers(1, "devserve-prepare")
        self._runtimes: set[ContainerRuntime] = set()
        self._cells: set[Cell] = set()
        self._homes: dict[str, Cell] = {}
        """The container of each environment, by its tag."""
        self._awaited: dict[str, ContainerRuntime] = {}
        """Who enters the container that is being made for an environment."""
        self._spares: Prepared[Blueprint, Cell] = Prepared()
        self._coming: dict[Blueprint, tuple[Cell, asyncio.Task[None]]] = {}
        """Spares on their way that no start waits for yet."""
        self._bare: set[str] = set()
        """Images without a shell."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._launches: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._far_looked = 0.0
        self._closing = False
        self._stuck = False

    # -- ports.Sandbox

    def remark(self, function: Function) -> Problem | None:
        """Python is always the right one here; the processor may not be, and an image may be missing."""
        self._fetched.know(function)
        match self._images.known(function.logical_id):
            case ReadyImage() as image:
                said = self._plan.misfit(function.architecture, image)
                return None if said is None else _problem(function, said.what, said.hint, warning=not said.fatal)
            case Missing(what=what, hint=hint, lines=lines):
                return _problem(function, what, hint, details=lines)
        return None

    async def prepare(self, functions: Sequence[Function], told: Publish) -> Sequence[Problem]:
        """Images, and then a container for each that waits for its first start."""
        problems = await self.fetch(functions, told)
        for function in functions:
            image, problem = self._images.known(function.logical_id), self.remark(function)
            if not isinstance(image, ReadyImage) or (problem is not None and not problem.warning):
                continue
            if function.image is not None or function.code.folder.is_dir():
                self._prepare_spare(self._plan.of_function(function, image))
        return problems

    async def fetch(self, functions: Sequence[Function], told: Publish) -> Sequence[Problem]:
        """Their images, and a problem for each that is missing or does not fit."""
        loop = asyncio.get_running_loop()

        def report(task: str, state: str, share: float | None, done: bool) -> None:
            loop.call_soon_threadsafe(told, Progress(time.time(), task, state, share, done))

        waited = [(function, self._fetched.begin(function, report)) for function in functions]
        problems = []
        for function, future in waited:
            await asyncio.shield(future)
            if (problem := self.remark(function)) is not None:
                problems.append(problem)
        return problems

    def start(self, spec: SandboxSpec, listener: SandboxListener) -> RunningSandbox:
        loop = asyncio.get_running_loop()
        runtime = ContainerRuntime(spec.memory, listener, loop, self._runtimes.discard)
        self._runtimes.add(runtime)
        self._watch_memory(loop)
        if self._closing:
            runtime.kill()
            return runtime
        image = self._images.known(spec.function)
        home = self._home_for(spec, image) if isinstance(image, ReadyImage) else None
        if home is not None and isinstance(image, ReadyImage):
            runtime.enter(home, self._plan.tenure(spec, image))
            runtime.at_once()
        elif spec.tag in self._awaited:
            self._awaited[spec.tag] = runtime  # whoever waited there was killed
        else:
            self._awaited[spec.tag] = runtime
            self._keep(self._bring(spec))
        return runtime

    def discard(self, spec: SandboxSpec) -> None:
        self._awaited.pop(spec.tag, None)
        home = self._homes.pop(spec.tag, None)
        if home is not None:
            self._end(home)

    async def close(self) -> None:
        if self._closing:
            return
        self._closing = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for runtime in tuple(self._runtimes):
            runtime.kill()
        for task in tuple(self._tasks):
            task.cancel()
        for cell in tuple(self._cells):
            self._end(cell)
        if self._launches:
            await asyncio.wait(tuple(self._launches), timeout=2 * PATIENCE)
        for cell in tuple(self._cells):
            if cell.launched:
                self._end(cell)
            else:
                cell.give_up()
        while self._cells:
            await asyncio.shield(next(iter(self._cells)).gone)
        for runtime in tuple(self._runtimes):
            runtime.evicted()
        if not self._stuck:
            # Otherwise the engine does not answer: whatever it still runs is the reaper's, when this process ends.
            closing = asyncio.get_running_loop().run_in_executor(self._background, self._yard.close)
            await asyncio.wait((closing,), timeout=LAST_PATIENCE)
        for workers in (self._workers, self._launchers, self._background):
            workers.shutdown(wait=False)
            # One connection may hang although others are answered, or refused.
            self._stuck = self._stuck or not workers.ended(PATIENCE)

    # -- containers

    def _home_for(self, spec: SandboxSpec, image: ReadyImage) -> Cell | None:
        """A container that is there: the environment's own, or a prepared one."""
        home = self._homes.get(spec.tag)
        if home is None:
            return self._spare_for(spec, image)
        if home.alive and not home.closing and not self._plan.outdated(home.plan):
            return home
        # It is about to end, or the code's folder was made again: what it shows there is nobody's any more.
        del self._homes[spec.tag]
        self._end(home)
        return self._spare_for(spec, image)

    def _spare_for(self, spec: SandboxSpec, image: ReadyImage) -> Cell | None:
        """A prepared container becomes the environment's own."""
        said = self._plan.misfit(spec.architecture, image)
        plan = self._plan.of_start(spec, image)
        if (said is not None and said.fatal) or not plan.interchangeable:
            return None
        spare = self._spares.take(plan)
        if spare is not None:
            self._homes[spec.tag] = spare
            self._keep(self._prepare_later(plan))
        return spare

    async def _bring(self, spec: SandboxSpec) -> None:
        """Make a container for an environment that waits for it."""
        try:
            image = await self._image(spec)
            if image.id not in self._bare:
                await self._bring_cell(spec, image)
            if image.id in self._bare:
                await self._bring_bare(spec, image)
        except Exception as error:
            lines = error.lines if isinstance(error, _Impossible) else [in_words(error, self._engine.endpoint)]
            if (runtime := self._awaited.pop(spec.tag, None)) is not None:
                runtime.fail(lines)

    async def _image(self, spec: SandboxSpec) -> ReadyImage:
        image = await self._fetched.for_start(spec)
        if isinstance(image, Missing):
            raise _Impossible([f"{image.what}; {image.hint}" if image.hint else image.what, *image.lines])
        if (said := self._plan.misfit(spec.architecture, image)) is not None and said.fatal:
            raise _Impossible([f"{spec.function} {said.what}; {said.hint}"])
        if spec.image is None and not spec.folder.is_dir():
            raise _Impossible([f"the function's code is not there: {spec.folder}"])
        return image

    async def _bring_cell(self, spec: SandboxSpec, image: ReadyImage) -> None:
        plan = self._plan.of_start(spec, image)
        cell = self._spares.take(plan) if plan.interchangeable else None
        if cell is None and plan in self._coming and self._coming[plan][0].begun:
            await asyncio.shield(self._coming.pop(plan)[1])  # nobody else waits for this one
            cell = self._spares.take(plan)
        if image.id in self._bare:
            return
        if cell is None:
            cell = self._cell(Cell, plan)
            await asyncio.shield(self._launch(cell, self._launchers, spec.tag))
            if image.id in self._bare:
                return
        runtime = self._awaited.get(spec.tag)
        if runtime is None:
            self._end(cell)  # the environment is gone in the meantime
            return
        self._homes[spec.tag] = cell
        if runtime.alive:
            if said := attachment(spec).problem:
                runtime.remark(said)
            runtime.enter(cell, self._plan.tenure(spec, image))
        del self._awaited[spec.tag]
        self._keep(self._prepare_later(plan))

    async def _bring_bare(self, spec: SandboxSpec, image: ReadyImage) -> None:
        runtime = self._awaited.get(spec.tag)
        if runtime is None or not runtime.alive:
            self._awaited.pop(spec.tag, None)
            return
        tenure = self._plan.tenure(spec, image)
        cell = self._cell(BareCell, self._plan.of_start(spec, image))
        self._homes[spec.tag] = cell
        runtime.enter(cell, replace(tenure, beside=None))
        del self._awaited[spec.tag]
        own = Direct(tenure.command, tenure.environ, tenure.folder)
        try:
            await asyncio.shield(self._launch(cell, self._launchers, spec.tag, own))
            holds = asyncio.get_running_loop().run_in_executor(self._workers, cell.holds, "/opt/extensions")
            if (spec.extensions is not None or await holds) and runtime.alive:
                runtime.remark("no external extension is started: the function's image has no shell to do that")
        except _Impossible as impossible:
            runtime.fail(impossible.lines)

    def _cell(self, kind: type[Cell], plan: Blueprint) -> Cell:
        api, loop = self._engine.client.api, asyncio.get_running_loop()
        fifo = self._yard.fifo() if kind is Cell else ""
        cell = kind(api, plan, self._engine.cpus, self._workers, loop, fifo, self._lost)
        self._cells.add(cell)
        return cell

    def _launch(
        self, cell: Cell, workers: Executor, environment: str = "", own: Direct | None = None
    ) -> asyncio.Task[None]:
        """Goes on, and is waited for in the end, even when nobody waits for it any more."""

        async def launch() -> None:
            try:
                await asyncio.get_running_loop().run_in_executor(workers, self._build, cell, environment, own)
            except Exception as error:
                cell.failed()
                if own is None and lacks_shell(error):
                    self._bare.add(cell.plan.image)
                    return
                raise _Impossible([in_words(error, self._engine.endpoint)]) from error
            cell.moved_in()

        task = asyncio.get_running_loop().create_task(launch())
        self._launches.add(task)
        task.add_done_callback(self._launched)
        return task

    def _build(self, cell: Cell, environment: str, own: Direct | None) -> None:
        """In a worker thread, when its turn has come."""
        if self._closing:
            raise _Impossible(["devserve ends"])
        self._yard.build(cell, environment, own)

    def _launched(self, task: asyncio.Task[None]) -> None:
        self._launches.discard(task)
        if not task.cancelled():
            task.exception()  # whoever waits for it hears of it; when nobody does, nobody has to

    def _prepare_spare(self, plan: Blueprint) -> None:
        if self._closing or not plan.interchangeable or plan.image in self._bare or self._plan.outdated(plan):
            return
        for each in self._spares.drop(lambda other: other.function == plan.function and other != plan):
            self._end(each)
        if not self._spares.begin(plan):
            return
        try:
            cell = self._cell(Cell, plan)
        except OSError:
            self._spares.failed(plan)
            return
        # Begun here: a task that is cancelled before its first step launches nothing, and the cell would never end.
        launch = self._launch(cell, self._background)
        self._coming[plan] = cell, self._keep(self._make_spare(plan, cell, launch))

    async def _make_spare(self, plan: Blueprint, cell: Cell, launch: asyncio.Task[None]) -> None:
        try:
            await asyncio.shield(launch)
        except _Impossible:
            pass  # it is tried again when it is needed, and told then
        finally:
            self._coming.pop(plan, None)
            self._spares.failed(plan)
        if cell.alive:
            for each in self._spares.add(plan, cell):
                self._end(each)

    async def _prepare_later(self, plan: Blueprint) -> None:
        """When the starts that wait now are through."""
        await asyncio.sleep(LATER)
        if self._awaited:
            self._keep(self._prepare_later(plan))
        else:
            self._prepare_spare(plan)

    @staticmethod
    def _end(cell: Cell) -> None:
        cell.end()
        asyncio.get_running_loop().call_later(PATIENCE, cell.force)

    def _lost(self, cell: Cell) -> None:
        """A container has ended, whyever."""
        self._cells.discard(cell)
        self._stuck = self._stuck or cell.given_up
        self._spares.lost(cell)
        for tag, home in list(self._homes.items()):
            if home is cell:
                del self._homes[tag]

    # -- memory

    def _watch_memory(self, loop: asyncio.AbstractEventLoop) -> None:
        """One timer for all, and none when nothing runs."""
        if self._timer is None and not self._closing:
            self._timer = loop.call_later(memory.CALM, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        growing = [runtime.watch_memory() for runtime in tuple(self._runtimes)]
        if loop.time() - self._far_looked > _FAR_LOOK:
            self._far_looked = loop.time()
            for runtime in tuple(self._runtimes):
                if container_id := runtime.measured_elsewhere:
                    self._keep(self._look_far(loop, runtime, container_id))
        self._timer = None
        if self._runtimes and not self._closing:
            self._timer = loop.call_later(memory.ALERT if any(growing) else memory.CALM, self._look, loop)

    async def _look_far(self, loop: asyncio.AbstractEventLoop, runtime: ContainerRuntime, container_id: str) -> None:
        runtime.measured(await loop.run_in_executor(self._background, self._yard.memory, container_id))

    def _keep(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


class _Impossible(Exception):
    """It cannot run; `lines` are for the function's log."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__(*lines)
        self.lines = list(lines)


def _problem(function: Function, what: str, hint: str, warning: bool = False, details: tuple[str, ...] = ()) -> Problem:
    return Problem(function.name, what, hint, function.logical_id, warning, details)
