"""Parameter mapping of HTTP APIs: headers, query parameters and path of what goes to an integration, headers and status
of what comes back. Pure; understood once, when the project is taken over.

Source: AWS docs, "Transform API requests and responses for HTTP APIs". All values are of the request as the client sent
it. What AWS would refuse (reserved headers, unknown keys) changes nothing. A value that is not there changes nothing,
too. A header that is appended to joins what is there by a comma, a query parameter comes a second time. For a Lambda
function the path that is overwritten is the event's `rawPath` (1.0: `path`), without the stage unless the mapping
writes it; AWS's documents do not say so, users of frameworks that stumble over the stage do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import quote, unquote_plus

from localstack_lite.gateway.integrations.http_context import HttpContext
from localstack_lite.gateway.integrations.selection import Read, Seen, Selections
from localstack_lite.gateway.visit import Visit
from localstack_lite.model.integration import ParameterChanges
from localstack_lite.model.parameter_mapping import Act, Change, Place, change_of
from localstack_lite.wire.messages import Headers, Response

Line = tuple[str, str]
_Step = tuple[Change, Read]

#: Characters of a path that stay as they are; what is percent-encoded already is not encoded again.
_IN_PATH = "/:@!$&'()*+,;=~%"
_UNSENDABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class ParameterMapping:
    """The changes of one integration."""

    def __init__(self, changes: ParameterChanges, context: HttpContext, stage_variables: Mapping[str, str]) -> None:
        selections = Selections(context, stage_variables)
        self._request = _steps(changes.request.items(), selections, response=False)
        self._responses = {
            status.strip(): _steps(entries.items(), selections, response=True)
            for status, entries in changes.responses.items()
        }

    def request(self, visit: Visit) -> Visit:
        """The request as the integration gets it; `path_override` is what a mapping makes of the path."""
        if not self._request:
            return visit
        seen, request = Seen(visit), visit.request
        lines, query, path = list(request.headers.lines), request.query, visit.path_override
        for change, read in self._request:
            value = read(seen)
            if value is None and change.act is not Act.REMOVE:
                continue
            match change.place:
                case Place.HEADER:
                    lines = _with_header(lines, change, value or "")
                case Place.QUERY:
                    query = _with_parameter(query, change, value or "")
                case Place.PATH:
                    path = quote(f"/{(value or '').lstrip('/')}", safe=_IN_PATH)
        changed = replace(request, query=query, headers=Headers(tuple(lines)))
        return replace(visit, request=changed, path_override=path)

    def response(self, visit: Visit, response: Response) -> Response:
        steps = self._responses.get(str(response.status))
        if not steps:
            return response
        seen, status, lines = Seen(visit, response), response.status, list(response.headers)
        for change, read in steps:
            value = read(seen)
            if value is None and change.act is not Act.REMOVE:
                continue
            if change.place is Place.HEADER:
                lines = _with_header(lines, change, value or "")
            elif (wanted := (value or "").strip()).isdecimal() and 200 <= int(wanted) <= 599:
                status = int(wanted)
        return replace(response, status=status, headers=tuple(lines))


def _steps(entries: Iterable[Line], selections: Selections, *, response: bool) -> tuple[_Step, ...]:
    changes = [change_of(key, value, response=response) for key, value in entries]
    return tuple((each, selections.reader(each.value)) for each in changes if isinstance(each, Change))


def _with_header(lines: list[Line], change: Change, value: str) -> list[Line]:
    wanted = change.name.lower()
    before = [(name, old) for name, old in lines if name.lower() == wanted]
    if change.act is Act.REMOVE:
        return [line for line in lines if line[0].lower() != wanted]
    if not _sendable(value):
        return lines
    if not before:
        return [*lines, (change.name, value)]
    name = before[0][0]
    if change.act is Act.APPEND:
        value = ",".join([*(old for _, old in before), value])
    rest = iter([(name, value)])
    return [line for each in lines if (line := next(rest, None) if each[0].lower() == wanted else each) is not None]


def _sendable(value: str) -> bool:
    """Whether it can stand in a header line."""
    return (value.isascii() and value.isprintable()) or not (_UNSENDABLE.search(value) or max(map(ord, value)) > 255)


def _with_parameter(query: str, change: Change, value: str) -> str:
    """The query string; what is not changed stays as it was sent."""
    parts = [part for part in query.split("&") if part]
    own = [part for part in parts if unquote_plus(part.partition("=")[0], errors="replace") == change.name]
    added = f"{quote(change.name, safe='')}={quote(value, safe='')}"
    match change.act:
        case Act.APPEND:
            parts.append(added)
        case Act.OVERWRITE if own:
            first = parts.index(own[0])
            parts = [added if at == first else part for at, part in enumerate(parts) if at == first or part not in own]
        case Act.OVERWRITE:
            parts.append(added)
        case Act.REMOVE:
            parts = [part for part in parts if part not in own]
    return "&".join(parts)
