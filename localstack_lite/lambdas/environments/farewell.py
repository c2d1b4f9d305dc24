"""How the processes of an environment are ended when extensions have to be told: who hears of it when, and how long
they have.

Without extensions there is no time at all: SIGKILL. With internal ones alone the runtime has 500 ms after SIGTERM;
with external ones all have 2,000 ms: first the runtime, which has 30 % of it after SIGTERM, then the extensions that
want SHUTDOWN, with the rest (AWS docs, "Shutdown phase"; AWS's runtime interface emulator for order and share).

What differs from AWS: a runtime that has not ended in its share of the time is killed only with all others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from localstack_lite.lambdas.environments.actions import Action, DeliverShutdown, Kill, Terminate
from localstack_lite.lambdas.environments.countdown import Countdown
from localstack_lite.lambdas.environments.events import RUNTIME, Registered
from localstack_lite.lambdas.environments.phases import READY, Party

INTERNAL_SECONDS: Final = 0.5
EXTERNAL_SECONDS: Final = 2.0
RUNTIME_SHARE: Final = 0.3

_ENDED = (Party.ENDED, Party.GONE)


class Farewell:
    """`under_way` from the first word until the last process is gone. Each call gives what has to be done now."""

    __slots__ = ("_countdown", "_deadline", "_parties", "_reason", "_telling", "_untold", "_wanted", "under_way")

    def __init__(self, countdown: Countdown) -> None:
        self._countdown = countdown
        self.under_way = False
        self._parties: Mapping[str, Party] = {}
        self._wanted: tuple[str, ...] = ()  # who wants to be told
        self._untold: set[str] = set()
        self._telling = False  # it is the extensions' turn
        self._reason = ""
        self._deadline = 0.0

    def begin(
        self, parties: Mapping[str, Party], subscribers: Mapping[str, Registered], reason: str, now: float
    ) -> list[Action]:
        """`parties` is looked at again as it changes. `reason` is what extensions are told: `spindown`, `timeout` or
        `failure`."""
        left = [name for name, state in parties.items() if name != RUNTIME and state not in _ENDED]
        if not left or self._countdown.held:
            # While somebody debugs the runtime no time passes, and this must not last.
            return [self._countdown.cancel(), Kill()]
        external = [name for name in left if name not in subscribers or not subscribers[name].internal]
        self.under_way = True
        self._telling = False
        self._parties, self._reason = parties, reason
        self._deadline = now + (EXTERNAL_SECONDS if external else INTERNAL_SECONDS)
        self._wanted = tuple(name for name in external if name in subscribers and subscribers[name].shutdown)
        if parties[RUNTIME] in _ENDED:
            return self._tell(now)
        seconds = EXTERNAL_SECONDS * RUNTIME_SHARE if external else INTERNAL_SECONDS
        return [Terminate(), self._countdown.set(seconds, now)]

    def runtime_gone(self, now: float) -> list[Action]:
        return self._tell(now) if self.under_way and not self._telling else []

    def polled(self, party: str) -> list[Action]:
        """An extension can be told now."""
        if not self._telling or party not in self._untold:
            return []
        self._untold.remove(party)
        return [DeliverShutdown(party, self._reason, self._deadline)]

    def gone(self, _: str) -> list[Action]:
        """An extension has ended."""
        return [Kill()] if self._telling and self._nobody_listens() else []

    def rang(self, now: float) -> list[Action]:
        """The time of a step is over."""
        return [Kill()] if self._telling else self._tell(now)

    def over(self) -> None:
        """Every process is gone."""
        self.under_way = self._telling = False

    def _tell(self, now: float) -> list[Action]:
        self._telling = True
        if self._nobody_listens():
            return [self._countdown.cancel(), Kill()]
        self._untold = set(self._wanted)
        told = [action for name in self._wanted if self._parties[name] is READY for action in self.polled(name)]
        return [*told, self._countdown.set(max(self._deadline - now, 0.0), now)]

    def _nobody_listens(self) -> bool:
        return all(self._parties[name] in _ENDED for name in self._wanted)
