"""Doors that no editor ever comes through but the test."""

from __future__ import annotations

from collections.abc import Callable


class FakeDoor:
    def __init__(self, address: str) -> None:
        self.address = address
        self.behind: tuple[str, int] | None = None
        self.closed = False
        self._attached: Callable[[bool], None] | None = None

    def lead_to(self, host: str, port: int, attached: Callable[[bool], None]) -> None:
        assert self.behind is None, f"{self.address} leads to {self.behind} already"
        self.behind = host, port
        self._attached = attached

    def shut(self) -> None:
        self.behind = self._attached = None

    def close(self) -> None:
        self.closed = True

    def client(self, attached: bool) -> None:
        """One comes, or leaves."""
        assert self._attached is not None, f"{self.address} leads nowhere"
        self._attached(attached)


class FakeDoors:
    """A `ports.DebugDoors`: `127.0.0.1:5890` and the ones behind it."""

    def __init__(self) -> None:
        self.doors: list[FakeDoor] = []
        self.kept_waiting: Callable[[str], None] | None = None

    def open(self, number: int, kept_waiting: Callable[[str], None]) -> FakeDoor:
        assert number == len(self.doors), "opened out of order"
        self.kept_waiting = kept_waiting
        self.doors.append(FakeDoor(f"127.0.0.1:{5890 + number}"))
        return self.doors[number]

    def behind(self) -> list[tuple[str, int] | None]:
        return [door.behind for door in self.doors]
