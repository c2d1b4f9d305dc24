"""WebSocket API, Lambda proxy integration: the events of `$connect`, of messages and of `$disconnect`, and the replies.

Captured on AWS (2021 to 2025), order of keys included: no `path`, no `httpMethod`; headers only where a request is
behind the event, sorted by name, and for `$disconnect` four of which three are empty; no `body` but in messages;
`requestId` is `extendedRequestId`; absent parameters and stage variables are left out, and so is the user agent of a
client that has none. `Host` and `X-Forwarded-*` are local as everywhere here, `domainName` is AWS's form.

A reply is read as a REST API's: an object with any of `statusCode`, `headers`, `multiValueHeaders`, `body` and
`isBase64Encoded`; anything else (a function that returns nothing, too) is malformed, which people meet as the frame
"Internal server error". Of its headers only `Sec-WebSocket-Protocol` ever reaches a client.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from localstack_lite.gateway.faces import domain_name
from localstack_lite.gateway.query import all_values, last_values, pairs
from localstack_lite.gateway.request_headers import DROPPED_BY_REST, two_maps
from localstack_lite.gateway.result import Malformed, body_text, flag, parsed, single_headers, status_code, unpacked
from localstack_lite.gateway.sockets.moment import Moment, SocketEvent
from localstack_lite.gateway.visit import Visit
from localstack_lite.gateway.wiretext import common_log_time, text_body
from localstack_lite.model.api import Api, Route
from localstack_lite.model.project import Project
from localstack_lite.model.websocket import MESSAGE_LIMIT
from localstack_lite.wire.messages import Response

PROTOCOL = "Sec-WebSocket-Protocol"
_KEYS = frozenset(("statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"))


class WebSocketDialect:
    """The dialect of one route."""

    def __init__(self, project: Project, api: Api, route: Route) -> None:  # noqa: ARG002 - as all dialects are made
        self._stage = api.stage
        self._api_id = api.id
        self._domain = domain_name(project, api)
        self._variables = dict(api.stage_variables)

    def event(self, visit: Visit) -> bytes:
        return orjson.dumps(self.parts(visit))

    def parts(self, visit: Visit) -> dict[str, Any]:
        """The event as a value. The visit has a moment."""
        moment = visit.moment
        assert moment is not None, "the visit of a WebSocket API"
        found: dict[str, Any] = {}
        if moment.event is SocketEvent.CONNECT:
            found |= _upgrade(visit)
        elif moment.event is SocketEvent.DISCONNECT:
            headers = {"Host": moment.link.host, "x-api-key": "", "X-Forwarded-For": "", "x-restapi": ""}
            found |= {"headers": headers, "multiValueHeaders": {name: [value] for name, value in headers.items()}}
        if self._variables:
            found["stageVariables"] = self._variables
        found["requestContext"] = self._context(visit, moment)
        if moment.event is SocketEvent.MESSAGE:
            found["body"] = text_body(visit.request.body)
        found["isBase64Encoded"] = False
        return found

    def reply(self, visit: Visit, payload: bytes) -> Response:  # noqa: ARG002 - as all dialects
        """Status and body as the function gave them, with the sub-protocol that it chose."""
        result = _result(payload)
        if unknown := [key for key in result if key not in _KEYS]:
            raise Malformed(f"unknown key {unknown[0]!r}; a reply has {', '.join(sorted(_KEYS))}")
        given = result.get("statusCode")
        status = 200 if given is None else status_code(given)
        text = body_text(result.get("body"))
        body = unpacked(text) if flag(result.get("isBase64Encoded")) else text.encode("utf-8", "replace")
        if len(body) > MESSAGE_LIMIT:
            raise Malformed(f"the body has {len(body)} bytes, a message {MESSAGE_LIMIT} at most")
        lines = single_headers(result.get("headers"))
        return Response(status, tuple(line for line in lines if line[0].lower() == PROTOCOL.lower()), body)

    def _context(self, visit: Visit, moment: Moment) -> dict[str, Any]:
        stamp, link = visit.stamp, moment.link
        context: dict[str, Any] = {"routeKey": moment.route}
        if visit.caller is not None and visit.caller.authorizer is not None:
            context["authorizer"] = visit.caller.authorizer
        if moment.event is SocketEvent.MESSAGE:
            context["messageId"] = moment.message_id
        elif moment.event is SocketEvent.DISCONNECT:
            context["disconnectStatusCode"] = moment.code
        context |= {
            "eventType": moment.event,
            "extendedRequestId": stamp.extended_id,
            "requestTime": common_log_time(int(stamp.now)),
            "messageDirection": "IN",
        }
        if moment.event is SocketEvent.DISCONNECT:
            context["disconnectReason"] = moment.reason
        identity: Mapping[str, object] = {"sourceIp": link.client}
        if link.user_agent is not None:
            identity = {"userAgent": link.user_agent, **identity}
        if visit.caller is not None and visit.caller.identity:
            identity = {**visit.caller.identity, **identity}
        return context | {
            "stage": self._stage,
            "connectedAt": int(link.connected_at * 1000),
            "requestTimeEpoch": int(stamp.now * 1000),
            "identity": identity,
            "requestId": stamp.extended_id,
            "domainName": self._domain,
            "connectionId": link.id,
            "apiId": self._api_id,
        }


def _upgrade(visit: Visit) -> dict[str, Any]:
    """What an event has of its HTTP request."""
    headers = two_maps(visit, DROPPED_BY_REST)
    found: dict[str, Any] = {"headers": _sorted(headers.single), "multiValueHeaders": _sorted(headers.multi)}
    query = pairs(visit.request.query)
    if query:
        found["queryStringParameters"] = last_values(query)
        found["multiValueQueryStringParameters"] = all_values(query)
    return found


def _sorted(headers: Mapping[str, object]) -> dict[str, object]:
    return {name: headers[name] for name in sorted(headers, key=str.lower)}


def _result(payload: bytes) -> dict[str, object]:
    try:
        result = parsed(payload)
    except ValueError:
        raise Malformed("the result is not valid JSON") from None
    if not isinstance(result, dict):
        raise Malformed('the result is not an object; {"statusCode": 200} will do')
    return result
