"""The execution environment as an explicit machine: an event goes in, actions come out.

Everything that moves an environment from one phase to another is in `phases.TABLE` and in the joint rules here, which
say what follows from phase, parties, reservation and staleness together and run until nothing changes. What is not
listed is refused and leaves the state as it was. There is no I/O, no clock and no thread; `service` does what the
actions say, one event at a time.

Lambda's rules that live here (AWS docs "Lambda execution environment lifecycle", recorded error bodies):

* init has 10 s and is not part of the invocation; when it fails it is run again inside the first invocation, under
  the function's timeout ("suppressed init": no Init Duration, its time is part of Duration);
* a crash or a timeout resets the environment: everything is killed, `/tmp` stays, the next invocation initialises
  again;
* an answer is sent as soon as the runtime posts it; the environment is free again when every party polled.
"""

from __future__ import annotations

from signal import SIGSEGV
from typing import Final

from localstack_lite.lambdas import actions, failures
from localstack_lite.lambdas.actions import Action
from localstack_lite.lambdas.chronicle import Chronicle
from localstack_lite.lambdas.countdown import Countdown
from localstack_lite.lambdas.events import (
    RUNTIME,
    Assigned,
    DeadlineHit,
    DebuggerAttached,
    DebuggerLeft,
    ErrorPosted,
    Event,
    Exited,
    InitErrorPosted,
    Polled,
    Registered,
    Responded,
    Retired,
    SandboxAwaited,
    SandboxStarted,
    StopRequested,
    WarmRequested,
)
from localstack_lite.lambdas.phases import DRAIN, FROZEN, INIT, INVOKE, READY, TABLE, InvalidTransition, Party, Phase
from localstack_lite.lambdas.refusals import check
from localstack_lite.lambdas.reports import report_of
from localstack_lite.model.facts import Fact
from localstack_lite.model.function import Function
from localstack_lite.model.initialization import NO_DELAY, ColdStart, Initialization
from localstack_lite.model.invocation import Answered, Invocation, Report, Status

INIT_SECONDS: Final = 10.0
#: SHUTDOWN phase with external extensions; without any there is none (AWS docs).
SHUTDOWN_SECONDS: Final = 2.0


class Environment:
    """One environment of one function. `key` orders them; `name` (`hello#1`) is what people see; `stream` the log
    stream. `handle` is the only way to change it."""

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
        self.tenant = tenant
        self.cold_start = cold_start
        self.suspended = False
        self.detailed = False
        self.chronicle = Chronicle(
            function.logical_id, name, stream, runtime_version, version=function.version, initialization=initialization
        )
        self.phase = Phase.COLD
        self.parties: dict[str, Party] = {}
        self.subscribers: dict[str, Registered] = {}
        self.stale = False
        self.waiting: Invocation | None = None  # reserved, not delivered
        self.current: Invocation | None = None  # its clock runs, not answered
        self.last_used = 0.0
        self.failed = False  # whether the last initialisation failed
        self._actions: list[Action] = []
        self._countdown = Countdown()
        self._was_reset = False  # an init from now on is a suppressed one
        self._retrying = False  # ... and the first try belongs to the same invocation
        self._init_since = 0.0
        self._init_ms: float | None = None  # told with the first invocation
        self._since = 0.0
        self._deadline = 0.0
        self._owed: tuple[Report, bool, bytes] | None = None  # the END and REPORT still to come
        self._segfault = False
        self._reason = "spindown"

    # -- what the pool and the log look at

    @property
    def reserved(self) -> bool:
        return self.waiting is not None or self.current is not None

    @property
    def extensions_busy(self) -> bool:
        if len(self.parties) < 2:
            return False
        return any(state is Party.RUNNING for name, state in self.parties.items() if name != RUNTIME)

    @property
    def request_id(self) -> str:
        """The invocation that log lines written now belong to."""
        return self.current.request_id if self.current else ""

    def __repr__(self) -> str:
        parties = ", ".join(f"{name} {state}" for name, state in self.parties.items()) or "nobody"
        return f"<Environment {self.name} {self.phase}{' stale' if self.stale else ''}: {parties}>"

    # -- the one way in

    def handle(self, event: Event, now: float) -> list[Action]:
        """Take one event at epoch second `now`; return what has to be done, in order.

        Raises `InvalidTransition` or `InvalidRequestID`, with the state unchanged, for what is not possible now.
        """
        if isinstance(event, DeadlineHit) and event.generation != self._countdown.generation:
            return []
        came_from = self.phase
        target = TABLE[came_from].get(type(event))
        if target is None:
            raise InvalidTransition(f"{type(event).__name__} in {came_from}")
        check(self, event)
        todo: list[Action] = []
        self._actions = todo
        self.phase = target
        self._take(event, came_from, now)
        while self._join(now):
            pass
        return todo

    def _take(self, event: Event, came_from: Phase, now: float) -> None:
        match event:
            case Polled(party=party):
                self.parties[party] = READY
            case Responded():
                self._finish(event.payload, "", event.memory, now, content_type=event.content_type)
            case Assigned(invocation=invocation):
                self.waiting = invocation
            case ErrorPosted():
                self._finish(event.payload, event.error_type, event.memory, now)
            case Registered(party=party):
                self.parties[party] = Party.STARTED
                self.subscribers[party] = event
            case WarmRequested() if came_from is Phase.COLD:
                self._start_init(now)
            case InitErrorPosted():
                self._init_failed("error", event.error_type, event.payload, event.memory, now)
                self._act(actions.Kill())
            case Exited():
                self._exited(event, came_from, now)
            case DeadlineHit():
                self._deadline_hit(event, came_from, now)
            case SandboxStarted():
                self._start_init_clock(now)
            case SandboxAwaited() | DebuggerAttached() | DebuggerLeft():
                self._actions += self._countdown.take(event, now)
            case Retired():
                self.stale = True
            case StopRequested(reason=reason):
                self._stop(reason, came_from, now)

    def _join(self, now: float) -> bool:
        """Apply the first joint rule that fits. Whether there was one."""
        phase = self.phase
        if phase is INVOKE:
            return False
        if phase is INIT or phase is DRAIN:
            if not self._all(READY):
                return False
            self._ready(now)
        elif phase is FROZEN:
            if self.waiting is not None:
                self._invoke(self.waiting, now)
            elif self.stale:
                self.phase = Phase.STOPPING
                self._begin_shutdown(now)
            else:
                return False
        elif phase is Phase.RESET and self._all(Party.GONE) and not self._segfault:
            self.phase = Phase.COLD
        elif phase is Phase.STOPPING and self._all(Party.GONE):
            self.phase = Phase.DEAD
            self._act(self._countdown.cancel())
            self._tell(self.chronicle.stopped(now, self._reason))
        elif phase is Phase.COLD and self.reserved:
            self.phase = INIT
            self._start_init(now)
        elif phase is Phase.COLD and self.stale:
            self.phase = Phase.STOPPING
        else:
            return False
        return True

    # -- init

    @property
    def _suppressed(self) -> bool:
        """Whether the init that runs belongs to an invocation."""
        return self.current is not None

    def _start_init(self, now: float) -> None:
        """A fresh environment initialises before its invocation, a reset one inside it."""
        self.parties = {RUNTIME: Party.STARTED}
        self.subscribers = {}
        self._init_ms = None
        if self._was_reset and self.waiting is not None:
            self.current, self.waiting = self.waiting, None
        self._start_init_clock(now)
        if not self._retrying:
            self._tell(self.chronicle.init_started(now))
        self._retrying = False
        self._act(actions.StartSandbox())

    def _start_init_clock(self, now: float) -> None:
        """Again when the runtime itself starts: what its sandbox took before is none of the function's time."""
        self._init_since = now
        if self._suppressed:
            self._start_clock(now)
        else:
            self._act(self._countdown.set(INIT_SECONDS, now))

    def _ready(self, now: float) -> None:
        """INIT or DRAIN is over: every party polled."""
        if self.phase is DRAIN:
            self._pay_report(now)
            self._act(self._countdown.cancel())
        else:
            self.failed = False
            self._tell_init_ended("success", "", now)
            if not self._suppressed:
                self._init_ms = (now - self._init_since) * 1000
                self._act(self._countdown.cancel())
        self.last_used = now
        self.phase = FROZEN
        if self.current is not None:
            invocation, self.current = self.current, None
            self._invoke(invocation, now, clock_runs=True)

    def _init_failed(self, status: str, error_type: str, payload: bytes, memory: int, now: float) -> None:
        """The invocation of a suppressed init gets `payload`; one that waits for a first init gets a second try."""
        self.failed = self._was_reset = True
        self.last_used = now
        self._act(self._countdown.cancel())
        self._tell_init_ended(status, error_type, now)
        if self.current is not None:
            self._tell(self.chronicle.started(now, self.current))
            outcome = Status.TIMEOUT if status == "timeout" else Status.ERROR
            self._finish(payload, error_type, memory, now, status=outcome)
        elif self.waiting is not None:
            self.current, self.waiting = self.waiting, None
            self._retrying = True

    # -- invoke

    def _invoke(self, invocation: Invocation, now: float, *, clock_runs: bool = False) -> None:
        self.waiting = None
        self.current = invocation
        self.phase = INVOKE
        if not clock_runs:
            self._start_clock(now)
        self._tell(self.chronicle.started(now, invocation))
        self.parties[RUNTIME] = Party.RUNNING
        self._act(actions.Deliver(invocation, self._deadline))
        for party, subscribed in self.subscribers.items():
            if subscribed.invoke:
                self.parties[party] = Party.RUNNING
                self._act(actions.DeliverInvoke(party, invocation, self._deadline))

    def _start_clock(self, now: float) -> None:
        self._since = now
        self._deadline = now + self.function.timeout
        self._act(self._countdown.set(self.function.timeout, now))

    def _finish(
        self,
        payload: bytes,
        error_type: str,
        memory: int,
        now: float,
        *,
        content_type: str = "application/json",
        status: Status | None = None,
    ) -> None:
        """The caller gets this now. END and REPORT wait for extensions that still work on the invocation."""
        invocation = self.current
        assert invocation is not None
        self.current = None
        init_ms, self._init_ms = self._init_ms, None
        if status is None:
            status = Status.ERROR if error_type else Status.SUCCESS
        seconds = now - self._since
        report = report_of(invocation.request_id, self.function, seconds, init_ms, memory, status, error_type)
        cold = init_ms is not None
        self.last_used = now
        self._owed = (report, cold, payload if error_type else b"")
        drains = self.phase is DRAIN
        if not drains:
            self._act(self._countdown.cancel())  # in DRAIN it goes on, for a party that never polls again
        if not drains or not self.extensions_busy:
            self._pay_report(now)
        version = self.function.version
        answered = Answered(invocation.request_id, payload, report, error_type, version, self.name, cold, content_type)
        self._act(actions.Answer(invocation, answered))

    # -- ends

    def _exited(self, event: Exited, came_from: Phase, now: float) -> None:
        for party in self.parties:
            self.parties[party] = Party.GONE
        if came_from in (Phase.RESET, Phase.STOPPING):
            return
        self._was_reset = True
        error_type = "Runtime.OutOfMemory" if event.out_of_memory else "Runtime.ExitError"
        if came_from is INIT:
            if self.current is None:
                self._init_failed("error", error_type, b"", event.memory, now)
                return
            self.failed = True
            self._tell_init_ended("error", error_type, now)
            self._tell(self.chronicle.started(now, self.current))
        if self.current is None:
            self._pay_report(now)
            self._act(self._countdown.cancel())
            return
        request_id = self.current.request_id
        message = failures.exit_message(event.code, event.signal)
        if event.signal == SIGSEGV:
            # Recorded: a segmentation fault is answered as a timeout, when the timeout is reached.
            self._segfault = True
            what = f"{message}; AWS answers such a crash only at the function's timeout"
            self._tell(self.chronicle.waits(now, request_id, what, max(self._deadline - now, 0.0)))
            return
        self._tell(self.chronicle.crashed(now, request_id, message, error_type))
        self._finish(failures.exited(request_id, event.code, event.signal), error_type, event.memory, now)

    def _deadline_hit(self, event: DeadlineHit, came_from: Phase, now: float) -> None:
        self._was_reset = True
        self._countdown.rang()
        match came_from:
            case Phase.INIT:
                self._init_failed("timeout", *self._timeout(), event.memory, now)
            case Phase.INVOKE | Phase.RESET if self.current is not None:
                self._segfault = False
                self._finish(self._timeout()[1], "Sandbox.Timedout", event.memory, now, status=Status.TIMEOUT)
            case Phase.DRAIN:
                self._pay_report(now)
        if not self._all(Party.GONE):
            self._act(actions.Kill())

    def _timeout(self) -> tuple[str, bytes]:
        return "Sandbox.Timedout", failures.timed_out(self.request_id, self.function.timeout)

    def _stop(self, reason: str, came_from: Phase, now: float) -> None:
        if came_from is Phase.STOPPING:
            self._act(actions.Kill())
            return
        self._reason = reason
        self._segfault = False
        for invocation in (self.current, self.waiting):
            if invocation is not None:
                self._act(actions.Answer(invocation, failures.stopping(invocation.request_id)))
        self.current = self.waiting = None
        self._pay_report(now)
        self._begin_shutdown(now)

    def _begin_shutdown(self, now: float) -> None:
        """No extensions: SIGKILL at once, as AWS does. With them: SHUTDOWN events and a budget."""
        self._act(self._countdown.cancel())
        if self._all(Party.GONE):
            return
        listeners = [party for party, subscribed in self.subscribers.items() if subscribed.shutdown]
        for party in listeners:
            self._act(actions.DeliverShutdown(party, self._reason, now + SHUTDOWN_SECONDS))
        self._act(actions.Terminate() if listeners else actions.Kill())
        if listeners:
            self._act(self._countdown.set(SHUTDOWN_SECONDS, now))

    # -- small things

    def _all(self, where: Party) -> bool:
        for state in self.parties.values():  # noqa: SIM110 - a generator costs more than all the rest of the step
            if state is not where:
                return False
        return True

    def _act(self, action: Action) -> None:
        self._actions.append(action)

    def _tell(self, fact: Fact) -> None:
        self._actions.append(actions.Tell(fact))

    def _tell_init_ended(self, status: str, error_type: str, now: float) -> None:
        phase = "invoke" if self._suppressed else "init"
        self._tell(self.chronicle.init_ended(now, phase, status, self._init_since, error_type))

    def _pay_report(self, now: float) -> None:
        """END and REPORT, when they are owed."""
        if self._owed is not None:
            owed, self._owed = self._owed, None
            self._tell(self.chronicle.ended(now, *owed))
