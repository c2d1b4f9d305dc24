"""Aliases that a deployment tool makes and moves by itself: every event of the function calls them. Pure.

The Serverless Framework has them for `provisionedConcurrency` and `snapStart` (names recorded with osls 3.77), Zappa
for its `provisioned_concurrency` and `snap_start` (0.63).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from localstack_lite.model.alias import Alias, Provisioned
from localstack_lite.model.api import Api, LambdaProxy
from localstack_lite.model.arn import LATEST
from localstack_lite.model.function import Function
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
    routes = tuple(
        replace(route, integration=replace(called, qualifier=aliases[called.function].name))
        if isinstance(called := route.integration, LambdaProxy) and called.function in aliases
        else route
        for route in api.routes
    )
    return replace(api, routes=routes)
