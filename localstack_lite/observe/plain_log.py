"""The log of one invocation as it is written, the platform's lines included: the stderr of `devserve invoke`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

from localstack_lite.model import platform_log
from localstack_lite.model.facts import DebuggerWaits, Fact, InvocationWaits, ProblemFound, Progress
from localstack_lite.model.function import Function
from localstack_lite.observe.palette import Palette
from localstack_lite.observe.progress import ProgressLines


class PlainLog:
    """Is a `Publish`. Every log event ends its line. Writing waits for the reader: one invocation's log is wanted
    whole, and nobody else is being served. `function` finds one by its logical id, for the format of its log."""

    def __init__(self, stream: TextIO, function: Callable[[str], Function | None] = lambda _: None) -> None:
        self._stream = stream
        self._function = function
        self._paint = Palette(color=False)
        self._progress = ProgressLines(self._paint, live=False, short=0.0)

    def __call__(self, fact: Fact) -> None:
        texts: tuple[str, ...]
        if isinstance(fact, InvocationWaits):
            texts = (f"devserve: {fact.environment or fact.function}: {fact.what}",)
        elif isinstance(fact, DebuggerWaits):
            from localstack_lite.observe import launch

            texts = tuple(launch.lines(fact, "devserve:", self._paint, explain=True))
        elif isinstance(fact, ProblemFound):
            it = fact.problem
            details = (f"    {line}" for line in it.details)
            texts = (f"devserve: {it.where}: {it.what}", *details, *([f"  hint: {it.hint}"] if it.hint else []))
        elif isinstance(fact, Progress):
            texts = tuple(f"devserve: {line.strip()}" for line in self._progress.take(fact))
        else:
            texts = platform_log.told(fact, self._function)
        if texts:
            self._write("".join(text if text.endswith("\n") else text + "\n" for text in texts))

    def _write(self, text: str) -> None:
        encoding = self._stream.encoding or "utf-8"
        try:
            self._stream.write(text.encode(encoding, "replace").decode(encoding))
            self._stream.flush()
        except (OSError, ValueError):
            return  # nobody reads: the payload on stdout is what counts
