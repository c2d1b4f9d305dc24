"""The value that an integration's request parameter maps, of one request. Pure; what does not change is found once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from urllib.parse import unquote

from localstack_lite.gateway.faces import domain_name
from localstack_lite.gateway.query import last_values, pairs
from localstack_lite.gateway.visit import Visit
from localstack_lite.gateway.wiretext import readable
from localstack_lite.model.addresses import front
from localstack_lite.model.api import Api, Face, Route
from localstack_lite.model.mapping import Mapped, Origin, parse
from localstack_lite.model.project import Project


def reader(project: Project, api: Api, route: Route, expression: str) -> Callable[[Visit], str]:
    """Reads the value out of a visit; empty where the request has none, or where no value comes from there."""
    mapped = parse(expression)
    if mapped is None:
        return lambda _: ""
    if mapped.origin is Origin.CONTEXT:
        return _context(project, api, route, mapped.name)
    if mapped.origin in (Origin.STATIC, Origin.STAGE_VARIABLE):
        text = mapped.name if mapped.origin is Origin.STATIC else api.stage_variables.get(mapped.name, "")
        return lambda _: text
    return partial(_sent, mapped)


def _sent(mapped: Mapped, visit: Visit) -> str:
    match mapped.origin:
        case Origin.HEADER:
            return visit.request.headers.get(mapped.name) or ""
        case Origin.QUERY:
            return (last_values(pairs(visit.request.query)) or {}).get(mapped.name) or ""
        case _:
            return unquote(visit.params.get(mapped.name, ""))


def _context(project: Project, api: Api, route: Route, name: str) -> Callable[[Visit], str]:
    match name:
        case "requestId":
            return lambda visit: visit.stamp.request_id
        case "extendedRequestId":
            return lambda visit: visit.stamp.extended_id
        case "httpMethod":
            return lambda visit: visit.request.method
        case "identity.sourceIp":
            return lambda visit: visit.request.client
        case "identity.userAgent":
            return lambda visit: visit.request.headers.get("user-agent") or ""
        case "protocol":
            return lambda visit: visit.request.protocol
        case "path":
            custom = api.face is Face.DOMAIN and bool(api.domain)
            before = front(api) if custom else f"/{api.stage}"
            return lambda visit: before + readable(visit.path) or "/"
    domain = domain_name(project, api)
    texts = {
        "accountId": project.account,
        "apiId": api.id,
        "domainName": domain,
        "domainPrefix": domain.partition(".")[0],
        "resourcePath": route.path,
        "stage": api.stage,
    }
    return lambda _: texts[name]
