"""Application Load Balancer with a Lambda target group: event and reply.

AWS docs, "Use Lambda functions as targets": names of headers are in lower case; query parameters are not decoded, nor
is the path; of several values the last one counts, unless the target group has multi-value headers, which put lists
under other keys (`multiValueHeaders`, `multiValueQueryStringParameters`) and take replies with `multiValueHeaders`
only. A body is base64 when it has a content encoding or is no text, JSON, XML or JavaScript. Documented examples have
`{}` for no parameters and `""` for no body. A reply is JSON of 1 MB at most with a `statusCode`; hop-by-hop headers
and the length are the load balancer's business. `statusDescription` has nowhere to go here: reason phrases are the
listener's.

No first-class source: the type of a reply that names none (`application/octet-stream`, which makes browsers download
it), and whether a status as text is taken (here it is).
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

import orjson

from localstack_lite.gateway.media import is_text
from localstack_lite.gateway.replies import SERVER, own_headers
from localstack_lite.gateway.request_headers import HOP_BY_HOP, value_lists
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
from localstack_lite.gateway.wiretext import base64_body, readable, text_body
from localstack_lite.model.api import Api, ApiKind, LambdaProxy, Route
from localstack_lite.model.project import Project
from localstack_lite.wire.messages import Response

#: Bytes of the JSON that a function may answer with.
REPLY_LIMIT = 1024 * 1024
#: `connection` is in AWS's own sample of such an event.
_DROPPED = HOP_BY_HOP - {"connection"}
_TYPE = "application/octet-stream"


class Alb:
    """The dialect of one target group. Constant parts of the event are made once."""

    def __init__(self, project: Project, api: Api, route: Route) -> None:
        self._multi = api.multi_value
        self._context: Mapping[str, object] = {"elb": {"targetGroupArn": target_group_arn(project, route)}}

    def event(self, visit: Visit) -> bytes:
        request = visit.request
        headers = value_lists(visit, _DROPPED)
        query = query_lists(request.query)
        event: dict[str, Any] = {
            "requestContext": self._context,
            "httpMethod": request.method,
            "path": readable(visit.path) or "/",
        }
        if self._multi:
            event["multiValueQueryStringParameters"] = query
            event["multiValueHeaders"] = headers
        else:
            event["queryStringParameters"] = {name: values[-1] for name, values in query.items()}
            event["headers"] = {name: values[-1] for name, values in headers.items()}
        binary = bool(request.body) and (
            "content-encoding" in headers or not is_text(headers.get("content-type", [""])[-1])
        )
        event["body"] = base64_body(request.body) if binary else text_body(request.body)
        event["isBase64Encoded"] = binary
        return orjson.dumps(event)

    def reply(self, visit: Visit, payload: bytes) -> Response:
        if len(payload) > REPLY_LIMIT:
            raise Malformed(f"the result has {len(payload)} bytes, a load balancer takes {REPLY_LIMIT}")
        try:
            result = parsed(payload)
        except ValueError:
            raise Malformed("the result is not valid JSON") from None
        if not isinstance(result, dict) or "statusCode" not in result:
            raise Malformed("the result has no statusCode, which a load balancer needs")
        status = status_code(result["statusCode"])
        # Spellings of a name that differ (`Set-Cookie`, `set-cookie`) are lines of their own: adapters send cookies so.
        given = result.get("multiValueHeaders" if self._multi else "headers")
        lines = multi_headers(given) if self._multi else single_headers(given)
        text = body_text(result.get("body"))
        body = unpacked(text) if flag(result.get("isBase64Encoded")) else text.encode("utf-8", "replace")
        named = any(name.lower() == SERVER.lower() for name, _ in lines)
        own = () if named else own_headers(ApiKind.ALB, visit.stamp)
        return respond(status, lines, body, _TYPE, own)


def query_lists(query: str) -> dict[str, list[str]]:
    """All values by name, neither of them decoded."""
    found: dict[str, list[str]] = {}
    for pair in readable(query).split("&"):
        if pair:
            name, _, value = pair.partition("=")
            found.setdefault(name, []).append(value)
    return found


def target_group_arn(project: Project, route: Route) -> str:
    """Named after the function behind it; always the same for the same function."""
    proxy = route.integration
    logical_id = proxy.function if isinstance(proxy, LambdaProxy) else route.path
    function = project.function(logical_id)
    name = function.name if function else logical_id
    short = "".join(c if c.isascii() and c.isalnum() else "-" for c in name)[:32].strip("-") or "targets"
    number = f"{zlib.crc32(name.encode()):08x}{zlib.adler32(name.encode()):08x}"
    return f"arn:aws:elasticloadbalancing:{project.region}:{project.account}:targetgroup/{short}/{number}"
