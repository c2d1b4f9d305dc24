"""What can happen to an execution environment. Events are past tense; the machine in `environment` takes them.

`memory` is the most the sandbox has used so far, in MB, read by the shell when the event came in.
"""

from __future__ import annotations

from localstack_lite.model.invocation import Invocation
from localstack_lite.model.record import record

#: The party that every environment has. Extensions are parties too, by name; no file has this one.
RUNTIME = "/runtime"


@record
class Assigned:
    """The pool gives this environment an invocation. Reserved in the same step as decided."""

    invocation: Invocation


@record
class WarmRequested:
    """Initialise although nobody waits: a replacement after a reload, or `--warm-containers EAGER`."""


@record
class SandboxAwaited:
    """The sandbox is being made (an image is fetched, a container starts): the runtime's time does not count yet."""


@record
class SandboxStarted:
    """The awaited sandbox runs the runtime now: its time counts from here."""


@record
class DebuggerAttached:
    """Somebody debugs the runtime: no deadline passes while they do."""


@record
class DebuggerLeft:
    """Nobody does any more: deadlines go on from where they stood."""


@record
class Registered:
    """An extension registered and wants these events."""

    party: str
    invoke: bool = True
    shutdown: bool = True
    internal: bool = False
    """Whether it lives inside the runtime's process."""


@record
class ExtensionsLaunched:
    """The sandbox has started these external extensions; the runtime waits until all have registered."""

    names: tuple[str, ...]


@record
class ExtensionExited:
    """An external extension ended. Neither `code` nor `signal`: it could not be started; `denied`: its file may not be
    run."""

    party: str
    code: int | None = None
    signal: int | None = None
    memory: int = 0
    denied: bool = False


@record
class ExtensionFailed:
    """An extension says that it cannot go on: `init` (before its first `/next`) or `exit`. The environment ends."""

    party: str
    where: str
    error_type: str
    memory: int = 0


@record
class Rested:
    """It has been idle for a moment: time to freeze it."""


@record
class RestorePolled:
    """A runtime with SnapStart is initialised and asks to be restored (`/restore/next`): here the snapshot is taken."""

    memory: int = 0


@record
class RestoreErrorPosted:
    """An after-restore hook failed (`/restore/error`)."""

    payload: bytes
    error_type: str
    memory: int = 0


@record
class ResponseBegun:
    """The first byte of a streamed result is there."""

    request_id: str
    content_type: str = "application/octet-stream"
    memory: int = 0


@record
class ResponseEnded:
    """The last byte is. `error_type` and `error` (its JSON object) as the trailers say, or what cut it short; `size` is
    all that came, in bytes."""

    request_id: str
    error_type: str = ""
    error: bytes = b""
    size: int = 0
    memory: int = 0


@record
class Polled:
    """A party asked for its next event: the runtime `/invocation/next`, an extension `/event/next`."""

    party: str = RUNTIME


@record
class Responded:
    """The runtime posted the result of an invocation."""

    request_id: str
    payload: bytes
    content_type: str = "application/json"
    memory: int = 0


@record
class ErrorPosted:
    """The runtime posted an error instead; `payload` is its JSON, `error_type` the checked header."""

    request_id: str
    payload: bytes
    error_type: str
    memory: int = 0


@record
class InitErrorPosted:
    payload: bytes
    error_type: str
    memory: int = 0


@record
class Exited:
    """The sandbox is gone, with every process in it. One of `code` and `signal` is set."""

    code: int | None = None
    signal: int | None = None
    out_of_memory: bool = False
    memory: int = 0


@record
class RuntimeExited:
    """The runtime has ended, and external extensions have not: they may be told. `Exited` follows, when all is gone."""

    code: int | None = None
    signal: int | None = None
    out_of_memory: bool = False
    memory: int = 0


@record
class DeadlineHit:
    """The timer with this generation ran out. A late one (older generation) is ignored."""

    generation: int
    memory: int = 0


@record
class StopRequested:
    """End this environment now. `reason` is `spindown`, `timeout` or `failure`, as extensions are told."""

    reason: str = "spindown"


@record
class Retired:
    """Its code or configuration is out of date: finish what runs, take nothing new, then end."""


Event = (
    Assigned
    | WarmRequested
    | SandboxAwaited
    | SandboxStarted
    | DebuggerAttached
    | DebuggerLeft
    | Registered
    | ExtensionsLaunched
    | ExtensionExited
    | ExtensionFailed
    | Rested
    | RestorePolled
    | RestoreErrorPosted
    | ResponseBegun
    | ResponseEnded
    | Polled
    | Responded
    | ErrorPosted
    | InitErrorPosted
    | Exited
    | RuntimeExited
    | DeadlineHit
    | StopRequested
    | Retired
)
