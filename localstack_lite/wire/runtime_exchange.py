"""A request of a runtime, as the Runtime API's rules see it: with its body, or while the body still comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from localstack_lite.ports import BodyFollower

Lines = list[tuple[bytes, bytes]]


class Line(Protocol):
    """The connection that a request came on."""

    def send(self, status: int, headers: Sequence[tuple[str, str]], body: bytes) -> bool: ...

    def pause(self) -> None:
        """Read nothing more for now."""
        ...

    def resume(self) -> None: ...


class Exchange:
    """A request that is there as a whole, answered once."""

    __slots__ = ("_connection", "_lines", "body", "method", "path")

    streaming = False

    def __init__(self, connection: Line, method: str, path: str, lines: Lines, body: bytes) -> None:
        self._connection = connection
        self._lines = lines
        self.method = method
        self.path = path
        self.body = body

    @property
    def headers(self) -> Mapping[str, str]:
        """Made when asked for, which few requests need."""
        return texts(self._lines)

    def follow(self, follower: BodyFollower) -> None:
        """All of it came already."""
        if self.body:
            follower.piece(self.body)
        follower.ended({})

    def pause(self) -> None:
        """There is nothing left to wait for."""

    def resume(self) -> None:
        pass

    def reply(self, status: int, headers: Sequence[tuple[str, str]], body: bytes) -> bool:
        return self._connection.send(status, headers, body)


class StreamedExchange(Exchange):
    """A request whose body comes in pieces. Handed over when its headers are there; what comes before somebody follows
    is kept, what comes after the answer is dropped."""

    __slots__ = ("_answered", "_early", "_end", "_follower")

    streaming = True

    def __init__(self, connection: Line, method: str, path: str, lines: Lines) -> None:
        super().__init__(connection, method, path, lines, b"")
        self._follower: BodyFollower | None = None
        self._early: list[bytes] = []
        self._end: Lines | None = None
        self._answered = False

    def follow(self, follower: BodyFollower) -> None:
        self._follower = follower
        early, self._early = self._early, []
        for data in early:
            follower.piece(data)
        if self._end is not None:
            follower.ended(texts(self._end))

    def pause(self) -> None:
        if self._end is None:
            self._connection.pause()

    def resume(self) -> None:
        if self._end is None:
            self._connection.resume()

    def reply(self, status: int, headers: Sequence[tuple[str, str]], body: bytes) -> bool:
        self._answered = True
        self._early = []
        self.resume()  # the rest of the body still has to pass before the next request
        return super().reply(status, headers, body)

    # -- the connection's side

    def took(self, data: bytes) -> None:
        if self._follower is not None:
            self._follower.piece(data)
        elif not self._answered:
            self._early.append(data)

    def finished(self, trailers: Lines) -> None:
        self._end = trailers
        if self._follower is not None:
            self._follower.ended(texts(trailers))

    def broken(self) -> None:
        if self._follower is not None and self._end is None:
            self._follower.cut()


def texts(lines: Lines) -> dict[str, str]:
    """Header lines by lower-case name."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in lines}
