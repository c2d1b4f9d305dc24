"""One environment with everything that is real about it: its port, its process, its timer, the log of what runs.

The machine decides, the slot does. Every event enters through `dispatch`, which applies the machine's actions in order
and in one go; nothing here decides anything about phases.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from localstack_lite.lambdas import failures, runtime_api
from localstack_lite.lambdas.actions import (
    Action,
    Answer,
    CancelTimer,
    Deliver,
    Kill,
    SetTimer,
    StartSandbox,
    Tell,
    Terminate,
)
from localstack_lite.lambdas.advice import Advice
from localstack_lite.lambdas.debugging import Debuggers, Session, waits
from localstack_lite.lambdas.environment import Environment
from localstack_lite.lambdas.events import (
    RUNTIME,
    DeadlineHit,
    DebuggerAttached,
    DebuggerLeft,
    ErrorPosted,
    Event,
    Exited,
    ExtensionExited,
    ExtensionsLaunched,
    InitErrorPosted,
    Polled,
    Responded,
    SandboxAwaited,
    SandboxStarted,
)
from localstack_lite.lambdas.phases import DEAD, TABLE, InvalidRequestID, InvalidTransition, Phase
from localstack_lite.lambdas.runtime_api import Operation
from localstack_lite.model import platform_log
from localstack_lite.model.arn import function_arn
from localstack_lite.model.invocation import Answered, Invocation, Outcome
from localstack_lite.model.project import Project
from localstack_lite.ports import (
    Clock,
    Publish,
    RunningSandbox,
    RuntimeExchange,
    RuntimeListen,
    Sandbox,
    SandboxExited,
    SandboxSpec,
    Timer,
)

#: `X-Amz-Log-Result` carries the last 4 KB.
LOG_TAIL = 4096

_POLLED = Polled(RUNTIME)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all environments share. `changed` is called after every step; `answered` when a caller's wait is over."""

    clock: Clock
    sandbox: Sandbox
    listen: RuntimeListen
    publish: Publish
    answered: Callable[[Slot, Invocation, Outcome], None]
    changed: Callable[[Slot], None]
    loaded: Callable[[frozenset[str]], None] | None = None
    debuggers: Debuggers | None = None
    advice: Advice = field(default_factory=Advice)


class Slot:
    def __init__(
        self,
        environment: Environment,
        project: Project,
        around: Surroundings,
        spec: Callable[[str], SandboxSpec],
    ) -> None:
        """`spec` makes the sandbox's specification once the Runtime API's address is known."""
        self.environment = environment
        self._around = around
        self._arn = function_arn(project.region, project.account, environment.function.name)
        self._listening = around.listen(self._receive)
        self._spec = spec(self._listening.address)
        self._running: RunningSandbox | None = None
        self._sandbox_number = 0
        self._parked: RuntimeExchange | None = None
        self._delivery: Deliver | None = None
        self._timer: Timer | None = None
        self._log: list[str] | None = None
        self._debugging: Session | None = None
        self.loaded: frozenset[str] | None = None
        """Files that the runtime said it has read; None while it has said nothing."""

    @property
    def phase(self) -> Phase:
        return self.environment.phase

    def dispatch(self, event: Event) -> None:
        """The one way in. Raises what the machine refuses; then nothing was done."""
        around, environment = self._around, self.environment
        for action in environment.handle(event, around.clock.now()):
            self._apply(action)
        if environment.phase is DEAD:
            self._dispose()
        around.changed(self)

    def _apply(self, action: Action) -> None:
        match action:
            case Tell():
                if self._log is not None:
                    self._log.extend(platform_log.lines(action.fact))
                self._around.publish(action.fact)
            case Deliver():
                self._log = _new_log(action.invocation, self.environment.function.version)
                self._deliver(action)
            case Answer():
                self._answer(action)
            case SetTimer():
                self._cancel_timer()
                self._timer = self._around.clock.call_later(action.seconds, self._time_is_up, action.generation)
            case CancelTimer():
                self._cancel_timer()
            case StartSandbox():
                self._start()
            case Kill() if self._running is not None:
                self._running.kill()
            case Terminate() if self._running is not None:
                self._running.terminate()

    def _answer(self, action: Answer) -> None:
        outcome = action.outcome
        if self._log is not None and isinstance(outcome, Answered):
            outcome = replace(outcome, log=tail("".join(self._log)))
        self._log = None
        self._around.answered(self, action.invocation, outcome)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # -- the sandbox

    def _start(self) -> None:
        self._parked = self._delivery = None
        self.loaded = None
        self._sandbox_number += 1
        current = self.environment.current
        self._log = [] if current is not None and current.tail else None
        self._running = self._around.sandbox.start(self._spec, _Listener(self, self._sandbox_number))
        if self._running.pending:
            # A step inside a step: starting is the last action of its own.
            self.dispatch(SandboxAwaited())
        elif self._spec.debug:
            self._debug()

    def started(self, number: int) -> None:
        if number == self._sandbox_number and self.environment.phase is Phase.INIT:
            self.dispatch(SandboxStarted())
            if self._spec.debug:
                self._debug()

    def wrote(self, messages: list[str], source: str = "function") -> None:
        now = self._around.clock.now()
        environment = self.environment
        for message in messages:
            if self._log is not None:
                self._log.append(message)
            self._around.publish(environment.chronicle.wrote(now, environment.request_id, message, source))

    def launched(self, number: int, names: tuple[str, ...]) -> None:
        """External extensions were started; the runtime waits for them."""
        if number == self._sandbox_number:
            self.dispatch(ExtensionsLaunched(names))

    def extension_exited(self, number: int, name: str, code: int | None, signal: int | None) -> None:
        if number == self._sandbox_number and self.environment.phase is not Phase.DEAD:
            self.dispatch(ExtensionExited(name, code, signal, self._memory()))

    def exited(self, number: int, exit: SandboxExited) -> None:
        if number != self._sandbox_number or self.environment.phase is Phase.DEAD:
            return
        memory = self._memory()
        self._debugger_ends()
        self._running = self._parked = self._delivery = None
        self.dispatch(Exited(exit.code, exit.signal, exit.out_of_memory, memory))

    def _memory(self) -> int:
        return self._running.peak_memory() if self._running is not None else 0

    def _drain(self) -> None:
        if self._running is not None:
            self._running.drain()

    def _time_is_up(self, generation: int) -> None:
        self._timer = None
        self._drain()
        self.dispatch(DeadlineHit(generation, self._memory()))

    # -- its debugger

    @property
    def debugging(self) -> Session | None:
        """The debugger that its runtime is under."""
        return self._debugging

    def _debug(self) -> None:
        """The runtime runs. A sandbox that cannot debug it has no address; it wrote why."""
        around, environment = self._around, self.environment
        where = self._running.debugger if self._running is not None else None
        if where is None or around.debuggers is None:
            return
        door = around.debuggers.door(environment.function)
        self._debugging = Session(door, where, self._held)
        now = around.clock.now()
        around.publish(waits(now, environment.function, environment.name, door.address, around.sandbox.name))

    def _held(self, event: DebuggerAttached | DebuggerLeft) -> None:
        if type(event) in TABLE[self.environment.phase]:
            self.dispatch(event)

    def _debugger_ends(self) -> None:
        if self._debugging is not None:
            session, self._debugging = self._debugging, None
            session.end()

    def give_up_debugger(self) -> None:
        """Another environment of the function gets it. A runtime that waits for its client would wait for ever: it is
        started again without."""
        waited = self._debugging is not None and not self._debugging.came
        self._spec = replace(self._spec, debug=False)
        self._debugger_ends()
        if waited and self._running is not None:
            self._running.kill()

    # -- the Runtime API

    def _receive(self, exchange: RuntimeExchange) -> None:
        operation, request_id = runtime_api.classify(exchange.method, exchange.path)
        match operation:
            case Operation.NEXT:
                self._next(exchange)
            case Operation.RESPONSE:
                self._drain()
                self._posted(exchange, self._response(request_id, exchange))
            case Operation.ERROR:
                self._drain()
                error_type = runtime_api.error_type(
                    exchange.headers.get("lambda-runtime-function-error-type"), "Function"
                )
                self._posted(exchange, ErrorPosted(request_id, exchange.body, error_type, self._memory()))
            case Operation.INIT_ERROR:
                self._drain()
                error_type = runtime_api.error_type(
                    exchange.headers.get("lambda-runtime-function-error-type"), "Runtime"
                )
                # Answered first: the environment is killed in the same step.
                if self.environment.phase is Phase.INIT:
                    self._reply(exchange, runtime_api.OK)
                    self.dispatch(InitErrorPosted(exchange.body, error_type, self._memory()))
                else:
                    self._reply(exchange, runtime_api.invalid_transition(self.environment.phase))
            case Operation.LOADED:
                files = runtime_api.loaded_files(exchange.body)
                if files is not None:
                    self.loaded = files if self.loaded is None else self.loaded | files
                    if self._around.loaded is not None:
                        self._around.loaded(files)
                self._reply(exchange, runtime_api.OK)
            case Operation.ADVICE:
                around, one = self._around, self.environment
                for fact in around.advice.told(around.clock.now(), one.function, one.name, exchange.body):
                    around.publish(fact)
                self._reply(exchange, runtime_api.OK)
            case Operation.PING:
                self._reply(exchange, runtime_api.PONG)
            case Operation.WRONG_METHOD:
                self._reply(exchange, runtime_api.WRONG_METHOD)
            case Operation.UNKNOWN:
                self._reply(exchange, runtime_api.NOT_FOUND)

    def _response(self, request_id: str, exchange: RuntimeExchange) -> Responded | ErrorPosted:
        if len(exchange.body) > failures.MAX_RESPONSE:
            return ErrorPosted(
                request_id, failures.response_too_large(), "Function.ResponseSizeTooLarge", self._memory()
            )
        content_type = exchange.headers.get("content-type", "application/json")
        return Responded(request_id, exchange.body, content_type, self._memory())

    def _posted(self, exchange: RuntimeExchange, event: Responded | ErrorPosted) -> None:
        try:
            self.dispatch(event)
        except InvalidRequestID:
            self._reply(exchange, runtime_api.INVALID_REQUEST_ID)
        except InvalidTransition:
            self._reply(exchange, runtime_api.invalid_transition(self.environment.phase))
        else:
            too_large = len(exchange.body) > failures.MAX_RESPONSE
            self._reply(exchange, runtime_api.TOO_LARGE if too_large else runtime_api.OK)

    def _next(self, exchange: RuntimeExchange) -> None:
        if self._delivery is not None:
            # The runtime came back on a new connection before it got its invocation.
            delivery, self._delivery = self._delivery, None
            self._parked = exchange
            self._deliver(delivery)
            return
        previous, self._parked = self._parked, exchange
        try:
            self.dispatch(_POLLED)
        except InvalidTransition:
            self._parked = previous
            self._reply(exchange, runtime_api.invalid_transition(self.environment.phase))

    def _deliver(self, delivery: Deliver) -> None:
        invocation = delivery.invocation
        headers = runtime_api.next_headers(invocation, invocation.arn or self._arn, delivery.deadline)
        parked, self._parked = self._parked, None
        if parked is None or not parked.reply(200, headers, invocation.payload):
            self._delivery = delivery

    @staticmethod
    def _reply(exchange: RuntimeExchange, reply: runtime_api.Reply) -> None:
        exchange.reply(reply.status, reply.headers, reply.body)

    def _dispose(self) -> None:
        self._debugger_ends()
        self._cancel_timer()
        self._listening.close()
        self._around.sandbox.discard(self._spec)


class _Listener:
    """What one sandbox of an environment does; a later one has a higher number, and an old one is no longer heard."""

    __slots__ = ("_number", "_slot")

    def __init__(self, slot: Slot, number: int) -> None:
        self._slot = slot
        self._number = number

    def wrote(self, messages: list[str]) -> None:
        self._slot.wrote(messages)

    def extension_wrote(self, messages: list[str]) -> None:
        self._slot.wrote(messages, "extension")

    def launched(self, names: tuple[str, ...]) -> None:
        self._slot.launched(self._number, names)

    def extension_exited(self, name: str, code: int | None, signal: int | None) -> None:
        self._slot.extension_exited(self._number, name, code, signal)

    def started(self) -> None:
        self._slot.started(self._number)

    def exited(self, exit: SandboxExited) -> None:
        self._slot.exited(self._number, exit)


def _new_log(invocation: Invocation, version: str) -> list[str] | None:
    """What the caller gets to read begins with START."""
    return [platform_log.start(invocation.request_id, version)] if invocation.tail else None


def tail(log: str) -> str:
    """The last 4 KB, counted in UTF-8 bytes, never starting inside a character."""
    raw = log.encode("utf-8", "replace")
    return log if len(raw) <= LOG_TAIL else raw[-LOG_TAIL:].decode("utf-8", "ignore")
