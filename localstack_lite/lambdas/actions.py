"""What the shell has to do for an execution environment. Imperative; in the order of the list."""

from __future__ import annotations

from dataclasses import dataclass

from localstack_lite.model.facts import Fact
from localstack_lite.model.invocation import Answered, Invocation, Refused


@dataclass(frozen=True, slots=True)
class StartSandbox:
    """Start the process or container. Never while one is still there."""


@dataclass(frozen=True, slots=True)
class Terminate:
    """SIGTERM."""


@dataclass(frozen=True, slots=True)
class Kill:
    """SIGKILL for everything in the sandbox; an `Exited` follows."""


@dataclass(frozen=True, slots=True)
class Deliver:
    """Answer the runtime's parked `/next`. `deadline` is epoch seconds."""

    invocation: Invocation
    deadline: float


@dataclass(frozen=True, slots=True)
class DeliverInvoke:
    """Answer an extension's parked `/event/next` with INVOKE."""

    party: str
    invocation: Invocation
    deadline: float


@dataclass(frozen=True, slots=True)
class DeliverShutdown:
    """Answer an extension's parked `/event/next` with SHUTDOWN."""

    party: str
    reason: str
    deadline: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The caller's invocation is over."""

    invocation: Invocation
    outcome: Answered | Refused


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Replace the environment's one timer."""

    seconds: float
    generation: int


@dataclass(frozen=True, slots=True)
class CancelTimer:
    pass


@dataclass(frozen=True, slots=True)
class Tell:
    """Publish a fact."""

    fact: Fact


Action = (
    StartSandbox | Terminate | Kill | Deliver | DeliverInvoke | DeliverShutdown | Answer | SetTimer | CancelTimer | Tell
)
