"""A request that failed at a REST API's gateway, and what a gateway response may know of it: `context.error.*` and
other simple variables of the context, stage variables, the request's parameters. Pure.

AWS docs, "Gateway responses in API Gateway" and "Context variables". In a template a variable stands as
`$context.error.message` or `${...}`; no other syntax of VTL means anything there. Values go in as they are, except for
`validationErrorString`: it has quotes inside, and everybody writes it between quotes and gets JSON, so those are
escaped (an assumption; no recording shows it).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote

import orjson

from localstack_lite.gateway.faces import domain_name
from localstack_lite.gateway.query import last_values, pairs
from localstack_lite.gateway.visit import Stamp, Visit
from localstack_lite.gateway.wiretext import common_log_time, readable
from localstack_lite.model.addresses import front
from localstack_lite.model.api import Api, Face
from localstack_lite.model.gateway_response import ResponseType
from localstack_lite.model.project import Project
from localstack_lite.model.record import record
from localstack_lite.wire.messages import Request

_NAME = r"(?:context|stageVariables|method\.request)(?:\.\w+(?:-+\w+)*)+"
_VALIDATION = "context.error.validationErrorString"
_VARIABLE = re.compile(rf"\$(?:\{{({_NAME})\}}|({_NAME}))", re.ASCII)


@record
class Failure:
    """`message` is what the client would read (None: `null`), `resource` the path of the route in the template's words,
    empty without one; `visit` is there when the request had a route."""

    type: ResponseType
    message: str | None
    project: Project
    api: Api
    request: Request
    stamp: Stamp
    visit: Visit | None = None
    validation: str = ""
    resource: str = ""


def filled(template: str, failure: Failure) -> str:
    """The template with its variables put in. One that has no value is empty."""
    return _VARIABLE.sub(lambda found: _put(found[1] or found[2], failure), template)


def _put(name: str, failure: Failure) -> str:
    text = value(name, failure) or ""
    return quoted(text)[1:-1] if name == _VALIDATION else text


def quoted(text: str | None) -> str:
    """As JSON. Half a pair of surrogates, which only a project's own names can have, is escaped."""
    try:
        return orjson.dumps(text).decode()
    except TypeError:
        return json.dumps(text)


def value(source: str, failure: Failure) -> str | None:
    """Of `'static'`, `context.X`, `stageVariables.X` or `method.request.PLACE.X`; None: there is none."""
    if len(source) > 1 and source[0] == source[-1] == "'":
        return source[1:-1]
    origin, _, name = source.partition(".")
    match origin:
        case "context":
            return _context(name, failure)
        case "stageVariables":
            return failure.api.stage_variables.get(name)
        case "method":
            _, place, name = (*name.split(".", 2), "", "")[:3]
            return _parameter(place, name, failure)
    return None


def _parameter(place: str, name: str, failure: Failure) -> str | None:
    match place:
        case "header":
            return failure.request.headers.get(name)
        case "querystring":
            return (last_values(pairs(failure.request.query)) or {}).get(name)
        case "path" if failure.visit is not None and name in failure.visit.params:
            return unquote(failure.visit.params[name])
    return None


def _context(name: str, failure: Failure) -> str | None:
    first, _, rest = name.partition(".")
    match first:
        case "error":
            return _error(rest, failure)
        case "authorizer":
            caller = failure.visit.caller if failure.visit is not None else None
            return None if caller is None else _text(_inside(caller.authorizer or {}, rest))
        case "identity":
            return _identity(rest, failure)
    simple = _SIMPLE.get(name)
    return None if simple is None else simple(failure)


def _error(name: str, failure: Failure) -> str | None:
    match name:
        case "message":
            return failure.message
        case "messageString":
            return quoted(failure.message)
        case "responseType":
            return failure.type.value
        case "validationErrorString":
            return failure.validation
    return None


def _identity(name: str, failure: Failure) -> str | None:
    caller = failure.visit.caller if failure.visit is not None else None
    if caller is not None and name in caller.identity:
        return _text(caller.identity[name])
    match name:
        case "sourceIp":
            return failure.request.client
        case "userAgent":
            return failure.request.headers.get("user-agent")
    return None


def _path(failure: Failure) -> str:
    """With the stage, or the base path of a custom domain."""
    if failure.visit is None:
        return readable(failure.request.path)
    api = failure.api
    before = front(api) if api.face is Face.DOMAIN and api.domain else f"/{api.stage}"
    return before + readable(failure.visit.path) or "/"


def _inside(values: object, path: str) -> object:
    """`claims.sub` of `{"claims": {"sub": ...}}`; a name with dots of its own is found too."""
    while isinstance(values, Mapping):
        if path in values:
            return values[path]
        name, dot, path = path.partition(".")
        if not dot:
            return None
        values = values.get(name)
    return None


def _text(found: object) -> str | None:
    if found is None or isinstance(found, str):
        return found
    return orjson.dumps(found, default=str).decode()


_SIMPLE: dict[str, Callable[[Failure], str | None]] = {
    "accountId": lambda failure: failure.project.account,
    "apiId": lambda failure: failure.api.id,
    "domainName": lambda failure: domain_name(failure.project, failure.api),
    "domainPrefix": lambda failure: domain_name(failure.project, failure.api).partition(".")[0],
    "extendedRequestId": lambda failure: failure.stamp.extended_id,
    "httpMethod": lambda failure: failure.request.method,
    "path": lambda failure: _path(failure),
    "protocol": lambda failure: failure.request.protocol,
    "requestId": lambda failure: failure.stamp.request_id,
    "requestTime": lambda failure: common_log_time(int(failure.stamp.now)),
    "requestTimeEpoch": lambda failure: str(int(failure.stamp.now * 1000)),
    "resourcePath": lambda failure: failure.resource or None,
    "stage": lambda failure: failure.api.stage,
}
