"""The view of `devserve sync` and the other verbs of a stage: bars that move on a screen, plain lines elsewhere.

Facts may come from several threads; they are written one after the other.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, TextIO

from localstack_lite.model.facts import Fact, ProblemFound, Progress
from localstack_lite.model.push_facts import CloudLog, PlanMade, Pushed, StackEvent, StageFound, StepMoved
from localstack_lite.observe import lines, push_lines
from localstack_lite.observe.palette import Palette
from localstack_lite.observe.progress import ProgressLines

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


class PushTerminal:
    """Is a `Publish`. `live`: the stream is a screen. `quiet`: only problems and the summary. `width` in columns.
    `planned`: the plan is shown before it is done; else pushes follow each other, and each after the first is one
    line."""

    def __init__(
        self,
        stream: TextIO,
        *,
        color: bool,
        width: int,
        live: bool = False,
        quiet: bool = False,
        planned: bool = True,
    ) -> None:
        self._stream = stream
        self._paint = Palette(color)
        self._width = width
        self._quiet = quiet
        self._planned = planned
        self._live = live and not quiet
        self._progress = ProgressLines(self._paint, live=False)
        self._lock = threading.Lock()
        self._bars: Bars | None = None
        self._tasks: dict[tuple[str, str], TaskID] = {}
        self._sizes: dict[tuple[str, str], int] = {}
        self._names = 8
        self._dry = False
        self._stages: set[str] = set()
        self._pushed = False

    def __call__(self, fact: Fact) -> None:
        with self._lock:
            out = self._said(fact)
            if out:
                self._write(out)

    def pause(self) -> None:
        """Take the bars off the screen: a question follows."""
        with self._lock:
            self._stop_bars()

    def close(self) -> None:
        with self._lock:
            self._stop_bars()

    def _said(self, fact: Fact) -> list[str]:
        match fact:
            case StageFound():
                return self._found(fact)
            case PlanMade(dry=True):
                self._dry = True
                return push_lines.plan(fact, self._paint)
            case PlanMade() if self._planned and not self._quiet:
                return push_lines.plan(fact, self._paint)
            case StepMoved():
                return self._moved(fact)
            case StackEvent() if not self._quiet and not self._pushed:
                # That something begins is seen by what moves, and by how it ends.
                begins = fact.status.endswith("_IN_PROGRESS") and "ROLLBACK" not in fact.status
                return [] if begins else [push_lines.resource(fact, self._paint)]
            case Pushed(ok=True) if self._dry:
                return []
            case Pushed() if not self._planned:
                return self._one_of_many(fact)
            case Pushed():
                self._stop_bars()
                # What failed is told by whoever ends the program, in the form of all its complaints.
                return push_lines.finished(fact, self._paint) if fact.ok else self._done_before(fact)
            case CloudLog():
                self._names = min(max(self._names, len(fact.source)), 40)
                at = time.strftime("%H:%M:%S", time.localtime(fact.at))
                return push_lines.logged(fact, at, self._names, self._paint)
            case ProblemFound():
                return lines.problem(fact.problem, self._paint)
            case Progress() if not self._quiet:
                return self._progress.take(fact)
        return []

    def _found(self, fact: StageFound) -> list[str]:
        if self._quiet or (fact.stage in self._stages and not self._planned):
            return []
        self._stages.add(fact.stage)
        return [push_lines.stage(fact, self._paint)]

    def _one_of_many(self, fact: Pushed) -> list[str]:
        self._stop_bars()
        first, self._pushed = not self._pushed, True
        if first and fact.ok:
            return push_lines.finished(fact, self._paint)
        return push_lines.compact(fact, time.strftime("%H:%M:%S", time.localtime(fact.at)), 0, self._paint)

    def _done_before(self, fact: Pushed) -> list[str]:
        if fact.what == "interrupted":  # by Ctrl-C: nobody complains about that
            return push_lines.finished(fact, self._paint)
        return [f"  done before that: {push_lines.some(fact.done, 6)}"] if fact.done else []

    def _moved(self, fact: StepMoved) -> list[str]:
        key = (fact.kind, fact.subject)
        self._sizes[key] = fact.size or self._sizes.get(key, 0)
        if fact.done:
            bytes = self._sizes.pop(key)
            task = self._tasks.pop(key, None)
            if task is not None and self._bars is not None:
                self._bars.remove_task(task)
            trivial = fact.kind == "package" and fact.state == "done" and fact.ms < 500 and not fact.details
            if trivial or ((self._quiet or self._pushed) and fact.state != "failed"):
                return []
            return push_lines.ended(fact, self._paint, bytes)
        if self._live:
            bars = self._started()
            if key not in self._tasks:
                self._tasks[key] = bars.add_task("", total=None, sent="")
            figures: dict[str, Any] = {"total": None, "sent": ""}
            if fact.size:
                sent = f"{push_lines.size(fact.sent)} of {push_lines.size(fact.size)}"
                figures = {"completed": fact.sent, "total": fact.size, "sent": sent}
            bars.update(self._tasks[key], description=push_lines.moving(fact), **figures)
        return []

    def _started(self) -> Bars:
        """rich draws the bars; loaded when the first one is due."""
        if self._bars is None:
            from rich.console import Console
            from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
            from rich.progress import Progress as Bars

            console = Console(
                file=self._stream,
                width=self._width,
                force_terminal=True,
                no_color=not self._paint.color,
                highlight=False,
            )
            self._bars = Bars(
                SpinnerColumn(),
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=20),
                TextColumn("{task.fields[sent]}", markup=False),
                TimeElapsedColumn(),
                console=console,
                transient=True,
            )
            self._bars.start()
        return self._bars

    def _stop_bars(self) -> None:
        if self._bars is not None:
            self._bars.stop()
            self._bars = None
            self._tasks.clear()

    def _write(self, out: list[str]) -> None:
        text = "\n".join(out)
        if self._bars is not None:
            from rich.text import Text

            self._bars.console.print(Text.from_ansi(text), soft_wrap=True)
            return
        encoding = self._stream.encoding or "utf-8"
        self._stream.write(f"{text}\n".encode(encoding, "replace").decode(encoding))
        self._stream.flush()
