"""What the parameters of a REST API's integration take their values from, of one request or one reply. Pure; an
expression is read once.

AWS docs, "API Gateway data mapping reference": `method.request.header.X`, `.multivalueheader.X`, `.querystring.X`,
`.multivaluequerystring.X`, `.path.X`, `.body`, `.body.JSONPATH`; of a reply `integration.response.header.X`,
`.multivalueheader.X`, `.body`, `.body.JSONPATH`; `context.X`, `stageVariables.X`, and a text in single quotes. A
WebSocket API says `route` for `method`. Recorded: what has no value is not mapped; several values of a header are
joined by a comma, those of a query parameter stay several; only a body that begins as an object, a list or a text is
read as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from localstack_lite.gateway.integrations.context import Context
from localstack_lite.gateway.query import pairs
from localstack_lite.gateway.templates.jsonpath import MISSING, BadPath, find
from localstack_lite.gateway.templates.values import CannotGoOn, text_of, to_json
from localstack_lite.gateway.visit import Visit
from localstack_lite.gateway.wiretext import readable
from localstack_lite.model.api import Api, Route
from localstack_lite.model.project import Project

Values = tuple[str, ...]

_REQUEST: Final = ("method.request.", "route.request.")
_RESPONSE: Final = "integration.response."


class NotJson(ValueError):
    """A value is wanted out of a body that should be JSON and is not."""


@dataclass(frozen=True, slots=True)
class Source:
    """An expression, read. `place` is where in `origin` (`request`, `response`, `context`, `stageVariables`, `static`)
    the `name` is looked up; an empty origin: no value comes from there."""

    origin: str
    place: str = ""
    name: str = ""

    @property
    def raw_path(self) -> bool:
        return self.origin == "request" and self.place == "path"


def source(expression: str) -> Source:
    if len(expression) > 1 and expression[0] == expression[-1] == "'":
        return Source("static", name=expression[1:-1])
    for origin, starts in (("request", _REQUEST), ("response", (_RESPONSE,))):
        for start in starts:
            if expression.startswith(start):
                place, _, name = expression[len(start) :].partition(".")
                return Source(origin, place, name)
    first, _, name = expression.partition(".")
    return Source(first, name=name) if first in ("context", "stageVariables") and name else Source("")


class Sent:
    """A request as expressions see it. `context` gives one of its variables."""

    def __init__(self, visit: Visit, context: Callable[[str], str | None], variables: Mapping[str, str]) -> None:
        self._visit = visit
        self._context = context
        self._variables = variables

    def values(self, wanted: Source) -> Values:
        """Raises `NotJson`."""
        if wanted.origin != "request":
            return self.others(wanted)
        name, request = wanted.name, self._visit.request
        match wanted.place:
            case "header":
                return request.headers.get_all(name)[-1:]
            case "multivalueheader":
                return _joined(request.headers.get_all(name))
            case "querystring":
                return self._query(name)[-1:]
            case "multivaluequerystring":
                return self._query(name)
            case "path":
                value = self._visit.params.get(name)
                return () if value is None else (unquote(readable(value), errors="replace"),)
            case "body":
                return _of_body(request.body, name)
        return ()

    def others(self, wanted: Source) -> Values:
        match wanted.origin:
            case "static":
                return (wanted.name,)
            case "context":
                value = self._context(wanted.name)
                return () if value is None else (value,)
            case "stageVariables":
                variable = self._variables.get(wanted.name)
                return () if variable is None else (variable,)
        return ()

    def raw_path(self, name: str) -> str | None:
        """A path parameter as it was sent, percent-encoded."""
        value = self._visit.params.get(name)
        return None if value is None else readable(value)

    def _query(self, name: str) -> Values:
        return tuple(value for key, value in pairs(self._visit.request.query) if key == name)


def replied(wanted: Source, headers: Iterable[tuple[str, str]], body: bytes, sent: Sent) -> Values:
    """The values of an expression about an integration's reply. Raises `NotJson`."""
    if wanted.origin != "response":
        return sent.others(wanted)
    name = wanted.name.lower()
    match wanted.place:
        case "header":
            return tuple(value for key, value in headers if key.lower() == name)[-1:]
        case "multivalueheader":
            return _joined(tuple(value for key, value in headers if key.lower() == name))
        case "body":
            return _of_body(body, wanted.name)
    return ()


def reader(project: Project, api: Api, route: Route, expression: str) -> Callable[[Visit], str]:
    """Reads one value out of a visit; empty where the request has none, or where no value comes from there."""
    wanted = source(expression)
    if wanted.origin in ("", "response") or wanted.place == "body":
        # the body of a proxy integration's request is handed on as it is, so nothing is mapped from it
        return lambda _: ""
    context, variables = Context(project, api, route), api.stage_variables

    def read(visit: Visit) -> str:
        values = Sent(visit, lambda name: context.value(visit, name), variables).values(wanted)
        return values[-1] if values else ""

    return read


def _joined(values: Values) -> Values:
    return (",".join(values),) if values else ()


def _of_body(body: bytes, path: str) -> Values:
    text = (body or b"{}").decode("utf-8", "replace").strip()
    if not path:
        return (text,)
    try:
        value = json.loads(text) if text[:1] in ("{", "[", '"', "'") else {}
        found = find(path if path[:1] in "$[" else f"$.{path}", value)
        if found is MISSING or found is None:
            return ()
        return (to_json(found) if isinstance(found, (dict, list)) else text_of(found),)
    except BadPath:
        return ()
    except (ValueError, RecursionError, CannotGoOn):
        raise NotJson("it is not JSON") from None
