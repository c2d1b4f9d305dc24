"""Pushes on every save: in a thread of its own, one push at a time. I/O: threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from localstack_lite.errors import RemoteError, UserError
from localstack_lite.sync.turns import Action, Event, State, handle


class OnePush(Protocol):
    """`push.Push`, as far as it is used here."""

    def run(self) -> object: ...

    def cancel(self, why: str = ...) -> None: ...


class Pusher:
    """`push` makes a new push, on the worker thread: what it reads of the project is as of then. UserError and
    RemoteError have been told as facts by the push itself; `crashed` is told any other exception, on that thread."""

    def __init__(self, push: Callable[[], OnePush], crashed: Callable[[Exception], None]) -> None:
        self._push = push
        self._crashed = crashed
        self._lock = threading.Lock()
        self._state = State.IDLE
        self._running: OnePush | None = None
        self._cancelled = False
        self._thread: threading.Thread | None = None

    @property
    def busy(self) -> bool:
        return self._state in (State.PUSHING, State.AGAIN, State.CLOSING)

    def request(self) -> None:
        """Something was saved. Returns at once; may be called from any thread."""
        self._handle(Event.REQUESTED)

    def close(self, timeout: float | None = None) -> None:
        """Begin no other step, and wait until those that run are done. Blocks."""
        self._handle(Event.CLOSED)
        if (thread := self._thread) is not None:
            thread.join(timeout)

    def _handle(self, event: Event) -> Action:
        cancelled: OnePush | None = None
        with self._lock:
            self._state, action = handle(self._state, event)
            if action is Action.START:
                self._running, self._cancelled = None, False
                if event is Event.REQUESTED:
                    self._thread = threading.Thread(target=self._work, name="pusher", daemon=True)
                    self._thread.start()
            if action is Action.CANCEL:
                self._cancelled, cancelled = True, self._running
        if cancelled is not None:
            cancelled.cancel()
        return action

    def _work(self) -> None:
        while True:
            self._once()
            if self._handle(Event.ENDED) is not Action.START:
                return

    def _once(self) -> None:
        try:
            push = self._push()
            with self._lock:
                self._running, cancelled = push, self._cancelled
            if cancelled:
                push.cancel()
            push.run()
        except (UserError, RemoteError):
            pass
        except Exception as error:
            self._crashed(error)
