"""`--strict`: counts the requests where AWS would have done otherwise than somebody thinks, for the exit code."""

from __future__ import annotations

from localstack_lite.gateway.differences import faults
from localstack_lite.model.facts import Fact, RequestAnswered
from localstack_lite.model.project import Problem


class Strictness:
    """A view of the facts."""

    def __init__(self) -> None:
        self._requests = 0
        self._kinds: dict[str, int] = {}

    def __call__(self, fact: Fact) -> None:
        if isinstance(fact, RequestAnswered) and (found := faults(fact.differences)):
            self._requests += 1
            for kind in {each.kind for each in found}:
                self._kinds[kind] = self._kinds.get(kind, 0) + 1

    @property
    def verdict(self) -> Problem | None:
        """What to say at the end; None when all was well."""
        if not self._requests:
            return None
        kinds = ", ".join(f"{kind} ×{count}" for kind, count in sorted(self._kinds.items()))
        count = "1 request" if self._requests == 1 else f"{self._requests} requests"
        return Problem("--strict", f"{count} where AWS would have done otherwise: {kinds}", "exit code 1")
