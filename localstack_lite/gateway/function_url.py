"""Lambda function URL: event and reply. Payload 2.0 with differences.

Recorded: `rawPath` stays percent-encoded; route key and stage are `$default`; the request id is the invocation's and
comes back as `x-amzn-RequestId`; multipart bodies are base64. Documented: cookies are in `cookies` and stay in
`headers`; a body without a content type is text. The default content type of every reply is application/json and a
string result goes out without its quotes (both recorded).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from localstack_lite.gateway.faces import domain_name
from localstack_lite.gateway.http_v2 import JSON_TYPE, context_v2, read_reply
from localstack_lite.gateway.media import is_text
from localstack_lite.gateway.query import joined_values, pairs
from localstack_lite.gateway.replies import own_headers
from localstack_lite.gateway.request_headers import lower_map
from localstack_lite.gateway.visit import Visit
from localstack_lite.gateway.wiretext import base64_body, readable, text_body
from localstack_lite.model.api import DEFAULT_ROUTE, DEFAULT_STAGE, Api, ApiKind, Route
from localstack_lite.model.project import Project
from localstack_lite.wire.messages import Response


class FunctionUrl:
    """The dialect of a function URL. `route` is its only one and plays no part in the event."""

    def __init__(self, project: Project, api: Api, route: Route) -> None:
        self._route = route
        domain = domain_name(project, api)
        self._context: Mapping[str, object] = {
            "accountId": project.account,
            "apiId": api.id,
            "domainName": domain,
            "domainPrefix": domain.partition(".")[0],
            "routeKey": DEFAULT_ROUTE,
            "stage": DEFAULT_STAGE,
        }

    def event(self, visit: Visit) -> bytes:
        request = visit.request
        found = lower_map(visit, keep_cookie=True)
        path = readable(visit.path)
        event: dict[str, Any] = {
            "version": "2.0",
            "routeKey": DEFAULT_ROUTE,
            "rawPath": path,
            "rawQueryString": readable(request.query),
        }
        if found.cookies:
            event["cookies"] = found.cookies
        event["headers"] = found.headers
        if query := joined_values(pairs(request.query)):
            event["queryStringParameters"] = query
        event["requestContext"] = context_v2(self._context, visit, path, found.headers, visit.stamp.lambda_request_id)
        binary = False
        if request.body:
            binary = _is_binary(found.headers.get("content-type"), request.body)
            event["body"] = base64_body(request.body) if binary else text_body(request.body)
        event["isBase64Encoded"] = binary
        return orjson.dumps(event)

    def reply(self, visit: Visit, payload: bytes) -> Response:
        own = (*own_headers(ApiKind.FUNCTION_URL, visit.stamp), ("X-Amzn-Trace-Id", visit.trace.full))
        return read_reply(payload, JSON_TYPE, own, visit.differences, error_message_fails=False)


def _is_binary(content_type: str | None, body: bytes) -> bool:
    if content_type:
        return not is_text(content_type)
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False
