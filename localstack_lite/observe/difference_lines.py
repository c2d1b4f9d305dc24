"""Where AWS does otherwise than people think, below the request that showed it: each kind once while devserve runs."""

from __future__ import annotations

from localstack_lite.model.difference import Difference
from localstack_lite.observe.lines import INDENT
from localstack_lite.observe.palette import Palette


class DifferenceLines:
    def __init__(self) -> None:
        self._told: set[str] = set()

    def of(self, found: tuple[Difference, ...], paint: Palette, note: str = "") -> list[str]:
        """`note` is what the request's own line says: that is not said again."""
        new = [each for each in found if each.kind not in self._told and each.what not in note]
        self._told |= {each.kind for each in new}
        return [f"{INDENT}{paint('≠ AWS', 'yellow')} {paint.foreign(each.what)}" for each in new]
