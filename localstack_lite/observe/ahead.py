"""Environments that initialise although nobody waits for them: the provisioned ones, and those of managed instances.
No request shows their cold start, so it is told here, in one quiet line for each function. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median

from localstack_lite.model.environment_facts import InitEnded
from localstack_lite.model.facts import Fact
from localstack_lite.model.initialization import Initialization
from localstack_lite.observe import lines
from localstack_lite.observe.palette import Palette

_AHEAD = (Initialization.PROVISIONED, Initialization.MANAGED)
#: An initialisation that no invocation waits for, and that went well.
_GOOD = ("init", "success")


class Ahead:
    """Counts them over a batch of facts."""

    def __init__(self) -> None:
        self._ended: dict[str, list[InitEnded]] = {}

    def take(self, fact: Fact) -> None:
        """One that failed is told where it happened."""
        if isinstance(fact, InitEnded) and fact.initialization in _AHEAD and (fact.phase, fact.status) == _GOOD:
            self._ended.setdefault(fact.function, []).append(fact)

    def told(self, names: Mapping[str, str], clock: Callable[[float], str], paint: Palette) -> list[str]:
        """The lines of the batch; the next one begins from nothing. `names` are the functions' by logical id."""
        ended, self._ended = self._ended, {}
        return [self._line(names.get(name, name), those, clock, paint) for name, those in ended.items()]

    @staticmethod
    def _line(name: str, those: list[InitEnded], clock: Callable[[float], str], paint: Palette) -> str:
        took = lines.duration(median(fact.duration_ms for fact in those)).strip()
        which = those[0].environment if len(those) == 1 else f"{len(those)} environments of {name}"
        return paint(f"{clock(those[-1].at)} {which} initialised ahead of any call, {took}", "dim")
