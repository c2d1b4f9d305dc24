"""A WebSocket connection from its 101 on as an explicit machine: what happens to it, and what is done about that. Pure.

| Phase | Event → next |
|---|---|
| OPEN | Left, Vanished → CLOSED · Broke, Ended, TimeUp at a limit → CLOSING |
| CLOSING (our close frame is sent, the client's answer is awaited) | Left, Vanished, TimeUp → CLOSED |
| CLOSED | nothing happens any more |

There is no machine before `$connect` has let the client in: what was refused was never a connection. Every machine ends
with exactly one `Disconnect`, and sends nothing after `Close`.

Messages of one connection are run side by side, as AWS does, which promises no order among them; here only `AT_ONCE`,
begun in the order in which they came. The next ones wait and the client is read no further until one is done, so a
client that floods is slowed down and needs no memory.

Any sign of the client and every message to it begin the idle time anew. That pings count is what users of AWS observe;
its documents speak of idle connections only. The code and the reason of the two limits are recorded (1001, "Going
away"), so is the reason of a close frame without a code; those of a deleted connection and the empty reason of one that
vanished (1006) are not.
"""

from __future__ import annotations

from collections import deque
from enum import Enum, auto

from localstack_lite.model.record import record

#: Messages of one connection that are run at the same time.
AT_ONCE = 10
#: Seconds that a client has to answer a close frame.
PATIENCE = 3.0

GOING_AWAY = (1001, "Going away")
DELETED = (1000, "Connection Closed Normally")
NO_STATUS = 1005
ABNORMAL = 1006
_NO_STATUS_REASON = "Client-side close frame status not set"


class Phase(Enum):
    OPEN = auto()
    CLOSING = auto()
    CLOSED = auto()


@record
class TextCame:
    text: str


@record
class Touched:
    """A sign of life."""


@record
class Replied:
    """A message that was run is done; `data` is what the client gets (None: nothing)."""

    data: str | bytes | None = None


@record
class Posted:
    """The backend sends something."""

    data: str | bytes


@record
class Broke:
    """The client sent what it may not."""

    code: int
    reason: str


@record
class Left:
    """A close frame of the client."""

    code: int
    reason: str


@record
class Vanished:
    """The connection is gone."""


@record
class Ended:
    """This side ends it."""

    code: int
    reason: str


@record
class TimeUp:
    """The time of the last `Wake` has come."""


Event = TextCame | Touched | Replied | Posted | Broke | Left | Vanished | Ended | TimeUp


@record
class Run:
    """Find the message's route and run what is behind it."""

    text: str


@record
class Send:
    data: str | bytes


@record
class Pause:
    """Read no more of the client."""


@record
class Resume:
    """Read on."""


@record
class Wake:
    """`TimeUp` is wanted at that time; it replaces what was wanted before."""

    at: float


@record
class Close:
    """Send a close frame."""

    code: int
    reason: str


@record
class Drop:
    """Cut the connection."""


@record
class Disconnect:
    """It is over: `$disconnect` is told how."""

    code: int
    reason: str


Action = Run | Send | Pause | Resume | Wake | Close | Drop | Disconnect


class SocketMachine:
    """`idle` and `duration` are the seconds until an idle connection, and any connection, is closed."""

    __slots__ = ("_end", "_ending", "_idle", "_paused", "_running", "_waiting", "active", "phase")

    def __init__(self, now: float, idle: float, duration: float) -> None:
        self.phase = Phase.OPEN
        self.active = now
        self._idle = idle
        self._end = now + duration
        self._running = 0
        self._paused = False
        self._waiting: deque[str] | None = None
        self._ending: tuple[int, str] = (ABNORMAL, "")

    def begin(self) -> Wake:
        """What is to be done first."""
        return Wake(self._limit())

    def handle(self, event: Event, now: float) -> list[Action]:
        match self.phase:
            case Phase.OPEN:
                return self._open(event, now)
            case Phase.CLOSING:
                return self._closing(event)
            case _:
                return []

    def _open(self, event: Event, now: float) -> list[Action]:
        match event:
            case TextCame(text=text):
                self.active = now
                return self._took(text)
            case Touched():
                self.active = now
            case Replied(data=data):
                return self._done(data, now)
            case Posted(data=data):
                self.active = now
                return [Send(data)]
            case Broke(code=code, reason=reason) | Ended(code=code, reason=reason):
                return self._end_by(code, reason, now)
            case Left(code=code, reason=reason):
                self._ending = (code, _NO_STATUS_REASON if code == NO_STATUS else reason)
                return [Close(code, reason), *self._over()]
            case Vanished():
                return self._over()
            case TimeUp():
                limit = self._limit()
                return self._end_by(*GOING_AWAY, now) if now >= limit else [Wake(limit)]
        return []

    def _closing(self, event: Event) -> list[Action]:
        match event:
            case Left() | Vanished():
                return self._over()
            case TimeUp():
                return [Drop(), *self._over()]
        return []

    def _took(self, text: str) -> list[Action]:
        if self._running < AT_ONCE:
            self._running += 1
            return [Run(text)]
        if self._waiting is None:
            self._waiting = deque()
        self._waiting.append(text)
        if self._paused:
            return []
        self._paused = True
        return [Pause()]

    def _done(self, data: str | bytes | None, now: float) -> list[Action]:
        actions: list[Action] = []
        self._running -= 1
        if data is not None:
            self.active = now
            actions.append(Send(data))
        if self._waiting:
            self._running += 1
            actions.append(Run(self._waiting.popleft()))
        if self._paused and not self._waiting:
            self._paused = False
            actions.append(Resume())
        return actions

    def _limit(self) -> float:
        return min(self.active + self._idle, self._end)

    def _end_by(self, code: int, reason: str, now: float) -> list[Action]:
        """The client's answer has to be read, so a pause is over."""
        self.phase = Phase.CLOSING
        self._ending = (code, reason)
        self._waiting = None
        paused, self._paused = self._paused, False
        closing: list[Action] = [Close(code, reason), Wake(now + PATIENCE)]
        return [Resume(), *closing] if paused else closing

    def _over(self) -> list[Action]:
        self.phase = Phase.CLOSED
        self._waiting = None
        return [Disconnect(*self._ending)]
