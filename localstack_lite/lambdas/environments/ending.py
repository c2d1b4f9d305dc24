"""How an environment, or what runs in it, comes to an end: exits, crashes, deadlines, requests to stop.

A crash or a timeout resets it: extensions are told, everything is ended, and it is COLD again. The caller of the
invocation that it happened to does not wait for that. What fails while it initialises is killed without a word.
"""

from __future__ import annotations

from signal import SIGSEGV
from typing import TYPE_CHECKING

from localstack_lite.lambdas.environments import actions, failures, initialising, invoking
from localstack_lite.lambdas.environments.events import (
    RUNTIME,
    DeadlineHit,
    Event,
    Exited,
    ExtensionExited,
    ExtensionFailed,
    RuntimeExited,
    StopRequested,
)
from localstack_lite.lambdas.environments.phases import INIT, INVOKE, Party, Phase
from localstack_lite.model.invocation import Status

if TYPE_CHECKING:
    from localstack_lite.lambdas.environments.environment import Environment

_OVER = (Phase.RESET, Phase.STOPPING)


def take(one: Environment, event: Event, came_from: Phase, now: float) -> None:
    match event:
        case Exited():
            _exited(one, event, came_from, now)
        case RuntimeExited():
            _runtime_exited(one, event, came_from, now)
        case ExtensionExited():
            _extension_exited(one, event, came_from, now)
        case ExtensionFailed() if came_from not in _OVER:
            kind = "Extension.InitError" if event.where == "init" else "Extension.ExitError"
            _extension_ended_it(one, event.party, kind, event.error_type, "exit code 0", event.memory, came_from, now)
        case DeadlineHit():
            _deadline_hit(one, event, came_from, now)
        case StopRequested():
            _stop(one, event.reason, came_from, now)


def _exited(one: Environment, event: Exited, came_from: Phase, now: float) -> None:
    """The sandbox is gone, with all of its processes."""
    for party in one.parties:
        one.parties[party] = Party.GONE
    one.suspended = False
    one.farewell.over()
    if came_from not in _OVER:
        _runtime_ended(one, event, came_from, now)
    elif not one.segfault:
        one.act(one.countdown.cancel())


def _runtime_exited(one: Environment, event: RuntimeExited, came_from: Phase, now: float) -> None:
    """Its extensions are still there."""
    one.parties[RUNTIME] = Party.ENDED
    if came_from in _OVER:
        one.actions += one.farewell.runtime_gone(now)
        return
    one.thaw()
    _runtime_ended(one, event, came_from, now)
    if came_from is INIT:
        one.act(actions.Kill())
    elif not one.segfault:
        say_goodbye(one, "failure", now)


def _runtime_ended(one: Environment, event: Exited | RuntimeExited, came_from: Phase, now: float) -> None:
    one.was_reset = True
    error_type = "Runtime.OutOfMemory" if event.out_of_memory else "Runtime.ExitError"
    if came_from is INIT:
        if one.current is None:
            initialising.failed(one, "error", error_type, b"", event.memory, now)
            return
        one.failed = True
        initialising.tell_failed(one, "error", error_type, now)
        one.tell(one.chronicle.started(now, one.current))
    if one.current is None:
        invoking.settle(one, now)
        one.act(one.countdown.cancel())
        return
    request_id = one.current.request_id
    message = failures.exit_message(event.code, event.signal)
    if event.signal == SIGSEGV:
        # Recorded: a segmentation fault is answered as a timeout, when the timeout is reached.
        one.segfault = True
        what = f"{message}; AWS answers such a crash only at the function's timeout"
        one.tell(one.chronicle.waits(now, request_id, what, max(one.deadline - now, 0.0)))
        return
    one.tell(one.chronicle.crashed(now, request_id, message, error_type))
    payload = failures.exited(request_id, event.code, event.signal)
    invoking.finish(one, payload, error_type, event.memory, now)


def _extension_exited(one: Environment, event: ExtensionExited, came_from: Phase, now: float) -> None:
    """On its way out nobody minds; otherwise the environment cannot go on without it."""
    if came_from not in _OVER:
        unknown = event.code is None and event.signal is None
        kind = "Extension.LaunchError" if unknown else "Extension.Crash"
        why = kind if not unknown else "PermissionDenied" if event.denied else "UnknownError"
        message = failures.extension_message(event.party, event.code, event.signal, denied=event.denied)
        one.parties[event.party] = Party.ENDED
        _extension_ended_it(one, event.party, kind, why, message, event.memory, came_from, now)
    else:
        one.parties[event.party] = Party.ENDED
        one.actions += one.farewell.gone(event.party)


def _extension_ended_it(
    one: Environment, party: str, kind: str, why: str, message: str, memory: int, came_from: Phase, now: float
) -> None:
    """`kind` is the error's type as the caller gets it; `why` is what the EXTENSION line says: the extension's own."""
    state = kind.removeprefix("Extension.")
    # After the answer it is still that invocation which it worked on.
    request_id = one.request_id or (one.owed[0].request_id if one.owed is not None else "")
    one.tell(one.chronicle.crashed(now, request_id, message, kind))
    payload = failures.extension_failed(request_id, kind, message)
    if came_from is INIT:
        initialising.tell_extensions(one, now, party, state, why)
        initialising.failed(one, "error", kind, payload, memory, now)
        one.act(actions.Kill())
        return
    one.was_reset = True
    one.tell(one.chronicle.extension(now, party, state, initialising.subscribed(one, party), why))
    if came_from is INVOKE:
        invoking.finish(one, payload, kind, memory, now)
    else:
        invoking.settle(one, now)
    say_goodbye(one, "failure", now)


def _deadline_hit(one: Environment, event: DeadlineHit, came_from: Phase, now: float) -> None:
    one.countdown.rang()
    if came_from is INIT and one.held and not (one.suppressed and now >= one.deadline):
        one.phase, one.held = INIT, False
        return
    if one.farewell.under_way:
        one.actions += one.farewell.rang(now)
        return
    one.was_reset = True
    match came_from:
        case Phase.INIT if one.restore_since is not None and not one.suppressed:
            initialising.restore_timed_out(one, now)
        case Phase.INIT:
            initialising.failed(one, "timeout", *_timeout(one), event.memory, now)
        case Phase.INVOKE | Phase.RESET if one.current is not None:
            one.segfault = False
            invoking.finish(one, _timeout(one)[1], "Sandbox.Timedout", event.memory, now, status=Status.TIMEOUT)
        case Phase.DRAIN:
            invoking.settle(one, now, timed_out=True)
    if one.all(Party.GONE):
        return
    if came_from is not INIT:
        say_goodbye(one, "timeout", now)
    else:
        one.act(actions.Kill())


def _timeout(one: Environment) -> tuple[str, bytes]:
    return "Sandbox.Timedout", failures.timed_out(one.request_id, one.function.timeout)


def _stop(one: Environment, reason: str, came_from: Phase, now: float) -> None:
    if came_from is Phase.STOPPING:
        one.act(actions.Kill())
        return
    one.reason = reason
    one.segfault = False
    for invocation in (one.current, one.waiting):
        if invocation is not None:
            one.act(actions.Answer(invocation, failures.stopping(invocation.request_id)))
    one.current = one.waiting = one.begun = None
    invoking.settle(one, now)
    if came_from is INIT:
        one.act(one.countdown.cancel())
        one.act(actions.Kill())
    elif not one.farewell.under_way:
        say_goodbye(one, reason, now)


def say_goodbye(one: Environment, reason: str, now: float) -> None:
    """No extensions: SIGKILL at once, as AWS does. With them: SHUTDOWN events and a budget."""
    one.act(one.countdown.cancel())
    one.thaw()
    if not one.all(Party.GONE):
        one.actions += one.farewell.begin(one.parties, one.subscribers, reason, now)
