"""Functions that run in the stage: their invocations go to the cloud, everybody else's stay here."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from typing import Protocol

from localstack_lite.errors import RemoteError, UserError
from localstack_lite.model.invocation import Invocation, Outcome, Refused
from localstack_lite.model.project import Project
from localstack_lite.ports import Invoke

#: Invocations that wait for the cloud at once; more wait here for one of them.
AT_ONCE = 64

Trouble = RemoteError | UserError


class CallsCloud(Protocol):
    """Blocking; called on a worker thread."""

    def __call__(self, invocation: Invocation, shown: str) -> Outcome:
        """A RemoteError or UserError when the stage has no such function or cannot be reached from here."""
        ...


def _nobody(_: Trouble) -> None:
    return


class Staged:
    """An `Invoke` over the local one. `project` is asked for each invocation: which functions run in the stage may
    change with a save. `tell` is told on the event loop's thread why functions cannot be reached: once, until they can
    be again. A thread that waits for the cloud never keeps the process: what still runs there runs on without us."""

    def __init__(
        self,
        project: Callable[[], Project],
        here: Invoke,
        there: CallsCloud,
        tell: Callable[[Trouble], None] = _nobody,
    ) -> None:
        self._project = project
        self._here = here
        self._there = there
        self._tell = tell
        self._told: dict[str, tuple[str, str]] = {}
        self._room = asyncio.Semaphore(AT_ONCE)
        self._waiting: set[asyncio.Future[Outcome]] = set()
        self._closed = False

    def __call__(self, invocation: Invocation) -> asyncio.Future[Outcome]:
        function = self._project().function(invocation.function)
        if function is None or not function.in_stage:
            return asyncio.ensure_future(self._here(invocation))
        return asyncio.ensure_future(self._away(invocation, function.name))

    async def _away(self, invocation: Invocation, name: str) -> Outcome:
        try:
            async with self._room:
                outcome = await self._called(invocation, name)
        except (RemoteError, UserError) as error:
            return self._lost(invocation, error)
        except asyncio.CancelledError:
            if not self._closed:
                raise  # the gateway gave up
            return _refused(invocation, 500, "devserve is stopping", "Stopping")
        if told := self._told.get(invocation.function):
            self._told = {function: other for function, other in self._told.items() if other != told}
        return outcome

    def _called(self, invocation: Invocation, name: str) -> asyncio.Future[Outcome]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Outcome] = loop.create_future()
        if self._closed:
            answer.cancel()
            return answer
        self._waiting.add(answer)
        answer.add_done_callback(self._waiting.discard)

        def work() -> None:
            try:
                settle = _settled(answer, self._there(invocation, name))
            except BaseException as error:
                settle = _failed(answer, error)
            try:
                loop.call_soon_threadsafe(settle)
            except RuntimeError:  # the loop is closed: nobody waits any more
                return

        threading.Thread(target=work, name=f"cloud {name}", daemon=True).start()
        return answer

    def _lost(self, invocation: Invocation, error: Trouble) -> Refused:
        key = (error.where, error.what)
        if key not in self._told.values():
            self._tell(error)
        self._told[invocation.function] = key
        return _refused(invocation, 503, f"{error.where}: {error.what}", error.what)

    def close(self) -> None:
        """Whoever waits is answered, and nobody waits for what is still on its way."""
        self._closed = True
        for answer in tuple(self._waiting):
            answer.cancel()


def _refused(invocation: Invocation, status: int, message: str, reason: str) -> Refused:
    body = json.dumps({"Type": "Service", "Message": message}, ensure_ascii=False).encode()
    headers = (("x-amzn-ErrorType", "ServiceException"),)
    return Refused(invocation.request_id, status, "ServiceException", body, reason, headers)


def _settled(answer: asyncio.Future[Outcome], outcome: Outcome) -> Callable[[], None]:
    def settle() -> None:
        if not answer.done():
            answer.set_result(outcome)

    return settle


def _failed(answer: asyncio.Future[Outcome], error: BaseException) -> Callable[[], None]:
    def settle() -> None:
        if not answer.done():
            answer.set_exception(error)

    return settle
