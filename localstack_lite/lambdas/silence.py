"""What a caller who has heard nothing for a while waits for. Pure."""

from __future__ import annotations

from localstack_lite.lambdas.environments.phases import Phase
from localstack_lite.lambdas.environments.slot import Slot
from localstack_lite.lambdas.waiting import Pending
from localstack_lite.model.facts import InvocationWaits


def silence(pending: Pending, slot: Slot | None, environments: int, now: float) -> InvocationWaits:
    """`slot` has the invocation, if one does; `environments` are all that this machine carries now."""
    name = "" if slot is None else slot.environment.name
    debugging = None if slot is None else slot.debugging
    if debugging is not None and not debugging.came:
        what = f"waiting for a debugger at {debugging.address}"
    elif debugging is not None and debugging.attached:
        what = f"held by the debugger at {debugging.address}"
    elif slot is None and pending.queued:
        what = f"waiting for room: {environments} environments run (--max-environments)"
    elif slot is None or slot.phase is Phase.INIT:
        what = "still initialising"
    else:
        what = f"still running, timeout {pending.function.timeout} s"
    request_id = pending.invocation.request_id
    return InvocationWaits(now, pending.function.logical_id, name, request_id, what, now - pending.since)
