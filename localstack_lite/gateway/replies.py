"""What a client gets when the gateway itself has to answer, byte for byte.

REST's integration errors have a blank after the colon and HTTP API's have none: both recorded, 36 and 35 bytes.
Recorded or documented are the routing, function, timeout and throttling answers. No source gives the texts for too
large headers, nor the whole of a function URL's 413, 429 and 504; those are chosen in the style of their neighbours.
"""

from __future__ import annotations

from enum import Enum, auto

from localstack_lite.gateway.visit import Stamp
from localstack_lite.model.api import ApiKind
from localstack_lite.wire.messages import Response

JSON = ("Content-Type", "application/json")
REQUEST_ID = "x-amzn-RequestId"
ERROR_TYPE = "x-amzn-ErrorType"


class Trouble(Enum):
    """Why the function's own answer does not reach the client."""

    NO_ROUTE = auto()
    NO_STAGE = auto()
    MISCONFIGURED = auto()
    FUNCTION_FAILED = auto()
    MALFORMED = auto()
    BAD_BASE64 = auto()
    THROTTLED = auto()
    REFUSED = auto()
    TIMED_OUT = auto()
    BODY_TOO_LARGE = auto()
    EVENT_TOO_LARGE = auto()
    HEADERS_TOO_LARGE = auto()


_Reply = tuple[int, bytes, str]

_REST_ERROR = b'{"message": "Internal server error"}'
_REST_TYPE = "InternalServerErrorException"
_HTTP_ERROR = b'{"message":"Internal Server Error"}'
_URL_ERROR = b"Internal Server Error"
_URL_SIZE = b'{"Message":"Request must be smaller than 6291456 bytes for the InvokeFunction operation"}'

_REST: dict[Trouble, _Reply] = {
    Trouble.NO_ROUTE: (403, b'{"message":"Missing Authentication Token"}', "MissingAuthenticationTokenException"),
    Trouble.NO_STAGE: (403, b'{"message":"Forbidden"}', "ForbiddenException"),
    Trouble.MISCONFIGURED: (500, _REST_ERROR, _REST_TYPE),
    Trouble.FUNCTION_FAILED: (502, _REST_ERROR, _REST_TYPE),
    Trouble.MALFORMED: (502, _REST_ERROR, _REST_TYPE),
    Trouble.BAD_BASE64: (500, _REST_ERROR, _REST_TYPE),
    Trouble.THROTTLED: (500, _REST_ERROR, _REST_TYPE),
    Trouble.REFUSED: (500, _REST_ERROR, _REST_TYPE),
    Trouble.TIMED_OUT: (504, b'{"message": "Endpoint request timed out"}', _REST_TYPE),
    Trouble.BODY_TOO_LARGE: (413, b'{"message": "Request Too Long"}', "RequestTooLargeException"),
    Trouble.EVENT_TOO_LARGE: (413, b'{"message": "Request Too Long"}', "RequestTooLargeException"),
    Trouble.HEADERS_TOO_LARGE: (431, b'{"message": "Request Header Fields Too Large"}', "RequestTooLargeException"),
}
_HTTP: dict[Trouble, _Reply] = {
    Trouble.NO_ROUTE: (404, b'{"message":"Not Found"}', ""),
    Trouble.NO_STAGE: (404, b'{"message":"Not Found"}', ""),
    Trouble.MISCONFIGURED: (500, _HTTP_ERROR, ""),
    Trouble.FUNCTION_FAILED: (500, _HTTP_ERROR, ""),
    Trouble.MALFORMED: (500, _HTTP_ERROR, ""),
    Trouble.BAD_BASE64: (500, _HTTP_ERROR, ""),
    Trouble.THROTTLED: (503, b'{"message":"Service Unavailable"}', ""),
    Trouble.REFUSED: (500, _HTTP_ERROR, ""),
    Trouble.TIMED_OUT: (503, b'{"message":"Service Unavailable"}', ""),
    Trouble.BODY_TOO_LARGE: (413, b'{"message":"Request Entity Too Large"}', ""),
    Trouble.EVENT_TOO_LARGE: (413, b'{"message":"Request Entity Too Large"}', ""),
    Trouble.HEADERS_TOO_LARGE: (431, b'{"message":"Request Header Fields Too Large"}', ""),
}
_FUNCTION_URL: dict[Trouble, _Reply] = {
    Trouble.NO_ROUTE: (404, b'{"Message":null}', ""),
    Trouble.NO_STAGE: (404, b'{"Message":null}', ""),
    Trouble.MISCONFIGURED: (500, _URL_ERROR, ""),
    Trouble.FUNCTION_FAILED: (502, _URL_ERROR, ""),
    Trouble.MALFORMED: (502, _URL_ERROR, ""),
    Trouble.BAD_BASE64: (502, _URL_ERROR, ""),
    Trouble.THROTTLED: (429, b'{"Message":"Rate Exceeded."}', "TooManyRequestsException"),
    Trouble.REFUSED: (502, _URL_ERROR, ""),
    Trouble.TIMED_OUT: (504, b'{"Message":"Gateway Timeout"}', ""),
    Trouble.BODY_TOO_LARGE: (413, _URL_SIZE, "RequestEntityTooLargeException"),
    Trouble.EVENT_TOO_LARGE: (413, _URL_SIZE, "RequestEntityTooLargeException"),
    Trouble.HEADERS_TOO_LARGE: (431, b'{"Message":"Request Header Fields Too Large"}', ""),
}
_TABLES = {ApiKind.REST: _REST, ApiKind.HTTP: _HTTP, ApiKind.FUNCTION_URL: _FUNCTION_URL}


def own_headers(kind: ApiKind, stamp: Stamp) -> tuple[tuple[str, str], ...]:
    """The ids that AWS puts on every answer of such an API. A REST reply of a function has the trace header too; an
    error reply has not (recorded)."""
    match kind:
        case ApiKind.REST:
            return ((REQUEST_ID, stamp.request_id), ("x-amz-apigw-id", stamp.extended_id))
        case ApiKind.HTTP:
            return (("apigw-requestid", stamp.extended_id),)
        case ApiKind.FUNCTION_URL:
            return ((REQUEST_ID, stamp.lambda_request_id),)


def status_of(kind: ApiKind, trouble: Trouble) -> int:
    return _TABLES[kind][trouble][0]


def refuse(kind: ApiKind, trouble: Trouble, stamp: Stamp) -> Response:
    status, body, error_type = _TABLES[kind][trouble]
    headers = (JSON, *own_headers(kind, stamp))
    return Response(status, (*headers, (ERROR_TYPE, error_type)) if error_type else headers, body)


def forbidden(stamp: Stamp) -> Response:
    """A host that nobody here answers for: what AWS says for an API that does not exist."""
    return refuse(ApiKind.REST, Trouble.NO_STAGE, stamp)
