"""What operations of the Lambda API have in common: reading a request's JSON, and answering. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import orjson

from localstack_lite.lambdas.api.api_error import ApiError, constraint, invalid_content, invalid_parameter, validation
from localstack_lite.lambdas.payload import payload_error
from localstack_lite.wire.messages import Request, Response

T = TypeVar("T")

Answer = Response | ApiError

#: List operations answer at most this many, whatever MaxItems says (AWS docs).
PAGE = 50
_MOST = 10_000


def json_response(request_id: str, body: Mapping[str, object], status: int = 200) -> Response:
    headers = (("Content-Type", "application/json"), ("x-amzn-RequestId", request_id))
    return Response(status, headers, orjson.dumps(body))


def no_content(request_id: str) -> Response:
    return Response(204, (("x-amzn-RequestId", request_id),))


def not_implemented(operation: str, hint: str = "") -> ApiError:
    text = f"devserve does not answer the Lambda operation {operation}."
    return ApiError(501, "NotImplementedException", f"{text} {hint}".strip(), fault="Service")


def unknown_operation(request: Request) -> ApiError:
    return ApiError(404, "UnknownOperationException", f"Lambda has no operation {request.method} {request.path}")


def precondition_failed(source: str = "GetFunction/GetAlias") -> ApiError:
    """A RevisionId that is not the latest (recorded)."""
    text = (
        "The Revision Id provided does not match the latest Revision Id. "
        f"Call the {source} API to retrieve the latest Revision Id"
    )
    return ApiError(412, "PreconditionFailedException", text)


def conflict(message: str) -> ApiError:
    return ApiError(409, "ResourceConflictException", message)


def not_kept(error: OSError) -> ApiError:
    """What was asked cannot be written to this machine's disk."""
    where = f" ({error.filename})" if error.filename else ""
    return ApiError(500, "ServiceException", f"It cannot be kept: {error.strerror or error}{where}", fault="Service")


def read_body(request: Request) -> dict[str, object] | ApiError:
    """The members of a request's JSON object; none when it has no body."""
    if not request.body:
        return {}
    if wrong := payload_error(request.body):
        return wrong
    parsed = orjson.loads(request.body)
    return parsed if isinstance(parsed, dict) else invalid_content("Could not parse request body into json: no object")


def texts(body: Mapping[str, object], *names: str) -> dict[str, str] | ApiError:
    """Those members that are there, which have to be text."""
    found: dict[str, str] = {}
    for name in names:
        match body.get(name):
            case None:
                continue
            case str() as text:
                found[name] = text
            case _:
                return invalid_content(f"Could not parse request body into json: {name} is not text")
    return found


def null_at(member: str) -> str:
    """The constraint that a member which must be there breaks when it is not."""
    return f"Value null at '{member}' failed to satisfy constraint: Member must not be null"


def one_of(value: str, member: str, allowed: Sequence[str]) -> ApiError | None:
    if value in allowed:
        return None
    return validation([constraint(value, member, f"satisfy enum value set: [{', '.join(allowed)}]")])


def page(items: Sequence[T], query: Mapping[str, str], keys: Sequence[str]) -> tuple[Sequence[T], str] | ApiError:
    """One page of a list and the marker of the next, empty at the end. `keys` name the items: the marker is that of the
    next one, so a change between two pages neither repeats nor skips what stayed."""
    text = query.get("MaxItems", str(PAGE))
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _MOST):
        return validation([constraint(text, "maxItems", f"have value between 1 and {_MOST}")])
    first = 0
    if marker := query.get("Marker"):
        if marker not in keys:
            return invalid_parameter("The provided Marker is not valid.")
        first = keys.index(marker)
    behind = first + min(int(text), PAGE)
    return items[first:behind], keys[behind] if behind < len(items) else ""


def listed(name: str, described: Sequence[object], marker: str) -> dict[str, object]:
    """The body of a list operation."""
    return {name: list(described), **({"NextMarker": marker} if marker else {})}
