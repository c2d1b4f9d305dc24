"""A person's command inside a function's environment: from the project to the command's exit code."""

from __future__ import annotations

import asyncio
import os

from localstack_lite.app import neighbour
from localstack_lite.app.doors import Ways
from localstack_lite.app.endpoints import on_this_machine
from localstack_lite.app.fallback import Unhurried, as_process
from localstack_lite.app.machine import Chosen, Machine, choose, machine, process
from localstack_lite.app.preparation import built, equipped
from localstack_lite.errors import UserError
from localstack_lite.lambdas.spec import spec_of, stream_of
from localstack_lite.model.facts import ProblemFound
from localstack_lite.model.function import Function
from localstack_lite.model.options import ServeOptions
from localstack_lite.model.project import Problem, Project
from localstack_lite.ports import Publish, Terminal, TerminalTask


def run_in_terminal(project: Project, options: ServeOptions, function: str, task: TerminalTask, view: Publish) -> int:
    """Run the task in an environment of that function (a logical id). Returns the command's exit code."""
    with asyncio.Runner() as runner:
        return runner.run(_run(project, options, function, task, view))


async def _run(project: Project, options: ServeOptions, function: str, task: TerminalTask, view: Publish) -> int:
    ways = Ways()
    chosen = choose(project, options, os.environ)
    near = neighbour.lambda_port(project)
    try:
        made = await _standing_on(project, options, chosen, ways, near)
        patient = Unhurried(view, asyncio.get_running_loop().call_later) if chosen.replaceable else view
        terminal, target, lost = await _ready(made, chosen, project, function, patient)
        if lost is not None and chosen.replaceable and target.image is None:
            view(ProblemFound(made.clock.now(), as_process(lost)))
            chosen = process(project, f"Docker answers, but {lost.what}", options)
            await ways.close()
            made = await _standing_on(project, options, chosen, ways, near)
            terminal, target, lost = await _ready(made, chosen, project, function, view)
        if lost is not None:
            raise lost
        stream = stream_of(made.clock.now(), made.ids.hex(32))
        return await terminal.run(spec_of(target, project, made.settings, name="terminal", stream=stream), task)
    finally:
        await ways.close()


async def _standing_on(project: Project, options: ServeOptions, chosen: Chosen, ways: Ways, near: int) -> Machine:
    """The machine, with this machine's addresses as its sandbox knows them."""
    if chosen.reach is None:
        return machine(project, options, chosen, f"http://127.0.0.1:{near}" if near else "", {})
    ports = await ways.open(chosen.reach.bind, on_this_machine(os.environ) | ({near} if near else set()))
    url = f"http://{chosen.reach.name}:{ports.get(near, near)}" if near else ""
    return machine(project, options, chosen, url, ports)


async def _ready(
    made: Machine, chosen: Chosen, project: Project, function: str, view: Publish
) -> tuple[Terminal, Function, UserError | None]:
    """Where it runs, the function as it runs there, and why it cannot."""
    if chosen.terminal is None:
        raise UserError("--sandbox", f"{chosen.sandbox.name} has no terminal")
    terminal = chosen.terminal()
    target = equipped(made, project).function(function)
    if target is None:
        raise UserError(function, "there is no such function in this project")
    problems: list[Problem | None] = [*made.problems]
    try:
        # The image first: packages for a container that cannot be had are made in vain.
        problems.append(await terminal.prepare(target, view))
        if all(problem is None or problem.warning for problem in problems):
            problems += await built(made, [target], view)
    finally:
        if made.build is not None:
            made.build.close()
    lost = None
    for problem in problems:
        if problem is not None and problem.warning:
            view(ProblemFound(made.clock.now(), problem))
        elif problem is not None:
            lost = lost or UserError(problem.where, problem.what, problem.hint)
    return terminal, target, lost
