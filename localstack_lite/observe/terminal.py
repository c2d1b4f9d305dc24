"""The view for a person at a terminal. Being told costs an append; text is made and written in batches."""

from __future__ import annotations

import asyncio
import math
import time
from functools import partial
from typing import TextIO

from localstack_lite.model.facts import Fact, Progress, Ready
from localstack_lite.observe.missing import Advise, unadvised
from localstack_lite.observe.outlet import Outlet
from localstack_lite.observe.palette import Palette
from localstack_lite.observe.progress import ProgressLines
from localstack_lite.observe.transcript import Transcript

#: Seconds between two batches; shorter than anybody sees.
EVERY = 0.04
#: Seconds until the next look at what still runs, when nothing happens.
IDLE = 0.25
#: Facts that are written without waiting for the timer.
MOST = 20_000
#: Back to the line's beginning, and nothing on it.
CLEAR = "\r\x1b[K"
#: Bytes of a source file that are read for an error message.
SOURCE = 1 << 20


class Terminal:
    """Is a `Publish`. `width` in columns. Without a running event loop it writes at once."""

    def __init__(
        self,
        stream: TextIO,
        *,
        color: bool,
        width: int,
        verbose: bool = False,
        quiet: bool = False,
        live: bool = False,
        advise: Advise = unadvised,
    ) -> None:
        """`live`: the stream is a screen, whose last line may be written again to show how something gets on. `advise`
        as the transcript has it."""
        self._outlet = Outlet(stream, partial(missed, live=live))
        self._columns = width
        self._quiet = quiet
        self._progress = ProgressLines(Palette(color), live=live and not quiet)
        self._status = ""
        self._transcript = Transcript(
            Palette(color), local_time, excerpt, columns=width, verbose=verbose, quiet=quiet, advise=advise
        )
        self._facts: list[Fact] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Write in batches on this loop. Not needed when facts are published on a running one."""
        self._loop = loop

    def __call__(self, fact: Fact) -> None:
        self._facts.append(fact)
        if self._timer is None:
            self._arm(0.0 if isinstance(fact, Ready) else EVERY)
        elif len(self._facts) >= MOST or isinstance(fact, Ready):
            self.flush()

    def flush(self) -> None:
        """Write what there is to write by now."""
        self._write(time.time())
        if (
            (self._transcript.unfinished or self._progress.unfinished)
            and self._loop is not None
            and not self._loop.is_closed()
        ):
            self._timer = self._loop.call_later(IDLE, self._look)

    def close(self) -> None:
        """Write all that is left; nothing follows."""
        self._write(math.inf)
        self._outlet.close()
        self._loop = None

    def _arm(self, delay: float) -> None:
        if self._loop is None:
            try:
                self._loop = asyncio.get_running_loop()
            except RuntimeError:
                self.flush()
                return
        self._timer = self._loop.call_later(delay, self.flush)

    def _look(self) -> None:
        self._timer = None
        self.flush()

    def _write(self, now: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        facts, self._facts = self._facts, []
        done = [line for fact in facts if isinstance(fact, Progress) for line in self._progress.take(fact)]
        done += [] if math.isinf(now) else self._progress.due(now)
        lines = [*([] if self._quiet else done), *self._transcript.render(facts, now)]
        status = "" if math.isinf(now) else self._progress.status(self._columns, now)
        text = "".join(f"{line}\n" for line in lines)
        if status != self._status or (status and text):
            text = f"{CLEAR if self._status else ''}{text}{status}"
            self._status = status
        if text:
            self._outlet.write(text)


def missed(lines: int, *, live: bool) -> str:
    """Stands where lines are missing; on a screen in place of a bar that was left there."""
    return f"{CLEAR if live else ''}… {lines:,} line{'s' if lines > 1 else ''} dropped: nobody reads\n"


def local_time(at: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(at))


def excerpt(file: str, line: int) -> tuple[tuple[int, str], ...]:
    """The line of a source file with the one before and the one after it."""
    try:
        with open(file, encoding="utf-8", errors="replace") as source:
            text = source.read(SOURCE).splitlines()
    except OSError:
        return ()
    numbered = enumerate(text[max(line - 2, 0) : line + 1], start=max(line - 1, 1))
    return tuple(numbered) if line <= len(text) else ()
