"""Whose a container is, and which ones nobody owns any more: the labels that devserve puts on all of its containers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

VERSION = "devserve"
RUN = "devserve.run"
PROJECT = "devserve.project"
FUNCTION = "devserve.function"
ENVIRONMENT = "devserve.environment"


@dataclass(frozen=True, slots=True)
class Run:
    """One devserve: the machine it runs on, its process and when that began (epoch seconds), and a random token."""

    host: str
    pid: int
    began: int
    token: str

    def __str__(self) -> str:
        return f"{self.host}/{self.pid}/{self.began}/{self.token}"


def run(text: str) -> Run | None:
    match text.split("/"):
        case [host, pid, began, token] if pid.isdecimal() and began.isdecimal():
            return Run(host, int(pid), int(began), token)
    return None


def labels(run: Run, version: str, project: str, function: str, environment: str = "") -> dict[str, str]:
    """Of one container. A prepared one has no environment yet."""
    values = {VERSION: version, RUN: str(run), PROJECT: project, FUNCTION: function}
    if environment:
        values[ENVIRONMENT] = environment
    return values


def orphans(listed: Sequence[Mapping[str, object]], own: Run, began: Callable[[int], int | None]) -> list[str]:
    """Ids of containers whose devserve is dead, of those that the engine lists with our label. `began` says when a
    process of this machine began, None when there is none; what another machine's devserve owns is let be."""
    found = []
    for container in listed:
        marks = container.get("Labels")
        owner = run(str(marks.get(RUN, ""))) if isinstance(marks, Mapping) else None
        if owner is None or owner.host != own.host or owner == own:
            continue
        since = began(owner.pid)
        # The two clocks that a start is computed from may differ by a second.
        if since is None or abs(since - owner.began) > 2:
            found.append(str(container.get("Id", "")))
    return found
