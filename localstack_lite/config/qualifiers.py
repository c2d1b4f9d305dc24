"""`AWS::Lambda::Alias`, `AWS::Lambda::Version` and `AWS::Lambda::EventInvokeConfig` → what their functions know of
themselves. Pure.

An alias of a version that the template declares stands for what the next deployment would publish: the code as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from localstack_lite.config import made_by_sam
from localstack_lite.config.integrations import Targets
from localstack_lite.config.parameters import as_text
from localstack_lite.config.references import references
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource, Stack
from localstack_lite.model.alias import Alias, EventInvoke, Provisioned
from localstack_lite.model.arn import LATEST
from localstack_lite.model.function import Function

ALIAS = "AWS::Lambda::Alias"
VERSION = "AWS::Lambda::Version"
EVENT_INVOKE = "AWS::Lambda::EventInvokeConfig"
_PROVISIONED = ("ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions")
#: AWS quotas.
RETRIES = range(3)
EVENT_AGE = range(60, 21_601)

Declared = Alias | Provisioned | EventInvoke


def read_qualifiers(stack: Stack, targets: Targets) -> Iterator[tuple[str, Declared]]:
    """What is declared, with the logical id of its function. What cannot be used is told and left out."""
    for resource in stack.of_type(ALIAS, EVENT_INVOKE):
        try:
            function = targets.function(resource, resource.raw("FunctionName"))
            if resource.kind == EVENT_INVOKE:
                yield function, _event_invoke(resource)
                continue
            alias = _alias(resource)
            yield function, alias
            if (executions := resource.whole_or(0, *_PROVISIONED)) > 0:
                yield function, Provisioned(alias.name, executions)
        except Refusal as refusal:
            made_by_sam.leave_out(resource, refusal)


def with_qualifiers(functions: Iterable[Function], found: Iterable[tuple[str, Declared]]) -> tuple[Function, ...]:
    of: defaultdict[str, list[Declared]] = defaultdict(list)
    for function, declared in found:
        of[function].append(declared)
    return tuple(_with(function, of[function.logical_id]) for function in functions)


def _with(function: Function, declared: list[Declared]) -> Function:
    if not declared:
        return function
    return replace(
        function,
        aliases=tuple(one for one in declared if isinstance(one, Alias)),
        provisioned=tuple(one for one in declared if isinstance(one, Provisioned)),
        event_invokes=tuple(one for one in declared if isinstance(one, EventInvoke)),
    )


def _alias(resource: Resource) -> Alias:
    weights: dict[str, float] = {}
    routing = resource.value("RoutingConfig", "AdditionalVersionWeights")
    for one in routing if isinstance(routing, list) else ():
        try:
            weights[as_text(one["FunctionVersion"]).rpartition(":")[2]] = float(one["FunctionWeight"])
        except (KeyError, TypeError, ValueError):
            raise Refusal("is a list of FunctionVersion and FunctionWeight", "", ("RoutingConfig",)) from None
    return Alias(resource.text("Name"), _version(resource), resource.text_or("", "Description"), weights)


def _version(resource: Resource) -> str:
    """The number as the template has it; empty where it is that of a version which is still to be published."""
    raw = resource.raw("FunctionVersion")
    kinds = (resource.stack.resources.get(name, {}).get("Type") for name in references(raw))
    if VERSION in kinds:
        return ""
    number = resource.text("FunctionVersion")
    return "" if number == LATEST else number


def _event_invoke(resource: Resource) -> EventInvoke:
    return EventInvoke(
        resource.text_or(LATEST, "Qualifier"),
        _within(resource, "MaximumRetryAttempts", RETRIES),
        _within(resource, "MaximumEventAgeInSeconds", EVENT_AGE),
        resource.text_or("", "DestinationConfig", "OnSuccess", "Destination"),
        resource.text_or("", "DestinationConfig", "OnFailure", "Destination"),
    )


def _within(resource: Resource, name: str, allowed: range) -> int | None:
    figure = resource.whole_or(-1, name)
    if figure in allowed or resource.raw(name) is None:
        return figure if figure in allowed else None
    near = min(max(figure, allowed.start), allowed.stop - 1)
    what = f"AWS takes {allowed.start} to {allowed.stop - 1}, not {figure}; {near} is used"
    resource.warn(Refusal(what, "change it before you deploy", (name,)))
    return near
