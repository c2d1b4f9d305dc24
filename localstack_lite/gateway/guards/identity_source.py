"""Identity sources of Lambda authorizers: reading what they name out of a request. Pure; what does not change is found
once.

Written as `method.request.header.NAME`, `.multivalueheader.`, `.querystring.`, `.multivaluequerystring.` (REST; `route`
in place of `method` on WebSocket APIs), `$request.header.NAME` and `$request.querystring.NAME` (HTTP APIs), and
`context.NAME` and `stageVariables.NAME`, with a `$` on HTTP APIs. Of several values of a name REST has the last, as in
its events, unless the source says `multivalue`; then, and on HTTP APIs, they are joined by commas.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from localstack_lite.gateway.integrations.http_context import HttpContext
from localstack_lite.gateway.query import pairs
from localstack_lite.gateway.visit import Visit
from localstack_lite.model.api import Api, ApiKind, Route
from localstack_lite.model.project import Project

Source = Callable[[Visit], str]
"""Empty where the request has no such thing."""

_SOURCE = re.compile(
    r"(?:(?:(?:method|route)\.|\$)request\.(?P<multi>multivalue)?(?P<of>header|querystring)"
    r"|\$?(?P<other>context|stageVariables))\.(?P<name>.+)"
)


def source_of(project: Project, api: Api, route: Route, expression: str) -> Source | None:
    """None: it is no identity source."""
    found = _SOURCE.fullmatch(expression)
    if found is None:
        return None
    name = found["name"]
    joined = bool(found["multi"]) or api.kind is ApiKind.HTTP
    match found["of"] or found["other"]:
        case "header":
            return lambda visit: _chosen(visit.request.headers.get_all(name), joined=joined)
        case "querystring":
            return lambda visit: _chosen(
                tuple(value for key, value in pairs(visit.request.query) if key == name), joined=joined
            )
        case "stageVariables":
            text = api.stage_variables.get(name, "")
            return lambda _: text
    return _context(project, api, route, name)


def _chosen(values: tuple[str, ...], *, joined: bool) -> str:
    if not values:
        return ""
    return ",".join(values) if joined else values[-1]


def _context(project: Project, api: Api, route: Route, name: str) -> Source:
    if api.kind is ApiKind.HTTP:
        here = HttpContext(project, api, route)
        return lambda visit: here.value(visit, name) or ""
    from localstack_lite.gateway.integrations.context import Context  # only who names a variable needs all of them

    context = Context(project, api, route)
    return lambda visit: context.value(visit, name) or ""
