"""REST API, Lambda proxy integration: event and reply.

Recorded on AWS: there is no `version` key; `path` is without the stage and percent-encoded as sent, the slashes after
the stage folded into one, `requestContext.path` keeps stage and slashes; path parameters stay encoded; empty maps are
null. `Host` and `X-Forwarded-*` are local (see `request_headers`), `domainName` is AWS's form. Behind a custom domain
there is no stage, and both paths begin with its base path (AWS docs).

A reply may have `statusCode`, `headers`, `multiValueHeaders`, `body`, `isBase64Encoded` and no other key, none of them
needed; the default content type is application/json; multi values come before the single one of the same name and
give the spelling. Of the response headers, AWS's developer guide has more remapped than LocalStack's recordings for
proxy integrations (`WWW-Authenticate`, which keeps a browser from asking for a password, is the one people meet);
the recordings have no case that speaks against it, so both lists are taken together.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

import orjson

from localstack_lite.gateway import differences
from localstack_lite.gateway.caller import Caller
from localstack_lite.gateway.faces import domain_name
from localstack_lite.gateway.media import BinaryMediaTypes
from localstack_lite.gateway.query import all_values, last_values, pairs
from localstack_lite.gateway.replies import own_headers
from localstack_lite.gateway.request_headers import DROPPED_BY_REST, two_maps
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
from localstack_lite.gateway.wiretext import base64_body, common_log_time, readable, text_body
from localstack_lite.model.addresses import front
from localstack_lite.model.api import Api, ApiKind, Face, Route
from localstack_lite.model.difference import Difference
from localstack_lite.model.project import Project
from localstack_lite.wire.messages import Response

_KEYS = frozenset(("statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"))
_REMAPPED = frozenset(
    (
        "authorization",
        "connection",
        "content-length",
        "content-md5",
        "date",
        "max-forwards",
        "server",
        "user-agent",
        "www-authenticate",
        "x-amzn-requestid",
        "x-amz-apigw-id",
    )
)
_DROPPED = frozenset(("expect", "host", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade"))
_TYPE = "application/json"

#: `requestContext.identity` of a request that nobody signed.
NOBODY: dict[str, str | None] = {
    "accessKey": None,
    "accountId": None,
    "caller": None,
    "cognitoAuthenticationProvider": None,
    "cognitoAuthenticationType": None,
    "cognitoIdentityId": None,
    "cognitoIdentityPoolId": None,
    "principalOrgId": None,
    "sourceIp": None,
    "user": None,
    "userAgent": None,
    "userArn": None,
}


class RestV1:
    """The dialect of one REST route. Constant parts of the event are made once."""

    def __init__(self, project: Project, api: Api, route: Route) -> None:
        self._binary = BinaryMediaTypes(api.binary_media_types)
        self._resource = route.path
        custom = api.face is Face.DOMAIN and bool(api.domain)
        self._base = front(api) if custom else ""
        self._prefix = self._base if custom else f"/{api.stage}"
        self._stage_variables = dict(api.stage_variables) or None
        domain = domain_name(project, api)
        self._context: Mapping[str, object] = {
            "accountId": project.account,
            "apiId": api.id,
            "deploymentId": short_id(f"{api.id}/{api.stage}"),
            "domainName": domain,
            "domainPrefix": domain.partition(".")[0],
            "protocol": "HTTP/1.1",
            "resourceId": short_id(f"{api.id}{route.path}"),
            "resourcePath": route.path,
            "stage": api.stage,
            **({"operationName": route.operation_name} if route.operation_name else {}),
        }

    def event(self, visit: Visit) -> bytes:
        request, stamp = visit.request, visit.stamp
        headers = two_maps(visit, DROPPED_BY_REST)
        query = pairs(request.query)
        path = readable(visit.path)
        body, encoded = self._body(request.body, headers.content_type)
        event: dict[str, Any] = {
            "resource": self._resource,
            "path": f"{self._base}/{path.lstrip('/')}",
            "httpMethod": request.method,
            "headers": headers.single,
            "multiValueHeaders": headers.multi,
            "queryStringParameters": last_values(query),
            "multiValueQueryStringParameters": all_values(query),
            "pathParameters": {name: readable(value) for name, value in visit.params.items()} or None,
            "stageVariables": self._stage_variables,
            "requestContext": {
                **self._context,
                "extendedRequestId": stamp.extended_id,
                "httpMethod": request.method,
                "identity": {**NOBODY, "sourceIp": request.client, "userAgent": headers.user_agent},
                "path": self._prefix + path or "/",
                "protocol": request.protocol,
                "requestId": stamp.request_id,
                "requestTime": common_log_time(int(stamp.now)),
                "requestTimeEpoch": int(stamp.now * 1000),
            },
            "body": body,
            "isBase64Encoded": encoded,
        }
        if visit.caller is not None:
            called_by(visit.caller, event["requestContext"])
        return orjson.dumps(event)

    def reply(self, visit: Visit, payload: bytes) -> Response:
        result = _result(payload)
        if unknown := [key for key in result if key not in _KEYS]:
            raise Malformed(f"unknown key {unknown[0]!r}; a REST reply has {', '.join(sorted(_KEYS))}")
        given = result.get("statusCode")
        status = 200 if given is None else status_code(given)
        lines = _merged(multi_headers(result.get("multiValueHeaders")), single_headers(result.get("headers")))
        text = body_text(result.get("body"))
        packed = flag(result.get("isBase64Encoded"))
        accept = visit.request.headers.get("accept", "") or ""
        decode = packed and self._binary.accepted(accept)
        if packed and not decode:
            first = accept.partition(",")[0].partition(";")[0].strip()
            visit.differences.append(differences.not_decoded(first, bool(self._binary)))
        body = unpacked(text) if decode else text.encode("utf-8", "replace")
        own = (*own_headers(ApiKind.REST, visit.stamp), ("X-Amzn-Trace-Id", visit.trace.full))
        return respond(status, _remapped(lines, visit.differences), body, _TYPE, own)

    def _body(self, body: bytes, content_type: str) -> tuple[str | None, bool]:
        if not body:
            return None, False
        # a body without a type counts as JSON
        if self._binary.match(content_type or _TYPE):
            return base64_body(body), True
        return text_body(body), False


def called_by(caller: Caller, context: dict[str, Any]) -> None:
    """Says in `requestContext` who calls."""
    if caller.authorizer is not None:
        context["authorizer"] = caller.authorizer
    if caller.identity:
        context["identity"] |= caller.identity


def short_id(text: str) -> str:
    """Six letters and digits as API Gateway gives resources and deployments; always the same for the same text."""
    number, digits = zlib.crc32(text.encode()), ""
    for _ in range(6):
        number, digit = divmod(number, 36)
        digits += "0123456789abcdefghijklmnopqrstuvwxyz"[digit]
    return digits


def _result(payload: bytes) -> dict[str, object]:
    try:
        result = parsed(payload)
    except ValueError:
        raise Malformed("the result is not valid JSON") from None
    if not isinstance(result, dict):
        raise Malformed("the result is not an object with statusCode, headers and body")
    return result


def _merged(multi: list[tuple[str, str]], single: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Multi values first, then the single one; `multiValueHeaders` gives the spelling of a name in both. A pair
    that is in both appears once (AWS docs, output format of proxy integrations)."""
    if not multi:
        return single
    spelling = {name.lower(): name for name, _ in multi}
    known = {(name.lower(), value) for name, value in multi}
    lines = list(multi)
    for name, value in single:
        if (name.lower(), value) not in known:
            lines.append((spelling.get(name.lower(), name), value))
    return lines


def _remapped(lines: list[tuple[str, str]], told: list[Difference]) -> list[tuple[str, str]]:
    kept: list[tuple[str, str]] = []
    for name, value in lines:
        lower = name.lower()
        if lower in _DROPPED:
            said = differences.dropped(name)
        elif lower in _REMAPPED:
            said = differences.remapped(name)
            kept.append((f"x-amzn-Remapped-{name}", value))
        else:
            kept.append((name, value))
            continue
        if said is not None:
            told.append(said)
    return kept
