"""A stage beside a server: functions that run there, pushes on every save, its logs among the local ones.

What goes wrong with the stage is told and never stops the server.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from localstack_lite.errors import RemoteError, UserError
from localstack_lite.model.facts import Fact, ProblemFound
from localstack_lite.model.invocation import Invocation, Outcome
from localstack_lite.model.options import ReadOptions
from localstack_lite.model.project import Problem
from localstack_lite.ports import Publish

if TYPE_CHECKING:
    from localstack_lite.app.cloud import Cloud
    from localstack_lite.sync.pusher import Pusher
    from localstack_lite.sync.tail import Tail

#: Seconds that a push that runs gets to end its step, when the server stops.
PATIENCE = 10.0


class Beside:
    """Made before the server, `begin`s with it. `pushes`: on every save. A UserError when there is no such stage."""

    def __init__(self, reading: ReadOptions, environ: Mapping[str, str], *, pushes: bool, tail: bool = False) -> None:
        from localstack_lite.app.cloud import Cloud

        self.pushes = pushes
        self._tails = tail
        self._publish: Publish = _nobody
        self._cloud: Cloud = Cloud(reading, reading.stage, environ, self._tell, self._unanswered)
        self._pusher: Pusher | None = None
        self._tail: Tail | None = None
        self._closed = threading.Event()

    def begin(self, publish: Publish) -> None:
        """On the event loop's thread, when requests are answered."""
        loop = asyncio.get_running_loop()
        self._publish = lambda fact: _onto(loop, publish, fact)
        if self.pushes:
            self._pusher = self._cloud.pusher()
            self._pusher.request()
        if self._tails:
            threading.Thread(target=self._follow, name="tail", daemon=True).start()

    def saved(self) -> None:
        if self._pusher is not None:
            self._pusher.request()

    def invoke(self, invocation: Invocation, shown: str) -> Outcome:
        return self._cloud.invoke(invocation, shown)

    async def close(self) -> None:
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._closed.set()
        if self._tail is not None:
            self._tail.stop()
        if self._pusher is not None:
            self._pusher.close(PATIENCE)
        self._cloud.close()

    def _follow(self) -> None:
        try:
            self._tail = self._cloud.tail((), "0s")
            if self._closed.is_set():
                return  # the server was stopped while AWS was asked which logs there are
            self._tail.follow()
        except (UserError, RemoteError) as error:
            self._tell(ProblemFound(self._cloud.now(), Problem(error.where, error.what, error.hint, warning=True)))

    def _tell(self, fact: Fact) -> None:
        self._publish(fact)

    def _unanswered(self, question: str, details: Sequence[str] = ()) -> bool:
        """A server's terminal is no place for questions."""
        stage = self._cloud.stage.name
        more = f" ({'; '.join(details[:3])})" if details else ""
        raise UserError(f"--sync {stage}", f"{question}{more}", f"answer it once: devserve sync {stage}")


def _onto(loop: asyncio.AbstractEventLoop, publish: Callable[[Fact], None], fact: Fact) -> None:
    try:
        loop.call_soon_threadsafe(publish, fact)
    except RuntimeError:  # the loop is closed: nobody is there to be told
        return


def _nobody(_: Fact) -> None:
    return
