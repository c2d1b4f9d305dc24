"""What can be brought to a stage by calls of its own, past CloudFormation, and which calls those are. Pure.

The steps come layers first, then function by function (code, configuration, concurrency, version and aliases), then
what calls functions: settings of asynchronous invocations, APIs, state machines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any

from localstack_lite.sync.aliases import TARGET, Alias, alias_steps, following, unpublished
from localstack_lite.sync.api_bodies import BODY, HTTP, REST, api_step
from localstack_lite.sync.async_configs import ASYNC_CONFIG, SETTINGS, async_config_step
from localstack_lite.sync.code_steps import code_steps
from localstack_lite.sync.function_needs import CODE, FUNCTION, Needs, needs
from localstack_lite.sync.function_settings import ARCHITECTURES, ARGUMENTS, CONCURRENCY
from localstack_lite.sync.ground import Ground, parted
from localstack_lite.sync.layer_versions import LAYER, layers
from localstack_lite.sync.state_machines import DEFINITION, STATE_MACHINE, state_machine_step
from localstack_lite.sync.steps import NewLayer, Step, UpdateConcurrency, UpdateConfig, UploadCode
from localstack_lite.sync.values import names

#: Properties that have a call of their own, by type.
PROPERTIES: Mapping[str, frozenset[str]] = {
    FUNCTION: frozenset({*ARGUMENTS, CODE, CONCURRENCY, ARCHITECTURES}),
    LAYER: frozenset({"Content"}),
    ASYNC_CONFIG: frozenset(SETTINGS),
    REST: frozenset({BODY}),
    HTTP: frozenset({BODY}),
    STATE_MACHINE: frozenset(DEFINITION),
}
_PROPERTY = {argument: property for property, argument in ARGUMENTS.items()}


class Extent(StrEnum):
    """How much of it: all, code with its layers, or what a stack deploy of the same plan does not put right."""

    ALL = "all"
    CODE = "code"
    AFTER_DEPLOY = "after deploy"


@dataclass(frozen=True, slots=True)
class Direct:
    """`blocked` says what would have a call but that its value is not known here: `Orders: Role: REASON`. `layers` are
    those whose content differs from the stack's own."""

    steps: tuple[Step, ...] = ()
    blocked: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()


def direct(ground: Ground, extent: Extent = Extent.ALL, touched: frozenset[str] = frozenset()) -> Direct:
    """`touched` are ids of what the stack deploy of this plan changes: whatever refers to one of them is left to it."""
    work = _Work(ground, extent, touched)
    found = layers(ground)
    versions = {} if extent is Extent.AFTER_DEPLOY else found.versions
    blocked = [*found.blocked]
    functions: list[Needs] = []
    for id, _ in ground.resources(FUNCTION):
        function = ground.remote.functions.get(id)
        if function is not None:
            one = needs(ground, id, function, versions)
            blocked += [f"{id}: {property}: {why}" for property, why in one.blocked.items()]
            functions.append(work.extended(one))
    code, chains = code_steps(ground, functions)
    steps: list[Step] = [*(() if extent is Extent.AFTER_DEPLOY else found.steps), *code]
    aliases = list(following(ground, extent is Extent.AFTER_DEPLOY))
    for one in functions:
        chain = [*chains.get(one.id, ()), *_settings(ground, one)]
        steps += work.guarded(chain, one)
        of_function = [alias for alias in aliases if alias.function == one.id]
        if of_function and (one.published or any(work.left_behind(alias) for alias in of_function)):
            reason = "the function changed" if one.published else "what runs is not published"
            work.attempt(steps, blocked, one.id, partial(alias_steps, ground, one.id, of_function, reason))
    if extent is not Extent.CODE:
        for id, make in work.others():
            work.attempt(steps, blocked, id, make)
    return Direct(tuple(steps), tuple(blocked), found.changed)


def _settings(ground: Ground, one: Needs) -> Iterator[Step]:
    name = one.function.name
    if one.settings:
        told = any(not ground.unseen(one.id, _PROPERTY[argument]) for argument in one.settings)
        new = any(isinstance(each, NewLayer) for each in one.settings.get("Layers", ()))
        reason = "the template changed" if told else "its layer changed" if new else "it is not what the template says"
        yield UpdateConfig(one.id, name, one.settings, reason)
    if one.concurrency:
        yield UpdateConcurrency(one.id, name, one.concurrency[0], "the template changed")


@dataclass(frozen=True, slots=True)
class _Work:
    ground: Ground
    extent: Extent
    touched: frozenset[str]

    def ours(self, id: str, property: str) -> bool:
        """Whether this property is to be set directly: not if CloudFormation will, or may."""
        if self.extent is not Extent.AFTER_DEPLOY:
            return True
        path = parted(id)[0]
        refers = {path + name for name in names(self.ground.wanted(id).get(property))}
        return self.ground.unseen(id, property) and self.touched.isdisjoint(refers)

    def extended(self, one: Needs) -> Needs:
        """What of a function's needs this plan sees to."""
        match self.extent:
            case Extent.ALL:
                return one
            case Extent.CODE:
                layers = {name: value for name, value in one.settings.items() if name == "Layers" and _new(value)}
                return replace(one, settings=layers, concurrency=())
        deployed = self.ground.manifest.deployed.get(one.id)
        package = one.package
        other = one.architecture if self.ours(one.id, ARCHITECTURES) else ""
        seen = deployed is not None and package is not None and deployed != package.sha256
        if not other and (seen or not one.other_code):
            package = None
        settings = {name: value for name, value in one.settings.items() if self.ours(one.id, _PROPERTY[name])}
        concurrency = one.concurrency if self.ours(one.id, CONCURRENCY) else ()
        return replace(one, package=package, architecture=other, settings=settings, concurrency=concurrency)

    def guarded(self, chain: list[Step], one: Needs) -> list[Step]:
        """The first call on the function names the revision that the plan was made for. After a stack deploy, and after
        another call, that is another one."""
        match chain:
            case [UploadCode() | UpdateConfig() as first, *rest] if self.extent is not Extent.AFTER_DEPLOY:
                return [replace(first, revision=one.function.revision), *rest]
        return chain

    def left_behind(self, alias: Alias) -> bool:
        if self.extent is Extent.AFTER_DEPLOY:
            # A stack deploy that changes anything of an alias sets it back to the version that its template knows.
            return alias.id in self.touched and bool(self.ground.direct(alias.id).get(TARGET))
        return unpublished(self.ground, alias)

    def others(self) -> Iterator[tuple[str, Callable[[], list[Any]]]]:
        for kind, made in _OTHERS.items():
            for id, _ in self.ground.resources(kind):
                known = self.ground.exists(id)
                pending = [each for each in PROPERTIES[kind] if self.ground.pending(id, each)]
                if known and any(self.ours(id, property) for property in pending):
                    yield id, partial(_only, made, self.ground, id)

    @staticmethod
    def attempt(steps: list[Step], blocked: list[str], id: str, make: Callable[[], list[Any]]) -> None:
        try:
            steps += make()
        except (LookupError, ValueError, TypeError) as error:
            blocked.append(f"{id}: {error.args[0] if error.args else error}")


def _only(make: Callable[[Ground, str], Step], ground: Ground, id: str) -> list[Step]:
    return [make(ground, id)]


def _new(layers: Any) -> bool:
    return any(isinstance(each, NewLayer) for each in layers)


_OTHERS: Mapping[str, Callable[[Ground, str], Step]] = {
    ASYNC_CONFIG: async_config_step,
    REST: lambda ground, id: api_step(ground, id, REST),
    HTTP: lambda ground, id: api_step(ground, id, HTTP),
    STATE_MACHINE: state_machine_step,
}
