"""Where the extensions of one sandbox come with their requests: who registered, who waits, who gets telemetry.

The desk answers the Extensions, Telemetry and Logs APIs and hands the machine what matters to it (`Registered`,
`Polled`, `ExtensionFailed`); the machine's `DeliverInvoke` and `DeliverShutdown` come back through `deliver`. Whether
an environment has begun, is over or is frozen is the machine's to know: nothing here decides about phases.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from localstack_lite.lambdas.environments import runtime_api
from localstack_lite.lambdas.environments.actions import DeliverInvoke, DeliverShutdown
from localstack_lite.lambdas.environments.environment import Environment
from localstack_lite.lambdas.environments.events import RUNTIME, Event, ExtensionFailed, Polled, Registered
from localstack_lite.lambdas.environments.phases import InvalidTransition, Phase
from localstack_lite.lambdas.environments.runtime_api import Reply
from localstack_lite.lambdas.extensions import api as extensions_api
from localstack_lite.lambdas.extensions import telemetry_subscription as subscriptions
from localstack_lite.lambdas.extensions.api import Lifecycle, Operation, State
from localstack_lite.lambdas.extensions.telemetry_buffer import Dropped
from localstack_lite.lambdas.extensions.telemetry_subscriber import Sender, Subscriber
from localstack_lite.lambdas.extensions.telemetry_subscription import Destination, Subscription
from localstack_lite.model.environment_facts import LogsDropped, TelemetrySubscribed
from localstack_lite.model.facts import Fact, InvocationEnded
from localstack_lite.ports import Clock, Ids, Publish, RuntimeExchange, Timer

EARLY: Final = 10_000
"""Facts of an initialisation that are kept for who subscribes during it."""

MOMENT: Final = 0.005
"""Seconds until somebody who registers too early is looked at again."""


@dataclass(slots=True)
class _Extension:
    """An extension that has registered. `waits` is its parked request for the next event; `event` one that it has not
    got yet."""

    name: str
    identifier: str
    state: State = State.REGISTERED
    waits: RuntimeExchange | None = None
    event: Reply | None = None


class ExtensionDesk:
    def __init__(
        self,
        environment: Environment,
        arn: str,
        account: str,
        *,
        dispatch: Callable[[Event], None],
        publish: Publish,
        clock: Clock,
        ids: Ids,
        sender: Callable[[Destination], Sender],
        memory: Callable[[], int],
        pending: Callable[[], bool] = lambda: False,
        earlier: Iterable[Fact] = (),
    ) -> None:
        """`arn` is the function's own, for invocations that do not say how they were called; `memory` the most that
        was used so far, in MB; `pending` whether it may still come out which extensions the sandbox has started.
        `publish` takes the desk's own facts to everybody but the desk. `earlier` are facts since the sandbox was
        started: who subscribes during initialisation is told from its begin, as on AWS."""
        self._environment = environment
        self._arn = arn
        self._account = account
        self._dispatch = dispatch
        self._publish = publish
        self._clock = clock
        self._ids = ids
        self._sender = sender
        self._memory = memory
        self._pending = pending
        self._early_birds: list[RuntimeExchange] = []
        self._timer: Timer | None = None
        self._extensions: dict[str, _Extension] = {}
        self._subscribers: dict[str, Subscriber] = {}
        self._legacy: bool | None = None
        self._early: deque[Fact] = deque(earlier, EARLY)

    def close(self) -> None:
        """The sandbox is gone. What was not delivered by now never will be."""
        if self._timer is not None:
            self._timer.cancel()
        self._early_birds.clear()
        for subscriber in self._subscribers.values():
            subscriber.close()
        self._subscribers.clear()
        self._extensions.clear()
        self._early.clear()

    # -- requests

    def receive(self, exchange: RuntimeExchange) -> bool:
        """Whether it was a request of an extension, which then is answered, now or when its event comes."""
        operation = extensions_api.classify(exchange.method, exchange.path)
        if operation is Operation.LOGS and self._environment.function.managed:
            return False  # managed instances have no Logs API
        match operation:
            case None:
                return False
            case Operation.REGISTER:
                self._register(exchange)
            case Operation.NEXT:
                self._next(exchange)
            case Operation.INIT_ERROR:
                self._failed(exchange, "init", State.INIT_ERROR, "InitError", (State.REGISTERED,))
            case Operation.EXIT_ERROR:
                living = (State.REGISTERED, State.READY, State.RUNNING)
                self._failed(exchange, "exit", State.EXIT_ERROR, "Exited", living)
            case Operation.TELEMETRY:
                self._subscribe(exchange, legacy=False)
            case Operation.LOGS:
                self._subscribe(exchange, legacy=True)
            case Operation.WRONG_METHOD:
                _reply(exchange, runtime_api.WRONG_METHOD)
        return True

    def _register(self, exchange: RuntimeExchange) -> None:
        if self._pending() and not self._environment.external:
            # It is there before the sandbox, which is a container, has said who is: is it external?
            self._early_birds.append(exchange)
            if self._timer is None:
                self._timer = self._clock.call_later(MOMENT, self._look_again)
            return
        asked = extensions_api.registration(exchange.headers, exchange.body, self._environment.external)
        if isinstance(asked, Reply):
            _reply(exchange, asked)
            return
        refusal = self._refusal(asked.name)
        if refusal is None:
            invoke, shutdown = Lifecycle.INVOKE in asked.events, Lifecycle.SHUTDOWN in asked.events
            try:
                self._dispatch(Registered(asked.name, invoke, shutdown, not self._is_external(asked.name)))
            except InvalidTransition:
                refusal = extensions_api.REGISTRATION_CLOSED
        if refusal is not None:
            _reply(exchange, refusal)
            return
        identifier, function = self._ids.uuid(), self._environment.function
        self._extensions[identifier] = _Extension(asked.name, identifier)
        account = self._account if asked.account else ""
        _reply(
            exchange,
            extensions_api.registered(identifier, function.name, function.version, function.handler, account),
        )

    def _look_again(self) -> None:
        self._timer = None
        waiting, self._early_birds = self._early_birds, []
        for exchange in waiting:
            self._register(exchange)

    def _refusal(self, name: str) -> Reply | None:
        known = self._named(name)
        if known is not None and self._is_external(name):
            return extensions_api.not_allowed(known.state, State.REGISTERED, name)
        if not self._environment.registration_open:
            return extensions_api.REGISTRATION_CLOSED
        if len(self._extensions) >= extensions_api.MOST:
            return extensions_api.TOO_MANY
        if known is not None or name == RUNTIME:
            return extensions_api.NAME_TAKEN
        return None

    def _is_external(self, name: str) -> bool:
        return name in self._environment.external

    def _named(self, name: str) -> _Extension | None:
        return next((each for each in self._extensions.values() if each.name == name), None)

    def _who(self, exchange: RuntimeExchange, unknown: Reply | None = None) -> _Extension | Reply:
        identifier = extensions_api.identifier(exchange.headers)
        if isinstance(identifier, Reply):
            return identifier
        return self._extensions.get(identifier) or unknown or extensions_api.unknown(identifier)

    def _next(self, exchange: RuntimeExchange) -> None:
        who = self._who(exchange)
        if isinstance(who, Reply):
            _reply(exchange, who)
        elif who.event is not None:
            # Told while it was not there to hear it.
            event, who.event = who.event, None
            _hand(who, exchange, event)
        elif who.state not in (State.REGISTERED, State.RUNNING):
            _reply(exchange, extensions_api.not_allowed(who.state, State.READY, who.identifier))
        else:
            who.state, who.waits = State.READY, exchange
            try:
                self._dispatch(Polled(who.name))
            except InvalidTransition:
                return  # its environment ends: it waits until it is killed

    def _failed(
        self, exchange: RuntimeExchange, where: str, state: State, wanted: str, allowed: tuple[State, ...]
    ) -> None:
        who = self._who(exchange, extensions_api.UNKNOWN)
        error_type = extensions_api.error_type(exchange.headers)
        if isinstance(who, Reply):
            _reply(exchange, who)
        elif isinstance(error_type, Reply):
            _reply(exchange, error_type)
        elif who.state is state:
            _reply(exchange, runtime_api.OK)  # it says so again
        elif who.state not in allowed:
            _reply(exchange, extensions_api.not_allowed(who.state, wanted, who.identifier))
        else:
            # Answered first: the environment may be killed in the same step.
            who.state, who.waits = state, None
            _reply(exchange, runtime_api.OK)
            try:
                self._dispatch(ExtensionFailed(who.name, where, error_type, self._memory()))
            except InvalidTransition:
                return  # it ends already

    # -- events for extensions

    def deliver(self, action: DeliverInvoke | DeliverShutdown) -> None:
        """Answer the party's parked `/event/next`, or its next one."""
        who = self._named(action.party)
        if who is None:
            return
        event = self._ids.uuid()
        match action:
            case DeliverInvoke(invocation=invocation):
                arn = invocation.arn or self._arn
                reply = extensions_api.invoke_event(event, invocation, arn, action.deadline)
            case DeliverShutdown():
                reply = extensions_api.shutdown_event(event, action.reason, action.deadline)
                self.flush()
        exchange, who.waits = who.waits, None
        if exchange is None:
            who.event = reply
        else:
            _hand(who, exchange, reply)

    # -- telemetry

    @property
    def subscribed(self) -> bool:
        """Whether somebody is told what happens, or may still ask to be: `take` wants every fact of the environment."""
        return bool(self._subscribers) or self._environment.phase is Phase.INIT

    def take(self, fact: Fact) -> None:
        """Something that happened in the environment, in order: told to who subscribed to it."""
        if self._environment.phase is Phase.INIT:
            self._early.append(fact)
        else:
            self._early.clear()
        for subscriber in tuple(self._subscribers.values()):
            subscriber.take(fact)
        if isinstance(fact, InvocationEnded):
            self.flush()  # before the environment is frozen

    def flush(self) -> None:
        """Send what waits now, without waiting for batches to become full."""
        for subscriber in tuple(self._subscribers.values()):
            subscriber.flush()

    def _subscribe(self, exchange: RuntimeExchange, *, legacy: bool) -> None:
        who = self._who(exchange)
        if isinstance(who, Reply):
            _reply(exchange, who)
            return
        if self._environment.phase is not Phase.INIT:
            _reply(exchange, extensions_api.LOGS_CLOSED if legacy else extensions_api.TELEMETRY_CLOSED)
            return
        if self._legacy is not None and self._legacy is not legacy:
            _reply(exchange, subscriptions.other_api(legacy))
            return
        managed = self._environment.function.managed
        asked = subscriptions.subscription(exchange.body, legacy=legacy, managed=managed)
        if isinstance(asked, Reply):
            _reply(exchange, asked)
            return
        self._legacy = legacy
        former = self._subscribers.get(who.name)
        known = former is not None and former.subscription == asked
        if not known:
            self._begin(who.name, asked)
        _reply(exchange, subscriptions.ACCEPTED)
        state = "Already subscribed" if known else "Subscribed"
        self._tell(TelemetrySubscribed(*self._where(), who.name, state, asked.types, legacy))

    def _begin(self, name: str, asked: Subscription) -> None:
        """A new subscription takes the place of the extension's former one."""
        former = self._subscribers.pop(name, None)
        if former is not None:
            former.close()
        one = self._environment

        def dropped(what: Dropped, reason: str) -> None:
            self._tell(LogsDropped(*self._where(), name, what.size, what.records, reason))

        sender = self._sender(asked.destination)
        subscriber = Subscriber(asked, one.function, sender, self._clock, lambda: one.suspended, dropped)
        self._subscribers[name] = subscriber
        for fact in self._early:
            subscriber.take(fact)

    def _where(self) -> tuple[float, str, str, str]:
        chronicle = self._environment.chronicle
        return self._clock.now(), chronicle.function, chronicle.environment, chronicle.stream

    def _tell(self, fact: Fact) -> None:
        self._publish(fact)
        self.take(fact)


def _hand(who: _Extension, exchange: RuntimeExchange, event: Reply) -> None:
    if _reply(exchange, event):
        who.state = State.RUNNING
    else:
        who.event = event  # its connection broke: it gets the event when it comes back


def _reply(exchange: RuntimeExchange, reply: Reply) -> bool:
    return exchange.reply(reply.status, reply.headers, reply.body)
