"""Target groups of an Application Load Balancer whose target is a function → APIs. Pure.

What leads to a group are listener rules (path patterns and methods become routes, the lowest priority first) and
default actions of listeners. Conditions on hosts, headers, queries and addresses are told and not looked at: here
everybody is let in. A group that nothing in the template leads to takes everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from localstack_lite.config.integrations import Targets, lambda_proxy
from localstack_lite.config.parameters import as_text
from localstack_lite.config.references import references
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource, Stack
from localstack_lite.model.api import DEFAULT_ROUTE, Api, ApiKind, Integration, Route

GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
_RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
_LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
_MULTI_VALUE = "lambda.multi_value_headers.enabled"
#: A load balancer waits for a function as long as it may run.
_TIMEOUT = 900.0
_LAST = 50_001


def read_load_balancers(stack: Stack, targets: Targets) -> Iterator[Api]:
    for resource in stack.of_type(GROUP):
        try:
            if resource.text("TargetType").lower() == "lambda" and (target := _target(resource)) is not None:
                yield _api(resource, target, targets)
        except Refusal as refusal:
            resource.leave_out(refusal)


def _target(group: Resource) -> object:
    listed = group.raw("Targets")
    first = listed[0] if isinstance(listed, list) and listed else None
    return first.get("Id") if isinstance(first, Mapping) else None


def _api(group: Resource, target: object, targets: Targets) -> Api:
    called = lambda_proxy(targets, group, target, payload="1.0", timeout=_TIMEOUT)
    routes = [route for rule in _rules(group) for route in _routes(rule, called)]
    if _is_default(group) or not routes:
        routes.append(Route("ANY", DEFAULT_ROUTE, called))
    return Api(
        logical_id=group.id,
        name=_name(group),
        kind=ApiKind.ALB,
        routes=_each_once(routes),
        where=group.where(),
        multi_value=_multi_value(group),
    )


def _each_once(routes: list[Route]) -> tuple[Route, ...]:
    """Two rules may say the same."""
    return tuple({route.key: route for route in routes}.values())


def _name(group: Resource) -> str:
    """What its tag says, where a tool gave it a name that says nothing."""
    return _pairs(group, "Tags").get("Name") or group.text_or("", "Name") or group.derived_name


def _multi_value(group: Resource) -> bool:
    return _pairs(group, "TargetGroupAttributes").get(_MULTI_VALUE, "").lower() == "true"


def _pairs(group: Resource, name: str) -> dict[str, str]:
    try:
        listed = group.value(name)
    except Refusal as refusal:
        group.warn(refusal)
        return {}
    pairs = [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
    return {as_text(one.get("Key")): as_text(one.get("Value")) for one in pairs}


def _rules(group: Resource) -> list[Resource]:
    """Those that forward to the group, in the order in which the load balancer looks at them."""
    named = [rule for rule in group.stack.of_type(_RULE) if _forwards(rule, "Actions", group)]
    return sorted(named, key=_priority)


def _priority(rule: Resource) -> int:
    text = rule.text_or("", "Priority")
    return int(text) if text.isdecimal() else _LAST


def _is_default(group: Resource) -> bool:
    return any(_forwards(listener, "DefaultActions", group) for listener in group.stack.of_type(_LISTENER))


def _forwards(resource: Resource, name: str, group: Resource) -> bool:
    return group.logical_id in references(resource.properties.get(name))


def _routes(rule: Resource, called: Integration) -> Iterator[Route]:
    try:
        conditions = rule.value("Conditions")
    except Refusal as refusal:
        rule.leave_out(refusal)
        return
    paths, methods, others = ["*"], ["ANY"], list[str]()
    for condition in conditions if isinstance(conditions, list) else ():
        if not isinstance(condition, Mapping):
            continue
        match field := as_text(condition.get("Field")):
            case "path-pattern":
                paths = _values(condition, "PathPatternConfig")
            case "http-request-method":
                methods = _values(condition, "HttpRequestMethodConfig")
            case _:
                others.append(field)
    if others:
        what = f"conditions of {', '.join(dict.fromkeys(others))} are not looked at by this version"
        rule.warn(Refusal(what, "every request with this path comes to the function", ("Conditions",)))
    for pattern in paths:
        found = _paths(pattern)
        if not found:
            what = f"the path pattern {pattern} is taken for every path"
            rule.warn(Refusal(what, "a pattern ends with /* or has none", ("Conditions",)))
        yield from (Route(method.upper(), path, called) for path in found or (DEFAULT_ROUTE,) for method in methods)


def _values(condition: Mapping[str, Any], config: str) -> list[str]:
    within = condition.get(config)
    listed = within.get("Values") if isinstance(within, Mapping) else condition.get("Values")
    return [as_text(one) for one in listed] if isinstance(listed, list) else []


def _paths(pattern: str) -> tuple[str, ...]:
    """Routes that take just the paths of a pattern; empty when no route can say it. A last `*` takes everything."""
    if pattern in ("*", "/*"):
        return (DEFAULT_ROUTE,)
    if pattern.endswith("/*") and not re.search(r"[*?{]", pattern[:-2]):
        return f"{pattern[:-1]}{{proxy+}}", pattern[:-1]
    return () if re.search(r"[*?{]", pattern) else (pattern,)
