"""What has to happen before a function's code can run: build it, fetch its image, install what it needs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from localstack_lite.app.machine import Machine
from localstack_lite.model.facts import Progress
from localstack_lite.model.function import Function
from localstack_lite.model.project import Problem, Project
from localstack_lite.ports import Publish


async def prepare(machine: Machine, functions: Sequence[Function], publish: Publish) -> tuple[Problem, ...]:
    """Returns when they are ready. What could not be made is a problem each, told but fatal to nothing else. Those that
    run in the stage need nothing here."""
    functions = [function for function in functions if not function.in_stage]
    return (*await built(machine, functions, publish), *await machine.sandbox.prepare(functions, publish))


async def built(machine: Machine, functions: Sequence[Function], publish: Publish) -> Sequence[Problem]:
    """What their sources are made into, where they are sources."""
    loop = asyncio.get_running_loop()

    def told(task: str, state: str, share: float | None = None, done: bool = False) -> None:
        loop.call_soon_threadsafe(publish, Progress(machine.clock.now(), task, state, share, done))

    build = machine.build
    if build is not None and (buildable := [function for function in functions if build.needs(function)]):
        return await asyncio.to_thread(build.build, buildable, told)
    return ()


def equipped(machine: Machine, project: Project) -> Project:
    """The project as this sandbox runs it: in containers, functions get packages that their code does not carry."""
    if machine.sandbox.name != "docker":
        return project
    from localstack_lite.builds.dependencies import dependencies_folder, manifests

    root = project.root
    functions = [replace(one, dependencies=dependencies_folder(one, root)) for one in project.functions]
    lists = (file.resolve() for one in functions for file in manifests(one, root))
    inputs = tuple(dict.fromkeys((*project.inputs, *lists)))
    return replace(project, functions=tuple(functions), inputs=inputs)


def takes_time(machine: Machine, function: Function) -> bool:
    """Whether a change of this function's files means more than starting it again."""
    if function.image is not None and function.image.dockerfile is not None:
        return True
    return machine.build is not None and machine.build.needs(function)
