"""The recorded cases as values: what was given to AWS and what it answered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("cases")

BARE_CLIENT = "aws-recorded-file"
"""The kind of evidence whose client sent only the headers that the case shows."""


@dataclass(frozen=True, slots=True)
class Case:
    """`source` and `evidence` say where the fact comes from; `given` and `expect` are described in match.py."""

    id: str
    area: str
    source: str
    evidence: str
    given: Any
    expect: dict[str, Any]
    needs: tuple[str, ...] = ()

    @property
    def slug(self) -> str:
        """The id as a name that functions and folders may have."""
        return "".join(c if c.isalnum() else "-" for c in self.id)

    @property
    def logical_id(self) -> str:
        return "".join(part.capitalize() for part in self.slug.split("-"))


def load() -> dict[str, Case]:
    """All cases by id."""
    cases: dict[str, Case] = {}
    for path in sorted(FOLDER.glob("*.json")):
        for row in json.loads(path.read_text(encoding="utf-8")):
            case = Case(
                row["id"],
                row["area"],
                row["source"],
                row["evidence"],
                row["given"],
                row["expect"],
                tuple(row.get("needs", ())),
            )
            if case.id in cases:
                raise ValueError(f"{path.name}: {case.id} is there twice")
            cases[case.id] = case
    return cases
