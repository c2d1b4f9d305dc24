"""A sandbox without any process: its runtimes are Python functions that follow a script. For tests of everything else.

It speaks the Runtime API to devserve in messages instead of sockets: `ScriptedSandbox.listen` takes the place of the
listener (`ports.RuntimeListen`), and a started sandbox finds by the address in its spec whom to talk to. Nothing waits
and nothing runs in the background; all that happens, happens in calls of `step` (or on its own when `automatic`).

    sandbox = ScriptedSandbox(lambda invocation: [Write("hi\\n"), Respond(b'{"ok": true}')])
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from localstack_lite.model.function import Function
from localstack_lite.model.project import Problem
from localstack_lite.ports import (
    BodyFollower,
    Publish,
    RuntimeExchange,
    RuntimeListening,
    SandboxExited,
    SandboxListener,
    SandboxSpec,
)

_API = "/2018-06-01/runtime/"


@dataclass(frozen=True, slots=True)
class Scripted:
    """What a script gets to see: an invocation, or the initialisation (`request_id` empty, no event)."""

    spec: SandboxSpec
    request_id: str = ""
    payload: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def event(self) -> Any:
        return json.loads(self.payload)


@dataclass(frozen=True, slots=True)
class Write:
    """Log output: one event."""

    text: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """The runtime says which files it has read."""

    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Respond:
    payload: bytes
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Fail:
    """An error of the function or, while it initialises, of its initialisation."""

    payload: bytes
    error_type: str = "Function.Unknown"


@dataclass(frozen=True, slots=True)
class Exit:
    """The process ends. One of `code` and `signal`."""

    code: int | None = 0
    signal: int | None = None
    out_of_memory: bool = False


@dataclass(frozen=True, slots=True)
class Hang:
    """Nothing more comes until the sandbox is killed."""


Step = Write | Loaded | Respond | Fail | Exit | Hang
Script = Callable[[Scripted], Sequence[Step]]


def initialise_at_once(_: Scripted) -> Sequence[Step]:
    return ()


class ScriptedSandbox:
    """A `ports.Sandbox` and, with `listen`, the network to it. `script` says what an invocation does, `init` what the
    initialisation does before the first invocation is asked for.

    With `defer` (a loop's `call_soon`) every step is taken later on its own; without it by calls of `step` or `run`.
    """

    name = "scripted"

    def __init__(
        self,
        script: Script,
        init: Script = initialise_at_once,
        defer: Callable[[Callable[[], object]], object] | None = None,
        memory: int = 30,
        pending: bool = False,
        debugger: tuple[str, int] | None = None,
    ) -> None:
        """`pending`: a started sandbox waits for a call of `ScriptedRuntime.arrive` before its runtime runs. With a
        `debugger`, one that starts for debugging waits for a call of `ScriptedRuntime.begin`, as for its client."""
        self.pending = pending
        self.debugger = debugger
        self.script = script
        self.init = init
        self.memory = memory
        self.started: list[SandboxSpec] = []
        self.discarded: list[SandboxSpec] = []
        self.prepared: list[tuple[str, ...]] = []
        self._defer = defer
        self._due: deque[Callable[[], None]] = deque()
        self._peers: dict[str, Callable[[RuntimeExchange], None]] = {}
        self._ports = 0
        self._running: list[ScriptedRuntime] = []

    def listen(self, receive: Callable[[RuntimeExchange], None]) -> RuntimeListening:
        self._ports += 1
        address = f"scripted:{self._ports}"
        self._peers[address] = receive
        return _Listening(address, self._peers)

    def start(self, spec: SandboxSpec, listener: SandboxListener) -> ScriptedRuntime:
        self.started.append(spec)
        runtime = ScriptedRuntime(self, spec, listener)
        self._running.append(runtime)
        if not self.pending and runtime.debugger is None:
            self.later(runtime.begin)
        return runtime

    def remark(self, function: Function) -> Problem | None:  # noqa: ARG002 - it runs anything
        return None

    async def prepare(self, functions: Sequence[Function], told: Publish) -> Sequence[Problem]:  # noqa: ARG002
        self.prepared.append(tuple(function.logical_id for function in functions))
        return ()

    def discard(self, spec: SandboxSpec) -> None:
        self.discarded.append(spec)

    async def close(self) -> None:
        for runtime in self.running:
            runtime.kill()
        self.run()

    @property
    def running(self) -> list[ScriptedRuntime]:
        """Those that have not ended."""
        self._running = [runtime for runtime in self._running if runtime.alive]
        return list(self._running)

    def later(self, call: Callable[[], None]) -> None:
        self._due.append(call)
        if self._defer is not None:
            self._defer(self.step)

    def step(self) -> bool:
        """Do the next thing; False when there is none."""
        if not self._due:
            return False
        self._due.popleft()()
        return True

    def run(self) -> None:
        """Do all there is to do, what comes of it included."""
        while self.step():
            pass

    def send(self, exchange: ScriptedExchange, address: str) -> None:
        receive = self._peers.get(address)
        if receive is None:
            exchange.runtime.exit(Exit(0))  # nobody listens there any more: a runtime ends
        else:
            receive(exchange)


class ScriptedRuntime:
    """A `ports.RunningSandbox` that does what the script says, one step at a time."""

    def __init__(self, sandbox: ScriptedSandbox, spec: SandboxSpec, listener: SandboxListener) -> None:
        self.spec = spec
        self.alive = True
        self.pending = sandbox.pending
        self.debugger = sandbox.debugger if spec.debug else None
        self.frozen = False
        self.terminated = False
        self._sandbox = sandbox
        self._listener = listener
        self._steps: deque[Step] = deque()
        self._request_id = ""

    def drain(self) -> None:
        """Nothing is ever on its way."""

    def start_runtime(self) -> None:
        """Nothing waits for it yet."""

    def terminate(self) -> None:
        self.terminated = True
        self._end_later(Exit(None, 15))

    def kill(self) -> None:
        self._end_later(Exit(None, 9))

    def freeze(self) -> None:
        self.frozen = True

    def thaw(self) -> None:
        self.frozen = False

    def peak_memory(self) -> int:
        return self._sandbox.memory

    # -- the script

    def arrive(self) -> None:
        """The awaited runtime runs now."""
        self.pending = False
        self._listener.started()
        if self.debugger is None:
            self._sandbox.later(self.begin)

    def begin(self) -> None:
        self._follow(self._sandbox.init(Scripted(self.spec)))

    def _follow(self, steps: Sequence[Step]) -> None:
        self._steps = deque(steps)
        self._sandbox.later(self._next_step)

    def _next_step(self) -> None:
        if not self.alive:
            return
        if not self._steps:
            self._request_id = ""
            self._send("GET", f"{_API}invocation/next")
            return
        match self._steps.popleft():
            case Write(text=text):
                self._listener.wrote([text])
                self._sandbox.later(self._next_step)
            case Loaded(files=files):
                self._send("POST", "/devserve/loaded", json.dumps(files).encode())
            case Respond(payload=payload, content_type=content_type):
                headers = {"content-type": content_type}
                self._send("POST", f"{_API}invocation/{self._request_id}/response", payload, headers)
            case Fail(payload=payload, error_type=error_type):
                where = f"invocation/{self._request_id}/error" if self._request_id else "init/error"
                headers = {"lambda-runtime-function-error-type": error_type}
                self._send("POST", _API + where, payload, headers)
            case Exit() as ending:
                self.exit(ending)
            case Hang():
                self._steps.clear()

    def _send(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        exchange = ScriptedExchange(self, method, path, headers or {}, body)
        self._sandbox.send(exchange, self.spec.runtime_api)

    def replied(self, exchange: ScriptedExchange, headers: Mapping[str, str], body: bytes) -> None:
        """devserve answered what this runtime asked."""
        if exchange.method == "GET":
            self._request_id = headers.get("lambda-runtime-aws-request-id", "")
            self._follow(self._sandbox.script(Scripted(self.spec, self._request_id, body, headers)))
        else:
            self._sandbox.later(self._next_step)

    def exit(self, ending: Exit) -> None:
        if self.alive:
            self.alive = False
            self._steps.clear()
            self._listener.exited(SandboxExited(ending.code, ending.signal, ending.out_of_memory))

    def _end_later(self, ending: Exit) -> None:
        # Not within the call: a real process takes a moment to die, too.
        self._sandbox.later(lambda: self.exit(ending))


@dataclass(slots=True)
class ScriptedExchange:
    """A `ports.RuntimeExchange` whose answer goes straight back to the runtime."""

    runtime: ScriptedRuntime
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    status: int = 0
    streaming: bool = False
    follower: BodyFollower | None = None
    paused: bool = False

    def follow(self, follower: BodyFollower) -> None:
        self.follower = follower

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    def reply(self, status: int, headers: Sequence[tuple[str, str]], body: bytes) -> bool:
        if not self.runtime.alive:
            return False
        self.status = status
        self.runtime.replied(self, {name.lower(): value for name, value in headers}, body)
        return True


class _Listening:
    def __init__(self, address: str, peers: dict[str, Callable[[RuntimeExchange], None]]) -> None:
        self.address = address
        self._peers = peers

    def close(self) -> None:
        self._peers.pop(self.address, None)
