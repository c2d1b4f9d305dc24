"""The account whose functions the Lambda API answers for: what its operations look at and change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from localstack_lite.lambdas.api import code_facts
from localstack_lite.lambdas.api.code_facts import CodeFacts
from localstack_lite.lambdas.catalogue import Catalogue
from localstack_lite.lambdas.limits import Limits
from localstack_lite.lambdas.provisioned import Provisioning
from localstack_lite.lambdas.published import OfFunction, OfLayer
from localstack_lite.lambdas.shelf import Shelf
from localstack_lite.model.function import Code, Function
from localstack_lite.model.project import Project
from localstack_lite.ports import Clock, Ids

Measure = Callable[[Code], Awaitable[CodeFacts]]


def _nobody() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Account:
    """`gateway_url` says where the gateway is (`http://HOST:PORT`); `changed` is called when what the gateway serves
    or what is provisioned may be otherwise now: URLs, permissions, versions, aliases. `measure` looks at a
    function's code."""

    catalogue: Catalogue
    limits: Limits
    provisioning: Provisioning
    shelf: Shelf
    clock: Clock
    ids: Ids
    gateway_url: Callable[[], str]
    changed: Callable[[], None] = _nobody
    measure: Measure = code_facts.measure
    started: float = 0.0
    """Epoch seconds: since when there is what the project declares."""
    switched_off: dict[str, float] = field(default_factory=dict)
    """UUIDs of event source mappings that calls of this run disabled, and when."""

    @property
    def project(self) -> Project:
        return self.catalogue.project

    async def change_layer(self, name: str, of: OfLayer) -> None:
        """The same of a layer."""
        before = self.catalogue.kept.layer(name)
        self.catalogue.keep(self.catalogue.kept.with_layer(name, of))
        try:
            await self.shelf.save(lambda: self.catalogue.kept)
        except OSError:
            self.catalogue.keep(self.catalogue.kept.with_layer(name, before))
            raise

    async def change(self, function: Function, of: OfFunction) -> None:
        """What was made of a function is otherwise from now on, and on disk when this returns. An OSError when it
        cannot be kept: it is as it was then."""
        before = self.catalogue.kept
        self.catalogue.change(function.logical_id, of)
        try:
            await self.shelf.save(lambda: self.catalogue.kept)
        except OSError:
            self.catalogue.change(function.logical_id, before.of(function.logical_id))
            raise
        self.changed()
