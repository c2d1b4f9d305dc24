"""An environment of managed instances: several invocations run in it at once, each in a worker of its runtime.

It comes up and ends as any other environment does; what differs is what lies between (AWS docs "Understanding the
Lambda Managed Instances execution environment"):

* init is over when one worker has polled, and takes no part of an invocation's time; an invocation that waits for an
  init that fails gets its error;
* the runtime has as many workers as `max_concurrency` says, and each polls for itself;
* each invocation has a timeout of its own. Reaching it is told to its caller; the code runs on, undisturbed, and so
  does the environment. What the runtime answers then is taken and dropped;
* it is never frozen; extensions are told of its end only;
* when the runtime ends, all that run in it end with it.

`reserved` says that there is no room for one more. INVOKE is the phase while something runs.
"""

from __future__ import annotations

from collections import deque

from localstack_lite.lambdas.environments import actions, failures, initialising
from localstack_lite.lambdas.environments.actions import Action
from localstack_lite.lambdas.environments.environment import Environment
from localstack_lite.lambdas.environments.events import (
    RUNTIME,
    Assigned,
    DeadlineHit,
    ErrorPosted,
    Event,
    Exited,
    ExtensionExited,
    ExtensionFailed,
    InitErrorPosted,
    Polled,
    Responded,
    ResponseBegun,
    ResponseEnded,
    RuntimeExited,
    StopRequested,
)
from localstack_lite.lambdas.environments.phases import FROZEN, INIT, INVOKE, InvalidRequestID, InvalidTransition, Phase
from localstack_lite.lambdas.environments.reports import report_of
from localstack_lite.model.function import Function
from localstack_lite.model.initialization import NO_DELAY, ColdStart, Initialization
from localstack_lite.model.invocation import Answered, Invocation, Status

_SERVING = (FROZEN, INVOKE)
#: What an init does not survive.
_FATAL = (InitErrorPosted, Exited, RuntimeExited, ExtensionExited, ExtensionFailed, DeadlineHit)
#: Seconds by which a timer may ring before the deadline that it was set for.
_SLACK = 0.001


class _Run:
    """An invocation from its assignment to its answer. `since` is None until a worker has it."""

    __slots__ = ("content_type", "deadline", "invocation", "since")

    def __init__(self, invocation: Invocation, deadline: float) -> None:
        self.invocation = invocation
        self.deadline = deadline
        self.since: float | None = None
        self.content_type = ""  # of a streamed answer that has begun


class ManagedEnvironment(Environment):
    """Of a function with `max_concurrency`."""

    def __init__(
        self,
        key: int,
        name: str,
        function: Function,
        stream: str,
        runtime_version: tuple[str, str] = ("", ""),
        *,
        tenant: str = "",
        cold_start: ColdStart = NO_DELAY,
    ) -> None:
        super().__init__(
            key,
            name,
            function,
            stream,
            runtime_version,
            initialization=Initialization.MANAGED,
            tenant=tenant,
            cold_start=cold_start,
        )
        self._queue: deque[_Run] = deque()
        """Assigned; no worker has them yet."""
        self._runs: dict[str, _Run] = {}
        """What workers have, by request id. Deadlines in the order of the dictionary."""
        self._late: set[str] = set()
        """Answered with a timeout; their workers are still at them."""
        self._workers = 0
        """Those that have polled and wait."""
        self._died = 0
        """Workers that will not poll any more."""

    @property
    def reserved(self) -> bool:
        held = len(self._queue) + len(self._runs) + len(self._late)
        return held >= self.function.max_concurrency - self._died

    @property
    def running(self) -> tuple[Invocation, ...]:
        """What workers have and has not been answered."""
        return tuple(run.invocation for run in self._runs.values())

    @property
    def request_id(self) -> str:
        """That of the only invocation; of several, each line of output says itself whose it is."""
        return next(iter(self._runs)) if len(self._runs) == 1 else ""

    def handle(self, event: Event, now: float) -> list[Action]:
        match event:
            case DeadlineHit() if self.phase in _SERVING:
                return self._ring(event, now)
            case Assigned():
                return self._assigned(event.invocation, now)
            case Polled(party=party) if party == RUNTIME and self.phase in _SERVING:
                self.actions = []
                self._workers += 1
                self._serve(now)
                return self.actions
            case Responded() | ErrorPosted() | ResponseBegun() | ResponseEnded():
                return self._posted(event, now)
        return self._as_any(event, now)

    # -- what every environment does, for an environment that several invocations are in

    def _as_any(self, event: Event, now: float) -> list[Action]:
        """With invocations in it or without, to the other rules it is one that serves."""
        came_from, gone = self.phase, self._gone(event)
        # What waits for an init that fails, or for one that is told to end, does not wait for another one.
        hopeless = list(self._queue) if came_from is INIT and isinstance(event, _FATAL) else []
        if isinstance(event, StopRequested):
            hopeless = list(self._queue)
        if hopeless:
            self._queue.clear()
        if came_from is INVOKE:
            self.phase = FROZEN
        try:
            todo = super().handle(event, now)
        except InvalidTransition:
            self.phase = came_from
            self._queue.extend(hopeless)
            raise
        if isinstance(event, Polled) and event.party == RUNTIME:
            self._workers += 1
        if hopeless and isinstance(event, DeadlineHit) and self.phase in (INIT, *_SERVING):
            self._queue.extend(hopeless)  # it was a late ring, or the end of a simulated cold start
            hopeless = []
        if self.phase in _SERVING:
            if came_from is INIT:
                for run in self._queue:
                    run.deadline = now + self.function.timeout
            self._serve(now)
        elif came_from in _SERVING or hopeless:
            self._lost(event, hopeless, gone, now)
        return todo

    def _join(self, now: float) -> bool:
        if self.phase in _SERVING and self._busy:
            return False
        if self.phase is Phase.COLD and self._queue:
            self.phase = INIT
            initialising.start(self, now)
            return True
        return super()._join(now)

    @property
    def _busy(self) -> bool:
        return bool(self._runs or self._queue)

    def _gone(self, event: Event) -> tuple[str, str]:
        """Error type and words of what ends the runtime, or everything."""
        match event:
            case Exited() | RuntimeExited():
                kind = "Runtime.OutOfMemory" if event.out_of_memory else "Runtime.ExitError"
                return kind, failures.exit_message(event.code, event.signal)
            case ExtensionExited():
                return "Extension.Crash", failures.extension_message(event.party, event.code, event.signal)
            case ExtensionFailed():
                return "Extension.ExitError", failures.extension_message(event.party, 0, None)
        return "", ""

    def _lost(self, event: Event, hopeless: list[_Run], gone: tuple[str, str], now: float) -> None:
        """The workers are gone, and what they had is answered."""
        self._workers = self._died = 0
        self._late.clear()
        runs = [*self._runs.values(), *hopeless]
        self._runs.clear()
        kind, message = gone
        memory = getattr(event, "memory", 0)
        for run in runs:
            request_id = run.invocation.request_id
            match event:
                case StopRequested():
                    self.act(actions.Answer(run.invocation, failures.stopping(request_id)))
                case InitErrorPosted():
                    self._answer(run, event.payload, event.error_type, memory, now)
                case DeadlineHit():
                    payload = failures.timed_out(request_id, self.function.timeout)
                    self._answer(run, payload, "Sandbox.Timedout", memory, now, status=Status.TIMEOUT)
                case Exited() | RuntimeExited():
                    self.tell(self.chronicle.crashed(now, request_id, message, kind))
                    self._answer(run, failures.exited(request_id, event.code, event.signal), kind, memory, now)
                case _:
                    self._answer(run, failures.extension_failed(request_id, kind, message), kind, memory, now)

    # -- invocations

    def _assigned(self, invocation: Invocation, now: float) -> list[Action]:
        if self.reserved or self.stale or self.phase in (Phase.STOPPING, Phase.DEAD):
            raise InvalidTransition(f"{self!r} cannot take an invocation")
        self.actions = []
        self._queue.append(_Run(invocation, now + self.function.timeout))
        if self.phase is Phase.COLD:
            self.phase = INIT
            initialising.start(self, now)
        elif self.phase in _SERVING:
            self._serve(now)
        return self.actions

    def _serve(self, now: float) -> None:
        """Give waiting workers what waits for them."""
        while self._queue and self._workers:
            run = self._queue.popleft()
            self._workers -= 1
            run.since, run.deadline = now, now + self.function.timeout
            self._runs[run.invocation.request_id] = run
            self.tell(self.chronicle.started(now, run.invocation))
            self.act(actions.Deliver(run.invocation, run.deadline))
        self._look(now)

    def _posted(self, event: Responded | ErrorPosted | ResponseBegun | ResponseEnded, now: float) -> list[Action]:
        """What a worker says of its invocation."""
        request_id = event.request_id
        run = self._runs.get(request_id)
        ends = not isinstance(event, ResponseBegun)
        if run is None:
            if request_id not in self._late:
                raise InvalidRequestID(request_id)
            if ends:
                self._late.discard(request_id)
                self._died += _died(event)
            return []
        if bool(run.content_type) is not isinstance(event, ResponseEnded):
            raise InvalidTransition(f"{self!r} answers {request_id} already, or has not begun to")
        self.actions = []
        match event:
            case ResponseBegun():
                run.content_type = event.content_type
                self.act(actions.BeginAnswer(run.invocation, event.content_type, cold=False))
                return self.actions
            case ResponseEnded():
                self._answer(run, event.error, event.error_type, event.memory, now, content_type=run.content_type)
            case Responded():
                self._answer(run, event.payload, "", event.memory, now, content_type=event.content_type)
            case ErrorPosted():
                self._answer(run, event.payload, event.error_type, event.memory, now)
        del self._runs[request_id]
        self._died += _died(event)
        self._settle(now)
        return self.actions

    def _ring(self, event: DeadlineHit, now: float) -> list[Action]:
        """The earliest deadline is reached, and perhaps more than one."""
        if event.generation != self.countdown.generation:
            return []
        self.countdown.rang()
        self.actions = []
        overdue = [run for run in (*self._runs.values(), *self._queue) if run.deadline <= now + _SLACK]
        for run in overdue:
            request_id = run.invocation.request_id
            if self._runs.pop(request_id, None) is not None:
                self._late.add(request_id)
            else:
                self._queue.remove(run)
            payload = failures.timed_out(request_id, self.function.timeout)
            self._answer(run, payload, "Sandbox.Timedout", event.memory, now, status=Status.TIMEOUT)
        self._settle(now)
        return self.actions

    def _settle(self, now: float) -> None:
        """After an answer."""
        self.last_used = now
        self._look(now)
        while self._join(now):
            pass

    def _look(self, now: float) -> None:
        """Whether it is at work, and when the next deadline is."""
        self.phase = INVOKE if self._busy else FROZEN
        self._set_timer(now)

    def _set_timer(self, now: float) -> None:
        """For the earliest deadline. It may ring for one that was answered since: then it is set anew."""
        runs = [next(iter(waiting)) for waiting in (self._runs.values(), self._queue) if waiting]
        if not runs:
            if self.countdown.armed:
                self.act(self.countdown.cancel())
        elif not self.countdown.armed:
            self.act(self.countdown.set(max(min(run.deadline for run in runs) - now, 0.0), now))

    def _answer(
        self,
        run: _Run,
        payload: bytes,
        error_type: str,
        memory: int,
        now: float,
        *,
        content_type: str = "application/json",
        status: Status | None = None,
    ) -> None:
        invocation, function = run.invocation, self.function
        if run.since is None:
            self.tell(self.chronicle.started(now, invocation))
        if status is None:
            status = Status.ERROR if error_type else Status.SUCCESS
        seconds = 0.0 if run.since is None else now - run.since
        report = report_of(invocation.request_id, function, seconds, None, memory, status, error_type)
        self.tell(self.chronicle.ended(now, report, False, payload if error_type else b""))
        answered = Answered(
            invocation.request_id, payload, report, error_type, function.version, self.name, False, content_type
        )
        self.act(actions.Answer(invocation, answered))


def _died(event: Event) -> bool:
    """Whether the worker is gone: then the runtime says in its place how it ended."""
    return isinstance(event, ErrorPosted) and event.error_type == "Runtime.ExitError"
