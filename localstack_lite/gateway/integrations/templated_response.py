"""What a client gets of the reply of a REST integration that is no Lambda proxy. Pure; what does not change with the
request is made once.

An integration response is chosen by its regular expression, which has to match the whole text: the error message of a
function, else the status code (recorded: of a function that did not fail none but the default one is chosen). Its
templates and parameters make body and headers; `$context.responseOverride` goes over them (recorded: a status that is
no whole number of a status is ignored). AWS docs: the template that fits `Accept`, else that for `application/json`,
else the first; without any the body goes out as it came.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from localstack_lite.gateway import differences
from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.integrations import payload, remapping
from localstack_lite.gateway.integrations.mapping import NotJson, replied, source
from localstack_lite.gateway.integrations.templated_request import Asked, Stuck, misconfigured, rendered
from localstack_lite.gateway.media import BinaryMediaTypes
from localstack_lite.gateway.replies import own_headers
from localstack_lite.gateway.result import Malformed, respond, single_headers
from localstack_lite.gateway.templates.values import Value, text_of
from localstack_lite.gateway.templates.velocity import Template
from localstack_lite.gateway.wiretext import media_type
from localstack_lite.model.api import Api, ApiKind, Route
from localstack_lite.model.difference import Difference
from localstack_lite.model.gateway_response import ResponseType
from localstack_lite.model.integration import IntegrationKind, IntegrationResponse, TemplatedIntegration
from localstack_lite.model.record import record
from localstack_lite.wire.messages import Response

Line = tuple[str, str]

_JSON = "application/json"
_HEADER = "method.response.header."


@record
class Reply:
    """What came from the integration. `chosen_by` is the text that patterns are held against; empty: only the default
    response will do."""

    status: int
    chosen_by: str
    headers: tuple[Line, ...] = ()
    body: bytes = b""


class Responses:
    """Makes them for one route."""

    def __init__(self, api: Api, route: Route, integration: TemplatedIntegration) -> None:
        self._kind = integration.kind
        self._api_kind = api.kind
        self._stage = api.stage_variables
        self._types = BinaryMediaTypes(api.binary_media_types)
        self._handling = integration.content_handling
        self._known = tuple(_Known(each, integration, route) for each in integration.responses)
        self._traced = integration.kind in (IntegrationKind.AWS, IntegrationKind.HTTP)

    def made(self, asked: Asked, reply: Reply) -> Response:
        """Raises `Stuck`."""
        if self._kind is IntegrationKind.HTTP_PROXY:
            return self._proxied(asked, reply)
        known = self._chosen(asked, reply)
        body = self._body(asked, reply, known)
        headers = known.headers(asked, reply)
        template = known.template(asked.visit.request.headers.get("accept") or "")
        if template is not None:
            body = rendered(template, body, asked.visit, asked.context, self._stage)
        override = asked.context.get("responseOverride")
        override = override if isinstance(override, dict) else {}
        for name, value in _entries(override.get("header")):
            headers = [line for line in headers if line[0].lower() != name.lower()]
            headers.append((name, text_of(value)))
        status = self._status(asked, known, override)
        kind = known.content_type(asked.visit.request.headers.get("accept") or "")
        return self._sendable(asked, status, headers, body, kind)

    def _proxied(self, asked: Asked, reply: Reply) -> Response:
        if not 200 <= reply.status <= 599:
            raise misconfigured(f"the integration answered with the status {reply.status}")
        packed = any(name.lower() == "content-encoding" for name, _ in reply.headers)
        body = reply.body if packed else self._body(asked, reply, None)
        return self._sendable(asked, reply.status, list(reply.headers), body, _JSON)

    def _chosen(self, asked: Asked, reply: Reply) -> _Known:
        if reply.chosen_by:
            for known in self._known:
                if known.matches(reply.chosen_by):
                    return known
        for known in self._known:
            if not known.pattern:
                return known
        if asked.visit.moment is not None:
            return _Known(IntegrationResponse(str(reply.status)), None, None)
        note = f"no integration response is for {reply.chosen_by[:80] or 'it'!r}, and there is no default one"
        raise Stuck(Denial(ResponseType.API_CONFIGURATION_ERROR, note))

    def _body(self, asked: Asked, reply: Reply, known: _Known | None) -> bytes:
        content_type = next((value for name, value in reply.headers if name.lower() == "content-type"), "")
        accept = asked.visit.request.headers.get("accept") or ""
        handling = self._handling if known is None else known.declared.content_handling
        try:
            body = payload.returned(self._types, reply.body, content_type, accept, handling)
        except payload.Inconvertible as error:
            raise misconfigured(str(error)) from None
        if not handling and body is not reply.body and self._types.match(content_type or _JSON):
            asked.visit.differences.append(
                differences.not_decoded(media_type(accept.partition(",")[0]), has_types=True)
            )
        return body

    def _status(self, asked: Asked, known: _Known, override: Mapping[str, Value]) -> int:
        wanted = override.get("status")
        if not wanted:
            return known.status
        if isinstance(wanted, int) and not isinstance(wanted, bool) and 200 <= wanted <= 599:
            return wanted
        what = (
            f"responseOverride.status is {text_of(wanted)[:40]!r}, no whole number between 200 and 599: it is ignored"
        )
        asked.visit.differences.append(Difference(differences.OVERRIDE, what))
        return known.status

    def _sendable(self, asked: Asked, status: int, headers: list[Line], body: bytes, content_type: str) -> Response:
        visit = asked.visit
        kind = self._api_kind if self._api_kind is ApiKind.WEBSOCKET else ApiKind.REST
        own = own_headers(kind, visit.stamp)
        if self._traced:
            own = (*own, ("X-Amzn-Trace-Id", visit.trace.full))
        lines = remapping.returned(self._kind, headers, visit.differences)
        try:
            checked = [line for name, value in lines for line in single_headers({name: value})]
            return respond(status, checked, body, content_type, own)
        except Malformed as malformed:
            raise misconfigured(malformed.what) from None


class _Known:
    """One integration response."""

    def __init__(
        self, declared: IntegrationResponse, integration: TemplatedIntegration | None, route: Route | None
    ) -> None:
        self.declared = declared
        self.pattern = _pattern(declared.pattern)
        self.status = _number(declared.status)
        self._sources = tuple(
            (target.removeprefix(_HEADER), source(expression))
            for target, expression in declared.parameters.items()
            if target.startswith(_HEADER)
        )
        key = route.key if route is not None else ""
        self._templates = {
            kind: Template(text, f"response template {kind} for {declared.status} of {key}")
            for kind, text in declared.templates.items()
        }
        responses = integration.method_responses if integration is not None else ()
        method = next((each for each in responses if each.status == declared.status), None)
        self._types = tuple(method.models) if method is not None else ()

    def matches(self, text: str) -> bool:
        try:
            return self.pattern != "" and re.fullmatch(self.pattern, text) is not None
        except re.error:
            return False

    def headers(self, asked: Asked, reply: Reply) -> list[Line]:
        lines: list[Line] = []
        for name, wanted in self._sources:
            try:
                values = replied(wanted, reply.headers, reply.body, asked.sent)
            except NotJson:
                raise misconfigured(f"the header {name} comes out of the reply's body, which is not JSON") from None
            if values and values[-1]:
                lines.append((name, values[-1]))
        return lines

    def template(self, accept: str) -> Template | None:
        if not self._templates:
            return None
        for wanted in (accept.strip(), *(media_type(each) for each in accept.split(","))):
            if wanted in self._templates:
                return self._templates[wanted]
        return self._templates.get(_JSON) or next(iter(self._templates.values()))

    def content_type(self, accept: str) -> str:
        """That of the method response: the one that is asked for, else the first."""
        for wanted in (media_type(each) for each in accept.split(",")):
            if wanted in self._types:
                return wanted
        return self._types[0] if self._types else _JSON


def _pattern(declared: str) -> str:
    """A WebSocket API writes `/5\\d\\d/`, and `$default` for what is no pattern."""
    if declared in ("$default", "default"):
        return ""
    between = len(declared) > 2 and declared[0] == declared[-1] == "/"
    return declared[1:-1] if between else declared


def _number(status: str) -> int:
    usual = len(status) == 3 and status.isascii() and status.isdecimal() and status[0] in "2345"
    return int(status) if usual else 200


def _entries(values: Any) -> list[tuple[str, Value]]:
    items = values.items() if isinstance(values, dict) else ()
    return [(name, value) for name, value in items if value is not None]
