"""Routes that `devserve.toml` declares → one HTTP API and one WebSocket API. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from localstack_lite.config.devserve_toml import FunctionSettings, Settings
from localstack_lite.config.refusal import did_you_mean
from localstack_lite.config.service_settings import alias_of
from localstack_lite.config.toml_authorizers import Authorizers
from localstack_lite.model.api import DEFAULT_ROUTE, SOCKET, Api, ApiKind, LambdaProxy, Route
from localstack_lite.model.function import Function
from localstack_lite.model.integration import REST_TIMEOUT
from localstack_lite.model.project import Problem
from localstack_lite.model.websocket import CONNECT, WebSocket

_ROUTE = re.compile(r"(?:([A-Za-z]+)\s+)?(/\S*|\$default)")
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "ANY"}
#: The stage of the WebSocket API; such an API has none without a name.
_STAGE = "dev"


def apis_of(
    settings: Settings,
    functions: Sequence[Function],
    ids: Mapping[str, str],
    name: str,
    alone: bool,
    problems: list[Problem],
) -> tuple[Api, ...]:
    """`ids` are logical ids of functions that settings name and that are there; `name` is the new APIs'. `alone`: the
    only function gets every request when nothing else is said."""
    known = {one: f.logical_id for f in functions for one in (f.name, f.logical_id)} | dict(ids)
    authorizers = Authorizers(settings.gateway.authorizers, known, problems)
    given = [one for one in settings.functions if one.name in ids]
    routes = [route for one in given for route in _routes(one, ids[one.name], authorizers, problems)]
    sockets = [route for one in given for route in _sockets(one, ids[one.name], authorizers, problems)]
    only = settings.functions[0] if len(settings.functions) == 1 else None
    if only and only.name in ids and alone and not (only.routes or only.websocket):
        routes = [_route(only, ids[only.name], "ANY", DEFAULT_ROUTE, authorizers)]
    for one in given:
        if one.authorizer and not any(r.guard for r in (*routes, *sockets) if _calls(r, ids[one.name])):
            what = f"{one.name}: authorizer {one.authorizer} protects nothing: the function has no routes in this file"
            hint = "it is for routes of this file, and for $connect; a template has authorizers of its own"
            problems.append(Problem(one.where, what, hint, one.name, warning=True))
    made: list[Api] = []
    if routes:
        made.append(Api("HttpApi", name, ApiKind.HTTP, tuple(routes), where=settings.where))
    if sockets:
        selection = settings.gateway.selection
        socket = WebSocket(selection) if selection else WebSocket()
        routed = _each_once(sockets, settings, problems)
        title = f"{name}-websocket" if routes else name
        made.append(
            Api("WebSocketApi", title, ApiKind.WEBSOCKET, routed, _STAGE, where=settings.where, websocket=socket)
        )
    return tuple(made)


def _calls(route: Route, function: str) -> bool:
    return isinstance(route.integration, LambdaProxy) and route.integration.function == function


def _routes(
    given: FunctionSettings, function: str, authorizers: Authorizers, problems: list[Problem]
) -> Iterator[Route]:
    for written in given.routes:
        match = _ROUTE.fullmatch(written.strip())
        method = (match[1] or "ANY").upper() if match else ""
        if not match or method not in _METHODS:
            hint = did_you_mean(method, _METHODS, 'write "GET /path", "ANY /path/{proxy+}" or "$default"')
            what = f"{given.name}: {written!r} is not a route"
            problems.append(Problem(given.where, what, hint, given.name))
            continue
        path = match[2]
        yield _route(given, function, "ANY" if path == DEFAULT_ROUTE else method, path, authorizers)


def _route(given: FunctionSettings, function: str, method: str, path: str, authorizers: Authorizers) -> Route:
    guard = authorizers.guard(given.authorizer, given.where, ApiKind.HTTP)
    integration = LambdaProxy(function, given.payload or "2.0", qualifier=alias_of(given.service))
    return Route(method, path, integration, authorizer=guard.authorizer.name if guard else "", guard=guard)


def _sockets(
    given: FunctionSettings, function: str, authorizers: Authorizers, problems: list[Problem]
) -> Iterator[Route]:
    """What a route's function answers goes back to the client; an authorizer stands before `$connect`."""
    integration = LambdaProxy(function, "1.0", REST_TIMEOUT, qualifier=alias_of(given.service))
    for key in given.websocket:
        if not key.strip() or any(sign.isspace() for sign in key):
            hint = 'write "$connect", "$disconnect", "$default" or what the message says, as "join"'
            what = f"{given.name}: {key!r} is not a route of a WebSocket API"
            problems.append(Problem(given.where, what, hint, given.name))
            continue
        guard = authorizers.guard(given.authorizer, given.where, ApiKind.WEBSOCKET) if key == CONNECT else None
        named = guard.authorizer.name if guard else ""
        yield Route(SOCKET, key, integration, authorizer=named, guard=guard, responds=True)


def _each_once(routes: list[Route], settings: Settings, problems: list[Problem]) -> tuple[Route, ...]:
    found: dict[str, Route] = {}
    for route in routes:
        if route.path in found:
            what = f"two functions answer the WebSocket route {route.path}"
            problems.append(Problem(settings.where, what, "the first one does", route.path, warning=True))
        found.setdefault(route.path, route)
    return tuple(found.values())
