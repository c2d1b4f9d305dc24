"""The view for a program: each fact is a line of JSON, written when it happens."""

from __future__ import annotations

from typing import TextIO

from localstack_lite.model.facts import Fact, ProblemFound, Ready
from localstack_lite.observe import ndjson


class NdjsonView:
    """Is a `Publish`. A reader finds the addresses in the first line: what came before `ready` is written after it, and
    after the project's problems, one fact each."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._before: list[Fact] | None = []
        self._gone = False

    def __call__(self, fact: Fact) -> None:
        if self._before is None:
            self._write(fact)
        elif isinstance(fact, Ready):
            before, self._before = self._before, None
            for each in (fact, *(ProblemFound(fact.at, one) for one in fact.project.problems), *before):
                self._write(each)
        else:
            self._before.append(fact)

    def flush(self) -> None:
        """Everything is written already."""

    def close(self) -> None:
        """Facts of a start that never got ready."""
        before, self._before = self._before or [], None
        for fact in before:
            self._write(fact)

    def _write(self, fact: Fact) -> None:
        if self._gone:
            return
        try:
            self._stream.write(ndjson.line(fact))
            self._stream.flush()
        except (OSError, ValueError):  # a closed pipe, a closed stream: nobody reads any more
            self._gone = True
