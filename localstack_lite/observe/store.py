"""The log of each function, in memory and bounded: what CloudWatch would hold of it.

Being told costs one append: facts are kept as they are and become text when somebody reads them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from localstack_lite.model import platform_log
from localstack_lite.model.environment_facts import (
    ExtensionTold,
    InitEnded,
    InitRuntimeDone,
    InitStarted,
    LogsDropped,
    RestoreEnded,
    RestoreRuntimeDone,
    RestoreStarted,
    RuntimeDone,
    TelemetrySubscribed,
)
from localstack_lite.model.facts import Fact, InvocationEnded, InvocationStarted, LogWritten
from localstack_lite.model.function import Function

#: Facts kept per function, and characters of their log events.
KEEP = 10_000
KEEP_TEXT = 8 << 20

Logged = (
    LogWritten
    | InvocationStarted
    | InvocationEnded
    | InitStarted
    | InitEnded
    | InitRuntimeDone
    | RestoreStarted
    | RestoreRuntimeDone
    | RestoreEnded
    | RuntimeDone
    | ExtensionTold
    | TelemetrySubscribed
    | LogsDropped
)
LOGGED = Logged.__args__


@dataclass(slots=True)
class _Log:
    facts: deque[Logged] = field(default_factory=deque)
    text: int = 0


class LogStore:
    """Is a `Publish`. Functions are logical ids; `function` finds one, whose `LoggingConfig` says in which format its
    log is. Where it finds none, that is text."""

    def __init__(
        self,
        keep: int = KEEP,
        keep_text: int = KEEP_TEXT,
        function: Callable[[str], Function | None] = lambda _: None,
    ) -> None:
        self._function = function
        self._keep = keep
        self._keep_text = keep_text
        self._logs: dict[str, _Log] = {}

    def __call__(self, fact: Fact) -> None:
        if not isinstance(fact, LOGGED):
            return
        log = self._logs.get(fact.function)
        if log is None:
            log = self._logs[fact.function] = _Log()
        facts = log.facts
        facts.append(fact)
        if isinstance(fact, LogWritten):
            log.text += len(fact.message)
        while len(facts) > self._keep or (log.text > self._keep_text and len(facts) > 1):
            dropped = facts.popleft()
            if isinstance(dropped, LogWritten):
                log.text -= len(dropped.message)

    def events(self, function: str) -> list[dict[str, object]]:
        """`{"timestamp": epoch ms, "message": text with its newline}`, oldest first."""
        log = self._logs.get(function)
        if log is None:
            return []
        whose = self._function(function)
        return [
            {"timestamp": int(fact.at * 1000), "message": message}
            for fact in log.facts
            for message in platform_log.lines(fact, whose)
        ]
