"""One container while it lives: it waits, runs one runtime after another, and ends with the line to it.

Made on the loop's thread; `launch`, `holds` and `remove` block and belong in worker threads.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import Any, Protocol

from localstack_lite.sandbox import cgroup, warden
from localstack_lite.sandbox.attach_line import AttachLine
from localstack_lite.sandbox.attach_stream import OUTPUT, AttachStream
from localstack_lite.sandbox.cgroup import Cgroup
from localstack_lite.sandbox.condition import Change, Condition, Freeze, Limit, Thaw
from localstack_lite.sandbox.container import (
    DEBUG_PORT,
    EXTENSIONS,
    LOG,
    PERIOD,
    Blueprint,
    burst,
    inner_address,
    quota,
)
from localstack_lite.sandbox.container_command import LAYERS
from localstack_lite.sandbox.extensions import FOLDER, RUNTIMES_OWN
from localstack_lite.sandbox.folder_copy import copy
from localstack_lite.sandbox.log_fifo import LogFifo
from localstack_lite.sandbox.warden import Message, Ready

#: Seconds until the engine should have removed a container.
PATIENCE = 2.0
#: Seconds more until an engine that was told to remove one counts as hung: a busy one takes its time.
LAST_PATIENCE = 5.0
_LAST_WORDS = 4096


class Tenant(Protocol):
    """Who lives in the container at the moment."""

    def said(self, message: Message) -> None: ...

    def output(self, data: bytes) -> None: ...

    def evicted(self) -> None:
        """The container has ended."""
        ...


class Cell:
    """`ended` is called once, when the container has ended, or could not be begun."""

    def __init__(
        self,
        api: Any,
        plan: Blueprint,
        engine_cpus: int,
        workers: Executor,
        loop: asyncio.AbstractEventLoop,
        fifo: str,
        ended: Callable[[Cell], None],
    ) -> None:
        """`api` is the SDK's low-level client; `fifo` the path of the log to make, empty for an engine elsewhere."""
        self.plan = plan
        self.id = ""
        self.alive = True
        self.begun = False
        """Whether the engine has been asked for it."""
        self.launched = False
        self.closing = False
        self.given_up = False
        """The engine was asked to remove it and has not answered."""
        self.group: Cgroup | None = None
        self.debugger: tuple[str, int] | None = None
        self.address = ""
        """Its own on its network, when this machine can reach that."""
        self.gone: asyncio.Future[None] = loop.create_future()
        self.runs = 0
        self.kills = 0
        """How many of its processes the kernel has killed for want of memory."""
        self.last_words = b""
        self._api = api
        self._cpus = engine_cpus
        self._workers = workers
        self._loop = loop
        self._ended = ended
        self._line: AttachLine | None = None
        self._frames = AttachStream()
        self._said = b""
        self._listening = False
        self._tenant: Tenant | None = None
        self._log = LogFifo(fifo, loop, self._output) if fifo else None
        self._condition = Condition(burst(plan.memory))
        self._again: asyncio.TimerHandle | None = None
        self._parting = b""
        """A signal that waits until nothing is frozen any more."""

    @property
    def fifo(self) -> str:
        return self._log.path if self._log is not None else ""

    def launch(self, body: Mapping[str, Any], name: str) -> None:
        """Create and start it. Raises what the SDK raises; then nothing of it is left."""
        self.begun = True
        self.id = self._api.create_container_from_config(body, name)["Id"]
        try:
            for mount in self.plan.mounts:
                if mount.copied:
                    copy(self._api, self.id, mount)
            streams = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
            connection = self._api.attach_socket(self.id, params=streams)
            self._line = AttachLine(connection, self._loop, self._heard, self._hung_up)
            self._api.start(self.id)
            if self._log is not None or self.plan.debug:
                self._look(self._api.inspect_container(self.id))
        except BaseException:
            if self._line is not None:
                self._line.abandon()
            self.remove()
            raise

    def remove(self) -> None:
        """Whatever it does."""
        with contextlib.suppress(Exception):  # gone already, or the engine is
            self._api.remove_container(self.id, force=True, v=True)

    def holds(self, path: str) -> bool:
        """Whether there is such a file or folder in it."""
        try:
            url = self._api._url("/containers/{0}/archive", self.id)
            return bool(self._api.head(url, params={"path": path}, timeout=self._api.timeout).status_code == 200)
        except Exception:  # the engine is gone
            return False

    # -- on the loop's thread

    def moved_in(self) -> None:
        """It has been launched."""
        self.launched = True
        if self._line is None or self._line.over:
            self._hung_up()
        self._settle()

    def run(self, tenant: Tenant, command: tuple[str, ...], environ: Mapping[str, str], folder: str) -> int:
        """Start a runtime; the number of the run."""
        self._enter(tenant)
        self.follow(command, environ, folder)
        return self.runs

    def accompany(self, tenant: Tenant, environ: Mapping[str, str]) -> int:
        """Start the external extensions with these variables; `follow` starts the runtime. The number of the run."""
        self._enter(tenant)
        folders = (EXTENSIONS, f"{LAYERS}/{FOLDER}")
        self._send(warden.launch(self.runs, folders, environ, RUNTIMES_OWN - environ.keys()))
        return self.runs

    def follow(self, command: tuple[str, ...], environ: Mapping[str, str], folder: str) -> None:
        """Start the runtime of this run."""
        self._send(warden.run(self.runs, command, environ, folder, LOG if self._log is not None else warden.OWN_OUTPUT))

    def _enter(self, tenant: Tenant) -> None:
        self.runs += 1
        self._tenant = tenant
        if self.runs > 1:
            self.limit(burst(self.plan.memory))

    def sweep(self) -> None:
        """Kill all that runs in it; `Swept` follows."""
        self._parting = b""
        self.freeze(False)
        self._send(warden.sweep(self.runs))

    def watch(self, pid: int) -> None:
        """Tell when this process ends; what did so is gone."""
        self._send(warden.watch(self.runs, pid))

    def terminate(self, pid: int) -> None:
        """Of a process whose threads are only just coming back, the kernel may interrupt any; most runtimes hear a
        signal in their first one only. So it is sent when they are back."""
        self._parting = warden.terminate(pid)
        self.freeze(False)
        self._part()

    def _part(self) -> None:
        if self._parting and self._condition.runs:
            text, self._parting = self._parting, b""
            self._send(text)

    def vacate(self) -> None:
        """The tenant has left; its container waits for the next one."""
        self._tenant = None

    def drain(self) -> None:
        if self._log is not None:
            self._log.drain()

    def freeze(self, frozen: bool) -> None:
        self._condition.freeze(frozen)
        self._settle()

    def limit(self, cpus: float) -> None:
        self._condition.limit(cpus)
        self._settle()

    def end(self) -> None:
        """It is not needed any more. `gone` says when nothing runs in it; the engine removes it a moment later."""
        if self.closing or not self.launched:
            return
        self.closing = True
        self.freeze(False)
        self._hang_up()

    def force(self) -> None:
        """It does not end: the engine removes it, and if that does not help, it is given up."""
        self.closing = True
        if self.launched and self.alive:
            self._loop.run_in_executor(self._workers, self._remove_and_hang_up)
            self._loop.call_later(LAST_PATIENCE, self.give_up)

    def give_up(self) -> None:
        """The engine does not answer: whatever it still runs is nobody's business here any more."""
        if self.alive:
            self.given_up = True
            self._over()

    def failed(self) -> None:
        """It could not be launched."""
        self._over()

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.send(warden.END)
            self._line.hang_up()

    def _settle(self) -> None:
        """Do what is to be done to it now, or later."""
        if self._again is not None:
            self._again.cancel()
            self._again = None
        if not self.alive or not self.launched:
            return
        now = self._loop.time()
        if (change := self._condition.next(now)) is not None:
            self._loop.run_in_executor(self._workers, self._make, change)
        elif (pause := self._condition.pause(now)) is not None:
            self._again = self._loop.call_later(pause, self._settle)

    def _make(self, change: Change) -> None:
        done, frozen = True, None
        try:
            match change:
                case Thaw():
                    self._api.unpause(self.id)
                case Limit(cpus):
                    self._api.update_container(self.id, cpu_period=PERIOD, cpu_quota=quota(cpus, self._cpus))
                case Freeze():
                    self._api.pause(self.id)
        except Exception:  # it has just ended, or the engine is busy, or cannot: then it goes on as it is
            done, frozen = False, None if isinstance(change, Limit) else self._is_frozen()
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._made, done, frozen)

    def _is_frozen(self) -> bool | None:
        """What the engine says; None when it does not."""
        with contextlib.suppress(Exception):  # the container is gone, or the engine is
            return bool(self._api.inspect_container(self.id)["State"]["Paused"])
        return None

    def _made(self, done: bool, frozen: bool | None) -> None:
        if done:
            self._condition.done()
        else:
            self._condition.failed(self._loop.time(), frozen)
        self._settle()
        self._part()

    def _remove_and_hang_up(self) -> None:
        self.remove()
        if self._line is not None:
            self._line.abandon()

    def _look(self, facts: Mapping[str, Any]) -> None:
        if self._log is not None:
            self.group = cgroup.of_process(facts["State"]["Pid"])
            self.address = inner_address(self.plan.network, facts.get("NetworkSettings") or {})
        if self.plan.debug:
            published = facts["NetworkSettings"]["Ports"].get(f"{DEBUG_PORT}/tcp") or ()
            self.debugger = next(((each["HostIp"], int(each["HostPort"])) for each in published), None)

    def _send(self, text: bytes) -> None:
        if self._line is not None:
            self._line.send(text)

    def _output(self, data: bytes) -> None:
        if self._tenant is not None:
            self._tenant.output(data)

    def _heard(self, data: bytes) -> None:
        for stream, piece in self._frames.feed(data):
            if stream != OUTPUT:
                self._words(piece)
                continue
            *lines, self._said = (self._said + piece).split(b"\n")
            for line in lines:
                self._message(warden.message(line.decode("utf-8", "surrogateescape")))

    def _words(self, piece: bytes) -> None:
        """The container's own output: the runtime's when there is no FIFO, else complaints about the start."""
        if self._log is None:
            self._output(piece)
        else:
            self.last_words = (self.last_words + piece)[-_LAST_WORDS:]

    def _message(self, message: Message | None) -> None:
        if isinstance(message, warden.OutOfMemory):
            self.kills = message.kills
        first, self._listening = not self._listening, self._listening or message is not None
        if message is None or (first and isinstance(message, Ready)):
            return
        if self._tenant is not None:
            self._tenant.said(message)

    def _hung_up(self) -> None:
        if self.launched:
            self._over()
        # Otherwise the launch has failed, or is just about to be over: who launches it says which.

    def _over(self) -> None:
        if not self.alive:
            return
        self.alive = False
        self._settle()
        tenant, self._tenant = self._tenant, None
        if tenant is not None:
            if self._log is not None:
                self._tenant = tenant
                self._log.drain()
                self._tenant = None
            tenant.evicted()
        if self._log is not None:
            self._log.close()
        if not self.gone.done():
            self.gone.set_result(None)
        self._ended(self)
