"""What takes its time, for a person: a bar that moves on a screen, two lines in a file.

A task is told when it begins to take long, and when it is done. What was done at once is not worth a word.
"""

from __future__ import annotations

from dataclasses import dataclass

from localstack_lite.model.facts import Progress
from localstack_lite.observe.palette import Palette

#: Seconds below which a task is nobody's business.
SHORT = 0.5
BAR = 20


@dataclass(slots=True)
class _Task:
    since: float
    last: Progress
    told: bool = False


class ProgressLines:
    """`live`: there is a screen whose last line can be written again. `short`: seconds below which nothing is told."""

    def __init__(self, paint: Palette, *, live: bool, short: float = SHORT) -> None:
        self._paint = paint
        self._live = live
        self._short = short
        self._tasks: dict[str, _Task] = {}

    @property
    def unfinished(self) -> bool:
        return bool(self._tasks)

    def take(self, fact: Progress) -> list[str]:
        """The lines that stay."""
        task = self._tasks.setdefault(fact.task, _Task(fact.at, fact))
        task.last = fact
        if not fact.done:
            return self.due(fact.at)
        del self._tasks[fact.task]
        seconds = fact.at - task.since
        if not task.told and seconds < SHORT:
            return []
        return [f"  {fact.task}: {fact.state} {self._paint(f'({seconds:.1f} s)', 'dim')}"]

    def due(self, now: float) -> list[str]:
        """Tasks that take longer than nobody's business by now, where there is no screen to show them on."""
        out: list[str] = []
        for name, task in self._tasks.items():
            if not self._live and not task.told and now - task.since >= self._short:
                task.told = True
                out.append(f"  {name}: {task.last.state} …")
        return out

    def status(self, columns: int, now: float) -> str:
        """The line that is written again and again: the task that was heard of last."""
        if not self._live or not self._tasks:
            return ""
        task = max(self._tasks.values(), key=lambda one: one.last.at)
        fact = task.last
        if now - task.since < self._short and fact.share is None:
            return ""
        more = f" (and {len(self._tasks) - 1} more)" if len(self._tasks) > 1 else ""
        bar = "" if fact.share is None else f"{_bar(fact.share)} {fact.share * 100:3.0f} %  "
        line = f"  {fact.task}  {bar}{fact.state}{more}"
        return line if len(line) < columns else line[: max(columns - 2, 1)] + "…"


def _bar(share: float) -> str:
    full = round(min(max(share, 0.0), 1.0) * BAR)
    return "█" * full + "░" * (BAR - full)
