"""How an environment comes up: its sandbox, its extensions, its runtime; the time that this may take; a snapshot.

* On demand init has 10 s, all other kinds have at least 130 s (AWS docs "Lambda execution environment lifecycle"). An
  init that belongs to an invocation has the function's timeout.
* External extensions register before the runtime starts, internal ones while it initialises.
* With SnapStart init ends when the runtime asks to be restored. On AWS the snapshot is taken there once, when the
  version is published; here every environment initialises and is restored right after. After-restore hooks have 10 s,
  then the invocation is refused.
* A simulated cold start holds back what is ready; no limit rings because of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from localstack_lite.lambdas.environments import actions, failures, invoking
from localstack_lite.lambdas.environments.events import (
    RUNTIME,
    Event,
    ExtensionsLaunched,
    InitErrorPosted,
    Registered,
    RestoreErrorPosted,
    RestorePolled,
    SandboxStarted,
    WarmRequested,
)
from localstack_lite.lambdas.environments.phases import FROZEN, READY, Party, Phase
from localstack_lite.model.initialization import NO_DELAY, Initialization
from localstack_lite.model.invocation import Status

if TYPE_CHECKING:
    from localstack_lite.lambdas.environments.environment import Environment

INIT_SECONDS: Final = 10.0
LONG_INIT_SECONDS: Final = 130.0
RESTORE_SECONDS: Final = 10.0


def limit(initialization: Initialization, timeout: float) -> float:
    """Seconds that an init may take which is no part of an invocation."""
    return INIT_SECONDS if initialization is Initialization.ON_DEMAND else max(LONG_INIT_SECONDS, timeout)


def take(one: Environment, event: Event, came_from: Phase, now: float) -> None:
    """An event that belongs to INIT."""
    match event:
        case Registered():
            _registered(one, event)
        case ExtensionsLaunched():
            _launched(one, event, now)
        case WarmRequested() if came_from is Phase.COLD:
            start(one, now)
        case SandboxStarted() if not one.external:
            start_clock(one, now)
        case RestorePolled():
            _restore_polled(one, now)
        case RestoreErrorPosted():
            _restore_error(one, event, now)
        case InitErrorPosted():
            failed(one, "error", event.error_type, event.payload, event.memory, now)
            one.act(actions.Kill())


def start(one: Environment, now: float) -> None:
    """A fresh environment initialises before its invocation, a reset one inside it."""
    one.parties = {RUNTIME: Party.STARTED}
    one.subscribers = {}
    one.external = ()
    one.runtime_waits = one.restore_asked = False
    one.restore_since = one.init_ms = one.restore_ms = one.held = None
    if one.was_reset and one.waiting is not None:
        one.current, one.waiting = one.waiting, None
    start_clock(one, now)
    if not one.retrying:
        one.tell(one.chronicle.init_started(now, _phase(one)))
    one.retrying = False
    one.act(actions.StartSandbox())


def start_clock(one: Environment, now: float) -> None:
    """Again when the runtime itself starts: what its sandbox took before is none of the function's time."""
    one.init_since = now
    if one.suppressed:
        invoking.start_clock(one, now)
    else:
        one.act(one.countdown.set(limit(one.initialization, one.function.timeout), now))


# -- extensions


def _launched(one: Environment, event: ExtensionsLaunched, now: float) -> None:
    """Time counts from here where the sandbox had to be awaited: the runtime starts only after them."""
    one.external = event.names
    one.runtime_waits = True
    for name in event.names:
        one.parties[name] = Party.STARTED
    if not one.countdown.armed:
        start_clock(one, now)


def _registered(one: Environment, event: Registered) -> None:
    one.parties[event.party] = Party.STARTED
    one.subscribers[event.party] = event
    if one.runtime_waits and all(name in one.subscribers for name in one.external):
        one.runtime_waits = False
        one.act(actions.StartRuntime())


def tell_extensions(one: Environment, now: float, failed: str = "", fate: str = "", error_type: str = "") -> None:
    """Where each of them stands when init is over; `failed` is the one that ended it, `fate` how."""
    for name, state in one.parties.items():
        if name == RUNTIME:
            continue
        wants = one.subscribers.get(name)
        events = subscribed(one, name)
        if name == failed:
            one.tell(one.chronicle.extension(now, name, fate, events, error_type))
        else:
            word = "Started" if wants is None else "Registered" if state is Party.STARTED else "Ready"
            one.tell(one.chronicle.extension(now, name, word, events))


def subscribed(one: Environment, party: str) -> tuple[str, ...]:
    """The events that an extension wants."""
    wants = one.subscribers.get(party)
    if wants is None:
        return ()
    return (("INVOKE",) if wants.invoke else ()) + (("SHUTDOWN",) if wants.shutdown else ())


# -- the snapshot


def runtime_polled(one: Environment, now: float) -> None:
    """The runtime's first poll."""
    if not one.detailed or one.parties[RUNTIME] is READY:
        return
    if one.restore_since is not None:
        one.tell(one.chronicle.restore_runtime_done(now, "success"))
    else:
        one.tell(one.chronicle.init_runtime_done(now, _phase(one), "success"))


def _restore_polled(one: Environment, now: float) -> None:
    one.restore_asked = True
    if one.detailed:
        one.tell(one.chronicle.init_runtime_done(now, _phase(one), "success"))


def _restore_error(one: Environment, event: RestoreErrorPosted, now: float) -> None:
    """Told to the caller at once: there is no second try."""
    one.failed = one.was_reset = True
    one.act(one.countdown.cancel())
    _tell_restore_ended(one, "error", event.error_type, now)
    _answer_restored(one, now)
    if one.current is not None:
        invoking.finish(one, event.payload, event.error_type, event.memory, now)
    one.act(actions.Kill())


def restore_timed_out(one: Environment, now: float) -> None:
    one.failed = one.was_reset = True
    _tell_restore_ended(one, "timeout", "", now)
    for invocation in (one.current, one.waiting):
        if invocation is not None:
            refused = failures.restore_timed_out(invocation.request_id, RESTORE_SECONDS)
            one.act(actions.Answer(invocation, refused))
    one.current = one.waiting = None


def _restore(one: Environment, now: float) -> None:
    _tell_ended(one, "success", "", now)
    one.restore_since = now
    one.tell(one.chronicle.restore_started(now))
    if one.restore_asked:
        if not one.suppressed:
            one.act(one.countdown.set(RESTORE_SECONDS, now))
        one.act(actions.DeliverRestore())


def _answer_restored(one: Environment, now: float) -> None:
    """The invocation that waited for it is the one that fails."""
    if one.waiting is not None:
        one.current, one.waiting = one.waiting, None
        one.since = one.deadline = now
    if one.current is not None:
        one.tell(one.chronicle.started(now, one.current))


# -- the end of it


def come_up(one: Environment, now: float) -> bool:
    """The joint rule of INIT. Whether it has led on."""
    if one.held:
        return False
    if one.initialization is Initialization.SNAP_START and one.restore_since is None:
        if not all(state is READY or (one.restore_asked and name == RUNTIME) for name, state in one.parties.items()):
            return False
        _restore(one, now)
        return True
    if not one.all(READY):
        return False
    if one.held is None and one.cold_start is not NO_DELAY and _hold(one, now):
        return False
    _ready(one, now)
    return True


def _hold(one: Environment, now: float) -> bool:
    """Whether a simulated cold start goes on."""
    took = now - (one.init_since if one.restore_since is None else one.restore_since)
    more = max(took + one.cold_start.added, one.cold_start.least) - took
    if more <= 0:
        return False
    one.held = True
    if not one.suppressed or now + more < one.deadline:
        one.act(one.countdown.set(more, now))
    return True


def _ready(one: Environment, now: float) -> None:
    one.failed = False
    if one.restore_since is not None:
        _tell_restore_ended(one, "success", "", now)
    else:
        _tell_ended(one, "success", "", now)
    tell_extensions(one, now)
    if one.suppressed:
        if one.held is not None:
            one.act(one.countdown.set(max(one.deadline - now, 0.0), now))
    else:
        if one.restore_since is not None:
            one.restore_ms = (now - one.restore_since) * 1000
        elif one.initialization is Initialization.ON_DEMAND:
            one.init_ms = (now - one.init_since) * 1000
        one.act(one.countdown.cancel())
    one.last_used = now
    one.phase = FROZEN
    if one.current is not None:
        invocation, one.current = one.current, None
        invoking.invoke(one, invocation, now, clock_runs=True)


def failed(one: Environment, status: str, error_type: str, payload: bytes, memory: int, now: float) -> None:
    """The invocation of a suppressed init gets `payload`; one that waits for a first init gets a second try."""
    one.failed = one.was_reset = True
    one.last_used = now
    one.act(one.countdown.cancel())
    tell_failed(one, status, error_type, now)
    if one.current is not None:
        one.tell(one.chronicle.started(now, one.current))
        outcome = Status.TIMEOUT if status == "timeout" else Status.ERROR
        invoking.finish(one, payload, error_type, memory, now, status=outcome)
    elif one.waiting is not None:
        one.current, one.waiting = one.waiting, None
        one.retrying = True


def tell_failed(one: Environment, status: str, error_type: str, now: float) -> None:
    if one.restore_since is not None:
        _tell_restore_ended(one, status, error_type, now)
        return
    if one.detailed and not one.restore_asked and one.parties[RUNTIME] is not READY:
        one.tell(one.chronicle.init_runtime_done(now, _phase(one), status, error_type))
    _tell_ended(one, status, error_type, now)


def _tell_ended(one: Environment, status: str, error_type: str, now: float) -> None:
    one.tell(one.chronicle.init_ended(now, _phase(one), status, one.init_since, error_type))


def _tell_restore_ended(one: Environment, status: str, error_type: str, now: float) -> None:
    assert one.restore_since is not None
    if one.detailed and status != "success":
        one.tell(one.chronicle.restore_runtime_done(now, status, error_type))
    one.tell(one.chronicle.restore_ended(now, status, one.restore_since, error_type))


def _phase(one: Environment) -> str:
    return "invoke" if one.suppressed else "init"
