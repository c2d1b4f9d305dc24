"""One environment with everything that is real about it: its port, its process, its timer, the log of what runs.

The machine decides, the slot does. Every event enters through `dispatch`, which applies the machine's actions in order
and in one go; nothing here decides anything about phases. What comes in on its port is answered by two desks: the
runtime's, and the extensions', which is there only where extensions are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from localstack_lite.lambdas.advice import Advice
from localstack_lite.lambdas.environments import runtime_api
from localstack_lite.lambdas.environments.actions import (
    Action,
    Answer,
    BeginAnswer,
    CancelTimer,
    Deliver,
    DeliverInvoke,
    DeliverRestore,
    DeliverShutdown,
    Freeze,
    Kill,
    SetTimer,
    StartRuntime,
    StartSandbox,
    Tell,
    Terminate,
    Thaw,
)
from localstack_lite.lambdas.environments.answer_stream import AnswerStream
from localstack_lite.lambdas.environments.debugging import Debuggers, Session, waits
from localstack_lite.lambdas.environments.environment import Environment
from localstack_lite.lambdas.environments.events import (
    DeadlineHit,
    DebuggerAttached,
    DebuggerLeft,
    Event,
    Exited,
    ExtensionExited,
    ExtensionsLaunched,
    RuntimeExited,
    SandboxAwaited,
    SandboxStarted,
)
from localstack_lite.lambdas.environments.onlookers import Onlookers
from localstack_lite.lambdas.environments.phases import DEAD, TABLE, Phase
from localstack_lite.lambdas.environments.runtime_api import Operation
from localstack_lite.lambdas.environments.runtime_desk import RuntimeDesk, reply
from localstack_lite.lambdas.environments.sandbox_ear import SandboxEar
from localstack_lite.model import application_log, platform_log
from localstack_lite.model.arn import function_arn
from localstack_lite.model.facts import Fact
from localstack_lite.model.invocation import Answered, Invocation, Outcome, Streaming
from localstack_lite.model.project import Project
from localstack_lite.ports import (
    Clock,
    Ids,
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
LOG_TAIL: Final = 4096


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all environments share. `changed` is called after every step; `answered` when a caller's wait is over;
    `begun` when the answer of a `streamed` invocation begins. Without `ids` there are no extensions."""

    clock: Clock
    sandbox: Sandbox
    listen: RuntimeListen
    publish: Publish
    answered: Callable[[Slot, Invocation, Outcome], None]
    changed: Callable[[Slot], None]
    loaded: Callable[[frozenset[str]], None] | None = None
    debuggers: Debuggers | None = None
    advice: Advice = field(default_factory=Advice)
    begun: Callable[[Slot, Invocation, Streaming], None] | None = None
    ids: Ids | None = None


class Slot:
    DESK: type[RuntimeDesk] = RuntimeDesk

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
        arn = function_arn(project.region, project.account, environment.function.name)
        self._runtime = self.DESK(
            environment,
            arn,
            dispatch=self.dispatch,
            memory=self._memory,
            drain=self._drain,
            elsewhere=self._elsewhere,
        )
        self._onlookers = Onlookers(
            environment,
            arn,
            project.account,
            dispatch=self.dispatch,
            publish=self._publish,
            clock=around.clock,
            ids=around.ids,
            memory=self._memory,
            inside=self._inside,
            pending=self._pending,
        )
        self._listening = around.listen(self._runtime.receive)
        self._spec = spec(self._listening.address)
        self._running: RunningSandbox | None = None
        self._sandbox_number = 0
        self._timer: Timer | None = None
        self._log: list[str] | None = None
        self._stream: AnswerStream | None = None
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
            case Tell(fact=fact):
                if self._log is not None:
                    self._log.extend(platform_log.lines(fact, self.environment.function))
                self._around.publish(fact)
                if self._onlookers.observe is not None:
                    self._onlookers.observe(fact)
            case Deliver(invocation=invocation):
                self._log = self._new_log(invocation) if invocation.tail else None
                self._runtime.deliver(action)
            case Answer():
                self._answer(action)
            case SetTimer():
                self._cancel_timer()
                self._timer = self._around.clock.call_later(action.seconds, self._time_is_up, action.generation)
            case CancelTimer():
                self._cancel_timer()
            case StartSandbox():
                self._start()
            case BeginAnswer():
                self._begin_answer(action)
            case DeliverInvoke() | DeliverShutdown():
                self._onlookers.deliver(action)
            case DeliverRestore():
                self._runtime.restored()
            case _:
                if self._running is not None:
                    _tell_sandbox(self._running, action)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # -- answers

    def _answer(self, action: Answer) -> None:
        outcome = action.outcome
        stream, self._stream = self._stream, None
        if isinstance(outcome, Answered):
            if stream is not None and not outcome.error and not action.invocation.streamed:
                outcome = replace(outcome, payload=stream.whole())
            if self._log is not None:
                outcome = replace(outcome, log=tail("".join(self._log)))
            if stream is not None:
                stream.finish(outcome)
        self._log = None
        self._around.answered(self, action.invocation, outcome)

    def _begin_answer(self, action: BeginAnswer) -> None:
        self._stream = self._runtime.begin(action)
        invocation, environment = action.invocation, self.environment
        if invocation.streamed and self._around.begun is not None:
            version, kind = environment.function.version, action.content_type
            began = Streaming(invocation.request_id, self._stream, kind, version, environment.name, action.cold)
            self._around.begun(self, invocation, began)

    def _new_log(self, invocation: Invocation) -> list[str]:
        """What the caller gets to read begins with START."""
        one = self.environment
        return list(platform_log.lines(one.chronicle.started(self._around.clock.now(), invocation), one.function))

    # -- what is told

    def _publish(self, fact: Fact) -> None:
        if self._log is not None:
            self._log.extend(platform_log.lines(fact, self.environment.function))
        self._around.publish(fact)

    def wrote(self, messages: list[str], source: str = "function") -> None:
        now = self._around.clock.now()
        environment = self.environment
        if source == "function":
            messages = application_log.passed(messages, environment.function.logging)
        for message in messages:
            if self._log is not None:
                self._log.append(message)
            fact = environment.chronicle.wrote(now, environment.request_id, message, source)
            self._around.publish(fact)
            if self._onlookers.observe is not None:
                self._onlookers.observe(fact)

    # -- the sandbox

    def _start(self) -> None:
        self._runtime.reset()
        self._onlookers.begin()
        self.loaded = None
        self._sandbox_number += 1
        current = self.environment.current
        self._log = [] if current is not None and current.tail else None
        self._running = self._around.sandbox.start(self._spec, SandboxEar(self, self._sandbox_number))
        if self._running.pending:
            # A step inside a step: starting is the last action of its own.
            self.dispatch(SandboxAwaited())
        elif self._spec.debug:
            self._debug()

    def is_current(self, number: int) -> bool:
        """Whether that sandbox is still the environment's."""
        return number == self._sandbox_number and self.environment.phase is not DEAD

    def started(self) -> None:
        if self.environment.phase is Phase.INIT:
            self.dispatch(SandboxStarted())
            if self._spec.debug:
                self._debug()

    def launched(self, names: tuple[str, ...]) -> None:
        """External extensions were started; the runtime waits for them."""
        if self.environment.phase is Phase.INIT:
            self._onlookers.arrive()
            self.dispatch(ExtensionsLaunched(names))

    def extension_exited(self, name: str, code: int | None, signal: int | None, *, denied: bool = False) -> None:
        self._drain()
        if ExtensionExited in TABLE[self.environment.phase]:
            self.dispatch(ExtensionExited(name, code, signal, self._memory(), denied))

    def runtime_exited(self, exit: SandboxExited) -> None:
        memory = self._memory()
        self._debugger_ends()
        self._runtime.reset()
        if RuntimeExited in TABLE[self.environment.phase]:
            self.dispatch(RuntimeExited(exit.code, exit.signal, exit.out_of_memory, memory))

    def exited(self, exit: SandboxExited) -> None:
        memory = self._memory()
        self._debugger_ends()
        self._running = None
        self._runtime.reset()
        self._onlookers.flush()
        self.dispatch(Exited(exit.code, exit.signal, exit.out_of_memory, memory))

    def _memory(self) -> int:
        return self._running.peak_memory() if self._running is not None else 0

    def _inside(self, port: int) -> tuple[str, int] | None:
        return None if self._running is None else self._running.inside(port)

    def _pending(self) -> bool:
        return self._running is not None and self._running.pending

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

    # -- what is asked beside invocations

    def _elsewhere(self, operation: Operation, exchange: RuntimeExchange) -> None:
        around, one = self._around, self.environment
        match operation:
            case Operation.LOADED:
                files = runtime_api.loaded_files(exchange.body)
                if files is not None:
                    self.loaded = files if self.loaded is None else self.loaded | files
                    if around.loaded is not None:
                        around.loaded(files)
                reply(exchange, runtime_api.OK)
            case Operation.ADVICE:
                for fact in around.advice.told(around.clock.now(), one.function, one.name, exchange.body):
                    around.publish(fact)
                reply(exchange, runtime_api.OK)
            case Operation.PING:
                reply(exchange, runtime_api.PONG)
            case Operation.WRONG_METHOD:
                reply(exchange, runtime_api.WRONG_METHOD)
            case _:
                if not self._onlookers.receive(exchange):
                    reply(exchange, runtime_api.NOT_FOUND)

    def _dispose(self) -> None:
        self._debugger_ends()
        self._cancel_timer()
        self._onlookers.close()
        self._listening.close()
        self._around.sandbox.discard(self._spec)


def _tell_sandbox(running: RunningSandbox, action: Action) -> None:
    match action:
        case Kill():
            running.kill()
        case Thaw():
            running.thaw()
        case Freeze():
            running.freeze()
        case Terminate():
            running.terminate()
        case StartRuntime():
            running.start_runtime()


def tail(log: str) -> str:
    """The last 4 KB, counted in UTF-8 bytes, never starting inside a character."""
    raw = log.encode("utf-8", "replace")
    return log if len(raw) <= LOG_TAIL else raw[-LOG_TAIL:].decode("utf-8", "ignore")
