"""The execution environment as an explicit machine: an event goes in, actions come out.

Everything that moves an environment from one phase to another is in `phases.TABLE` and in the joint rules here, which
say what follows from phase, parties, reservation and staleness together and run until nothing changes. What is not
listed is refused and leaves the state as it was. There is no I/O, no clock and no thread; the slot does what the
actions say, one event at a time. What the phases' events do is said in `initialising`, `invoking` and `ending`.

Lambda's rules that live here (AWS docs "Lambda execution environment lifecycle", recorded error bodies):

* init is over when the runtime and every extension polled; when it fails it is run again inside the first invocation,
  under the function's timeout ("suppressed init": no Init Duration, its time is part of Duration);
* a crash or a timeout resets the environment: everything is ended, `/tmp` stays, the next invocation initialises
  again;
* an answer is sent as soon as the runtime posts it; the environment is free again when every party polled;
* between invocations its processes are stopped where they are. That is done lazily, when it `Rested`: a request right
  after another pays nothing for it.
"""

from __future__ import annotations

from localstack_lite.lambdas.environments import actions, ending, initialising, invoking
from localstack_lite.lambdas.environments.actions import Action
from localstack_lite.lambdas.environments.chronicle import Chronicle
from localstack_lite.lambdas.environments.countdown import Countdown
from localstack_lite.lambdas.environments.events import (
    RUNTIME,
    Assigned,
    DeadlineHit,
    DebuggerAttached,
    DebuggerLeft,
    ErrorPosted,
    Event,
    Exited,
    ExtensionExited,
    ExtensionFailed,
    Polled,
    Registered,
    Responded,
    ResponseBegun,
    ResponseEnded,
    Rested,
    Retired,
    RuntimeExited,
    SandboxAwaited,
    StopRequested,
)
from localstack_lite.lambdas.environments.farewell import Farewell
from localstack_lite.lambdas.environments.phases import (
    DRAIN,
    FROZEN,
    INIT,
    INVOKE,
    READY,
    TABLE,
    InvalidTransition,
    Party,
    Phase,
)
from localstack_lite.lambdas.refusals import check
from localstack_lite.model.facts import Fact
from localstack_lite.model.function import Function
from localstack_lite.model.initialization import NO_DELAY, ColdStart, Initialization
from localstack_lite.model.invocation import Invocation, Report


class Environment:
    """One environment of one function. `key` orders them; `name` (`hello#1`) is what people see; `stream` the log
    stream; `tenant` whose it is, when tenants do not share. `handle` is the only way to change it.

    `detailed` is set by whoever wants the facts that are for telemetry only (`InitRuntimeDone`, `RuntimeDone`,
    `RestoreRuntimeDone`)."""

    def __init__(
        self,
        key: int,
        name: str,
        function: Function,
        stream: str,
        runtime_version: tuple[str, str] = ("", ""),
        *,
        initialization: Initialization = Initialization.ON_DEMAND,
        tenant: str = "",
        cold_start: ColdStart = NO_DELAY,
    ) -> None:
        self.key = key
        self.name = name
        self.function = function
        self.initialization = initialization
        self.stream = stream
        self.tenant = tenant
        self.cold_start = cold_start
        self.chronicle = Chronicle(
            function.logical_id, name, stream, runtime_version, version=function.version, initialization=initialization
        )
        self.phase = Phase.COLD
        self.parties: dict[str, Party] = {}
        self.subscribers: dict[str, Registered] = {}
        self.external: tuple[str, ...] = ()
        """The extensions that the sandbox started, registered or not."""
        self.stale = False
        self.suspended = False
        """Whether its processes are stopped where they are."""
        self.detailed = False
        self.waiting: Invocation | None = None  # reserved, not delivered
        self.current: Invocation | None = None  # its clock runs, not answered
        self.last_used = 0.0
        self.failed = False  # whether the last initialisation failed
        # What the rules remember beside that:
        self.actions: list[Action] = []
        self.countdown = Countdown()
        self.farewell = Farewell(self.countdown)
        self.reason = "spindown"
        # ... of initialising
        self.was_reset = False  # an init from now on is a suppressed one
        self.retrying = False  # ... and the first try belongs to the same invocation
        self.runtime_waits = False  # for the external extensions to register
        self.init_since = 0.0
        self.init_ms: float | None = None  # told with the first invocation
        self.restore_asked = False
        self.restore_since: float | None = None
        self.restore_ms: float | None = None  # told with the first invocation
        self.held: bool | None = None  # by a simulated cold start: not yet, now, no more
        # ... of the invocation
        self.since = 0.0
        self.deadline = 0.0
        self.begun: tuple[float, str] | None = None  # a streamed answer: since when, and its content type
        self.owed: tuple[Report, bool, bytes] | None = None  # the END and REPORT still to come
        self.segfault = False

    # -- what others look at

    @property
    def reserved(self) -> bool:
        return self.waiting is not None or self.current is not None

    @property
    def extensions_busy(self) -> bool:
        if len(self.parties) < 2:
            return False
        return self.farewell.under_way or any(
            state is Party.RUNNING for name, state in self.parties.items() if name != RUNTIME
        )

    @property
    def registration_open(self) -> bool:
        """Whether an extension may register now: while it initialises, until the runtime has polled (AWS docs)."""
        return self.phase is INIT and self.parties[RUNTIME] is Party.STARTED and not self.restore_asked

    @property
    def restoring(self) -> bool:
        """Whether it is being restored from its snapshot."""
        return self.phase is INIT and self.restore_since is not None

    @property
    def request_id(self) -> str:
        """The invocation that log lines written now belong to."""
        return self.current.request_id if self.current else ""

    def __repr__(self) -> str:
        parties = ", ".join(f"{name.lstrip('/')} {state}" for name, state in self.parties.items()) or "nobody"
        marks = (" stale" if self.stale else "") + (" suspended" if self.suspended else "")
        return f"<Environment {self.name} {self.phase}{marks}: {parties}>"

    # -- the one way in

    def handle(self, event: Event, now: float) -> list[Action]:
        """Take one event at epoch second `now`; return what has to be done, in order.

        Raises `InvalidTransition` or `InvalidRequestID`, with the state unchanged, for what is not possible now.
        """
        if isinstance(event, DeadlineHit) and event.generation != self.countdown.generation:
            return []
        came_from = self.phase
        target = TABLE[came_from].get(type(event))
        if target is None:
            raise InvalidTransition(f"{type(event).__name__} in {came_from}")
        check(self, event)
        todo: list[Action] = []
        self.actions = todo
        self.phase = target
        self._take(event, came_from, now)
        while self._join(now):
            pass
        return todo

    def _take(self, event: Event, came_from: Phase, now: float) -> None:
        match event:
            case Polled(party=party):
                if came_from is INIT or self.farewell.under_way:
                    self._polled(party, came_from, now)
                self.parties[party] = READY
            case Responded():
                invoking.finish(self, event.payload, "", event.memory, now, content_type=event.content_type)
            case Assigned(invocation=invocation):
                self.waiting = invocation
            case ErrorPosted():
                invoking.finish(self, event.payload, event.error_type, event.memory, now)
            case ResponseBegun():
                invoking.begin_answer(self, event, now)
            case ResponseEnded():
                invoking.end_answer(self, event, now)
            case Rested():
                self._rest()
            case Retired():
                self.stale = True
            case DebuggerAttached():
                self.thaw()
                if came_from is not Phase.RESET and came_from is not Phase.STOPPING:
                    self.actions += self.countdown.take(event, now)
            case SandboxAwaited() | DebuggerLeft():
                self.actions += self.countdown.take(event, now)
            case Exited() | RuntimeExited() | ExtensionExited() | ExtensionFailed() | DeadlineHit() | StopRequested():
                ending.take(self, event, came_from, now)
            case _:
                initialising.take(self, event, came_from, now)

    def _polled(self, party: str, came_from: Phase, now: float) -> None:
        """The first poll of a party, or one of an extension that may be told now that all is over."""
        if came_from is INIT:
            if party == RUNTIME:
                initialising.runtime_polled(self, now)
        else:
            self.actions += self.farewell.polled(party)

    def _join(self, now: float) -> bool:
        """Apply the first joint rule that fits. Whether there was one."""
        phase = self.phase
        if phase is INVOKE:
            return False
        if phase is DRAIN:
            if not self.all(READY):
                return False
            invoking.settle(self, now)
            self.act(self.countdown.cancel())
            self.last_used = now
            self.phase = FROZEN
        elif phase is FROZEN:
            if self.waiting is not None:
                invoking.invoke(self, self.waiting, now)
            elif self.stale:
                self.phase = Phase.STOPPING
                ending.say_goodbye(self, self.reason, now)
            else:
                return False
        elif phase is INIT:
            return initialising.come_up(self, now)
        elif phase is Phase.RESET and self.all(Party.GONE) and not self.segfault:
            self.phase = Phase.COLD
        elif phase is Phase.STOPPING and self.all(Party.GONE):
            self.phase = Phase.DEAD
            self.act(self.countdown.cancel())
            self.tell(self.chronicle.stopped(now, self.reason))
        elif phase is Phase.COLD and self.reserved:
            self.phase = INIT
            initialising.start(self, now)
        elif phase is Phase.COLD and self.stale:
            self.phase = Phase.STOPPING
        else:
            return False
        return True

    # -- stopped processes

    def _rest(self) -> None:
        """Managed instances are never frozen (AWS docs), and nothing is that somebody debugs."""
        if self.suspended or self.countdown.held or self.initialization is Initialization.MANAGED:
            return
        self.suspended = True
        self.act(actions.Freeze())

    def thaw(self) -> None:
        """Before anything that needs the processes to run."""
        if self.suspended:
            self.suspended = False
            self.act(actions.Thaw())

    # -- what the rules are written with

    @property
    def suppressed(self) -> bool:
        """Whether the init that runs belongs to an invocation."""
        return self.current is not None

    def all(self, where: Party) -> bool:
        for state in self.parties.values():  # noqa: SIM110 - a generator costs more than all the rest of the step
            if state is not where:
                return False
        return True

    def act(self, action: Action) -> None:
        self.actions.append(action)

    def tell(self, fact: Fact) -> None:
        self.actions.append(actions.Tell(fact))
