"""Runs a project until it is told to stop, or runs one invocation of it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from localstack_lite.app.doors import Doors, Ways, debug_relay
from localstack_lite.app.endpoints import on_this_machine
from localstack_lite.app.fallback import Unhurried, as_process
from localstack_lite.app.machine import Chosen, Machine, choose, machine, process
from localstack_lite.app.preparation import equipped, prepare
from localstack_lite.errors import UserError
from localstack_lite.lambdas.catalogue import Catalogue
from localstack_lite.lambdas.limits import Limits
from localstack_lite.lambdas.published import NOTHING, Kept
from localstack_lite.lambdas.service import LambdaService
from localstack_lite.model.arn import LATEST
from localstack_lite.model.facts import Fact, ProblemFound
from localstack_lite.model.function import Function
from localstack_lite.model.invocation import Invocation, Outcome
from localstack_lite.model.options import ServeOptions
from localstack_lite.model.project import Problem, Project
from localstack_lite.ports import Publish

if TYPE_CHECKING:
    from localstack_lite.app.application import App
    from localstack_lite.app.beside import Beside
    from localstack_lite.app.certificates import Certificate
    from localstack_lite.app.keyboard import Keyboard

STDIN = 0


def serve(
    project: Project,
    read: Callable[[], Project],
    options: ServeOptions,
    views: Sequence[Publish],
    beside: Beside | None = None,
    *,
    keys: bool = False,
) -> int:
    """Serve until SIGINT or SIGTERM; `read` reads the project again, `beside` is the stage that belongs to it. `keys`:
    a person reads the views, and may press keys. Raises `UserError` when it cannot start. Returns the exit code."""
    from localstack_lite.app.keyboard import Keyboard

    with _runner() as runner:
        return runner.run(_serve(project, read, options, views, beside, keys and Keyboard.usable(STDIN)))


def invoke_once(
    project: Project, options: ServeOptions, invocation_of: Callable[[str], Invocation], view: Publish
) -> Outcome:
    """Run one invocation in an environment of its own. `invocation_of` makes it from a fresh request id."""
    with _runner() as runner:
        return runner.run(_invoke_once(project, options, invocation_of, view))


async def _serve(
    project: Project,
    read: Callable[[], Project],
    options: ServeOptions,
    views: Sequence[Publish],
    beside: Beside | None,
    keys: bool,
) -> int:
    from localstack_lite.app.application import App
    from localstack_lite.app.strictness import Strictness

    doors = Doors(options, _certificate(project, options))
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _asked_to_stop, stop)

    def tell(fact: Fact) -> None:
        for view in views:
            view(fact)

    ways, code = Ways(), 0
    try:
        ready = await _unless(stop, _prepared(project, project.functions, options, tell, ways, doors))
    except BaseException:
        doors.close()
        _close(views)
        raise
    if ready is None:
        doors.close()
        _close(views)
    else:
        made, problems = ready
        cloud, saved = (None, _nothing) if beside is None else (beside.invoke, beside.saved)
        strict = Strictness()
        views = [*views, strict] if options.strict else views
        app = App(project, read, options, views, made, problems, doors.debug, cloud, saved)
        await app.start(doors, keys=keys)
        if beside is not None:
            beside.begin(app.publish)
        keyboard = _keyboard(app, stop, beside) if keys else None
        await stop.wait()
        if keyboard is not None:
            keyboard.stop()
        if beside is not None:
            await beside.close()
        if (verdict := strict.verdict) is not None:
            app.publish(ProblemFound(made.clock.now(), verdict))
            code = 1
        await app.stop()
        if doors.debug is not None:
            doors.debug.close()
    await ways.close()
    return code


def _certificate(project: Project, options: ServeOptions) -> Certificate | None:
    if not options.tls:
        return None
    from localstack_lite.app.certificates import certificate

    return certificate(project, options)


def _keyboard(app: App, stop: asyncio.Event, beside: Beside | None) -> Keyboard:
    from localstack_lite.app.control import Control
    from localstack_lite.app.keyboard import Keyboard

    control = Control(app, stop.set, beside.saved if beside is not None and beside.pushes else None)
    keyboard = Keyboard(STDIN, control.pressed)
    keyboard.start()
    return keyboard


def _nothing() -> None:
    return


def _close(views: Sequence[Publish]) -> None:
    """What they hold back is written, although nothing was ever ready."""
    for view in views:
        if (close := getattr(view, "close", None)) is not None:
            close()


def _asked_to_stop(stop: asyncio.Event) -> None:
    if stop.is_set():
        # The second time: at once. The sandbox's guardian removes what is left.
        os._exit(130)
    stop.set()


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, tuple[Machine, tuple[Problem, ...]]]) -> Any:
    """What `work` comes to, or None when `stop` came first."""
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if working.done():
        return working.result()
    working.cancel()
    await asyncio.wait((working,))
    return None


async def _prepared(
    project: Project,
    functions: Sequence[Function],
    options: ServeOptions,
    tell: Publish,
    ways: Ways,
    doors: Doors | None = None,
    *,
    once: bool = False,
) -> tuple[Machine, tuple[Problem, ...]]:
    """A machine on which these functions can run. Docker that nobody asked for gives way to processes when an image
    cannot be had: no network is needed to work. `once`: no banner will say so, thus it is told."""
    chosen = choose(project, options, os.environ)
    made = await _standing_on(project, chosen, options, ways, doors)
    wanted = {function.logical_id for function in functions}
    quiet = Unhurried(tell, asyncio.get_running_loop().call_later) if once else tell

    async def ready(made: Machine) -> tuple[Problem, ...]:
        whole = equipped(made, project)
        return await prepare(made, [one for one in whole.functions if one.logical_id in wanted], tell)

    replaceable = chosen.replaceable and all(_runs_as_process(function) for function in functions)
    try:
        # Images first: packages for containers that cannot be had are made in vain.
        problems = tuple(await chosen.fetch(functions, quiet)) if replaceable and chosen.fetch is not None else ()
        lost = [problem for problem in problems if not problem.warning]
        if not lost:
            problems = await ready(made)
            lost = [problem for problem in problems if not problem.warning]
        if replaceable and lost:
            if once:
                tell(ProblemFound(made.clock.now(), as_process(lost[0])))
            await made.sandbox.close()
            chosen = process(project, f"Docker answers, but {lost[0].what.partition(': ')[0]}", options)
            made = await _standing_on(project, chosen, options, ways, doors)
            problems = await ready(made)
    except BaseException:
        if made.build is not None:
            made.build.close()
        await made.sandbox.close()
        raise
    return made, (*made.problems, *problems)


async def _standing_on(
    project: Project, chosen: Chosen, options: ServeOptions, ways: Ways, doors: Doors | None
) -> Machine:
    """The machine, with the doors that its sandbox needs."""
    lambda_url = "" if doors is None else doors.lambda_url
    reach, ports = chosen.reach, {}
    if reach is None:
        await ways.close()
        if doors is not None:
            doors.close_to_containers()
    else:
        ports = await ways.open(reach.bind, on_this_machine(os.environ))
        if doors is not None:
            lambda_url = doors.open_to_containers(reach.bind, reach.name)
    # Containers do not reach the gateway, and SDKs do not trust its certificate: the Lambda port takes these, too.
    near = doors is not None and reach is None and doors.pair is None
    return machine(project, options, chosen, lambda_url, ports, doors.gateway_url if near and doors else lambda_url)


def _runs_as_process(function: Function) -> bool:
    return function.image is None and function.language in ("python", "nodejs", "provided")


async def _invoke_once(
    project: Project, options: ServeOptions, invocation_of: Callable[[str], Invocation], view: Publish
) -> Outcome:
    wanted = invocation_of("").function
    functions = [function for function in project.functions if function.logical_id == wanted]
    kept = _published(project, functions, invocation_of("").qualifier)
    ways, debug = Ways(), debug_relay(options)
    made, problems = await _prepared(project, functions, options, view, ways, once=True)
    for problem in (*(one for one in project.problems if one.subject == wanted), *problems):
        view(ProblemFound(made.clock.now(), problem))
    ready = equipped(made, project)
    service = LambdaService(
        ready,
        made.sandbox,
        made.listen,
        view,
        made.clock,
        made.ids,
        Limits(),
        made.settings,
        doors=debug,
        catalogue=Catalogue(ready, kept),
    )
    try:
        return await service.invoke(invocation_of(made.ids.uuid()))
    finally:
        await service.stop()
        await ways.close()
        if debug is not None:
            debug.close()


def _published(project: Project, functions: Sequence[Function], qualifier: str) -> Kept:
    """What the API made of the project before, when a version or an alias is asked for. A UserError when there is none
    of that name."""
    if qualifier in ("", LATEST):
        return NOTHING
    from localstack_lite.lambdas.shelf import Shelf

    kept, _ = Shelf(project.root).load(project)
    catalogue = Catalogue(project, kept)
    for function in functions:
        if not catalogue.has(function, qualifier):
            known = [*catalogue.aliases(function.logical_id), *catalogue.versions(function.logical_id), LATEST]
            what = f"{function.name} has no version or alias {qualifier}"
            raise UserError("--qualifier", what, f"known: {', '.join(known)}")
    return kept


def _runner() -> asyncio.Runner:
    try:
        import uvloop
    except ImportError:
        return asyncio.Runner()
    return asyncio.Runner(loop_factory=uvloop.new_event_loop)
