"""The view for a program: each fact is a line of JSON, written when it happens."""

from __future__ import annotations

from typing import TextIO

from localstack_lite.model.facts import Fact, ProblemFound, Ready
from localstack_lite.observe import ndjson
from localstack_lite.observe.outlet import Outlet


class NdjsonView:
    """Is a `Publish`. A reader finds the addresses in the first line: what came before `ready` is written after it, and
    after the project's problems, one fact each. A reader that falls far behind finds a `dropped` line where lines are
    missing. Unless it `serves` there will be no `ready`, and nothing is held back for it."""

    def __init__(self, stream: TextIO, *, serves: bool = True) -> None:
        self._outlet = Outlet(stream, ndjson.dropped)
        self._before: list[Fact] | None = [] if serves else None

    def __call__(self, fact: Fact) -> None:
        if self._before is None:
            self._write(fact)
        elif isinstance(fact, Ready):
            before, self._before = self._before, None
            for each in (fact, *(ProblemFound(fact.at, one) for one in fact.project.problems), *before):
                self._write(each)
        else:
            self._before.append(fact)

    @property
    def gone(self) -> bool:
        """Nobody reads any more."""
        return self._outlet.gone

    def flush(self) -> None:
        """Everything is written already, or waits for its reader."""

    def close(self) -> None:
        """Facts of a start that never got ready."""
        before, self._before = self._before or [], None
        for fact in before:
            self._write(fact)
        self._outlet.close()

    def _write(self, fact: Fact) -> None:
        if not self._outlet.gone:
            self._outlet.write(ndjson.line(fact))
