"""What is said about a function that is to run on Lambda: how bad, where, what, and what to do about it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from localstack_lite.model.project import Problem


class Severity(StrEnum):
    FAILS = "fails"
    """Something that the project does goes wrong on Lambda."""
    DIFFERS = "differs"
    """It runs, and does something else than here."""
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """`where` is `file:line`, a file or a package; `what` one sentence without a full stop. `topic` groups findings:
    `database`, `static`, `imports` …"""

    severity: Severity
    topic: str
    where: str
    what: str
    hint: str = ""

    def problem(self, subject: str = "") -> Problem:
        """As a warning of the project."""
        return Problem(self.where, self.what, self.hint, subject, warning=True)


_ORDER = tuple(Severity)


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The worst first, each once, otherwise as they came."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: _ORDER.index(finding.severity)))


def fails(findings: Iterable[Finding]) -> bool:
    return any(finding.severity is Severity.FAILS for finding in findings)
