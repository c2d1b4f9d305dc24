"""Which function an invocation is for: the one that was named, or the one that the event points to.

An event of an API points to the function whose route it would have matched. Pure.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from localstack_lite.errors import UserError
from localstack_lite.model.api import DEFAULT_ROUTE, ApiKind, LambdaProxy, Route
from localstack_lite.model.function import Function
from localstack_lite.model.project import Project

_CALLED = re.compile(
    r"(?:arn:[^:]+:lambda:[^:]*:\d{12}:function:|(?:\d{12}:)?function:|\d{12}:)?(?P<name>[^:]+)(?::(?P<qualifier>[^:]+))?"
)


class Call(NamedTuple):
    """An API request as an event shows it. `template` is the route's path as the event names it, or empty."""

    kinds: frozenset[ApiKind]
    method: str
    path: str
    template: str


def named(project: Project, called: str) -> tuple[Function, str]:
    """The function of that name, logical id, or full or partial ARN, and the qualifier in it (or empty)."""
    functions = project.functions
    exact = [f for f in functions if f.logical_id == called] or [f for f in functions if f.name == called]
    qualifier = ""
    if not exact and (match := _CALLED.fullmatch(called)):
        qualifier = match["qualifier"] or ""
        exact = [f for f in functions if match["name"] in (f.logical_id, f.name)]
    if len(exact) == 1:
        return exact[0], qualifier
    if exact:
        raise UserError(called, "several functions have this name", f"use a logical id: {_ids(exact)}")
    known = [name for f in functions for name in (f.name, f.logical_id)]
    near = difflib.get_close_matches(called, known, n=1)
    lost = next((p for p in project.problems if not p.warning and p.subject == called), None)
    if lost:
        raise UserError(lost.where, f"{called} cannot run: {lost.what}", lost.hint)
    hint = f"did you mean {near[0]}? There is {_ids(functions)}" if near else f"there is {_ids(functions)}"
    raise UserError(called, "there is no such function in this project", hint)


def pointed_to(project: Project, event: Any) -> Function:
    """The only function, or the one that the event's kind points to. Raises UserError that lists the functions."""
    if len(project.functions) == 1:
        return project.functions[0]
    if not project.functions:
        raise UserError(
            str(project.source or project.root), "there is no function to run", "`devserve validate` says why"
        )
    call = call_of(event)
    if call is not None:
        found = set(_matching(project, call))
        if len(found) == 1 and (function := project.function(found.pop())):
            return function
    what = "the project has several functions, and the event does not say which is meant"
    raise UserError("invoke", what, f"devserve invoke FUNCTION, one of {_ids(project.functions)}")


def call_of(event: Any) -> Call | None:
    """The request that an event of API Gateway, a function URL or a load balancer was made from; None for any other."""
    match event:
        case {"requestContext": {"elb": _}, "httpMethod": str(method), "path": str(path)}:
            return Call(frozenset({ApiKind.ALB}), method, path, "")
        case {"requestContext": {"http": {"method": str(method), "path": str(path)}, **context}, **rest}:
            url = ".lambda-url." in str(context.get("domainName", ""))
            template = str(rest.get("routeKey", "")).rpartition(" ")[2]
            return Call(frozenset({ApiKind.FUNCTION_URL if url else ApiKind.HTTP}), method, path, template)
        case {"httpMethod": str(method), "path": str(path), **rest}:
            kinds = {ApiKind.HTTP} if rest.get("version") == "1.0" else {ApiKind.REST}
            return Call(frozenset(kinds), method, path, str(rest.get("resource") or ""))
    return None


def _matching(project: Project, call: Call) -> Iterable[str]:
    """Logical ids of the functions behind the best kind of match: the same route, a route that takes the path, any
    route of such an API."""
    routes = [route for api in project.apis if api.kind in call.kinds for route in api.routes]
    same = [r for r in routes if r.path == call.template and r.method in (call.method, "ANY")]
    fitting = [r for r in routes if takes(r.path, call.path) and r.method in (call.method, "ANY")]
    plain = [r for r in fitting if r.path == call.path]
    variable = [r for r in fitting if "+}" not in r.path and r.path != DEFAULT_ROUTE]
    greedy = [r for r in fitting if r.path != DEFAULT_ROUTE]
    for candidates in (same, plain, variable, greedy, fitting, routes):
        if found := list(_functions(candidates)):
            return found
    return []


def _functions(routes: Iterable[Route]) -> Iterator[str]:
    for route in routes:
        if isinstance(route.integration, LambdaProxy):
            yield route.integration.function


def takes(template: str, path: str) -> bool:
    """Whether a route's path (`/a/{b}`, `/a/{rest+}`, `$default`) takes this path."""
    if template == DEFAULT_ROUTE:
        return True
    pattern = "/".join(
        ".+" if part.startswith("{") and part.endswith("+}") else "[^/]+" if part.startswith("{") else re.escape(part)
        for part in template.split("/")
    )
    return re.fullmatch(pattern, path) is not None


def _ids(functions: Iterable[Function]) -> str:
    return (
        ", ".join(f.logical_id if f.logical_id == f.name else f"{f.logical_id} ({f.name})" for f in functions) or "none"
    )
