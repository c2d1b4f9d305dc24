"""A command in a function's container, on devserve's own terminal.

The container is made as for an environment of the function. Its first process only waits and hands signals on; it ends
with the line to devserve, however devserve ends, and takes everything in the container with it. The command is executed
beside it, so that its variables are not in the container's configuration, where whoever may use the engine reads them.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import localstack_lite
from localstack_lite import shipped
from localstack_lite.errors import UserError
from localstack_lite.model.facts import Progress
from localstack_lite.model.function import Function
from localstack_lite.model.project import Problem
from localstack_lite.ports import Publish, SandboxSpec, TerminalTask
from localstack_lite.sandbox import container, leftovers, terminal_plan
from localstack_lite.sandbox.attach_line import AttachLine
from localstack_lite.sandbox.attach_stream import ERROR, AttachStream
from localstack_lite.sandbox.container import Blueprint, Mount
from localstack_lite.sandbox.container_command import TASK
from localstack_lite.sandbox.container_plan import ContainerPlan
from localstack_lite.sandbox.engine import Engine
from localstack_lite.sandbox.engine_error import in_words
from localstack_lite.sandbox.folder_copy import copy
from localstack_lite.sandbox.images import Images, Missing, ReadyImage
from localstack_lite.sandbox.local_terminal import LocalTerminal
from localstack_lite.sandbox.reaping import Reaping
from localstack_lite.sandbox.yard import remove_orphans, this_run

#: Where the command's own modules are.
FOLDER = f"/var/devserve/terminal/{terminal_plan.FOLDER}"
#: The first process: each line is a signal's name, for all others. It ends with the line to devserve.
_KEEPER = 'while read -r name; do kill -s "$name" -- -1; done'
#: The image's Python: where AWS has it, else the first on the path.
_PYTHON = (
    "p=$(command -v /var/lang/bin/python3 || command -v python3 || command -v python) || "
    '{ echo "devserve: there is no Python in this image" >&2; exit 127; }; exec "$p" "$@"'
)
_PASSED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


class ContainerTerminal:
    """A `ports.Terminal`. `root` is the project's folder; `environ` devserve's own environment, unless given."""

    def __init__(self, engine: Engine, images: Images, root: Path, environ: Mapping[str, str] | None = None) -> None:
        self._engine = engine
        self._images = images
        self._environ = os.environ if environ is None else environ
        self._plan = ContainerPlan(engine, self._environ)
        self._root = root

    async def prepare(self, function: Function, told: Publish) -> Problem | None:
        import time

        loop = asyncio.get_running_loop()

        def report(task: str, state: str, share: float | None, done: bool) -> None:
            loop.call_soon_threadsafe(told, Progress(time.time(), task, state, share, done))

        where = function.where or function.logical_id
        match await asyncio.to_thread(self._images.ensure, function, report):
            case Missing(what=what, hint=hint, lines=lines):
                return Problem(where, what, hint, function.logical_id, details=lines)
            case ReadyImage() as image:
                said = self._plan.misfit(function.architecture, image)
                if said is not None:
                    return Problem(where, said.what, said.hint, function.logical_id, warning=not said.fatal)
        if not self._engine.mounts:
            what = "the Docker engine cannot see this machine's folders: what a command writes there is lost"
            return Problem(where, what, "--sandbox process writes here", function.logical_id, warning=True)
        return None

    async def run(self, spec: SandboxSpec, task: TerminalTask) -> int:
        import docker.errors
        import requests

        image = self._images.known(spec.function)
        if not isinstance(image, ReadyImage):
            raise UserError(spec.function, image.what if image is not None else "its image is not known")
        run = this_run()
        reaping = Reaping(str(run), self._engine.endpoint, "")
        try:
            reaping.start()
            await asyncio.to_thread(remove_orphans, self._engine.client.api, run)
            labels = leftovers.labels(run, localstack_lite.__version__, "", spec.function)
            return await self._beside(spec, task, image, labels)
        except (docker.errors.DockerException, requests.RequestException) as error:
            raise UserError(spec.function, in_words(error, self._engine.endpoint)) from None
        finally:
            reaping.close()

    async def _beside(self, spec: SandboxSpec, task: TerminalTask, image: ReadyImage, labels: Mapping[str, str]) -> int:
        api, plan = self._engine.client.api, self._blueprint(spec, image)
        body = container.config(plan, labels, self._engine.cpus, _KEEPER)
        made: str = (await asyncio.to_thread(api.create_container_from_config, body, _name(spec)))["Id"]
        keeper: AttachLine | None = None
        try:
            for mount in plan.mounts:
                if mount.copied:
                    await asyncio.to_thread(copy, api, made, mount)
            streams = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
            connection = await asyncio.to_thread(api.attach_socket, made, streams)
            keeper = AttachLine(connection, asyncio.get_running_loop(), _nothing, _nothing)
            await asyncio.to_thread(api.start, made)
            return await self._executed(made, spec, task, image, keeper)
        finally:
            if keeper is not None:
                keeper.abandon()
            with contextlib.suppress(Exception):  # gone already, or the engine is
                await asyncio.to_thread(api.remove_container, made, force=True, v=True)

    async def _executed(
        self, made: str, spec: SandboxSpec, task: TerminalTask, image: ReadyImage, keeper: AttachLine
    ) -> int:
        api, tenure = self._engine.client.api, self._plan.tenure(spec, image)
        command = ["sh", "-c", _PYTHON, "devserve", "-B", "-u", FOLDER, *terminal_plan.words(spec, task)]
        environ = terminal_plan.variables(tenure.environ, self._environ)
        local = LocalTerminal(asyncio.get_running_loop())
        begun = await asyncio.to_thread(
            api.exec_create,
            made,
            command,
            stdin=True,
            tty=local.whole,
            environment=environ,
            workdir=tenure.folder,
        )
        name = begun["Id"]
        connection = await asyncio.to_thread(api.exec_start, name, tty=local.whole, socket=True)
        with _heard_signals(lambda number: keeper.send(f"{number.name.removeprefix('SIG')}\n".encode())):
            await self._joined(name, connection, local)
        code = (await asyncio.to_thread(api.exec_inspect, name))["ExitCode"]
        return 128 + signal.SIGKILL if code is None else int(code)

    async def _joined(self, name: str, connection: Any, local: LocalTerminal) -> None:
        """The two terminals are one until the command has ended."""
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        frames = AttachStream()

        def show(data: bytes) -> None:
            if local.whole:
                local.write(data)
                return
            for stream, piece in frames.feed(data):
                local.write(piece, error=stream == ERROR)

        def resize() -> None:
            if (size := local.size()) is not None:
                loop.run_in_executor(None, _resized, self._engine.client.api, name, *size)

        show(_held(connection))
        line = AttachLine(connection, loop, show, ended.set)
        with local.raw(), local.read(line.send, line.hang_up):
            if local.whole:
                resize()
                loop.add_signal_handler(signal.SIGWINCH, resize)
            try:
                await ended.wait()
            finally:
                if local.whole:
                    loop.remove_signal_handler(signal.SIGWINCH)

    def _blueprint(self, spec: SandboxSpec, image: ReadyImage) -> Blueprint:
        """A function's container, with our modules, and the code where commands such as `makemigrations` can write."""
        plan = self._plan.of_start(replace(spec, debug=False), image)
        mounts = [
            replace(mount, writable=mount.target == TASK and not spec.strict_fs and not mount.copied)
            for mount in plan.mounts
        ]
        own = str(shipped.runtimes() / "python" / terminal_plan.FOLDER)
        return replace(plan, mounts=(*mounts, Mount(os.path.realpath(own), FOLDER, copied=not self._engine.mounts)))


def _name(spec: SandboxSpec) -> str:
    plain = "".join(char if char.isascii() and char.isalnum() else "-" for char in spec.function).strip("-")
    return f"devserve-{plain or 'function'}-terminal-{secrets.token_hex(4)}"


@contextlib.contextmanager
def _heard_signals(hand_on: Callable[[signal.Signals], None]) -> Iterator[None]:
    """What is sent to devserve goes to the command. What is typed goes there as a character, if it is a terminal."""
    loop = asyncio.get_running_loop()
    for number in _PASSED:
        loop.add_signal_handler(number, hand_on, number)
    try:
        yield
    finally:
        for number in _PASSED:
            loop.remove_signal_handler(number)


def _held(connection: Any) -> bytes:
    """What the command wrote so early that it came with the answer's head: the SDK has read it and keeps it."""
    reader = getattr(getattr(getattr(getattr(connection, "_response", None), "raw", None), "_fp", None), "fp", None)
    wire = getattr(connection, "_sock", connection)
    if reader is None or not hasattr(reader, "peek"):
        return b""
    wire.setblocking(False)
    try:
        return bytes(reader.peek() or b"")
    except OSError:
        return b""
    finally:
        wire.setblocking(True)


def _resized(api: Any, name: str, lines: int, columns: int) -> None:
    with contextlib.suppress(Exception):  # it has just ended
        api.exec_resize(name, height=lines, width=columns)


def _nothing(*_: object) -> None:
    return
