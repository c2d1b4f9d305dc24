"""One subscription at work: facts become its events, wait in its buffer, and are sent when they are due.

A batch that is not taken is tried again, a few times, and then given up. Nothing here waits for the subscriber: its
environment goes on, and is told what was dropped. While the environment is frozen the subscriber cannot answer, and
that is not held against it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from localstack_lite.lambdas.extensions.telemetry_buffer import Dropped, Entry, TelemetryBuffer
from localstack_lite.lambdas.extensions.telemetry_subscription import Subscription
from localstack_lite.model.environment_facts import LogsDropped
from localstack_lite.model.facts import Fact
from localstack_lite.model.function import Function
from localstack_lite.model.platform_events import events
from localstack_lite.ports import Clock, Timer

#: Seconds that a subscriber has to take a batch, and the pauses before it is tried again.
PATIENCE: Final = 2.0
PAUSES: Final = (0.1, 0.5)

NO_ACKNOWLEDGEMENT: Final = "Consumer seems to have fallen behind as it has not acknowledged receipt of logs."
TOO_SLOW: Final = "Some logs were dropped because the downstream consumer is slower than the logs production rate"


class Sender(Protocol):
    """Sends batches to one destination, one at a time."""

    def send(self, batch: Sequence[bytes], answered: Callable[[bool], None]) -> None:
        """`answered` is told once, later and on the event loop's thread, whether the destination took it; never after
        `abandon` or `close`."""
        ...

    def abandon(self) -> None:
        """Wait no more for what was sent last."""
        ...

    def close(self) -> None: ...


class Subscriber:
    """`suspended` says whether its environment is frozen; `dropped` is told of events that it did not get."""

    def __init__(
        self,
        subscription: Subscription,
        function: Function,
        sender: Sender,
        clock: Clock,
        suspended: Callable[[], bool],
        dropped: Callable[[Dropped, str], None],
    ) -> None:
        self.subscription = subscription
        self._function = function
        self._sender = sender
        self._clock = clock
        self._suspended = suspended
        self._tell_dropped = dropped
        self._buffer = TelemetryBuffer(subscription.buffering)
        self._overflowed = Dropped(0, 0)
        self._timer: Timer | None = None
        self._sending = False
        self._tries = 0
        self._was_suspended = False
        self._closed = False

    def take(self, fact: Fact) -> None:
        """Its events, as far as they were subscribed to, wait to be sent."""
        if self._closed:
            return
        now = self._clock.now()
        notice = isinstance(fact, LogsDropped)
        for event in events(fact, self._function, self.subscription.schema):
            if event.category not in self.subscription.types:
                continue
            entry = Entry(now, event.json(), notice, event.category == "platform")
            if not self._buffer.add(entry) and not notice:
                over = self._overflowed
                self._overflowed = Dropped(over.records + 1, over.size + len(entry.data))
        self._go_on()

    def flush(self) -> None:
        """Send what waits now, as soon as the subscriber takes it."""
        if not self._closed:
            self._buffer.hurry()
            self._go_on()

    def close(self) -> None:
        self._closed = True
        self._stop_timer()
        self._sender.close()

    # -- one batch after the other

    def _go_on(self) -> None:
        due = self._buffer.due
        if due is None or self._sending:
            return
        left = due - self._clock.now()
        if left <= 0:
            self._buffer.depart()
            self._sending = True
            self._tries = 0
            self._try()
        elif self._timer is None:
            self._timer = self._clock.call_later(left, self._time_is_up)

    def _time_is_up(self) -> None:
        self._timer = None
        self._go_on()

    def _try(self) -> None:
        self._tries += 1
        self._was_suspended = self._suspended()
        self._stop_timer()
        self._timer = self._clock.call_later(PATIENCE, self._unanswered)
        self._sender.send(self._buffer.under_way, self._answered)

    def _unanswered(self) -> None:
        suspended = self._suspended()
        if suspended or self._was_suspended:
            # It was stopped for some of the time: it gets all of it once more.
            self._was_suspended = suspended
            self._timer = self._clock.call_later(PATIENCE, self._unanswered)
            return
        self._timer = None
        self._sender.abandon()
        self._answered(False)

    def _answered(self, taken: bool) -> None:
        if self._closed:
            return
        self._stop_timer()
        if taken:
            self._buffer.arrived()
            self._over(Dropped(0, 0))
        elif self._tries <= len(PAUSES):
            self._timer = self._clock.call_later(PAUSES[self._tries - 1], self._try)
        else:
            self._over(self._buffer.lost())

    def _over(self, lost: Dropped) -> None:
        """The batch is delivered, or given up: go on with the next, and say what was dropped meanwhile."""
        self._sending = False
        over, self._overflowed = self._overflowed, Dropped(0, 0)
        for dropped, reason in ((lost, NO_ACKNOWLEDGEMENT), (over, TOO_SLOW)):
            if dropped.records:
                self._tell_dropped(dropped, reason)
        self._go_on()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
