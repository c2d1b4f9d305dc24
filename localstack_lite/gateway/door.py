"""A rule that waits for nothing, as what stands before a route."""

from __future__ import annotations

from collections.abc import Callable

from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.steps import Telling
from localstack_lite.gateway.visit import Door, Visit


def gate(rule: Callable[[Visit], Visit | Denial]) -> Door:
    """A door that asks `rule` and nobody else: it lets the visit through that the rule returns, or denies it."""

    def door(visit: Visit) -> Telling[Visit | Denial]:
        yield from ()  # what makes it a generator: there is no step to ask for
        return rule(visit)

    return door
