"""Selection expressions of HTTP APIs: `$request.header.x`, `$context.x`, `${request.path.a}-${stageVariables.b}`. Pure.

Source: AWS docs, "Transform API requests and responses" and "Create AWS service integrations" for HTTP APIs. Several
values of a header or a query parameter are joined by a comma; names of headers have no case, names of query parameters
have. A JSON path goes no deeper by `..` and filters nothing; it sees bodies of up to 100 KB, `$request.body` all of it.
The stage is no part of `$request.path`, which is as the client sent it. A static text may be in single quotes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import orjson

from localstack_lite.gateway.integrations.http_context import HttpContext, as_text
from localstack_lite.gateway.query import joined_values, pairs
from localstack_lite.gateway.templates.jsonpath import MISSING, BadPath, find
from localstack_lite.gateway.visit import Visit
from localstack_lite.gateway.wiretext import decoded, readable, text_body
from localstack_lite.model.record import record
from localstack_lite.wire.messages import Headers, Response

#: Of a body that a JSON path looks into (AWS docs).
JSON_LIMIT = 100 * 1024

_INSERT = re.compile(r"\$\{([^{}]+)\}")
_UNSUPPORTED = re.compile(r"\.\.|\?\(")


@record
class Seen:
    """What an expression can look at: the request as the client sent it, and the integration's answer if there is."""

    visit: Visit
    response: Response | None = None


Read = Callable[[Seen], str | None]
"""The value of an expression; None where there is nothing."""


def _request_id(response: Response) -> str | None:
    headers = Headers(response.headers)
    return headers.get("x-amzn-requestid") or headers.get("x-amz-request-id")


#: `$context` as far as the integration's answer says it.
_OF_ANSWER: Final[Mapping[str, Callable[[Response], str | None]]] = {
    "awsEndpointRequestId": _request_id,
    "awsEndpointRequestId2": lambda response: Headers(response.headers).get("x-amz-id-2"),
    "integration.requestId": _request_id,
    "integration.status": lambda response: str(response.status),
    "integrationStatus": lambda response: str(response.status),
}


class Selections:
    """Reads expressions of one route; each is understood once, when the project is taken over."""

    def __init__(self, context: HttpContext, stage_variables: Mapping[str, str]) -> None:
        self._context = context
        self._stage_variables = stage_variables

    def reader(self, expression: str) -> Read:
        if "${" in expression:
            parts = [
                self._variable(part) if number % 2 else partial(_static, part)
                for number, part in enumerate(_INSERT.split(expression))
            ]
            return lambda seen: "".join([part(seen) or "" for part in parts])
        if expression.startswith("$"):
            return self._variable(expression[1:])
        if len(expression) > 1 and expression[0] == expression[-1] == "'":
            expression = expression[1:-1]
        return partial(_static, expression)

    def _variable(self, name: str) -> Read:
        """`name` without its dollar. What is no variable has no value."""
        first, _, rest = name.strip().partition(".")
        match first:
            case "context" if answered := _OF_ANSWER.get(rest):
                return lambda seen: None if seen.response is None else answered(seen.response)
            case "context" if rest:
                return lambda seen: self._context.value(seen.visit, rest)
            case "stageVariables" if rest:
                value = self._stage_variables.get(rest)
                return lambda _: value
            case "request":
                return _of_request(rest)
            case "response":
                return _of_response(rest)
        return _nothing


def _static(text: str, _: Seen) -> str | None:
    return text


def _nothing(_: Seen) -> str | None:
    return None


def _of_request(rest: str) -> Read:
    kind, _, name = rest.partition(".")
    match kind:
        case "header" if name:
            return lambda seen: joined(seen.visit.request.headers, name)
        case "querystring" if name:
            return lambda seen: joined_values(pairs(seen.visit.request.query)).get(name)
        case "path" if name:
            return lambda seen: None if (value := seen.visit.params.get(name)) is None else decoded(value)
        case "path":
            return lambda seen: readable(seen.visit.path) or "/"
    return _of_body(rest, lambda seen: seen.visit.request.body)


def _of_response(rest: str) -> Read:
    kind, _, name = rest.partition(".")
    if kind == "header" and name:
        return lambda seen: None if seen.response is None else joined(Headers(seen.response.headers), name)
    return _of_body(rest, lambda seen: b"" if seen.response is None else seen.response.body)


def _of_body(rest: str, body: Callable[[Seen], bytes]) -> Read:
    """`body`, `body.a`, `body['a']`, `body[0]`."""
    path = rest.removeprefix("body")
    if path == rest:
        return _nothing
    if not path:
        return lambda seen: text_body(body(seen)) or None
    return (lambda seen: in_json(body(seen), path)) if path[0] in ".[" else _nothing


def in_json(body: bytes, path: str) -> str | None:
    """What a path (`.a.b[0]`) finds in a JSON body. A longer body is cut, and then is no JSON."""
    if len(body) > JSON_LIMIT or _UNSUPPORTED.search(path):
        return None
    try:
        found = find(f"${path}", orjson.loads(body))
    except (orjson.JSONDecodeError, BadPath):
        return None
    return None if found is MISSING else as_text(found)


def joined(headers: Headers, name: str) -> str | None:
    values = headers.get_all(name)
    return ",".join(values) if values else None
