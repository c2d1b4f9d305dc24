"""What is known of an invocation between its start and the moment it is printed. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from localstack_lite.model.facts import InvocationEnded, InvocationRefused, RequestAnswered
from localstack_lite.observe.debug_lines import DebugLines

#: Log events shown per request, of DEBUG lines only those that are shown; the log store has them all.
LINES_PER_REQUEST = 200


@dataclass(slots=True)
class Running:
    """One invocation, with the start of its environment when that was for it, or such a start alone."""

    function: str
    environment: str
    started: float
    logs: list[tuple[float, str]] = field(default_factory=list)
    unshown: int = 0
    ended: InvocationEnded | None = None
    refused: InvocationRefused | None = None
    over: float | None = None
    debug: DebugLines = field(default_factory=DebugLines)

    def add(self, at: float, message: str) -> None:
        if self.debug.hold(message):
            return
        if len(self.logs) < LINES_PER_REQUEST:
            self.logs.append((at, message))
        else:
            self.unshown += 1

    def follow(self, start: Running) -> None:
        """It begins with the start of its environment."""
        self.started, self.logs, self.unshown, self.debug = start.started, start.logs, start.unshown, start.debug

    def late(self) -> Running:
        """The same after its answer: what it writes then is told apart from what stands below the request."""
        return Running(self.function, self.environment, self.started, over=self.over, debug=DebugLines(self.debug.seen))


@dataclass(frozen=True, slots=True)
class Entry:
    """What becomes a line: a request with its invocation, if any, or an invocation alone."""

    request: RequestAnswered | None
    running: Running | None

    @property
    def broken(self) -> bool:
        """Whether those who want quiet see it."""
        if self.request is not None and self.request.status >= 500:
            return True
        return bool(self.running and self.running.ended and self.running.ended.error)
