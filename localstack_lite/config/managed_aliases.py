"""Aliases that a deployment tool makes and moves by itself: every event of the function calls them. Pure.

The Serverless Framework has them for `provisionedConcurrency` and `snapStart` (names recorded with osls 3.77), Zappa
for its `provisioned_concurrency` and `snap_start` (0.63).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from localstack_lite.model.alias import Alias, Provisioned
from localstack_lite.model.api import Api, LambdaProxy, Route
from localstack_lite.model.arn import LATEST
from localstack_lite.model.authorizer import Guard, LambdaAuthorizer
from localstack_lite.model.function import Function
from localstack_lite.model.integration import TemplatedIntegration
from localstack_lite.model.trigger import Schedule


@dataclass(frozen=True, slots=True)
class Managed:
    """The alias of one function; `executions` are provisioned for it."""

    name: str
    executions: int = 0


Aliases = Mapping[str, Managed]


def functions_with(functions: Iterable[Function], aliases: Aliases) -> tuple[Function, ...]:
    """`aliases` by logical id."""
    return tuple(_with(one, aliases[one.logical_id]) if one.logical_id in aliases else one for one in functions)


def apis_through(apis: Iterable[Api], aliases: Aliases) -> tuple[Api, ...]:
    return tuple(_through(api, aliases) for api in apis)


def schedules_through(schedules: Iterable[Schedule], aliases: Aliases) -> tuple[Schedule, ...]:
    return tuple(
        replace(one, qualifier=aliases[one.function].name) if one.function in aliases else one for one in schedules
    )


def _with(function: Function, managed: Managed) -> Function:
    invokes = (replace(one, qualifier=managed.name if one.qualifier == LATEST else one.qualifier) for one in
               function.event_invokes)  # fmt: skip
    return replace(
        function,
        aliases=(*function.aliases, Alias(managed.name)),
        provisioned=(Provisioned(managed.name, managed.executions),) if managed.executions else (),
        event_invokes=tuple(invokes),
    )


def _through(api: Api, aliases: Aliases) -> Api:
    return replace(api, routes=tuple(_routed(route, aliases) for route in api.routes))


def _routed(route: Route, aliases: Aliases) -> Route:
    """The route, with what it calls and who is asked before."""
    called, guard = route.integration, route.guard
    if isinstance(called, LambdaProxy | TemplatedIntegration) and called.function in aliases:
        route = replace(route, integration=replace(called, qualifier=aliases[called.function].name))
    match guard:
        case Guard(LambdaAuthorizer(function=function) as asked) if function in aliases:
            route = replace(route, guard=replace(guard, authorizer=replace(asked, qualifier=aliases[function].name)))
    return route
