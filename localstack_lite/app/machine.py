"""What an app stands on: time, randomness, where user code runs and how it is reached. Tests bring their own."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from localstack_lite.app.credentials import credentials
from localstack_lite.app.endpoints import for_containers
from localstack_lite.errors import UserError
from localstack_lite.lambdas.limits import default_capacity
from localstack_lite.lambdas.service import Settings
from localstack_lite.model.function import Function
from localstack_lite.model.options import ServeOptions
from localstack_lite.model.project import Problem, Project
from localstack_lite.ports import Builder, Clock, Ids, Publish, RuntimeListen, Sandbox, Terminal
from localstack_lite.system import RandomIds, SystemClock
from localstack_lite.wire.runtime_listener import Listen

if TYPE_CHECKING:
    from localstack_lite.sandbox.engine import Engine, Reach
    from localstack_lite.sandbox.images import Images


#: What would go before a profile.
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


@dataclass(frozen=True, slots=True)
class Machine:
    clock: Clock
    ids: Ids
    sandbox: Sandbox
    sandbox_reason: str
    listen: RuntimeListen
    settings: Settings
    build: Builder | None = None
    """What makes code out of sources; None when nothing is ever built."""
    wall: Callable[[], float] | None = None
    """The time of day, which goes on while the machine sleeps; None: `clock` says it."""
    problems: tuple[Problem, ...] = ()
    """Warnings of what it was made of."""


Fetch = Callable[[Sequence[Function], Publish], Awaitable[Sequence[Problem]]]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sandbox and why this one. `reach` is how it reaches this machine when that is not loopback; `instead` what is
    used when its images cannot be had, because nobody asked for exactly this one."""

    sandbox: Sandbox
    reason: str
    reach: Reach | None = None
    replaceable: bool = False
    terminal: Callable[[], Terminal] | None = None
    """Where a person's command runs as functions do in this sandbox."""
    fetch: Fetch | None = None
    """Gets images, and nothing that needs the functions' code."""


def choose(project: Project, options: ServeOptions, environ: Mapping[str, str]) -> Chosen:
    """Docker where it is asked for, or where an engine answers and nobody asked for anything else. A UserError when it
    was asked for and no engine answers."""
    wanted = options.sandbox if options.sandbox != "auto" else project.sandbox or "auto"
    if wanted == "process":
        return process(project, "asked for", options)
    from localstack_lite.sandbox import engine

    if wanted == "auto" and engine.answers(environ):
        return process(project, "no Docker engine answers", options)
    found = engine.connect(environ, options.docker_network, options.container_host)
    if isinstance(found, engine.Unreachable):
        if wanted == "docker" or options.docker_network:
            raise UserError("--docker-network" if options.docker_network else "--sandbox docker", found.why, found.hint)
        return process(project, found.why, options)
    from localstack_lite.sandbox.docker import DockerSandbox
    from localstack_lite.sandbox.images import Images

    images = Images(found, project.images, options.invoke_images)
    reason = "asked for" if wanted == "docker" else "an engine answers"
    sandbox = DockerSandbox(found, images, project.root, options.extensions)
    return Chosen(
        sandbox,
        f"{reason} ({found.title})",
        found.reach,
        wanted == "auto",
        lambda: _container_terminal(found, images, project),
        sandbox.fetch,
    )


def _container_terminal(found: Engine, images: Images, project: Project) -> Terminal:
    from localstack_lite.sandbox.container_terminal import ContainerTerminal

    return ContainerTerminal(found, images, project.root)


def process(project: Project, reason: str, options: ServeOptions) -> Chosen:
    """With `--strict-fs` the reason says how that is done here; containers are read-only anyway."""
    from localstack_lite.sandbox.process import ProcessSandbox

    if options.strict_fs:
        from localstack_lite.sandbox import confinement, confining

        reason = f"{reason}; {confinement.says(confining.allowed())}"
    return Chosen(ProcessSandbox(project.root), reason, terminal=lambda: _process_terminal(project))


def _process_terminal(project: Project) -> Terminal:
    from localstack_lite.sandbox.terminal import ProcessTerminal

    return ProcessTerminal(project.root)


def builder(project: Project, profile: str, chosen: Chosen) -> Builder:
    """What makes code out of the project's sources for that sandbox. Layers are fetched as `profile`, if given."""
    from localstack_lite.builds.builder import Builder
    from localstack_lite.config.unpack import unpack
    from localstack_lite.sandbox import interpreter

    def python(runtime: str, folder: Path) -> Path:
        return interpreter.find(runtime, folder, project.root, os.environ).path

    environ = dict(os.environ)
    if profile:
        environ = {**{name: value for name, value in environ.items() if name not in KEYS}, "AWS_PROFILE": profile}
    return Builder(project.root, environ, python, unpack, containers=chosen.reach is not None)


def machine(
    project: Project,
    options: ServeOptions,
    chosen: Chosen,
    lambda_url: str,
    ports: Mapping[int, int],
    connections_url: str = "",
) -> Machine:
    """The real one. `lambda_url` is where functions reach the Lambda API, `connections_url` where `@connections`;
    `ports` are those of this machine's loopback that containers reach under another number."""
    ids = RandomIds()
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // (1 << 20)
    capacity = options.max_environments or default_capacity(os.cpu_count() or 1, memory_mb)
    run = f"devserve-{os.getpid()}-{ids.hex(8)}"
    scratch = Path(tempfile.gettempdir()) / run
    given = credentials(project, options, os.environ, away=chosen.reach is not None)
    user = given.settings
    if chosen.reach is not None:
        user = for_containers(user, chosen.reach.name, ports)
    settings = Settings(
        capacity,
        scratch,
        run,
        user=tuple(user.items()),
        lambda_endpoint=lambda_url,
        connections_endpoint=connections_url,
        strict_fs=options.strict_fs,
        time_scale=options.time_scale,
        cold_start_delay=options.cold_start_delay,
        extensions=options.extensions,
    )
    if options.idle_timeout is not None:
        settings = replace(settings, idle_seconds=options.idle_timeout)
    loop = asyncio.get_running_loop()
    listen = Listen(loop) if chosen.reach is None else Listen(loop, chosen.reach.bind, chosen.reach.name)
    build = builder(project, given.profile, chosen)
    return Machine(
        SystemClock(), ids, chosen.sandbox, chosen.reason, listen, settings, build, time.time, given.problems
    )
