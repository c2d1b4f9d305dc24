"""What a client gets when the gateway itself has to answer, byte for byte.

REST's integration errors have a blank after the colon and HTTP API's have none: both recorded, 36 and 35 bytes.
Recorded or documented are the routing, function, timeout and throttling answers. No source gives the texts for too
large headers or URLs, nor the whole of a function URL's 413, 429 and 504; those are chosen in the style of their
neighbours.

A load balancer answers with a page of HTML (captured). AWS docs, "Troubleshoot your Application Load Balancers": a
function that failed, ran into its timeout, was throttled, or answered something malformed or of more than 1 MB is 502;
a request body of more than 1 MB 413; headers that are too large 400. Without a rule that fits a listener has its
default action, which only the user knows: 404 here.
"""

from __future__ import annotations

from enum import Enum, auto

from localstack_lite.gateway.visit import Stamp
from localstack_lite.model.api import ApiKind
from localstack_lite.wire.messages import Response

JSON = ("Content-Type", "application/json")
HTML = ("Content-Type", "text/html")
SERVER = "Server"
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
    URL_TOO_LONG = auto()


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
    Trouble.URL_TOO_LONG: (414, b'{"message": "Request-URI Too Long"}', "RequestTooLargeException"),
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
    Trouble.URL_TOO_LONG: (414, b'{"message":"Request-URI Too Long"}', ""),
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
    Trouble.URL_TOO_LONG: (414, b'{"Message":"Request-URI Too Long"}', ""),
}


def _page(status: int, phrase: str) -> _Reply:
    title = f"{status} {phrase}"
    lines = (
        "<html>",
        f"<head><title>{title}</title></head>",
        "<body>",
        f"<center><h1>{title}</h1></center>",
        "</body>",
        "</html>",
        "",
    )
    return status, "\r\n".join(lines).encode(), ""


_ALB: dict[Trouble, _Reply] = {
    **dict.fromkeys(Trouble, _page(502, "Bad Gateway")),
    Trouble.NO_ROUTE: _page(404, "Not Found"),
    Trouble.NO_STAGE: _page(404, "Not Found"),
    Trouble.TIMED_OUT: _page(504, "Gateway Time-out"),
    Trouble.BODY_TOO_LARGE: _page(413, "Request Entity Too Large"),
    Trouble.EVENT_TOO_LARGE: _page(413, "Request Entity Too Large"),
    Trouble.HEADERS_TOO_LARGE: _page(400, "Bad Request"),
    Trouble.URL_TOO_LONG: _page(414, "Request-URI Too Large"),
}
_TABLES = {
    ApiKind.REST: _REST,
    ApiKind.HTTP: _HTTP,
    ApiKind.FUNCTION_URL: _FUNCTION_URL,
    ApiKind.WEBSOCKET: _REST,
    ApiKind.ALB: _ALB,
}


def own_headers(kind: ApiKind, stamp: Stamp) -> tuple[tuple[str, str], ...]:
    """The ids that AWS puts on every answer of such an API. A REST reply of a function has the trace header too; an
    error reply has not (recorded)."""
    match kind:
        case ApiKind.REST | ApiKind.WEBSOCKET:
            return ((REQUEST_ID, stamp.request_id), ("x-amz-apigw-id", stamp.extended_id))
        case ApiKind.HTTP:
            return (("apigw-requestid", stamp.extended_id),)
        case ApiKind.FUNCTION_URL:
            return ((REQUEST_ID, stamp.lambda_request_id),)
        case ApiKind.ALB:
            return ((SERVER, "awselb/2.0"),)


def status_of(kind: ApiKind, trouble: Trouble) -> int:
    return _TABLES[kind][trouble][0]


def refuse(kind: ApiKind, trouble: Trouble, stamp: Stamp) -> Response:
    status, body, error_type = _TABLES[kind][trouble]
    headers = (HTML if kind is ApiKind.ALB else JSON, *own_headers(kind, stamp))
    return Response(status, (*headers, (ERROR_TYPE, error_type)) if error_type else headers, body)


def forbidden(stamp: Stamp) -> Response:
    """A host that nobody here answers for: what AWS says for an API that does not exist."""
    return refuse(ApiKind.REST, Trouble.NO_STAGE, stamp)
