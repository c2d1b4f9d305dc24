"""What `devserve.toml` adds to the gateway of any project: identities to put on, keys of issuers, limits of WebSockets.
Pure: whether a file is there comes in as a callable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from localstack_lite.config.gateway_settings import GatewaySettings
from localstack_lite.config.refusal import did_you_mean
from localstack_lite.model.api import Api
from localstack_lite.model.authorizer import CognitoAuthorizer, Guard, JwtAuthorizer, JwtIssuer
from localstack_lite.model.project import Problem, Project

HEADER = "X-Devserve-Identity"
#: Schemes of addresses; anything else names a file.
_ADDRESSES = ("http", "https", "file")


def with_gateway(project: Project, given: GatewaySettings, folder: Path, has: Callable[[Path], bool]) -> Project:
    """`folder` is the one of the settings' file: files are relative to it; `has` says whether one is there."""
    if given == GatewaySettings():
        return project
    problems: list[Problem] = []
    keys: dict[str, str] = {}
    files: list[Path] = []
    for one in given.issuers:
        keys[one.issuer] = one.keys
        if urlsplit(one.keys).scheme not in _ADDRESSES:
            file = (folder / one.keys).resolve()
            keys[one.issuer] = str(file)
            files.append(file)
            if not has(file):
                hint = "tokens of this issuer are refused until it is there"
                problems.append(Problem(one.where, f"there is no file {one.keys}", hint, one.issuer, warning=True))
    known = _issuers(project.apis)
    for one in given.issuers:
        if one.issuer not in known:
            hint = did_you_mean(one.issuer, known, f"there is: {', '.join(sorted(known)) or 'none'}")
            what = f"no authorizer of the project has the issuer {one.issuer}"
            problems.append(Problem(one.where, what, hint, one.issuer, warning=True))
    if given.identities:
        names = ", ".join(one.name for one in given.identities)
        what = f"requests that say {HEADER} are let in without an authorizer, as: {names}"
        hint = "only here; take the identities out to have all requests checked"
        problems.append(Problem(given.identities_where, what, hint, "identities", warning=True))
    return replace(
        project,
        apis=tuple(_limited(_keyed(api, keys), given) for api in project.apis),
        identities=given.identities,
        problems=(*project.problems, *problems),
        inputs=(*project.inputs, *files),
    )


def _issuers(apis: tuple[Api, ...]) -> frozenset[str]:
    return frozenset(
        issuer.issuer
        for api in apis
        for route in api.routes
        for issuer in (_of(route.guard) if route.guard is not None else ())
    )


def _of(guard: Guard) -> tuple[JwtIssuer, ...]:
    match guard.authorizer:
        case JwtAuthorizer(issuers=issuers):
            return issuers
        case CognitoAuthorizer(pools=pools):
            return pools
    return ()


def _keyed(api: Api, keys: Mapping[str, str]) -> Api:
    """The API with the places of its issuers' keys, issuers compared as they are written."""
    if not any(route.guard is not None and _of(route.guard) for route in api.routes):
        return api
    return replace(api, routes=tuple(replace(route, guard=_guard(route.guard, keys)) for route in api.routes))


def _guard(guard: Guard | None, keys: Mapping[str, str]) -> Guard | None:
    if guard is None:
        return None
    issuers = tuple(replace(one, jwks=keys.get(one.issuer, one.jwks)) for one in _of(guard))
    match guard.authorizer:
        case JwtAuthorizer() as authorizer:
            return replace(guard, authorizer=replace(authorizer, issuers=issuers))
        case CognitoAuthorizer() as authorizer:
            return replace(guard, authorizer=replace(authorizer, pools=issuers))
    return guard


def _limited(api: Api, given: GatewaySettings) -> Api:
    if api.websocket is None or (given.idle is None and given.duration is None):
        return api
    socket = api.websocket
    idle = socket.idle if given.idle is None else float(given.idle)
    duration = socket.duration if given.duration is None else float(given.duration)
    return replace(api, websocket=replace(socket, idle=idle, duration=duration))
