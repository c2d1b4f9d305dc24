"""`devserve sync STAGE --watch`: a push now and on every save, until Ctrl-C, with the stage's log beside it."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from localstack_lite.app.crash import crash_log
from localstack_lite.errors import RemoteError, UserError
from localstack_lite.model.change import FileChange
from localstack_lite.model.facts import ProblemFound
from localstack_lite.model.project import Problem, Project
from localstack_lite.ports import Publish

if TYPE_CHECKING:
    from localstack_lite.sync.pusher import Pusher
    from localstack_lite.sync.tail import Tail


def watch(
    read: Callable[[], Project], pusher: Pusher, publish: Publish, now: Callable[[], float], tail: Tail | None
) -> int:
    """Returns 0 when it was asked to stop. `read` reads the project, to know what is to be watched; a UserError there
    ends it only at the start."""
    return asyncio.run(_watch(read, pusher, publish, now, tail))


async def _watch(
    read: Callable[[], Project], pusher: Pusher, publish: Publish, now: Callable[[], float], tail: Tail | None
) -> int:
    from localstack_lite.watch.targets import targets
    from localstack_lite.watch.watcher import Watcher

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _asked_to_stop, stop)
    project = await asyncio.to_thread(read)
    watched = targets(project)
    tasks: set[asyncio.Task[None]] = set()
    watcher = Watcher(lambda problem: publish(ProblemFound(now(), problem)))

    def saved(changes: tuple[FileChange, ...]) -> None:
        pusher.request()
        if {change.path for change in changes} & set(project.inputs):
            task = loop.create_task(again())
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    async def again() -> None:
        nonlocal project, watched
        try:
            project = await asyncio.to_thread(read)
        except UserError:
            return  # told by the push that follows the same save
        if (wanted := targets(project)) != watched:
            watched = wanted
            watcher.start(watched, saved)

    watcher.start(watched, saved)
    pusher.request()
    if tail is not None:
        threading.Thread(target=_follow, args=(tail, publish, now), name="tail", daemon=True).start()
    await stop.wait()
    watcher.stop()
    if tail is not None:
        tail.stop()
    await asyncio.to_thread(pusher.close)
    return 0


def _follow(tail: Tail, publish: Publish, now: Callable[[], float]) -> None:
    try:
        tail.follow()
    except (UserError, RemoteError) as error:
        publish(ProblemFound(now(), Problem(error.where, error.what, error.hint, warning=True)))


def _asked_to_stop(stop: asyncio.Event) -> None:
    if stop.is_set():
        os._exit(130)  # the second time: at once; the journal knows what was done
    stop.set()


def crashed(project: Project | None, error: Exception) -> Problem:
    """A fault of devserve's own, as a problem that says where its details are."""
    what = f"{type(error).__name__}: {error}"
    if project is None:
        return Problem("internal error", what)
    return Problem("internal error", what, f"not your fault; details: {crash_log(project, error)}")
