"""HTTP API, payload format 2.0: event and reply.

`rawPath` is decoded and contains a named stage (a decoded `?` cuts it off); `rawQueryString` stays as sent. Empty
`cookies`, `queryStringParameters`, `pathParameters`, `stageVariables` and `body` are left out: captures of 2020 and
2021 and AWS's own test tool say so, one capture of 2026 has them null. `content-length` is always there (recorded).
`host` and `x-forwarded-*` are local (see `request_headers`), `domainName` is AWS's form.

A result with `statusCode` is a reply, anything else is the body of a 200 of type application/json: a string without
its quotes, every other payload as it is, even when it is not JSON (recorded). One thing is recorded as strange and
kept: an object without `statusCode` but with `errorMessage` counts as a failed function.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from localstack_lite.gateway import differences
from localstack_lite.gateway.faces import domain_name
from localstack_lite.gateway.media import is_text
from localstack_lite.gateway.query import joined_values, pairs
from localstack_lite.gateway.replies import own_headers
from localstack_lite.gateway.request_headers import lower_map
from localstack_lite.gateway.result import (
    Malformed,
    body_text,
    cookie_headers,
    flag,
    parsed,
    respond,
    single_headers,
    status_code,
    unpacked,
)
from localstack_lite.gateway.visit import Visit
from localstack_lite.gateway.wiretext import base64_body, common_log_time, decoded, readable, text_body
from localstack_lite.model.addresses import front
from localstack_lite.model.api import DEFAULT_STAGE, Api, ApiKind, Face, Route
from localstack_lite.model.difference import Difference
from localstack_lite.model.project import Project
from localstack_lite.wire.messages import Response

#: Of a reply that has a status code but no type (recorded), and of one that has neither.
TEXT_TYPE = "text/plain; charset=utf-8"
JSON_TYPE = "application/json"


class HttpV2:
    """The dialect of one HTTP API route. Constant parts of the event are made once."""

    def __init__(self, project: Project, api: Api, route: Route) -> None:
        self._key = route.key
        self._prefix = stage_prefix(api)
        self._stage_variables = dict(api.stage_variables)
        domain = domain_name(project, api)
        self._context: Mapping[str, object] = {
            "accountId": project.account,
            "apiId": api.id,
            "domainName": domain,
            "domainPrefix": domain.partition(".")[0],
            "routeKey": route.key,
            "stage": api.stage,
        }

    def event(self, visit: Visit) -> bytes:
        request = visit.request
        found = lower_map(visit, keep_cookie=False)
        found.headers.setdefault("content-length", str(len(request.body)))
        path = raw_path(self._prefix, visit.path)
        event: dict[str, Any] = {
            "version": "2.0",
            "routeKey": self._key,
            "rawPath": path if visit.path_override is None else raw_path("", visit.path_override),
            "rawQueryString": readable(request.query),
        }
        if found.cookies:
            event["cookies"] = found.cookies
        event["headers"] = found.headers
        if query := joined_values(pairs(request.query)):
            event["queryStringParameters"] = query
        event["requestContext"] = context_v2(self._context, visit, path, found.headers, visit.stamp.extended_id)
        if visit.params:
            event["pathParameters"] = {name: decoded(value) for name, value in visit.params.items()}
        binary = False
        if request.body:
            binary = not is_text(found.headers.get("content-type", ""))
            event["body"] = base64_body(request.body) if binary else text_body(request.body)
        event["isBase64Encoded"] = binary
        if self._stage_variables:
            event["stageVariables"] = self._stage_variables
        return orjson.dumps(event)

    def reply(self, visit: Visit, payload: bytes) -> Response:
        own = own_headers(ApiKind.HTTP, visit.stamp)
        return read_reply(payload, TEXT_TYPE, own, visit.differences, error_message_fails=True)


def stage_prefix(api: Api) -> str:
    """What stands in front of the path in an HTTP API's events: a named stage, or at a custom domain its base path."""
    if api.face is Face.DOMAIN and api.domain:
        return front(api)
    return "" if api.stage == DEFAULT_STAGE else f"/{api.stage}"


def raw_path(prefix: str, path: str) -> str:
    """Decoded, the stage in front, cut at a decoded `?`."""
    path = decoded(path)
    return prefix + (path.partition("?")[0] if "?" in path else path)


def context_v2(
    constant: Mapping[str, object], visit: Visit, path: str, headers: Mapping[str, str], request_id: str
) -> dict[str, object]:
    """`requestContext` of payload 2.0."""
    request, now = visit.request, visit.stamp.now
    found = {
        **constant,
        "http": {
            "method": request.method,
            "path": path,
            "protocol": request.protocol,
            "sourceIp": request.client,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": request_id,
        "time": common_log_time(int(now)),
        "timeEpoch": int(now * 1000),
    }
    if visit.caller is not None and visit.caller.authorizer is not None:
        found["authorizer"] = visit.caller.authorizer
    return found


def read_reply(
    payload: bytes,
    default_type: str,
    own: tuple[tuple[str, str], ...],
    told: list[Difference],
    *,
    error_message_fails: bool,
) -> Response:
    """A result of format 2.0. `default_type` is for results with a status code; what AWS does otherwise than the
    function thinks is `told`."""
    try:
        result = parsed(payload)
    except ValueError:
        return respond(200, (), payload, JSON_TYPE, own)
    if isinstance(result, str):
        return respond(200, (), result.encode("utf-8", "replace"), JSON_TYPE, own)
    if not isinstance(result, dict) or "statusCode" not in result:
        if error_message_fails and isinstance(result, dict) and "errorMessage" in result:
            raise Malformed("an object with errorMessage and without statusCode counts as a failed function")
        return respond(200, (), payload, JSON_TYPE, own)
    status = status_code(result["statusCode"])
    lines = single_headers(result.get("headers"))
    if lines and (said := differences.lower_cased(lines)) is not None:
        told.append(said)
    if result.get("multiValueHeaders"):
        told.append(differences.multi_values())
    lines += cookie_headers(result.get("cookies"))
    text = body_text(result.get("body"))
    body = unpacked(text) if flag(result.get("isBase64Encoded")) else text.encode("utf-8", "replace")
    return respond(status, lines, body, default_type, own)
