"""The Lambda service of a served project, with all that belongs to it: versions, limits, events, the API over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from localstack_lite.app.machine import Machine
from localstack_lite.app.staged import CallsCloud, Staged, Trouble
from localstack_lite.config.state import state_folder
from localstack_lite.events.async_invocations import AT_ONCE, AsyncInvocations, Surroundings
from localstack_lite.events.sender import Sender
from localstack_lite.lambdas import lineage
from localstack_lite.lambdas.api import event_invoke_api
from localstack_lite.lambdas.api.account import Account
from localstack_lite.lambdas.api.api_answer import Answer
from localstack_lite.lambdas.api.invoke_api import InvokeApi
from localstack_lite.lambdas.api.operations import Call
from localstack_lite.lambdas.catalogue import Catalogue
from localstack_lite.lambdas.event_invoke_configs import EventInvokeConfigs
from localstack_lite.lambdas.limits import Limits
from localstack_lite.lambdas.provisioned import Provisioning
from localstack_lite.lambdas.service import LambdaService
from localstack_lite.lambdas.shelf import Shelf
from localstack_lite.lambdas.urls import with_urls
from localstack_lite.model.alias import EventInvoke
from localstack_lite.model.function import Function
from localstack_lite.model.options import ServeOptions
from localstack_lite.model.pending_event import PendingEvent
from localstack_lite.model.project import Project
from localstack_lite.ports import DebugDoors, Invoke, Publish
from localstack_lite.system import ScaledClock
from localstack_lite.wire.messages import Request


class LambdaSide:
    """`subscribe` has facts told until its answer is called; `loaded` is told the files that runtimes have read;
    `gateway_url` says where the gateway is; `changed` is called when what it serves may be otherwise; `lost` is told
    why functions in the stage (`cloud` runs them) cannot be reached."""

    def __init__(
        self,
        project: Project,
        options: ServeOptions,
        machine: Machine,
        publish: Publish,
        subscribe: Callable[[Publish], Callable[[], None]],
        loaded: Callable[[frozenset[str]], None],
        gateway_url: Callable[[], str],
        changed: Callable[[], None],
        *,
        debug: DebugDoors | None = None,
        cloud: CallsCloud | None = None,
        lost: Callable[[Trouble], None] = lambda _: None,
    ) -> None:
        clock, ids = machine.clock, machine.ids
        shelf = Shelf(project.root)
        kept, self.problems = shelf.load(project)
        self._changed = changed
        self._limits, self._throttled = Limits(), _Throttled()
        provisioning = Provisioning(clock.now())
        self.catalogue = Catalogue(project, kept)
        self.service = LambdaService(
            project,
            machine.sandbox,
            machine.listen,
            publish,
            clock,
            ids,
            self._limits,
            machine.settings,
            loaded,
            debug,
            catalogue=self.catalogue,
            provisioning=provisioning,
        )
        self._staged = (
            None if cloud is None else Staged(lambda: self.catalogue.project, self.service.invoke, cloud, lost)
        )
        self.invoke: Invoke = self._staged or self.service.invoke
        self._configs = EventInvokeConfigs(clock.now())
        sender = Sender(project.account, project.region, options.profile or project.profile, project.endpoint_url)
        self._events = AsyncInvocations(
            project,
            self.invoke,
            publish,
            clock,
            ScaledClock(clock, options.time_scale),
            ids,
            partial(state_folder, project.root),
            sender.send,
            Surroundings(self._config, self._reserved, subscribe, _onward),
            wall=machine.wall,
            at_once=min(AT_ONCE, machine.settings.capacity),  # what is over it would stand before callers who wait
        )
        self.accept = self._events.accept
        account = Account(
            self.catalogue,
            self._limits,
            provisioning,
            shelf,
            clock,
            ids,
            gateway_url,
            self._published,
            started=clock.now(),
        )
        now = clock.now

        def event_invokes(call: Call, request: Request, request_id: str) -> Answer:
            project, has = self.catalogue.project, self.catalogue.has
            return event_invoke_api.answer(call, request, request_id, project, has, self._configs, now())

        self.api = InvokeApi(account, self.invoke, self.accept, event_invokes)

    # -- its life

    def start(self) -> None:
        """What an earlier run left goes on; what is provisioned starts."""
        self._events.start()
        self.service.provision()

    def swap(self, project: Project) -> None:
        self.catalogue.swap(project)
        self.service.swap(project)
        self._events.swap(project)
        self._throttled.swap(project, self._limits)

    def saved(self, functions: frozenset[str]) -> None:
        """Their code changed (logical ids)."""
        self.catalogue.saved(functions)
        self.service.retire(sorted(functions))

    async def stop(self) -> None:
        await self.service.stop()
        await self._events.stop()
        if self._staged is not None:
            self._staged.close()

    # -- what others look at

    def exposed(self, project: Project) -> Project:
        """The project with the URLs that were made over the API."""
        return with_urls(project, self.catalogue)

    def throttle(self) -> bool:
        """Every function to 0, or back. Whether they are throttled now."""
        return self._throttled.toggle(self.catalogue.project, self._limits)

    def pending(self) -> tuple[PendingEvent, ...]:
        return self._events.pending()

    def forget(self, request_id: str) -> int | None:
        """An event that waits is not run or sent any more; how much it was. None: it runs now."""
        return self._events.forget(request_id)

    # -- inside

    def _published(self) -> None:
        """A call of the Lambda API changed versions, aliases, URLs or permissions."""
        self._changed()
        self.service.provision()

    def _config(self, logical_id: str, qualifier: str) -> EventInvoke | None:
        function = self.catalogue.project.function(logical_id)
        standing = None if function is None else self._configs.get(function, qualifier)
        return None if standing is None else standing.config

    def _reserved(self, logical_id: str) -> int | None:
        function = self.catalogue.project.function(logical_id)
        return None if function is None else self._limits.reserved(function)


class _Throttled:
    """Whether a person has switched all functions off, and what was reserved before."""

    def __init__(self) -> None:
        self._before: dict[str, int | None] | None = None

    def toggle(self, project: Project, limits: Limits) -> bool:
        if self._before is None:
            self._before = {}
            self.swap(project, limits)
            return True
        before, self._before = self._before, None
        for function in project.functions:
            self._give_back(function, before, limits)
        return False

    def swap(self, project: Project, limits: Limits) -> None:
        """Functions that are new are throttled, too."""
        if self._before is None:
            return
        for function in project.functions:
            self._before.setdefault(function.logical_id, limits.reserved(function))
            limits.put(function, 0)

    @staticmethod
    def _give_back(function: Function, before: Mapping[str, int | None], limits: Limits) -> None:
        reserved = before.get(function.logical_id)
        if reserved is None:
            limits.delete(function)
        else:
            limits.put(function, reserved)


def _onward(trace: str, function: Function) -> str | None:
    """The trace header for a function that a record is handed on to; None when the chain goes round in a circle."""
    found = lineage.extended(trace, function.logical_id, loops=function.recursive_loop == "Allow")
    return found if isinstance(found, str) else None
