"""Sends what is to be sent: to functions of this project at once, to all other targets over `Send`. I/O.

What is not taken is kept, and sent again after 1 s, twice as long each time, up to 5 minutes. What else is for the same
target waits as long, so that a target that is out of reach is asked once and not a thousand times.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace

from localstack_lite.events import retry
from localstack_lite.events.destination_record import Parcel
from localstack_lite.events.kept_queue import KeptQueue
from localstack_lite.events.moves import Moves
from localstack_lite.events.queued import Sending, Waiting
from localstack_lite.events.sender import Undeliverable
from localstack_lite.events.turns import Turns
from localstack_lite.model.facts import EventStep
from localstack_lite.model.invocation import Invocation

#: Parcels on their way at once.
AT_ONCE = 8
#: Seconds that `stop` gives to those.
PATIENCE = 2.0

Send = Callable[[Parcel], Awaitable[None]]
"""Sends it to its target: returns when it was taken, raises `Undeliverable`."""


class Circular(Exception):
    """The parcel would keep functions going round in a circle: Lambda stops that, and drops it."""


class Deliveries:
    """`here` gives the invocation that a parcel comes to when its target is a function of this project (or raises
    `Circular`), and `queued` is told that it was made an event. `now` is the queue's clock; `changed` is called when it
    may be somebody's turn."""

    def __init__(
        self,
        kept: KeptQueue,
        send: Send,
        here: Callable[[Parcel], Invocation | None],
        queued: Callable[[Waiting], None],
        moves: Moves,
        now: Callable[[], float],
        changed: Callable[[], None],
    ) -> None:
        self._kept = kept
        self._send = send
        self._here = here
        self._queued = queued
        self._moves = moves
        self._now = now
        self._changed = changed
        self._turns: Turns[Sending] = Turns(lambda parcel: parcel.target)
        self._unsent: dict[int, Sending] = {}
        self._sends: set[asyncio.Task[None]] = set()

    @property
    def unsent(self) -> Collection[Sending]:
        """All that is kept, oldest first."""
        return self._unsent.values()

    def add(self, parcel: Sending) -> None:
        self._unsent[parcel.seq] = parcel
        self._turns.add(parcel)
        self._changed()

    def look(self, now: float) -> float | None:
        """Send what is due. When to look again, if nothing happens before."""
        while len(self._sends) < AT_ONCE and (parcel := self._turns.take(now)) is not None:
            self._begin(parcel)
        return self._turns.next_at() if len(self._sends) < AT_ONCE else None

    def forget(self, request_id: str, why: str) -> int:
        """Nothing of that event is sent any more; how much it was. What is on its way may still arrive."""
        found = [one for one in self._unsent.values() if one.request_id == request_id]
        for one in found:
            self._turns.withdraw(one)
            self._drop(one, why)
        return len(found)

    async def stop(self) -> None:
        """What is on its way may arrive; what has not, soon, is sent again by the next run."""
        if self._sends:
            _, late = await asyncio.wait(self._sends, timeout=PATIENCE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _begin(self, sending: Sending) -> None:
        try:
            queue = self._kept.open()
            parcel = queue.parcel(sending.seq)
            invocation = self._here(parcel)
            queued = None if invocation is None else queue.handed_on(sending.seq, invocation)
        except Circular as error:
            self._turns.back(sending)
            self._drop(sending, str(error))
            return
        except OSError as error:
            self._failed(sending, str(error))
            return
        if queued is not None:
            self._arrived(sending)
            self._queued(queued)
            return
        task = asyncio.ensure_future(self._sent(sending, parcel))
        self._sends.add(task)
        task.add_done_callback(self._sends.discard)

    async def _sent(self, sending: Sending, parcel: Parcel) -> None:
        try:
            await self._send(parcel)
        except Undeliverable as error:
            self._failed(sending, str(error))
        else:
            self._kept.write(lambda queue: queue.sent(sending.seq))
            self._arrived(sending)

    def _arrived(self, sending: Sending) -> None:
        self._turns.back(sending)
        self._unsent.pop(sending.seq, None)
        self._moves.parcel(sending, EventStep.DELIVERED)
        self._changed()

    def _drop(self, sending: Sending, why: str) -> None:
        self._unsent.pop(sending.seq, None)
        self._kept.write(lambda queue: queue.sent(sending.seq))
        self._moves.parcel(sending, EventStep.DROPPED, why=why)
        self._changed()

    def _failed(self, sending: Sending, why: str) -> None:
        if sending.seq not in self._unsent:
            self._turns.back(sending)  # forgotten while it was on its way
            self._changed()
            return
        sending.attempts += 1
        sending.next_at = self._now() + retry.pause(sending.attempts)
        now = replace(sending)  # it may be written later
        self._kept.write(lambda queue: queue.postponed(now))
        self._turns.back(sending)
        self._turns.add(sending)
        self._turns.hold(sending.target, sending.next_at)
        self._moves.parcel(sending, EventStep.UNDELIVERED, sending.next_at, why)
        self._changed()
