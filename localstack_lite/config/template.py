"""A template and what it nests → functions, APIs, schedules, triggers and problems: the one reader for SAM and plain
CloudFormation. Pure: the transform, the disk and the stores of parameters come in as callables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from localstack_lite.config.definitions import files_named
from localstack_lite.config.dynamic import LookUp, nobody
from localstack_lite.config.environment import Variables
from localstack_lite.config.function_urls import read_function_urls
from localstack_lite.config.functions import FunctionsRead, read_functions
from localstack_lite.config.http_apis import read_http_apis
from localstack_lite.config.integrations import NOT_RUN, Targets
from localstack_lite.config.layers import adopted
from localstack_lite.config.load_balancers import read_load_balancers
from localstack_lite.config.nested import Given, Opened, Source
from localstack_lite.config.opening import Opening, Transform
from localstack_lite.config.parameters import Place
from localstack_lite.config.qualifiers import read_qualifiers, with_qualifiers
from localstack_lite.config.references import circles
from localstack_lite.config.rest_apis import read_rest_apis
from localstack_lite.config.schedules import read_schedules
from localstack_lite.config.stack import Resource, Stack
from localstack_lite.config.triggers import read_triggers
from localstack_lite.config.websocket_apis import read_websocket_apis
from localstack_lite.model.api import Api, ApiKind, Unsupported
from localstack_lite.model.function import Function
from localstack_lite.model.project import Problem
from localstack_lite.model.trigger import Schedule, Trigger


@dataclass(frozen=True, slots=True)
class TemplateRead:
    functions: tuple[Function, ...]
    apis: tuple[Api, ...]
    problems: tuple[Problem, ...]
    awaited: tuple[Path, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    triggers: tuple[Trigger, ...] = ()


def read_template(
    source: Source,
    place: Place,
    overrides: Mapping[str, str],
    transform: Transform,
    variables: Variables,
    look_up: LookUp = nobody,
    path: str = "",
    elsewhere: tuple[Function, ...] = (),
) -> TemplateRead:
    """`path` is what logical ids start with, as `Stack/`; `elsewhere` are functions of other stacks, which APIs here
    may call by their ARN. A UserError when it is no template or nothing in it can be
    translated; what is wrong with a nested one is a problem."""
    opening = Opening(transform, look_up)
    stacks = tuple(opening.open(source, place, Given(overrides), path, ()).below())
    reads = [read_functions(one.stack, one.source.files, variables.below(one.stack.path)) for one in stacks]
    layers = {arn: layer for read in reads for arn, layer in read.layers.by_arn.items()}
    reads = [
        replace(read, functions=tuple(adopted(function, layers, one.source.files.state) for function in read.functions))
        for one, read in zip(stacks, reads, strict=True)
    ]
    everything = tuple(function for read in reads for function in read.functions)
    left_out = _left_out(stacks, reads)
    apis: list[Api] = []
    targets_of: dict[str, Targets] = {}
    for one, read in zip(stacks, reads, strict=True):
        own = {function.logical_id.removeprefix(one.stack.path): function for function in read.functions}
        refused, others = {**left_out, **read.left_out}, (*everything, *elsewhere)
        targets_of[one.stack.path] = Targets(one.stack, own, refused, others, targets_of)
    qualified = [found for stack, targets in _with(stacks, targets_of) for found in read_qualifiers(stack, targets)]
    everything = with_qualifiers(everything, qualified)
    for one in stacks:
        apis += _apis(one.stack, targets_of[one.stack.path])
    schedules = [one for stack, targets in _with(stacks, targets_of) for one in read_schedules(stack, targets)]
    triggers = [one for stack, targets in _with(stacks, targets_of) for one in read_triggers(stack, targets)]
    problems = [*opening.found, *_one_address(apis)]
    awaited = tuple(file for read in reads for file in read.awaited)
    for one in stacks:  # they run nowhere here, but who pushes wants to know that they changed
        awaited += tuple(files_named(one.stack.resources, Path(one.source.key).parent))
    told = tuple(dict.fromkeys(problems))
    return TemplateRead(everything, tuple(apis), told, awaited, tuple(schedules), tuple(triggers))


def _with(stacks: Iterable[Opened], targets: Mapping[str, Targets]) -> Iterator[tuple[Stack, Targets]]:
    return ((one.stack, targets[one.stack.path]) for one in stacks)


def _apis(stack: Stack, targets: Targets) -> list[Api]:
    """The APIs of one stack in the order of its template."""
    apis = (
        *(*read_rest_apis(stack, targets), *read_http_apis(stack, targets), *read_websocket_apis(stack, targets)),
        *(*read_function_urls(stack, targets), *read_load_balancers(stack, targets)),
    )
    order = {logical_id: index for index, logical_id in enumerate(stack.resources)}
    listed = sorted(apis, key=lambda api: order[api.logical_id.removeprefix(stack.path)])
    _tell(stack, listed)
    return listed


def _left_out(stacks: Iterable[Opened], reads: Iterable[FunctionsRead]) -> dict[str, str]:
    """Why functions of nested stacks are not there, by the name that other stacks know them by."""
    return {
        one.stack.scope.prefix + logical_id: why
        for one, read in zip(stacks, reads, strict=True)
        for logical_id, why in read.left_out.items()
    }


def _tell(stack: Stack, apis: Iterable[Api]) -> None:
    """What the user should know of resources that are there and do less than they would on AWS."""
    if together := circles(stack.resources):
        what = f"circular dependency between {', '.join(together[:6])}"
        where = stack.where("Resources", together[0])
        stack.warn(where, what, "CloudFormation refuses this; it runs here all the same", stack.path + together[0])
    for api in apis:
        own = Resource(stack, api.logical_id.removeprefix(stack.path))
        for route in api.routes:
            if isinstance(route.integration, Unsupported):
                what = f"{api.logical_id}: {route.integration.why}"
                if not any(problem.what == what for problem in stack.found):
                    method = "x-amazon-apigateway-any-method" if route.method == "ANY" else route.method.lower()
                    where = own.where("Body", "paths", route.path, method)
                    stack.warn(where, what, NOT_RUN, api.logical_id)


def _one_address(apis: Iterable[Api]) -> list[Problem]:
    """APIs that share an id, which is the logical id without its signs: the first one answers."""
    first: dict[str, Api] = {}
    found = []
    for api in apis:
        before = first.setdefault(api.id, api)
        if api is not before and (api.kind is ApiKind.FUNCTION_URL) is (before.kind is ApiKind.FUNCTION_URL):
            what = f"{api.logical_id} and {before.logical_id} have one address, {api.id}"
            found.append(Problem(api.where, what, "give one of them another logical id", api.logical_id, warning=True))
    return found
