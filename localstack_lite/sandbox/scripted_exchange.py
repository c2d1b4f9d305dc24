"""A scripted request to the Runtime API, whose answer goes straight back to whoever asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from localstack_lite.ports import BodyFollower


class Asker(Protocol):
    """Who asks. One that has ended cannot be answered."""

    @property
    def listens(self) -> bool: ...

    def replied(self, exchange: ScriptedExchange, headers: Mapping[str, str], body: bytes) -> None: ...


@dataclass(slots=True)
class ScriptedExchange:
    """A `ports.RuntimeExchange`."""

    asker: Asker
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    streaming: bool = False
    status: int = 0
    follower: BodyFollower | None = None
    paused: bool = False

    def follow(self, follower: BodyFollower) -> None:
        self.follower = follower

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    def reply(self, status: int, headers: Sequence[tuple[str, str]], body: bytes) -> bool:
        if not self.asker.listens:
            return False
        self.status = status
        self.asker.replied(self, {name.lower(): value for name, value in headers}, body)
        return True
