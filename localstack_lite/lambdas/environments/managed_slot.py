"""The slot of an environment of managed instances: as many of its workers wait for an invocation as have polled, and
several answers stream at once."""

from __future__ import annotations

from collections import deque
from typing import Any

from localstack_lite.lambdas.environments import runtime_api
from localstack_lite.lambdas.environments.actions import Action, Answer, BeginAnswer, Deliver
from localstack_lite.lambdas.environments.answer_stream import AnswerStream
from localstack_lite.lambdas.environments.events import RUNTIME, Polled
from localstack_lite.lambdas.environments.phases import InvalidTransition
from localstack_lite.lambdas.environments.runtime_desk import RuntimeDesk
from localstack_lite.lambdas.environments.slot import Slot
from localstack_lite.ports import RuntimeExchange

_POLLED = Polled(RUNTIME)


class ManagedDesk(RuntimeDesk):
    """Which worker gets an invocation is all the same: the one that has waited longest does."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._waiting: deque[RuntimeExchange] = deque()
        self._undelivered: deque[Deliver] = deque()

    def reset(self) -> None:
        super().reset()
        self._waiting.clear()
        self._undelivered.clear()

    def _next(self, exchange: RuntimeExchange) -> None:
        self._waiting.append(exchange)
        if self._undelivered:
            # It takes the place of a worker that had polled and went away.
            self.deliver(self._undelivered.popleft())
            return
        try:
            self._dispatch(_POLLED)
        except InvalidTransition:
            self._waiting.remove(exchange)
            self._refuse(exchange)

    def deliver(self, delivery: Deliver) -> None:
        invocation = delivery.invocation
        headers = runtime_api.next_headers(invocation, invocation.arn or self._arn, delivery.deadline)
        while self._waiting:
            if self._waiting.popleft().reply(200, headers, invocation.payload):
                return
        self._undelivered.append(delivery)


class ManagedSlot(Slot):
    """Of a `ManagedEnvironment`."""

    DESK = ManagedDesk

    def __init__(self, *given: Any, **named: Any) -> None:
        self._streams: dict[str, AnswerStream] = {}
        super().__init__(*given, **named)

    def _apply(self, action: Action) -> None:
        super()._apply(action)
        self._log = None  # there is no tail of a log that several write (AWS refuses to give one)

    def _begin_answer(self, action: BeginAnswer) -> None:
        super()._begin_answer(action)
        stream, self._stream = self._stream, None
        if stream is not None:
            self._streams[action.invocation.request_id] = stream

    def _answer(self, action: Answer) -> None:
        self._stream = self._streams.pop(action.invocation.request_id, None)
        super()._answer(action)
