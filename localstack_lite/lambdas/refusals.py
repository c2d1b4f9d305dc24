"""What an environment refuses for more than its phase's sake: asked before an event is taken, when nothing has changed.

The table in `phases` says which events a phase knows at all; here are the parties, the reservation and the ids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstack_lite.lambdas.events import RUNTIME, Assigned, ErrorPosted, Event, Polled, Registered, Responded
from localstack_lite.lambdas.phases import INVOKE, READY, InvalidRequestID, InvalidTransition, Party, Phase

if TYPE_CHECKING:
    from localstack_lite.lambdas.environment import Environment


def check(one: Environment, event: Event) -> None:
    """Raises `InvalidTransition` or `InvalidRequestID` when `event` is not possible now."""
    match event:
        case Polled(party=party):
            if one.parties.get(party, Party.GONE) is Party.GONE:
                raise InvalidTransition(f"{party} is not part of {one!r}")
            if party == RUNTIME and (one.phase is INVOKE or one.phase is Phase.STOPPING):
                raise InvalidTransition(f"the runtime polled in {one.phase}")
        case Responded(request_id=request_id) | ErrorPosted(request_id=request_id):
            if one.current is None or one.current.request_id != request_id:
                raise InvalidRequestID(request_id)
        case Assigned():
            if one.reserved or one.stale:
                raise InvalidTransition(f"{one!r} cannot take an invocation")
        case Registered(party=party):
            if party in one.parties or one.parties[RUNTIME] is READY:
                raise InvalidTransition(f"{party} cannot register now")
