"""Where an execution environment can be, and where each event leads from there: the table.

Staying is a move to the same phase. What is missing is refused. The rules that join phase, parties, reservation and
staleness are in `environment`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from localstack_lite.lambdas.environments.events import (
    Assigned,
    DeadlineHit,
    DebuggerAttached,
    DebuggerLeft,
    ErrorPosted,
    Event,
    Exited,
    ExtensionExited,
    ExtensionFailed,
    ExtensionsLaunched,
    InitErrorPosted,
    Polled,
    Registered,
    Responded,
    ResponseBegun,
    ResponseEnded,
    Rested,
    RestoreErrorPosted,
    RestorePolled,
    Retired,
    RuntimeExited,
    SandboxAwaited,
    SandboxStarted,
    StopRequested,
    WarmRequested,
)


class Phase(StrEnum):
    COLD = "COLD"
    INIT = "INIT"
    FROZEN = "FROZEN"
    INVOKE = "INVOKE"
    DRAIN = "DRAIN"
    RESET = "RESET"
    STOPPING = "STOPPING"
    DEAD = "DEAD"


class Party(StrEnum):
    """Where the runtime or an extension is."""

    STARTED = "Started"
    READY = "Ready"
    RUNNING = "Running"
    ENDED = "Ended"  # alone: others are still there
    GONE = "Gone"


#: What a warm invocation goes through, by bare names: finding a member in its class takes five times as long.
INIT: Final = Phase.INIT
FROZEN: Final = Phase.FROZEN
INVOKE: Final = Phase.INVOKE
DRAIN: Final = Phase.DRAIN
DEAD: Final = Phase.DEAD
READY: Final = Party.READY


#: phase → event → next phase. Staying is a move to the same phase; what is missing is refused.
TABLE: Final[dict[Phase, dict[type[Event], Phase]]] = {
    Phase.COLD: {
        Assigned: Phase.COLD,
        WarmRequested: Phase.INIT,
        Retired: Phase.COLD,
        StopRequested: Phase.STOPPING,
    },
    Phase.INIT: {
        DebuggerAttached: Phase.INIT,
        DebuggerLeft: Phase.INIT,
        Assigned: Phase.INIT,
        WarmRequested: Phase.INIT,
        SandboxAwaited: Phase.INIT,
        SandboxStarted: Phase.INIT,
        ExtensionsLaunched: Phase.INIT,
        Registered: Phase.INIT,
        Polled: Phase.INIT,
        RestorePolled: Phase.INIT,
        RestoreErrorPosted: Phase.RESET,
        InitErrorPosted: Phase.RESET,
        ExtensionExited: Phase.RESET,
        ExtensionFailed: Phase.RESET,
        Exited: Phase.RESET,
        RuntimeExited: Phase.RESET,
        DeadlineHit: Phase.RESET,
        Retired: Phase.INIT,
        StopRequested: Phase.STOPPING,
    },
    Phase.FROZEN: {
        DebuggerAttached: Phase.FROZEN,
        DebuggerLeft: Phase.FROZEN,
        Assigned: Phase.FROZEN,
        WarmRequested: Phase.FROZEN,
        Rested: Phase.FROZEN,
        Polled: Phase.FROZEN,
        ExtensionExited: Phase.RESET,
        ExtensionFailed: Phase.RESET,
        Exited: Phase.RESET,
        RuntimeExited: Phase.RESET,
        Retired: Phase.FROZEN,
        StopRequested: Phase.STOPPING,
    },
    Phase.INVOKE: {
        DebuggerAttached: Phase.INVOKE,
        DebuggerLeft: Phase.INVOKE,
        Polled: Phase.INVOKE,
        Responded: Phase.DRAIN,
        ErrorPosted: Phase.DRAIN,
        ResponseBegun: Phase.INVOKE,
        ResponseEnded: Phase.DRAIN,
        ExtensionExited: Phase.RESET,
        ExtensionFailed: Phase.RESET,
        Exited: Phase.RESET,
        RuntimeExited: Phase.RESET,
        DeadlineHit: Phase.RESET,
        Retired: Phase.INVOKE,
        StopRequested: Phase.STOPPING,
    },
    Phase.DRAIN: {
        DebuggerAttached: Phase.DRAIN,
        DebuggerLeft: Phase.DRAIN,
        Assigned: Phase.DRAIN,
        WarmRequested: Phase.DRAIN,
        Polled: Phase.DRAIN,
        ExtensionExited: Phase.RESET,
        ExtensionFailed: Phase.RESET,
        Exited: Phase.RESET,
        RuntimeExited: Phase.RESET,
        DeadlineHit: Phase.RESET,
        Retired: Phase.DRAIN,
        StopRequested: Phase.STOPPING,
    },
    Phase.RESET: {
        DebuggerAttached: Phase.RESET,
        DebuggerLeft: Phase.RESET,
        Assigned: Phase.RESET,
        WarmRequested: Phase.RESET,
        Polled: Phase.RESET,
        ExtensionExited: Phase.RESET,
        ExtensionFailed: Phase.RESET,
        Exited: Phase.RESET,
        RuntimeExited: Phase.RESET,
        DeadlineHit: Phase.RESET,
        Retired: Phase.RESET,
        StopRequested: Phase.STOPPING,
    },
    Phase.STOPPING: {
        DebuggerAttached: Phase.STOPPING,
        DebuggerLeft: Phase.STOPPING,
        Polled: Phase.STOPPING,
        ExtensionExited: Phase.STOPPING,
        ExtensionFailed: Phase.STOPPING,
        Exited: Phase.STOPPING,
        RuntimeExited: Phase.STOPPING,
        DeadlineHit: Phase.STOPPING,
        Retired: Phase.STOPPING,
        StopRequested: Phase.STOPPING,
    },
    Phase.DEAD: {},
}


class InvalidTransition(Exception):
    """The event is not possible in this phase. The Runtime API answers 403 `InvalidStateTransition`."""


class InvalidRequestID(Exception):
    """An answer for another invocation than the one that runs. The Runtime API answers 400 `InvalidRequestID`."""
