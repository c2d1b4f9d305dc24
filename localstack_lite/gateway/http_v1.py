"""HTTP API, payload format 1.0: event and reply.

The event is REST's with `version`. Recorded differences: `path` is percent-encoded as sent but contains a named stage,
`requestContext.path` and the path parameters are decoded, `resourceId` is the route key, request id and extended
request id are the same, `Content-Length` is there, and a missing User-Agent is an empty string.

A reply must have `statusCode`; other unknown keys are ignored; the single value comes before the multi values
(recorded, the opposite of REST); base64 is always decoded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from localstack_lite.gateway import differences
from localstack_lite.gateway.faces import domain_name
from localstack_lite.gateway.http_v2 import TEXT_TYPE, raw_path, stage_prefix
from localstack_lite.gateway.media import is_text
from localstack_lite.gateway.query import all_values, last_values, pairs
from localstack_lite.gateway.replies import own_headers
from localstack_lite.gateway.request_headers import HOP_BY_HOP, two_maps
from localstack_lite.gateway.rest_v1 import NOBODY, called_by
from localstack_lite.gateway.result import (
    Malformed,
    body_text,
    flag,
    multi_headers,
    parsed,
    respond,
    single_headers,
    status_code,
    unpacked,
)
from localstack_lite.gateway.visit import Visit
from localstack_lite.gateway.wiretext import base64_body, common_log_time, decoded, readable, text_body
from localstack_lite.model.api import Api, ApiKind, Route
from localstack_lite.model.project import Project
from localstack_lite.wire.messages import Response


class HttpV1:
    """The dialect of one HTTP API route with payload 1.0. Constant parts of the event are made once."""

    def __init__(self, project: Project, api: Api, route: Route) -> None:
        self._resource = route.path
        self._prefix = stage_prefix(api)
        self._stage_variables = dict(api.stage_variables) or None
        domain = domain_name(project, api)
        self._context: Mapping[str, object] = {
            "accountId": project.account,
            "apiId": api.id,
            "domainName": domain,
            "domainPrefix": domain.partition(".")[0],
            "resourceId": route.key,
            "resourcePath": route.path,
            "stage": api.stage,
        }

    def event(self, visit: Visit) -> bytes:
        request, stamp = visit.request, visit.stamp
        headers = two_maps(visit, HOP_BY_HOP)
        if not any(name.lower() == "content-length" for name in headers.single):
            headers.single["Content-Length"] = length = str(len(request.body))
            headers.multi["Content-Length"] = [length]
        query = pairs(request.query)
        binary = bool(request.body) and not is_text(headers.content_type)
        event: dict[str, Any] = {
            "version": "1.0",
            "resource": self._resource,
            "path": self._prefix + readable(visit.path) if visit.path_override is None else visit.path_override,
            "httpMethod": request.method,
            "headers": headers.single,
            "multiValueHeaders": headers.multi,
            "queryStringParameters": last_values(query),
            "multiValueQueryStringParameters": all_values(query),
            "requestContext": {
                **self._context,
                "extendedRequestId": stamp.extended_id,
                "httpMethod": request.method,
                "identity": {**NOBODY, "sourceIp": request.client, "userAgent": headers.user_agent or ""},
                "path": raw_path(self._prefix, visit.path),
                "protocol": request.protocol,
                "requestId": stamp.extended_id,
                "requestTime": common_log_time(int(stamp.now)),
                "requestTimeEpoch": int(stamp.now * 1000),
            },
            "pathParameters": {name: decoded(value) for name, value in visit.params.items()} or None,
            "stageVariables": self._stage_variables,
            "body": (base64_body(request.body) if binary else text_body(request.body)) if request.body else None,
            "isBase64Encoded": binary,
        }
        if visit.caller is not None:
            called_by(visit.caller, event["requestContext"])
        return orjson.dumps(event)

    def reply(self, visit: Visit, payload: bytes) -> Response:
        try:
            result = parsed(payload)
        except ValueError:
            raise Malformed("the result is not valid JSON") from None
        if not isinstance(result, dict) or "statusCode" not in result:
            raise Malformed("the result has no statusCode, which payload format 1.0 needs")
        status = status_code(result["statusCode"])
        lines = single_headers(result.get("headers")) + multi_headers(result.get("multiValueHeaders"))
        if lines and (said := differences.lower_cased(lines)) is not None:
            visit.differences.append(said)
        text = body_text(result.get("body"))
        body = unpacked(text) if flag(result.get("isBase64Encoded")) else text.encode("utf-8", "replace")
        return respond(status, lines, body, TEXT_TYPE, own_headers(ApiKind.HTTP, visit.stamp))
