"""Storms over one environment: any event at any time that the outside world can cause, and what must hold after each.

The shell's side is played faithfully: a process can only speak while it lives and runs, what was killed may take its
time to go, the runtime starts after the extensions have registered. A move that is impossible now is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from signal import SIGKILL, SIGSEGV, SIGTERM
from typing import Any

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
from localstack_lite.lambdas.environments.environment import Environment
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
    StopRequested,
    WarmRequested,
)
from localstack_lite.lambdas.environments.phases import InvalidRequestID, InvalidTransition, Phase
from localstack_lite.model.facts import InvocationEnded, InvocationStarted
from localstack_lite.model.invocation import Answered, Invocation, Refused

START = 1_000.0


def state(machine: Environment) -> dict[str, Any]:
    """Everything the machine remembers, but for the list it hands out."""
    return {name: _copy(value) for name, value in vars(machine).items() if name != "actions"}


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return dict(value)
    slots = getattr(type(value), "__slots__", ())
    if type(value).__name__ in ("Countdown", "Farewell"):
        return {name: _copy(getattr(value, name)) for name in slots}
    return set(value) if isinstance(value, set) else value


class Storm:
    def __init__(self, machine: Environment, outside: tuple[str, ...] = ()) -> None:
        """`outside` are the external extensions that each sandbox starts."""
        self.now = START
        self.machine = machine
        self.outside = outside
        self.sandbox = False
        self.dying = False
        self.frozen = False
        self.runtime = False  # its process runs
        self.processes: set[str] = set()  # of external extensions
        self.polled: set[str] = set()
        self.restoring = False  # `/restore/next` is parked
        self.debugged = False
        self.begun: set[str] = set()
        self.armed: int | None = None
        self.rung: list[int] = []
        self.assigned: list[Invocation] = []
        self.answers: dict[str, list[Any]] = {}
        self.started: list[str] = []
        self.ended: list[str] = []

    @property
    def speaks(self) -> bool:
        """Whether its runtime can say something."""
        return self.runtime and not self.dying and not self.frozen

    def send(self, event: Event) -> bool:
        before = state(self.machine)
        self.now += 0.25
        try:
            actions = self.machine.handle(event, self.now)
        except (InvalidTransition, InvalidRequestID):
            assert state(self.machine) == before, f"{event!r} was refused but changed something"
            return False
        if isinstance(event, Assigned):
            self.assigned.append(event.invocation)
        if isinstance(event, Polled):
            self.polled.add(event.party)
        for action in actions:
            self.apply(action)
        return True

    def apply(self, action: Action) -> None:
        match action:
            case Deliver(invocation=what):
                self.heard(RUNTIME)
                assert what in self.assigned, "delivered what nobody assigned"
                assert what.request_id not in self.answers, "delivered after it was answered"
            case DeliverInvoke(party=party) | DeliverShutdown(party=party):
                self.heard(party)
            case DeliverRestore():
                assert self.restoring, "restored what did not ask"
                self.restoring = False
            case BeginAnswer(invocation=what):
                assert what.request_id not in self.begun, "begun twice"
                assert what.request_id not in self.answers, "begun after it was answered"
                self.begun.add(what.request_id)
            case Answer(invocation=what, outcome=outcome):
                assert what in self.assigned, "answered what nobody assigned"
                self.answers.setdefault(what.request_id, []).append(outcome)
            case SetTimer(seconds=seconds, generation=generation):
                assert seconds >= 0
                assert generation not in self.rung, "a generation used twice"
                self.armed = generation
            case CancelTimer():
                self.armed = None
            case Tell(fact=InvocationStarted(request_id=request_id)):
                self.started.append(request_id)
            case Tell(fact=InvocationEnded(report=report)):
                self.ended.append(report.request_id)
            case _:
                self.apply_to_processes(action)

    def apply_to_processes(self, action: Action) -> None:
        match action:
            case StartSandbox():
                self.starts()
            case Freeze():
                assert self.sandbox and not self.frozen, "frozen twice"  # noqa: PT018 - one rule
                self.frozen = True
            case Thaw():
                assert self.frozen, "thawed what runs"
                self.frozen = False
            case StartRuntime():
                assert not self.runtime, "two runtimes at once"
                self.runtime = True
            case Kill() | Terminate():
                assert self.sandbox, "ended what is not there"
                assert not self.frozen, "ended while it is stopped"
                self.dying = self.dying or isinstance(action, Kill)

    def starts(self) -> None:
        assert not self.sandbox, "two sandboxes at once"
        self.sandbox, self.dying, self.frozen, self.restoring = True, False, False, False
        self.polled = set()
        self.runtime = not self.outside
        self.processes = set()

    def heard(self, party: str) -> None:
        assert not self.frozen, f"{party} was told something while it is stopped"
        assert party in self.polled, f"{party} was told something that it did not ask for"
        self.polled.discard(party)

    # what always holds

    def check(self) -> None:
        self.an_invocation_is_answered_once_and_kept_until_then()
        self.nothing_waits_without_a_deadline_or_an_end_in_sight()
        self.a_sandbox_is_there_exactly_when_the_phase_needs_one()
        self.start_and_report_come_once_and_in_this_order()
        assert self.machine.suspended == self.frozen

    def an_invocation_is_answered_once_and_kept_until_then(self) -> None:
        assert all(len(outcomes) == 1 for outcomes in self.answers.values())
        kept = {one for one in (self.machine.waiting, self.machine.current) if one is not None}
        assert {one.request_id for one in kept} == {one.request_id for one in self.assigned} - self.answers.keys()
        assert self.machine.reserved == bool(kept)

    def nothing_waits_without_a_deadline_or_an_end_in_sight(self) -> None:
        match self.machine.phase:
            case Phase.INIT | Phase.INVOKE | Phase.DRAIN if self.debugged:
                assert self.armed is None, "no time passes while somebody debugs it"
            case Phase.INIT | Phase.INVOKE | Phase.DRAIN:
                assert self.armed is not None, f"{self.machine!r} may hang"
            case Phase.RESET | Phase.STOPPING:
                assert self.dying or self.armed is not None, f"{self.machine!r} may hang"
            case Phase.COLD | Phase.FROZEN:
                assert not self.machine.reserved
                assert not self.machine.stale
                assert self.armed is None, "an idle environment has no deadline"
            case Phase.DEAD:
                assert not self.machine.reserved
                assert self.armed is None
        assert not self.frozen or self.machine.phase is Phase.FROZEN, "only the idle are stopped"

    def a_sandbox_is_there_exactly_when_the_phase_needs_one(self) -> None:
        match self.machine.phase:
            case Phase.COLD | Phase.DEAD:
                assert not self.sandbox
            case Phase.INIT | Phase.FROZEN | Phase.INVOKE | Phase.DRAIN | Phase.STOPPING:
                assert self.sandbox

    def start_and_report_come_once_and_in_this_order(self) -> None:
        assert len(set(self.started)) == len(self.started)
        assert len(set(self.ended)) == len(self.ended)
        assert set(self.ended) <= set(self.started)

    def ends_well(self) -> None:
        """Stopped, and every process gone: it is dead, everyone was answered, every START has its REPORT."""
        self.send(StopRequested())
        if self.sandbox:
            exits(self, Exited(signal=SIGKILL))
        assert self.machine.phase is Phase.DEAD
        self.an_invocation_is_answered_once_and_kept_until_then()
        assert self.answers.keys() == {one.request_id for one in self.assigned}
        ran = {key for key, (outcome,) in self.answers.items() if isinstance(outcome, Answered)}
        assert ran == set(self.ended)
        assert all(isinstance(outcome, Answered | Refused) for (outcome,) in self.answers.values())


# What can happen. Hypothesis makes a failing storm small by putting `calm` where a move is not needed.

Move = Callable[[Storm], None]


def calm(storm: Storm) -> None:
    pass


def assign(storm: Storm) -> None:
    storm.send(Assigned(Invocation("Hello", b"{}", f"r{len(storm.assigned) + 1}")))


def warm(storm: Storm) -> None:
    storm.send(WarmRequested())


def rests(storm: Storm) -> None:
    storm.send(Rested())


def extensions_are_launched(storm: Storm) -> None:
    fresh = storm.sandbox and not storm.dying and not storm.runtime and not storm.processes
    if storm.outside and fresh and storm.machine.phase is Phase.INIT:
        storm.processes = set(storm.outside)
        assert storm.send(ExtensionsLaunched(storm.outside))


def outside_registers(storm: Storm) -> None:
    extensions_are_launched(storm)
    for name in sorted(storm.processes):
        if not storm.dying:
            storm.send(Registered(name, invoke=name != "silent", shutdown=name != "silent"))


def outside_exits(storm: Storm) -> None:
    if storm.processes and not storm.frozen:
        name = max(storm.processes)
        storm.processes.discard(name)
        if not storm.dying:
            assert storm.send(ExtensionExited(name, code=1)), "the end of an extension can never be refused"
        if not storm.processes and not storm.runtime and storm.dying:
            exits(storm, Exited(code=1))


def outside_fails(storm: Storm) -> None:
    if storm.processes and not storm.dying and not storm.frozen:
        storm.send(ExtensionFailed(min(storm.processes), "exit", "Extension.Mine"))


def inside_registers(storm: Storm) -> None:
    if storm.speaks:
        storm.send(Registered("inside", shutdown=False, internal=True))


def runtime_polls(storm: Storm) -> None:
    if storm.speaks:
        storm.send(Polled())


def everybody_polls(storm: Storm) -> None:
    outside_registers(storm)
    for party in tuple(storm.machine.parties):
        there = party in storm.processes if party in storm.outside else storm.runtime
        if there and not storm.dying and not storm.frozen:
            storm.send(Polled(party))


def asks_to_be_restored(storm: Storm) -> None:
    if storm.speaks and not storm.restoring:
        storm.restoring = True
        if not storm.send(RestorePolled()):
            storm.restoring = False


def fails_to_restore(storm: Storm) -> None:
    if storm.speaks:
        storm.send(RestoreErrorPosted(b"{}", "Runtime.AfterRestoreError"))


def responds(storm: Storm) -> None:
    if storm.speaks and storm.assigned:
        storm.send(Responded(storm.assigned[-1].request_id, b"1"))


def responds_to_the_one_before(storm: Storm) -> None:
    if storm.speaks and len(storm.assigned) > 1:
        storm.send(Responded(storm.assigned[-2].request_id, b"1"))


def begins_to_respond(storm: Storm) -> None:
    if storm.speaks and storm.assigned:
        storm.send(ResponseBegun(storm.assigned[-1].request_id))


def ends_its_response(storm: Storm) -> None:
    if storm.speaks and storm.assigned:
        storm.send(ResponseEnded(storm.assigned[-1].request_id, size=1))


def posts_an_error(storm: Storm) -> None:
    if storm.speaks and storm.assigned:
        storm.send(ErrorPosted(storm.assigned[-1].request_id, b"{}", "Function.Unknown"))


def posts_an_init_error(storm: Storm) -> None:
    if storm.speaks:
        storm.send(InitErrorPosted(b"{}", "Runtime.Unknown"))


def debugger_comes(storm: Storm) -> None:
    if storm.runtime and not storm.dying and not storm.debugged:
        storm.debugged = storm.send(DebuggerAttached())


def debugger_goes(storm: Storm) -> None:
    """At the latest with the runtime."""
    if storm.debugged:
        storm.debugged = False
        assert storm.send(DebuggerLeft())


def runtime_exits(storm: Storm, signal: int = SIGTERM) -> None:
    """Its extensions do not notice."""
    if storm.runtime and not storm.dying:
        if not storm.processes:
            exits(storm, Exited(signal=signal))
            return
        debugger_goes(storm)
        storm.runtime = False
        assert storm.send(RuntimeExited(signal=signal)), "the end of a runtime can never be refused"


def exits(storm: Storm, exit: Exited | None = None) -> None:
    """All of it is gone. A sandbox that has extensions is only when it was killed, or all of them ended."""
    if storm.sandbox:
        debugger_goes(storm)
        storm.sandbox = storm.dying = storm.runtime = storm.frozen = False
        storm.processes = set()
        assert storm.send(exit or Exited(code=1)), "the end of a sandbox can never be refused"


def crashes(storm: Storm) -> None:
    runtime_exits(storm, SIGSEGV)


def rings(storm: Storm) -> None:
    if storm.armed is not None:
        generation, storm.armed = storm.armed, None
        storm.rung.append(generation)
        assert storm.send(DeadlineHit(generation)), "an armed timer can never be refused"


def rings_late(storm: Storm) -> None:
    if storm.rung:
        before = state(storm.machine)
        assert storm.machine.handle(DeadlineHit(storm.rung[0]), storm.now) == []
        assert state(storm.machine) == before


def retires(storm: Storm) -> None:
    assert storm.send(Retired()) or storm.machine.phase is Phase.DEAD


def stops(storm: Storm) -> None:
    assert storm.send(StopRequested()) or storm.machine.phase is Phase.DEAD


MOVES: tuple[Move, ...] = (
    *(calm, assign, assign, assign, assign, warm, rests, rests, inside_registers, outside_registers),
    *(runtime_polls, everybody_polls, everybody_polls, everybody_polls, everybody_polls, asks_to_be_restored),
    *(responds, responds, responds, begins_to_respond, begins_to_respond, ends_its_response, ends_its_response),
    *(responds_to_the_one_before, posts_an_error, posts_an_init_error, fails_to_restore),
    *(
        debugger_comes,
        debugger_goes,
        debugger_goes,
        exits,
        runtime_exits,
        crashes,
        outside_exits,
        outside_fails,
        rings,
        rings,
        rings_late,
    ),
)
ENDINGS: tuple[Move, ...] = (calm, retires, stops)
