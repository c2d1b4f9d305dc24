"""Who else than its caller has to do with an invocation: the extensions of one environment and what they are told.

They have a desk from when they are first heard of. Until then the facts of an initialisation are kept, for who
subscribes during it; an environment without extensions has nothing to do here once it is initialised.
"""

from __future__ import annotations

from collections.abc import Callable

from localstack_lite.lambdas.environments.actions import DeliverInvoke, DeliverShutdown
from localstack_lite.lambdas.environments.environment import Environment
from localstack_lite.lambdas.environments.events import Event
from localstack_lite.lambdas.environments.phases import Phase
from localstack_lite.lambdas.extensions.desk import EARLY, ExtensionDesk
from localstack_lite.lambdas.extensions.telemetry_sender import TelemetrySender
from localstack_lite.lambdas.extensions.telemetry_subscription import Destination
from localstack_lite.model.facts import Fact
from localstack_lite.model.function import Function, LogFormat
from localstack_lite.ports import Clock, Ids, Publish, RuntimeExchange


class Onlookers:
    def __init__(
        self,
        environment: Environment,
        arn: str,
        account: str,
        *,
        dispatch: Callable[[Event], None],
        publish: Publish,
        clock: Clock,
        ids: Ids | None,
        memory: Callable[[], int],
        inside: Callable[[int], tuple[str, int] | None],
        pending: Callable[[], bool],
    ) -> None:
        """Without `ids` there are no extensions. `inside` says where a port of the sandbox is on this machine,
        `pending` whether the sandbox is still being made."""
        self._environment = environment
        self._arn = arn
        self._account = account
        self._dispatch = dispatch
        self._publish = publish
        self._clock = clock
        self._ids = ids
        self._memory = memory
        self._inside = inside
        self._pending = pending
        self._desk: ExtensionDesk | None = None
        self._early: list[Fact] = []
        self._details = _logs_details(environment.function)
        environment.detailed = self._details
        self.observe: Callable[[Fact], None] | None = None
        """Wants every fact of the environment, while there is one."""

    def begin(self) -> None:
        """The sandbox starts anew. That its initialisation starts was told just before."""
        self.close()
        one = self._environment
        one.detailed = self._details
        if self._ids is not None:
            self._early = [one.chronicle.init_started(self._clock.now(), "invoke" if one.suppressed else "init")]
            self.observe = self._keep

    def close(self) -> None:
        if self._desk is not None:
            self._desk.close()
            self._desk = None

    def flush(self) -> None:
        """Its processes end: what waits to be sent is sent now."""
        if self._desk is not None:
            self._desk.flush()

    def arrive(self) -> None:
        """The sandbox has started external extensions."""
        self._there()

    def receive(self, exchange: RuntimeExchange) -> bool:
        """Whether it was a request of an extension."""
        desk = self._there()
        return desk is not None and desk.receive(exchange)

    def deliver(self, action: DeliverInvoke | DeliverShutdown) -> None:
        if self._desk is not None:
            self._desk.deliver(action)

    def _there(self) -> ExtensionDesk | None:
        if self._desk is None and self._ids is not None:
            self._desk = ExtensionDesk(
                self._environment,
                self._arn,
                self._account,
                dispatch=self._dispatch,
                publish=self._publish,
                clock=self._clock,
                ids=self._ids,
                sender=self._sender,
                memory=self._memory,
                pending=self._pending,
                earlier=self._early,
            )
            self._early, self.observe = [], self._take
            self._environment.detailed = True
        return self._desk

    def _sender(self, destination: Destination) -> TelemetrySender:
        return TelemetrySender(destination, self._inside)

    def _keep(self, fact: Fact) -> None:
        if self._environment.phase is not Phase.INIT:
            self._early, self.observe = [], None
        elif len(self._early) < EARLY:
            self._early.append(fact)

    def _take(self, fact: Fact) -> None:
        if self._desk is not None and self._desk.subscribed:
            self._desk.take(fact)
        else:
            self.observe, self._environment.detailed = None, self._details


def _logs_details(function: Function) -> bool:
    """Whether the function's log has the facts that else only telemetry has."""
    logging = function.logging
    return logging.format is LogFormat.JSON and logging.system_level.upper() == "DEBUG"
