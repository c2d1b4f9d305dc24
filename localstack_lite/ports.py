"""Every hole to the outside, on one page.

Packages that must not know each other meet in these contracts. `app.py` puts real things behind them, tests put values.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from localstack_lite.model.adapter import Adapter
from localstack_lite.model.blueprint import Piece
from localstack_lite.model.change import FileChange
from localstack_lite.model.facts import Fact
from localstack_lite.model.function import Function, Image
from localstack_lite.model.invocation import Invocation, Outcome
from localstack_lite.model.outgoing import Outgoing, Returned, ServiceRequest, Unreached
from localstack_lite.model.package import Package
from localstack_lite.model.project import Problem
from localstack_lite.wire.messages import Request, Response

Handler = Callable[[Request], Awaitable[Response]]
"""Anything that answers HTTP."""

Invoke = Callable[[Invocation], Awaitable[Outcome]]
"""Anything that runs a function. Never raises for what the function or Lambda's rules do: that is in the Outcome.
Cancelling the wait (a gateway that gave up) does not stop the function. Only streamed ones come as `Streaming`."""

Accept = Callable[[Invocation], None]
"""Takes an asynchronous invocation: when it returns, the event is on disk. Raises OSError when it cannot be kept."""

Publish = Callable[[Fact], None]
"""Anything that wants to know. Called on the event loop's thread; must return at once and never raise."""


class Outside(Protocol):
    """Sends what a gateway sends itself; follows no redirects. Never raises for what the network does."""

    async def fetch(self, request: Outgoing) -> Returned | Unreached: ...

    async def service(self, request: ServiceRequest) -> Returned | Unreached:
        """An AWS service, where the project and the environment say that it is, signed with the user's credentials."""
        ...


class Timer(Protocol):
    def cancel(self) -> None: ...


class Clock(Protocol):
    def now(self) -> float:
        """Epoch seconds; never goes back while devserve runs."""
        ...

    def call_later(self, seconds: float, callback: Callable[..., object], *args: object) -> Timer:
        """Call back on the event loop's thread when that time has passed, unless cancelled."""
        ...


class Ids(Protocol):
    def uuid(self) -> str:
        """A random UUID, lower case: Lambda and REST request ids."""
        ...

    def extended(self) -> str:
        """15 URL-safe characters and `=`: `x-amz-apigw-id`, `apigw-requestid`."""
        ...

    def hex(self, digits: int) -> str:
        """That many random hex digits: trace ids, log streams."""
        ...


@dataclass(frozen=True, slots=True)
class SandboxSpec:
    """What a sandbox is asked to start. `environ` is complete: nothing is inherited beside what it lists, except what
    the sandbox itself needs to find its interpreter. `tag` marks every process of this environment, so that none is
    ever left behind. `memory` and `storage` (of `/tmp`) are limits in MB."""

    tag: str
    runtime: str
    handler: str
    folder: Path
    environ: Mapping[str, str]
    runtime_api: str
    memory: int
    scratch: Path
    """A folder that lives as long as the environment: its `/tmp`. Not emptied by a reset."""
    function: str = ""
    """Logical id: sandboxes of one function may be prepared ahead."""
    opt: Path | None = None
    """The content of `/opt`: the function's layers, merged."""
    dependencies: Path | None = None
    """Installed packages that the code does not carry itself; for containers, which have no virtual environment."""
    architecture: str = "x86_64"
    storage: int = 512
    image: Image | None = None
    """For a function that is a container image."""
    adapter: Adapter | None = None
    """What calls the app when the code is no handler; its modules come last on the search path."""
    strict_fs: bool = False
    """Refuse writes outside `/tmp`, as Lambda's file system does."""
    debug: bool = False
    """Start the runtime with a debugger that waits for its client (`RunningSandbox.debugger` says where)."""
    extensions: Path | None = None
    """A folder of external extensions beside those in `/opt/extensions`."""


@dataclass(frozen=True, slots=True)
class SandboxExited:
    """All of it is gone. One of `code` and `signal` is set; `out_of_memory` when the memory watch killed it."""

    code: int | None = None
    signal: int | None = None
    out_of_memory: bool = False


class SandboxListener(Protocol):
    """Who is told what a sandbox does. Called on the event loop's thread."""

    def wrote(self, messages: list[str]) -> None:
        """Log events: one per line with its newline (blank lines dropped), or one framed record as a whole."""
        ...

    def extension_wrote(self, messages: list[str]) -> None:
        """As `wrote`, of the external extensions."""
        ...

    def launched(self, names: tuple[str, ...]) -> None:
        """External extensions were started, and the runtime waits for `RunningSandbox.start_runtime`. Called once, and
        only when there is one; may be called while `start` runs. A name is that of its file."""
        ...

    def extension_exited(self, name: str, code: int | None, signal: int | None, *, denied: bool = False) -> None:
        """An external extension has ended, or could not be started (then both are None; `denied`: its file may not be
        run). Not told of those that `RunningSandbox.kill` ends."""
        ...

    def runtime_exited(self, exit: SandboxExited) -> None:
        """The runtime has ended and external extensions have not: they may be told (SHUTDOWN), and go on until
        `RunningSandbox.kill`. Only called when there are such; `exited` follows when all are gone, with the same
        exit."""
        ...

    def started(self) -> None:
        """The runtime's process runs now. Called once, and only by a sandbox that was `pending` after its start."""
        ...

    def exited(self, exit: SandboxExited) -> None:
        """Once, after the last `wrote`. Nothing of the sandbox is left when this is called."""
        ...


class RunningSandbox(Protocol):
    """One started sandbox. All calls return at once and are harmless after the end."""

    @property
    def pending(self) -> bool:
        """Whether the runtime's process does not run yet: an image is fetched, a container starts."""
        ...

    @property
    def debugger(self) -> tuple[str, int] | None:
        """Host and port on this machine where the runtime's debugger listens, once it is known."""
        ...

    def drain(self) -> None:
        """Hand over, now and synchronously, all output that was written before this call."""
        ...

    def start_runtime(self) -> None:
        """The extensions have registered: start the runtime that waits for them. Harmless when none waits."""
        ...

    def terminate(self) -> None:
        """Ask the runtime to end (SIGTERM). External extensions are told over their own API, and killed with it."""
        ...

    def kill(self) -> None:
        """End it, with everything it started (SIGKILL)."""
        ...

    def freeze(self) -> None:
        """Stop all its processes where they are; what was written before is still handed over."""
        ...

    def thaw(self) -> None: ...

    def inside(self, port: int) -> tuple[str, int] | None:
        """Host and port on this machine where a port is reached that something in the sandbox listens on, as
        `sandbox.localdomain:PORT`. None when it cannot be: it is on another machine, or not there yet."""
        ...

    def peak_memory(self) -> int:
        """The most it has used so far, in MB. May be a few tens of ms old; cheap enough for every invocation."""
        ...


class Sandbox(Protocol):
    """Where user code runs. `start` returns at once; what goes wrong later is an exit with log lines."""

    name: str

    def remark(self, function: Function) -> Problem | None:
        """What the user should know about running it here; None when all is as on AWS. A problem that is no warning
        says that it cannot run."""
        ...

    async def prepare(self, functions: Sequence[Function], told: Callable[[Fact], None]) -> Sequence[Problem]:
        """Get ready what these functions need before they can start: images fetched and built. Called again for
        functions that changed. What could not be had is a problem each; those functions fail when they start."""
        ...

    def start(self, spec: SandboxSpec, listener: SandboxListener) -> RunningSandbox: ...

    def discard(self, spec: SandboxSpec) -> None:
        """The environment is dead: remove what outlived its sandboxes (its scratch folder)."""
        ...

    async def close(self) -> None:
        """Kill whatever still runs and wait until it is gone."""
        ...


@dataclass(frozen=True, slots=True)
class TerminalTask:
    """What a person wants to run inside an environment. `do` is `manage` (a command of the app's framework, with
    `arguments`) or `shell` (a prompt; with `code` that is run instead)."""

    do: str
    arguments: tuple[str, ...] = ()
    code: str | None = None


class Terminal(Protocol):
    """Where a command runs as a function's code would, but on devserve's own standard streams and with its signals. No
    Runtime API is there, and no limit of time or memory."""

    async def prepare(self, function: Function, told: Callable[[Fact], None]) -> Problem | None:
        """Get ready what it needs: an image. A problem that is no warning says that it cannot run."""
        ...

    async def run(self, spec: SandboxSpec, task: TerminalTask) -> int:
        """Until it has ended, and nothing of it is left. Its exit code; 128 and the signal's number when a signal ended
        it. Raises UserError when it cannot be started. May block the event loop."""
        ...


class Builder(Protocol):
    """The step between the user's files and code that runs. Blocking: called on a worker thread."""

    def needs(self, function: Function) -> bool:
        """Whether there is anything to do for it. Cheap."""
        ...

    def build(
        self, functions: Sequence[Function], told: Callable[[str, str, float | None, bool], None]
    ) -> Sequence[Problem]:
        """`told` is a `Progress` without its time. What cannot be built is a problem whose subject is the function, and
        what was built before stays."""
        ...

    def close(self) -> None:
        """End what is being built; `build` returns soon."""
        ...


class Moved(Protocol):
    """Told while something is made or sent: a `StepMoved` without its time. May be called on any thread."""

    def __call__(
        self,
        kind: str,
        subject: str,
        state: str,
        sent: int = 0,
        size: int = 0,
        details: tuple[str, ...] = (),
        done: bool = False,
    ) -> None: ...


class Packager(Protocol):
    """Makes what AWS takes out of what the user has. Blocking: called on a worker thread. Cached by content."""

    def package(
        self, pieces: Sequence[Piece], functions: Sequence[Function], moved: Moved
    ) -> tuple[Mapping[str, Package], Sequence[Problem]]:
        """Packages by piece id. `functions` are the project's, with the code that the pieces of their ids stand for.
        What cannot be packaged is a problem whose subject is the piece; warnings are told and stop nothing."""
        ...

    def close(self) -> None:
        """End what is being built; `package` returns soon."""
        ...


Resolve = Callable[[str, object], object]
"""A value of a stack's template, its intrinsics replaced by what the stage really has: the stack's path and the value.
Raises LookupError, with the reason as its text, where that cannot be known without CloudFormation."""


class Confirm(Protocol):
    """Asks the person. False as well when there is nobody to ask."""

    def __call__(self, question: str, details: Sequence[str] = ()) -> bool: ...


class RuntimeExchange(Protocol):
    """One request to a Runtime API that waits for its answer. `headers` have lower-case names."""

    method: str
    path: str
    body: bytes

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def streaming(self) -> bool:
        """Whether the body comes in pieces (`Lambda-Runtime-Function-Response-Mode: streaming`): then `body` is empty,
        and `follow` says who takes them."""
        ...

    def follow(self, follower: BodyFollower) -> None:
        """Who gets the body of a streaming request; pieces that came before are handed over now."""
        ...

    def pause(self) -> None:
        """Read no more of a streaming body until `resume`: its taker is slow."""
        ...

    def resume(self) -> None: ...

    def reply(self, status: int, headers: Sequence[tuple[str, str]], body: bytes) -> bool:
        """Answer it. False when the peer is gone and nothing was sent."""
        ...


class BodyFollower(Protocol):
    """Who takes a body while it comes. Called on the event loop's thread."""

    def piece(self, data: bytes) -> None: ...

    def ended(self, trailers: Mapping[str, str]) -> None:
        """All of it came. Names of trailers are lower case."""
        ...

    def cut(self) -> None:
        """The connection broke in the middle of it."""
        ...


class RuntimeListening(Protocol):
    address: str
    """`HOST:PORT`, what `AWS_LAMBDA_RUNTIME_API` says."""

    def close(self) -> None: ...


class RuntimeListen(Protocol):
    """Opens a Runtime API port of its own for one environment: the port is its identity. Accepts at once."""

    def __call__(self, receive: Callable[[RuntimeExchange], None]) -> RuntimeListening: ...


class DebugDoor(Protocol):
    """One address where editors attach, whichever runtime is behind it. Who comes before there is one waits."""

    address: str
    """`HOST:PORT`."""

    def lead_to(self, host: str, port: int, attached: Callable[[bool], None]) -> None:
        """Who waits and who comes is connected to the debugger there, as soon as it listens. `attached` is told when
        the first client came and when the last one left."""
        ...

    def shut(self) -> None:
        """That runtime is gone: cut who is connected, and keep waiting who comes. `attached` is not told any more."""
        ...

    def close(self) -> None: ...


class DebugDoors(Protocol):
    """Opens the doors: 0 is at the address that the user asked for, the others at the ones behind it."""

    def open(self, number: int, kept_waiting: Callable[[str], None]) -> DebugDoor:
        """`kept_waiting` is told the address when a client has waited for a while for something to debug."""
        ...


class FileWatch(Protocol):
    """Calls `notify` on the event loop's thread with debounced changes."""

    def start(self, folders: tuple[Path, ...], notify: Callable[[tuple[FileChange, ...]], None]) -> None: ...

    def stop(self) -> None: ...
