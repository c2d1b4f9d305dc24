"""The table of measurements: each beside what it is compared with, and the target."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Row:
    """`got` and `reference` in `unit`; `target` bounds the ratio of the two, or `got` itself when there is no reference
    (`at_least`: from below). A row without `got` says in `note` why nothing was measured."""

    what: str
    unit: str
    got: float | None
    reference: float | None = None
    target: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def judged(self) -> float | None:
        """The value that the target speaks of."""
        if self.got is None:
            return None
        return self.got / self.reference if self.reference else self.got

    @property
    def met(self) -> bool | None:
        if self.judged is None or self.target is None:
            return None
        return self.judged >= self.target if self.at_least else self.judged <= self.target


HEAD = ("measured", "devserve", "beside", "ratio", "target", "")


def lines(rows: Iterable[Row]) -> list[str]:
    table = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(cells[column]) for cells in table) for column in range(len(HEAD))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip() for cells in table]


def _cells(row: Row) -> tuple[str, ...]:
    if row.got is None:
        return (row.what, "-", "-", "-", "-", row.note)
    beside = _number(row.reference, row.unit) if row.reference else ""
    ratio = f"{row.judged:.2f}" if row.reference else ""
    sign = ">=" if row.at_least else "<="
    unit = "x" if row.reference else f" {row.unit}"
    target = f"{sign} {row.target:g}{unit}" if row.target is not None else ""
    verdict = {True: "met", False: "NOT MET", None: ""}[row.met]
    return (row.what, _number(row.got, row.unit), beside, ratio, target, " ".join(filter(None, (verdict, row.note))))


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.2f} {unit}"


def middle(values: Iterable[float]) -> float:
    return median(values)
