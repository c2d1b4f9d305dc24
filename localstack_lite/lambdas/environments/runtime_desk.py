"""Where one environment's runtime comes with its requests: its parked `/next`, its results, whole or as a stream.

The desk answers the Runtime API and hands the machine what the runtime said; what the machine wants the runtime to get
comes back through `deliver`, `restored` and `begin`. It decides nothing about phases: what is possible now is the
machine's to say, and a refusal is an answer of the Runtime API.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from localstack_lite.lambdas.environments import failures, runtime_api, truncation
from localstack_lite.lambdas.environments.actions import BeginAnswer, Deliver
from localstack_lite.lambdas.environments.answer_stream import AnswerStream
from localstack_lite.lambdas.environments.environment import Environment
from localstack_lite.lambdas.environments.events import (
    RUNTIME,
    ErrorPosted,
    Event,
    InitErrorPosted,
    Polled,
    Responded,
    ResponseBegun,
    ResponseEnded,
    RestoreErrorPosted,
    RestorePolled,
)
from localstack_lite.lambdas.environments.phases import InvalidRequestID, InvalidTransition, Phase
from localstack_lite.lambdas.environments.runtime_api import Operation
from localstack_lite.ports import RuntimeExchange

_POLLED: Final = Polled(RUNTIME)
_ERROR_TYPE: Final = "lambda-runtime-function-error-type"
_MODE: Final = "lambda-runtime-function-response-mode"


class RuntimeDesk:
    def __init__(
        self,
        environment: Environment,
        arn: str,
        *,
        dispatch: Callable[[Event], None],
        memory: Callable[[], int],
        drain: Callable[[], None],
        elsewhere: Callable[[Operation, RuntimeExchange], None],
    ) -> None:
        """`arn` is the function's own, for invocations that do not say how they were called. `drain` hands over what
        the runtime wrote before. `elsewhere` answers what is no request about invocations."""
        self._environment = environment
        self._arn = arn
        self._dispatch = dispatch
        self._memory = memory
        self._drain = drain
        self._elsewhere = elsewhere
        self._parked: RuntimeExchange | None = None
        self._delivery: Deliver | None = None
        self._restoring: RuntimeExchange | None = None
        self._streaming: RuntimeExchange | None = None  # whose body is the answer
        self._following = False
        self._early: ResponseEnded | None = None

    def reset(self) -> None:
        """The runtime is gone, or another starts."""
        self._parked = self._delivery = self._restoring = None

    # -- requests

    def receive(self, exchange: RuntimeExchange) -> None:
        operation, request_id = runtime_api.classify(exchange.method, exchange.path)
        match operation:
            case Operation.NEXT:
                self._next(exchange)
            case Operation.RESPONSE:
                self._response(exchange, request_id)
            case Operation.ERROR:
                self._drain()
                error_type = runtime_api.error_type(exchange.headers.get(_ERROR_TYPE), "Function")
                self._posted(exchange, ErrorPosted(request_id, exchange.body, error_type, self._memory()))
            case Operation.INIT_ERROR:
                self._init_error(exchange)
            case Operation.RESTORE_NEXT:
                self._restore_next(exchange)
            case Operation.RESTORE_ERROR:
                self._restore_error(exchange)
            case _:
                self._elsewhere(operation, exchange)

    def _next(self, exchange: RuntimeExchange) -> None:
        if self._delivery is not None:
            # The runtime came back on a new connection before it got its invocation.
            delivery, self._delivery = self._delivery, None
            self._parked = exchange
            self.deliver(delivery)
            return
        previous, self._parked = self._parked, exchange
        try:
            self._dispatch(_POLLED)
        except InvalidTransition:
            self._parked = previous
            self._refuse(exchange)

    def _response(self, exchange: RuntimeExchange, request_id: str) -> None:
        headers = exchange.headers
        if exchange.streaming:
            self._stream(exchange, request_id, headers)
            return
        if not runtime_api.known_mode(headers.get(_MODE)):
            reply(exchange, runtime_api.INVALID_MODE)
            return
        self._drain()
        if len(exchange.body) > failures.MAX_RESPONSE:
            too_large = failures.response_too_large()
            event = ErrorPosted(request_id, too_large, "Function.ResponseSizeTooLarge", self._memory())
            self._posted(exchange, event, runtime_api.TOO_LARGE)
            return
        content_type = headers.get("content-type", "application/json")
        self._posted(exchange, Responded(request_id, exchange.body, content_type, self._memory()))

    def _posted(
        self,
        exchange: RuntimeExchange,
        event: Responded | ErrorPosted | ResponseEnded,
        accepted: runtime_api.Reply = runtime_api.OK,
    ) -> None:
        try:
            self._dispatch(event)
        except InvalidRequestID:
            reply(exchange, runtime_api.INVALID_REQUEST_ID)
        except InvalidTransition:
            self._refuse(exchange)
        else:
            reply(exchange, accepted)

    def _init_error(self, exchange: RuntimeExchange) -> None:
        self._drain()
        error_type = runtime_api.error_type(exchange.headers.get(_ERROR_TYPE), "Runtime")
        # Answered first: the environment is killed in the same step.
        if self._environment.phase is Phase.INIT:
            reply(exchange, runtime_api.OK)
            self._dispatch(InitErrorPosted(exchange.body, error_type, self._memory()))
        else:
            self._refuse(exchange)

    # -- a snapshot

    def _restore_next(self, exchange: RuntimeExchange) -> None:
        """A runtime that asks again on a new connection gets its answer there."""
        if self._environment.restoring:
            reply(exchange, runtime_api.RESTORED)
            return
        previous, self._restoring = self._restoring, exchange
        if previous is not None:
            return
        try:
            self._dispatch(RestorePolled(self._memory()))
        except InvalidTransition:
            self._restoring = None
            self._refuse(exchange)

    def _restore_error(self, exchange: RuntimeExchange) -> None:
        self._drain()
        error_type = runtime_api.error_type(exchange.headers.get(_ERROR_TYPE), "Runtime")
        if self._environment.restoring:
            reply(exchange, runtime_api.OK)
            self._dispatch(RestoreErrorPosted(exchange.body, error_type, self._memory()))
        else:
            self._refuse(exchange)

    def restored(self) -> None:
        exchange, self._restoring = self._restoring, None
        if exchange is not None:
            reply(exchange, runtime_api.RESTORED)

    # -- an answer that comes in pieces

    def _stream(self, exchange: RuntimeExchange, request_id: str, headers: Mapping[str, str]) -> None:
        self._drain()
        content_type = headers.get("content-type", "application/octet-stream")
        former, self._streaming = self._streaming, exchange
        try:
            self._dispatch(ResponseBegun(request_id, content_type, self._memory()))
        except (InvalidRequestID, InvalidTransition) as refusal:
            self._streaming = former
            if isinstance(refusal, InvalidRequestID):
                reply(exchange, runtime_api.INVALID_REQUEST_ID)
            else:
                self._refuse(exchange)
            return
        if self._early is not None:
            ended, self._early = self._early, None
            self._end_stream(exchange, ended)

    def begin(self, action: BeginAnswer) -> AnswerStream:
        """The stream that takes the body which the runtime sends now. That of the exchange which has just come: the
        machine begins an answer in the same step."""
        exchange = self._streaming
        assert exchange is not None
        request_id = action.invocation.request_id

        def ended(error_type: str, error: bytes, size: int) -> None:
            event = ResponseEnded(request_id, error_type, error, size, self._memory())
            if self._following:
                self._early = event  # all of it had come: first the caller gets to know that it begins
            else:
                self._end_stream(exchange, event)

        self._following = True
        stream = AnswerStream(action.invocation, exchange, ended)
        self._following = False
        return stream

    def _end_stream(self, exchange: RuntimeExchange, event: ResponseEnded) -> None:
        self._drain()
        self._posted(exchange, event, _accepted(event))

    # -- what the runtime gets

    def deliver(self, delivery: Deliver) -> None:
        invocation = delivery.invocation
        headers = runtime_api.next_headers(invocation, invocation.arn or self._arn, delivery.deadline)
        parked, self._parked = self._parked, None
        if parked is None or not parked.reply(200, headers, invocation.payload):
            self._delivery = delivery

    def _refuse(self, exchange: RuntimeExchange) -> None:
        reply(exchange, runtime_api.invalid_transition(self._environment.phase))


def _accepted(event: ResponseEnded) -> runtime_api.Reply:
    """What the runtime is told of a stream that it has ended, or that was ended because too much came."""
    if event.error_type != "Function.ResponseSizeTooLarge" or event.size <= failures.MAX_RESPONSE:
        return runtime_api.OK
    over = truncation.MAX_STREAM if event.size > truncation.MAX_STREAM else failures.MAX_RESPONSE
    return runtime_api.too_large(over)


def reply(exchange: RuntimeExchange, answer: runtime_api.Reply) -> None:
    exchange.reply(answer.status, answer.headers, answer.body)
