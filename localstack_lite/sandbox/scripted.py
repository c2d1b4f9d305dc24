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

from localstack_lite.model.function import Function
from localstack_lite.model.project import Problem
from localstack_lite.ports import (
    Publish,
    RuntimeExchange,
    RuntimeListening,
    SandboxExited,
    SandboxListener,
    SandboxSpec,
)
from localstack_lite.sandbox.scripted_exchange import ScriptedExchange
from localstack_lite.sandbox.scripted_extension import ScriptedExtension
from localstack_lite.sandbox.scripted_steps import (
    AskRestore,
    Begin,
    CutStream,
    EndStream,
    Exit,
    Fail,
    FailRestore,
    Hang,
    Loaded,
    Piece,
    Register,
    Report,
    Respond,
    Script,
    Scripted,
    Step,
    Write,
    initialise_at_once,
)

__all__ = [
    "AskRestore",
    "Begin",
    "CutStream",
    "EndStream",
    "Exit",
    "Fail",
    "FailRestore",
    "Hang",
    "Loaded",
    "Piece",
    "Register",
    "Report",
    "Respond",
    "Script",
    "Scripted",
    "ScriptedRuntime",
    "ScriptedSandbox",
    "Step",
    "Write",
    "initialise_at_once",
]

_API = "/2018-06-01/runtime/"
_KILLED = Exit(None, 9)


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
        extensions: Mapping[str, Script] | None = None,
    ) -> None:
        """`extensions` are external ones by name. `pending`: a started sandbox waits for a call of
        `ScriptedRuntime.arrive` before its runtime runs. With a `debugger`, one that starts for debugging waits for a
        call of `ScriptedRuntime.begin`, as for its client."""
        self.pending = pending
        self.debugger = debugger
        self.extensions = extensions or {}
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
        if self.extensions:
            self.later(runtime.launch)
        elif not self.pending and runtime.debugger is None:
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
        """When nobody listens there any more, who asks ends."""
        receive = self._peers.get(address)
        if receive is not None:
            receive(exchange)
        elif isinstance(exchange.asker, ScriptedRuntime | ScriptedExtension):
            exchange.asker.exit(Exit(0))


class ScriptedRuntime:
    """A `ports.RunningSandbox` that does what the script says, one step at a time, with its extensions beside it."""

    def __init__(self, sandbox: ScriptedSandbox, spec: SandboxSpec, listener: SandboxListener) -> None:
        self.spec = spec
        self.alive = True
        self.pending = sandbox.pending
        self.debugger = sandbox.debugger if spec.debug else None
        self.frozen = False
        self.terminated = False
        self.begun = False
        self._sandbox = sandbox
        self._listener = listener
        self._steps: deque[Step] = deque()
        self._request_id = ""
        self._stream: ScriptedExchange | None = None
        self._held: list[Callable[[], None]] = []  # what waits until it is thawed
        self._ending: Exit | None = None
        self._killed = False
        self._extensions = [
            ScriptedExtension(
                name,
                script,
                spec,
                later=self._later,
                send=self._bring,
                wrote=listener.extension_wrote,
                ended=self._extension_ended,
            )
            for name, script in sandbox.extensions.items()
        ]

    @property
    def listens(self) -> bool:
        """Whether the runtime itself is there; `alive` says whether anything of the sandbox is."""
        return self._ending is None

    def drain(self) -> None:
        """Nothing is ever on its way."""

    def start_runtime(self) -> None:
        if self._extensions and not self.begun:
            self._sandbox.later(self.begin)

    def terminate(self) -> None:
        self.terminated = True
        self._sandbox.later(lambda: self.exit(Exit(None, 15)))

    def kill(self) -> None:
        # Not within the call: a real process takes a moment to die, too.
        self._sandbox.later(self._die)

    def freeze(self) -> None:
        self.frozen = True

    def thaw(self) -> None:
        self.frozen = False
        held, self._held = self._held, []
        for call in held:
            self._sandbox.later(call)

    def inside(self, port: int) -> tuple[str, int] | None:
        return "127.0.0.1", port

    def peak_memory(self) -> int:
        return self._sandbox.memory

    # -- the script

    def launch(self) -> None:
        if not self._killed:
            self._listener.launched(tuple(one.name for one in self._extensions))
            for one in self._extensions:
                self._later(one.begin)

    def arrive(self) -> None:
        """The awaited runtime runs now."""
        self.pending = False
        self._listener.started()
        if self.debugger is None:
            self._sandbox.later(self.begin)

    def begin(self) -> None:
        self.begun = True
        self._follow(self._sandbox.init(Scripted(self.spec)))

    def _later(self, call: Callable[[], None]) -> None:
        """A step of one of its processes, which are all frozen together."""
        self._sandbox.later(lambda: self._held.append(call) if self.frozen else call())

    def _follow(self, steps: Sequence[Step]) -> None:
        self._steps = deque(steps)
        self._later(self._next_step)

    def _next_step(self) -> None:
        if not self.listens:
            return
        if not self._steps:
            self._request_id = ""
            self._send("GET", f"{_API}invocation/next")
            return
        self._do(self._steps.popleft())

    def _do(self, step: Step) -> None:
        match step:
            case Write(text=text):
                self._listener.wrote([text])
                self._later(self._next_step)
            case Loaded(files=files):
                self._send("POST", "/devserve/loaded", json.dumps(files).encode())
            case Respond(payload=payload, content_type=content_type):
                headers = {"content-type": content_type}
                self._send("POST", f"{_API}invocation/{self._request_id}/response", payload, headers)
            case Fail(payload=payload, error_type=error_type):
                where = f"invocation/{self._request_id}/error" if self._request_id else "init/error"
                self._send("POST", _API + where, payload, {"lambda-runtime-function-error-type": error_type})
            case AskRestore():
                self._send("GET", f"{_API}restore/next")
            case FailRestore(payload=payload, error_type=error_type):
                headers = {"lambda-runtime-function-error-type": error_type}
                self._send("POST", f"{_API}restore/error", payload, headers)
            case Register(events=events, name=name):
                body = json.dumps({"events": events}).encode()
                self._send("POST", "/2020-01-01/extension/register", body, {"lambda-extension-name": name})
            case Exit() as ending:
                self.exit(ending)
            case Hang():
                self._steps.clear()
            case Begin() | Piece() | EndStream() | CutStream():
                self._go_on_answering(step)
            case Report():
                raise TypeError("a runtime reports as no extension does")

    def _go_on_answering(self, step: Begin | Piece | EndStream | CutStream) -> None:
        """The steps after the head's are taken at once; after the end, when it is answered."""
        match step, self._stream:
            case Begin(content_type=content_type), _:
                path = f"{_API}invocation/{self._request_id}/response"
                headers = {"content-type": content_type, "lambda-runtime-function-response-mode": "streaming"}
                self._stream = ScriptedExchange(self, "POST", path, headers, b"", streaming=True)
                self._bring(self._stream)
            case Piece(data=data), ScriptedExchange(follower=follower) if follower is not None:
                follower.piece(data)
            case EndStream(trailers=trailers), ScriptedExchange(follower=follower) if follower is not None:
                follower.ended(trailers)
            case CutStream(), ScriptedExchange(follower=follower) if follower is not None:
                follower.cut()
        self._later(self._next_step)

    def _send(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        self._bring(ScriptedExchange(self, method, path, headers or {}, body))

    def _bring(self, exchange: ScriptedExchange) -> None:
        self._sandbox.send(exchange, self.spec.runtime_api)

    def replied(self, exchange: ScriptedExchange, headers: Mapping[str, str], body: bytes) -> None:
        """devserve answered what this runtime asked."""
        if exchange.streaming:
            return
        if exchange.path.endswith("invocation/next"):
            self._request_id = headers.get("lambda-runtime-aws-request-id", "")
            self._follow(self._sandbox.script(Scripted(self.spec, self._request_id, body, headers)))
        else:
            self._later(self._next_step)

    # -- the end

    def exit(self, ending: Exit) -> None:
        """The runtime ends. Its extensions do not notice."""
        if self._ending is not None:
            return
        self._ending = ending
        self._steps.clear()
        if not self._extensions:
            self._over(ending)
        else:
            if not self._killed:
                self._listener.runtime_exited(_exited(ending))
            self._over_when_all_ended()

    def _extension_ended(self, one: ScriptedExtension, ending: Exit) -> None:
        if not self._killed:
            self._listener.extension_exited(one.name, ending.code, ending.signal)
        self._over_when_all_ended()

    def _die(self) -> None:
        if self.alive:
            self._killed = True
            for one in self._extensions:
                one.exit(_KILLED)
            self.exit(_KILLED)

    def _over_when_all_ended(self) -> None:
        if self._ending is not None and not any(one.alive for one in self._extensions):
            self._over(self._ending)

    def _over(self, ending: Exit) -> None:
        if self.alive:
            self.alive = False
            self._listener.exited(_exited(ending))


def _exited(ending: Exit) -> SandboxExited:
    return SandboxExited(ending.code, ending.signal, ending.out_of_memory)


class _Listening:
    def __init__(self, address: str, peers: dict[str, Callable[[RuntimeExchange], None]]) -> None:
        self.address = address
        self._peers = peers

    def close(self) -> None:
        self._peers.pop(self.address, None)
