"""What the shell has to do for an execution environment. Imperative; in the order of the list."""

from __future__ import annotations

from localstack_lite.model.facts import Fact
from localstack_lite.model.invocation import Answered, Invocation, Refused
from localstack_lite.model.record import record


@record
class StartSandbox:
    """Start the process or container. Never while one is still there."""


@record
class StartRuntime:
    """All external extensions have registered: the runtime may start."""


@record
class Freeze:
    """Stop every process where it is."""


@record
class Thaw:
    pass


@record
class DeliverRestore:
    """Answer the runtime's parked `/restore/next`."""


@record
class BeginAnswer:
    """The caller gets the first byte of its streamed answer now; `Answer` follows when it is whole."""

    invocation: Invocation
    content_type: str
    cold: bool


@record
class Terminate:
    """SIGTERM."""


@record
class Kill:
    """SIGKILL for everything in the sandbox; an `Exited` follows."""


@record
class Deliver:
    """Answer the runtime's parked `/next`. `deadline` is epoch seconds."""

    invocation: Invocation
    deadline: float


@record
class DeliverInvoke:
    """Answer an extension's parked `/event/next` with INVOKE."""

    party: str
    invocation: Invocation
    deadline: float


@record
class DeliverShutdown:
    """Answer an extension's parked `/event/next` with SHUTDOWN."""

    party: str
    reason: str
    deadline: float


@record
class Answer:
    """The caller's invocation is over."""

    invocation: Invocation
    outcome: Answered | Refused


@record
class SetTimer:
    """Replace the environment's one timer."""

    seconds: float
    generation: int


@record
class CancelTimer:
    pass


CANCEL_TIMER = CancelTimer()


@record
class Tell:
    """Publish a fact."""

    fact: Fact


Action = (
    StartSandbox
    | StartRuntime
    | Freeze
    | Thaw
    | Terminate
    | Kill
    | Deliver
    | DeliverRestore
    | DeliverInvoke
    | DeliverShutdown
    | BeginAnswer
    | Answer
    | SetTimer
    | CancelTimer
    | Tell
)
