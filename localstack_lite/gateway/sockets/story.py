"""What a WebSocket API does with one thing that happens to a connection: `$connect`, a message, `$disconnect`. Pure.

Parts of the story of a request (`exchange`), told for sockets: the same doors, integrations, troubles and replies. They
never wait and never raise for anything a client, a project or a function does.

How a refused upgrade looks is as on REST: 401 or 403 of an authorizer, 502 of a function that failed or answered
something malformed, 504 of one that took too long, 500 of one that Lambda did not run, and a status of 300 and more as
`$connect` answered it. The body is what clients get as a frame when it happens later.
"""

from __future__ import annotations

from dataclasses import replace

import orjson

from localstack_lite.gateway import trace
from localstack_lite.gateway.caller import Caller
from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.exchange import Answer, Story, behind
from localstack_lite.gateway.replies import ERROR_TYPE, JSON
from localstack_lite.gateway.sites import ServedApi
from localstack_lite.gateway.sockets.moment import Link, Moment, SocketEvent
from localstack_lite.gateway.sockets.routes import SocketRoutes
from localstack_lite.gateway.sockets.websocket import PROTOCOL
from localstack_lite.gateway.steps import Telling
from localstack_lite.gateway.visit import ServedRoute, Stamp, Visit
from localstack_lite.model.record import record
from localstack_lite.model.websocket import CONNECT, DEFAULT, DISCONNECT
from localstack_lite.wire.messages import Headers, Request, Response

_PHRASES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    429: "Too Many Requests",
    504: "Endpoint request timed out",
}


@record
class Connected:
    """What came of `$connect`. Without a `refusal` the client is in, as `caller`, with that sub-protocol."""

    answer: Answer
    refusal: Response | None
    caller: Caller | None = None
    protocol: str = ""


def connect(api: ServedApi, link: Link, request: Request, stamp: Stamp) -> Telling[Connected]:
    served = _routes(api).connect
    if served is None:
        return Connected(Answer(Response(101), api.api.logical_id, CONNECT), None)
    visit = _visit(request, stamp, Moment(SocketEvent.CONNECT, CONNECT, link))
    for door in served.doors:
        passed = yield from door(visit)
        if isinstance(passed, Denial):
            answer = Answer(api.refusals.denied(passed, visit), served.api, served.key, note=passed.note)
            return _refused(_with_differences(answer, visit), link, stamp)
        visit = passed
    answer = _with_differences((yield from behind(api, served, visit)), visit)
    if not 200 <= answer.response.status < 300:
        return _refused(answer, link, stamp)
    protocol = next((value for name, value in answer.response.headers if name.lower() == PROTOCOL.lower()), "")
    return Connected(replace(answer, response=Response(101)), None, visit.caller, protocol)


def message(
    api: ServedApi, link: Link, caller: Caller | None, text: str, message_id: str, stamp: Stamp
) -> Telling[tuple[Answer, str | bytes | None]]:
    """What happened, and what the client is sent."""
    asked, served = _routes(api).of(text)
    if served is None:
        note = f"no route {asked!r}, and no $default" if asked else "its route cannot be told, and there is no $default"
        answer = Answer(Response(403), api.api.logical_id, asked or DEFAULT, note=note)
        return answer, frame("Forbidden", link, stamp)
    moment = Moment(SocketEvent.MESSAGE, served.route.path, link, message_id)
    request = _request(link, served.route.path, text.encode("utf-8", "replace"))
    visit = _visit(request, stamp, moment, caller)
    for door in served.doors:
        passed = yield from door(visit)
        if isinstance(passed, Denial):
            response = api.refusals.denied(passed, visit)
            return Answer(response, served.api, served.key, note=passed.note), _troubled(response, link, stamp)
        visit = passed
    answer = _with_differences((yield from behind(api, served, visit)), visit)
    if _is_trouble(answer.response):
        return answer, _troubled(answer.response, link, stamp)
    return answer, _reply(served, answer.response.body)


def disconnect(api: ServedApi, link: Link, caller: Caller | None, code: int, reason: str, stamp: Stamp) -> Story:
    """Nobody hears what it answers; the status that is told is the connection's close code."""
    served = _routes(api).disconnect
    if served is None:
        return Answer(Response(code), api.api.logical_id, DISCONNECT)
    moment = Moment(SocketEvent.DISCONNECT, DISCONNECT, link, code=code, reason=reason)
    visit = _visit(_request(link, DISCONNECT, b""), stamp, moment, caller)
    answer = yield from behind(api, served, visit)
    failed = f"$disconnect failed with {answer.response.status}" if answer.response.status >= 400 else ""
    note = f"{failed}: {answer.note}" if failed and answer.note else failed or answer.note
    return replace(_with_differences(answer, visit), response=Response(code), note=note)


def _routes(api: ServedApi) -> SocketRoutes:
    assert api.sockets is not None, "a WebSocket API"
    return api.sockets


def frame(text: str, link: Link, stamp: Stamp) -> str:
    """The message that says what went wrong, as AWS writes it."""
    said = {"message": text, "connectionId": link.id, "requestId": stamp.extended_id}
    return orjson.dumps(said).decode().replace('"message":', '"message": ', 1).replace('","', '", "')


def _refused(answer: Answer, link: Link, stamp: Stamp) -> Connected:
    response = answer.response
    if not _is_trouble(response):
        words = _PHRASES.get(response.status, "Internal server error" if response.status >= 500 else "Forbidden")
        body = frame(words, link, stamp).encode()
        response = Response(response.status, (JSON,), body)
    return Connected(replace(answer, response=response), response)


def _troubled(response: Response, link: Link, stamp: Stamp) -> str:
    """The frame for what would have been a reply with an error's status."""
    try:
        said = orjson.loads(response.body)
    except ValueError:
        said = None
    text = said.get("message") if isinstance(said, dict) else None
    return frame(text if isinstance(text, str) else "Internal server error", link, stamp)


def _is_trouble(response: Response) -> bool:
    """Whether the gateway itself answered; of a function's headers that one never comes through."""
    return any(name == ERROR_TYPE for name, _ in response.headers)


def _reply(served: ServedRoute, body: bytes) -> str | bytes | None:
    """A reply goes back only where the route has a route response; an empty one is no message."""
    if not served.route.responds or not body:
        return None
    return text_or_bytes(body)


def text_or_bytes(body: bytes) -> str | bytes:
    """Text goes out in text frames; what is no UTF-8 cannot, and goes in binary ones."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body


def _request(link: Link, route: str, body: bytes) -> Request:
    """What stands for a request where there is none: doors and templates see who it is."""
    lines: tuple[tuple[str, str], ...] = (("Host", link.host),)
    if link.user_agent is not None:
        lines = (*lines, ("User-Agent", link.user_agent))
    return Request("WS", route, "", Headers(lines), body, link.client)


def _visit(request: Request, stamp: Stamp, moment: Moment, caller: Caller | None = None) -> Visit:
    traced = trace.fresh(stamp.trace_root, stamp.trace_parent, stamp.trace_lineage)
    return Visit(request, stamp, "", {}, traced, caller=caller, moment=moment)


def _with_differences(answer: Answer, visit: Visit) -> Answer:
    return replace(answer, differences=tuple(visit.differences)) if visit.differences else answer
