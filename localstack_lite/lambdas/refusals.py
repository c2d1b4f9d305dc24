"""What an environment refuses for more than its phase's sake: asked before an event is taken, when nothing has changed.

The table in `phases` says which events a phase knows at all; here are the parties, the reservation and the ids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstack_lite.lambdas.environments.events import (
    RUNTIME,
    Assigned,
    ErrorPosted,
    Event,
    ExtensionExited,
    ExtensionFailed,
    Polled,
    Registered,
    Responded,
    ResponseBegun,
    ResponseEnded,
    RestoreErrorPosted,
    RestorePolled,
)
from localstack_lite.lambdas.environments.phases import INVOKE, InvalidRequestID, InvalidTransition, Party, Phase
from localstack_lite.model.initialization import Initialization

if TYPE_CHECKING:
    from localstack_lite.lambdas.environments.environment import Environment

_ENDED = (Party.GONE, Party.ENDED)
_NO_RUNTIME = (INVOKE, Phase.RESET, Phase.STOPPING)


def check(one: Environment, event: Event) -> None:
    """Raises `InvalidTransition` or `InvalidRequestID` when `event` is not possible now."""
    match event:
        case Polled(party=party):
            if one.parties.get(party, Party.GONE) in _ENDED:
                raise InvalidTransition(f"{party} is not part of {one!r}")
            if party == RUNTIME:
                if one.phase in _NO_RUNTIME or one.runtime_waits:
                    raise InvalidTransition(f"the runtime polled in {one.phase}")
            elif party not in one.subscribers:
                raise InvalidTransition(f"{party} polled before it registered")
        case Responded(request_id=request_id) | ErrorPosted(request_id=request_id):
            _is_current(one, request_id)
            if one.begun is not None:
                raise InvalidTransition(f"{one!r} answers {request_id} already")
        case Assigned():
            if one.reserved or one.stale:
                raise InvalidTransition(f"{one!r} cannot take an invocation")
        case _:
            _check_further(one, event)


def _check_further(one: Environment, event: Event) -> None:
    """What is no part of a warm invocation."""
    match event:
        case ResponseBegun(request_id=request_id):
            _is_current(one, request_id)
            if one.begun is not None:
                raise InvalidTransition(f"{one!r} answers {request_id} already")
        case ResponseEnded(request_id=request_id):
            _is_current(one, request_id)
            if one.begun is None:
                raise InvalidTransition(f"{one!r} has not begun to answer {request_id}")
        case Registered(party=party):
            known = party in one.subscribers or (party in one.parties and party not in one.external)
            if known or not one.registration_open:
                raise InvalidTransition(f"{party} cannot register now")
        case RestorePolled():
            mine = one.initialization is Initialization.SNAP_START
            if not mine or not one.registration_open or one.runtime_waits:
                raise InvalidTransition(f"there is nothing to restore in {one!r}")
        case RestoreErrorPosted():
            if not one.restoring:
                raise InvalidTransition(f"{one!r} is not being restored")
        case ExtensionExited(party=party) | ExtensionFailed(party=party):
            if party == RUNTIME or one.parties.get(party, Party.GONE) in _ENDED:
                raise InvalidTransition(f"{party} is not an extension of {one!r}")


def _is_current(one: Environment, request_id: str) -> None:
    if one.current is None or one.current.request_id != request_id:
        raise InvalidRequestID(request_id)
