"""Which API, stage and route a Host header and a path mean.

A bare address (localhost, an IP address, a host the user named) is the plain form: the first API answers at `/`
without its stage, then every other API for what the ones before it have no route for; function URLs join only when
there is nothing else. A path that no route takes is tried once more with its first segment taken as the stage, so that
links which an app builds from AWS's form work too. `NAME.localhost` is the plain form of one API.
`APIID.execute-api.localhost` (and AWS's own domain) is AWS's form: the first segment is the stage, slashes before it
are dropped (recorded), except for `$default`. A custom domain name is a host of its own, whose first segments are the
base paths of what is mapped to it. An API with a face (`faces`) has its stage or base path in front in the
plain forms, too, and what is outside of that is not its own.

Any other host is refused: a page in the user's browser must not reach the gateway by a name of its own (DNS
rebinding).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from localstack_lite.gateway.alb import Alb
from localstack_lite.gateway.controls.meters import Meters
from localstack_lite.gateway.cors import CorsPolicy
from localstack_lite.gateway.doors import doors_of
from localstack_lite.gateway.faces import mask_of
from localstack_lite.gateway.function_url import FunctionUrl
from localstack_lite.gateway.http_v1 import HttpV1
from localstack_lite.gateway.http_v2 import HttpV2
from localstack_lite.gateway.integrations.integrate import changes_of, integrate_of
from localstack_lite.gateway.match import Match, Matcher
from localstack_lite.gateway.memory import ApiMemory
from localstack_lite.gateway.refusals import Refusals
from localstack_lite.gateway.rest_v1 import RestV1
from localstack_lite.gateway.settings import Settings
from localstack_lite.gateway.sockets.routes import SocketRoutes
from localstack_lite.gateway.sockets.websocket import WebSocketDialect
from localstack_lite.gateway.visit import Dialect, ServedRoute
from localstack_lite.gateway.wiretext import readable
from localstack_lite.model.addresses import domain_hosts, front, host_names
from localstack_lite.model.api import DEFAULT_STAGE, Api, ApiKind, Face, LambdaProxy, Route
from localstack_lite.model.arn import function_arn
from localstack_lite.model.project import Project
from localstack_lite.model.record import record
from localstack_lite.model.websocket import WebSocket

_SERVICES = {
    ApiKind.REST: "execute-api",
    ApiKind.HTTP: "execute-api",
    ApiKind.FUNCTION_URL: "lambda-url",
    ApiKind.WEBSOCKET: "execute-api",
    ApiKind.ALB: "elb",
}
_USUAL = Settings()
_AWS_DOMAIN = re.compile(r"([a-z0-9]+)\.(execute-api|lambda-url)\.[a-z0-9-]+\.(?:amazonaws\.com|on\.aws)")


class ServedApi:
    """An API with what is computed for it once: `mask` is what is rewritten at its plain addresses, `aws_mask` in
    AWS's form, `front` what stands in front of every path in the plain ones; `refusals` are its own answers.
    `beside`: it is a stage beside the first, so its name has to stand in front. `sockets` are the routes of a WebSocket
    API, which has none for other requests."""

    __slots__ = ("api", "aws_mask", "beside", "cors", "front", "kind", "mask", "refusals", "routes", "sockets")

    def __init__(
        self,
        project: Project,
        api: Api,
        settings: Settings,
        meters: Meters,
        memory: ApiMemory,
        *,
        beside: bool = False,
    ) -> None:
        self.beside = beside
        plain_cookies = settings.plain_cookies
        self.api = api
        self.kind = api.kind
        self.front = front(api)
        self.mask = mask_of(project, api, plain_cookies=plain_cookies)
        self.aws_mask = mask_of(project, api, plain_cookies=plain_cookies, aws_form=True)
        has_cors = api.cors is not None and api.kind in (ApiKind.HTTP, ApiKind.FUNCTION_URL)
        self.cors = CorsPolicy(api.cors, api.kind) if has_cors and api.cors is not None else None
        self.refusals = Refusals(project, api, self.find)
        served = [(one.method, one.path, _served(project, api, one, settings, meters, memory)) for one in api.routes]
        self.sockets: SocketRoutes | None = None
        if api.kind is ApiKind.WEBSOCKET:
            self.sockets = SocketRoutes({path: one for _, path, one in served}, api.websocket or WebSocket())
            served = []
        self.routes: Matcher[ServedRoute] = Matcher(served, trailing_slash=api.kind is not ApiKind.REST)

    def find(self, method: str, path: str) -> Match[ServedRoute] | None:
        """`path` after the stage, as sent. REST takes any number of slashes after the stage for one (recorded)."""
        path = readable(path) or "/"
        if self.kind is ApiKind.REST and path.startswith("//"):
            path = "/" + path.lstrip("/")
        return self.routes.find(method, path)

    def after_stage(self, path: str) -> str | None:
        """`path` without its stage segment and what slashes stand before it; None when the stage is another."""
        return path if self.api.stage == DEFAULT_STAGE else _behind(f"/{self.api.stage}", path)


@record
class Place:
    """Where a request goes: an API, `path` after its stage, and the route (None: it has none, or no such stage)."""

    api: ServedApi
    path: str
    match: Match[ServedRoute] | None
    staged: bool = True


@dataclass(frozen=True, slots=True)
class Site:
    """What a host means. Without APIs it is refused and `why` says to the user why. `aws_form`: the first path
    segment is the stage. `plain`: the address itself, where the user's static files are too."""

    apis: tuple[ServedApi, ...]
    aws_form: bool = False
    why: str = ""
    plain: bool = False

    def place(self, method: str, path: str) -> Place:
        """The first API that has a route, else what the first one makes of it. The site must have APIs."""
        known = None
        if not self.aws_form:
            for api in self.apis:
                rest = None if api.beside else _behind(api.front, path) if api.front else path
                if rest is not None:
                    known = known or api
                    if match := api.find(method, rest):
                        return Place(api, rest, match)
        for api in self.apis:
            if not self.aws_form and (api.front or api.api.stage == DEFAULT_STAGE):
                continue
            rest = api.after_stage(path)
            if rest is not None:
                known = known or api
                if match := api.find(method, rest):
                    return Place(api, rest, match)
        return Place(known or self.apis[0], path, None, staged=known is not None)

    def socket(self, path: str) -> ServedApi | None:
        """The WebSocket API that a client wants to connect to: its address has the stage behind the host and nothing
        else, or in the plain form nothing at all. None: there is no such API."""
        sockets = [api for api in self.apis if api.sockets is not None]
        path = path.rstrip("/")
        for api in sockets:
            if (api.after_stage(path) if api.api.stage != DEFAULT_STAGE else path) == "":
                return api
        if self.aws_form:
            return None
        return next((api for api in sockets if path == api.front.rstrip("/") and not api.beside), None)


class Sites:
    """All hosts of a project. Made once per project, asked once per request."""

    def __init__(
        self,
        project: Project,
        allowed_hosts: Iterable[str] = (),
        settings: Settings = _USUAL,
        meters: Meters | None = None,
        memory: ApiMemory | None = None,
    ) -> None:
        meters = Meters() if meters is None else meters
        self._memory = memory = ApiMemory() if memory is None else memory
        served = [ServedApi(project, api, settings, meters, memory) for api in project.apis]
        beside = {
            one.api.logical_id: tuple(
                ServedApi(project, each, settings, meters, memory, beside=True) for each in _stages(one.api)
            )
            for one in served
        }
        gateways = (a for a in served if a.kind is not ApiKind.FUNCTION_URL)
        self._gateways = tuple(sorted(gateways, key=lambda a: a.sockets is not None))
        self._sockets = {
            (one.api.logical_id, one.api.stage): one
            for first in served
            for one in (first, *beside[first.api.logical_id])
            if one.sockets is not None
        }
        nothing = "the project has no API; invoke its functions on the Lambda port"
        plain = (*(self._gateways or served), *(each for stages in beside.values() for each in stages))
        self._plain = Site(plain, why="" if served else nothing, plain=True)
        self._hosts: dict[str, Site] = dict.fromkeys(("localhost", ""), self._plain)
        for host in allowed_hosts:
            self._hosts[host_name(host)] = self._plain
        self._ids: dict[tuple[str, str], Site] = {}
        for one in served:
            stages = (one, *beside[one.api.logical_id])
            kind = _SERVICES[one.kind]
            before = self._ids.get((one.api.id, kind))
            # A path belongs to the stage that it names, and only else to the default one.
            known = sorted((*(before.apis if before else ()), *stages), key=_is_default)
            aws = Site(tuple(known), aws_form=kind == "execute-api")
            self._ids[one.api.id, kind] = aws
            for host in host_names(project, one.api):
                if host.endswith(".execute-api.localhost"):
                    self._hosts[host] = aws
                else:
                    self._hosts.setdefault(host, Site(stages))
        for name, found in _domains(project).items():
            mapped = Site(tuple(ServedApi(project, each, settings, meters, memory) for each in found))
            for host in domain_hosts(name):
                self._hosts.setdefault(host, mapped)

    def at(self, host: str | None) -> Site:
        """The site of a Host header (with or without port; None when there was none)."""
        name = host_name(host or "")
        return self._hosts.get(name) or self._other(name)

    def forget(self, functions: Iterable[str]) -> None:
        """The code of these functions (logical ids) was reloaded: what they said as authorizers counts no more."""
        self._memory.forget(frozenset(functions))

    @property
    def has_sockets(self) -> bool:
        return bool(self._sockets)

    def socket(self, logical_id: str, stage: str) -> ServedApi | None:
        """The WebSocket API as it is served now."""
        return self._sockets.get((logical_id, stage))

    def _other(self, name: str) -> Site:
        if _is_address(name):
            return self._plain
        if aws := _AWS_DOMAIN.fullmatch(name):
            if site := self._ids.get((aws[1], aws[2])):
                return site
            return Site((), why=f"no API or function URL here has the id {aws[1]}")
        if name.endswith(".localhost"):
            known = ", ".join(sorted(host for host in self._hosts if host.endswith(".localhost"))) or "none"
            return Site((), why=f"nothing answers at {name}; there is: {known}")
        return Site((), why=f"the host {name[:80]!r} is not served: not loopback, not *.localhost, not allowed")


@lru_cache(maxsize=256)
def host_name(host: str) -> str:
    """A Host header without port, brackets and final dot, in lower case."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    name, colon, port = host.rpartition(":")
    if colon and ":" not in name and (port.isdecimal() or not port):
        host = name
    return host.removesuffix(".")


@lru_cache(maxsize=256)
def _is_address(name: str) -> bool:
    """An IP address cannot be rebound, so all of them are this machine."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _stages(api: Api) -> list[Api]:
    """The API as each stage beside its first one has it."""
    return [
        replace(
            api,
            stage=one.name,
            stage_variables=one.variables,
            limits=one.limits,
            usage_plans=one.usage_plans,
            stages=(),
        )
        for one in api.stages
    ]


def _is_default(served: ServedApi) -> bool:
    return served.api.stage == DEFAULT_STAGE


def _domains(project: Project) -> dict[str, list[Api]]:
    """By custom domain name, the APIs that are mapped to it, each as it is there; long base paths first, because the
    longest that fits counts."""
    found: dict[str, list[Api]] = {}
    for api in project.apis:
        stages = {one.stage: one for one in (api, *_stages(api))}
        for domain in api.domains:
            stage = stages.get(domain.stage, api)
            mapped = replace(stage, face=Face.DOMAIN, domain=domain.name, base_path=domain.base_path, stages=())
            found.setdefault(domain.name, []).append(mapped)
    for apis in found.values():
        apis.sort(key=lambda api: -len(api.base_path))
    return found


def _behind(prefix: str, path: str) -> str | None:
    """The path after a first part of it; slashes that come before that do not count (recorded for stages)."""
    path = "/" + path.lstrip("/")
    return path[len(prefix) :] if path == prefix or path.startswith(prefix + "/") else None


def _served(
    project: Project, api: Api, route: Route, settings: Settings, meters: Meters, memory: ApiMemory
) -> ServedRoute:
    arn, tenant = "", None
    if isinstance(proxy := route.integration, LambdaProxy):
        function = project.function(proxy.function)
        name = function.name if function else proxy.function
        arn = function_arn(project.region, project.account, name, proxy.qualifier)
        if proxy.tenant and api.kind is ApiKind.REST:
            from localstack_lite.gateway.integrations.mapping import reader

            tenant = reader(project, api, route, proxy.tenant)
    return ServedRoute(
        route,
        _dialect(project, api, route),
        api.logical_id,
        route.key,
        arn,
        tenant,
        doors_of(project, api, route, settings, meters, memory),
        integrate_of(project, api, route),
        changes_of(project, api, route),
    )


def _dialect(project: Project, api: Api, route: Route) -> Dialect:
    match api.kind:
        case ApiKind.FUNCTION_URL:
            return FunctionUrl(project, api, route)
        case ApiKind.HTTP:
            old = isinstance(route.integration, LambdaProxy) and route.integration.payload == "1.0"
            return HttpV1(project, api, route) if old else HttpV2(project, api, route)
        case ApiKind.ALB:
            return Alb(project, api, route)
        case ApiKind.WEBSOCKET:
            return WebSocketDialect(project, api, route)
        case _:
            return RestV1(project, api, route)
