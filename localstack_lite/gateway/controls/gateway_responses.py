"""Gateway responses: what a REST API's own answers look like when the project has changed them. Pure; what does not
change with the request is made once.

AWS docs, "Gateway responses in API Gateway": status, headers from static values or from the request, a body by a
template that knows simple variables only. Recorded: a type that the project does not mention takes all of
`DEFAULT_4XX` or `DEFAULT_5XX`, by its own status; one that it does mention takes nothing of them. What a response does
not set stays the type's own. Answers that belong to no API or stage cannot be changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from localstack_lite.gateway.controls.failure import Failure, filled, value
from localstack_lite.gateway.result import Malformed, respond, single_headers
from localstack_lite.gateway.wiretext import media_type
from localstack_lite.model.gateway_response import GatewayResponse, ResponseType
from localstack_lite.wire.messages import Response

_HEADER = "gatewayresponse.header."
_JSON = "application/json"


class GatewayResponses:
    """Those of one API."""

    def __init__(self, declared: Iterable[GatewayResponse]) -> None:
        self._known = {one.type: _Response(one) for one in declared}

    def __bool__(self) -> bool:
        return bool(self._known)

    def applied(self, answer: Response, failure: Failure) -> Response:
        """`answer` is the type's own; it is returned when the project did not change that type."""
        other = ResponseType.DEFAULT_4XX if answer.status < 500 else ResponseType.DEFAULT_5XX
        changed = self._known.get(failure.type) or self._known.get(other)
        return answer if changed is None else changed.applied(answer, failure)


class _Response:
    def __init__(self, declared: GatewayResponse) -> None:
        self._status = _status(declared.status)
        self._headers = {
            name.removeprefix(_HEADER): source
            for name, source in declared.parameters.items()
            if name.startswith(_HEADER)
        }
        self._templates = {
            media_type(kind): (sent[0][1], text)
            for kind, text in declared.templates.items()
            if (sent := _line("Content-Type", kind or _JSON))
        }

    def applied(self, answer: Response, failure: Failure) -> Response:
        body, kind = answer.body, _JSON
        if self._templates:
            kind, template = _chosen(self._templates, failure.request.headers.get("accept") or "")
            body = filled(template, failure).encode("utf-8", "replace")
        mapped = {name: value(source, failure) for name, source in self._headers.items()}
        lines = [line for name, text in mapped.items() if text is not None for line in _line(name, text)]
        # What the project says of a header counts, and the gateway's own ids cannot be replaced.
        said = {name.lower() for name, _ in lines} | {"content-type"}
        own = tuple(line for line in answer.headers if line[0].lower() not in said)
        return respond(self._status or answer.status, lines, body, kind, own)


def _status(text: str) -> int:
    """0: the type's own. A status that ends no response (`1xx`) counts for none."""
    return int(text) if len(text) == 3 and text.isascii() and text.isdecimal() and "2" <= text[0] <= "5" else 0


def _chosen(templates: Mapping[str, tuple[str, str]], accept: str) -> tuple[str, str]:
    """Content type and template: the ones that the client asks for, else those of JSON, else the first."""
    for wanted in (*accept.split(","), _JSON):
        if found := templates.get(media_type(wanted)):
            return found
    return next(iter(templates.values()))


def _line(name: str, text: str) -> list[tuple[str, str]]:
    """The header, if it can be sent."""
    try:
        return single_headers({name: text})
    except Malformed:
        return []
